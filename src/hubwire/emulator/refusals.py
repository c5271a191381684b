"""HubSpot's ways to say no, with its texts, and how a refusal looks on the wire.

Texts are the contract: official SDKs and connectors match on them. Shapes:
https://developers.hubspot.com/docs/api-reference/error-handling and answers pasted in the issues named
below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hubwire.emulator import moments
from hubwire.emulator.exchange import Answer, Asked, Refusal

DOCS = "https://developers.hubspot.com"
SCOPES_PAGE = f"{DOCS}/scopes"

# Observed order of the envelope's keys; `errorType`, `policyName`, `groupName` are those of a 429.
KEYS = (
    "status", "message", "errorType", "correlationId", "policyName", "groupName",
    "errors", "context", "links", "category", "subCategory",
)  # fmt: skip


def render(refusal: Refusal, asked: Asked) -> Answer:
    """The error envelope as bytes. Keys of `refusal.more` outside the known ones come last."""
    known: dict[str, Any] = {
        **refusal.more,
        "status": "error",
        "message": refusal.message,
        "correlationId": asked.correlation_id,
    }
    headers = known.pop("headers", [])
    body = {key: value for key in KEYS if (value := known.pop(key, None)) is not None}
    body.update(known)
    if refusal.status == 401:
        # https://github.com/HubSpot/hubspot-api-ruby/issues/181
        headers = [*headers, ("X-HubSpot-Auth-Failure", "401 Unauthorized")]
    return Answer(refusal.status, msgspec.json.encode(body), list(headers))


def entry(refusal: Refusal) -> dict[str, Any]:
    """One of the `errors` of a batch: what the refusal says, and nothing of what it does not."""
    told = {"status": "error", "message": refusal.message, **refusal.more}
    return {key: told[key] for key in (*KEYS, *told) if told.get(key) is not None}


def invalid_authentication() -> Refusal:
    """No token, or one this account never gave out."""
    return Refusal(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication "
        f"and you can find more details at {DOCS}/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
    )


def developer_key_needed() -> Refusal:
    """A token where only the developer's key will do. The end of the text is ours: its source shortens it."""
    # https://github.com/hubspotdev/devslackarchive
    return Refusal(
        401,
        "This API can't be called using an OAuth access token. A valid developer API key must be provided in "
        "the `hapikey` query parameter, and a valid `appId` in the path",
        category="INVALID_AUTHENTICATION",
        links={"docs": f"{DOCS}/docs/methods/auth/oauth-overview"},
    )


def may_associate(asked: Asked) -> None:
    """2026-09 holds apps at user level to what their user may do; earlier versions do not.

    https://developers.hubspot.com/changelog (write validation, 2026-08-11)
    """
    if asked.version == "2026-09" and "Edit Associations" in asked.lacks:
        raise validation("Missing 'Edit Associations' permission.")


def no_journal() -> Refusal:
    """Apps with a static token have no webhooks journal; HubSpot's words for it are not known.

    https://developers.hubspot.com/docs/apps/developer-platform/add-features/configure-webhooks
    """
    return Refusal(
        403,
        "This API can't be called using the access token of a private app.",
        category="MISSING_SCOPES",
    )


def no_app() -> Refusal:
    """A service key where an app is needed. The text is ours."""
    return Refusal(403, "This API can't be called using a service key.", category="MISSING_SCOPES")


def expired(expired_at: float, now: float) -> Refusal:
    """The token was good once. The age is in the largest whole unit, as HubSpot writes it."""
    # https://github.com/airbytehq/airbyte/issues/74726
    return Refusal(
        401,
        f"The OAuth token used to make this call expired {humanised(now - expired_at)} ago.",
        category="EXPIRED_AUTHENTICATION",
        context={"expire time": [milliseconds(expired_at)]},
    )


def missing_scopes(any_of: Iterable[str], *, all_of: bool = False) -> Refusal:
    """The token lacks the scopes; `all_of` when one of them is not enough."""
    which = "All" if all_of else "One or more"
    return Refusal(
        403,
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {SCOPES_PAGE}.",
        errors=[
            {
                "message": f"{which} of the following scopes are required.",
                "context": {"requiredGranularScopes": list(any_of)},
            }
        ],
        links={"scopes": SCOPES_PAGE},
        category="MISSING_SCOPES",
    )


def unknown_object_type(spelling: str) -> Refusal:
    """A name no object type has. HubSpot gives no category here."""
    return Refusal(400, f"Unable to infer object type from: {spelling}")


def malformed_type_id(type_id: str) -> Refusal:
    """An object type id (`0-9999`) that does not exist. HubSpot gives no category here."""
    return Refusal(400, f"Invalid object or event type id: {type_id}")


def not_found(record_id: str) -> Refusal:
    """No such record; HubSpot answers numeric ids and other words differently."""
    if record_id.isascii() and record_id.isdigit():
        return Refusal(404, "resource not found")
    # Two spaces: https://github.com/HubSpot/hubspot-api-nodejs/issues/669
    return Refusal(
        404,
        "Object not found.  objectId are usually numeric.",
        context={"id": [record_id]},
        category="OBJECT_NOT_FOUND",
    )


def nothing_there(message: str = "resource not found", **more: Any) -> Refusal:
    """404 for what is not a record: a property, a pipeline, an owner."""
    return Refusal(404, message, category="OBJECT_NOT_FOUND", **more)


def validation(message: str, errors: Sequence[Mapping[str, Any]] = (), **more: Any) -> Refusal:
    """400 VALIDATION_ERROR."""
    return Refusal(400, message, errors=list(errors) or None, category="VALIDATION_ERROR", **more)


def nothing_to_update() -> Refusal:
    """An update without properties.

    Recorded: https://github.com/segmentio/action-destinations, HubSpot's upsertContact tests.
    """
    return validation(
        "No properties found to update, please provide at least one.", context={"properties": ["{}"]}
    )


VALUES_MISSING = "The property values provided are invalid"
"""https://developers.hubspot.com/changelog (write validation of 2026-09)"""


NOT_SET, SOME_NOT_SET = "NOT_SET", "Some required properties were not set."
"""Code (here only) and words of what a record lacks before 2026-09, whose `context` names the properties.

Observed in April 2026, https://github.com/Luigi08001/hubcli, and for a custom object,
https://github.com/supaglue-labs/supaglue.
"""


def property_values(problems: Sequence[tuple[str, str, str]]) -> Refusal:
    """Values HubSpot would not store, `(property, code, message)` each: told in `errors` and in the text."""
    lacking = [name for name, code, _ in problems if code == NOT_SET]
    if len(lacking) == len(problems):
        return validation(problems[0][2], context={"properties": list(dict.fromkeys(lacking))})
    problems = [problem for problem in problems if problem[1] != NOT_SET]
    embedded = [
        {"isValid": False, "message": message, "error": code, "name": name}
        for name, code, message in problems
    ]
    message = f"Property values were not valid: {msgspec.json.encode(embedded).decode()}"
    if all(code.startswith("MISSING_") for _, code, _ in problems):
        message = VALUES_MISSING
    return validation(
        message,
        [
            {"message": message, "code": code, "context": {"propertyName": [name]}}
            for name, code, message in problems
        ],
    )


def body_missing() -> Refusal:
    """A write without a body."""
    return validation("Invalid JSON input: a request body was expected, but none found")


def invalid_input_json(detail: str, *, line: int = 1, column: int = 1) -> Refusal:
    """The body is not JSON, or not of the shape asked for. HubSpot gives no category here."""
    return Refusal(400, f"Invalid input JSON on line {line}, column {column}: {detail}")


def number_too_large() -> Refusal:
    """A whole number of the body is beyond 64 bits: what Jackson, which reads bodies there, says of one."""
    return invalid_input_json(
        "Numeric value out of range of long (-9223372036854775808 - 9223372036854775807)"
    )


def attributes_not_set(what: str, names: Iterable[str], *, column: int = 1) -> Refusal:
    """`what` (`Filter`) was sent without attributes it must have."""
    # https://github.com/HubSpot/hubspot-api-nodejs/issues/226
    return invalid_input_json(
        f"Cannot build {what}, some of required attributes are not set [{', '.join(names)}]", column=column
    )


def fields_not_set(names: Iterable[str], body: bytes) -> Refusal:
    """The newer words for the same, which name the end of the JSON.

    Observed in April 2026: https://github.com/Luigi08001/hubcli, docs/TESTING/PORTAL-147975758-WRITES.md.
    """
    read = body.rstrip()
    line, column = read.count(b"\n") + 1, len(read) - (read.rfind(b"\n") + 1)
    told = f"Invalid input JSON on line {line}, column {column}. Some required fields were not set"
    return Refusal(400, f"{told}: [{', '.join(names)}]")


def batch_too_large(limit: int = 100) -> Refusal:
    """More inputs than one batch takes."""
    return validation(
        f"The maximum number of inputs supported in a batch is {limit}. "
        "Please reduce the number of items and try again"
    )


def too_many_with_history(limit: int = 50) -> Refusal:
    """The lower limit of batches, and of list pages, that ask for property histories."""
    return validation(
        f"The maximum number of inputs supported in a batch request for property histories is {limit}. "
        "Please reduce the number of items and try again"
    )


def duplicate_ids(ids: Iterable[str]) -> Refusal:
    """One batch names a record twice."""
    ids = list(ids)
    return validation(
        f"Duplicate IDs found in batch input: [{', '.join(ids)}]. IDs must be unique", context={"ids": ids}
    )


def conflict(existing_id: str | None = None, noun: str = "Contact") -> Refusal:
    """The record exists already; in a batch HubSpot sometimes leaves the id out."""
    known = f". Existing ID: {existing_id}" if existing_id else ""
    return Refusal(409, f"{noun} already exists{known}", category="CONFLICT")


def unsupported_media_type() -> Refusal:
    """The body is of another kind than the operation takes. The words are assumed."""
    return Refusal(415, "HTTP 415 Unsupported Media Type")


def uri_too_long() -> Refusal:
    """Request lines beyond about 16,000 characters."""
    return Refusal(414, "Request-URI Too Long")


def ten_secondly(app_id: int, portal_id: int, kind: str = "private-app") -> Refusal:
    """The rolling window of one app in one account is full."""
    # https://github.com/HubSpot/hubspot-api-python/issues/117
    word = _word(kind)
    return over_limit(
        "ten_secondly_rolling", groupName=f"publicapi:{word}-api-calls-ten-secondly:{app_id}:{portal_id}"
    )


def secondly_search(app_id: int, portal_id: int, kind: str = "private-app") -> Refusal:
    """More searches in a second than the account may make."""
    word = _word(kind)
    return over_limit("secondly", groupName=f"publicapi:crm:search:{word}:{app_id}:{portal_id}")


def _word(kind: str) -> str:
    """Keys count like private apps; that they are called so is assumed."""
    return "private_app" if kind in ("private-app", "service-key") else kind


def daily() -> Refusal:
    """The account's calls of the day are used up."""
    return over_limit("daily")


def over_limit(policy: str, **more: Any) -> Refusal:
    """429 of one policy (`daily`, `secondly`, `ten_secondly_rolling`)."""
    return Refusal(
        429,
        f"You have reached your {policy} limit.",
        errorType="RATE_LIMIT",
        policyName=policy.upper(),
        **more,
    )


def locked() -> Refusal:
    """423: the record is being worked on, wait two seconds. The text is ours: HubSpot's is not known."""
    return Refusal(423, "The resource is locked. Please wait at least 2 seconds before trying again.")


def account_moving(retry_after: int) -> Refusal:
    """477: the account moves to another data centre. The text is ours: HubSpot's is not known."""
    return Refusal(477, "The account is being migrated.", headers=[("Retry-After", str(retry_after))])


def internal_error() -> Refusal:
    """HubSpot's answer to its own faults, and the emulator's to its own."""
    return Refusal(500, "There was an error processing the request.", category="INTERNAL_ERROR")


def not_served(method: str, path: str, op: str | None = None, *, why: str | None = None) -> Refusal:
    """What the emulator does not do, said loudly: never a made-up success."""
    known = why or (
        f"HubSpot has this call ({op}), but the emulator does not serve it yet"
        if op
        else "The emulator does not know this path; HubSpot may"
    )
    return Refusal(
        501,
        f"hubwire emulator: {method} {path} is not served. {known}. "
        "Nothing was read or written. To ask for it, open an issue that quotes this message.",
        category="NOT_SERVED_BY_EMULATOR",
        context={"method": [method], "path": [path], "operation": [op] if op else []},
    )


def method_not_allowed(method: str, allowed: Iterable[str]) -> Refusal:
    """A known path asked with a method it does not have."""
    names = sorted(allowed)
    return Refusal(405, "HTTP 405 Method Not Allowed", headers=[("Allow", ", ".join(names))])


def milliseconds(moment: float) -> str:
    """ISO 8601 in UTC, `2026-03-10T23:04:41.164Z`; without the fraction where it is zero."""
    return moments.text(int(moment * 1000))


def humanised(seconds: float) -> str:
    """`0 second(s)`, `5 hour(s)`: whole units, the largest that fits."""
    whole = max(0, int(seconds))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if whole >= size:
            return f"{whole // size} {unit}(s)"
    return f"{whole} second(s)"
