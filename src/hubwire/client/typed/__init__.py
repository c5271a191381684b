"""What modules written by `hubwire types` are made of: record classes whose attributes have types.

class Deal(TypedRecord, kind="deals"):
    amount: Number = Number("amount")
    dealstage: Choice[DealStage] = Choice("dealstage", DealStage)

for deal in hub.records(Deal).list():
    deal.amount                        # Decimal | None
"""

from hubwire.client.typed.fields import (
    Bool,
    Choice,
    Choices,
    Date,
    Datetime,
    Field,
    Number,
    ReadOnly,
    Text,
)
from hubwire.client.typed.labels import AssociationTypes, LinkType
from hubwire.client.typed.read import Odd, Other
from hubwire.client.typed.record import NotLoaded, TypedRecord
from hubwire.client.values import CLEAR, UNSET

__all__ = [
    "CLEAR",
    "UNSET",
    "AssociationTypes",
    "Bool",
    "Choice",
    "Choices",
    "Date",
    "Datetime",
    "Field",
    "LinkType",
    "NotLoaded",
    "Number",
    "Odd",
    "Other",
    "ReadOnly",
    "Text",
    "TypedRecord",
]
