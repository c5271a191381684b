"""How an app shows its telephone in HubSpot: settings of the calling extension.

Shapes: HubSpot-public-api-spec-collection, CRM/Calling Extensions. Texts of refusals are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of, changed, stamped, url
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode

FEWEST_PIXELS = 1
S = TypeVar("S", bound=msgspec.Struct)


class Settings(msgspec.Struct, rename="camel", kw_only=True):
    """What the extension's window is; sizes in pixels. What is not sent has the guide's defaults."""

    name: str
    url: str
    height: int = 600
    width: int = 400
    is_ready: bool = True
    supports_custom_objects: bool = False
    supports_inbound_calling: bool = False
    uses_calling_window: bool = True
    uses_remote: bool = False
    created_at: str = ""
    updated_at: str = ""


class SettingsPatch(msgspec.Struct, rename="camel"):
    name: str | None = None
    url: str | None = None
    height: int | None = None
    width: int | None = None
    is_ready: bool | None = None
    supports_custom_objects: bool | None = None
    supports_inbound_calling: bool | None = None
    uses_calling_window: bool | None = None
    uses_remote: bool | None = None


class Channel(msgspec.Struct, rename="camel", kw_only=True):
    url: str
    is_ready: bool
    created_at: str = ""
    updated_at: str = ""


class ChannelPatch(msgspec.Struct, rename="camel"):
    url: str | None = None
    is_ready: bool | None = None


class Recording(msgspec.Struct, rename="camel"):
    url_to_retrieve_authed_recording: str


class RecordingPatch(msgspec.Struct, rename="camel"):
    url_to_retrieve_authed_recording: str | None = None


def check_settings(sent: Settings) -> None:
    url("url", sent.url)
    for name, size in (("height", sent.height), ("width", sent.width)):
        if size < FEWEST_PIXELS:
            raise refusals.validation(f"{name} must be a number of pixels, but was {size}")


def check_channel(sent: Channel) -> None:
    url("url", sent.url)


def check_recording(sent: Recording) -> None:
    url("urlToRetrieveAuthedRecording", sent.url_to_retrieve_authed_recording)


@dataclass(frozen=True, slots=True)
class Paper(Generic[S]):
    """One kind of settings, of which an app has one or none: how they are read, made, changed and deleted."""

    key: str
    """What they are kept as, and called in refusals."""
    shape: type[S]
    patch: type[msgspec.Struct]
    sent_as: str
    """How the bodies are called in the specification: with `Request` or `PatchRequest` behind."""
    check: Callable[[S], None]
    """Refuses what cannot be."""

    def read(self, account: Account, asked: Asked) -> Answer:
        return render.answer(self._found(account, asked))

    def create(self, account: Account, asked: Asked) -> Answer:
        """Takes the place of those that the app had."""
        return self._kept(account, asked, decode(asked.body, self.shape, f"{self.sent_as}Request"))

    def update(self, account: Account, asked: Asked) -> Answer:
        before = self._found(account, asked)
        sent = decode(asked.body, self.patch, f"{self.sent_as}PatchRequest")
        return self._kept(account, asked, changed(before, sent))

    def delete(self, account: Account, asked: Asked) -> Answer:
        """204, whether the app had any or not."""
        Papers(account, app_of(account, asked)).drop(self.key)
        return Answer(204)

    def _found(self, account: Account, asked: Asked) -> S:
        found = Papers(account, app_of(account, asked)).find(self.key, self.shape)
        if found is None:
            app_id = asked.places["appId"]
            said = f"No {self.key} settings found for app {app_id}"
            raise refusals.nothing_there(said, context={"appId": [app_id]})
        return found

    def _kept(self, account: Account, asked: Asked, value: S) -> Answer:
        self.check(value)
        value = stamped(value, asked) if hasattr(value, "created_at") else value
        Papers(account, app_of(account, asked)).put(self.key, value)
        return render.answer(value)


SETTINGS = Paper("calling", Settings, SettingsPatch, "Settings", check_settings)
CHANNEL = Paper("calling channel", Channel, ChannelPatch, "ChannelConnectionSettings", check_channel)
RECORDING = Paper("calling recording", Recording, RecordingPatch, "RecordingSettings", check_recording)

ACCOUNT_HANDLERS = {
    "calling.settings.read": SETTINGS.read,
    "calling.settings.create": SETTINGS.create,
    "calling.settings.update": SETTINGS.update,
    "calling.settings.delete": SETTINGS.delete,
    "calling.channel.read": CHANNEL.read,
    "calling.channel.create": CHANNEL.create,
    "calling.channel.update": CHANNEL.update,
    "calling.channel.delete": CHANNEL.delete,
    "calling.recording.read": RECORDING.read,
    "calling.recording.create": RECORDING.create,
    "calling.recording.update": RECORDING.update,
}
