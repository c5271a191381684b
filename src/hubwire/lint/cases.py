"""The cases inside the rules: example files, with made-up credentials filled in."""

from __future__ import annotations

import random


def invented(seed: str = "hubwire") -> str:
    """A UUID-shaped value of no account, the same for the same seed."""
    chance = random.Random(seed)
    digits = "".join(chance.choice("0123456789abcdef") for _ in range(32))
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def files_of(case: object, *, shown: bool = False, seed: str = "hubwire") -> dict[str, bytes]:
    """The files of a case. `{uuid}` and `{pat}` become invented values, or visible blanks when `shown`."""
    pairs = case if isinstance(case, tuple) and case and isinstance(case[0], tuple) else (case,)
    uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" if shown else invented(seed)
    out = {}
    for pair in pairs:
        if not isinstance(pair, tuple):
            raise TypeError(f"a case is (file name, text), not {pair!r}")
        name, text = pair
        out[str(name)] = str(text).replace("{uuid}", uuid).replace("{pat}", "pat-na1-" + uuid).encode()
    return out
