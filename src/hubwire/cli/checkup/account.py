"""Whose token it is, what it may do, how old it is, and how much of the day is spent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from hubwire.cli.checkup.finding import Finding
from hubwire.cli.checkup.patient import Patient

NEARLY = 0.8
"""Share of the day's calls from which a warning is given."""


def account(patient: Patient) -> Iterator[Finding]:
    """Everything about the account and its token."""
    yield from _token(patient)
    if patient.info is None:
        return
    yield from _home(patient)
    yield from _scopes(patient)
    yield from _age(patient)
    yield from _usage(patient)


def _token(patient: Patient) -> Iterator[Finding]:
    info, problem = patient.info, patient.problems.get("token")
    kind = "OAuth" if patient.oauth else "static"
    if info is None:
        yield Finding("token", "fail", f"{kind} token from {patient.place}: {problem}")
        return
    if not info.active:
        yield Finding(
            "token", "fail", f"{kind} token from {patient.place} is revoked", "connect the account again"
        )
        return
    whose = f", app {info.app_id}" if info.app_id else ""
    user = f", user {info.user or info.user_id}" if info.user or info.user_id else ""
    until = (
        f"; the access token lasts {info.expires_in // 60} min" if patient.oauth and info.expires_in else ""
    )
    facts = {
        "kind": kind.lower(),
        "place": patient.place,
        "account": info.hub_id,
        "app_id": info.app_id,
        "user_id": info.user_id,
        "user": info.user,
        "expires_in": info.expires_in if patient.oauth else None,
        "base_url": patient.base_url,
    }
    yield Finding(
        "token", "ok", f"{kind}, from {patient.place}: account {info.hub_id}{whose}{user}{until}", facts=facts
    )


def _home(patient: Patient) -> Iterator[Finding]:
    details = patient.details
    hublet = details.get("dataHostingLocation") or (patient.info.hublet if patient.info else None)
    if not details and hublet is None:
        yield Finding("hublet", "skip", f"the account tells nothing: {patient.problems.get('account', '')}")
        return
    facts = {
        "hublet": hublet,
        "ui_domain": details.get("uiDomain"),
        "account_type": details.get("accountType"),
        "time_zone": details.get("timeZone"),
    }
    told = ", ".join(str(value) for value in list(facts.values())[1:] if value)
    yield Finding("hublet", "ok", f"{hublet or '?'}{f' ({told})' if told else ''}", facts=facts)


def _scopes(patient: Patient) -> Iterator[Finding]:
    granted = patient.info.scopes if patient.info else ()
    wanted = patient.profile.scopes if patient.profile else ()
    missing = [scope for scope in wanted if scope not in granted]
    facts = {"scopes": list(granted), "missing": missing}
    if missing:
        yield Finding(
            "scopes",
            "warn",
            f"{len(granted)} granted; asked for and missing: {', '.join(missing)}",
            "add them to the app and connect the account again",
            facts,
        )
        return
    few = f": {', '.join(granted)}" if len(granted) <= 8 else ""
    yield Finding("scopes", "ok", f"{len(granted)} granted{few}", facts=facts)


def _age(patient: Patient) -> Iterator[Finding]:
    if patient.oauth:
        yield Finding("age", "ok", "OAuth tokens renew themselves")
        return
    from hubwire.auth.ages import Age, first_seen

    kept = patient.kept
    known = kept is not None and kept.obtained_at > 0
    since = kept.obtained_at if kept is not None and known else first_seen(patient.token)
    age = Age.of(since, time.time())
    day = datetime.fromtimestamp(age.since, UTC).date()
    facts = {"since": age.since, "days": age.days, "rotation_due": age.due, "first_seen_only": not known}
    said = f"{age.days} days, {'since' if known else 'counted from when it was first seen here,'} {day}"
    if age.due:
        yield Finding(
            "age",
            "warn",
            f"{said}: older than six months",
            "rotate it on its page at HubSpot, then hubwire auth set-token",
            facts,
        )
    else:
        yield Finding("age", "ok", said, facts=facts)


def _usage(patient: Patient) -> Iterator[Finding]:
    day = next((row for row in patient.usage.get("results", []) if isinstance(row, dict)), None)
    if day is None or not isinstance(day.get("usageLimit"), int):
        why = patient.problems.get("usage") or "HubSpot tells no daily quota for this token"
        yield Finding("usage", "skip", why)
        return
    used, limit = int(day.get("currentUsage") or 0), day["usageLimit"]
    facts = {"used": used, "limit": limit, "resets_at": day.get("resetsAt")}
    said = f"{used:,} of {limit:,} calls today, by all private apps of the account"
    if limit and used >= limit * NEARLY:
        yield Finding("usage", "warn", said, "leave the rest to what cannot wait: Quota(floor=…)", facts)
    else:
        yield Finding("usage", "ok", said, facts=facts)
