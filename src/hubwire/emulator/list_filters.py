"""Filter branches of lists, checked and turned into one condition on records.

https://developers.hubspot.com/docs/api-reference/crm-lists-v3/list-filters: an OR branch at the root, AND
branches in it. A branch of type RESTRICTED stands for one that the reader may not see: what HubSpot shows in
its place, and nothing to filter by. That it is refused when it is sent, and what says so, is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import list_times, refusals
from hubwire.emulator.columns import Column, column
from hubwire.emulator.exchange import Refusal
from hubwire.emulator.jobs import Jobs
from hubwire.emulator.list_absent import ABSENT_LISTS, BRANCH, SHAPES, absent
from hubwire.emulator.list_operations import (
    ALWAYS,
    NEVER,
    PLAIN,
    Condition,
    Operation,
    checked,
    counted,
    enum_conversion,
    incomplete,
    joined,
    number,
    number_test,
    option_test,
    text_test,
    texts,
)
from hubwire.emulator.portal import Portal

BRANCHES = ("OR", "AND", "NOT_ALL", "NOT_ANY", "ASSOCIATION", "UNIFIED_EVENTS", "PROPERTY_ASSOCIATION")
SHOWN_ONLY = "RESTRICTED"
IN_LIST = ("IN_LIST", "NOT_IN_LIST")
REQUIRED = ("filterBranchType", "filterBranchOperator", "filterBranches", "filters")
RELATIVE = ("ROLLING_DATE_RANGE", "ROLLING_PROPERTY_UPDATED", "CALENDAR_DATE", "TIME_POINT", "TIME_RANGED")
IMPORTED = "imported"
"""How the drawer calls the ids of what an import wrote, by the import and the type."""
FILTERS = ("PROPERTY", "IN_LIST", "ASSOCIATION", "NUM_ASSOCIATIONS", "CONSTANT", "PROPERTY_ASSOCIATION")
DEEPEST = 12


class Branch(msgspec.Struct):
    """A node of the tree as sent."""

    filterBranchType: str | None = None
    filterBranchOperator: str | None = None
    filterBranches: list[Branch] | None = None
    filters: list[dict[str, Any]] | None = None
    objectTypeId: str | None = None
    operator: str | None = None
    associationTypeId: int | None = None
    associationCategory: str | None = None
    eventTypeId: str | None = None
    propertyWithObjectId: str | None = None


def root_checked(root: Branch) -> Branch:
    """The root is an OR branch without filters of its own; HubSpot's words for others are not known."""
    _complete(root)
    if root.filterBranchType != "OR":
        raise refusals.validation("The root filter branch must be of type OR")
    if root.filters:
        raise refusals.validation("The root filter branch takes no filters, only filter branches")
    for branch in root.filterBranches or ():
        _complete(branch)
        if branch.filterBranchType != "AND":
            raise refusals.validation("The branches below the root filter branch must be of type AND")
    return root


def _complete(branch: Branch) -> None:
    if missing := [name for name in REQUIRED if getattr(branch, name) is None]:
        raise incomplete("FilterBranch", missing)
    if branch.filterBranchType == SHOWN_ONLY:
        raise refusals.validation("A filter branch of type RESTRICTED cannot be filtered by")
    if branch.filterBranchType not in BRANCHES:
        raise enum_conversion("filterBranchType", str(branch.filterBranchType), BRANCHES)


Readable = Callable[[ObjectType, str], None]


def anybody(kind: ObjectType, name: str) -> None:
    """Nothing is hidden from whoever asks."""


class Filters:
    """Compiles the filters of one list of records of one type, as of one moment."""

    def __init__(
        self,
        portal: Portal,
        kind: ObjectType,
        now: int,
        members: Callable[[str], Condition],
        readable: Readable = anybody,
    ) -> None:
        """`members` gives the ids in a list as a subquery, or refuses; `readable` may refuse a property."""
        self.portal, self.kind, self.now, self._members = portal, kind, now, members
        self._readable = readable
        self.settled = True
        """What it is true of changes only with records of this type: no clock and no other list is asked."""

    def branch(self, branch: Branch, depth: int = 0) -> Condition:
        """The branch as a condition."""
        _complete(branch)
        name = str(branch.filterBranchType)
        if depth > DEEPEST:
            raise refusals.validation("The filter branches are nested too deeply")
        if name == "ASSOCIATION" and depth >= 0:
            return self._associated_branch(branch, depth)
        if name == "UNIFIED_EVENTS":
            asked = {"eventTypeId": branch.eventTypeId, "operator": branch.operator}
            return absent("UNIFIED_EVENTS", BRANCH, asked)
        if name == "PROPERTY_ASSOCIATION":
            return self._referenced_branch(branch, depth)
        parts = [self.one(item) for item in branch.filters or ()]
        parts += [self.branch(inner, depth + 1) for inner in branch.filterBranches or ()]
        if name == "OR":
            return joined(parts, "OR")
        if name == "NOT_ALL":
            return joined(parts, "AND").opposite()
        if name == "NOT_ANY":
            return joined(parts, "OR").opposite()
        return joined(parts, "AND")

    def one(self, item: dict[str, Any]) -> Condition:
        """One filter as a condition."""
        kind = item.get("filterType")
        if kind == "PROPERTY":
            return self._property(item)
        if kind == "IN_LIST":
            return self._in_list(item)
        if kind == "ASSOCIATION":
            inside = self._list_members(item)
            return self._linked(item, Condition(f"to_id IN ({inside.sql})", inside.values))
        if kind == "NUM_ASSOCIATIONS":
            return self._linked(item, ALWAYS)
        if kind == "CONSTANT":
            return ALWAYS if item.get("shouldAccept") is True else NEVER
        if kind == "PROPERTY_ASSOCIATION":
            inside = self._list_members(item)
            found = self._referenced(item.get("propertyWithObjectId"), inside)
            return found.opposite() if item.get("operator") == "NOT_IN_LIST" else found
        if not kind:
            raise incomplete("Filter", ["filterType"])
        shape = SHAPES.get(str(kind))
        if shape is None:
            raise enum_conversion("filterType", str(kind), (*FILTERS, *SHAPES))
        return absent(str(kind), shape, item)

    # Lists and associations

    def _in_list(self, item: dict[str, Any]) -> Condition:
        about = item.get("metadata")
        if isinstance(about, dict) and about.get("inListType") in ABSENT_LISTS:
            return ALWAYS if item.get("operator") == "NOT_IN_LIST" else NEVER
        if isinstance(about, dict) and about.get("inListType") == "IMPORT":
            _known_operator(item)
            members = self._imported(str(about.get("id")))
        elif isinstance(about, dict) and not item.get("listId"):
            raise enum_conversion("inListType", str(about.get("inListType")), ("IMPORT", *ABSENT_LISTS))
        else:
            members = self._list_members(item)
        inside = Condition(f"id IN ({members.sql})", members.values)
        return inside if item.get("operator") == "IN_LIST" else inside.opposite()

    def _imported(self, number: str) -> Condition:
        """The ids of what an import wrote: none before it is done."""
        self.settled = False
        known = number.isascii() and number.isdecimal() and len(number) < 19
        if not known or Jobs(self.portal).get("import", int(number)) is None:
            raise refusals.validation(f"There is no import with the id {number}")
        ids = self.portal.drawer.all(IMPORTED, number, list[int]).get(self.kind.id, [])
        return Condition("SELECT value FROM json_each(?)", (msgspec.json.encode(ids).decode(),))

    def _list_members(self, item: dict[str, Any]) -> Condition:
        if item.get("listId") is None:
            raise incomplete("InListFilter", ["listId"])
        _known_operator(item)
        self.settled = False
        return self._members(str(item["listId"]))

    def _linked(self, item: dict[str, Any], other: Condition) -> Condition:
        """How many associated records meet `other`: at least one, or as `coalescingRefineBy` says."""
        self.settled = False
        known, to_type = self._association(item.get("associationCategory"), item.get("associationTypeId"))
        edges = (
            f"FROM {self.portal.edges.table} WHERE from_type = ? AND"
            f" from_id = {self.portal.table(self.kind).live}.id AND to_type = ? AND category = ?"
            f" AND type_id = ?"
        )
        ends = (self.kind.id, to_type, *known)
        met = Condition(f"(SELECT count(DISTINCT to_id) {edges} AND {other.sql})", (*ends, *other.values))
        refine = counted(item.get("coalescingRefineBy"))
        if refine.get("type") == "SET_OCCURRENCES":
            there = Condition(f"(SELECT count(DISTINCT to_id) {edges})", ends)
            found = _among(met, there, str(refine.get("setType")))
            return found.opposite() if item.get("operator") == "NOT_IN_LIST" else found
        least, most = refine.get("minOccurrences", 1), refine.get("maxOccurrences")
        if not isinstance(least, int | None) or not isinstance(most, int | None):
            raise refusals.validation("minOccurrences and maxOccurrences must be whole numbers")
        found = Condition(
            f"{met.sql} BETWEEN ? AND ?", (*met.values, least or 0, 2**60 if most is None else most)
        )
        return found.opposite() if item.get("operator") == "NOT_IN_LIST" else found

    def _associated_branch(self, branch: Branch, depth: int) -> Condition:
        """Records with an associated record that meets everything in the branch."""
        self.settled = False
        other = self.portal.kind(branch.objectTypeId or "")
        known, to_type = self._association(branch.associationCategory, branch.associationTypeId)
        if to_type != other.id:
            raise refusals.validation(f"The association type does not lead to objects of type {other.id}")
        filters = Filters(self.portal, other, self.now, self._members, self._readable)
        parts = [filters.one(item) for item in branch.filters or ()]
        parts += [filters.branch(inner, depth + 1) for inner in branch.filterBranches or ()]
        inner = joined(parts, "AND")
        table = self.portal.table(other)
        if not table.made:
            return NEVER
        return Condition(
            f"id IN (SELECT from_id FROM {self.portal.edges.table} WHERE from_type = ? AND to_type = ? AND"
            f" category = ? AND type_id = ? AND to_id IN (SELECT id FROM {table.live} WHERE {inner.sql}))",
            (self.kind.id, other.id, *known, *inner.values),
        )

    def _referenced_branch(self, branch: Branch, depth: int) -> Condition:
        """Records that hold, in a property, the id of a record that meets everything in the branch."""
        self.settled = False
        other = self.portal.kind(branch.objectTypeId or "")
        filters = Filters(self.portal, other, self.now, self._members, self._readable)
        parts = [filters.one(item) for item in branch.filters or ()]
        parts += [filters.branch(inner, depth + 1) for inner in branch.filterBranches or ()]
        inner, table = joined(parts, "AND"), self.portal.table(other)
        if not table.made:
            return NEVER
        within = Condition(f"SELECT id FROM {table.live} WHERE {inner.sql}", inner.values)
        return self._referenced(branch.propertyWithObjectId, within)

    def _referenced(self, name: Any, within: Condition) -> Condition:
        if not isinstance(name, str):
            raise incomplete("PropertyAssociation", ["propertyWithObjectId"])
        self._column(name)
        return Condition(f"CAST(props->>'{name}' AS INTEGER) IN ({within.sql})", within.values)

    def _association(self, category: Any, type_id: Any) -> tuple[tuple[str, int], str]:
        """Category and id of a type from our records on, and where it leads; its inverse will do."""
        known = self.portal.relations.type(str(category), type_id) if isinstance(type_id, int) else None
        if known is not None and known.from_type != self.kind.id:
            known = self.portal.relations.type(known.category, known.inverse)
        if known is None or known.from_type != self.kind.id:
            raise refusals.validation(f"{category} {type_id} is not an association type of {self.kind.id}")
        return (known.category, known.id), known.to_type

    # Properties

    def _property(self, item: dict[str, Any]) -> Condition:
        name, operation = item.get("property"), item.get("operation")
        if not isinstance(name, str) or not isinstance(operation, dict):
            missing = [part for part in ("property", "operation") if not item.get(part)]
            raise incomplete("PropertyFilter", missing or ["operation"])
        known = self._column(name)
        kind, operator = checked(self.portal.definitions.all(self.kind.id)[name], operation)
        plain, opposite, ever = PLAIN.get(operator, (operator, False, False))
        self.settled &= kind not in RELATIVE
        try:
            found = self._test(kind, plain, known, known.sql, operation)
            if ever:
                found = self._ever(found, kind, plain, known, operation)
        except (OverflowError, ValueError):
            raise refusals.validation(f"The filter on {name} leads out of what can be compared") from None
        if kind == "ALL_PROPERTY":
            return found.opposite() if opposite else found
        unset = f"{known.sql} IS NULL"
        if opposite:
            found = found.opposite()
        if operation.get("includeObjectsWithNoValueSet") is True:
            return joined([Condition(unset), found], "OR")
        return joined([Condition(f"NOT ({unset})"), found], "AND") if opposite else found

    def _test(self, kind: str, operator: str, known: Column, stored: str, operation: Operation) -> Condition:
        """`stored` yields the value now, or an earlier one."""
        match kind:
            case "ALL_PROPERTY":
                return Condition(f"{stored} IS NOT NULL")
            case "STRING" | "MULTISTRING":
                folded = stored if known.sort == "text" else f"folded({stored})"
                return text_test(folded, operator, texts(operation))
            case "BOOL":
                return option_test(stored, "IS_EXACTLY", texts(operation))
            case "ENUMERATION":
                return option_test(stored, operator, texts(operation))
            case "NUMBER" | "NUMBER_RANGED":
                return number_test(stored, operator, operation)
        if (
            kind in ("COMPARATIVE_PROPERTY_UPDATED", "ROLLING_PROPERTY_UPDATED")
            or operation.get("propertyParser") == "UPDATED_AT"
        ):
            moment = self._updated_at(known)
        else:
            moment = self._moment(known)
        return self._time_test(kind, operator, moment, operation)

    def _time_test(self, kind: str, operator: str, moment: Condition, operation: Operation) -> Condition:
        # The expression stands where the values it brings are known to come: before each comparison.
        expression = moment.sql
        match kind:
            case "DATE":
                return list_times.date_test(expression, operator, operation)
            case "DATETIME":
                return list_times.datetime_test(expression, operator, operation)
            case "RANGED_DATE":
                ends = [list_times.stamp(number(operation, end)) for end in ("lowerBound", "upperBound")]
                return Condition(f"{expression} BETWEEN ? AND ?", tuple(ends))
            case "ROLLING_DATE_RANGE" | "ROLLING_PROPERTY_UPDATED":
                return list_times.rolling_test(expression, operator, operation, self.now)
            case "CALENDAR_DATE":
                return list_times.calendar_test(expression, operator, operation, self.now)
            case "TIME_POINT":
                return self._against(expression, operator, self._point(operation.get("timePoint")))
            case "TIME_RANGED":
                ends_of = [self._point(operation.get(f"{end}BoundTimePoint")) for end in ("lower", "upper")]
                lower, upper = ends_of
                low = ">" if operation.get("lowerBoundEndpointBehavior") == "EXCLUSIVE" else ">="
                high = "<" if operation.get("upperBoundEndpointBehavior") == "EXCLUSIVE" else "<="
                return Condition(
                    f"{expression} {low} {lower.sql} AND {expression} {high} {upper.sql}",
                    (*lower.values, *upper.values),
                )
        return self._against(expression, operator, self._compared(kind, operation))

    def _against(self, expression: str, operator: str, other: Condition) -> Condition:
        sign = "<" if operator == "IS_BEFORE" else ">"
        return Condition(f"{expression} {sign} {other.sql}", other.values)

    def _compared(self, kind: str, operation: Operation) -> Condition:
        """The other property of a comparison."""
        name = operation.get("comparisonPropertyName")
        if not isinstance(name, str):
            raise incomplete("PropertyOperation", ["comparisonPropertyName"])
        other = self._column(name)
        if kind == "COMPARATIVE_PROPERTY_UPDATED":
            return self._updated_at(other)
        return self._moment(other)

    def _point(self, given: Any) -> Condition:
        if isinstance(given, dict) and given.get("timeType") == "PROPERTY_REFERENCED":
            other = self._column(str(given.get("property")))
            return (
                self._updated_at(other) if given.get("referenceType") == "UPDATED_AT" else self._moment(other)
            )
        return Condition("?", (list_times.point(given, self.now),))

    def _column(self, name: str) -> Column:
        definition = self.portal.definitions.get(self.kind.id, name)
        if definition is None:
            # HubSpot's sub-category for this is not known.
            raise refusals.validation(f'Property "{name}" does not exist')
        self._readable(self.kind, name)
        return column(self.kind, definition)

    def _moment(self, known: Column) -> Condition:
        if known.sort == "time":
            return Condition(list_times.stamped(known.sql))
        if known.sort != "moment":
            raise refusals.validation(f"{known.name} is not a date", subCategory=WRONG_TYPE)
        return Condition(known.sql)

    def _updated_at(self, known: Column) -> Condition:
        """When the property was last written: by its history, else when the record was made with it."""
        live, name = self.portal.table(self.kind).live, known.name
        past = self.portal.history.table
        sql = (
            f"coalesce((SELECT max(at) FROM {past} WHERE type = '{self.kind.id}' AND {past}.id = {live}.id"
            f""" AND json_type(before, '$."{name}"') IS NOT NULL),"""
            f" CASE WHEN {known.sql} IS NOT NULL THEN created END)"
        )
        return Condition(list_times.stamped(sql))

    def _ever(
        self, now: Condition, kind: str, operator: str, known: Column, operation: Operation
    ) -> Condition:
        """The value now or any that an update replaced."""
        if "props->>" not in known.sql:
            return now
        earlier = self._test(kind, operator, known, known.sql.replace("props->>", "before->>"), operation)
        sql = f"id IN (SELECT id FROM {self.portal.history.table} WHERE type = ? AND {earlier.sql})"
        return joined([now, Condition(sql, (self.kind.id, *earlier.values))], "OR")


def _among(met: Condition, there: Condition, set_type: str) -> Condition:
    """Of the associated records that are `there`, how many have `met` the condition."""
    tests = {
        "ANY": "{met} > 0",
        "ANY_INCLUDE_EMPTY": "{met} > 0 OR {there} = 0",
        "ALL": "{met} = {there} AND {there} > 0",
        "ALL_INCLUDE_EMPTY": "{met} = {there}",
        "NONE": "{met} = 0",
        "NONE_EXCLUDE_EMPTY": "{met} = 0 AND {there} > 0",
    }
    if set_type not in tests:
        raise enum_conversion("setType", set_type, tests)
    form = tests[set_type]
    order = [met.values if part == "met" else there.values for part in re.findall(r"\{(\w+)\}", form)]
    sql = form.format(met=met.sql, there=there.sql)
    return Condition(sql, tuple(value for values in order for value in values))


WRONG_TYPE = "ListError.INVALID_OPERATION_FOR_PROPERTY_TYPE"


def still(compile_: Callable[[], Condition]) -> Condition:
    """The condition, or one that nothing meets where what it names has gone since it was saved."""
    try:
        return compile_()
    except Refusal:
        return NEVER


def _known_operator(item: dict[str, Any]) -> None:
    if item.get("operator") not in IN_LIST:
        raise enum_conversion("operator", str(item.get("operator")), IN_LIST)
