"""Tiers, other limits and pipelines."""

from __future__ import annotations

import pytest

from hubwire.catalogue.load import limits, object_type, object_types, pipelines, properties, tier


@pytest.mark.parametrize(
    ("name", "burst", "daily", "association_burst", "association_daily"),
    [
        ("free", 100, 250_000, 100, 500_000),
        ("starter", 100, 250_000, 100, 500_000),
        ("professional", 190, 625_000, 150, 500_000),
        ("enterprise", 190, 1_000_000, 150, 500_000),
    ],
)
def test_a_tier_has_its_published_quota(
    name: str, burst: int, daily: int, association_burst: int, association_daily: int
) -> None:
    known = tier(name)
    assert (known.burst, known.daily) == (burst, daily)
    assert (known.association_burst, known.association_daily) == (association_burst, association_daily)


def test_an_unknown_tier_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        tier("gold")


def test_the_limits_of_searches_and_batches_are_the_published_ones() -> None:
    known = limits()
    assert (known.SEARCH_PER_SECOND, known.SEARCH_PAGE, known.SEARCH_MAX) == (5, 200, 10_000)
    assert (known.SEARCH_GROUPS, known.SEARCH_GROUP_FILTERS, known.SEARCH_FILTERS) == (5, 6, 18)
    assert known.SEARCH_BODY == 3_000
    assert (known.LIST_PAGE, known.HISTORY_PAGE, known.BATCH_INPUTS, known.HISTORY_INPUTS) == (
        100,
        50,
        100,
        50,
    )
    assert (known.ASSOCIATION_BATCH_READ, known.ASSOCIATION_BATCH_CREATE) == (1_000, 2_000)
    assert (known.WINDOW_SECONDS, known.MARKETPLACE_BURST) == (10, 110)
    assert known.ACCESS_TOKEN_SECONDS == 1_800


def test_what_is_only_known_within_bounds_is_as_published() -> None:
    """Tokens of up to 512 characters; a URL of 5,116 passed and one of about 16,200 did not."""
    known = limits()
    assert known.ACCESS_TOKEN_CHARACTERS == 512
    assert (known.URL_CHARACTERS_TRIED, known.URL_CHARACTERS_REFUSED) == (5_116, 16_200)


def test_what_an_api_limit_increase_gives_is_as_published() -> None:
    known = limits()
    assert (known.ADD_ON_BURST, known.ADD_ON_DAILY) == (250, 1_000_000)
    assert (known.ADD_ON_ASSOCIATION_BURST, known.ADD_ON_ASSOCIATION_DAILY) == (200, 1_000_000)


def test_the_default_deal_pipeline_has_the_recorded_stages() -> None:
    (sales,) = pipelines("0-3")
    assert (sales.id, sales.label) == ("default", "Sales Pipeline")
    assert [(stage.id, stage.label, stage.metadata["probability"]) for stage in sales.stages] == [
        ("appointmentscheduled", "Appointment Scheduled", "0.2"),
        ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
        ("contractsent", "Contract Sent", "0.9"),
        ("closedwon", "Closed Won", "1.0"),
        ("closedlost", "Closed Lost", "0.0"),
    ]
    assert [stage.metadata["isClosed"] for stage in sales.stages] == ["false"] * 5 + ["true"] * 2


def test_the_default_ticket_pipeline_ends_with_a_closed_stage() -> None:
    (support,) = pipelines("0-5")
    assert (support.id, [stage.id for stage in support.stages]) == ("0", ["1", "2", "3", "4"])
    assert [stage.metadata["ticketState"] for stage in support.stages] == ["OPEN"] * 3 + ["CLOSED"]


@pytest.mark.parametrize("name", ["contacts", "companies"])
def test_the_lifecycle_pipeline_has_the_options_of_the_lifecycle_stage(name: str) -> None:
    kind = object_type(name)
    assert kind is not None
    (lifecycle,) = pipelines(kind.id)
    assert lifecycle.id == f"{name}-lifecycle-pipeline"
    options = properties(kind.id)["lifecyclestage"].options
    assert [(stage.id, stage.label) for stage in lifecycle.stages] == [(o.value, o.label) for o in options]


def test_other_types_have_no_pipeline_that_is_known() -> None:
    with_pipelines = {kind.name for kind in object_types() if pipelines(kind.id)}
    assert with_pipelines == {"contacts", "companies", "deals", "tickets"}
