"""The receiver, asked by those not written with it: the emulator's sender over sockets, HubSpot's SDK."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hubspot.utils.signature import Signature

from hubwire.emulator import Emulator
from hubwire.webhooks import App, Delivery, Secrets, Service, verify
from hubwire.webhooks.operating import Office
from hubwire.webhooks.serve import running
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Verified
from hubwire.webhooks.worker import Working

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
BOUND = 60.0


@pytest.mark.socket
def test_what_the_emulator_delivers_is_verified_and_handled_once_and_in_order(tmp_path: Path) -> None:
    """Signed and sent by code that shares nothing with the receiver; twice, and shuffled."""
    from hubwire import Hub
    from hubwire.emulator import serve

    app, seen, through = App(), [], threading.Event()
    lock = threading.Lock()

    @app.on("contact.propertyChange", property="lastname")
    def handler(event: Any, context: Any) -> None:
        with lock:
            seen.append((event.object_id, event.value))
            if len(seen) == 60:
                through.set()

    emulator = Emulator()
    trust = Trust(secrets=Secrets(["retired", emulator.identity.client_secret]))
    service = Service(app, inbox=tmp_path / "inbox.db", trust=trust, working=Working(retention=None))
    with running(service) as url, serve.running(emulator) as base_url:
        emulator.webhooks(url, "contact.propertyChange:lastname")
        emulator.disorder(duplicate_every=3, shuffle=False)
        with Hub(emulator.identity.access_token, base_url=base_url) as hub:
            made = hub.contacts.batch.create([{"email": f"{n}@example.com"} for n in range(20)])
            ids = [outcome.record.id for outcome in made if outcome.record]
            for value in ("a", "b", "c"):
                hub.contacts.batch.update([(one, {"lastname": value}) for one in ids])
        assert through.wait(BOUND)
    emulator.close()
    stats = Office(str(tmp_path / "inbox.db")).stats()
    assert (stats.received, stats.done, stats.refused) == (60, 60, 0)
    for one in ids:
        assert [value for record, value in seen if record == one] == ["a", "b", "c"]


@pytest.mark.oracle
@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_what_hubspots_sdk_signs_is_verified_and_the_other_way_round(version: str) -> None:
    """hubspot-api-client, hubspot/utils/signature.py."""
    body, now = '[{"eventId":1,"portalId":62515}]', time.time()
    stamp = str(int(now * 1000))
    signed = Signature.get_signature(
        client_secret=SECRET, request_body=body, http_method="POST", http_uri=URL,
        signature_version=version, timestamp=stamp,
    )  # fmt: skip
    headers = {"x-hubspot-signature": signed, "x-hubspot-signature-version": version}
    if version == "v3":
        headers = {"x-hubspot-signature-v3": signed, "x-hubspot-request-timestamp": stamp}
    verdict = verify(Delivery("POST", URL, headers, body.encode()), Secrets(SECRET), now=now)
    assert isinstance(verdict, Verified)
    assert verdict.version == version
