"""Filters of lists about what the emulator's accounts have none of: emails, forms, page views, ads, surveys.

They are checked as HubSpot's `hubspot-sdk` and `hubspot-api-client` for Python model them
(types/crm/public_*_filter.py, crm/lists/models) and nobody meets them; everybody meets those that ask who did
not do something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.emulator.list_operations import ALWAYS, NEVER, Condition, enum_conversion, incomplete

EMAIL_EVENTS = (
    "BOUNCED", "LINK_CLICKED", "MARKED_SPAM", "OPENED", "OPENED_BUT_LINK_NOT_CLICKED",
    "OPENED_BUT_NOT_REPLIED", "RECEIVED", "RECEIVED_BUT_NOT_OPENED", "REPLIED", "SENT",
    "SENT_BUT_LINK_NOT_CLICKED", "SENT_BUT_NOT_RECEIVED", "UNSUBSCRIBED",
)  # fmt: skip
CLICKS = ("HAS_CLICKED_CTA", "HAS_OPENED_CTA", "HAS_CLICKED_CTA_PLACEMENT", "HAS_OPENED_CTA_PLACEMENT")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a filter of a kind must say."""

    needs: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    """Operators that somebody meets who did it; with `did_not` empty and this too, there is no operator."""
    did_not: tuple[str, ...] = ()


SHAPES: Mapping[str, Shape] = {
    "ADS_SEARCH": Shape(
        ("searchTerms", "entityType", "adNetwork", "searchTermType"),
        ("CONTAINS", "IS_EQUAL_TO", "ENDS_WITH", "STARTS_WITH", "IS_KNOWN"),
    ),
    "ADS_TIME": Shape(("pruningRefineBy",)),
    "CAMPAIGN_INFLUENCED": Shape(("campaignId",)),
    "COMMUNICATION_SUBSCRIPTION": Shape(
        ("subscriptionType", "subscriptionIds", "channel", "acceptedOptStates")
    ),
    "CTA": Shape(("ctaName",), CLICKS, tuple(one.replace("HAS_", "HAS_NOT_") for one in CLICKS)),
    "EMAIL_EVENT": Shape(("level", "appId", "emailId"), EMAIL_EVENTS),
    "EMAIL_SUBSCRIPTION": Shape(("subscriptionIds", "acceptedStatuses")),
    "EVENT": Shape(("eventId",), ("HAS_EVENT",), ("NOT_HAS_EVENT",)),
    "FORM_SUBMISSION": Shape((), ("FILLED_OUT",), ("NOT_FILLED_OUT",)),
    "FORM_SUBMISSION_ON_PAGE": Shape(("pageId",), ("FILLED_OUT",), ("NOT_FILLED_OUT",)),
    "INTEGRATION_EVENT": Shape(("eventTypeId", "filterLines")),
    "PAGE_VIEW": Shape(
        ("pageUrl",),
        ("HAS_PAGEVIEW_EQ", "HAS_PAGEVIEW_CONTAINS", "HAS_PAGEVIEW_MATCHES_REGEX"),
        ("NOT_HAS_PAGEVIEW_EQ", "NOT_HAS_PAGEVIEW_CONTAINS"),
    ),
    "PRIVACY": Shape(("privacyName",), ("PRIVACY_CONSENT_GRANTED",), ("PRIVACY_CONSENT_NOT_GRANTED",)),
    "SURVEY_MONKEY": Shape(("surveyId",), ("HAS_RESPONDED_TO_SURVEY",), ("HAS_NOT_RESPONDED_TO_SURVEY",)),
    "SURVEY_MONKEY_VALUE": Shape(
        ("surveyId", "surveyQuestion", "valueComparison"), ("HAS_ANSWERED_SURVEY_QUESTION_WITH_VALUE",)
    ),
    "UNIFIED_EVENTS": Shape(("filterLines",)),
    "WEBINAR": Shape(
        (),
        ("HAS_WEBINAR_REGISTRATION", "HAS_WEBINAR_ATTENDANCE"),
        ("NOT_HAS_WEBINAR_REGISTRATION", "NOT_HAS_WEBINAR_ATTENDANCE"),
    ),
}
BRANCH = Shape(("eventTypeId", "operator"), ("HAS_COMPLETED",), ("HAS_NOT_COMPLETED",))
"""A branch of type UNIFIED_EVENTS."""
ABSENT_LISTS = ("WORKFLOWS_ENROLLMENT", "WORKFLOWS_ACTIVE", "WORKFLOWS_GOAL", "WORKFLOWS_COMPLETED",
                "DATASET", "DATASETS")  # fmt: skip
"""Kinds of things that an IN_LIST filter may name in its metadata, and that no account here has."""


def absent(kind: str, shape: Shape, item: Mapping[str, Any]) -> Condition:
    """Nobody, or everybody where it asks who did not; refused if it is not well-formed."""
    operators = (*shape.did, *shape.did_not)
    needed = (*shape.needs, *(("operator",) if operators else ()))
    if missing := [name for name in dict.fromkeys(needed) if item.get(name) is None]:
        raise incomplete(f"Filter of type {kind}", missing)
    operator = str(item.get("operator"))
    if operators and operator not in operators:
        raise enum_conversion("operator", operator, operators)
    return ALWAYS if operator in shape.did_not else NEVER
