"""The emulator's own endpoints: its page, and the controls under `/_emulator/`."""

from __future__ import annotations

from hubwire.catalogue.facts import Endpoint, Grade

CONTROLS = """
    home               GET    /
    journal_file       GET    /_journal/{offset}
    exports.file       GET    /_exports/{exportId}/file
    status             GET    /_emulator
    description        GET    /_emulator/openapi.json
    accounts.list      GET    /_emulator/accounts
    accounts.add       POST   /_emulator/accounts
    accounts.token     POST   /_emulator/accounts/{portalId}/tokens
    accounts.library   PATCH  /_emulator/accounts/{portalId}/library
    accounts.required  PUT    /_emulator/accounts/{portalId}/required/{objectType}
    accounts.increases PUT    /_emulator/accounts/{portalId}/limit-increases
    apps.list          GET    /_emulator/apps
    apps.add           POST   /_emulator/apps
    accounts.uninstall DELETE /_emulator/accounts/{portalId}/apps/{appId}
    seed               POST   /_emulator/seed
    snapshots.list     GET    /_emulator/snapshots
    snapshots.take     PUT    /_emulator/snapshots/{name}
    snapshots.drop     DELETE /_emulator/snapshots/{name}
    snapshots.restore  POST   /_emulator/snapshots/{name}/restore
    reset              POST   /_emulator/reset
    clock.read         GET    /_emulator/clock
    clock.turn         POST   /_emulator/clock
    faults.list        GET    /_emulator/faults
    faults.add         POST   /_emulator/faults
    faults.clear       DELETE /_emulator/faults
    faults.drop        DELETE /_emulator/faults/{id}
    webhooks.set       POST   /_emulator/webhooks
    events.emit        POST   /_emulator/events
    deliver            POST   /_emulator/deliver
    deliveries.list    GET    /_emulator/deliveries
    disorder           PUT    /_emulator/disorder
    look.records       GET    /_emulator/look/{portalId}/{objectType}
    look.record        GET    /_emulator/look/{portalId}/{objectType}/{id}
    requests.list      GET    /_emulator/requests
    requests.clear     DELETE /_emulator/requests
"""


def own_endpoints() -> tuple[Endpoint, ...]:
    """All of them; nothing about HubSpot."""
    rows = (line.split() for line in CONTROLS.strip().splitlines())
    return tuple(
        Endpoint(
            op=f"emulator.{op}",
            method=method,
            paths={"v3": (path,)},
            lane="free",
            safety="read" if method == "GET" else "repeat",
            source="the emulator's own",
            grade=Grade.ASSUMED,
        )
        for op, method, path in rows
    )
