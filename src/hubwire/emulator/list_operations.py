"""Property operations of list filters: which there are, for which properties, and as SQL.

Operators: https://developers.hubspot.com/docs/api-reference/crm-lists-v3/list-filters and the models of
HubSpot's own `hubspot-sdk` for Python (types/crm/public_*_operation.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.catalogue.facts import Property
from hubwire.emulator import refusals
from hubwire.emulator.exchange import Refusal

EQUALITY = ("IS_EQUAL_TO", "IS_NOT_EQUAL_TO")
EVER_EQUAL = ("HAS_EVER_BEEN_EQUAL_TO", "HAS_NEVER_BEEN_EQUAL_TO")
TEXTS = (*EQUALITY, "CONTAINS", "DOES_NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH")
SIZES = {
    "IS_GREATER_THAN": ">",
    "IS_GREATER_THAN_OR_EQUAL_TO": ">=",
    "IS_LESS_THAN": "<",
    "IS_LESS_THAN_OR_EQUAL_TO": "<=",
    "IS_EQUAL_TO": "=",
}
BETWEEN, ORDER = ("IS_BETWEEN", "IS_NOT_BETWEEN"), ("IS_BEFORE", "IS_AFTER")
DAYS = tuple(f"IS_{size}_THAN_X_DAYS_{way}" for way in ("AGO", "FROM_NOW") for size in ("LESS", "MORE"))

OPERATORS: dict[str, tuple[str, ...]] = {
    # The older guide's IS_NOT_KNOWN is refused by the API.
    "ALL_PROPERTY": ("IS_KNOWN", "IS_UNKNOWN", "IS_BLANK", "IS_NOT_BLANK"),
    "BOOL": (*EQUALITY, *EVER_EQUAL),
    "STRING": (*TEXTS, *EVER_EQUAL, "HAS_EVER_CONTAINED", "HAS_NEVER_CONTAINED"),
    "MULTISTRING": (*TEXTS, *EVER_EQUAL, "CONTAINS_EXACTLY", "DOES_NOT_CONTAIN_EXACTLY"),
    "NUMBER": (*SIZES, "IS_NOT_EQUAL_TO", *EVER_EQUAL),
    "NUMBER_RANGED": BETWEEN,
    "ENUMERATION": (
        "IS_ANY_OF", "IS_NONE_OF", "IS_EXACTLY", "IS_NOT_EXACTLY", "CONTAINS_ALL", "DOES_NOT_CONTAIN_ALL",
        "HAS_EVER_BEEN_ANY_OF", "HAS_NEVER_BEEN_ANY_OF", "HAS_EVER_BEEN_EXACTLY", "HAS_NEVER_BEEN_EXACTLY",
        "HAS_EVER_CONTAINED_ALL", "HAS_NEVER_CONTAINED_ALL",
    ),
    "DATE": ("IS_EQUAL_TO", *ORDER, "EQUAL", "BEFORE", "AFTER"),
    "DATETIME": ("IS_EQUAL_TO", *ORDER, "IS_BEFORE_DATE", "IS_AFTER_DATE"),
    "RANGED_DATE": BETWEEN,
    "ROLLING_DATE_RANGE": DAYS,
    "CALENDAR_DATE": (
        "IN_THIS_TIME_UNIT", "IN_THIS_TIME_UNIT_SO_FAR", "IN_NEXT_TIME_UNIT", "IN_LAST_TIME_UNIT",
    ),
    "COMPARATIVE_DATE": ORDER,
    "COMPARATIVE_PROPERTY_UPDATED": ORDER,
    "ROLLING_PROPERTY_UPDATED": ("UPDATED_IN_LAST_X_DAYS", "NOT_UPDATED_IN_LAST_X_DAYS"),
    "TIME_POINT": ORDER,
    "TIME_RANGED": BETWEEN,
}  # fmt: skip

ANY_PROPERTY = frozenset({"ALL_PROPERTY", "COMPARATIVE_PROPERTY_UPDATED", "ROLLING_PROPERTY_UPDATED"})
OF_TIMES = frozenset(
    [
        "DATE",
        "DATETIME",
        "RANGED_DATE",
        "ROLLING_DATE_RANGE",
        "CALENDAR_DATE",
        "COMPARATIVE_DATE",
        "TIME_POINT",
        "TIME_RANGED",
    ]
)
OF_TYPES: dict[str, frozenset[str]] = {
    "number": frozenset({"NUMBER", "NUMBER_RANGED"}),
    "bool": frozenset({"BOOL", "ENUMERATION"}),
    "enumeration": frozenset({"ENUMERATION"}),
    "date": OF_TIMES,
    "datetime": OF_TIMES,
}
OF_TEXT = frozenset({"STRING", "MULTISTRING"})

PLAIN: dict[str, tuple[str, bool, bool]] = {
    "IS_UNKNOWN": ("IS_KNOWN", True, False),
    "IS_BLANK": ("IS_KNOWN", True, False),
    "IS_NOT_BLANK": ("IS_KNOWN", False, False),
    "IS_NOT_EQUAL_TO": ("IS_EQUAL_TO", True, False),
    "HAS_EVER_BEEN_EQUAL_TO": ("IS_EQUAL_TO", False, True),
    "HAS_NEVER_BEEN_EQUAL_TO": ("IS_EQUAL_TO", True, True),
    "DOES_NOT_CONTAIN": ("CONTAINS", True, False),
    "HAS_EVER_CONTAINED": ("CONTAINS", False, True),
    "HAS_NEVER_CONTAINED": ("CONTAINS", True, True),
    "DOES_NOT_CONTAIN_EXACTLY": ("CONTAINS_EXACTLY", True, False),
    "IS_NONE_OF": ("IS_ANY_OF", True, False),
    "IS_NOT_EXACTLY": ("IS_EXACTLY", True, False),
    "DOES_NOT_CONTAIN_ALL": ("CONTAINS_ALL", True, False),
    "HAS_EVER_BEEN_ANY_OF": ("IS_ANY_OF", False, True),
    "HAS_NEVER_BEEN_ANY_OF": ("IS_ANY_OF", True, True),
    "HAS_EVER_BEEN_EXACTLY": ("IS_EXACTLY", False, True),
    "HAS_NEVER_BEEN_EXACTLY": ("IS_EXACTLY", True, True),
    "HAS_EVER_CONTAINED_ALL": ("CONTAINS_ALL", False, True),
    "HAS_NEVER_CONTAINED_ALL": ("CONTAINS_ALL", True, True),
    "IS_NOT_BETWEEN": ("IS_BETWEEN", True, False),
    "NOT_UPDATED_IN_LAST_X_DAYS": ("UPDATED_IN_LAST_X_DAYS", True, False),
}
"""Operator → the one it is told by, whether it is its opposite, and whether earlier values count too."""

Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a record, in SQL; NULL counts as not met."""

    sql: str
    values: tuple[Any, ...] = ()

    def opposite(self) -> Condition:
        return Condition(f"NOT coalesce(({self.sql}), 0)", self.values)


ALWAYS, NEVER = Condition("1"), Condition("0")


def joined(conditions: Iterable[Condition], word: str) -> Condition:
    """`AND` or `OR` over them; over none, what is true of nothing asked or of no alternative."""
    parts = list(conditions)
    if not parts:
        return ALWAYS if word == "AND" else NEVER
    sql = f" {word} ".join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.values))


def checked(definition: Property, operation: Operation) -> tuple[str, str]:
    """Type and operator of an operation that suits the property; refused as HubSpot refuses others."""
    kind, operator = str(operation.get("operationType")), str(operation.get("operator"))
    if kind not in OPERATORS:
        raise enum_conversion("operationType", kind, OPERATORS)
    if operator not in OPERATORS[kind]:
        raise enum_conversion("operator", operator, OPERATORS[kind])
    if not suits(definition, kind, operation):
        raise refusals.validation(
            f"The operation {kind} cannot be used on the {definition.type} property {definition.name}",
            subCategory="ListError.INVALID_OPERATION_FOR_PROPERTY_TYPE",
        )
    return kind, operator


def suits(definition: Property, kind: str, operation: Operation) -> bool:
    """May the property be filtered by an operation of this kind?"""
    if kind in ANY_PROPERTY or (kind.startswith("TIME_") and operation.get("propertyParser") == "UPDATED_AT"):
        return True
    if kind == "BOOL" and definition.field_type == "booleancheckbox":
        return True
    return kind in OF_TYPES.get(definition.type, OF_TEXT)


def enum_conversion(what: str, given: str, known: Iterable[str]) -> Refusal:
    """A word the API does not know. HubSpot's sub-category; the words around it are ours."""
    return refusals.validation(
        f"{given} is not a known {what}; known are {', '.join(known)}",
        subCategory="ListError.ENUM_CONVERSION",
    )


REFINE_BY_TIME = {
    "RELATIVE_COMPARATIVE": ("comparison", "timeOffset"),
    "RELATIVE_RANGED": ("rangeType", "lowerBoundOffset", "upperBoundOffset"),
    "ABSOLUTE_COMPARATIVE": ("comparison", "timestamp"),
    "ABSOLUTE_RANGED": ("rangeType", "lowerTimestamp", "upperTimestamp"),
    "TIME_POINT": ("operator", "timePoint"),
    "TIME_RANGED": ("operator", "lowerBoundTimePoint", "upperBoundTimePoint"),
}
"""What else the models let stand in a refinement, and what it must say."""
COUNTED = ("NUM_OCCURRENCES", "SET_OCCURRENCES", "ALL_HISTORY")


def counted(refine: Any) -> Mapping[str, Any]:
    """A `coalescingRefineBy`: how often a filter must be met. The whole history is no refinement.

    https://developers.hubspot.com/docs/api-reference/crm-lists-v3/list-filters: times stand in
    `pruningRefineBy`, which associations do not have. That they are refused here is assumed.
    """
    if refine is None:
        return {}
    if not isinstance(refine, dict):
        raise refusals.validation("coalescingRefineBy must be an object")
    kind = str(refine.get("type", COUNTED[0]))
    if kind in REFINE_BY_TIME:
        if missing := [name for name in REFINE_BY_TIME[kind] if refine.get(name) is None]:
            raise incomplete(f"RefineBy of type {kind}", missing)
        raise refusals.validation(
            f"coalescingRefineBy counts occurrences: {kind} belongs into pruningRefineBy"
        )
    if kind not in COUNTED:
        raise enum_conversion("type", kind, (*COUNTED, *REFINE_BY_TIME))
    return {} if kind == "ALL_HISTORY" else refine


def incomplete(what: str, names: Iterable[str]) -> Refusal:
    return refusals.attributes_not_set(what, names)


# Tests of an SQL expression


def text_test(expression: str, operator: str, values: Iterable[str]) -> Condition:
    """Any of the values, in any letter case: `expression` yields folded text."""
    forms = {
        "IS_EQUAL_TO": "{0} = ?1",
        "CONTAINS": "instr({0}, ?1) > 0",
        "CONTAINS_EXACTLY": "instr({0}, ?1) > 0",
        "STARTS_WITH": "substr({0}, 1, length(?1)) = ?1",
        "ENDS_WITH": "substr({0}, -length(?1)) = ?1",
    }
    form = forms[operator].format(expression)
    return joined((repeated(form, value.casefold()) for value in values), "OR")


def repeated(form: str, value: Any) -> Condition:
    """`?1` stands for one value, however often."""
    return Condition(form.replace("?1", "?"), (value,) * form.count("?1"))


def option_test(expression: str, operator: str, values: Iterable[str]) -> Condition:
    """Options of a select or a multi-select."""
    wanted = list(dict.fromkeys(values))
    each = [Condition(f"instr(';' || {expression} || ';', ?) > 0", (f";{value};",)) for value in wanted]
    if operator == "IS_ANY_OF":
        return joined(each, "OR")
    if operator == "CONTAINS_ALL":
        return joined(each, "AND")
    count = f"length({expression}) - length(replace({expression}, ';', '')) + 1 = {len(wanted)}"
    return joined([*each, Condition(count)], "AND")


def number_test(expression: str, operator: str, operation: Operation) -> Condition:
    if operator == "IS_BETWEEN":
        ends = (number(operation, "lowerBound"), number(operation, "upperBound"))
        return Condition(f"{expression} BETWEEN ? AND ?", ends)
    return Condition(f"{expression} {SIZES[operator]} ?", (number(operation, "value"),))


# Parts of an operation


def texts(operation: Operation) -> list[str]:
    """`values`, or the one `value`."""
    given = operation.get("values")
    if given is None and operation.get("value") is not None:
        given = [operation["value"]]
    if not isinstance(given, list) or not given:
        raise incomplete("PropertyOperation", ["values"])
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in given]


def number(operation: Operation, name: str) -> float:
    """A number that must be there."""
    try:
        return float(operation[name])
    except KeyError:
        raise incomplete("PropertyOperation", [name]) from None
    except (TypeError, ValueError):
        raise refusals.validation(f"{name} of a filter's operation must be a number") from None
