"""Apps, codes and tokens of one account: who may call, as whom, until when.

Looked up in memory, written through to the state file, so that a restart honours what was given out.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from hubwire.emulator.exchange import Grant
from hubwire.emulator.identity import Identity
from hubwire.emulator.scopes import every_scope
from hubwire.emulator.shelf import Shelf

ACCESS_SECONDS = 1800
CODE_SECONDS = 600
"""HubSpot calls a code short-lived and gives no number."""
FORGET_AFTER = 7 * 86_400
"""How long an expired access token is still known as expired; then it is unknown."""


@dataclass(frozen=True, slots=True)
class Code:
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    expires_at: float
    challenge: str | None = None
    """PKCE: what the verifier must answer to; None where the page was opened without."""
    method: str = "plain"


@dataclass(frozen=True, slots=True)
class Installed:
    """What a refresh token stands for."""

    client_id: str
    app_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Install:
    """An app that the account has let in."""

    app_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for; `expires_at` is None for static tokens."""

    kind: str
    app_id: int
    user_id: int
    client_id: str
    scopes: tuple[str, ...]
    expires_at: float | None
    marketplace: bool = False


class Tokens:
    """The account's credentials. Callers hold the account's lock."""

    def __init__(self, identity: Identity, shelf: Shelf, source: Random) -> None:
        self.identity = identity
        self._shelf, self._random = shelf, source
        self._codes = shelf.all("code", Code)
        self._refresh = shelf.all("refresh", Installed)
        self._access = shelf.all("access", Access)
        self._access[identity.access_token] = Access(
            "private-app",
            identity.app_id,
            identity.user_id,
            identity.client_id,
            tuple(sorted(every_scope())),
            None,
        )
        self._grants: dict[str, Grant] = {}
        self.on_install: Callable[[int, bool], None] = lambda app_id, came: None
        """Told of every app that is let in (True) or put out."""
        self._installs = {install.app_id: install for install in shelf.all("install", Install).values()}
        self._installs[identity.app_id] = Install(identity.app_id, tuple(sorted(every_scope())))

    def find(self, token: str) -> Access | None:
        """What an access token stands for, expired ones included; None for one never given out here."""
        return self._access.get(token)

    def grant(self, token: str, access: Access) -> Grant:
        """The caller's rights. One object per token, so that asking costs a dictionary look-up."""
        grant = self._grants.get(token)
        if grant is None:
            grant = self._grants[token] = Grant(
                kind=access.kind,
                portal_id=self.identity.portal_id,
                app_id=access.app_id,
                user_id=access.user_id,
                scopes=frozenset(access.scopes),
                marketplace=access.marketplace,
            )
        return grant

    def scopes_of(self, app_id: int) -> frozenset[str] | None:
        """What an app may do here; None for one that was never let in, or was put out."""
        install = self._installs.get(app_id)
        return None if install is None else frozenset(install.scopes)

    def install(self, app_id: int, scopes: Iterable[str]) -> bool:
        """Lets an app in, or gives it other scopes; True if it was not in before."""
        if app_id == self.identity.app_id:
            return False
        new = app_id not in self._installs
        install = self._installs[app_id] = Install(app_id, tuple(scopes))
        self._shelf.put("install", str(app_id), install)
        if new:
            self.on_install(app_id, True)
        return new

    def uninstall(self, app_id: int) -> bool:
        """Puts an app out: none of its tokens works any more. False if it was not in."""
        if app_id == self.identity.app_id or self._installs.pop(app_id, None) is None:
            return False
        self._shelf.drop("install", str(app_id))
        self._end(app_id)
        self.on_install(app_id, False)
        return True

    def end_grants(self, app_id: int) -> None:
        """No OAuth token of an app works any more; its static one does."""
        self._end(app_id, static=False)

    def _end(self, app_id: int, *, static: bool = True) -> None:
        for token in [token for token, one in self._refresh.items() if one.app_id == app_id]:
            self.revoke_refresh(token)
        mine = ((token, one) for token, one in self._access.items() if one.app_id == app_id)
        for token in [token for token, one in mine if static or one.expires_at is not None]:
            self._drop_access(token)

    def new_static(self, scopes: Iterable[str], app_id: int, kind: str = "private-app") -> str:
        """A token that does not expire, of a private app or a service key, with just these scopes."""
        token = f"pat-na1-{self._key()}"
        identity = self.identity
        access = Access(kind, app_id, identity.user_id, "", tuple(scopes), None)
        self.install(app_id, access.scopes)
        self._shelf.put("access", token, access)
        self._access[token] = access
        return token

    def new_code(self, code: Code) -> str:
        """An authorization code, good for one exchange."""
        key = f"na1-{self._key()}"
        self._shelf.put("code", key, code)
        self._codes[key] = code
        return key

    def take_code(self, key: str) -> Code | None:
        """The code's meaning, once: afterwards it is unknown."""
        code = self._codes.pop(key, None)
        if code is not None:
            self._shelf.drop("code", key)
        return code

    def peek_code(self, key: str) -> Code | None:
        """The code's meaning without using it up."""
        return self._codes.get(key)

    def new_refresh(self, installed: Installed) -> str:
        token = f"na1-{self._key()}"
        self._shelf.put("refresh", token, installed)
        self._refresh[token] = installed
        self.install(installed.app_id, installed.scopes)
        return token

    def find_refresh(self, token: str) -> Installed | None:
        return self._refresh.get(token)

    def revoke_refresh(self, token: str) -> None:
        """Ends the grant. Access tokens given out for it work until they expire, as HubSpot's do."""
        if self._refresh.pop(token, None) is not None:
            self._shelf.drop("refresh", token)

    def new_access(self, installed: Installed, now: float, *, marketplace: bool = False) -> str:
        """A token for half an hour; those that expired long ago are forgotten on the way."""
        self._forget(now)
        token = "C" + base64.urlsafe_b64encode(self._random.randbytes(90)).decode()
        access = Access(
            kind="oauth",
            app_id=installed.app_id,
            user_id=self.identity.user_id,
            client_id=installed.client_id,
            scopes=installed.scopes,
            expires_at=now + ACCESS_SECONDS,
            marketplace=marketplace,
        )
        self._shelf.put("access", token, access)
        self._access[token] = access
        return token

    def nonce(self) -> str:
        """An unguessable word for a form."""
        return self._key()

    def _forget(self, now: float) -> None:
        old = [
            token
            for token, access in self._access.items()
            if access.expires_at is not None and access.expires_at < now - FORGET_AFTER
        ]
        for token in old:
            self._drop_access(token)

    def _drop_access(self, token: str) -> None:
        del self._access[token]
        self._grants.pop(token, None)
        self._shelf.drop("access", token)

    def _key(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
