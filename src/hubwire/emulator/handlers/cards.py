"""Cards that an app shows on records: their definitions.

Shapes: HubSpot-public-api-spec-collection, CRM/Public App Crm Cards; at most 25 for an app
(https://developers.hubspot.com/docs/guides/apps/api-usage/usage-details). Nothing here fetches what a card
shows: cards are shown in HubSpot's own pages. Texts of refusals are ours.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hubwire.catalogue.load import limits
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of, url
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode

KIND = "card"
DataType = Literal["BOOLEAN", "CURRENCY", "DATE", "DATETIME", "EMAIL", "LINK", "NUMERIC", "STATUS", "STRING"]


class Choice(msgspec.Struct):
    name: str
    label: str
    type: Literal["DANGER", "DEFAULT", "INFO", "SUCCESS", "WARNING"]


class Shown(msgspec.Struct, rename="camel"):
    name: str
    label: str
    data_type: DataType
    options: list[Choice] = []


class Display(msgspec.Struct):
    properties: list[Shown] = []


class OnType(msgspec.Struct, rename="camel"):
    name: Literal["companies", "contacts", "deals", "marketing_events", "tickets"]
    properties_to_send: list[str] = []


class Migration(msgspec.Struct, rename="camel"):
    app_card_id: int
    legacy_crm_card_id: int
    allow_duplicate_app_card_ids: bool = False
    helpdesk_app_card_id: int | None = None


class Fetch(msgspec.Struct, rename="camel"):
    target_url: str
    object_types: list[OnType] = []
    card_type: str | None = None
    serverless_function: str | None = None


class FetchPatch(msgspec.Struct, rename="camel"):
    target_url: str | None = None
    object_types: list[OnType] | None = None
    card_type: str | None = None
    serverless_function: str | None = None


class Actions(msgspec.Struct, rename="camel"):
    base_urls: list[str] = []


class NewCard(msgspec.Struct):
    title: str
    fetch: Fetch
    display: Display = msgspec.field(default_factory=Display)
    actions: Actions = msgspec.field(default_factory=Actions)


class CardPatch(msgspec.Struct):
    title: str | None = None
    fetch: FetchPatch | None = None
    display: Display | None = None
    actions: Actions | None = None


class Card(msgspec.Struct, rename="camel"):
    id: str
    title: str
    fetch: Fetch
    display: Display
    actions: Actions
    audit_history: list[dict[str, Any]]
    created_at: str
    updated_at: str


def list_(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}."""
    cards = Papers(account, app_of(account, asked)).all(KIND, Card)
    return render.answer({"results": [_body(card) for card in cards.values()]})


def read(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/{cardId}."""
    return render.answer(_body(_found(account, asked)))


def create(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}."""
    app = app_of(account, asked)
    papers = Papers(account, app)
    sent = decode(asked.body, NewCard, "CardCreateRequest")
    most = limits().APP_CARDS
    if len(papers.all(KIND, Card)) >= most:
        raise refusals.validation(f"An app can have at most {most} cards")
    now = moments.text(int(asked.now * 1000))
    card = _checked(
        Card(
            papers.number("card", 100_001), sent.title, sent.fetch, sent.display, sent.actions,
            [_audit(asked, "CREATE")], now, now,
        )
    )  # fmt: skip
    papers.put(KIND, card, card.id)
    return render.answer(_body(card), 201)


def update(account: Account, asked: Asked) -> Answer:
    """PATCH …/{appId}/{cardId}: what is left out stays, inside `fetch` too."""
    before, sent = _found(account, asked), decode(asked.body, CardPatch, "CardPatchRequest")
    card = _checked(
        Card(
            before.id,
            sent.title or before.title,
            _fetch(before.fetch, sent.fetch),
            sent.display or before.display,
            sent.actions or before.actions,
            [_audit(asked, "UPDATE"), *before.audit_history],
            before.created_at,
            moments.text(int(asked.now * 1000)),
        )
    )
    Papers(account, app_of(account, asked)).put(KIND, card, card.id)
    return render.answer(_body(card))


def delete(account: Account, asked: Asked) -> Answer:
    """DELETE …/{appId}/{cardId}: for good."""
    card = _found(account, asked)
    Papers(account, app_of(account, asked)).drop(KIND, card.id)
    return Answer(204)


def migrate(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/views/migrate: the card of a project takes the old card's place at once, everywhere.

    Projects' cards are not known here, so any number is one's; the message is ours.
    """
    app, sent = app_of(account, asked), decode(asked.body, Migration, "CardMigrateViewsRequest")
    card_id = str(sent.legacy_crm_card_id)
    if Papers(account, app).find(KIND, Card, card_id) is None:
        raise refusals.nothing_there(f"No card found with ID {card_id}", context={"cardId": [card_id]})
    installed = (one.tokens.scopes_of(app.app_id) for one in account.world.accounts.values())
    now = int(asked.now * 1000)
    told = {"startedAt": now, "endedAt": now, "remainingPortalCount": 0}
    total = sum(scopes is not None for scopes in installed)
    return render.answer({"message": "The migration is complete", "totalPortalCount": total, **told})


def sample(account: Account, asked: Asked) -> Answer:
    """GET …/sample-response: what an app's address is to answer, by an example of ours."""
    del account, asked
    token = {"name": "status", "label": "Status", "dataType": "STRING", "value": "Open"}
    one = {"id": "245", "title": "A thing of the app", "tokens": [token], "actions": []}
    return render.answer({"totalCount": 1, "responseVersion": "v3", "sections": [one]})


def _found(account: Account, asked: Asked) -> Card:
    card_id = asked.places["cardId"]
    found = Papers(account, app_of(account, asked)).find(KIND, Card, card_id)
    if found is None:
        raise refusals.nothing_there(f"No card found with ID {card_id}", context={"cardId": [card_id]})
    return found


def _fetch(before: Fetch, sent: FetchPatch | None) -> Fetch:
    if sent is None:
        return before
    return Fetch(
        sent.target_url or before.target_url,
        before.object_types if sent.object_types is None else sent.object_types,
        sent.card_type or before.card_type,
        sent.serverless_function or before.serverless_function,
    )


def _checked(card: Card) -> Card:
    if not card.title.strip():
        raise refusals.validation("A card must have a title")
    if not card.fetch.object_types:
        raise refusals.validation("A card must be for one object type at least")
    url("targetUrl", card.fetch.target_url)
    for address in card.actions.base_urls:
        url("baseUrls", address)
    return card


def _audit(asked: Asked, action: str) -> dict[str, Any]:
    """Who did what; developers act with their key or with an app's token."""
    grant = asked.grant
    return {
        "actionType": action,
        "applicationId": int(asked.places["appId"]),
        "authSource": "EXTERNAL",
        "changedAt": int(asked.now * 1000),
        "initiatingUserId": grant.user_id if grant else 0,
        "objectTypeId": 0,
    }


def _body(card: Card) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(card)
    body["fetch"] = {name: body["fetch"][name] for name in ("targetUrl", "objectTypes")}
    return body


ACCOUNT_HANDLERS = {
    "cards.list": list_,
    "cards.read": read,
    "cards.create": create,
    "cards.update": update,
    "cards.delete": delete,
    "cards.migrate": migrate,
    "cards.sample": sample,
}
