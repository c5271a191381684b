"""Verdicts that hang on another file, or on who calls."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from hubwire.lint import lint_files, lint_paths
from hubwire.lint.config import Config
from hubwire.lint.run import Disk


def found(code: str, **files: str) -> list[str]:
    """Where a rule says something about some Python files, by name and line."""
    data = {f"{name}.py": textwrap.dedent(text).encode() for name, text in files.items()}
    findings = lint_files(data, Config(select=(code,))).findings
    return [f"{f.place.path}:{f.place.line}" for f in findings]


WRAPPER = """
    import requests
    class HubspotWrapper:
        def update_contact(self, id, values):
            requests.patch(f"https://api.hubapi.com/crm/v3/objects/contacts/{id}", json=values)
    class Ledger:
        def book_entry(self, id, values):
            print(id, values)
"""


def test_a_method_of_an_unknown_object_is_the_only_one_of_its_name() -> None:
    caller = """
        from wrapper import HubspotWrapper
        def sync(people, hub):
            for person in people:
                hub.update_contact(person.id, person.values)
        sync(load(), HubspotWrapper())
    """
    assert found("HS502", wrapper=WRAPPER, caller=caller) == ["caller.py:5"]


def test_a_method_of_another_class_is_no_request() -> None:
    caller = """
        from wrapper import HubspotWrapper, Ledger
        def sync(people, books):
            for person in people:
                books.book_entry(person.id, person.values)
    """
    assert found("HS502", wrapper=WRAPPER, caller=caller) == []


def test_two_methods_of_one_name_leave_it_open() -> None:
    other = """
        class HubspotDryRun:
            def update_contact(self, id, values):
                print(id)
    """
    caller = """
        from wrapper import HubspotWrapper
        from other import HubspotDryRun
        def sync(people, hub):
            for person in people:
                hub.update_contact(person.id, person.values)
    """
    assert found("HS502", wrapper=WRAPPER, other=other, caller=caller) == []


PAGE = """
    import requests
    def get_users(after=None):
        query = {"limit": "100"}
        if after:
            query["after"] = after
        answer = requests.get("https://api.hubapi.com/crm/v3/objects/users", headers=H, params=query)
        return answer.json().get("results")
"""


@pytest.mark.parametrize(
    ("call", "places"),
    [
        ("users = get_users()", ["page.py:7"]),
        ("users = get_users(after=last())", []),
        ("users = get_users(last())", []),
        ("users = get_users(**given)", []),
        ("", []),
    ],
)
def test_a_cursor_that_nobody_gives_and_nobody_gets(call: str, places: list[str]) -> None:
    assert found("HS501", page=textwrap.dedent(PAGE) + call + "\n") == places


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ('PROMPT = """Ask again after the user said no.\\n1. \'Go on\' {x}"""', ["pages.py:4"]),
        ("after = None", []),
    ],
)
def test_prose_in_the_caller_reads_no_cursor(said: str, places: list[str]) -> None:
    pages = """
        import requests
        def get_tickets():
            return requests.get("https://api.hubapi.com/crm/v3/objects/tickets").json()
    """
    caller = f"from pages import get_tickets\n{said}\nprint(get_tickets())  # hubspot\n"
    assert found("HS501", pages=pages, caller=caller) == places


@pytest.mark.parametrize(
    ("name", "places"), [("extract_product_data", ["flow.py:6"]), ("check_connection", [])]
)
def test_the_step_of_a_flow_that_gives_one_page_to_the_next(name: str, places: list[str]) -> None:
    flow = f"""
        import requests
        from prefect import task
        @task
        def {name}():
            return requests.get("https://api.hubapi.com/crm/v3/objects/products?limit=100").json()
    """
    assert found("HS501", flow=flow) == places


SILENT = """
    from crm import client
    def sync(people):
        for person in people:
            client.update_contact(person.id, person.values)
"""
CRM = """
    import requests
    class Crm:
        def update_contact(self, id, values):
            requests.patch(f"https://api.hubapi.com/crm/v3/objects/contacts/{id}", json=values)
    client = Crm()
"""


def test_a_caller_that_never_says_hubspot_is_read() -> None:
    assert found("HS502", crm=CRM, job=SILENT) == ["job.py:5"]


def test_parallel_calls_of_a_file_that_never_says_hubspot() -> None:
    job = """
        import asyncio
        from crm import read
        async def everybody(ids):
            return await asyncio.gather(*[read(i) for i in ids])
    """
    crm = """
        import httpx
        async def read(id):
            async with httpx.AsyncClient() as http:
                return await http.get(f"https://api.hubapi.com/crm/v3/objects/contacts/{id}")
    """
    assert found("HS302", crm=crm, job=job) == ["job.py:5"]


@pytest.mark.parametrize(
    "line", ["from crm import labels", "import billing", "from billing.crm import client"]
)
def test_who_imports_something_else_is_left_alone(line: str) -> None:
    labels = "labels = {'hubspot': 'HubSpot'}"
    assert found("HS502", crm=labels, job=SILENT.replace("from crm import client", line)) == []
    assert (
        found("HS502", crm=CRM, job=SILENT.replace("from crm import client", "import billing as client"))
        == []
    )


def test_a_caller_on_disk_that_never_says_hubspot_is_read(tmp_path: Path) -> None:
    (tmp_path / "crm.py").write_text(textwrap.dedent(CRM))
    (tmp_path / "job.py").write_text(textwrap.dedent(SILENT))
    (tmp_path / "other.py").write_text(
        "import crmbook\nfor x in crmbook.all():\n    crmbook.update_contact(x)\n"
    )
    findings = lint_paths([tmp_path], Config(select=("HS502",)), root=tmp_path).findings
    assert [(f.place.path, f.place.line) for f in findings] == [("job.py", 5)]


ALONE = {
    "a module beside it": ("crm.py", "job.py", SILENT),
    "a package": ("lib/hub/crm.py", "job.py", SILENT.replace("from crm", "from lib.hub.crm")),
    "a module of its package": ("jobs/crm.py", "jobs/job.py", SILENT.replace("from crm", "from .crm")),
    "a module taken from a package": (
        "lib/crm.py", "jobs/job.py", SILENT.replace("crm import client", "lib import crm as client"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", ALONE)
def test_a_file_alone_is_followed_as_in_a_whole_run(title: str, tmp_path: Path) -> None:
    home, job, text = ALONE[title]
    for name, body in ((home, CRM), (job, text), ("lib/other.py", CRM), ("setup.py", "import crm\n")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(body))
    config = Config(select=("HS502",))

    def places(*targets: Path) -> list[str]:
        findings = lint_paths(targets, config, root=tmp_path).findings
        return [f"{f.place.path}:{f.place.line}" for f in findings if f.place.path == job]

    assert places(tmp_path / job) == places(tmp_path) == [f"{job}:5"]
    read = Disk(tmp_path)
    held = {job: (tmp_path / job).read_bytes()}
    assert [f.place.line for f in lint_files(held, config, read, tmp_path).findings] == [5]
    # What it does not import is not looked at.
    assert not any(path.endswith(("other.py", "setup.py")) for path in read.seen)


def test_what_is_remembered_of_a_file_alone_hangs_on_what_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "crm.py").write_text("client = None\n")
    (tmp_path / "job.py").write_text(textwrap.dedent(SILENT))

    def lines() -> list[int]:
        report = lint_paths([tmp_path / "job.py"], Config(select=("HS502",)), root=tmp_path, cached=True)
        return [f.place.line for f in report.findings]

    assert lines() == []
    (tmp_path / "crm.py").write_text(textwrap.dedent(CRM))
    assert lines() == lines() == [5]


def test_a_script_alone_is_followed_as_in_a_whole_run(tmp_path: Path) -> None:
    (tmp_path / "crm.js").write_text(
        "exports.update = (id, properties) =>\n"
        "  axios.patch(`https://api.hubapi.com/crm/v3/objects/contacts/${id}`, { properties });\n"
    )
    job = tmp_path / "job.js"
    job.write_text("const { update } = require('./crm');\nfor (const p of people) await update(p.id, p);\n")
    config = Config(select=("HS502",))
    whole = [f for f in lint_paths([tmp_path], config, root=tmp_path).findings if f.place.path == "job.js"]
    assert lint_paths([job], config, root=tmp_path).findings == whole
    assert len(whole) == 1


SENDER = """
    import requests

    def fetch_json(url, access_token):
        answer = requests.get(url, headers={{"Authorization": f"Bearer {{access_token}}"}})
        {handling}
        return answer.json()
"""
ASKER = """
    from {module} import fetch_json

    def contact(id, token):
        return fetch_json(f"https://api.hubapi.com/crm/v3/objects/contacts/{{id}}", token)
"""
HANDLING = "if answer.status_code == 429:\n            return fetch_json(url, access_token)"


@pytest.mark.parametrize(
    ("module", "handling", "where"),
    [
        ("hubspot_http", "pass", ["hubspot_http.py:5"]),
        ("hubspot_http", HANDLING, []),
        ("web", "pass", ["asker.py:5"]),
        ("web", HANDLING, []),
    ],
)
def test_an_address_is_followed_into_the_helper_of_another_file(
    module: str, handling: str, where: list[str]
) -> None:
    files = {module: SENDER.format(handling=handling), "asker": ASKER.format(module=module)}
    assert found("HS301", **files) == where


def test_a_helper_that_nobody_hands_an_address_of_hubspot_is_left_alone() -> None:
    other = """
        from hubspot_http import fetch_json

        def weather(place):
            return fetch_json(f"https://api.weather.example/{place}", "hubspot")
    """
    assert found("HS301", hubspot_http=SENDER.format(handling="pass"), other=other) == []


def test_a_helper_whose_session_is_made_with_retries_elsewhere_is_left_alone() -> None:
    web = """
        from sessions import make_session

        session = make_session()

        def fetch_json(url, token):
            return session.get(url, headers={"Authorization": token}).json()
    """
    sessions = """
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util.retry import Retry

        def make_session():
            session = requests.Session()
            session.mount("https://", HTTPAdapter(max_retries=Retry(5, status_forcelist=[429])))
            return session
    """
    assert found("HS301", web=web, sessions=sessions, asker=ASKER.format(module="web")) == []


def test_a_loop_is_followed_into_a_module_of_the_own_package() -> None:
    files = {
        "app/__init__": "",
        "app/crm": """
            import requests

            def mark(contact_id, seen):
                url = f"https://api.hubapi.com/crm/v3/objects/contacts/{contact_id}"
                return requests.patch(url, json={"properties": {"seen": seen}})
        """,
        "app/main": """
            from . import crm

            def mark_all(contacts):
                for contact in contacts:
                    crm.mark(contact["id"], "yes")
        """,
    }
    assert found("HS502", **files) == ["app/main.py:6"]


def test_an_address_that_a_helper_renames_first_is_followed() -> None:
    helper = """
        import requests

        def fetch_json(url, access_token):
            where = url
            return requests.get(where, headers={"Authorization": f"Bearer {access_token}"}).json()
    """
    assert found("HS301", hubspot_http=helper, asker=ASKER.format(module="hubspot_http")) == [
        "hubspot_http.py:6"
    ]


RECEIVER = """
    from flask import Blueprint, abort, request
    from hubspot_events import HubSpotEvents

    events = HubSpotEvents()
    hooks = Blueprint("hooks", __name__)

    @hooks.post("/hubspot/webhook")
    def receive():
        {check}
        return events.handle_webhook(request)
"""
EVENTS = """
    import hashlib
    import hmac

    class HubSpotEvents:
        def handle_webhook(self, request):
            event = request.json
            return [event["objectId"], event["subscriptionType"]]

        def verify_webhook_signature(self, request):
            signature = request.headers["x-hubspot-signature-v3"]
            made = hmac.new(b"", request.json["subscriptionType"].encode(), hashlib.sha256).hexdigest()
            return hmac.compare_digest(made, signature)
"""


@pytest.mark.parametrize(
    ("check", "where"),
    [
        ("if not events.verify_webhook_signature(request): abort(401)", []),
        ("pass", ["receiver.py:9", "hubspot_events.py:6"]),
    ],
)
def test_events_that_are_handed_on_by_who_checks_them_are_checked(check: str, where: list[str]) -> None:
    told = found("HS201", receiver=RECEIVER.format(check=check), hubspot_events=EVENTS)
    assert set(told) <= set(where)
    assert bool(told) == bool(where)
