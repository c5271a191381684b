"""Documents read at once tell the same as documents read one by one."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hubwire.emulator.columnar.across import Across

NAMES = st.sampled_from(["email", "a-b", "class", "ärger", "0", "lastname", "p0", "p1"])
DOCUMENTS = st.lists(
    st.lists(st.dictionaries(NAMES, st.text(max_size=3), max_size=5), max_size=4), max_size=4
)


@given(DOCUMENTS)
def test_every_value_is_told_in_the_row_of_its_document(chunks: list[list[dict[str, str]]]) -> None:
    across = Across()
    for chunk in chunks:
        told = dict(across.read([json.dumps(one, sort_keys=True) for one in chunk]))
        for name in {name for one in chunk for name in one} | set(told):
            assert list(told[name]) == [one.get(name) for one in chunk]
