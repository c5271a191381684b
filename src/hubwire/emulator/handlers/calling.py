"""How an app shows its telephone in HubSpot: settings of the calling extension.

Shapes: HubSpot-public-api-spec-collection, CRM/Calling Extensions. Texts of refusals are ours.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of, changed, stamped, url
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode

SETTINGS, CHANNEL, RECORDING = "calling", "calling channel", "calling recording"
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


def read_settings(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/settings."""
    return render.answer(_found(_papers(account, asked), SETTINGS, Settings, asked))


def create_settings(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/settings: there is one set of them, which another one replaces."""
    sent = decode(asked.body, Settings, "SettingsRequest")
    return _kept(account, asked, SETTINGS, stamped(_checked(sent), asked))


def update_settings(account: Account, asked: Asked) -> Answer:
    """PATCH …/{appId}/settings."""
    before = _found(_papers(account, asked), SETTINGS, Settings, asked)
    sent = decode(asked.body, SettingsPatch, "SettingsPatchRequest")
    return _kept(account, asked, SETTINGS, stamped(_checked(changed(before, sent)), asked))


def delete_settings(account: Account, asked: Asked) -> Answer:
    """DELETE …/{appId}/settings."""
    _papers(account, asked).drop(SETTINGS)
    return Answer(204)


def read_channel(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/settings/channel-connection."""
    return render.answer(_found(_papers(account, asked), CHANNEL, Channel, asked))


def create_channel(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/settings/channel-connection."""
    sent = decode(asked.body, Channel, "ChannelConnectionSettingsRequest")
    url("url", sent.url)
    return _kept(account, asked, CHANNEL, stamped(sent, asked))


def update_channel(account: Account, asked: Asked) -> Answer:
    """PATCH …/{appId}/settings/channel-connection."""
    before = _found(_papers(account, asked), CHANNEL, Channel, asked)
    after = changed(before, decode(asked.body, ChannelPatch, "ChannelConnectionSettingsPatchRequest"))
    url("url", after.url)
    return _kept(account, asked, CHANNEL, stamped(after, asked))


def delete_channel(account: Account, asked: Asked) -> Answer:
    """DELETE …/{appId}/settings/channel-connection."""
    _papers(account, asked).drop(CHANNEL)
    return Answer(204)


def read_recording(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/settings/recording."""
    return render.answer(_found(_papers(account, asked), RECORDING, Recording, asked))


def create_recording(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/settings/recording."""
    sent = decode(asked.body, Recording, "RecordingSettingsRequest")
    url("urlToRetrieveAuthedRecording", sent.url_to_retrieve_authed_recording)
    return _kept(account, asked, RECORDING, sent)


def update_recording(account: Account, asked: Asked) -> Answer:
    """PATCH …/{appId}/settings/recording."""
    before = _found(_papers(account, asked), RECORDING, Recording, asked)
    after = changed(before, decode(asked.body, RecordingPatch, "RecordingSettingsPatchRequest"))
    url("urlToRetrieveAuthedRecording", after.url_to_retrieve_authed_recording)
    return _kept(account, asked, RECORDING, after)


def _papers(account: Account, asked: Asked) -> Papers:
    return Papers(account, app_of(account, asked))


def _found(papers: Papers, kind: str, shape: type[S], asked: Asked) -> S:
    found = papers.find(kind, shape)
    if found is None:
        app_id = asked.places["appId"]
        raise refusals.nothing_there(
            f"No {kind} settings found for app {app_id}", context={"appId": [app_id]}
        )
    return found


def _kept(account: Account, asked: Asked, kind: str, value: msgspec.Struct) -> Answer:
    _papers(account, asked).put(kind, value)
    return render.answer(value)


def _checked(sent: Settings) -> Settings:
    url("url", sent.url)
    for name, size in (("height", sent.height), ("width", sent.width)):
        if size < FEWEST_PIXELS:
            raise refusals.validation(f"{name} must be a number of pixels, but was {size}")
    return sent


ACCOUNT_HANDLERS = {
    "calling.settings.read": read_settings,
    "calling.settings.create": create_settings,
    "calling.settings.update": update_settings,
    "calling.settings.delete": delete_settings,
    "calling.channel.read": read_channel,
    "calling.channel.create": create_channel,
    "calling.channel.update": update_channel,
    "calling.channel.delete": delete_channel,
    "calling.recording.read": read_recording,
    "calling.recording.create": create_recording,
    "calling.recording.update": update_recording,
}
