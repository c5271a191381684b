"""Lists, imports, exports, users, webhook settings. What HubSpot leaves out has a default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from hubwire.client.definitions import Shape


class ListDefinition(Shape, frozen=True):
    """A list (segment) of records."""

    list_id: str = ""
    name: str = ""
    object_type_id: str = ""
    processing_type: str = ""
    """`MANUAL`, `DYNAMIC` (follows its filters) or `SNAPSHOT` (followed them once)."""
    processing_status: str | None = None
    list_version: int | None = None
    size: int | None = None
    filter_branch: dict[str, Any] | None = None
    """Only where the filters were asked for."""
    additional_properties: dict[str, Any] = msgspec.field(default_factory=dict)
    """Of a search: `hs_list_size` and the like, as text."""
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None
    """Of a list that can be restored still."""


class Membership(Shape, frozen=True):
    """A record on a list."""

    record_id: str = ""
    membership_timestamp: str | None = None


class MembershipOf(Shape, frozen=True):
    """A list that a record is on."""

    list_id: str = ""
    list_version: int | None = None
    first_added_timestamp: str | None = None
    last_added_timestamp: str | None = None


class MembershipChange(NamedTuple):
    """What became of record ids that were to be put on a list or taken off it.

    Ids in none of the three changed nothing: they were on the list already, or not on it.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """No such records."""


class Import(Shape, frozen=True):
    """An import of files."""

    id: str = ""
    state: str = ""
    """`STARTED`, `PROCESSING`, `DONE`, `FAILED`, `CANCELED`, `DEFERRED` (waits for others) or `REVERTED`."""
    import_name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    mapped_object_type_ids: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing further will happen by itself."""
        return self.state in ("DONE", "FAILED", "CANCELED", "REVERTED")

    @property
    def counters(self) -> Mapping[str, int]:
        """`TOTAL_ROWS`, `CREATED_OBJECTS`, `UPDATED_OBJECTS`, `ERRORS`, …"""
        found: Mapping[str, int] = self.metadata.get("counters") or {}
        return found


class ImportProblem(Shape, frozen=True):
    """Something wrong with one row of an import."""

    id: str = ""
    error_type: str = ""
    """`INVALID_EMAIL`, `INCORRECT_NUMBER_OF_COLUMNS`, …"""
    error_message: str | None = None
    invalid_value: str | None = None
    object_type_id: str | None = None
    known_column_number: int | None = None
    source_data: dict[str, Any] = msgspec.field(default_factory=dict)
    """File, line number, and the row itself."""


class Export(Shape, frozen=True):
    """An export under way, or done."""

    status: str = ""
    """`PENDING`, `PROCESSING`, `COMPLETE` or `CANCELED`."""
    result: str | None = None
    """Where the file is, for five minutes, for whoever knows the address."""
    num_errors: int | None = None
    errors: tuple[dict[str, Any], ...] = ()
    started_at: str | None = None
    completed_at: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing further will happen."""
        return self.status in ("COMPLETE", "CANCELED")


class User(Shape, frozen=True):
    """Somebody who may sign in to the account. Not the CRM record `users`, whose ids are others."""

    id: str = ""
    email: str = ""
    first_name: str | None = None
    last_name: str | None = None
    role_id: str | None = None
    role_ids: tuple[str, ...] = ()
    primary_team_id: str | None = None
    secondary_team_ids: tuple[str, ...] | None = ()
    super_admin: bool = False
    send_welcome_email: bool | None = None


class Role(Shape, frozen=True):
    """What users may do."""

    id: str = ""
    name: str = ""
    requires_billing_write: bool = False


class Team(Shape, frozen=True):
    """Users together."""

    id: str = ""
    name: str = ""
    user_ids: tuple[str, ...] = ()
    secondary_user_ids: tuple[str, ...] = ()


class WebhookSettings(Shape, frozen=True):
    """Where an app is told of events."""

    target_url: str = ""
    throttling: dict[str, Any] = msgspec.field(default_factory=dict)
    created_at: str | None = None
    updated_at: str | None = None


class WebhookSubscription(Shape, frozen=True):
    """A kind of event that an app is told of."""

    id: str = ""
    event_type: str = ""
    property_name: str | None = None
    object_type_id: str | None = None
    active: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class JournalFile(Shape, frozen=True):
    """Where a piece of the journal is, and which comes next after it."""

    url: str = ""
    """Needs no token, until it expires."""
    expires_at: str | None = None
    current_offset: str = ""


class JournalSubscription(Shape, frozen=True):
    """What the journal tells of."""

    id: Any = 0
    subscription_type: str | None = None
    portal_id: int | None = None
    object_type_id: str | None = None
    actions: tuple[str, ...] | None = ()
    properties: tuple[str, ...] | None = ()
    object_ids: tuple[int, ...] | None = ()
    associated_object_type_ids: tuple[str, ...] | None = ()
    list_ids: tuple[int, ...] | None = ()
    event_type_id: str | None = None
