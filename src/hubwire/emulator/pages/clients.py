"""How each client is told where the emulator is."""

from __future__ import annotations

from html import escape

CLIENTS = (
    (
        "Clients that read HubSpot’s own environment names",
        "export HUBSPOT_BASE_URL={base}\nexport HUBSPOT_ACCESS_TOKEN={token}",
    ),
    ("hubwire (Python)", 'from hubwire import Hub\n\nhub = Hub("{token}", base_url="{base}")'),
    (
        "hubspot-api-client (Python)",
        'from hubspot import HubSpot\n\nclient = HubSpot(access_token="{token}", host="{base}")',
    ),
    (
        "@hubspot/api-client (Node)",
        'const {{ Client }} = require("@hubspot/api-client")\n\n'
        'const client = new Client({{ accessToken: "{token}", basePath: "{base}" }})',
    ),
    (
        "hubspot-sdk (Python)",
        'from hubspot_sdk import HubSpot\n\nclient = HubSpot(access_token="{token}", base_url="{base}")',
    ),
    ("curl", 'curl -H "Authorization: Bearer {token}" {base}/crm/v3/objects/contacts'),
)


def lines(base_url: str, token: str) -> str:
    """Ready to copy."""
    blocks = "".join(
        f"<h3>{escape(name)}</h3><pre tabindex=0>{escape(code.format(base=base_url, token=token))}</pre>"
        for name, code in CLIENTS
    )
    return f'<section class="card" id="clients"><h2>Connect a client</h2>{blocks}</section>'
