"""Seal all stored tokens with another key.

Keys in a file or in the system's keyring get a new one in front; with HUBWIRE_KEY, put the new one in front
yourself first (hubwire auth new-key). The old keys stay, for programs that have not read the new one yet:
--forget-old takes them away, when everything is sealed with the first.

It can be interrupted and run again; no token is lost at any point, and refreshes go on meanwhile.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hubwire.cli.progress import progress
from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.auth.stores.sealed import SealedStore

NAME = "rotate-key"
HELP = "seal all stored tokens with another key"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--store", metavar="ADDRESS", help="where tokens are kept (default: HUBWIRE_STORE)")
    parser.add_argument(
        "--forget-old", action="store_true", help="make no new key, and drop those that seal nothing any more"
    )
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Rotate."""
    from hubwire.auth.key_places import KeyVariable, key_place
    from hubwire.auth.keys import key_id, new_key
    from hubwire.auth.stores.opening import open_store
    from hubwire.auth.stores.sealed import SealedStore

    store = open_store(args.store)
    if not isinstance(store, SealedStore):
        raise ConfigError("this token store encrypts nothing, so it has no keys")
    place = key_place()
    keys = place.read()
    if not args.forget_old and not isinstance(place, KeyVariable):
        if _unfinished(store, keys[0]):
            note("A rotation was interrupted: it is finished now, without a further key.")
        else:
            keys = [new_key(), *keys]
            place.write(keys)
    done = total = 0
    with progress(quiet=args.json) as steps:
        steps.begin(len(store.list()))
        for _, changed in store.reseal():
            done, total = done + changed, total + 1
            steps.step("sealing tokens anew")
    old = [key for key in keys[1:] if args.forget_old]
    if old:
        if any(listed.sealed_with != key_id(keys[0]) for listed in store.list()):
            raise ConfigError(
                "a program still seals with an old key: none was dropped. Start it anew, then run this again"
            )
        place.write(keys[:1])
    if args.json:
        emit(
            {"key": key_id(keys[0]), "resealed": done, "entries": total, "dropped": [key_id(k) for k in old]}
        )
        return 0
    print(f"{done} of {total} entries were sealed anew; all are sealed with the key {key_id(keys[0])}.")
    if old:
        print(f"{len(old)} old keys were dropped from {place.name}.")
    elif len(keys) > 1:
        print(
            "The old keys still open tokens. When all programs have read the new one: "
            "hubwire auth rotate-key --forget-old"
            if not isinstance(place, KeyVariable)
            else "When all programs run with the new key, take the old ones out of HUBWIRE_KEY."
        )
    else:
        print("There is one key, so nothing was rotated. Put a new one in front: HUBWIRE_KEY=NEW,OLD")
    return 0


def _unfinished(store: SealedStore, first: str) -> bool:
    """Whether the first key seals some accounts and not others."""
    from hubwire.auth.keys import key_id

    sealed_with = {listed.sealed_with for listed in store.list()}
    return key_id(first) in sealed_with and len(sealed_with) > 1
