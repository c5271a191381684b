"""Vectors that HubSpot publishes, in its pages and in the tests of its SDKs."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.errors import ConfigError
from hubwire.webhooks.delivery import Delivery
from hubwire.webhooks.signature import Refused, Secrets, Verified, verify

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
EVENT = (
    '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    '"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
    '"changeFlag":"NEW","appId":54321}]'
)
NOW = 1_700_000_300.0


def old(version: str, signature: str, method: str, body: str) -> Delivery:
    headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
    return Delivery(method, URL, headers, body.encode())


def new(signature: str, timestamp: str, body: str = "[]", url: str = URL, method: str = "POST") -> Delivery:
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    return Delivery(method, url, headers, body.encode())


def signed(url: str, at: float, decoded: str | None = None, body: str = "[]") -> Delivery:
    stamp = str(int(at * 1000))
    text = f"POST{decoded or url}{body}{stamp}"
    signature = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha256")).decode()
    return new(signature, stamp, body, url)


@pytest.mark.parametrize(
    ("version", "method", "body", "signature"),
    [
        ("v1", "POST", EVENT, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
        (
            "v1",
            "POST",
            "{'example_field':'example_value'}",
            "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750",
        ),
        ("v2", "GET", "", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
        (
            "v2",
            "POST",
            '{"example_field":"example_value"}',
            "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
        ),
        (
            "v2",
            "POST",
            "{'example_field':'example_value'}",
            "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383",
        ),
    ],
)
def test_published_vectors_of_the_older_versions_pass(
    version: str, method: str, body: str, signature: str
) -> None:
    """HubSpot's page on validating requests, and the tests of its Node, PHP, Python and Ruby SDKs."""
    delivery = old(version, signature, method, body)
    assert verify(delivery, Secrets(SECRET), now=NOW) == Verified(version, 0, signature.encode())
    forged = old(version, signature, method, body + " ")
    assert verify(forged, Secrets(SECRET), now=NOW) == Refused("mismatch")


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_published_vectors_of_v3_pass(timestamp: str, signature: str) -> None:
    """The tests of HubSpot's Python and Ruby SDKs."""
    delivery = new(signature, timestamp, "{'example_field':'example_value'}")
    verdict = verify(delivery, Secrets(SECRET), now=int(timestamp) / 1000)
    assert isinstance(verdict, Verified)


@pytest.mark.parametrize("seconds", [-300, -299.999, 0, 300])
def test_a_request_within_five_minutes_either_way_is_taken(seconds: float) -> None:
    assert isinstance(verify(signed(URL, NOW), Secrets(SECRET), now=NOW + seconds), Verified)


@pytest.mark.parametrize("seconds", [-300.01, 300.01, 86_400, -86_400])
def test_an_older_request_and_one_from_the_future_are_refused(seconds: float) -> None:
    assert verify(signed(URL, NOW), Secrets(SECRET), now=NOW + seconds) == Refused("stale")


def test_exactly_twelve_escapes_of_the_address_are_decoded() -> None:
    """https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation"""
    url = "https://example.com/a%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B?b=%20%26%3D%25%2B"
    decoded = "https://example.com/a:/?@!$'()*,;?b=%20%26%3D%25%2B"
    assert isinstance(verify(signed(url, NOW, decoded), Secrets(SECRET), now=NOW), Verified)
    assert verify(signed(url, NOW), Secrets(SECRET), now=NOW) == Refused("mismatch")


def test_an_escape_is_decoded_once() -> None:
    url = "https://example.com/%253A"
    assert isinstance(verify(signed(url, NOW), Secrets(SECRET), now=NOW), Verified)


def test_lower_case_escapes_may_be_signed_either_way() -> None:
    url = "https://example.com/%3a"
    for way in (url, "https://example.com/:"):
        assert isinstance(verify(signed(url, NOW, way), Secrets(SECRET), now=NOW), Verified)


def test_several_secrets_are_good_while_they_are_exchanged() -> None:
    verdict = verify(signed(URL, NOW), Secrets(["another", SECRET]), now=NOW)
    assert isinstance(verdict, Verified)
    assert verdict.secret == 1


def test_a_wrong_v3_signature_is_not_made_good_by_a_right_v1() -> None:
    good = old("v1", "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de", "POST", EVENT)
    headers = {
        **good.headers, "x-hubspot-signature-v3": "AAAA", "x-hubspot-request-timestamp": str(int(NOW * 1000)),
    }  # fmt: skip
    both = Delivery("POST", URL, headers, good.body)
    assert verify(both, Secrets(SECRET), now=NOW) == Refused("mismatch")


def test_a_version_that_is_not_let_in_is_refused() -> None:
    good = old("v1", "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de", "POST", EVENT)
    assert verify(good, Secrets(SECRET), now=NOW, versions=("v3",)) == Refused("version")
    assert verify(old("v4", "ab", "POST", ""), Secrets(SECRET), now=NOW) == Refused("version")


@pytest.mark.parametrize("given", ["", "  ", [], ["good", " "]])
def test_without_a_secret_there_is_no_receiver(given: str | list[str]) -> None:
    with pytest.raises(ConfigError, match="HUBSPOT_CLIENT_SECRET"):
        Secrets(given)


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", f"new , {SECRET},")
    assert list(Secrets.from_environment()) == [b"new", SECRET.encode()]
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", "")
    with pytest.raises(ConfigError):
        Secrets.from_environment()


def test_neither_a_secret_nor_a_body_is_shown() -> None:
    told = repr((Secrets(SECRET), signed(URL + "?token=abc", NOW, body="personal")))
    assert SECRET not in told
    assert "personal" not in told
    assert "abc" not in told


NAMES = [
    "x-hubspot-signature", "x-hubspot-signature-version", "x-hubspot-signature-v3",
    "x-hubspot-request-timestamp",
]  # fmt: skip
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["v1", "v2", "v3", "NaN", "-1", "1e400", "١٢٣", "9" * 5000, "0", "\ud800"]),
)


@given(
    headers=st.dictionaries(st.sampled_from(NAMES), ODD),
    body=st.binary(max_size=60),
    url=st.text(max_size=40),
    method=st.text(max_size=8),
    now=st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_input_is_refused_and_none_raises(
    headers: dict[str, str], body: bytes, url: str, method: str, now: float
) -> None:
    assert isinstance(verify(Delivery(method, url, headers, body), Secrets(SECRET), now=now), Refused)
