"""Signatures: the vectors that HubSpot's documentation and SDKs publish.

https://github.com/HubSpot/hubspot-api-python, -nodejs, -php and -ruby; the first is the guide's.
"""

from __future__ import annotations

import pytest

from hubwire.emulator.hooks.signing import v1, v2, v3

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URI = "https://www.example.com/webhook_uri"
DOCS = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
    b'"changeFlag":"NEW","appId":54321}]'
)
QUOTED = b"{'example_field':'example_value'}"
PLAIN = b'{"example_field":"example_value"}'


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (DOCS, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
        (QUOTED, "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"),
    ],
)
def test_version_1(body: bytes, signature: str) -> None:
    assert v1(SECRET, body) == signature


@pytest.mark.parametrize(
    ("method", "body", "signature"),
    [
        ("GET", b"", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
        ("POST", PLAIN, "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"),
        ("POST", QUOTED, "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"),
    ],
)
def test_version_2(method: str, body: bytes, signature: str) -> None:
    assert v2(SECRET, method, URI, body) == signature


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_version_3(timestamp: str, signature: str) -> None:
    assert v3(SECRET, "POST", URI, QUOTED, timestamp) == signature


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        ("%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B", ":/?@!$'()*,;"),
        ("%20%26%3D%25%2B%C3%A9", "%20%26%3D%25%2B%C3%A9"),
        ("%252F", "%252F"),
    ],
)
def test_twelve_escapes_of_the_uri_are_decoded_and_no_others(sent: str, signed: str) -> None:
    """The guide on request validation lists the twelve."""
    assert v3(SECRET, "GET", f"{URI}?q={sent}", b"", "1") == v3(SECRET, "GET", f"{URI}?q={signed}", b"", "1")
