"""hubspot3 3.2.56, unmodified: it speaks the first two generations, and knows no host but HubSpot's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.published import installed
from tests.oracle.server import running

JOURNEY = """
import json, os
from hubspot3 import Hubspot3
hub = Hubspot3(access_token=os.environ["HUBSPOT_ACCESS_TOKEN"])
told = {}
props = lambda **values: {"properties": [{"property": k, "value": v} for k, v in values.items()]}
named = lambda **values: {"properties": [{"name": k, "value": v} for k, v in values.items()]}

told["before"] = len({one["id"] for one in hub.contacts.get_all(extra_properties=["email"])})
vid = hub.contacts.create_or_update_by_email("ann@example.com", data=props(firstname="Ann"))["vid"]
again = hub.contacts.create_or_update_by_email("ann@example.com", data=props(lastname="Lee"))
told["again"] = [again["vid"] == vid, again["isNew"]]
hub.contacts.update_by_id(vid, data=props(city="Oslo"))
profile = hub.contacts.get_by_email("ann@example.com")["properties"]
told["profile"] = {name: profile[name]["value"] for name in ("firstname", "lastname", "city")}
told["found"] = [one["vid"] == vid for one in hub.contacts.search("ann@example.com")]
told["newest"] = hub.contacts.get_recently_created(1)[0]["vid"] == vid

firm = hub.companies.create(data=named(name="Acme", domain="acme.example.com"))["companyId"]
there = hub.companies.search_domain("acme.example.com")["results"]
told["by domain"] = [one["companyId"] == firm for one in there]
hub.companies.update(firm, data=named(city="Bergen"))
told["firm"] = hub.companies.get(firm)["properties"]["city"]["value"]
hub.crm_associations.link_contact_to_company(vid, firm)
told["linked"] = hub.crm_associations.get_company_to_contacts(firm) == [vid]
there = hub.companies.get_contacts_at_a_company(firm)["contacts"]
told["contacts of the firm"] = [one["vid"] for one in there] == [vid]

sent = {"associations": {"associatedCompanyIds": [firm], "associatedVids": [vid]}}
values = named(dealname="Big", dealstage="appointmentscheduled", amount="10")
deal = hub.deals.create(data={**sent, **values})["dealId"]
hub.deals.update(deal, data=named(amount="20"))
told["deal"] = hub.deals.get(deal)["properties"]["amount"]["value"]
told["deals"] = deal in {one["id"] for one in hub.deals.get_all(extra_properties=["amount"])}

note = {
    "engagement": {"type": "NOTE", "timestamp": 1767258000000},
    "associations": {"contactIds": [vid]},
    "metadata": {"body": "called"},
}
made = hub.engagements.create(data=note)["engagement"]["id"]
told["notes"] = [one["metadata"]["body"] for one in hub.engagements.get_associated("CONTACT", vid)]

ticket = hub.tickets.create("0", "1", properties={"subject": "Help"})["objectId"]
hub.tickets.update(ticket, data={"subject": "Helped"})
told["ticket"] = hub.tickets.get(ticket)["properties"]["subject"]["value"]

told["owners"] = len(hub.owners.get_owners())
told["property"] = hub.properties.get("contacts", "email")["type"]
told["pipelines"] = [one["pipelineId"] for one in hub.crm_pipelines.get_all("deals")]
hub.deals.delete(deal)
hub.companies.delete(firm)
told["deleted"] = hub.contacts.delete_by_id(vid)
told["deleted"]["vid"] = told["deleted"]["vid"] == vid
told["after"] = len({one["id"] for one in hub.contacts.get_all()})
print(json.dumps(told))
"""
EXPECTED: dict[str, Any] = {
    "before": 500,
    "again": [True, False],
    "profile": {"firstname": "Ann", "lastname": "Lee", "city": "Oslo"},
    "found": [True],
    "newest": True,
    "by domain": [True],
    "firm": "Bergen",
    "linked": True,
    "contacts of the firm": True,
    "deal": "20",
    "deals": True,
    "notes": ["called"],
    "ticket": "Helped",
    "owners": 6,
    "property": "string",
    "pipelines": ["default"],
    "deleted": {"vid": True, "deleted": True, "reason": "OK"},
    "after": 500,
}


def test_hubspot3_works_through_contacts_companies_deals_engagements_and_tickets(
    pytestconfig: pytest.Config,
) -> None:
    packages = installed(pytestconfig.rootpath / ".pytest_cache" / "connectors", "hubspot3==3.2.56")
    paths = os.pathsep.join(filter(None, (str(packages), os.environ.get("PYTHONPATH", ""))))
    with running("--seed", "demo", "--limits", "off") as account:
        run = [
            "-m",
            "hubwire",
            "emulator",
            "run",
            "--base-url",
            account.base_url,
            "--certifi",
            sys.executable,
        ]
        done = subprocess.run(
            [sys.executable, *run, "--", sys.executable, "-c", JOURNEY],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONPATH": paths},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert json.loads(done.stdout.splitlines()[-1]) == EXPECTED
        told = account.raw("GET", "/_emulator/requests?limit=100000").json()["results"]
        assert [(one["path"], one["status"]) for one in told if one["status"] >= 400] == []
