"""Clients nobody here wrote, told nothing but the environment: their own hosts lead to the emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.server import running

NODE = Path(__file__).parent / "node"
URL = "https://api.hubapi.com/crm/v3/objects/contacts?limit=1"
START = f"""
import asyncio, json, os
token = os.environ["HUBSPOT_ACCESS_TOKEN"]
sent = {{"Authorization": "Bearer " + token}}
url = "{URL}"
"""

PYTHON = {
    "hubspot-api-client": """
import hubspot
page = hubspot.Client.create(access_token=token).crm.contacts.basic_api.get_page(limit=1)
print(page.results[0].id)
""",
    "hubspot-sdk": """
del os.environ["HUBSPOT_BASE_URL"]
import pytest

from tests.oracle.server import running
hubspot_sdk = pytest.importorskip("hubspot_sdk")
client = hubspot_sdk.HubSpot(access_token=token)
print(client.get("/crm/v3/objects/contacts?limit=1", cast_to=object)["results"][0]["id"])
""",
    "requests": """
import requests
print(requests.get(url, headers=sent).json()["results"][0]["id"])
""",
    "urllib3": """
import urllib3
with urllib3.PoolManager() as pool:
    print(pool.request("GET", url, headers=sent).json()["results"][0]["id"])
""",
    "httpx2": """
import httpx2
with httpx2.Client() as client:
    print(client.get(url, headers=sent).json()["results"][0]["id"])
""",
    "httpx2, asynchronous, without the environment": """
import httpx2, ssl
async def main():
    async with httpx2.AsyncClient(trust_env=False, verify=ssl.create_default_context()) as client:
        print((await client.get(url, headers=sent)).json()["results"][0]["id"])
asyncio.run(main())
""",
    "urllib": """
import urllib.request
with urllib.request.urlopen(urllib.request.Request(url, headers=sent)) as answer:
    print(json.load(answer)["results"][0]["id"])
""",
    "hubwire": """
del os.environ["HUBSPOT_BASE_URL"]
from hubwire import Hub
with Hub() as hub:
    print(next(iter(hub.contacts.list(limit=1))).id)
""",
}

NODES = {
    "fetch": "const page = await (await fetch(url, {headers})).json(); console.log(page.results[0].id);",
    "@hubspot/api-client": """
const { Client } = require("@hubspot/api-client");
const page = await new Client({ accessToken: token }).crm.contacts.basicApi.getPage(1);
console.log(page.results[0].id);
""",
    "https with an agent of its own": """
const https = require("https");
const agent = new https.Agent({ keepAlive: true });
https.get(url, { headers, agent }, (answer) => {
  let text = "";
  answer.on("data", (part) => (text += part));
  answer.on("end", () => { console.log(JSON.parse(text).results[0].id); agent.destroy(); });
});
""",
    "imported https": """
const { get } = await import("node:https");
get(url, { headers }, async (answer) => {
  const parts = [];
  for await (const part of answer) parts.push(part);
  console.log(JSON.parse(Buffer.concat(parts)).results[0].id);
});
""",
}


def said(*command: str, cwd: Path | None = None) -> str:
    """What a command prints that runs against an account with the demo's records."""
    run = [sys.executable, "-m", "hubwire", "emulator", "run", "--seed", "demo", "--", *command]
    done = subprocess.run(
        run, capture_output=True, text=True, timeout=100, check=False, cwd=cwd, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.parametrize("client", PYTHON)
def test_a_python_client_without_a_host_reaches_the_emulator(client: str) -> None:
    if client == "hubspot-sdk":
        pytest.importorskip("hubspot_sdk")
    assert said(sys.executable, "-c", START + PYTHON[client]).isdigit()


@pytest.mark.node
@pytest.mark.parametrize("client", NODES)
def test_a_node_client_without_a_host_reaches_the_emulator(client: str) -> None:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules").is_dir():
        pytest.skip("needs Node.js and the npm packages of tests/oracle/node")
    script = f"""
        const url = "{URL}", token = process.env.HUBSPOT_ACCESS_TOKEN;
        const headers = {{ Authorization: "Bearer " + token }};
        (async () => {{ {NODES[client]} }})();
    """
    assert said(node, "-e", script, cwd=NODE).isdigit()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize(
    "host", ["api.hubapi.com", "api.hubspot.com", "api-eu1.hubapi.com", "mcp.hubspot.com"]
)
def test_curl_reaches_the_emulator_by_each_of_hubspots_names(host: str) -> None:
    script = (
        f'curl -sS -H "Authorization: Bearer $HUBSPOT_ACCESS_TOKEN" https://{host}/account-info/v3/details'
    )
    assert json.loads(said("sh", "-c", script))["accountType"]


def emulate(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hubwire", "emulator", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


WHO = (
    "import json, os, urllib.request as u;"
    "sent = {'Authorization': 'Bearer ' + os.environ['HUBSPOT_ACCESS_TOKEN']};"
    "url = 'https://api.hubapi.com/account-info/v3/details';"
    "print(json.load(u.urlopen(u.Request(url, headers=sent)))['portalId'], os.environ['HUBSPOT_PORTAL_ID'])"
)


def test_the_command_gets_the_credentials_of_the_account_that_is_named(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    first = emulate("run", "--state", state, "--account", "777", "--", sys.executable, "-c", WHO)
    assert (first.returncode, first.stdout) == (0, "777 777\n"), first.stderr
    assert "account 777 was not there and is made" in first.stderr
    again = emulate("run", "--state", state, "--account", "777", "--", sys.executable, "-c", WHO)
    assert (again.stdout, "is made" in again.stderr) == ("777 777\n", False)


def test_the_command_can_be_led_to_an_emulator_that_runs_already() -> None:
    with running() as account:
        here = ["run", "--base-url", account.base_url]
        done = emulate(*here, "--", sys.executable, "-c", WHO)
        assert done.stdout == f"{account.portal_id} {account.portal_id}\n", done.stderr
        refused = emulate(*here, "--account", "777", "--", sys.executable, "-c", WHO)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert str(account.portal_id) in refused.stderr
