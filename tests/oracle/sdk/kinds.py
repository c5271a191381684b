"""The official SDK's families of object APIs, made alike enough to run one suite over all of them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    name: str
    """What the pytest id says."""
    package: str
    """Module with the models and exceptions of this family."""
    route: str
    """Attributes that lead from the client to the family's APIs."""
    sample: Mapping[str, str]
    """Properties of a valid record; `{word}` is replaced by something new."""
    change: tuple[str, str]
    unset: str
    """A defined property that the sample leaves empty."""
    key: str
    """A property of the sample that differs from record to record."""
    typed: tuple[str, ...] = field(default=())
    """Leading arguments of every call: the generic API wants the object type."""

    @property
    def models(self) -> Any:
        return importlib.import_module(self.package)

    def properties(self, word: str) -> dict[str, str]:
        return {name: value.format(word=word) for name, value in self.sample.items()}


def deal(word: str = "{word}") -> dict[str, str]:
    return {"dealname": word, "amount": "10.50", "pipeline": "default", "dealstage": "appointmentscheduled"}


PERSON = {"email": "{word}@example.com", "firstname": "Ada", "lastname": "Łovelace"}

KINDS = (
    Kind(
        "contacts", "hubspot.crm.contacts", "crm.contacts", PERSON, ("firstname", "Grace"), "phone", "email"
    ),
    Kind(
        "companies",
        "hubspot.crm.companies",
        "crm.companies",
        {"name": "{word}", "domain": "{word}.example"},
        ("name", "Renamed"),
        "city",
        "domain",
    ),
    Kind("deals", "hubspot.crm.deals", "crm.deals", deal(), ("amount", "12"), "closedate", "dealname"),
    Kind(
        "tickets",
        "hubspot.crm.tickets",
        "crm.tickets",
        {"subject": "{word}", "hs_pipeline": "0", "hs_pipeline_stage": "1"},
        ("hs_pipeline_stage", "2"),
        "content",
        "subject",
    ),
    Kind(
        "products",
        "hubspot.crm.products",
        "crm.products",
        {"name": "{word}", "price": "9.99"},
        ("price", "12.50"),
        "description",
        "name",
    ),
    Kind(
        "line_items",
        "hubspot.crm.line_items",
        "crm.line_items",
        {"name": "{word}", "quantity": "2", "price": "9.99"},
        ("quantity", "3"),
        "description",
        "name",
    ),
    Kind(
        "notes",
        "hubspot.crm.objects.notes",
        "crm.objects.notes",
        {"hs_note_body": "{word}", "hs_timestamp": "2026-03-12T10:00:00Z"},
        ("hs_note_body", "changed"),
        "hubspot_owner_id",
        "hs_note_body",
    ),
    Kind(
        "tasks",
        "hubspot.crm.objects.tasks",
        "crm.objects.tasks",
        {
            "hs_task_subject": "{word}",
            "hs_timestamp": "2026-03-12T10:00:00Z",
            "hs_task_status": "NOT_STARTED",
        },
        ("hs_task_status", "COMPLETED"),
        "hubspot_owner_id",
        "hs_task_subject",
    ),
    Kind(
        "generic-contacts",
        "hubspot.crm.objects",
        "crm.objects",
        PERSON,
        ("firstname", "Grace"),
        "phone",
        "email",
        ("contacts",),
    ),
    Kind(
        "generic-0-3",
        "hubspot.crm.objects",
        "crm.objects",
        deal(),
        ("amount", "12"),
        "closedate",
        "dealname",
        ("0-3",),
    ),
    Kind(
        "generic-company",
        "hubspot.crm.objects",
        "crm.objects",
        {"name": "{word}", "domain": "{word}.example"},
        ("name", "Renamed"),
        "city",
        "domain",
        ("company",),
    ),
)


@dataclass(frozen=True)
class Family:
    """One kind on one client."""

    kind: Kind
    apis: Any

    def basic(self, call: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
        return self._run(self.apis.basic_api, call, arguments, options)

    def batch(self, call: str, *arguments: Any, **options: Any) -> tuple[Any, int]:
        return self._run(self.apis.batch_api, call, arguments, options)

    def search(self, **request: Any) -> Any:
        body = self.kind.models.PublicObjectSearchRequest(**request)
        return self._run(self.apis.search_api, "do_search", (body,), {})[0]

    def _run(self, api: Any, call: str, arguments: Any, options: Any) -> tuple[Any, int]:
        """The call with the status it was answered with: the SDK picks its model by the exact number."""
        told = getattr(api, f"{call}_with_http_info")(
            *self.kind.typed, *arguments, _return_http_data_only=False, **options
        )
        return told[0], told[1]

    def create(self, properties: Mapping[str, str], **more: Any) -> Any:
        body = self.kind.models.SimplePublicObjectInputForCreate(properties=dict(properties), **more)
        return self.basic("create", body)[0]

    def inputs(self, model: str, rows: list[Any]) -> Any:
        return getattr(self.kind.models, model)(inputs=rows)
