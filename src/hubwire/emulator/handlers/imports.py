"""Imports of CSV files and Excel workbooks.

https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide; shapes as in `hubspot-api-client`
12.0.0 (crm/imports/models).
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import import_request, moments, refusals, render, spreadsheet
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.objects import cursor, next_link, page_size
from hubwire.emulator.import_rows import count_rows
from hubwire.emulator.intake import record_id
from hubwire.emulator.jobs import CANCELED, Job, Jobs
from hubwire.emulator.multipart import parts
from hubwire.emulator.portal import Portal
from hubwire.emulator.privacy import writable_values
from hubwire.emulator.shapes import decode

LARGEST_PAGE, MOST_ROWS, MOST_BYTES = 100, 1_048_576, 512 * 1024 * 1024
STARTING, SECOND, ROWS_A_SECOND = 1_000, 1_000, 1_000
"""How long an import takes, in milliseconds: assumed."""


def create(portal: Portal, asked: Asked) -> Answer:
    """Takes the files and begins; what is wrong with rows is told later."""
    text, files = _sent(asked)
    request = decode(text, import_request.Request, "PublicImportRequest")
    mapped = import_request.checked(portal, request)
    for type_id, name in import_request.mapped_properties(portal, request):
        writable_values(portal, asked, portal.kind(type_id), [name])
    missing = import_request.unbuilt(request)
    op = asked.endpoint.op if asked.endpoint else None
    if missing:
        why = f"HubSpot has {missing}, but the emulator does not do them yet"
        raise refusals.not_served(asked.method, asked.path, op, why=why)
    books = [files.get(name, b"") for name in import_request.spreadsheets(request)]
    if not all(spreadsheet.can(data) for data in books):
        raise refusals.not_served(asked.method, asked.path, op, why=spreadsheet.NEEDED)
    lost = [file.fileName for file in request.files if file.fileName not in files]
    if lost:
        raise refusals.validation(f"No file was sent with the name {lost[0]}", context={"fileName": lost})
    rows = count_rows(files)
    if rows > MOST_ROWS or any(len(data) > MOST_BYTES for data in files.values()):
        raise refusals.over_limit("import")
    job = Jobs(portal).add(
        "import",
        _app(asked),
        {"sent": msgspec.Raw(text), "mapped": mapped},
        payload=msgspec.msgpack.encode(files),
        takes=STARTING + SECOND + rows * 1_000 // ROWS_A_SECOND,
        now=int(asked.now * 1000),
    )
    return render.answer(_shown(job, asked))


def _sent(asked: Asked) -> tuple[bytes, dict[str, bytes]]:
    found = parts(asked)
    if found is None:
        raise refusals.unsupported_media_type()
    texts = [part.body for part in found if part.name == "importRequest"]
    if not texts:
        raise refusals.validation("The form has no field importRequest")
    return texts[-1], {part.filename: part.body for part in found if part.filename is not None}


def _app(asked: Asked) -> int:
    return asked.grant.app_id if asked.grant else 0


def _one(portal: Portal, asked: Asked) -> tuple[Jobs, Job]:
    jobs, given = Jobs(portal), asked.places["importId"]
    job = jobs.get("import", record_id(given), _app(asked))
    if job is None:
        raise refusals.nothing_there(f"No import found with ID {given}", context={"importId": [given]})
    return jobs, job


def read(portal: Portal, asked: Asked) -> Answer:
    """One import of this app."""
    return render.answer(_shown(_one(portal, asked)[1], asked))


def page(portal: Portal, asked: Asked) -> Answer:
    """The imports of this app, oldest first."""
    limit, start = page_size(asked, LARGEST_PAGE), cursor(asked)
    found = [job for job in Jobs(portal).all("import", _app(asked)) if job.id >= start]
    body: dict[str, Any] = {"results": [_shown(job, asked) for job in found[:limit]]}
    if len(found) > limit:
        after = str(found[limit].id)
        body["paging"] = {"next": {"after": after, "link": next_link(asked, after)}}
    return render.answer(body)


def cancel(portal: Portal, asked: Asked) -> Answer:
    """Ends an import that is not done; one that is stays as it is."""
    jobs, job = _one(portal, asked)
    now = int(asked.now * 1000)
    if job.state is None:
        jobs.cancel(job, now)
        portal.next_job = 0
    status = "COMPLETE" if job.state not in (None, CANCELED) else "CANCELED"
    return render.answer(
        {
            "status": status,
            "startedAt": moments.text(job.started or job.created),
            "completedAt": moments.text(job.finished or now),
        }
    )


def errors(portal: Portal, asked: Asked) -> Answer:
    """What was wrong with rows; the message and the row only if they are asked for."""
    jobs, job = _one(portal, asked)
    limit = page_size(asked, LARGEST_PAGE)
    found = jobs.errors_of(job, cursor(asked), limit + 1)
    results = [_error(asked, job, number, error) for number, error in found[:limit]]
    body: dict[str, Any] = {"results": results}
    if len(found) > limit:
        after = str(found[limit][0])
        body["paging"] = {"next": {"after": after, "link": next_link(asked, after)}}
    return render.answer(body)


def _error(asked: Asked, job: Job, number: int, error: dict[str, Any]) -> dict[str, Any]:
    source = {**error.pop("sourceData"), "additionalRowData": [], "containsEncryptedProperties": False}
    if not asked.flag("includeRowData"):
        source["rowData"] = []
    if not asked.flag("includeErrorMessage"):
        error.pop("errorMessage", None)
    return {"id": f"{job.id}{number:05}", "createdAt": job.finished, "sourceData": source, **error}


def _shown(job: Job, asked: Asked) -> dict[str, Any]:
    request, outcome = job.asked["sent"], job.outcome
    return {
        "state": _state(job, int(asked.now * 1000)),
        "createdAt": moments.text(job.created),
        "updatedAt": moments.text(job.finished or job.started or job.created),
        "metadata": {
            "objectLists": outcome.get("lists", []),
            "counters": outcome.get("counters", {}),
            "fileIds": [str(job.id * 10 + n) for n in range(1, len(request["files"]) + 1)],
        },
        "importRequestJson": request,
        "importName": request["name"],
        "importSource": "API",
        "mappedObjectTypeIds": job.asked["mapped"],
        "optOutImport": False,
        "id": str(job.id),
    }


def _state(job: Job, now: int) -> str:
    if job.state is not None:
        return job.state
    if job.started is None:
        return "DEFERRED"
    return "STARTED" if now < job.started + STARTING else "PROCESSING"


HANDLERS = {
    "imports.create": create,
    "imports.list": page,
    "imports.read": read,
    "imports.cancel": cancel,
    "imports.errors": errors,
}
