"""Taking away what an account defined, with everything that hangs on it."""

from __future__ import annotations

from hubwire.emulator.portal import Portal
from hubwire.emulator.relations import OwnRelation


def drop_relation(portal: Portal, own: OwnRelation) -> None:
    """Takes a way to associate away, and the associations that records have in its sense."""
    with portal.store.transaction():
        portal.edges.forget(own.id, own.inverse)
        portal.relations.drop(own)
        portal.touch({own.from_type, own.to_type} & {kind.id for kind in portal.kinds()})


def purge_type(portal: Portal, type_id: str) -> None:
    """Takes a custom object away with everything that hangs on it."""
    with portal.store.transaction():
        for own in portal.relations.own():
            if type_id in (own.from_type, own.to_type):
                portal.relations.drop(own)
        portal.edges.forget_type(type_id)
        portal.history.forget(type_id)
        portal.aliases.drop(type_id)
        suffix = f"{portal.portal_id}_{type_id.replace('-', '_')}"
        for name in (f"live_{suffix}", f"gone_{suffix}"):
            portal.store.run(f"DROP TABLE IF EXISTS {name}")
        portal.store.run(f"DELETE FROM kinds_{portal.portal_id} WHERE type = ?", (type_id,))
        portal.definitions.forget(type_id)
        portal.pipelines.forget(type_id)
        portal.schemas.drop(type_id)
        portal.forget_table(type_id)
    portal.memo.clear()
