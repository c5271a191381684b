"""Credentials and libraries whose days are counted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from hubwire.catalogue import load
from hubwire.cli.checkup.finding import Finding
from hubwire.cli.checkup.patient import Patient

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
API_KEYS = ("HUBSPOT_API_KEY", "HUBSPOT_APIKEY", "HUBSPOT_HAPIKEY", "HAPIKEY")
PACKAGES = ("hubspot-api-client",)


def legacy(patient: Patient | None, today: date) -> Iterator[Finding]:
    """What of this account and this installation ends, with the day."""
    found = [*_keys(), *(_tokens(patient) if patient else ()), *_packages()]
    if not found:
        yield Finding("legacy", "ok", "no credential or library here ends on a day that HubSpot has named")
    for touches, said in found:
        for sunset in load.sunsets():
            if sunset.touches == touches:
                over = sunset.day <= today.isoformat()
                yield Finding(
                    "legacy",
                    "fail" if over and touches == "api key" else "warn",
                    f"{said}: {sunset.what} ({day(sunset.day)})",
                    f"instead: {sunset.instead}",
                    {"day": day(sunset.day), "touches": touches, "source": sunset.source},
                )


def day(text: str) -> str:
    """A day, or a month where the day is not published."""
    return text.removesuffix("-00")


def _keys() -> Iterator[tuple[str, str]]:
    for name in API_KEYS:
        if UUID.fullmatch(os.environ.get(name, "").strip()):
            yield "api key", f"{name} holds an API key"


def _tokens(patient: Patient) -> Iterator[tuple[str, str]]:
    if patient.oauth:
        if patient.profile is not None and patient.profile.version == "v1":
            yield "oauth v1", f"profile {patient.name} chooses OAuth v1"
        return
    if UUID.fullmatch(patient.token):
        yield "api key", f"{patient.place} holds what looks like an API key, not a token"
        return
    kept = patient.kept
    if kept is None or kept.kind == "static":
        yield "legacy app", "if the token is of a private app made in HubSpot's settings"
    elif kept.kind == "private-app":
        yield "legacy app", "the token is of a private app"


def _packages() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        yield f"package {name}", f"{name} {found} is installed here"
