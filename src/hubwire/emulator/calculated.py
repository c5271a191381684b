"""Properties that HubSpot sets by itself.

Taken from recorded create answers in https://github.com/NangoHQ/integration-templates
(integrations/hubspot/tests) and https://github.com/amp-labs/connectors (providers/hubspot/test).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments
from hubwire.emulator.formulas import difference, product

NOT_DIGITS = re.compile(r"\D", re.ASCII)
Values = Mapping[str, str]
Stages = Mapping[str, Mapping[str, str]]
"""What a type's pipelines say of each stage."""

CONSTANTS: dict[str, dict[str, str]] = {
    "0-1": {
        "hs_associated_target_accounts": "0",
        "hs_currently_enrolled_in_prospecting_agent": "false",
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        "hs_membership_has_accessed_private_content": "0",
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "hs_prospecting_agent_actively_enrolled_count": "0",
        "hs_prospecting_agent_total_enrolled_count": "0",
        "hs_registered_member": "0",
        "hs_sequences_actively_enrolled_count": "0",
        "num_notes": "0",
    },
    "0-2": {
        "hs_annual_revenue_currency_code": "USD",
        "hs_num_blockers": "0",
        "hs_num_child_companies": "0",
        "hs_num_contacts_with_buying_roles": "0",
        "hs_num_decision_makers": "0",
        "hs_num_open_deals": "0",
        "hs_pipeline": "companies-lifecycle-pipeline",
        "num_associated_contacts": "0",
        "num_notes": "0",
    },
    "0-3": {
        "days_to_close": "0",
        "hs_closed_amount": "0",
        "hs_closed_amount_in_home_currency": "0",
        "hs_closed_won_count": "0",
        "hs_days_to_close_raw": "0",
        "hs_deal_stage_probability_shadow": "0",
        "hs_has_last_conversation_follow_ups": "false",
        "hs_has_last_meeting_followups": "false",
        "hs_is_deal_split": "false",
        "hs_num_associated_active_deal_registrations": "0",
        "hs_num_associated_deal_registrations": "0",
        "hs_num_associated_deal_splits": "0",
        "hs_num_of_associated_line_items": "0",
        "hs_num_target_accounts": "0",
        "hs_number_of_call_engagements": "0",
        "hs_number_of_inbound_calls": "0",
        "hs_number_of_outbound_calls": "0",
        "hs_number_of_overdue_tasks": "0",
        "hs_projected_amount": "0",
        "hs_projected_amount_in_home_currency": "0",
        "num_associated_contacts": "0",
        "num_notes": "0",
    },
    "0-5": {
        "hs_is_visible_in_help_desk": "true",
        "hs_last_email_activity": "ORIGINAL_FROM_CONTACT",
        "hs_last_message_from_visitor": "false",
        "hs_num_associated_companies": "0",
        "hs_num_associated_conversations": "0",
        "hs_num_times_contacted": "0",
        "num_notes": "0",
    },
    "0-27": {
        "hs_task_completion_count": "0",
        "hs_task_family": "SALES",
        "hs_task_for_object_type": "OWNER",
        "hs_task_is_all_day": "false",
        "hs_task_is_completed_call": "0",
        "hs_task_is_completed_email": "0",
        "hs_task_is_completed_linked_in": "0",
        "hs_task_is_completed_sequence": "0",
        "hs_task_is_sub_task": "false",
    },
}
"""The same on every new record, so shown but not stored (a million contacts would carry 400 MB of them)."""

SHOWN_ON_UPDATE = (
    "hs_is_unworked", "hs_object_source", "hs_object_source_id", "hs_object_source_label", "hs_pipeline",
    "hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage", "lifecyclestage",
)  # fmt: skip
"""What the answer to an update shows beside the properties sent (recorded update-contact)."""

WITH_EMAIL = ("hs_email_domain",)
"""The same where the address is among those sent.
Recorded: https://github.com/grouparoo/grouparoo (plugins/@grouparoo/hubspot/__tests__/fixtures)."""

STAGE_ENTERED = ("hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage")


STAGE = {"0-1": "lifecyclestage", "0-2": "lifecyclestage", "0-3": "dealstage", "0-5": "hs_pipeline_stage"}
"""The property whose change restarts the stage's clock."""


BY_STAGE = ("0-3", "0-5")
"""Types with properties that depend on what their stage is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who writes: kept on the record and in its history."""

    kind: str
    """`INTEGRATION`, `CRM_UI`, `IMPORT` …"""
    id: str


def always(kind: ObjectType) -> tuple[str, str, str]:
    """What every read of that type returns."""
    return (kind.created, "hs_object_id", kind.modified)


def at_birth(
    kind: ObjectType, sent: Values, record_id: int, stages: Stages, at: int, source: Source
) -> dict[str, str]:
    """What a new record has beside what was sent and CONSTANTS."""
    now = moments.text(at)
    own = {
        kind.created: now,
        kind.modified: now,
        "hs_object_id": str(record_id),
        "hs_object_source": source.kind,
        "hs_object_source_id": source.id,
        "hs_object_source_label": source.kind,
    }
    if kind.engagement:
        own["hs_obj_coords"] = f"{kind.id}-{record_id}"
    if owner := sent.get("hubspot_owner_id"):
        own["hs_all_owner_ids"] = owner
        own["hubspot_owner_assigneddate"] = now
    born, derive = BIRTH.get(kind.id), DERIVED.get(kind.id)
    if born is not None:
        own.update(born({**own, **sent}, str(record_id), now))
    if derive is not None:
        own.update(derive({**own, **sent}, stages, at))
    return {name: value for name, value in own.items() if value and name not in sent}


def follow(values: Values, kind: ObjectType, stages: Stages, at: int) -> dict[str, str]:
    """What is derived from other properties and follows their every change. Empty strings clear."""
    derive = DERIVED.get(kind.id)
    return derive(values, stages, at) if derive is not None else {}


def on_change(kind: ObjectType, before: Values, now_has: Values, stages: Stages, at: int) -> dict[str, str]:
    """What HubSpot writes beside a change from `before` to `now_has`. Empty strings clear."""
    now, own = moments.text(at), follow(now_has, kind, stages, at)
    stage = STAGE.get(kind.id)
    if stage and now_has.get(stage) and now_has.get(stage) != before.get(stage):
        own.update(_stage_entered(now))
        if stage == "lifecyclestage" and kind.id == "0-1":
            own[f"hs_lifecyclestage_{now_has[stage]}_date"] = now
    owner = now_has.get("hubspot_owner_id", "")
    if owner != before.get("hubspot_owner_id", ""):
        own["hs_all_owner_ids"] = owner
        own["hubspot_owner_assigneddate"] = now if owner else ""
    return own


def echoes(kind: ObjectType, values: Values, at: int) -> dict[str, str]:
    """Moments that a create answer shows as epoch milliseconds, unlike every later read."""
    if kind.id != "0-1":
        return {}
    return {name: str(at) for name in values if name[:18] == "hs_lifecyclestage_" and name.endswith("_date")}


def _stage_entered(now: str) -> dict[str, str]:
    return dict.fromkeys(STAGE_ENTERED, now)


def _contact_birth(values: Values, record_id: str, now: str) -> dict[str, str]:
    stage = values.get("lifecyclestage") or "lead"
    return {
        "hs_all_contact_vids": record_id,
        "lifecyclestage": stage,
        f"hs_lifecyclestage_{stage}_date": now,
        **_stage_entered(now),
    }


def _company_birth(values: Values, record_id: str, now: str) -> dict[str, str]:
    return {
        "lifecyclestage": values.get("lifecyclestage") or "lead",
        "website": values.get("domain", ""),
        **_stage_entered(now),
    }


def _deal_birth(values: Values, record_id: str, now: str) -> dict[str, str]:
    return {
        "hs_createdate": now,
        "pipeline": "default" if values.get("dealstage") else "",
        **(_stage_entered(now) if values.get("dealstage") else {}),
    }


def _ticket_birth(values: Values, record_id: str, now: str) -> dict[str, str]:
    return {
        "hs_ticket_id": record_id,
        "hs_helpdesk_sort_timestamp": now,
        "hs_pipeline": "0" if values.get("hs_pipeline_stage") else "",
        **_stage_entered(now),
    }


def _task_birth(values: Values, record_id: str, now: str) -> dict[str, str]:
    return {"hs_start_date_with_fallback": now}


def _contact_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    email, first, last = values.get("email", ""), values.get("firstname"), values.get("lastname")
    name = f"{first} {last}" if first and last else first or last
    return {
        "hs_email_domain": email.partition("@")[2],
        "hs_full_name_or_email": name or email,
        "hs_searchable_calculated_phone_number": _digits(values.get("phone")),
        "hs_searchable_calculated_mobile_number": _digits(values.get("mobilephone")),
    }


def _company_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    return {"hs_task_label": values.get("name", "")}


def _deal_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    amount = values.get("amount", "")
    stage = stages.get(values.get("dealstage", ""), {})
    closed, chance = stage.get("isClosed") == "true", stage.get("probability")
    won, projected = closed and chance == "1.0", product(amount, chance)
    return {
        "amount_in_home_currency": amount,
        "hs_forecast_amount": amount,
        "hs_is_closed_won": _flag(won),
        "hs_is_closed_lost": _flag(closed and chance == "0.0"),
        **dict.fromkeys(("hs_closed_amount", "hs_closed_amount_in_home_currency"), amount if won else ""),
        **dict.fromkeys(("hs_projected_amount", "hs_projected_amount_in_home_currency"), projected),
    }


def _line_item_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    before = product(values.get("quantity"), values.get("price"))
    off = product(values.get("quantity"), values.get("discount"))
    if not off and (share := values.get("hs_discount_percentage")):
        off = product(before, share, "0.01")
    return {
        "amount": difference(before, off),
        "hs_pre_discount_amount": before,
        "hs_total_discount": off if before else "",
    }


def _ticket_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    stage = stages.get(values.get("hs_pipeline_stage", ""), {})
    return {"hs_is_closed": _flag(stage.get("isClosed") == "true")}


def _note_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    body = values.get("hs_note_body", "")
    if not body:
        return dict.fromkeys(("hs_body_preview", "hs_body_preview_html", "hs_body_preview_is_truncated"), "")
    return body_preview(body)


def body_preview(body: str) -> dict[str, str]:
    """What HubSpot shows of the text of an activity."""
    return {
        "hs_body_preview": re.sub(r"<[^>]*>", "", body),
        "hs_body_preview_html": f"<html>\n <head></head>\n <body>\n  {body}\n </body>\n</html>",
        "hs_body_preview_is_truncated": "false",
    }


def _task_derived(values: Values, stages: Stages, at: int) -> dict[str, str]:
    done = values.get("hs_task_status") == "COMPLETED"
    due = moments.parse(values.get("hs_timestamp", ""))
    late = due is not None and due < at and not done
    return {
        "hs_engagements_last_contacted": values.get("hs_timestamp", ""),
        "hs_task_is_completed": "1" if done else "0",
        "hs_task_is_overdue": _flag(late),
        "hs_task_is_past_due_date": _flag(late),
        "hs_task_missed_due_date": _flag(late),
        "hs_task_missed_due_date_count": "1" if late else "0",
    }


def _digits(phone: str | None) -> str:
    return NOT_DIGITS.sub("", phone) if phone else ""


def _flag(truth: bool) -> str:
    return "true" if truth else "false"


BIRTH: dict[str, Callable[[Values, str, str], dict[str, str]]] = {
    "0-1": _contact_birth,
    "0-2": _company_birth,
    "0-3": _deal_birth,
    "0-5": _ticket_birth,
    "0-27": _task_birth,
}
DERIVED: dict[str, Callable[[Values, Stages, int], dict[str, str]]] = {
    "0-1": _contact_derived,
    "0-2": _company_derived,
    "0-3": _deal_derived,
    "0-5": _ticket_derived,
    "0-8": _line_item_derived,
    "0-27": _task_derived,
    "0-46": _note_derived,
}
