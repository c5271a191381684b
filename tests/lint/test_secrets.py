"""Credentials in every kind of text, typed; and what is none."""

from __future__ import annotations

import base64
import json
import random

import pytest

from hubwire.lint import lint_files
from hubwire.lint.cases import invented
from hubwire.lint.config import Config
from hubwire.lint.report import FORMATS, renderer

U = invented("one")
PAT = "pat-na1-" + invented("two")
KEY, TOKEN, SECRET = "HS101", "HS102", "HS103"


def opaque(seed: int) -> str:
    chance = random.Random(seed)
    return "CL" + base64.urlsafe_b64encode(chance.randbytes(90)).decode().rstrip("=")


def personal(seed: int) -> str:
    return base64.b64encode(b"\n$na1-" + random.Random(seed).randbytes(70)).decode().rstrip("=")


def encoded(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


FOUND = [
    (KEY, "client.php", f"<?php\n$hubSpot = SevenShores\\Hubspot\\Factory::create('{U}');\n"),
    (KEY, "Client.cs", f'var api = new HubSpotApi("{U}");\n'),
    (
        SECRET,
        "app.rb",
        f"Hubspot.configure({{\n  client_id: '{U}',\n  client_secret: '{U}',\n  to: 'https://x.io'\n}})\n",
    ),
    (TOKEN, "app.js", f'const t = "pat-na1-" + "{U}"; // hubspot'),
    (TOKEN, "secret.yaml", f"kind: Secret\nmetadata:\n  name: hubspot\ndata:\n  TOKEN: {encoded(PAT)}\n"),
    (TOKEN, "app.py", f'token = b64decode("{encoded("pat-eu1-" + U)}")  # hubspot'),
    (KEY, "main.tf", f'variable "hubspot_api_key" {{\n  default = "{U}"\n}}\n'),
    (KEY, "deploy.yml", f"env:\n  - name: HUBSPOT_API_KEY\n    value: {U}\n"),
    (KEY, "collection.json", json.dumps({"hubspot": [{"key": "hapikey", "value": U}]})),
    (KEY, "client.py", f"from hubspot3 import Hubspot3\nAPI = '{U}'\nclient = Hubspot3(api_key=API)\n"),
    (KEY, "app.py", f'HUBSPOT_API_KEY = "{U}"'),
    (KEY, "app.py", f'import os\nkey = os.getenv("HUBSPOT_API_KEY", "{U}")'),
    (KEY, "app.py", f'import os\nkey = os.environ.get("HUBSPOT_API_KEY") or "{U}"'),
    (KEY, "app.py", f'requests.get(f"https://api.hubapi.com/crm/v3/owners?hapikey={U}")'),
    (KEY, "app.py", f'params = {{"hapikey": "{U}"}}'),
    (KEY, "app.py", f'client = Hubspot3(api_key="{U}")'),
    (KEY, "app.py", f"# old hubspot key: {U}"),
    (KEY, "settings.py", f"HUBSPOT = {{'API_KEY': '{U}'}}"),
    (KEY, "hubspot.py", f"api_key = '{U}'"),
    (KEY, "app.py", f"hapikey = '{U}'"),
    (KEY, "app.js", f"const hubspot = new Hubspot({{ apiKey: '{U}' }});"),
    (KEY, "app.js", f"const key = process.env.HUBSPOT_API_KEY || '{U}';"),
    (KEY, "app.ts", f"const HUBSPOT_API_KEY: string = `{U}`;"),
    (KEY, "app.js", f"axios.get(url, {{ params: {{ hapikey: '{U}' }} }}); // hubapi"),
    (KEY, ".env", f"HUBSPOT_API_KEY={U}"),
    (KEY, ".env", f"HUBSPOT_DEVELOPER_KEY=eu1-{U[:4]}-{U[9:]}"),
    (KEY, "config.yml", f"hubspot:\n  api_key: {U}\n"),
    (KEY, "config.yml", f"hubspot:\n  api_key: >-\n    {U}\n"),
    (KEY, "config.json", json.dumps({"hubspot": {"apiKey": U}})),
    (KEY, "config.toml", f'[hubspot]\napi_key = "{U}"\n'),
    (KEY, "README.md", f"HubSpot API key: `{U}`"),
    (KEY, "README.md", f"HubSpot: https://api.hubapi.com/contacts?token=1&api_key={U}"),
    (
        SECRET,
        "login.html",
        f"<!-- hubspot -->{'.' * 900}\n<script>const CLIENT_SECRET = '{U}';\nlet to = 'https://1.hs-sites.com/';</script>",
    ),
    (TOKEN, "app.py", f'client = HubSpot(access_token="{PAT}")'),
    (TOKEN, "app.py", f'headers = {{"Authorization": "Bearer {PAT}"}}'),
    (TOKEN, "app.py", f'token = os.getenv("{PAT}")'),
    (TOKEN, "app.py", f"# token = '{PAT}'"),
    (TOKEN, "app.py", f"HUBSPOT_ACCESS_TOKEN = '{U}'"),
    (TOKEN, "app.py", f"HUBSPOT_REFRESH_TOKEN = '{U}'"),
    (TOKEN, "app.py", f"hubspot_access_token = '{opaque(1)}'"),
    (TOKEN, "app.js", f"const c = new hubspot.Client({{ accessToken: '{PAT}' }});"),
    (TOKEN, "app.js", f"const t = process.env.TOKEN ?? '{PAT}';"),
    (TOKEN, "app.ts", f"headers: {{ Authorization: `Bearer {PAT}` }}"),
    (TOKEN, "app.js", f"const accessToken = '{opaque(2)}'; // hubspot"),
    (TOKEN, ".env", f"TOKEN={PAT}"),
    (TOKEN, ".env", f"TOKEN=pat-eu1-{U}"),
    (TOKEN, ".env", f"TOKEN=pat-na2-{U}"),
    (TOKEN, ".env", f"TOKEN=pat-ap1-{U}"),
    (TOKEN, "Dockerfile", f"ENV HUBSPOT_TOKEN {U}"),
    (TOKEN, "docker-compose.yml", f"environment:\n  - HUBSPOT_TOKEN={PAT}\n"),
    (TOKEN, "deploy.sh", f"curl -H 'authorization: Bearer {PAT}' https://api.hubapi.com/crm/v3/owners"),
    (TOKEN, "analysis.ipynb", json.dumps({"cells": [{"source": [f'token = "{PAT}"']}]})),
    (TOKEN, "hubspot.config.yml", f"personalAccessKey: >-\n  {personal(3)}\n"),
    (TOKEN, "README.md", f"export HUBSPOT_TOKEN={PAT}"),
    (SECRET, "app.py", f'HUBSPOT_CLIENT_SECRET = "{U}"'),
    (SECRET, "app.py", f'data = {{"client_secret": "{U}"}}  # hubapi'),
    (SECRET, "app.py", f'secret = os.getenv("HUBSPOT_CLIENT_SECRET", "{U}")'),
    (SECRET, "app.js", f"const CLIENT_SECRET = '{U}'; // hubspot"),
    (SECRET, "app.js", f"const hubspot = {{ clientSecret: '{U}' }};"),
    (SECRET, "app.ts", f"const s = process.env.HUBSPOT_CLIENT_SECRET || '{U}';"),
    (SECRET, ".env", f"HUBSPOT_CLIENT_SECRET={U}"),
    (SECRET, ".env", f"# HubSpot\nCLIENT_ID={invented('id')}\nCLIENT_SECRET={U}"),
    (SECRET, "config.yml", f"hubspot:\n  client_secret: {U}\n"),
    (SECRET, "config.json", json.dumps({"hubspot": {"signature": {"secret": U}}})),
    (SECRET, "config.toml", f'[hubspot]\nclient_secret = "{U}"\n'),
    (SECRET, "run.sh", f"export HUBSPOT_APP_SECRET={U}"),
    # Names that look like types: a command with a colon, PowerShell, Rust.
    (KEY, "deploy.sh", f"heroku config:set HUBSPOT_API_KEY={U} -a app"),
    (KEY, "deploy.ps1", f'$env:HUBSPOT_API_KEY = "{U}"'),
    (KEY, "client.rs", f'const HUBSPOT_API_KEY: &str = "{U}";'),
    (KEY, "client.rs", f'const HUBSPOT_API_KEY: &\'static str = "{U}";'),
    (KEY, "notes.md", f"**HubSpot API key:** {U}"),
    (KEY, "notes.txt", f"Hubspot API Key\n{U}\n"),
    (SECRET, "notes.txt", f"# HubSpot client secret\n{U}\n"),
    # What says HubSpot: its scopes, a folder further up, words behind a very long value.
    (SECRET, "prod.env", f"CLIENT_ID={invented('id')}\nCLIENT_SECRET={U}\nSCOPE=crm.schemas.contacts.read\n"),
    (
        SECRET,
        "integrations/hubspot/tests/app.json",
        json.dumps({"for": "hubspot", "a": "." * 900, "clientSecret": U}),
    ),
    (TOKEN, "auth.json", json.dumps({"access_token": opaque(21) + opaque(22) * 3, "hub": "hubspot"})),
    # Whose a value is, where several vendors stand side by side.
    (KEY, "config.yml", f"intercom:\n  region: eu\nhubspot:\n  api_key: {U}\n"),
]
LEFT_ALONE = [
    (".env", "HUBSPOT_API_KEY=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
    (".env", "HUBSPOT_API_KEY=00000000-0000-0000-0000-000000000000"),
    (".env", "HUBSPOT_API_KEY=12345678-1234-1234-1234-123456789abc"),
    (".env", "HUBSPOT_TOKEN=pat-na1-11111111-2222-3333-4444-555555555555"),
    (".env", "HUBSPOT_TOKEN=pat-na1-your-token-here"),
    (".env", "HUBSPOT_TOKEN="),
    (".env", f"HUBSPOT_CLIENT_ID={U}"),
    (".env", f"HUBSPOT_PORTAL_ID={U}"),
    (".env", f"HUBSPOT_FORM_GUID={U}"),
    (".env", f"# HubSpot below\nSTRIPE_API_KEY={U}"),
    (".env", f"# HubSpot below\nNOTION_TOKEN={U}"),
    ("app.py", f"portal = {{'hubspot_form': '{U}'}}"),
    ("app.py", f"HUBSPOT_PIPELINE = '{U}'"),
    ("app.py", f"correlation_id = '{U}'  # hubspot"),
    ("app.py", f"client_id = '{U}'  # hubspot"),
    ("app.py", 'import os\nHUBSPOT_API_KEY = os.environ["HUBSPOT_API_KEY"]'),
    ("app.js", f"hbspt.forms.create({{ portalId: '123', formId: '{U}' }}); // hubspot"),
    ("app.js", f"fetch('https://forms.hubspot.com/uploads/form/v2/123/{U}');"),
    ("app.js", f"const hubspotFormId = '{U}';"),
    ("app.ts", f"const INSTRUMENTATION_KEY = '{U}'; // before hubspot"),
    ("app.ts", f"const id = '{U}'; // hubspot record"),
    ("pages.py", f"IDS = [\n  '{invented('a')}',  # hubspot\n  '{U}',\n]"),
    ("README.md", f"See https://app.hubspot.com/forms/123/editor/{U}/edit"),
    ("config.json", json.dumps({"hubspot": {"portalId": 1, "formGuid": U}})),
    (
        "config.json",
        json.dumps(
            {
                "a": {"url": "https://api.example.com", "apiKey": U},
                "hubspot": {"url": "https://api.hubapi.com"},
            }
        ),
    ),
    ("config.json", json.dumps({"hubspot": {"portalId": 1}, "segment": {"writeKey": U}})),
    ("config.json", json.dumps({"hubspot": {"portalId": 1}, "intercom": {"apiKey": U}})),
    ("config.yml", f"hubspot:\n  portal: 1\nintercom:\n  api_key: {U}\n"),
    ("config.toml", f"[hubspot]\nportal = 1\n\n[sendgrid]\nregion = 'eu'\napi_key = '{U}'\n"),
    ("notes.txt", f"HubSpot form\n{U}\n"),
    ("README.md", f"HubSpot sync\n![](https://storage.example.com/o/image.svg?alt=media&token={U})"),
]


TYPES = {
    "HUBSPOT_API_KEY": (KEY, U),
    "HUBSPOT_DEVELOPER_API_KEY": (KEY, U),
    "HUBSPOT_ACCESS_TOKEN": (TOKEN, PAT),
    "HUBSPOT_OAUTH_TOKEN": (TOKEN, opaque(11)),
    "HUBSPOT_REFRESH_TOKEN": (TOKEN, f"na1-{U[:4]}-{U[9:]}"),
    "HUBSPOT_PERSONAL_ACCESS_KEY": (TOKEN, personal(12)),
    "HUBSPOT_CLIENT_SECRET": (SECRET, U),
    "HUBSPOT_CS": (SECRET, U),
}
KINDS = {
    ".env": "{n}={v}\n",
    ".env.production": 'export {n}="{v}"\n',
    "config.yaml": "hubspot:\n  {l}: {v}\n",
    "settings.toml": '[hubspot]\n{l} = "{v}"\n',
    "config.json": '{{"hubspot": {{"{l}": "{v}"}}}}\n',
    "local.settings.json": '{{"Values": {{"{n}": "{v}"}}}}\n',
    "Dockerfile": "FROM node:20\nENV {n}={v}\n",
    "Dockerfile.dev": "FROM node:20\nARG {n}={v}\n",
    "docker-compose.yml": "services:\n  app:\n    environment:\n      - {n}={v}\n",
    "compose.yaml": "services:\n  app:\n    environment:\n      {n}: {v}\n",
    "deploy.sh": '#!/bin/sh\nexport {n}="{v}"\n',
    "run.sh": "{n}={v} node sync.js\n",
    "analysis.ipynb": '{{"cells": [{{"cell_type": "code", "source": ["{n} = \\"{v}\\"\\n"]}}]}}\n',
    "README.md": "# Sync\n\n```\nexport {n}={v}\n```\n",
    "app.properties": "hubspot.{l}={v}\n",
    "main.tf": 'resource "a" "b" {{\n  {l} = "{v}"\n}}\n',
    "remark.py": "import os\n# {n} = '{v}'\n",
    "remark.js": "// const {n} = '{v}';\n",
    "fallback.py": "import os\nkey = os.environ.get('{n}', '{v}')\n",
    "fallback.js": "const key = process.env.{n} || '{v}';\n",
    "fallback.ts": "export const key = process.env.{n} ?? '{v}';\n",
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("file", KINDS)
def test_every_type_is_found_in_every_kind_of_file_and_shown_in_no_report(file: str, name: str) -> None:
    code, value = TYPES[name]
    report = lint_files({file: KINDS[file].format(n=name, l=name.lower(), v=value).encode()}, Config())
    assert code in {f.code for f in report.findings}
    for form in FORMATS:
        assert value not in renderer(form)(report)
        assert value[-20:] not in renderer(form)(report)


@pytest.mark.parametrize(
    "name", ["HUBSPOT_CLIENT_ID", "HUBSPOT_APP_ID", "HUBSPOT_FORM_GUID", "HUBSPOT_PORTAL_ID"]
)
@pytest.mark.parametrize("file", KINDS)
def test_ids_are_left_alone_in_every_kind_of_file(file: str, name: str) -> None:
    text = KINDS[file].format(n=name, l=name.lower(), v=U)
    assert not lint_files({file: text.encode()}, Config(select=("HS1",))).findings


def lint(name: str, text: str, **settings: object) -> list[str]:
    report = lint_files({name: text.encode()}, Config(select=("HS1",), **settings))  # type: ignore[arg-type]
    return [f.code for f in report.findings]


@pytest.mark.parametrize(
    ("code", "name", "text"), FOUND, ids=[f"{c}-{n}-{i}" for i, (c, n, _) in enumerate(FOUND)]
)
def test_a_credential_is_found_and_typed(code: str, name: str, text: str) -> None:
    assert lint(name, text) == [code]


@pytest.mark.parametrize(
    ("name", "text"), LEFT_ALONE, ids=[f"{n}-{i}" for i, (n, _) in enumerate(LEFT_ALONE)]
)
def test_what_is_no_credential_is_left_alone(name: str, text: str) -> None:
    assert lint(name, text) == []


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_a_credential(form: str) -> None:
    values = [U, PAT, opaque(1), personal(3)]
    names = ("HUBSPOT_API_KEY", "t", "hubspot_access_token", "personalAccessKey")
    text = "".join(f'{n} = "{v}"\n' for n, v in zip(names, values, strict=True))
    report = lint_files({"app.py": text.encode()}, Config())
    written = renderer(form)(report)
    assert len(report.findings) >= 4
    assert not [v for v in values if v in written or v[12:] in written]


def test_an_allowed_value_is_left_alone() -> None:
    import hashlib

    digest = hashlib.sha256(U.encode()).hexdigest()
    assert lint("app.py", f'HUBSPOT_API_KEY = "{U}"', secret_allow=(digest,)) == []
