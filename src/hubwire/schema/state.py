"""What an account has now, read as far as a schema speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubwire.catalogue import load
from hubwire.catalogue.versions import NEWEST
from hubwire.client.call import segment
from hubwire.errors import ConfigError, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from hubwire import Hub

Json = dict[str, Any]


class Ref(str):
    """Stands for the type id of a custom object, which HubSpot gives out when the object is made."""

    __slots__ = ()


def ask(
    hub: Hub, op: str, places: Mapping[str, str], body: Any = None, query: Mapping[str, str] | None = None
) -> Any:
    """One call of a named endpoint, always in the newest API version: schemas do not follow the hub's."""
    endpoint = load.endpoint(op)
    path = endpoint.path(NEWEST, **{name: segment(value, name) for name, value in places.items()})
    return hub.request(endpoint.method, path, json=body, query=query)


@dataclass
class Kind:
    """One object type as it is."""

    path: str
    """As paths name it."""
    type_id: str
    schema: Json | None = None
    """Of a custom object; None while it does not exist."""
    properties: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    pipelines: dict[str, Json] = field(default_factory=dict)

    @property
    def associated(self) -> set[str]:
        """Type ids of the objects that its records can be associated with."""
        every = (self.schema or {}).get("associations", ())
        return {each["toObjectTypeId"] for each in every if each.get("fromObjectTypeId") == self.type_id}


class Account:
    """Asked once for everything."""

    def __init__(self, hub: Hub, sensitivities: Iterable[str] = ()) -> None:
        """`sensitivities`: those of which the properties are read too, for which a token needs scopes."""
        self.hub, self._sensitivities = hub, sorted(set(sensitivities))
        self.portal_id = int(hub.account.details().get("portalId", 0))
        self._schemas: dict[str, Json] | None = None
        self._kinds: dict[str, Kind] = {}
        self._labels: dict[tuple[str, str], list[Json]] = {}

    def schemas(self) -> dict[str, Json]:
        """The custom objects by lower-case name."""
        if self._schemas is None:
            try:
                found = ask(self.hub, "schemas.list", {}).get("results", [])
            except Forbidden as refusal:
                raise ConfigError(no_custom_objects(refusal)) from None
            self._schemas = {str(each.get("name", "")).lower(): each for each in found}
        return self._schemas

    def path(self, name: str) -> str:
        """How paths name a custom object, made or not."""
        return f"p{self.portal_id}_{name}"

    def custom(self, name: str) -> Kind:
        """A custom object with everything that it has; empty when there is none of that name."""
        schema = self.schemas().get(name.lower())
        if schema is None:
            return Kind(self.path(name), Ref(name))
        path = str(schema.get("fullyQualifiedName") or self.path(name))
        kind = self._kind(path, str(schema["objectTypeId"]))
        kind.schema = schema
        return kind

    def standard(self, name: str) -> Kind:
        """One of HubSpot's own object types."""
        known = load.object_type(name)
        if known is None:
            raise ConfigError(f"HubSpot has no object type {name!r}")
        return self._kind(known.name, known.id)

    def _kind(self, path: str, type_id: str) -> Kind:
        if path not in self._kinds:
            places = {"objectType": path}
            listed = ask(self.hub, "properties.list", places)["results"]
            for level in self._sensitivities:
                query = {"dataSensitivity": level}
                listed += ask(self.hub, "properties.list", places, query=query)["results"]
            groups = ask(self.hub, "properties.groups.list", places)["results"]
            try:
                pipelines = ask(self.hub, "pipelines.list", places)["results"]
            except (Forbidden, Invalid, NotFound):
                pipelines = []  # not every object type has them
            self._kinds[path] = Kind(
                path,
                type_id,
                None,
                {each["name"]: each for each in listed},
                {each["name"]: each for each in groups},
                {each["id"]: each for each in pipelines},
            )
        return self._kinds[path]

    def type_id(self, name: str, declared: set[str]) -> str:
        """The type id of an object that a declaration names; own objects come first."""
        if name.lower() in declared:
            own = self.schemas().get(name.lower())
            return str(own["objectTypeId"]) if own else Ref(name)
        known = load.object_type(name)
        if known is not None:
            return known.id
        for schema in self.schemas().values():
            if name.lower() in (str(schema.get(key, "")).lower() for key in NAMES):
                return str(schema["objectTypeId"])
        raise ConfigError(
            f"{name!r} is neither an object type of HubSpot's nor a custom object, declared or of the account"
        )

    def labels(self, start: str, end: str) -> list[Json]:
        """The association types from one type id to another."""
        if isinstance(start, Ref) or isinstance(end, Ref):
            return []
        if (start, end) not in self._labels:
            places = {"fromObjectType": start, "toObjectType": end}
            self._labels[start, end] = ask(self.hub, "associations.labels.list", places).get("results", [])
        return self._labels[start, end]

    def rules(self, kind: Kind, name: str) -> dict[str, list[str]]:
        """Validation rules of a property, with their arguments."""
        places = {"objectType": kind.path, "propertyName": name}
        found = ask(self.hub, "validations.of_property", places).get("results", [])
        return {str(each["ruleType"]): [str(one) for one in each.get("ruleArguments", ())] for each in found}

    def existing(self, kind: Kind) -> int:
        """How many records there are."""
        return self.hub.objects(kind.path).count()

    def holding(self, kind: Kind, name: str, value: str | None = None) -> int:
        """How many records have a value of a property, or that one."""
        asked: Json = {"propertyName": name, "operator": "HAS_PROPERTY"}
        if value is not None:
            asked = {"propertyName": name, "operator": "EQ", "value": value}
        return self.hub.objects(kind.path).count([asked])


NAMES = ("name", "fullyQualifiedName", "objectTypeId")


def no_custom_objects(refusal: Forbidden) -> str:
    """Why an account cannot have custom objects."""
    needed = f" (it lacks {', '.join(refusal.scopes)})" if refusal.scopes else ""
    return (
        "custom objects cannot be read or changed here. They are a feature of HubSpot Enterprise: the "
        f"account's subscription does not have them, or the token may not use them{needed}. What a file "
        "declares under [objects] works on every account."
    )
