"""The numbers of HubSpot that do not depend on the subscription."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Where each number comes from stands in `data/limits.toml`."""

    WINDOW_SECONDS: int
    """Length of the rolling window that `Tier.burst` counts in."""
    MARKETPLACE_BURST: int
    """Requests per window and installing account of an app distributed through the marketplace."""
    ADD_ON_BURST: int
    ADD_ON_DAILY: int
    """What one API limit increase adds to `Tier.daily`."""
    ADD_ON_ASSOCIATION_BURST: int
    ADD_ON_ASSOCIATION_DAILY: int
    SEARCH_PER_SECOND: int
    """Searches a second and account, over all apps."""
    SEARCH_PAGE: int
    SEARCH_PAGE_DEFAULT: int
    SEARCH_MAX: int
    """Results that one query can page through."""
    SEARCH_BODY: int
    """Characters of a search body."""
    SEARCH_GROUPS: int
    SEARCH_GROUP_FILTERS: int
    SEARCH_FILTERS: int
    SEARCH_SORTS: int
    LIST_PAGE: int
    LIST_PAGE_DEFAULT: int
    HISTORY_PAGE: int
    BATCH_INPUTS: int
    HISTORY_INPUTS: int
    """Inputs of a batch read that asks for property histories."""
    ASSOCIATION_PAGE: int
    ASSOCIATION_PAGE_DEFAULT: int
    ASSOCIATION_BATCH_READ: int
    ASSOCIATION_BATCH_CREATE: int
    ASSOCIATION_LABELS: int
    """Labels of one pair of object types."""
    OWNERS_PAGE: int
    OWNERS_PAGE_DEFAULT: int
    STRING_CHARACTERS: int
    CUSTOM_OBJECT_TYPES: int
    """Custom objects an account defines."""
    UNIQUE_PROPERTIES: int
    """Properties with unique values of one object type."""
    PIPELINE_STAGES: int
    """Stages of a pipeline of deals, tickets or a custom object."""
    PIPELINE_STAGES_OTHER: int
    ACCESS_TOKEN_SECONDS: int
    ACCESS_TOKEN_CHARACTERS: int
    AUTHORIZATION_CODE_SECONDS: int
    URL_CHARACTERS_TRIED: int
    """A URL of this length was accepted."""
    URL_CHARACTERS_REFUSED: int
    """A URL of about this length was answered 414."""
    WEBHOOK_EVENTS: int
    """Events of one request."""
    WEBHOOK_SECONDS: int
    """How long a receiver may take to answer."""
    WEBHOOK_RETRIES: int
    WEBHOOK_RETRY_SECONDS: int
    """Over which the retries are spread."""
    WEBHOOK_CONCURRENCY: int
    """Requests in flight for each account, unless the app's settings say otherwise."""
    WEBHOOK_SUBSCRIPTIONS: int
    """Of one app."""
    JOURNAL_EVENTS: int
    """Of one file of the journal."""
    JOURNAL_SECONDS: int
    """How long the journal is kept."""
    APP_CARDS: int
    """Of one app."""
    TIMELINE_TEMPLATES: int
    """Of one app."""
