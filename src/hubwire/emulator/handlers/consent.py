"""The page on which a person lets an app into the account.

https://developers.hubspot.com/docs/guides/apps/authentication/working-with-oauth
Texts of refusals as people report them, e.g. https://github.com/n8n-io/n8n/issues/23581
"""

from __future__ import annotations

from hubwire.emulator.account import Account, Consent
from hubwire.emulator.apps import App
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.forms import form, found, loopback, page
from hubwire.emulator.pages.consent import ask, broken
from hubwire.emulator.scopes import every_scope
from hubwire.emulator.tokens import CODE_SECONDS, Code

NO_CLIENT = (
    "An invalid app client_id was provided. Please contact the app developer.",
    "The emulator prints the client id of its app when it starts.",
)
OPEN_PAGES = 500
"""Forms that may be open at once; the oldest ones expire."""


def authorize(account: Account, asked: Asked) -> Answer:
    """GET /oauth/authorize: the form, or with automatic consent the redirect at once.

    What is wrong with the client or its redirect is told on a page: an unchecked URL is never redirected to.
    """
    app = account.world.apps.of_client(asked.one("client_id"))
    wrong = _wrong(account, app, asked)
    if wrong or app is None:
        return page(broken(*(wrong or NO_CLIENT)), 400)
    required = _words(asked.one("scope"))
    known = every_scope()
    mine = app.scopes or known
    optional = [scope for scope in _words(asked.one("optional_scope")) if scope in known and scope in mine]
    consent = Consent(
        client_id=asked.one("client_id") or "",
        redirect_uri=asked.one("redirect_uri") or "",
        state=asked.one("state"),
        scopes=tuple(dict.fromkeys([*required, *optional])),
        challenge=asked.one("code_challenge"),
        method=asked.one("code_challenge_method") or "plain",
    )
    hub = asked.places.get("hubId")
    account = account.world.accounts[int(hub)] if hub else account
    if account.auto_consent:
        return _allow(account, consent, asked.now)
    nonce, consents = account.tokens.nonce(), account.world.consents
    consents[nonce] = consent
    while len(consents) > OPEN_PAGES:
        consents.popitem(last=False)
    extra = [scope for scope in optional if scope not in required]
    accounts = [int(hub)] if hub else list(account.world.accounts)
    return page(ask(nonce, app.name, accounts, consent.redirect_uri, (required, extra)))


def decide(account: Account, asked: Asked) -> Answer:
    """POST of the form: on to the app, with a code or with the refusal. A form counts once."""
    fields = form(asked)
    consent = account.world.consents.pop(fields.get("nonce", ""), None)
    if consent is None:
        return page(broken("This page has expired.", "Start again from the app."), 400)
    if fields.get("decision") == "allow":
        chosen = fields.get("account", "")
        account = account.world.accounts.get(int(chosen), account) if chosen.isdecimal() else account
        return _allow(account, consent, asked.now)
    return found(
        consent.redirect_uri,
        {
            "error": "access_denied",
            "error_description": "The user denied the app access to the account",
            "state": consent.state,
        },
    )


def _allow(account: Account, consent: Consent, now: float) -> Answer:
    code = Code(
        consent.client_id,
        consent.redirect_uri,
        consent.scopes,
        now + CODE_SECONDS,
        consent.challenge,
        consent.method,
    )
    return found(consent.redirect_uri, {"code": account.tokens.new_code(code), "state": consent.state})


def _wrong(account: Account, app: App | None, asked: Asked) -> tuple[str, str] | None:
    """What HubSpot would say, and what to do about it here."""
    hub, known = asked.places.get("hubId"), [str(portal_id) for portal_id in account.world.accounts]
    if hub is not None and hub not in known:
        has = f"one account, {known[0]}" if len(known) == 1 else f"the accounts {', '.join(known)}"
        return f"There is no account {hub}.", f"This emulator has {has}."
    if app is None or app.static:
        return NO_CLIENT
    uri = asked.one("redirect_uri") or ""
    if not loopback(uri) and uri not in app.redirects:
        return (
            f"Authorization failed as the redirect URL '{uri}' doesn't match the app's registered "
            "redirect URL. Please contact the app developer.",
            "Any http://localhost address will do, on any port; others are https and registered first.",
        )
    method = asked.one("code_challenge_method") or "plain"
    if asked.one("code_challenge") is not None and method not in ("plain", "S256"):
        return (
            "Authorization failed because the code challenge method is not supported.",
            f"RFC 7636 has S256 and plain, not {method}.",
        )
    required = _words(asked.one("scope"))
    unknown = [scope for scope in required if scope not in every_scope()]
    if not required or unknown:
        named = f"Not a scope of HubSpot's that the emulator knows: {', '.join(unknown)}."
        return (
            "An invalid scope name was provided. Please contact the app developer.",
            named if unknown else "The URL names no scope.",
        )
    beyond = [scope for scope in required if app.scopes and scope not in app.scopes]
    if beyond:
        return (
            "Authorization failed because there is a scope mismatch between the app and the install URL.",
            f"The app {app.name} is not set up with {', '.join(beyond)}.",
        )
    return None


def _words(text: str | None) -> list[str]:
    return (text or "").split()


ACCOUNT_HANDLERS = {"oauth.authorize": authorize, "oauth.consent": decide}
