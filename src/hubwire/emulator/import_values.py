"""Cells of an imported file as property values: dates in the file's order, options by label.

Error types: https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide. Which of them a
given cell gets is in part assumed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from hubwire.catalogue.facts import Property
from hubwire.emulator import moments

DATE = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ](\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?)?", re.ASCII
)
PLACES = {"MONTH_DAY_YEAR": (2, 0, 1), "DAY_MONTH_YEAR": (2, 1, 0), "YEAR_MONTH_DAY": (0, 1, 2)}
"""Where year, month and day stand."""
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
TRUTHS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
TYPES = {
    "INVALID_EMAIL": "INVALID_EMAIL",
    "INVALID_OPTION": "INVALID_ENUMERATION_OPTION",
    "INVALID_DATE": "COULD_NOT_PARSE_DATE",
    "INVALID_INTEGER": "COULD_NOT_PARSE_NUMBER",
    "INVALID_LONG": "COULD_NOT_PARSE_NUMBER",
    "PROPERTY_DOESNT_EXIST": "PROPERTY_DEFINITION_NOT_FOUND",
    "CONFLICTING_UNIQUE_VALUE": "DUPLICATE_UNIQUE_PROPERTY_VALUE",
}
"""Code of a refused value → error type of an import."""


def value(definition: Property, cell: str, order: str, zone: tzinfo = UTC) -> str | None:
    """What would be sent through the API for this cell; None if it is no date."""
    text = cell.strip()
    match definition.type:
        case "date" | "datetime":
            return _date(text, order, zone if definition.type == "datetime" else UTC)
        case "number":
            return text.replace(",", "") if GROUPED.fullmatch(text) else text
        case "bool":
            return TRUTHS.get(text.lower(), text)
        case "enumeration":
            return ";".join(_option(definition, part.strip()) for part in text.split(";") if part.strip())
    return text


def _option(definition: Property, text: str) -> str:
    if any(option.value == text for option in definition.options):
        return text
    return next((o.value for o in definition.options if o.label.lower() == text.lower()), text)


def _date(text: str, order: str, zone: tzinfo) -> str | None:
    if moments.EPOCH.fullmatch(text) and len(text) > 8:
        return text
    match = DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(match[1 + place]) for place in PLACES[order])
    hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6))
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    if len(match[1 + PLACES[order][0]]) <= 2:
        year += 2000
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    if zone is UTC and not match[4]:
        return moment.date().isoformat()
    return moments.text(round(moment.timestamp() * 1000))
