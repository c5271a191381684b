"""A good request for every operation, made fresh: what it names exists, and nobody else uses it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.oracle.server import REDIRECT, Account

OBJECTS = "/crm/v3/objects"
CONTACT_TO_COMPANY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
NOW = "2026-03-12T10:00:00Z"
PROPERTIES: dict[str, dict[str, str]] = {
    "contacts": {"email": "{}@example.com", "firstname": "Ada"},
    "companies": {"name": "{}", "domain": "{}.example"},
    "0-3": {"dealname": "{}", "pipeline": "default", "dealstage": "appointmentscheduled"},
    "deals": {"dealname": "{}", "pipeline": "default", "dealstage": "appointmentscheduled"},
    "tickets": {"subject": "{}", "hs_pipeline": "0", "hs_pipeline_stage": "1"},
    "products": {"name": "{}", "price": "9.99"},
    "line_items": {"name": "{}", "price": "9.99", "quantity": "1"},
    "calls": {"hs_timestamp": NOW, "hs_call_title": "{}"},
    "communications": {"hs_timestamp": NOW, "hs_communication_channel_type": "SMS"},
    "emails": {"hs_timestamp": NOW, "hs_email_direction": "EMAIL"},
    "meetings": {"hs_timestamp": NOW, "hs_meeting_title": "{}"},
    "notes": {"hs_timestamp": NOW, "hs_note_body": "{}"},
    "postal_mail": {"hs_timestamp": NOW, "hs_postal_mail_body": "{}"},
    "tasks": {"hs_timestamp": NOW, "hs_task_subject": "{}"},
    "quotes": {"hs_title": "{}", "hs_expiration_date": "2026-12-31"},
}
"""Types that are not named have nothing to require: they are made empty."""
READ_ONLY = ("feedback_submissions", "contracts")
"""Types that HubSpot lets nobody write: there are no records of them."""


@dataclass(frozen=True)
class Sample:
    places: dict[str, str] = field(default_factory=dict)
    """By the emulator's names of the path's places."""
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    file: tuple[str, bytes] | None = None
    """Of a multipart body, beside `importRequest`."""
    form: dict[str, str] | None = None


class World:
    """An account to prepare things in, without any client."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._pool = urllib3.PoolManager(retries=False)
        self._numbers = itertools.count(1)
        self._keys: dict[str, str] = {}
        self._schema = ""
        # A pair has ten labels at most.
        self.unlabelled = itertools.product(
            ["deals", "tickets", "products", "line_items"], ["contacts", "companies", "quotes"]
        )
        self.others = iter(["0-2", "0-3", "0-5", "0-7", "0-8", "0-14", "0-123", "0-136", "0-162"])
        """Types that the shared custom object is not associated with yet."""

    @cached_property
    def journal_token(self) -> str:
        return self.account.journal_token()

    def word(self, stem: str) -> str:
        return f"{stem}{next(self._numbers)}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        journal = path.startswith(("/webhooks-journal/", "/webhooks/v4/"))
        sent = {
            "Authorization": f"Bearer {self.journal_token if journal else self.account.access_token}",
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        answer = self._pool.request(method, self.account.base_url + path, body=data, headers=sent)
        assert answer.status < 300, (method, path, body, answer.status, answer.data[:500])
        return json.loads(answer.data) if answer.data else None

    def properties(self, kind: str) -> dict[str, str]:
        word = self.word("sweep")
        return {name: value.format(word) for name, value in PROPERTIES.get(kind, {}).items()}

    def record(self, kind: str) -> str:
        if kind in READ_ONLY:
            return "1"
        made = self.call("POST", f"{OBJECTS}/{kind}", {"properties": self.properties(kind)})
        return str(made["id"])

    def pair(self) -> tuple[str, str]:
        """A contact and a company, associated."""
        contact, company = self.record("contacts"), self.record("companies")
        self.call("PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
        return contact, company

    def label(self) -> int:
        made = self.call("POST", "/crm/v4/associations/contacts/companies/labels", _label(self.word("label")))
        every = self.call("GET", "/crm/v4/associations/contacts/companies/labels")["results"]
        mine = {one["typeId"] for one in made["results"]}
        return next(int(one["typeId"]) for one in every if one["typeId"] in mine)

    def list(self, kind: str = "MANUAL", *members: str) -> str:
        made = self.call("POST", "/crm/v3/lists/", self.new_list(kind))
        number = str(made["list"]["listId"])
        if members:
            self.call("PUT", f"/crm/v3/lists/{number}/memberships/add", list(members))
        return number

    def new_list(self, kind: str = "MANUAL") -> dict[str, Any]:
        filters = {} if kind == "MANUAL" else {"filterBranch": BRANCH}
        return {"name": self.word("list"), "objectTypeId": "0-1", "processingType": kind, **filters}

    def folder(self) -> str:
        made = self.call("POST", "/crm/v3/lists/folders", {"name": self.word("folder")})
        return str(made["folder"]["id"])

    def property(self) -> str:
        return str(self.call("POST", "/crm/v3/properties/contacts", _property(self.word("prop")))["name"])

    def key(self, kind: str) -> str:
        """A property of the type that tells its records apart."""
        if kind not in self._keys:
            group = self.call("GET", f"/crm/v3/properties/{kind}/groups")["results"][0]["name"]
            body = {**_property(self.word("key")), "groupName": group, "hasUniqueValue": True}
            self._keys[kind] = self.call("POST", f"/crm/v3/properties/{kind}", body)["name"]
        return self._keys[kind]

    def group(self) -> str:
        body = {"name": self.word("group"), "label": "Group"}
        return str(self.call("POST", "/crm/v3/properties/contacts/groups", body)["name"])

    def pipeline(self) -> tuple[str, str]:
        made = self.call("POST", "/crm/v3/pipelines/deals", _pipeline(self.word("pipeline")))
        return str(made["id"]), str(made["stages"][0]["id"])

    def shared_schema(self) -> str:
        """An account has few: what is only read or changed is one for all."""
        self._schema = self._schema or self.schema()
        return self._schema

    def schema(self) -> str:
        made = self.call("POST", "/crm-object-schemas/v3/schemas", _schema(self.word("thing")))
        return str(made["objectTypeId"])

    def user(self) -> str:
        body = {"email": f"{self.word('user')}@example.com"}
        return str(self.call("POST", "/settings/v3/users", body)["id"])

    def rule(self) -> str:
        name = self.property()
        self.call("PUT", f"/crm/v3/property-validations/0-1/{name}/rule-type/MIN_LENGTH", RULE)
        return name

    def upload(self) -> str:
        sample = SAMPLES["imports.create"](self, "contacts")
        assert sample.file
        assert sample.form
        answer = self._pool.request(
            "POST",
            f"{self.account.base_url}/crm/v3/imports",
            fields={**sample.form, "files": (*sample.file, "text/csv")},
            headers={"Authorization": f"Bearer {self.account.access_token}"},
        )
        assert answer.status == 200, answer.data
        return str(json.loads(answer.data)["id"])

    def export(self) -> str:
        body = SAMPLES["exports.start"](self, "contacts").body
        return str(self.call("POST", "/crm/v3/exports/export/async", body)["id"])

    def developer(self, method: str, path: str, body: Any = None) -> Any:
        key = urlencode({"hapikey": self.account.developer_api_key})
        return self.call(method, f"/webhooks/v3/{self.account.app_id}{path}?{key}", body)

    def target(self) -> str:
        """The app's webhook settings; port 1 answers nobody, so nothing is delivered."""
        self.developer("PUT", "/settings", SETTINGS)
        return str(self.account.app_id)

    def subscription(self) -> str:
        self.target()
        body = {"eventType": "contact.propertyChange", "propertyName": self.word("prop"), "active": False}
        return str(self.developer("POST", "/subscriptions", body)["id"])

    def journal(self) -> str:
        body = self.journal_wish()
        return str(self.call("POST", "/webhooks-journal/subscriptions/2026-03", body)["id"])

    def journal_wish(self) -> dict[str, Any]:
        kind = {"portalId": self.account.portal_id, "objectTypeId": "0-1", "actions": ["CREATE"]}
        return {"subscriptionType": "OBJECT", **kind, "properties": [], "objectIds": []}

    def offset(self) -> str:
        """Of a file of the journal that another one comes after."""
        self.journal()
        self.record("contacts")
        here = str(self.call("GET", "/webhooks-journal/journal/2026-03/latest")["currentOffset"])
        self.record("contacts")
        return here

    def filter(self) -> str:
        body = self.journal_filter()
        return str(self.call("POST", "/webhooks-journal/subscriptions/2026-03/filters", body)["filterId"])

    def journal_filter(self) -> dict[str, Any]:
        condition = {"filterType": "CRM_OBJECT_PROPERTY", "property": "email", "operator": "CONTAINS"}
        return {
            "subscriptionId": int(self.journal()),
            "filter": {"conditions": [{**condition, "value": "example"}]},
        }

    def snapshot(self) -> str:
        body = self.snapshot_wish()
        made = self.call("POST", "/webhooks-journal/snapshots/2026-03/crm", body)
        return str(made["snapshotResponses"][0]["snapshotStatusId"])

    def snapshot_wish(self) -> dict[str, Any]:
        one = {"portalId": self.account.portal_id, "objectId": int(self.record("contacts"))}
        return {"snapshotRequests": [{**one, "objectTypeId": "0-1", "properties": ["email"]}]}

    def tokens(self) -> dict[str, Any]:
        fields = self.code_form()
        answer = self._pool.request(
            "POST", f"{self.account.base_url}/oauth/v1/token", fields=fields, encode_multipart=False
        )
        assert answer.status == 200, answer.data
        tokens: dict[str, Any] = json.loads(answer.data)
        return tokens

    def code_form(self) -> dict[str, str]:
        code = self.account.consent("oauth", "crm.objects.contacts.read")
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": self.account.client_id,
            "client_secret": self.account.client_secret,
        }


BRANCH = {
    "filterBranchType": "OR",
    "filterBranchOperator": "OR",
    "filters": [],
    "filterBranches": [
        {
            "filterBranchType": "AND",
            "filterBranchOperator": "AND",
            "filterBranches": [],
            "filters": [
                {
                    "filterType": "PROPERTY",
                    "property": "firstname",
                    "operation": {
                        "operationType": "MULTISTRING",
                        "operator": "IS_EQUAL_TO",
                        "values": ["Ada"],
                        "includeObjectsWithNoValueSet": False,
                    },
                }
            ],
        }
    ],
}
SIGNED_IN = "owner@hubwire.example"
"""Of the users, the one who was not made through the API."""
RULE = {"ruleArguments": ["2"], "shouldApplyNormalization": False}
SETTINGS = {"targetUrl": "http://127.0.0.1:1/hooks", "throttling": {"maxConcurrentRequests": 10}}


def _label(name: str) -> dict[str, str]:
    return {"name": name, "label": name}


def _new_label(world: World, kind: str) -> Sample:
    from_type, to_type = next(world.unlabelled)
    ends = _ends(fromObjectType=from_type, toObjectType=to_type)
    return Sample(ends, body=_label(world.word("label")))


def _property(name: str) -> dict[str, Any]:
    kind = {"type": "string", "fieldType": "text", "groupName": "contactinformation"}
    return {"name": name, "label": name, **kind}


def _pipeline(label: str) -> dict[str, Any]:
    stages = [_stage("Open"), {**_stage("Won"), "displayOrder": 1, "metadata": {"probability": "1.0"}}]
    return {"label": label, "displayOrder": 5, "stages": stages}


def _stage(label: str) -> dict[str, Any]:
    return {"label": label, "displayOrder": 0, "metadata": {"probability": "0.5"}}


def _schema(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "labels": {"singular": name, "plural": f"{name}s"},
        "primaryDisplayProperty": "title",
        "allowsSensitiveProperties": False,
        "requiredProperties": ["title"],
        "searchableProperties": ["title"],
        "secondaryDisplayProperties": [],
        "properties": [{"name": "title", "label": "Title", "type": "string", "fieldType": "text"}],
        "associatedObjects": ["CONTACT"],
    }


Builder = Callable[[World, str], Sample]


def _of(kind: str, **more: str) -> dict[str, str]:
    return {"objectType": kind, **more}


def _records(world: World, kind: str) -> Sample:
    return Sample(_of(kind), body={"inputs": [{"id": world.record(kind)} for _ in range(2)]})


def _read_records(world: World, kind: str) -> Sample:
    inputs = [{"id": world.record(kind)}]
    return Sample(
        _of(kind),
        body={"inputs": inputs, "properties": ["hs_object_id"], "propertiesWithHistory": []},
    )


def _updates(world: World, kind: str) -> Sample:
    inputs = [{"id": world.record(kind), "properties": world.properties(kind)}]
    return Sample(_of(kind), body={"inputs": inputs})


def _upserts(world: World, kind: str) -> Sample:
    """By a unique property of the account's own."""
    one = {"id": world.word("key"), "idProperty": world.key(kind), "properties": world.properties(kind)}
    return Sample(_of(kind), body={"inputs": [one]})


def _creates(world: World, kind: str) -> Sample:
    inputs = [{"properties": world.properties(kind), "associations": []} for _ in range(2)]
    return Sample(_of(kind), body={"inputs": inputs})


def _create(world: World, kind: str) -> Sample:
    return Sample(_of(kind), body={"properties": world.properties(kind), "associations": []})


def _search(world: World, kind: str) -> Sample:
    condition = {"propertyName": "hs_object_id", "operator": "EQ", "value": world.record(kind)}
    body = {
        "filterGroups": [{"filters": [condition]}],
        "limit": 10,
        "after": "0",
        "sorts": [],
        "properties": [],
    }
    return Sample(_of(kind), body=body)


def _merge(world: World, kind: str) -> Sample:
    body = {"primaryObjectId": world.record(kind), "objectIdToMerge": world.record(kind)}
    return Sample(_of(kind), body=body)


def _ends(**more: str) -> dict[str, str]:
    return {"fromObjectType": "contacts", "toObjectType": "companies", **more}


def _linked(world: World, kind: str) -> Sample:
    if kind != "contacts":
        return Sample({"objectType": kind, "id": world.record(kind), "toObjectType": "companies"})
    contact, company = world.pair()
    return Sample({"objectType": "contacts", "id": contact, "toObjectType": "companies", "toId": company})


def _labelled(world: World, kind: str) -> Sample:
    contact, company = world.pair()
    places = {"objectType": "contacts", "id": contact, "toObjectType": "companies", "toId": company}
    return Sample(places, body=[CONTACT_TO_COMPANY])


def _pairs(**more: Any) -> Builder:
    def build(world: World, kind: str) -> Sample:
        contact, company = world.pair()
        return Sample(_ends(), body={"inputs": [{"from": {"id": contact}, "to": {"id": company}, **more}]})

    return build


def _from(world: World, kind: str) -> Sample:
    return Sample(_ends(), body={"inputs": [{"id": world.pair()[0]}]})


def _archived_pairs(world: World, kind: str) -> Sample:
    contact, company = world.pair()
    return Sample(_ends(), body={"inputs": [{"from": {"id": contact}, "to": [{"id": company}]}]})


def _limit(world: World, kind: str) -> dict[str, Any]:
    return {"category": "USER_DEFINED", "typeId": world.label(), "maxToObjectIds": 5}


def _limits(world: World, kind: str) -> Sample:
    return Sample(_ends(), body={"inputs": [_limit(world, kind)]})


def _set_limits(*kept: str) -> Builder:
    def build(world: World, kind: str) -> Sample:
        limit = _limit(world, kind)
        path = "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create"
        world.call("POST", path, {"inputs": [limit]})
        return Sample(_ends(), body={"inputs": [{name: limit[name] for name in kept}]})

    return build


def _list_of(*names: str) -> Builder:
    def build(world: World, kind: str) -> Sample:
        return Sample({"listId": world.list("MANUAL", world.record("contacts"))})

    return build


def _import(world: World, kind: str) -> Sample:
    name = f"{world.word('people')}.csv"
    mappings = [
        {"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email"},
        {"columnObjectTypeId": "0-1", "columnName": "Name", "propertyName": "firstname"},
    ]
    page = {"hasHeader": True, "columnMappings": mappings}
    request = {
        "name": name,
        "importOperations": {"0-1": "CREATE"},
        "files": [{"fileName": name, "fileFormat": "CSV", "fileImportPage": page}],
    }
    rows = f"Email,Name\n{world.word('row')}@example.com,Ada\nnot an address,Bob\n"
    return Sample(file=(name, rows.encode()), form={"importRequest": json.dumps(request)})


def _export(world: World, kind: str) -> Sample:
    body = {
        "exportType": "VIEW",
        "exportName": world.word("export"),
        "format": "CSV",
        "language": "EN",
        "objectType": "CONTACT",
        "objectProperties": ["email", "firstname"],
        "exportInternalValuesOptions": ["NAMES", "VALUES"],
        "overrideAssociatedObjectsPerDefinitionPerRowLimit": False,
        "associatedObjectType": "COMPANY",
        "includeLabeledAssociations": False,
        "includePrimaryDisplayPropertyForAssociatedObjects": False,
    }
    return Sample(body=body)


def _stage_place(world: World) -> dict[str, str]:
    pipeline, stage = world.pipeline()
    return {"objectType": "deals", "pipelineId": pipeline, "stageId": stage}


def _pipeline_place(world: World) -> dict[str, str]:
    return {"objectType": "deals", "pipelineId": world.pipeline()[0]}


def _app(world: World) -> dict[str, str]:
    return {"appId": world.target()}


def _switches(world: World, kind: str) -> Sample:
    inputs = [{"id": int(world.subscription()), "active": False}]
    return Sample(_app(world), body={"inputs": inputs})


def _introspect(world: World, kind: str) -> Sample:
    tokens = world.tokens()
    return Sample(
        form={
            "client_id": world.account.client_id,
            "client_secret": world.account.client_secret,
            "token": tokens["refresh_token"],
            "token_type_hint": "refresh_token",
        }
    )


SAMPLES: dict[str, Builder] = {
    "objects.list": lambda world, kind: Sample(_of(kind, id=world.record(kind)), {"limit": 2}),
    "objects.read": lambda world, kind: Sample(_of(kind, id=world.record(kind))),
    "objects.create": _create,
    "objects.update": lambda world, kind: Sample(
        # Every type has an owner; an update of nothing is refused.
        _of(kind, id=world.record(kind)),
        body={"properties": world.properties(kind) or {"hubspot_owner_id": ""}},
    ),
    "objects.archive": lambda world, kind: Sample(_of(kind, id=world.record(kind))),
    "objects.search": _search,
    "objects.merge": _merge,
    "objects.gdpr_delete": lambda world, kind: Sample(_of(kind), body={"objectId": world.record(kind)}),
    "objects.batch.create": _creates,
    "objects.batch.read": _read_records,
    "objects.batch.update": _updates,
    "objects.batch.upsert": _upserts,
    "objects.batch.archive": _records,
    "associations.v3.batch.create": _pairs(type="contact_to_company_unlabeled"),
    "associations.v3.batch.archive": _pairs(type="contact_to_company_unlabeled"),
    "associations.v3.batch.read": _from,
    "associations.v3.types": lambda world, kind: Sample(_ends()),
    "associations.v3.list": lambda world, kind: Sample(
        {"objectType": "contacts", "id": world.pair()[0], "toObjectType": "companies"}
    ),
    "associations.v3.link": lambda world, kind: Sample(
        {**_linked(world, kind).places, "associationType": "279"}
    ),
    "associations.v3.unlink": lambda world, kind: Sample(
        {**_linked(world, kind).places, "associationType": "279"}
    ),
    "associations.delete": _linked,
    "associations.default": _linked,
    "associations.list": _linked,
    "associations.label": _labelled,
    "associations.batch.create": _pairs(types=[CONTACT_TO_COMPANY]),
    "associations.batch.labels_archive": _pairs(types=[CONTACT_TO_COMPANY]),
    "associations.batch.default": _pairs(),
    "associations.batch.read": _from,
    "associations.batch.archive": _archived_pairs,
    "associations.usage_report": lambda world, kind: Sample({"userId": world.user()}),
    "associations.limits.list": lambda world, kind: Sample(),
    "associations.limits.of_pair": lambda world, kind: Sample(_ends()),
    "associations.limits.create": _limits,
    "associations.limits.update": _set_limits("category", "typeId", "maxToObjectIds"),
    "associations.limits.purge": _set_limits("category", "typeId"),
    "associations.labels.list": lambda world, kind: Sample(_ends()),
    "associations.labels.create": _new_label,
    "associations.labels.update": lambda world, kind: Sample(
        _ends(), body={"associationTypeId": world.label(), "label": world.word("label")}
    ),
    "associations.labels.delete": lambda world, kind: Sample(_ends(associationTypeId=str(world.label()))),
    "imports.create": _import,
    "imports.list": lambda world, kind: Sample({"importId": world.upload()}),
    "imports.read": lambda world, kind: Sample({"importId": world.upload()}),
    "imports.cancel": lambda world, kind: Sample({"importId": world.upload()}),
    "imports.errors": lambda world, kind: Sample({"importId": world.upload()}),
    "exports.start": _export,
    "exports.status": lambda world, kind: Sample({"taskId": world.export(), "exportId": world.export()}),
    "exports.read": lambda world, kind: Sample({"taskId": world.export(), "exportId": world.export()}),
    "lists.create": lambda world, kind: Sample(body=world.new_list()),
    "lists.search": lambda world, kind: Sample(
        body={
            "listIds": [world.list()],
            "offset": 0,
            "count": 10,
            "processingTypes": [],
            "additionalProperties": [],
        }
    ),
    "lists.many": lambda world, kind: Sample(query={"listIds": [world.list()]}),
    "lists.read": _list_of(),
    "lists.conversion.read": _list_of(),
    "lists.conversion.update": lambda world, kind: Sample(
        {"listId": world.list("DYNAMIC")},
        body={"conversionType": "INACTIVITY", "offset": 2, "timeUnit": "WEEK"},
    ),
    "lists.conversion.delete": _list_of(),
    "lists.history": _list_of(),
    "lists.by_name": lambda world, kind: Sample(
        {
            "objectTypeId": "0-1",
            "listName": world.call("GET", f"/crm/v3/lists/{world.list()}")["list"]["name"],
        }
    ),
    "lists.delete": _list_of(),
    "lists.restore": lambda world, kind: _deleted(world),
    "lists.filters": lambda world, kind: Sample(
        {"listId": world.list("DYNAMIC")}, body={"filterBranch": BRANCH}
    ),
    "lists.rename": lambda world, kind: Sample({"listId": world.list()}, {"listName": world.word("renamed")}),
    "lists.idmapping.read": lambda world, kind: Sample(query={"legacyListId": world.list()}),
    "lists.idmapping.batch": lambda world, kind: Sample(body=[world.list()]),
    "lists.memberships.list": _list_of(),
    "lists.memberships.joined": _list_of(),
    "lists.memberships.clear": _list_of(),
    "lists.memberships.add": lambda world, kind: Sample(
        {"listId": world.list()}, body=[world.record("contacts")]
    ),
    "lists.memberships.remove": lambda world, kind: Sample(
        {"listId": world.list()}, body=[world.record("contacts")]
    ),
    "lists.memberships.change": lambda world, kind: Sample(
        {"listId": world.list()}, body={"recordIdsToAdd": [world.record("contacts")], "recordIdsToRemove": []}
    ),
    "lists.memberships.add_from": lambda world, kind: Sample(
        {"listId": world.list(), "sourceListId": world.list("MANUAL", world.record("contacts"))}
    ),
    "lists.records.memberships": lambda world, kind: Sample(
        {"objectTypeId": "0-1", "recordId": world.record("contacts")}
    ),
    "lists.records.batch_read": lambda world, kind: Sample(
        body={"inputs": [{"objectTypeId": "0-1", "recordId": world.record("contacts")}]}
    ),
    "lists.folders.create": lambda world, kind: Sample(
        body={"name": world.word("folder"), "parentFolderId": "0"}
    ),
    "lists.folders.list": lambda world, kind: Sample({"folderId": world.folder()}),
    "lists.folders.move": lambda world, kind: Sample(
        {"folderId": world.folder(), "newParentFolderId": world.folder()}
    ),
    "lists.folders.move_list": lambda world, kind: Sample(
        body={"listId": world.list(), "newFolderId": world.folder()}
    ),
    "lists.folders.delete": lambda world, kind: Sample({"folderId": world.folder()}),
    "lists.folders.rename": lambda world, kind: Sample(
        {"folderId": world.folder()}, {"newFolderName": world.word("folder")}
    ),
    "owners.list": lambda world, kind: Sample(),
    "owners.read": lambda world, kind: Sample(
        {"ownerId": world.call("GET", "/crm/v3/owners")["results"][0]["id"]}
    ),
    "pipelines.list": lambda world, kind: Sample(_of("deals")),
    "pipelines.create": lambda world, kind: Sample(_of("deals"), body=_pipeline(world.word("pipeline"))),
    "pipelines.read": lambda world, kind: Sample(_pipeline_place(world)),
    "pipelines.audit": lambda world, kind: Sample(_pipeline_place(world)),
    "pipelines.delete": lambda world, kind: Sample(_pipeline_place(world)),
    "pipelines.replace": lambda world, kind: Sample(
        _pipeline_place(world), body=_pipeline(world.word("pipeline"))
    ),
    "pipelines.update": lambda world, kind: Sample(
        _pipeline_place(world), body={"label": world.word("renamed")}
    ),
    "pipelines.stages.list": lambda world, kind: Sample(_stage_place(world)),
    "pipelines.stages.read": lambda world, kind: Sample(_stage_place(world)),
    "pipelines.stages.audit": lambda world, kind: Sample(_stage_place(world)),
    "pipelines.stages.delete": lambda world, kind: Sample(_stage_place(world)),
    "pipelines.stages.create": lambda world, kind: Sample(
        _stage_place(world), body=_stage(world.word("stage"))
    ),
    "pipelines.stages.replace": lambda world, kind: Sample(
        _stage_place(world), body=_stage(world.word("stage"))
    ),
    "pipelines.stages.update": lambda world, kind: Sample(
        _stage_place(world), body={"label": world.word("stage"), "metadata": {"probability": "0.4"}}
    ),
    "properties.list": lambda world, kind: Sample(_of("contacts")),
    "properties.create": lambda world, kind: Sample(_of("contacts"), body=_property(world.word("prop"))),
    "properties.read": lambda world, kind: Sample(_of("contacts", propertyName=world.property())),
    "properties.archive": lambda world, kind: Sample(_of("contacts", propertyName=world.property())),
    "properties.update": lambda world, kind: Sample(
        _of("contacts", propertyName=world.property()), body={"label": "Renamed"}
    ),
    "properties.batch.create": lambda world, kind: Sample(
        _of("contacts"), body={"inputs": [_property(world.word("prop"))]}
    ),
    "properties.batch.read": lambda world, kind: Sample(
        _of("contacts"),
        body={"inputs": [{"name": world.property()}], "archived": False, "dataSensitivity": "non_sensitive"},
    ),
    "properties.batch.archive": lambda world, kind: Sample(
        _of("contacts"), body={"inputs": [{"name": world.property()}]}
    ),
    "properties.groups.list": lambda world, kind: Sample(_of("contacts")),
    "properties.groups.create": lambda world, kind: Sample(
        _of("contacts"), body={"name": world.word("group"), "label": "Group"}
    ),
    "properties.groups.read": lambda world, kind: Sample(_of("contacts", groupName=world.group())),
    "properties.groups.archive": lambda world, kind: Sample(_of("contacts", groupName=world.group())),
    "properties.groups.update": lambda world, kind: Sample(
        _of("contacts", groupName=world.group()), body={"label": "Renamed"}
    ),
    "schemas.list": lambda world, kind: Sample(),
    "schemas.create": lambda world, kind: Sample(body=_schema(world.word("thing"))),
    "schemas.read": lambda world, kind: Sample(_of(world.shared_schema())),
    "schemas.delete": lambda world, kind: Sample(_of(world.schema())),
    "schemas.update": lambda world, kind: Sample(
        _of(world.shared_schema()), body={"description": "Changed", "clearDescription": False}
    ),
    "schemas.associations.create": lambda world, kind: _definition(world, made=False),
    "schemas.associations.delete": lambda world, kind: _definition(world, made=True),
    "schemas.batch.read": lambda world, kind: Sample(
        body={
            "inputs": [world.shared_schema()],
            "includePropertyDefinitions": True,
            "includeAssociationDefinitions": True,
            "includeAuditMetadata": False,
        }
    ),
    "users.list": lambda world, kind: Sample(),
    "users.roles": lambda world, kind: Sample(),
    "users.teams": lambda world, kind: Sample(),
    "users.read": lambda world, kind: Sample({"userId": world.user()}),
    "users.delete": lambda world, kind: Sample({"userId": world.user()}),
    "users.create": lambda world, kind: Sample(
        body={"email": f"{world.word('user')}@example.com", "sendWelcomeEmail": False}
    ),
    "users.replace": lambda world, kind: Sample(
        {"userId": world.call("GET", f"/settings/v3/users/{SIGNED_IN}?idProperty=EMAIL")["id"]}, body={}
    ),
    "oauth.token": lambda world, kind: Sample(form=world.code_form()),
    "oauth.introspect": _introspect,
    "oauth.revoke": _introspect,
    "oauth.access_token_info": lambda world, kind: Sample({"token": world.tokens()["access_token"]}),
    "oauth.refresh_token_info": lambda world, kind: Sample({"token": world.tokens()["refresh_token"]}),
    "oauth.refresh_token_delete": lambda world, kind: Sample({"token": world.tokens()["refresh_token"]}),
    "account.details": lambda world, kind: Sample(),
    "account.usage": lambda world, kind: Sample(),
    "legacy.account.audit": lambda world, kind: Sample(),
    "legacy.account.logins": lambda world, kind: Sample(),
    "legacy.account.security": lambda world, kind: Sample(),
    "legacy.marketing.emails3": lambda world, kind: Sample(),
    "legacy.marketing.email3": lambda world, kind: Sample({"emailId": "1"}),
    "legacy.marketing.campaigns3": lambda world, kind: Sample(),
    "legacy.marketing.campaign3": lambda world, kind: Sample({"campaignGuid": "1"}),
    "legacy.marketing.flows": lambda world, kind: Sample(),
    "legacy.marketing.flow": lambda world, kind: Sample({"flowId": "1"}),
    "legacy.marketing.happenings": lambda world, kind: Sample(),
    "legacy.marketing.unified": lambda world, kind: Sample(),
    "legacy.marketing.event_types": lambda world, kind: Sample(),
    "legacy.marketing.preferences": lambda world, kind: Sample(),
    "legacy.marketing.forms3": lambda world, kind: Sample(),
    "legacy.marketing.form3": lambda world, kind: Sample({"formId": "1"}),
    "webhooks.settings.read": lambda world, kind: Sample(_app(world)),
    "webhooks.settings.update": lambda world, kind: Sample(_app(world), body=SETTINGS),
    "webhooks.settings.clear": lambda world, kind: Sample(_app(world)),
    "webhooks.subscriptions.list": lambda world, kind: Sample(_app(world)),
    "webhooks.subscriptions.create": lambda world, kind: Sample(
        _app(world),
        body={"eventType": "contact.propertyChange", "propertyName": world.word("prop"), "active": False},
    ),
    "webhooks.subscriptions.read": lambda world, kind: Sample(
        {"subscriptionId": world.subscription(), **_app(world)}
    ),
    "webhooks.subscriptions.update": lambda world, kind: Sample(
        {"subscriptionId": world.subscription(), **_app(world)}, body={"active": False}
    ),
    "webhooks.subscriptions.delete": lambda world, kind: Sample(
        {"subscriptionId": world.subscription(), **_app(world)}
    ),
    "webhooks.subscriptions.batch.update": _switches,
    "journal.earliest": lambda world, kind: Sample({"offset": world.offset()}),
    "journal.latest": lambda world, kind: Sample({"offset": world.offset()}),
    "journal.next": lambda world, kind: Sample({"offset": world.offset()}),
    "journal.batch.earliest": lambda world, kind: Sample({"count": "5", "offset": world.offset()}),
    "journal.batch.latest": lambda world, kind: Sample({"count": "5", "offset": world.offset()}),
    "journal.batch.next": lambda world, kind: Sample({"count": "5", "offset": world.offset()}),
    "journal.batch.read": lambda world, kind: Sample(body={"inputs": [world.offset()]}),
    "journal.status": lambda world, kind: Sample({"statusId": world.snapshot()}),
    "journal.subscriptions.list": lambda world, kind: Sample({"subscriptionId": world.journal()}),
    "journal.subscriptions.create": lambda world, kind: Sample(body=world.journal_wish()),
    "journal.subscriptions.read": lambda world, kind: Sample({"subscriptionId": world.journal()}),
    "journal.subscriptions.delete": lambda world, kind: Sample({"subscriptionId": world.journal()}),
    "journal.subscriptions.clear": lambda world, kind: Sample({"portalId": str(world.account.portal_id)}),
    "journal.filters.create": lambda world, kind: Sample(body=world.journal_filter()),
    "journal.filters.list": lambda world, kind: Sample({"subscriptionId": world.journal()}),
    "journal.filters.read": lambda world, kind: Sample({"filterId": world.filter()}),
    "journal.filters.delete": lambda world, kind: Sample({"filterId": world.filter()}),
    "journal.snapshots.create": lambda world, kind: Sample(body=world.snapshot_wish()),
    "library.list": lambda world, kind: Sample(),
    "library.read": lambda world, kind: Sample(_of("0-1")),
    "validations.list": lambda world, kind: Sample(_of("0-1", propertyName=world.rule())),
    "validations.of_property": lambda world, kind: Sample(_of("0-1", propertyName=world.rule())),
    "validations.read": lambda world, kind: Sample(
        _of("0-1", propertyName=world.rule(), ruleType="MIN_LENGTH")
    ),
    "validations.set": lambda world, kind: Sample(
        _of("0-1", propertyName=world.property(), ruleType="MIN_LENGTH"), body=RULE
    ),
    "installs.delete": lambda world, kind: Sample(),
    "limits.labels": lambda world, kind: Sample(query={"fromObjectTypeId": "0-1", "toObjectTypeId": "0-2"}),
    "limits.records_from": lambda world, kind: Sample(),
    "limits.records_to": lambda world, kind: Sample({"fromObjectType": "0-1"}),
    "limits.records_between": lambda world, kind: Sample({"fromObjectType": "0-1", "toObjectType": "0-2"}),
    "limits.calculated_properties": lambda world, kind: Sample(),
    "limits.custom_object_types": lambda world, kind: Sample(),
    "limits.custom_properties": lambda world, kind: Sample(),
    "limits.pipelines": lambda world, kind: Sample(),
    "limits.records": lambda world, kind: Sample(),
}


def _deleted(world: World) -> Sample:
    number = world.list()
    world.call("DELETE", f"/crm/v3/lists/{number}")
    return Sample({"listId": number})


def _definition(world: World, *, made: bool) -> Sample:
    name = world.shared_schema()
    schema = world.call("GET", f"/crm-object-schemas/v3/schemas/{name}")
    body = {
        "fromObjectTypeId": schema["objectTypeId"],
        "toObjectTypeId": next(world.others),
        "name": world.word("link"),
    }
    if not made:
        return Sample(_of(name), body=body)
    definition = world.call("POST", f"/crm-object-schemas/v3/schemas/{name}/associations", body)
    return Sample(_of(name, associationId=str(definition["id"])))
