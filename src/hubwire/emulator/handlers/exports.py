"""Exports of records to CSV files and Excel workbooks.

https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide; shapes as in `hubspot-api-client`
12.0.0 (crm/exports/models).
"""

from __future__ import annotations

import hmac
from typing import Any

import msgspec

from hubwire.emulator import export_file, moments, old_workbook, refusals, render, spreadsheet
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.intake import record_id
from hubwire.emulator.jobs import CANCELED, DONE, Job, Jobs
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import readable
from hubwire.emulator.search import named
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url

MOST_A_DAY, LIVES = 30, 5 * 60
"""Exports in 24 hours, and the seconds that a download's URL lives."""
BEGINNING, ROWS_A_SECOND = 2_000, 5_000
"""How long an export takes, in milliseconds: assumed."""


def start(account: Account, asked: Asked) -> Answer:
    """202 with the id of the task; one runs at a time."""
    portal = account.portal
    request = decode(asked.body, export_file.Request, "PublicExportRequest")
    now = int(asked.now * 1000)
    kind = export_file.checked(portal, request, now)
    shown = request.objectProperties or ()
    readable(portal, asked, kind, [*shown, *named(export_file.search_body(request))])
    op, wanted = asked.endpoint.op if asked.endpoint else None, request.form
    if wanted == "XLSX" and not spreadsheet.can():
        raise refusals.not_served(asked.method, asked.path, op, why=spreadsheet.NEEDED)
    jobs = Jobs(portal)
    if sum(1 for job in jobs.all("export") if now - job.created < moments.DAY) >= MOST_A_DAY:
        raise refusals.over_limit("export")
    job = jobs.add(
        "export",
        asked.grant.app_id if asked.grant else 0,
        {"sent": msgspec.Raw(asked.body), "type": kind.id, "zone": account.time_zone},
        payload=b"",
        takes=BEGINNING + portal.table(kind).state()[0] * 1_000 // ROWS_A_SECOND,
        now=now,
    )
    base = f"{base_url(asked)}{asked.path.rstrip('/')}"
    return render.answer({"id": str(job.id), "links": {"status": f"{base}/tasks/{job.id}/status"}}, 202)


def status(account: Account, asked: Asked) -> Answer:
    """How far the export is; each answer to a complete one has a URL of its own."""
    job = _one(account.portal, asked, asked.places["taskId"])
    now = int(asked.now * 1000)
    words = {DONE: "COMPLETE", None: "PENDING" if job.started is None else "PROCESSING"}
    body: dict[str, Any] = {"status": words.get(job.state, CANCELED)}
    if job.state == DONE:
        body["result"] = f"{base_url(asked)}{_download(account, job, int(asked.now) + LIVES)}"
    return render.answer(
        body
        | {
            "requestedAt": moments.text(job.created),
            "startedAt": moments.text(job.started or job.created),
            "completedAt": moments.text(job.finished or now),
        }
    )


def read(portal: Portal, asked: Asked) -> Answer:
    """What was asked for, and how many records came of it."""
    job = _one(portal, asked, asked.places["exportId"])
    sent = job.asked["sent"]
    body: dict[str, Any] = {
        "id": str(job.id),
        "exportName": sent["exportName"],
        "exportType": sent["exportType"],
        "objectType": job.asked["type"],
        "objectProperties": sent["objectProperties"],
        "createdAt": moments.text(job.created),
        "updatedAt": moments.text(job.finished or job.started or job.created),
        "exportState": job.state or ("ENQUEUED" if job.started is None else "PROCESSING"),
    }
    if "recordCount" in job.outcome:
        body["recordCount"] = job.outcome["recordCount"]
    return render.answer(body)


def download(account: Account, asked: Asked) -> Answer:
    """The file, for whoever has the URL while it lives."""
    given, until = asked.places["exportId"], asked.one("Expires") or ""
    good = hmac.compare_digest(
        _signature(account, given, until).encode(), (asked.one("Signature") or "").encode()
    )
    if not good or asked.now >= int(until):
        return Answer(403, EXPIRED, content_type="application/xml")
    jobs = Jobs(account.portal)
    job = jobs.get("export", record_id(given))
    if job is None or job.state != DONE:
        raise refusals.nothing_there(f"No export found with ID {given}")
    kind, ending = ("application/zip", "zip") if job.outcome["zipped"] else ("text/csv;charset=utf-8", "csv")
    if job.outcome.get("book") and not job.outcome["zipped"]:
        old = job.asked["sent"]["format"].upper() == "XLS"
        kind, ending = (old_workbook.KIND, "xls") if old else (spreadsheet.KIND, "xlsx")
    named = f'attachment; filename="hubspot-crm-exports-{job.id}.{ending}"'
    return Answer(200, jobs.payload(job), [("Content-Disposition", named)], kind)


def _one(portal: Portal, asked: Asked, given: str) -> Job:
    app = asked.grant.app_id if asked.grant else 0
    job = Jobs(portal).get("export", record_id(given), app)
    if job is None:
        raise refusals.nothing_there(f"No export found with ID {given}", context={"exportId": [given]})
    return job


def _download(account: Account, job: Job, until: int) -> str:
    signature = _signature(account, str(job.id), str(until))
    return f"/_exports/{job.id}/file?Expires={until}&Signature={signature}"


def _signature(account: Account, job_id: str, until: str) -> str:
    return hmac.digest(account.identity.client_secret.encode(), f"{job_id}.{until}".encode(), "sha256").hex()


EXPIRED = b"<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>AccessDenied</Code></Error>\n"

HANDLERS = {"exports.read": read}
ACCOUNT_HANDLERS = {"exports.start": start, "exports.status": status, "emulator.exports.file": download}
