"""Templates of timeline events, and their tokens: what a developer sets up for an app.

https://developers.hubspot.com/docs/api/crm/timeline. Texts of refusals are ours.
"""

from __future__ import annotations

import msgspec

from hubwire.catalogue.load import limits
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode
from hubwire.emulator.timeline import TYPES, Choice, Template, Token, check_token, without_nulls

KIND, FIRST = "event template", 1_001_298
CUSTOM = "2-"


class NewTemplate(msgspec.Struct, rename="camel"):
    name: str
    object_type: str = "contacts"
    tokens: list[Token] = []
    header_template: str | None = None
    detail_template: str | None = None


class TemplateChange(msgspec.Struct, rename="camel"):
    name: str
    tokens: list[Token] = []
    header_template: str | None = None
    detail_template: str | None = None


class TokenChange(msgspec.Struct, rename="camel"):
    label: str
    options: list[Choice] = []
    object_property_name: str | None = None


def list_(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/event-templates."""
    templates = Papers(account, app_of(account, asked)).all(KIND, Template)
    return render.answer({"results": [template.body() for template in templates.values()]})


def read(account: Account, asked: Asked) -> Answer:
    """GET …/event-templates/{eventTemplateId}."""
    return render.answer(_found(account, asked).body())


def create(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/event-templates: 201."""
    app = app_of(account, asked)
    papers = Papers(account, app)
    sent = decode(asked.body, NewTemplate, "TimelineEventTemplateCreateRequest")
    most = limits().TIMELINE_TEMPLATES
    if len(papers.all(KIND, Template)) >= most:
        raise refusals.validation(f"An app can have at most {most} event templates")
    if sent.object_type not in TYPES and not sent.object_type.startswith(CUSTOM):
        raise refusals.validation(
            f"{sent.object_type} was not one of the allowed options: [{', '.join(TYPES)}]",
            context={"objectType": [sent.object_type]},
        )
    now = _now(asked)
    template = Template(
        id=_number(account),
        name=sent.name,
        object_type=sent.object_type,
        tokens=_tokens(sent.tokens, [], now),
        created_at=now,
        updated_at=now,
        header_template=sent.header_template,
        detail_template=sent.detail_template,
        app_id=app.app_id,
    )
    papers.put(KIND, template, template.id)
    return render.answer(template.body(), 201)


def replace(account: Account, asked: Asked) -> Answer:
    """PUT …/event-templates/{eventTemplateId}: tokens and texts are those that are sent."""
    before = _found(account, asked)
    sent = decode(asked.body, TemplateChange, "TimelineEventTemplateUpdateRequest")
    after = msgspec.structs.replace(
        before,
        name=sent.name,
        tokens=_tokens(sent.tokens, before.tokens, _now(asked)),
        header_template=sent.header_template,
        detail_template=sent.detail_template,
    )
    return render.answer(_kept(account, asked, after).body())


def delete(account: Account, asked: Asked) -> Answer:
    """DELETE …/event-templates/{eventTemplateId}."""
    template = _found(account, asked)
    Papers(account, app_of(account, asked)).drop(KIND, template.id)
    return Answer(204)


def create_token(account: Account, asked: Asked) -> Answer:
    """POST …/tokens: 200 with the token."""
    before = _found(account, asked)
    sent = decode(asked.body, Token, "TimelineEventTemplateToken")
    if before.token(sent.name):
        raise refusals.validation(f"Token {sent.name} exists already", context={"name": [sent.name]})
    _kept(account, asked, _with(before, _tokens([sent], [], _now(asked))))
    return _told(_found(account, asked), sent.name)


def replace_token(account: Account, asked: Asked) -> Answer:
    """PUT …/tokens/{tokenName}: its type and name stay."""
    before, name = _found(account, asked), asked.places["tokenName"]
    old = _token(before, name)
    sent = decode(asked.body, TokenChange, "TimelineEventTemplateTokenUpdateRequest")
    changed = msgspec.structs.replace(
        old,
        label=sent.label,
        options=sent.options,
        object_property_name=sent.object_property_name,
        updated_at=_now(asked),
    )
    check_token(changed)
    tokens = [changed if token is old else token for token in before.tokens]
    after = _kept(account, asked, msgspec.structs.replace(before, tokens=tokens))
    return _told(after, name)


def delete_token(account: Account, asked: Asked) -> Answer:
    """DELETE …/tokens/{tokenName}."""
    before = _found(account, asked)
    gone = _token(before, asked.places["tokenName"])
    tokens = [token for token in before.tokens if token is not gone]
    _kept(account, asked, msgspec.structs.replace(before, tokens=tokens))
    return Answer(204)


def _found(account: Account, asked: Asked) -> Template:
    number = asked.places["eventTemplateId"]
    found = Papers(account, app_of(account, asked)).find(KIND, Template, number)
    if found is None:
        raise refusals.nothing_there(
            f"No event template found with ID {number}", context={"eventTemplateId": [number]}
        )
    return found


def _token(template: Template, name: str) -> Token:
    found = template.token(name)
    if found is None:
        raise refusals.nothing_there(f"No token found with name {name}", context={"tokenName": [name]})
    return found


def _kept(account: Account, asked: Asked, template: Template) -> Template:
    template = msgspec.structs.replace(template, updated_at=_now(asked))
    Papers(account, app_of(account, asked)).put(KIND, template, template.id)
    return template


def _tokens(sent: list[Token], before: list[Token], now: str) -> list[Token]:
    names = [token.name for token in sent]
    if twice := [name for name in names if names.count(name) > 1]:
        raise refusals.validation(f"Token {twice[0]} is there twice", context={"name": [twice[0]]})
    born = {token.name: token.created_at for token in before}
    return [
        msgspec.structs.replace(check_token(token), created_at=born.get(token.name) or now, updated_at=now)
        for token in sent
    ]


def _with(template: Template, more: list[Token]) -> Template:
    return msgspec.structs.replace(template, tokens=[*template.tokens, *more])


def _told(template: Template, name: str) -> Answer:
    return render.answer(without_nulls(msgspec.to_builtins(_token(template, name))))


def _number(account: Account) -> str:
    """Ids of templates are good in all apps."""
    return Papers(account, account.world.apps.built_in).number(KIND, FIRST)


def _now(asked: Asked) -> str:
    return moments.text(int(asked.now * 1000))


ACCOUNT_HANDLERS = {
    "templates.list": list_,
    "templates.create": create,
    "templates.read": read,
    "templates.replace": replace,
    "templates.delete": delete,
    "templates.tokens.create": create_token,
    "templates.tokens.replace": replace_token,
    "templates.tokens.delete": delete_token,
}
