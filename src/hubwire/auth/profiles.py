"""Named accounts in `hubwire.toml`. The file says which account, app and store; never a secret.

    [profiles.acme]
    kind = "oauth"              # or "static"
    account = 12345
    client_id = "…"
    scopes = ["oauth", "crm.objects.contacts.read"]

Read are the nearest `hubwire.toml` from the working directory upwards that has profiles, then the one of the
user (`~/.config/hubwire/hubwire.toml`); `HUBWIRE_CONFIG` names another file instead of both.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from hubwire.auth.files import PRIVATE, make_private_folder
from hubwire.auth.places import config_home
from hubwire.errors import ConfigError

FILE, VARIABLE, CHOSEN = "hubwire.toml", "HUBWIRE_CONFIG", "HUBWIRE_PROFILE"
DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a `[profiles.NAME]` table says."""

    kind: Literal["oauth", "static"] = "oauth"
    account: int | None = None
    """Id of the account (portal)."""
    client_id: str | None = None
    """Else `HUBSPOT_CLIENT_ID`. The secret is `HUBSPOT_CLIENT_SECRET`, or what `hubwire login` has stored."""
    redirect_uri: str | None = None
    scopes: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()
    store: str | None = None
    """Address of the token store; else `HUBWIRE_STORE`, else the user's encrypted file."""
    kept_in: str = "store"
    """Where a static token is: `store`, `keyring`, or `env:NAME`."""
    base_url: str | None = None
    version: str | None = None
    """Of the OAuth endpoints."""


def files() -> list[Path]:
    """The files that are read, the one that counts first."""
    if os.environ.get(VARIABLE):
        return [Path(os.environ[VARIABLE])]
    here = Path.cwd()
    near = (folder / FILE for folder in (here, *here.parents))
    nearest = next((path for path in near if path.is_file() and "profiles" in _table(path)), None)
    return [path for path in (nearest, config_home() / FILE) if path is not None]


def profiles() -> dict[str, Profile]:
    """All of them by name."""
    found: dict[str, Profile] = {}
    for path in files():
        if path.is_file():
            found = _profiles(path) | found
    return found


def profile(name: str) -> Profile:
    """The one of that name."""
    every = profiles()
    if name not in every:
        known = f"there are {', '.join(sorted(every))}" if every else "there are none yet"
        raise ConfigError(
            f"no profile {name!r}: {known}. Make it with: hubwire login --profile {name}, "
            f"or hubwire auth set-token --profile {name}"
        )
    return every[name]


def write_profile(name: str, made: Profile) -> Path:
    """Puts the profile into the file that has one of that name, else the first that is there, else the
    user's. Whatever else stands in the file stays as it is, comments too.
    """
    try:
        import tomlkit
    except ImportError:
        raise ConfigError("writing hubwire.toml needs tomlkit: pip install 'hubwire[auth]'") from None
    path = _home_of(name)
    text = path.read_text("utf-8") if path.is_file() else ""
    document = tomlkit.parse(text)
    tables = document.setdefault("profiles", tomlkit.table(is_super_table=True))
    table = tables.setdefault(checked_name(name), tomlkit.table())
    told = msgspec.to_builtins(made)
    for key in [key for key in table if key not in told]:
        del table[key]
    for key, value in told.items():
        if table.get(key) != value:
            table[key] = value
    make_private_folder(path.parent)
    _replace(path, tomlkit.dumps(document))
    return path


def checked_name(name: str) -> str:
    """The name, if it is good for one."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no name for a profile: letters, digits, dots, dashes, underscores")
    return name


def _home_of(name: str) -> Path:
    there = [path for path in files() if path.is_file()]
    has_it = (path for path in there if name in _profiles(path))
    return next(has_it, there[0] if there else files()[-1])


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.chmod(path.stat().st_mode & 0o777 if path.exists() else PRIVATE)
    os.replace(draft, path)


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def _profiles(path: Path) -> dict[str, Profile]:
    tables = _table(path).get("profiles", {})
    if not isinstance(tables, dict):
        raise ConfigError(f"{path}: profiles are tables, [profiles.NAME]")
    found = {}
    for name, table in tables.items():
        try:
            found[str(name)] = msgspec.convert(table, Profile)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{path}: profile {name!r}: {error}") from None
    return found
