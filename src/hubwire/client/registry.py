"""One set of windows per credential and process: two hubs with one token spend one quota."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from weakref import WeakValueDictionary

from hubwire.client.quota import Quota, QuotaStore
from hubwire.client.windows import Windows

KEPT = 256
"""Credentials whose windows outlive their hubs: a hub made for every call must not begin with all unused."""


class Registry:
    """Safe for threads; empty again in a fork, which is another process."""

    def __init__(self) -> None:
        self._lock, self._pid = threading.Lock(), os.getpid()
        self._known: WeakValueDictionary[tuple[str, str], Windows] = WeakValueDictionary()
        self._recent: OrderedDict[tuple[str, str], Windows] = OrderedDict()

    def windows(self, quota: Quota, credential: str, account: str | None) -> Windows:
        """Those of a credential (an address and a token: not kept) in a store, or in memory."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self.clear()
        app, store = digest(credential), quota.store
        place = store if isinstance(store, str) else "" if store is None else f"object {id(store)}"
        with self._lock:
            key = app, place
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = new_windows(quota, app, account)
            self._recent[key] = found
            self._recent.move_to_end(key)
            while len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return found

    def clear(self) -> None:
        """Begins anew."""
        with self._lock:
            self._known, self._recent = WeakValueDictionary(), OrderedDict()


def new_windows(quota: Quota, app: str, account: str | None) -> Windows:
    """Windows that nobody else has: in the quota's store, or in memory."""
    store = quota.store
    if store is None:
        return Windows()
    from hubwire.client.shared import SharedWindows
    from hubwire.client.stores import open_store

    def opened() -> QuotaStore:
        return open_store(store) if isinstance(store, str) else store

    name = quota.account or account
    return SharedWindows(opened, app, digest(f"account {name}") if name else None)


def digest(text: str) -> str:
    """A name that tells nothing of what it stands for."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


registry = Registry()
