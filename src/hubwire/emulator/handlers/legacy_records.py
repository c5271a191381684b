"""Companies v2, deals v1, and tickets, products and line items as `crm-objects/v1` spells them.

https://developers.hubspot.com/docs/api-reference/legacy/crm/objects; answers recorded in
https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes: Hubspot_Company_*, deal_*).
Paging as https://github.com/singer-io/tap-hubspot (tap_hubspot/__init__.py) follows it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import legacy, refusals, render
from hubwire.emulator.associations import End
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import record_id, writable, write
from hubwire.emulator.legacy import COMPANY, CONTACT, DEAL, TICKET, Shown
from hubwire.emulator.planner import find
from hubwire.emulator.portal import Archive, Change, Link, NewLink, Portal, Unlink
from hubwire.emulator.privacy import legacy_record
from hubwire.emulator.records import Record
from hubwire.emulator.search import wanted
from hubwire.emulator.shapes import Filter, SearchBody, decode

KINDS = {"legacy.companies": "companies", "legacy.deals": "deals"}
OFFSETS = {"companies": "has-more", "deals": "hasMore"}
DEAL_LINKS = {
    "associatedVids": CONTACT,
    "associatedCompanyIds": COMPANY,
    "associatedDealIds": DEAL,
    "associatedTicketIds": TICKET,
}


class ByDomain(msgspec.Struct):
    """The body of a search by domain."""

    limit: int = 100
    offset: dict[str, Any] | None = None
    requestOptions: dict[str, list[str]] | None = None


def told(
    portal: Portal, asked: Asked, kind: ObjectType, record: Record, shown: Shown, *, links: bool = True
) -> dict[str, Any]:
    """One record in the form of its type."""
    properties = legacy.entity(portal, kind, legacy_record(portal, kind, record), shown)
    if kind.id == COMPANY:
        return {
            "portalId": portal.portal_id,
            "companyId": record.id,
            "isDeleted": False,
            "properties": properties,
            "additionalDomains": [],
            "stateChanges": [],
            "mergeAudits": [],
        }
    if kind.id == DEAL:
        ids = {
            name: legacy.linked(portal, kind, record.id, other) if links else []
            for name, other in DEAL_LINKS.items()
        }
        return {
            "portalId": portal.portal_id,
            "dealId": record.id,
            "isDeleted": False,
            "associations": ids,
            "properties": properties,
            "imports": [],
            "stateChanges": [],
        }
    return {
        "objectType": kind.upper,
        "portalId": portal.portal_id,
        "objectId": record.id,
        "properties": properties,
        "version": 1,
        "isDeleted": False,
    }


def kind_of(portal: Portal, asked: Asked) -> ObjectType:
    """From the path, or from the family of the operation."""
    family = (asked.endpoint.op if asked.endpoint else "").rpartition(".")[0]
    return portal.kind(KINDS.get(family) or asked.places["objectType"])


def list_all(portal: Portal, asked: Asked) -> Answer:
    """By ascending id; `offset` is the last one told. Without `properties` none are shown."""
    kind = kind_of(portal, asked)
    shown = Shown.asked(asked)
    size = legacy.count(
        asked, "limit", 100, asked.endpoint.limit if asked.endpoint and asked.endpoint.limit else 100
    )
    records, more = legacy.after(portal, kind, legacy.start(asked, "offset"), size)
    links = kind.id != DEAL or asked.flag("includeAssociations")
    return render.answer(
        {
            kind.name if kind.id in (COMPANY, DEAL) else "objects": [
                told(portal, asked, kind, record, shown, links=links) for record in records
            ],
            OFFSETS.get(kind.name, "hasMore"): more,
            "offset": records[-1].id if records else 0,
        }
    )


def recent(column: str, portal: Portal, asked: Asked) -> Answer:
    """Newest first; `offset` counts. HubSpot's own end after 30 days or 10,000 records is not drawn."""
    kind = kind_of(portal, asked)
    size, offset = legacy.count(asked, "count", 20, 100), legacy.start(asked, "offset")
    records, total = legacy.latest(
        portal, kind, column, since=legacy.start(asked, "since"), offset=offset, size=size
    )
    shown = Shown(None, None) if asked.flag("includePropertyVersions") else legacy.ALL
    reached = offset + len(records)
    return render.answer(
        {
            "results": [told(portal, asked, kind, record, shown) for record in records],
            "hasMore": reached < total,
            "offset": reached,
            "total": total,
        }
    )


def by_domain(portal: Portal, asked: Asked) -> Answer:
    """Companies with the domain, by id."""
    # github.com/MadKudu/node-hubspot sends no body.
    kind, body = portal.kind(COMPANY), decode(asked.body.strip() or b"{}", ByDomain, "DomainSearchRequest")
    item = Filter(propertyName="domain", operator="EQ", value=asked.places["domain"])
    first = record_id((body.offset or {}).get("companyId") or 0) or 0
    ids = sorted(find(portal, kind, wanted(portal, kind, SearchBody(filters=[item])), 10_000).ids)
    rest = [number for number in ids if number > first]
    size = max(1, min(body.limit, 100))
    records = portal.table(kind).in_order(rest[:size])
    shown = Shown(frozenset((body.requestOptions or {}).get("properties", ())))
    return render.answer(
        {
            "results": [told(portal, asked, kind, record, shown) for record in records],
            "hasMore": len(rest) > size,
            "offset": {"companyId": records[-1].id if records else 0, "isPrimary": True},
        }
    )


def read(portal: Portal, asked: Asked) -> Answer:
    """Companies and deals with everything that is set; the others with the properties asked for."""
    kind = kind_of(portal, asked)
    record = legacy.live(portal, kind, asked.places["id"])
    if record is None:
        raise Refusal(404, "resource not found")
    whole = Shown(None, None) if asked.flag("includePropertyVersions") else legacy.ALL
    shown = whole if kind.id in (COMPANY, DEAL) else Shown.asked(asked)
    return render.answer(told(portal, asked, kind, record, shown))


def create(portal: Portal, asked: Asked) -> Answer:
    """200 with the whole record. A deal may bring its associations; those with nobody are named, not refused.

    Recorded: hubspot-ruby, deal_find_by_company.yml and destroy_deal.yml.
    """
    kind = writable(kind_of(portal, asked), asked)
    body = _body(kind, asked)
    links: list[NewLink] = []
    failures: list[dict[str, Any]] = []
    for name, ids in (body.associations or {}).items():
        other = DEAL_LINKS.get(name)
        for given in ids if other else ():
            target = portal.kind(other or "")
            found = legacy.live(portal, target, given)
            default = portal.relations.default(kind.id, target.id)
            if found is not None:
                links.append(NewLink(End(target.id, found.id), (default,) if default else ()))
            else:
                failures.append(_failure(target, given, default.id if default else None))
    record = legacy.create(portal, asked, kind, legacy.values_of(body.properties), tuple(links))
    made = told(portal, asked, kind, record, legacy.ALL)
    for failure in failures:
        failure["association"]["fromObjectId"] = record.id
    if failures:
        made["associationCreateFailures"] = failures
    return render.answer(made)


def _failure(target: ObjectType, given: Any, type_id: int | None) -> dict[str, Any]:
    """An association that a new deal did not get."""
    return {
        "association": {
            "fromObjectId": None,
            "toObjectId": given,
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": type_id,
            "timestamp": None,
        },
        "failReason": "INVALID_OBJECT_IDS",
        "message": f"{target.upper}={given} is not valid",
    }


def update(portal: Portal, asked: Asked) -> Answer:
    """200 with the whole record."""
    kind = writable(kind_of(portal, asked), asked)
    body = _body(kind, asked)
    record = legacy.there(portal, kind, asked.places["id"])
    changed = legacy.update(portal, asked, kind, record, legacy.values_of(body.properties))
    return render.answer(told(portal, asked, kind, changed, legacy.ALL))


def archive(portal: Portal, asked: Asked) -> Answer:
    """A company says so; the others answer 204."""
    kind = writable(kind_of(portal, asked), asked)
    record = legacy.there(portal, kind, asked.places["id"])
    write(portal, asked, [Archive(kind, [record.id])])
    return render.answer({"companyId": record.id, "deleted": True}) if kind.id == COMPANY else Answer(204)


def _body(kind: ObjectType, asked: Asked) -> legacy.Body:
    if kind.id in (COMPANY, DEAL):
        return decode(asked.body, legacy.Body, kind.singular.capitalize())
    return legacy.Body(decode(asked.body, list[legacy.Value], kind.singular.capitalize()))


# Associations


def vids(portal: Portal, asked: Asked) -> Answer:
    """The contacts of a company, by id."""
    ids, more = _contacts(portal, asked)
    return render.answer({"vids": ids, "vidOffset": ids[-1] if ids else 0, "hasMore": more})


def contacts(portal: Portal, asked: Asked) -> Answer:
    """The contacts of a company with some properties, in a third spelling."""
    ids, more = _contacts(portal, asked)
    kind = portal.kind(CONTACT)
    lines = []
    for record in portal.table(kind).in_order(ids):
        names = ("firstname", "lastname", "company", "email", kind.modified)
        line = legacy.contact_line(portal, kind, record, names)
        values = [{"name": name, **value, "sourceVid": []} for name, value in line["properties"].items()]
        lines.append({"identities": line["identity-profiles"], "properties": values, "vid": record.id})
    return render.answer({"contacts": lines, "vidOffset": ids[-1] if ids else 0, "hasMore": more})


def _contacts(portal: Portal, asked: Asked) -> tuple[list[int], bool]:
    kind = portal.kind(COMPANY)
    record = legacy.there(portal, kind, asked.places["id"])
    first = legacy.start(asked, "vidOffset")
    ids = [number for number in legacy.linked(portal, kind, record.id, CONTACT) if number > first]
    size = legacy.count(asked, "count", 100, 100)
    return ids[:size], len(ids) > size


def link_contact(portal: Portal, asked: Asked) -> Answer:
    """200 with the company."""
    kind, company, contact = _pair(portal, asked)
    write(portal, asked, [Link(End(kind.id, company.id), End(CONTACT, contact.id))])
    return render.answer(told(portal, asked, kind, company, legacy.ALL))


def unlink_contact(portal: Portal, asked: Asked) -> Answer:
    kind, company, contact = _pair(portal, asked)
    write(portal, asked, [Unlink(End(kind.id, company.id), End(CONTACT, contact.id))])
    return Answer(204)


def _pair(portal: Portal, asked: Asked) -> tuple[ObjectType, Record, Record]:
    kind = portal.kind(COMPANY)
    return (
        kind,
        legacy.there(portal, kind, asked.places["id"]),
        legacy.there(portal, portal.kind(CONTACT), asked.places["vid"]),
    )


def deals_of(portal: Portal, asked: Asked) -> Answer:
    """Ids of the deals of a contact or company."""
    kind = portal.kind(asked.places["toObjectType"])
    record = legacy.there(portal, kind, asked.places["toId"])
    first, size = legacy.start(asked, "offset"), legacy.count(asked, "limit", 100, 100)
    ids = [number for number in legacy.linked(portal, kind, record.id, DEAL) if number > first]
    told_ids = ids[:size]
    return render.answer(
        {"results": told_ids, "hasMore": len(ids) > size, "offset": told_ids[-1] if told_ids else 0}
    )


def deals_in_full(portal: Portal, asked: Asked) -> Answer:
    """The same deals with the properties asked for."""
    kind = portal.kind(asked.places["toObjectType"])
    record = legacy.there(portal, kind, asked.places["toId"])
    first, size = legacy.start(asked, "offset"), legacy.count(asked, "limit", 100, 100)
    ids = [number for number in legacy.linked(portal, kind, record.id, DEAL) if number > first]
    deal, shown, links = portal.kind(DEAL), Shown.asked(asked), asked.flag("includeAssociations")
    deals = portal.table(deal).in_order(ids[:size])
    return render.answer(
        {
            "deals": [told(portal, asked, deal, one, shown, links=links) for one in deals],
            "hasMore": len(ids) > size,
            "offset": deals[-1].id if deals else 0,
        }
    )


def link_deal(portal: Portal, asked: Asked) -> Answer:
    """`?id=1&id=2`: several records of one type at once."""
    end, others = _deal_pairs(portal, asked)
    write(portal, asked, [Link(end, other) for other in others])
    return Answer(204)


def unlink_deal(portal: Portal, asked: Asked) -> Answer:
    end, others = _deal_pairs(portal, asked)
    write(portal, asked, [Unlink(end, other) for other in others])
    return Answer(204)


def _deal_pairs(portal: Portal, asked: Asked) -> tuple[End, list[End]]:
    kind, other = portal.kind(DEAL), portal.kind(asked.places["toObjectType"])
    record = legacy.there(portal, kind, asked.places["id"])
    return End(kind.id, record.id), [
        End(other.id, legacy.there(portal, other, given).id) for given in asked.many("id")
    ]


class Definition(msgspec.Struct):
    """An association of `crm-associations/v1`; its definition ids are the type ids of v4."""

    fromObjectId: str | int
    toObjectId: str | int
    definitionId: int
    category: str = "HUBSPOT_DEFINED"


def associate(whole: bool, gone: bool, portal: Portal, asked: Asked) -> Answer:
    """204. `whole`: the body is a list; `gone`: the associations end."""
    shape = list[Definition] if whole else Definition
    body: Any = decode(asked.body, shape, "Association")
    items: list[Definition] = body if whole else [body]
    if len(items) > 100:
        raise refusals.batch_too_large(100)
    changes: list[Change] = []
    for item in items:
        known = portal.relations.type(item.category, item.definitionId)
        if known is None:
            raise refusals.validation(f"{item.definitionId} is not a valid association definition")
        source, other = portal.kind(known.from_type), portal.kind(known.to_type)
        end, to = record_id(item.fromObjectId), record_id(item.toObjectId)
        if not gone:
            end = legacy.there(portal, source, str(item.fromObjectId)).id
            to = legacy.there(portal, other, str(item.toObjectId)).id
        if end is not None and to is not None:
            pair = End(source.id, end), End(other.id, to)
            changes.append(Unlink(*pair, (known,)) if gone else Link(*pair, (known,)))
    write(portal, asked, changes)
    return Answer(204)


def associated(portal: Portal, asked: Asked) -> Answer:
    """Ids of the records that one is associated with in the sense of a definition."""
    number = asked.places["definitionId"]
    known = portal.relations.type("HUBSPOT_DEFINED", int(number)) if record_id(number) is not None else None
    if known is None:
        raise refusals.validation(f"{number} is not a valid association definition")
    kind = portal.kind(known.from_type)
    record = legacy.there(portal, kind, asked.places["id"])
    edges = portal.edges.of(End(kind.id, record.id), known.to_type)
    live = portal.table(portal.kind(known.to_type)).existing(
        {edge.to for edge in edges if edge.type.id == known.id}
    )
    first, size = legacy.start(asked, "offset"), legacy.count(asked, "limit", 100, 100)
    ids = sorted(number for number in live if number > first)
    told_ids = ids[:size]
    return render.answer(
        {"results": told_ids, "hasMore": len(ids) > size, "offset": told_ids[-1] if told_ids else 0}
    )


HANDLERS = {
    **{
        f"{family}.{word}": handler
        for family in ("legacy.companies", "legacy.deals", "legacy.objects")
        for word, handler in (
            ("list", list_all),
            ("create", create),
            ("read", read),
            ("update", update),
            ("archive", archive),
            ("recent", partial(recent, "updated")),
            ("newest", partial(recent, "created")),
        )
        if family != "legacy.objects" or word not in ("recent", "newest")
    },
    "legacy.companies.by_domain": by_domain,
    "legacy.companies.vids": vids,
    "legacy.companies.contacts": contacts,
    "legacy.companies.link": link_contact,
    "legacy.companies.unlink": unlink_contact,
    "legacy.deals.associated": deals_of,
    "legacy.deals.associated_paged": deals_in_full,
    "legacy.deals.link": link_deal,
    "legacy.deals.unlink": unlink_deal,
    "legacy.associations.create": partial(associate, False, False),
    "legacy.associations.create_batch": partial(associate, True, False),
    "legacy.associations.delete": partial(associate, False, True),
    "legacy.associations.delete_batch": partial(associate, True, True),
    "legacy.associations.list": associated,
}
