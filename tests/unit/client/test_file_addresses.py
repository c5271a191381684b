"""Files that HubSpot keeps elsewhere are fetched from the very address it gave, with no token."""

from __future__ import annotations

import pytest

from hubwire.client.files import fetch
from hubwire.client.session import new_session
from hubwire.wire.flow import Send


@pytest.mark.parametrize("query", ["?X-Amz-Signature=a%2Bb%2fc&name=one%20two", "?a=1,2&b", "?x=%7E~+", ""])
def test_a_signed_address_is_not_written_anew(query: str) -> None:
    session = new_session("pat-na1-0", None, "2026-09", None, None, None, None)
    step = next(fetch(session, f"https://files.example.com/a%20b/c{query}"))
    assert isinstance(step, Send)
    assert step.request.url == f"https://files.example.com/a%20b/c{query}"
    assert step.request.bearer is None
