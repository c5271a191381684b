"""Which rights an app asks for."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hubwire.errors import ConfigError


class Scopes(msgspec.Struct, frozen=True):
    """Scopes as an app is configured with them.

    All `required` ones are asked for every time. `optional` ones are granted where the account has them.
    `conditional` ones are asked for when one connection needs them, and are required then.
    https://developers.hubspot.com/changelog/advanced-auth-and-scope-settings-for-public-apps
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()

    @classmethod
    def of(cls, scopes: Iterable[str] | Scopes) -> Scopes:
        """Plain names are required ones. One text may hold several, with blanks between them."""
        if isinstance(scopes, Scopes):
            return cls(_names(scopes.required), _names(scopes.optional), _names(scopes.conditional))
        return cls(_names(scopes))

    def asked(self, conditional: Iterable[str] = ()) -> tuple[str, ...]:
        """What the parameter `scope` says, and what has to be granted."""
        wanted = _names(conditional)
        stray = [name for name in wanted if name not in self.conditional]
        if stray:
            raise ConfigError(f"not among the app's conditional scopes: {', '.join(stray)}")
        return tuple(dict.fromkeys([*self.required, *wanted]))


def _names(scopes: Iterable[str]) -> tuple[str, ...]:
    names = scopes.split() if isinstance(scopes, str) else [name for text in scopes for name in text.split()]
    return tuple(dict.fromkeys(names))
