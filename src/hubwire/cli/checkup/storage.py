"""The token store and its keys."""

from __future__ import annotations

from collections.abc import Iterator

from hubwire.cli.checkup.finding import Finding
from hubwire.cli.checkup.patient import Patient
from hubwire.errors import HubwireError


def storage(patient: Patient) -> Iterator[Finding]:
    """Whether what is stored can be opened, and with which keys."""
    from hubwire.auth.credentials import store_of
    from hubwire.auth.stores.sealed import SealedStore

    told = patient.profile
    if told is None or (told.kind == "static" and told.kept_in != "store"):
        yield Finding("store", "skip", "no token store is used here")
        return
    try:
        store = store_of(told)
        rows = store.list()
        keys = store.keys if isinstance(store, SealedStore) else None
    except HubwireError as problem:
        yield Finding("store", "fail", str(problem))
        return
    dead = [str(row.key) for row in rows if row.disconnected]
    facts = {"store": repr(store), "entries": len(rows), "disconnected": dead}
    lost = [row.key.account for row in rows if keys is not None and row.sealed_with not in keys.ids]
    older = [row.key.account for row in rows if keys is not None and row.sealed_with in keys.ids[1:]]
    if lost:
        yield Finding(
            "store",
            "fail",
            f"{store!r}: {len(lost)} of {len(rows)} entries are sealed with keys that are not here",
            "put the old key back behind the present one, or connect those accounts again",
            facts,
        )
    elif older:
        yield Finding(
            "store",
            "warn",
            f"{store!r}: {len(older)} of {len(rows)} entries are sealed with an old key",
            "hubwire auth rotate-key",
            facts,
        )
    elif dead:
        yield Finding("store", "warn", f"{store!r}: disconnected: {', '.join(dead)}", "hubwire login", facts)
    else:
        yield Finding("store", "ok", f"{store!r}, {len(rows)} entries", facts=facts)
