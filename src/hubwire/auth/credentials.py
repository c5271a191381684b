"""Whose token is used when none is passed: by profile, or by environment."""

from __future__ import annotations

import os
from typing import NamedTuple

import msgspec

from hubwire.auth.address import BASE_URL
from hubwire.auth.grant import NEVER, Tokens
from hubwire.auth.oauth import REDIRECT_URI, OAuthClient
from hubwire.auth.profiles import CHOSEN, DEFAULT, Profile, checked_name, profiles
from hubwire.auth.profiles import profile as profile_of
from hubwire.auth.scopes import Scopes
from hubwire.auth.stores.opening import open_store
from hubwire.auth.stores.store import Key, TokenStore
from hubwire.auth.tokens import StaticToken, TokenSource
from hubwire.catalogue.versions import NEWEST
from hubwire.errors import ConfigError, NotConnected

STATIC, SECRETS = "static", "client secret"
"""Apps of the store that are none: static tokens by profile, and client secrets by client id."""
KEYRING_SERVICE = "hubwire"


class Credentials(NamedTuple):
    """A token source, and where it was found."""

    source: TokenSource
    place: str
    """For messages: `HUBSPOT_ACCESS_TOKEN`, `profile acme`."""
    profile: Profile | None = None
    name: str | None = None


def profile_source(name: str) -> TokenSource:
    """The token source of a profile: `Hub(profile_source("acme"))`. It brings the profile's base URL."""
    return of_profile(name).source


def of_profile(name: str) -> Credentials:
    """The credentials of a profile."""
    told = profile_of(name)
    place = f"profile {name}"
    if told.kind == "static":
        return Credentials(
            StaticToken(static_token(name, told).access_token, told.base_url), place, told, name
        )
    if told.account is None:
        raise NotConnected(f"profile {name} names no account. Connect one: hubwire login --profile {name}")
    return Credentials(app_of(told).tokens(told.account), place, told, name)


def chosen_profile() -> str | None:
    """The profile that is meant where none is named: `HUBWIRE_PROFILE`, else `default` if there is one."""
    return os.environ.get(CHOSEN) or (DEFAULT if DEFAULT in profiles() else None)


# Static tokens


def static_token(name: str, told: Profile) -> Tokens:
    """The static token of a profile."""
    missing = f"profile {name}: no token there. Put one in: hubwire auth set-token --profile {name}"
    if told.kept_in.startswith("env:"):
        variable = told.kept_in.removeprefix("env:")
        if not os.environ.get(variable):
            raise ConfigError(f"profile {name} takes its token from {variable}, which is not set")
        return Tokens(os.environ[variable].strip(), "", NEVER, hub_id=told.account, kind="static")
    if told.kept_in == "keyring":
        from hubwire.auth.key_places import system_keyring

        text = system_keyring().get_password(KEYRING_SERVICE, f"token {name}")
        if not text:
            raise NotConnected(missing)
        return msgspec.json.decode(text, type=Tokens)
    if told.kept_in != "store":
        raise ConfigError(f"profile {name}: kept_in is store, keyring or env:NAME, not {told.kept_in!r}")
    kept = store_of(told).load(Key(STATIC, name))
    if kept is None:
        raise NotConnected(missing)
    return kept.tokens


def keep_static(name: str, told: Profile, tokens: Tokens) -> None:
    """Puts a static token where the profile has it."""
    checked_name(name)
    if told.kept_in == "keyring":
        from hubwire.auth.key_places import system_keyring

        text = msgspec.json.encode(tokens).decode()
        system_keyring().set_password(KEYRING_SERVICE, f"token {name}", text)
    elif told.kept_in == "store":
        store_of(told).save(Key(STATIC, name), tokens)
    else:
        raise ConfigError(f"profile {name} takes its token from {told.kept_in}: set it there")


# Apps


def app_of(told: Profile) -> OAuthClient:
    """The app of a profile, with the client secret of the environment or the store."""
    client_id = told.client_id or os.environ.get("HUBSPOT_CLIENT_ID")
    store = store_of(told)
    return OAuthClient(
        client_id,
        client_secret(client_id, store),
        told.redirect_uri or REDIRECT_URI,
        scopes=Scopes(told.scopes or ("oauth",), told.optional_scopes),
        store=store,
        base_url=told.base_url,
        version=told.version or NEWEST,
    )


def keep_secret(store: TokenStore, client_id: str, secret: str) -> None:
    """Keeps a client secret, sealed as tokens are, so that a profile works without the environment."""
    store.save(Key(SECRETS, client_id), Tokens(secret, "", NEVER, kind="client-secret"))


def store_of(told: Profile) -> TokenStore:
    """The store of a profile."""
    return open_store(told.store)


def client_secret(client_id: str | None, store: TokenStore) -> str | None:
    """The secret of an app: the environment's, else the one that was kept."""
    here = os.environ.get("HUBSPOT_CLIENT_SECRET", "").partition(",")[0].strip()
    # A secret in the environment belongs to the app that the environment names, if it names one.
    if here and os.environ.get("HUBSPOT_CLIENT_ID", client_id) == client_id:
        return here
    kept = store.load(Key(SECRETS, client_id)) if client_id else None
    return None if kept is None else kept.tokens.access_token


def from_refresh_variable() -> TokenSource | None:
    """The account whose refresh token is in `HUBSPOT_REFRESH_TOKEN`."""
    if not os.environ.get("HUBSPOT_REFRESH_TOKEN"):
        return None
    return OAuthClient(store="env:").tokens(os.environ.get("HUBSPOT_PORTAL_ID", "0"))


def where_called(source: TokenSource) -> str:
    """The address that a source's calls go to."""
    return getattr(source, "base_url", None) or os.environ.get("HUBSPOT_BASE_URL") or BASE_URL
