"""What is ruled out before a file is parsed is what its rule would have ruled out anyway."""

from __future__ import annotations

import pytest

from hubwire.lint import all_rules, clients, digests, flow, hubspot, lint_files, reaching, webhooks
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.rules import (
    hs301_missing_rate_limit_handling,
    hs302_unthrottled_parallel_calls,
    hs311_token_without_expiry,
    hs502_single_call_in_loop,
)
from tests.lint.casefiles import cases

GATES = (
    (hubspot, "may_call"), (clients, "may_make"), (webhooks, "may_handle"), (webhooks, "may_offer"),
    (digests, "near"), (flow, "defines"), (reaching, "_passes"),
    (hs301_missing_rate_limit_handling, "may_be_asked"),
    (hs302_unthrottled_parallel_calls, "may_reach"), (hs311_token_without_expiry, "may_reach"),
    (hs311_token_without_expiry, "may_exchange"),
    (hs502_single_call_in_loop, "may_repeat"),
)  # fmt: skip

GET = "requests.get(f'https://api.hubapi.com/crm/v3/objects/contacts/{i}')"
LOOP = "def all(ids):\n    for i in ids:\n        fetch(i)\n"
EVENTS = "    for event in request.json:\n        sync(event['subscriptionType'], event['objectId'])\n"
ELSEWHERE = {
    "an address in a module of constants": (
        ("config.py", 'BASE = "https://api.hubapi.com"\nCONTACTS = BASE + "/crm/v3/objects/contacts"\n'),
        ("sync.py", "# hubspot crm.\nimport requests\nfrom config import CONTACTS\n\n"
                    "def one(i):\n    return requests.get(CONTACTS + '/' + i).json()\n"),
    ),
    "an address through two modules": (
        ("base.py", 'BASE = "https://api.hubapi.com"\n'),
        ("config.py", "from base import BASE\nCONTACTS = f'{BASE}/crm/v3/objects/contacts'\n"),
        ("sync.py", "# hubspot crm.\nimport requests\nfrom config import CONTACTS\n\n"
                    "def one(i):\n    return requests.get(CONTACTS + '/' + i).json()\n"),
    ),
    "an address that a function returns": (
        ("paths.py", "def contacts():\n    return 'https://api.hubapi.com/crm/v3/objects/contacts'\n"),
        ("sync.py", "# hubspot crm.\nimport requests\nfrom paths import contacts\n\n"
                    "def one(i):\n    return requests.get(contacts()).json()\n"),
    ),
    "an address in halves": (
        ("version.py", 'VERSION = "v3"\n'),
        ("sync.py", "# hubspot access_token\nimport requests\nfrom version import VERSION\n\n"
                    "def one(i):\n    url = f'{HOST}/crm/{VERSION}/objects/contacts/{i}'\n"
                    "    return requests.get(url).json()\n"),
    ),
    "a helper of another file in a loop": (
        ("hub.py", f"import requests\n\ndef fetch(i):\n    return {GET}\n"),
        ("jobs.py", f"# hubspot crm.\nfrom hub import fetch\n\n{LOOP}"),
    ),
    "a helper passed on by its package": (
        ("pack/__init__.py", "from .hub import fetch\n"),
        ("pack/hub.py", f"import requests\n\ndef fetch(i):\n    return {GET}\n"),
        ("jobs.py", f"# hubspot crm.\nfrom pack import fetch\n\n{LOOP}"),
    ),
    "a helper that its package calls by another name": (
        ("pack/__init__.py", "from .hub import fetch as read\n"),
        ("pack/hub.py", f"import requests\n\ndef fetch(i):\n    return {GET}\n"),
        ("jobs.py", "# hubspot crm.\nfrom pack import read\n\n" + LOOP.replace("fetch", "read")),
    ),
    "a helper of a helper by another name": (
        ("hub.py", f"import requests\n\ndef fetch(i):\n    return {GET}\n"),
        ("steps.py", "from hub import fetch as read\n\ndef step(i):\n    return read(i)\n"),
        ("jobs.py", "# hubspot crm.\nfrom steps import step\n\n" + LOOP.replace("fetch", "step")),
    ),
    "a method of an object nobody says the class of": (
        ("hub.py", "# hubspot\nimport requests\n\nclass Hub:\n"
                   f"    def  fetch_one(self, i):\n        return {GET}\n"),
        ("jobs.py", "# hubspot crm.\nimport hub\n\n" + LOOP.replace("fetch", "given.fetch_one")),
    ),
    "a method of a class of another file": (
        ("pack/hub.py", "class Hub:\n    def fetch(self, i):\n        return self.ask(i)\n\n"
                        f"    def ask(self, i):\n        return {GET}\n"),
        ("jobs.py", "# hubspot crm.\nfrom pack.hub import Hub\n\ndef all(ids):\n    hub = Hub()\n"
                    "    for i in ids:\n        hub.fetch(i)\n"),
    ),
    "an SDK's class kept under another name": (
        ("jobs.py", "# hubspot crm.\ndef all(self, ids):\n    people = self.client.crm.contacts.basic_api\n"
                    "    for i in ids:\n        people.get_by_id(i)\n"),
    ),
    "an SDK's path broken over lines": (
        ("jobs.py", "# hubspot crm.\ndef all(client, ids):\n    for i in ids:\n        (client.crm.\n"
                    "         contacts\n         .basic_api\n         .get_by_id(i))\n"),
    ),
    "a webhook in a file that is not called after it": (
        ("app.py", f"# hubspot\n@app.route('/in', methods=['POST'])\ndef incoming():\n{EVENTS}"),
    ),
    "a webhook that another file registers": (
        ("handle.py", f"def take(request):\n{EVENTS}"),
        ("app.py", "# hubspot webhook\nfrom handle import take\napp.router.add_post('/in', take)\n"),
    ),
    "a signature in a class": (
        ("check.py", "import hashlib\nclass Check:\n    def signature(self, body):\n"
                     "        # hubspot\n        name = 'x-hubspot-signature'\n"
                     "        text = SECRET + json.dumps(request.json)\n"
                     "        return hashlib.sha256(text).hexdigest() == head[name]\n"),
    ),
}  # fmt: skip


def told(files: dict[str, bytes]) -> list[str]:
    """Everything that the rules say about some files."""
    return [repr(f) for f in lint_files(files, Config(profile="audit")).findings]


def trees() -> list[dict[str, bytes]]:
    """Every case of every rule, and code that is about HubSpot by way of another file."""
    stated = [case for rule in all_rules() for case in (*rule.bad, *rule.good)]
    written = [(f"app{c.ending}", c.text) for c in cases(first=True)]
    return [files_of(case) for case in (*stated, *written, *ELSEWHERE.values())]


def test_no_gate_hides_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [told(files) for files in trees()]
    for module, name in GATES:
        monkeypatch.setattr(module, name, lambda *_: True)
    assert found == [told(files) for files in trees()]


@pytest.mark.parametrize("title", ELSEWHERE)
def test_what_another_file_says_opens_the_gates(title: str) -> None:
    assert told(files_of(ELSEWHERE[title]))
