"""A little HubSpot for batch calls: it answers as recorded, and refuses what HubSpot refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import body, reply

Row = dict[str, Any]


class Account:
    """Contacts by e-mail address. `bad` says what is wrong with a row, `whole` refuses all with it."""

    def __init__(
        self, *, bad: Callable[[Row], str | None] = lambda row: None, whole: bool = False, seed: int = 0
    ):
        self.records: dict[str, Row] = {}
        self.by_email: dict[str, str] = {}
        self.bad, self.whole = bad, whole
        self.random = Random(seed)
        self.calls: list[tuple[str, list[Row]]] = []
        self.traces = True

    def __call__(self, request: Request) -> Reply:
        verb = request.path.rsplit("/", 1)[-1]
        asked = body(request)
        inputs: list[Row] = asked["inputs"]
        self.calls.append((verb, inputs))
        if len(inputs) > 100:
            return reply(400, {"message": "The maximum number of inputs supported in a batch is 100."})
        names = [self.name(verb, row) for row in inputs]
        if len({name for name in names if name}) != len([name for name in names if name]):
            return reply(
                400, {"message": "Duplicate IDs found in batch input", "category": "VALIDATION_ERROR"}
            )
        answer: Reply = getattr(self, verb)(asked)
        return answer

    def name(self, verb: str, row: Row) -> str | None:
        return (row["properties"].get("email") if verb == "create" else row["id"].lower()) or None

    def write(self, inputs: list[Row], store: Callable[[Row], tuple[str, bool]]) -> Reply:
        refusals = [(row, message) for row in inputs if (message := self.bad(row))]
        if refusals and self.whole:
            entries = [
                {"message": message, "error": "INVALID_EMAIL", "name": "email"} for _, message in refusals
            ]
            told = f"Property values were not valid: {json.dumps(entries)}"
            return reply(400, {"message": told, "category": "VALIDATION_ERROR"})
        results = [self.result(row, *store(row)) for row in inputs if not self.bad(row)]
        self.random.shuffle(results)
        errors = [
            {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "message": message,
                "context": {"objectWriteTraceId": [row["objectWriteTraceId"]]},
            }
            for row, message in refusals
        ]
        return reply(207 if errors else 200, {"status": "COMPLETE", "results": results, "errors": errors})

    def result(self, row: Row, record_id: str, new: bool) -> Row:
        found = {"id": record_id, "properties": self.records[record_id], "new": new}
        return found | ({"objectWriteTraceId": row["objectWriteTraceId"]} if self.traces else {})

    def create(self, asked: Row) -> Reply:
        return self.write(asked["inputs"], lambda row: (self.store(None, row["properties"]), True))

    def upsert(self, asked: Row) -> Reply:
        def put(row: Row) -> tuple[str, bool]:
            known = self.by_email.get(row["id"].lower())
            return self.store(known, {**row["properties"], "email": row["id"].lower()}), known is None

        return self.write(asked["inputs"], put)

    def update(self, asked: Row) -> Reply:
        missing = [row["id"] for row in asked["inputs"] if row["id"] not in self.records]
        there = [row for row in asked["inputs"] if row["id"] in self.records]
        answer = self.write(there, lambda row: (self.store(row["id"], row["properties"]), False))
        return self.with_missing(answer, missing)

    def read(self, asked: Row) -> Reply:
        by = asked.get("idProperty")
        ids = [row["id"] for row in asked["inputs"]]
        keys = {name: (self.by_email.get(name.lower()) if by else name) for name in ids}
        found = [{"id": key, "properties": self.records[key]} for key in keys.values() if key in self.records]
        self.random.shuffle(found)
        missing = [name for name, key in keys.items() if key not in self.records]
        return self.with_missing(reply(200, {"results": found, "errors": []}), missing)

    def archive(self, asked: Row) -> Reply:
        for row in asked["inputs"]:
            self.records.pop(row["id"], None)
        return Reply(204)

    def with_missing(self, answer: Reply, missing: list[str]) -> Reply:
        if not missing or answer.status >= 300:
            return answer
        told = json.loads(answer.body)
        told["errors"].append(
            {"category": "OBJECT_NOT_FOUND", "message": "Could not get some", "context": {"ids": missing}}
        )
        return reply(207, told)

    def store(self, known: str | None, properties: dict[str, str]) -> str:
        record_id = known or str(1000 + len(self.records))
        self.records[record_id] = {**self.records.get(record_id, {}), **properties}
        if properties.get("email"):
            self.by_email[properties["email"].lower()] = record_id
        return record_id
