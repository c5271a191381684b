"""The emulator's own pages: accounts, records, requests, deliveries. Decided here, as HubSpot has none."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.contract.crm import V3, account, create, link
from tests.contract.edge import Caller, Heard

HERE = {"host": "127.0.0.1:8765"}
EVIL = '<script>alert("x")</script>'


def see(call: Caller, path: str) -> Heard:
    """As a browser asks: without a token."""
    return call("GET", path, token=None, headers=HERE)


def look(call: Caller, rest: str) -> Heard:
    return see(call, f"/_emulator/look/{call.emulator.identity.portal_id}/{rest}")


def words(heard: Heard) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", heard.text))


def test_the_front_page_leads_to_the_records_of_every_account() -> None:
    call = account()
    create(call, "contacts")
    other = call.emulator.add_account(portal_id=4711)
    front = see(call, "/")
    assert f'<a href="/_emulator/look/{call.emulator.identity.portal_id}/contacts">contacts</a>' in front.text
    assert f"Account {other.identity.portal_id}" in words(front)


def test_the_front_page_tells_requests_with_status_and_the_quota() -> None:
    call = Caller()
    call("GET", "/crm/v3/owners")
    call("GET", "/nothing")
    told = words(see(call, "/"))
    assert re.search(r"GET\s+/crm/v3/owners\s+owners.list\s+189\s+200", told)
    assert re.search(r"GET\s+/nothing\s+–\s+501", told)
    assert "1 of 625,000 calls today" in told
    assert "limits are off" in words(see(account(), "/"))


def test_a_list_is_paged_and_shows_every_record_once() -> None:
    call = account()
    made = [create(call, "companies", name=f"Firm {n}")["id"] for n in range(120)]
    seen: list[str] = []
    page = look(call, "companies")
    assert "120 records" in words(page)
    while True:
        seen += re.findall(r">(\d+)</a>", page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        if not following:
            break
        page = see(call, following[1])
        assert "First page" in page.text
    assert seen == sorted(made, key=int)


def test_a_record_shows_its_values_earlier_ones_and_associations() -> None:
    call = account()
    company = create(call, "companies", name="Ada & Co")["id"]
    contact = create(call, "contacts", [link(279, company)], firstname="Ada", lastname="Byron", city="Oslo")[
        "id"
    ]
    call.clock.advance(60)
    call("PATCH", f"{V3}/contacts/{contact}", {"properties": {"city": "Bergen"}})
    page = look(call, f"contacts/{contact}")
    told = words(page)
    assert "Ada Byron" in told
    assert re.search(r"city\s+Bergen\s+1 earlier value\s+Oslo\s+2026-01-01T09:00:00Z · INTEGRATION", told)
    assert f'/companies/{company}">companies {company}</a>' in page.text
    assert re.search(rf"companies {company}\s+Ada & Co\s+Primary, unlabeled", told)


def test_an_archived_record_can_still_be_looked_at() -> None:
    call = account()
    contact = create(call, "contacts", firstname="Ada")["id"]
    call("DELETE", f"{V3}/contacts/{contact}")
    assert "Archived" in words(look(call, f"contacts/{contact}"))
    assert "0 records" in words(look(call, "contacts"))


def test_no_name_turns_the_direction_of_the_page() -> None:
    """U+202E and its like reverse what comes after them; Hebrew and Arabic are shown as they are."""
    call = account()
    made = create(call, "contacts", firstname="Ann\u202egnp\u2066.exe", lastname="שלום")["id"]
    for page in ("contacts", f"contacts/{made}"):
        text = look(call, page).text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
        assert "Ann\ufffdgnp\ufffd.exe" in text
        assert "שלום" in text
    call.emulator.add_app("Evil \u202e app")
    assert "Evil \ufffd app" in see(call, "/").text


def test_nothing_that_a_record_says_becomes_markup() -> None:
    call = account()
    contact = create(call, "contacts", firstname=EVIL, city=EVIL)["id"]
    call("PATCH", f"{V3}/contacts/{contact}", {"properties": {"city": "x"}})
    company = create(call, "companies", [link(280, contact)], name=EVIL)["id"]
    call("GET", f"/{EVIL}")
    pages = (
        see(call, "/"),
        look(call, "contacts"),
        look(call, f"contacts/{contact}"),
        look(call, f"companies/{company}"),
    )
    for page in pages:
        assert page.status == 200
        assert "<script" not in page.text.lower()
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("rest", ["contacts/1", "contacts/x", f"contacts/{10**20}"])
def test_a_record_that_is_not_there_is_a_404(rest: str) -> None:
    assert look(account(), rest).status == 404


def test_an_account_that_is_not_there_is_a_404() -> None:
    assert see(account(), "/_emulator/look/1/contacts").status == 404
    assert look(account(), "nothings").status == 400


def test_a_page_is_not_shown_to_other_names_or_from_other_origins() -> None:
    call = account()
    path = f"/_emulator/look/{call.emulator.identity.portal_id}/contacts"
    assert call("GET", path, token=None, headers={"host": "evil.example"}).status == 403
    from_elsewhere = {**HERE, "sec-fetch-site": "cross-site"}
    assert call("GET", path, token=None, headers=from_elsewhere).status == 403


def test_webhook_deliveries_are_listed() -> None:
    from hubwire.emulator.hooks.poster import Posted

    call = account()
    call.emulator.webhooks("https://hooks.example/in?a=<b>", "contact.creation")
    create(call, "contacts")
    call.emulator.deliver(lambda post: Posted(204, None), everything=True)
    assert re.search(r"https://hooks.example/in\?a=<b>\s+1\s+\{.*?\}\s+1\s+204", words(see(call, "/")))


def test_the_front_page_tells_what_each_call_left_of_the_quota() -> None:
    call = Caller()
    call("GET", "/crm/v3/owners")
    call("POST", f"{V3}/contacts/search", {})
    told = words(see(call, "/"))
    assert re.search(r"/crm/v3/owners\s+owners.list\s+189\s+200", told)
    # https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: searches tell nothing.
    assert re.search(r"/search\s+objects.search\s+–\s+200", told)


def test_the_front_page_tells_of_apps_faults_and_what_waits() -> None:
    call = account()
    call.emulator.webhooks("http://127.0.0.1:1/hooks", "contact.creation", "object.creation@0-2")
    call.emulator.add_app("Sync")
    create(call, "contacts")
    call.emulator.fault("status", status=503, op="owners.*")
    told = words(see(call, "/"))
    assert re.search(r"hubwire demo app\s+oauth.*http://127.0.0.1:1/hooks\s+2 events", told, re.DOTALL)
    assert re.search(r"Sync\s+oauth\s+\d+\s+[0-9a-f-]{36}\s+nothing", told)
    assert "do=status op=owners.* status=503" in told
    assert "1 event is on its way" in told


@pytest.mark.parametrize(("sought", "total"), [("ada@example.com", 1), ("Byron", 2), ("nobody", 0)])
def test_records_are_found_by_words(sought: str, total: int) -> None:
    call = account()
    create(call, "contacts", email="ada@example.com", lastname="Byron")
    create(call, "contacts", email="other@example.com", lastname="Byron")
    page = look(call, f"contacts?q={sought}")
    assert f"{total} found" in words(page)
    assert len(re.findall(r'">(\d+)</a>', page.text)) == total
    assert f'value="{sought}"' in page.text


def test_a_record_is_found_by_its_id() -> None:
    call = account()
    ids = [create(call, "contacts")["id"] for _ in range(3)]
    assert re.findall(r'">(\d+)</a>', look(call, f"contacts?q={ids[1]}").text) == [ids[1]]
    assert EVIL not in look(call, f"contacts?q={EVIL}").text


def test_a_long_value_does_not_break_names_and_moments_into_letters() -> None:
    """Beside one that fills the table, other columns are as narrow as they may be."""
    call = account()
    made = create(call, "contacts", email="ann@example.com", message="Lorem ipsum " * 200)["id"]
    page = look(call, f"contacts/{made}").text
    assert re.search(r'<td class="soft k">2026-01-01T09:00:00Z<br>', page)
    assert "<td class=wide><code>email</code>" in page
    front = see(call, "/").text
    assert "<td class=k>POST</td>" in front
    assert "td.wide{min-width:" in front
