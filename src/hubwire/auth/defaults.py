"""The token source of a hub that was given none."""

from __future__ import annotations

import os

from hubwire.auth.tokens import VARIABLES, StaticToken, TokenSource
from hubwire.errors import ConfigError


def default_source() -> TokenSource:
    """Where none is passed: the profile that `HUBWIRE_PROFILE` names, the token or refresh token of the
    environment, the profile called `default`.
    """
    if os.environ.get("HUBWIRE_PROFILE"):
        from hubwire.auth.credentials import profile_source

        return profile_source(os.environ["HUBWIRE_PROFILE"])
    for name in VARIABLES:
        if os.environ.get(name):
            return StaticToken(os.environ[name])
    from hubwire.auth.credentials import chosen_profile, from_refresh_variable, profile_source

    refreshed = from_refresh_variable()
    if refreshed is not None:
        return refreshed
    chosen = chosen_profile()
    if chosen is not None:
        return profile_source(chosen)
    raise ConfigError(
        "no access token: pass one, Hub('pat-…'), set the environment variable "
        f"{' or '.join(VARIABLES)}, or connect an account: hubwire login"
    )
