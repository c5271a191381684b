"""What a child is told, so that its calls to HubSpot come to the emulator."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from hubwire.emulator.identity import Identity
from hubwire.emulator.reach.hosts import DOMAINS
from hubwire.emulator.reach.proxy import Way

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "DENO_CERT")
"""Variables that replace a program's list of authorities."""

USUAL = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the public authorities: Debian, Fedora, SUSE, Alpine and macOS."""

DIRECT = "localhost,127.0.0.1,::1"


def credentials(identity: Identity) -> dict[str, str]:
    """The variables that HubSpot's clients and their examples read."""
    return {
        "HUBSPOT_ACCESS_TOKEN": identity.access_token,
        "HUBSPOT_PRIVATE_APP_TOKEN": identity.access_token,
        # For HubSpot's own `hs`: the account's static token stands for a person's key.
        "HUBSPOT_PERSONAL_ACCESS_KEY": identity.access_token,
        "HUBSPOT_ACCOUNT_ID": str(identity.portal_id),
        "HUBSPOT_PORTAL_ID": str(identity.portal_id),
        "HUBSPOT_CLIENT_ID": identity.client_id,
        "HUBSPOT_CLIENT_SECRET": identity.client_secret,
        "HUBSPOT_DEVELOPER_API_KEY": identity.developer_api_key,
    }


def variables(folder: Path, way: Way, pem: str, parent: Mapping[str, str]) -> dict[str, str]:
    """The child's whole environment; the files it names are written to `folder`."""
    ours, bundle, node = folder / "ca.pem", folder / "bundle.pem", folder / "node-extra.pem"
    ours.write_text(pem, "ascii")
    bundle.write_text(pem + public_authorities(parent), "utf-8")
    node.write_text(pem + _text(parent.get("NODE_EXTRA_CA_CERTS", "")), "utf-8")
    return {
        # An ALL_PROXY may be of a kind that a client cannot do, and would be used where ours is not.
        **{name: value for name, value in parent.items() if name.upper() != "ALL_PROXY"},
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), way.proxy),
        # Replaced, not extended: a NO_PROXY of "*" would lead to the real HubSpot.
        **dict.fromkeys(("NO_PROXY", "no_proxy"), DIRECT),
        **dict.fromkeys(BUNDLES, str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(node),
        "NODE_USE_ENV_PROXY": "1",
        **_hooks(folder, way, parent),
    }


def public_authorities(parent: Mapping[str, str]) -> str:
    """What the child would trust anyway: the list it was given, else the system's."""
    named = [parent[name] for name in BUNDLES if parent.get(name)]
    default = ssl.get_default_verify_paths().cafile
    found = (text for path in (*named, default or "", *USUAL) if (text := _text(path)))
    return next(found, "")


def _hooks(folder: Path, way: Way, parent: Mapping[str, str]) -> dict[str, str]:
    """Libraries that do not look at HTTPS_PROXY are shown the way inside their interpreter."""
    hooks, python = files("hubwire.emulator.reach"), folder / "python"
    python.mkdir()
    (python / "sitecustomize.py").write_text(hooks.joinpath("python_hook.txt").read_text("utf-8"), "utf-8")
    node = folder / "node_hook.cjs"
    node.write_text(hooks.joinpath("node_hook.cjs").read_text("utf-8"), "utf-8")
    options = parent.get("NODE_OPTIONS", "")
    return {
        "HUBWIRE_TLS_PORT": str(way.tls_port),
        "HUBWIRE_DOMAINS": " ".join(DOMAINS),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(python), parent.get("PYTHONPATH", "")))),
        "NODE_OPTIONS": f'{options} --require "{node.as_posix()}"'.strip(),
    }


def _text(path: str) -> str:
    try:
        return "\n" + Path(path).read_text("utf-8", "replace") if path else ""
    except OSError:
        return ""
