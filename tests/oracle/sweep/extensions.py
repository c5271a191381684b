"""Good requests for what apps add to the CRM, for currencies and deal splits; and those for all the rest."""

from __future__ import annotations

from typing import Any

from tests.oracle.sweep import samples
from tests.oracle.sweep.samples import Builder, Sample, World

CALLING, CARDS = "/crm/v3/extensions/calling", "/crm/v3/extensions/cards-dev"
VIDEO, FLAGS = "/crm/v3/extensions/videoconferencing/settings", "/feature-flags/v3"
TIMELINE, RATES = "/integrators/timeline/v3", "/settings/v3/currencies/exchange-rates"
PHONE = {
    "name": "Telephone",
    "url": "https://phone.example.com/widget",
    "height": 600,
    "width": 400,
    "isReady": True,
    "supportsCustomObjects": True,
    "supportsInboundCalling": False,
    "usesCallingWindow": True,
    "usesRemote": False,
}
CHANNEL = {"url": "https://phone.example.com/channel", "isReady": True}
RECORDING = {"urlToRetrieveAuthedRecording": "https://phone.example.com/recordings"}
MEETINGS = {"createMeetingUrl": "https://video.example.com/meetings"}
CARD = {
    "title": "Orders",
    "fetch": {
        "targetUrl": "https://cards.example.com/orders",
        "objectTypes": [{"name": "contacts", "propertiesToSend": ["email"]}],
    },
    "display": {"properties": [{"name": "total", "label": "Total", "dataType": "NUMERIC", "options": []}]},
    "actions": {"baseUrls": ["https://cards.example.com/actions"]},
}
TOKEN = {"name": "seconds", "label": "Seconds", "type": "number", "options": []}
TEMPLATE = {
    "name": "Video watched",
    "objectType": "contacts",
    "headerTemplate": "{{seconds}} seconds",
    "detailTemplate": "For {{seconds}} seconds",
    "tokens": [TOKEN],
}


def app(world: World, **more: str) -> dict[str, str]:
    return {"appId": str(world.account.app_id), **more}


def kept(path: str, body: dict[str, Any], *, verb: str = "POST", sends: Any = None) -> Builder:
    """With what the path keeps of an app set up before."""

    def build(world: World, kind: str) -> Sample:
        # An app has one set of them: each request has an app of its own, whoever deletes what.
        number = world.call("POST", "/_emulator/apps", {"name": world.word("app")})["app_id"]
        path_of_app = path.format(appId=number)
        world.call(verb, f"{path_of_app}?hapikey={world.account.developer_api_key}", body)
        return Sample({"appId": str(number)}, body=sends)

    return build


def card(world: World, kind: str) -> Sample:
    places = app(world)
    made = world.call("POST", f"{CARDS}/{places['appId']}", CARD)
    return Sample({**places, "cardId": made["id"]}, body={"title": "Parcels"})


def flag(*, sends: Any = None) -> Builder:
    def build(world: World, kind: str) -> Sample:
        places = app(world, flagName=world.word("flag"), portalId=str(world.account.portal_id))
        path = f"{FLAGS}/{places['appId']}/flags/{places['flagName']}"
        world.call("PUT", path, {"defaultState": "OFF"})
        world.call("PUT", f"{path}/portals/{places['portalId']}", {"flagState": "ON"})
        return Sample(places, body=sends)

    return build


def template(*, sends: Any = None) -> Builder:
    def build(world: World, kind: str) -> Sample:
        places = app(world, tokenName="seconds")
        made = world.call("POST", f"{TIMELINE}/{places['appId']}/event-templates", TEMPLATE)
        body = {**sends, "id": made["id"]} if sends and "id" in sends else sends
        return Sample({**places, "eventTemplateId": made["id"]}, body=body)

    return build


def wish(world: World) -> dict[str, Any]:
    made = world.call("POST", f"{TIMELINE}/{world.account.app_id}/event-templates", TEMPLATE)
    return {
        "eventTemplateId": made["id"],
        "id": world.word("event"),
        "email": f"{world.word('watcher')}@example.com",
        "tokens": {"seconds": "40"},
    }


def occurrence(world: World) -> dict[str, Any]:
    """By the name of its kind: HubSpot takes the symbol of a project too."""
    name = world.word("seen")
    world.call("POST", f"{TIMELINE}/{world.account.app_id}/event-templates", {**TEMPLATE, "name": name})
    wanted = wish(world)
    return {
        "eventTypeName": name,
        "id": wanted["id"],
        "email": wanted["email"],
        "properties": wanted["tokens"],
    }


def symbol(world: World, kind: str) -> Sample:
    name = occurrence(world)["eventTypeName"]
    return Sample(body={"projectName": "shop", "developerSymbol": name})


def migration(world: World, kind: str) -> Sample:
    known = card(world, kind).places
    numbers = {"appCardId": 1, "legacyCrmCardId": int(known["cardId"]), "allowDuplicateAppCardIds": False}
    return Sample({"appId": known["appId"]}, body=numbers)


def event(world: World, kind: str) -> Sample:
    made = world.call("POST", f"{TIMELINE}/events", wish(world))
    return Sample({"eventTemplateId": made["eventTemplateId"], "eventId": made["id"]})


def call_of(world: World) -> int:
    return int(world.record("calls"))


def words(world: World) -> dict[str, Any]:
    said = {
        "speaker": {"id": "1", "name": "Ada", "email": "ada@example.com"},
        "text": "Hello",
        "languageCode": "en",
        "startTimeMillis": 0,
        "endTimeMillis": 900,
    }
    return {"engagementId": call_of(world), "transcriptCreateUtterances": [said]}


def transcript(world: World, kind: str) -> Sample:
    made = world.call("POST", f"{CALLING}/transcripts", words(world))
    return Sample({"transcriptId": made["id"]})


def inbound(world: World, kind: str) -> Sample:
    number = {"e164Number": "+15550001234", "phoneNumberType": "MOBILE"}
    body = {
        "externalCallId": world.word("call"),
        "finalCallStatus": "COMPLETED",
        "fromNumber": number,
        "toNumber": {**number, "e164Number": "+15550005678"},
        "createEngagement": True,
        "engagementProperties": {"hs_call_title": "In"},
        "potentialRecipientUserIds": [],
    }
    return Sample(body=body)


def rate(*, sends: Any = None) -> Builder:
    def build(world: World, kind: str) -> Sample:
        made = world.call("POST", RATES, {"fromCurrencyCode": "EUR", "conversionRate": 1.3})
        body = {"inputs": [{"id": made["id"], **sends}]} if sends is not None else {"conversionRate": 1.4}
        return Sample({"exchangeRateId": made["id"]}, body=body)

    return build


def splits(world: World, kind: str) -> Sample:
    owner = int(world.call("GET", "/crm/v3/owners")["results"][0]["id"])
    parts = [{"ownerId": owner, "percentage": 1.0}]
    return Sample(body={"inputs": [{"id": int(world.record("deals")), "splits": parts}]})


SETTINGS, OF_APP = f"{CALLING}/{{appId}}/settings", f"{VIDEO}/{{appId}}"
ON_PORTALS = {"portalStates": [{"portalId": 7, "flagState": "ON"}]}
EXTENSIONS: dict[str, Builder] = {
    "calling.settings.read": kept(SETTINGS, PHONE),
    "calling.settings.create": lambda world, kind: Sample(app(world), body=PHONE),
    "calling.settings.update": kept(SETTINGS, PHONE, sends={"isReady": False}),
    "calling.settings.delete": kept(SETTINGS, PHONE),
    "calling.channel.read": kept(f"{SETTINGS}/channel-connection", CHANNEL),
    "calling.channel.create": lambda world, kind: Sample(app(world), body=CHANNEL),
    "calling.channel.update": kept(f"{SETTINGS}/channel-connection", CHANNEL, sends={"isReady": False}),
    "calling.channel.delete": kept(f"{SETTINGS}/channel-connection", CHANNEL),
    "calling.recording.read": kept(f"{SETTINGS}/recording", RECORDING),
    "calling.recording.create": lambda world, kind: Sample(app(world), body=RECORDING),
    "calling.recording.update": kept(f"{SETTINGS}/recording", RECORDING, sends=RECORDING),
    "calls.recording_ready": lambda world, kind: Sample(body={"engagementId": call_of(world)}),
    "calls.inbound": inbound,
    "calls.transcripts.create": lambda world, kind: Sample(body=words(world)),
    "calls.transcripts.read": transcript,
    "calls.transcripts.delete": transcript,
    "video.read": kept(OF_APP, MEETINGS, verb="PUT"),
    "video.replace": lambda world, kind: Sample(app(world), body=MEETINGS),
    "video.delete": kept(OF_APP, MEETINGS, verb="PUT"),
    "calls.connections.list": lambda world, kind: Sample(),
    "calls.connections.mine": lambda world, kind: Sample(),
    "calls.connections.batch.read": lambda world, kind: Sample(body={"inputs": [{"id": world.user()}]}),
    "account.usage_of_all": lambda world, kind: Sample(),
    "cards.list": card,
    "cards.create": lambda world, kind: Sample(app(world), body=CARD),
    "cards.read": card,
    "cards.update": card,
    "cards.delete": card,
    "cards.migrate": migration,
    "cards.sample": lambda world, kind: Sample(),
    "occurrences.create": lambda world, kind: Sample(body=occurrence(world)),
    "occurrences.batch.create": lambda world, kind: Sample(body={"inputs": [occurrence(world)]}),
    "occurrences.resolve": symbol,
    "origins.ranges": lambda world, kind: Sample(),
    "origins.ranges.simple": lambda world, kind: Sample(),
    "flags.list": flag(),
    "flags.read": flag(),
    "flags.set": flag(sends={"defaultState": "ON"}),
    "flags.delete": flag(),
    "flags.portals.list": flag(),
    "flags.portals.read": flag(),
    "flags.portals.set": flag(sends={"flagState": "OFF"}),
    "flags.portals.delete": flag(),
    "flags.portals.batch.upsert": flag(sends=ON_PORTALS),
    "flags.portals.batch.delete": flag(sends={"portalIds": [7]}),
    "templates.list": template(),
    "templates.create": lambda world, kind: Sample(app(world), body=TEMPLATE),
    "templates.read": template(),
    "templates.replace": template(sends={"id": "", "name": "Seen", "tokens": [TOKEN]}),
    "templates.delete": template(),
    "templates.tokens.create": template(sends={**TOKEN, "name": "title", "type": "string"}),
    "templates.tokens.replace": template(sends={"label": "Time", "options": []}),
    "templates.tokens.delete": template(),
    "timeline.create": lambda world, kind: Sample(body=wish(world)),
    "timeline.batch.create": lambda world, kind: Sample(body={"inputs": [wish(world)]}),
    "timeline.read": event,
    "timeline.detail": event,
    "timeline.render": event,
    "splits.read": lambda world, kind: Sample(body={"inputs": [{"id": world.record("deals")}]}),
    "splits.upsert": splits,
    "currencies.codes": lambda world, kind: Sample(),
    "currencies.company.read": lambda world, kind: Sample(),
    "currencies.company.set": lambda world, kind: Sample(body={"currencyCode": "USD"}),
    "currencies.central.read": lambda world, kind: Sample(),
    "currencies.central.unsupported": lambda world, kind: Sample(),
    "currencies.central.add": lambda world, kind: Sample(body={"currencyCode": "EUR"}),
    "currencies.rates.list": rate(),
    "currencies.rates.create": lambda world, kind: Sample(
        body={"fromCurrencyCode": "EUR", "conversionRate": 1.3}
    ),
    "currencies.rates.current": rate(),
    "currencies.rates.show": lambda world, kind: Sample(
        body={"fromCurrencyCode": "EUR", "toCurrencyCode": "USD", "visibleInUI": True}
    ),
    "currencies.rates.read": rate(),
    "currencies.rates.update": rate(),
    "currencies.rates.batch.create": lambda world, kind: Sample(
        body={"inputs": [{"fromCurrencyCode": "GBP", "conversionRate": 1.6}]}
    ),
    "currencies.rates.batch.read": rate(sends={}),
    "currencies.rates.batch.update": rate(sends={"conversionRate": 1.5}),
    "preferences.definitions": lambda world, kind: Sample(),
    "preferences.statuses": lambda world, kind: Sample(
        {"subscriberIdString": "a@example.com"}, {"channel": "EMAIL"}
    ),
    "preferences.wide": lambda world, kind: Sample(
        {"subscriberIdString": "a@example.com"}, {"channel": "EMAIL"}
    ),
    "preferences.of_email": lambda world, kind: Sample({"emailAddress": "a@example.com"}),
    "units.list": lambda world, kind: Sample({"userId": world.user()}),
    "taxes.list": lambda world, kind: Sample(),
    "taxes.read": lambda world, kind: Sample({"taxRateGroupId": "1"}),
}
SAMPLES: dict[str, Builder] = {**samples.SAMPLES, **EXTENSIONS}
