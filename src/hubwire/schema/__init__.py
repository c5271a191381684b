"""An account's schema as code: custom objects, properties, groups, pipelines and labels, declared once.

    from hubwire.schema import CustomObject, Property, Schema, plan

    schema = Schema(custom=[CustomObject("projects", primary="title", properties=[Property("title")])])
    changes = plan(hub, schema)
    print(changes)
    changes.apply(hub)

`hubwire schema plan | apply | pull` do the same for a file.
"""

from hubwire.schema.declared import (
    CustomObject,
    Group,
    Label,
    Option,
    Pipeline,
    Property,
    Schema,
    Stage,
    StandardObject,
)
from hubwire.schema.files import load
from hubwire.schema.planning import plan
from hubwire.schema.plans import Change, Extra, Plan, Refused
from hubwire.schema.pulling import pull
from hubwire.schema.toml import text

__all__ = [
    "Change",
    "CustomObject",
    "Extra",
    "Group",
    "Label",
    "Option",
    "Pipeline",
    "Plan",
    "Property",
    "Refused",
    "Schema",
    "Stage",
    "StandardObject",
    "load",
    "plan",
    "pull",
    "text",
]
