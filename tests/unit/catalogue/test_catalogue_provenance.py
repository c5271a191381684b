"""Every row says where it comes from, and no table is read before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hubwire.catalogue import load
from hubwire.catalogue.facts import Fact, Grade
from hubwire.catalogue.tables import DATA

READ_BY = """
import sys, hubwire.catalogue.tables as tables
seen = []
read = tables.Path.read_text
def spy(path, *args, **kwargs):
    seen.append(path.relative_to(tables.DATA).with_suffix("").as_posix())
    return read(path, *args, **kwargs)
tables.Path.read_text = spy
from hubwire.catalogue import load
{call}
print(",".join(seen))
"""


def rows() -> list[Fact]:
    kinds = load.object_types()
    ids = [kind.id for kind in kinds]
    return [
        *kinds,
        *load.endpoints(),
        *(row for a in ids for b in ids for row in load.association_types(a, b)),
        *(row for type_id in ids for row in load.properties(type_id).values()),
        *(row for type_id in ids for row in load.pipelines(type_id)),
        *(load.tier(name) for name in ("free", "starter", "professional", "enterprise")),
    ]


def test_every_row_names_its_source_and_a_known_grade() -> None:
    every = rows()
    assert len(every) > 2_900
    assert [row for row in every if not row.source.strip() or not isinstance(row.grade, Grade)] == []


def test_only_what_was_seen_on_the_wire_is_graded_recorded() -> None:
    recorded = {row.source for row in rows() if row.grade is Grade.RECORDED}
    assert all("recorded" in source for source in recorded), recorded


@pytest.mark.parametrize(
    ("call", "tables"),
    [
        ("", ""),
        ("load.object_type('contacts')", "object_types"),
        ("load.endpoint('objects.read')", "endpoints"),
        ("load.default_association('0-1', '0-2')", "association_types"),
        ("load.tier('free')", "limits"),
        ("load.pipelines('0-3')", "pipelines"),
        ("load.properties('0-5')", "object_types,properties/common,properties/tickets"),
        ("load.object_type('a'); load.object_type('b'); load.object_types()", "object_types"),
        (
            "load.properties('0-5'); load.properties('0-5')",
            "object_types,properties/common,properties/tickets",
        ),
    ],
)
def test_a_call_reads_its_own_table_once_and_no_other(call: str, tables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_BY.format(call=call)], capture_output=True, text=True, check=True
    )
    assert ",".join(sorted(done.stdout.strip().split(","))) == tables


def test_every_data_file_is_a_table_that_something_reads() -> None:
    names = {path.relative_to(DATA).with_suffix("").as_posix() for path in DATA.rglob("*.toml")}
    assert names == {
        "object_types", "endpoints", "association_types", "limits", "pipelines", "properties/common",
        "sunsets", "webhooks", "elsewhere", "currencies",
        *(f"properties/{kind.name}" for kind in load.object_types()),
    }  # fmt: skip
