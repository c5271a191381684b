"""Does what has come due: imports and exports."""

from __future__ import annotations

from hubwire.emulator.portal import Portal


def do_what_is_due(portal: Portal, now: float) -> None:
    """Before each answer; costs next to nothing while there is nothing to do."""
    if portal.next_job is None or now * 1000 < portal.next_job:
        return
    found = portal.store.one("SELECT 1 FROM sqlite_master WHERE name = ?", (f"jobs_{portal.portal_id}",))
    if found is None:
        portal.next_job = None
        return
    # Read only by accounts that import or export.
    from hubwire.emulator import export_file, import_rows
    from hubwire.emulator.jobs import Jobs

    jobs = Jobs(portal)
    jobs.run({"import": import_rows.work, "export": export_file.work}, now * 1000)
    portal.next_job = jobs.next()
