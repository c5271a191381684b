"""HubSpot's own association types: ids, labels, names, and what the other side then shows.

Ids, and which of them are labelled, are the associations guide's as scraped on 2026-04-13
(https://developers.hubspot.com/docs/guides/crm/associations/associate-records); call and meeting are in
hubspot-api-client 12.0.0. Names follow the recorded ones (contact_to_company, contact_to_company_unlabeled,
billing_contact_to_company): of a pair with a primary type, the primary one has the plain name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from tests.contract.crm import account, create, put_in
from tests.contract.edge import Caller

PLAIN = {
    "company": "company 450; contact 280; deal 342; ticket 340; call 181; email 185; lead 611; "
    "meeting 187; "
    "note 189; task 191; communication 88; postal_mail 460; invoice 180; order 935; "
    "commerce_payment 390; quote 72; subscription 298; appointment 909; course 939; listing 885; "
    "service 793; feedback_submission 929; project 1237",
    "contact": "contact 449; company 279; deal 4; ticket 15; call 193; email 197; meeting 199; note 201; "
    "task 203; communication 82; postal_mail 454; cart 587; order 508; invoice 178; "
    "commerce_payment 388; subscription 296; appointment 907; course 861; listing 883; service 799; "
    "feedback_submission 97; project 1243; lead 609; quote 70",
    "deal": "deal 451; contact 3; company 341; ticket 27; call 205; lead 1038; email 209; "
    "goal_target 1357; "
    "meeting 211; note 213; task 215; communication 86; postal_mail 458; line_item 19; cart 1346; "
    "invoice 176; order 511; commerce_payment 392; quote 63; subscription 300; appointment 945; "
    "course 863; listing 887; service 795; feedback_submission 985; project 1239; deal_split 313",
    "deal_split": "deal 314",
    "ticket": "ticket 452; contact 16; company 339; deal 28; call 219; email 223; meeting 225; note 227; "
    "task 229; communication 84; postal_mail 456; order 526; appointment 947; course 941; "
    "listing 943; service 797; subscription 1122; commerce_payment 1355; feedback_submission 99; "
    "project 1241",
    "lead": "contact 608; company 610; deal 1037; call 596; email 598; meeting 600; note 854; task 646; "
    "communication 602; feedback_submission 1162",
    "appointment": "contact 906; company 908; deal 944; ticket 946; call 912; email 916; "
    "meeting 918; note 920; "
    "task 922; communication 924; postal_mail 926; project 1325",
    "goal_target": "deal 1356",
    "course": "contact 860; company 938; deal 862; ticket 940; call 866; email 870; meeting 872; note 874; "
    "task 876; communication 878; postal_mail 880; project 1323",
    "listing": "contact 882; company 884; deal 886; ticket 942; call 890; email 894; meeting 896; "
    "note 898; "
    "task 900; communication 902; postal_mail 904; project 1321",
    "service": "contact 798; company 792; deal 794; ticket 796; call 840; email 842; meeting 838; "
    "note 836; "
    "task 852; communication 846; postal_mail 848; project 1245",
    "call": "appointment 913; company 182; contact 194; deal 206; feedback_submission 1156; lead 597; "
    "order 773; course 867; listing 891; project 1258; service 841; ticket 220",
    "email": "appointment 917; company 186; contact 198; course 871; deal 210; order 777; listing 895; "
    "project 1260; service 843; ticket 224",
    "feedback_submission": "contact 98; company 928; deal 984; ticket 100; call 1155; cart 1157; "
    "subscription 1173; "
    "invoice 1159; lead 1161; order 1167; quote 1171; commerce_payment 1169",
    "meeting": "contact 200; company 188; deal 212; ticket 226; lead 601; order 769; appointment 919; "
    "course 873; listing 897; service 839",
    "note": "contact 202; company 190; deal 214; ticket 228; lead 855; order 765; appointment 921; "
    "course 875; listing 899; service 837; project 1249",
    "postal_mail": "contact 453; company 459; deal 457; ticket 455; appointment 927; course 881; "
    "listing 905; "
    "order 788; service 849; project 1264",
    "task": "contact 204; company 192; deal 216; ticket 230; lead 647; quote 218; order 727; "
    "appointment 923; course 877; listing 901; service 853; project 1247",
    "communication": "contact 81; company 87; deal 85; ticket 83; lead 603; order 785; "
    "appointment 925; course 879; "
    "listing 903; service 847; project 1282",
    "invoice": "contact 177; company 179; deal 175; quote 407; subscription 622; order 517; ticket 986; "
    "line_item 409; discount 411; fee 413; tax 415; commerce_payment 541; feedback_submission 1160",
    "commerce_payment": "company 389; contact 387; deal 391; discount 428; fee 1326; "
    "feedback_submission 1170; "
    "invoice 542; line_item 395; order 524; quote 397; subscription 393; ticket 1354",
    "quote": "contact 69; company 71; deal 64; line_item 67; discount 362; fee 364; tax 366; task 217; "
    "cart 733; invoice 408; order 731; commerce_payment 398; subscription 304; "
    "feedback_submission 1172",
    "line_item": "cart 591; commerce_payment 396; deal 20; discount 368; invoice 410; order 514; "
    "project 1345; "
    "quote 68; subscription 302",
    "order": "call 772; cart 593; contact 507; communication 784; company 934; deal 512; discount 519; "
    "email 776; feedback_submission 1168; invoice 518; line_item 513; meeting 768; note 764; "
    "commerce_payment 523; postal_mail 789; quote 730; subscription 516; task 726; ticket 525",
    "cart": "contact 586; deal 1347; discount 588; line_item 590; order 592; quote 732; task 728; "
    "ticket 594; feedback_submission 1158",
    "discount": "deal 369; quote 361; invoice 412; order 520; cart 589; line_item 367",
    "fee": "commerce_payment 1327; quote 363; invoice 414",
    "subscription": "contact 295; company 297; deal 299; ticket 1121; invoice 623; line_item 301; "
    "quote 303; "
    "order 515; feedback_submission 1174",
    "tax": "quote 365; invoice 416",
    "project": "appointment 1324; call 1257; communication 1281; company 1236; contact 1242; course 1322; "
    "deal 1238; email 1259; listing 1320; marketing_event 1250; meeting 1255; note 1248; "
    "postal_mail 1263; project 1254; service 1244; task 1246; ticket 1240",
}
"""From-side → to-side and id of the unlabeled type."""
GUESSED = {
    "deal": "discount 370",
    "ticket": "invoice 987; cart 595",
    "task": "cart 729",
    "meeting": "project 1256",
    "email": "lead 599",
    "marketing_event": "project 1251",
    "subscription": "commerce_payment 394",
    "discount": "commerce_payment 427",
    "project": "line_item 1344",
}
"""Where the guide gives the id of one direction only, the other is taken to be the neighbouring number."""
CLIENT = {"call": "meeting 399", "meeting": "call 400"}
"""In the official client's enumeration only."""
LABELLED = [
    (1, "contact", "company", "contact_to_company", 2, "Primary"),
    (5, "deal", "company", "deal_to_company", 6, "Primary"),
    (26, "ticket", "company", "ticket_to_company", 25, "Primary"),
    (509, "order", "company", "order_to_company", 510, "Primary"),
    (578, "lead", "contact", "lead_to_contact", 579, "Primary"),
    (580, "lead", "company", "lead_to_company", 581, "Primary"),
    (582, "lead", "deal", "lead_to_deal", 583, "Primary"),
    (1299, "project", "company", "project_to_company", 1300, "Primary"),
    (13, "company", "company", "parent_to_child_company", 14, "Child Company"),
    (14, "company", "company", "child_to_parent_company", 13, "Parent Company"),
    (565, "line_item", "subscription", "upcoming_line_item_to_subscription", 564, "Upcoming line item"),
    (571, "line_item", "cart", "line_item_to_abandoned_cart", 570, "Abandoned cart"),
    (702, "quote", "contact", "quote_to_signer_contact", 703, "Signer contact"),
    (930, "company", "contact", "company_to_billing_contact", 931, "Billing contact"),
    (1226, "quote", "contact", "quote_to_billing_contact", 1227, "Billing contact"),
    (1334, "quote", "company", "quote_to_billing_company", 1335, "Billing company"),
]
"""Id, from-side, to-side, name, id of the other direction, label.

564, 570, 579, 581 and 1300 are neighbouring numbers too.
"""
BACK_NAMES = {
    2: "company_to_contact",
    6: "company_to_deal",
    25: "company_to_ticket",
    510: "company_to_order",
    579: "contact_to_lead",
    581: "company_to_lead",
    583: "deal_to_lead",
    1300: "company_to_project",
    564: "subscription_to_upcoming_line_item",
    570: "abandoned_cart_to_line_item",
    703: "signer_contact_to_quote",
    931: "billing_contact_to_company",
    1227: "billing_contact_to_quote",
    1335: "billing_company_to_quote",
}
"""Names of the other directions of `LABELLED`."""
SPELLINGS = sorted({*PLAIN, "marketing_event"})
Kind = tuple[int, str, str | None]
"""Id, name, label."""


def plain(source: str) -> dict[str, int]:
    told = [table[source].split("; ") for table in (PLAIN, GUESSED, CLIENT) if source in table]
    found = (entry.rsplit(" ", 1) for entry in chain.from_iterable(told))
    return {target: int(number) for target, number in found}


def labelled(source: str, target: str) -> Iterator[Kind]:
    for number, here, there, name, back, label in LABELLED:
        if (here, there) == (source, target):
            yield number, name, label
        if (there, here) == (source, target) and number not in (13, 14):
            yield back, BACK_NAMES[back], label


def expected(source: str, target: str) -> set[Kind]:
    special = set(labelled(source, target))
    number = plain(source).get(target)
    if number is None:
        return special
    name = f"{source}_to_{target}"
    return special | {(number, f"{name}_unlabeled" if any(name == one[1] for one in special) else name, None)}


@pytest.mark.parametrize("source", SPELLINGS)
def test_a_pair_of_types_has_these_ids_and_labels(source: str) -> None:
    call = account()
    for target in SPELLINGS:
        heard = call("GET", f"/crm/v4/associations/{source}/{target}/labels")
        assert heard.status == 200, heard.text
        told = {(one["category"], one["typeId"], one["label"]) for one in heard.json["results"]}
        wanted = {("HUBSPOT_DEFINED", number, label) for number, _, label in expected(source, target)}
        assert told == wanted, (source, target)


@pytest.mark.parametrize("source", SPELLINGS)
def test_a_pair_of_types_has_these_names(source: str) -> None:
    call = account()
    for target in SPELLINGS:
        told = call("GET", f"/crm/v3/associations/{source}/{target}/types").json["results"]
        wanted = {(str(number), name) for number, name, _ in expected(source, target)}
        assert {(one["id"], one["name"]) for one in told} == wanted, (source, target)


def other_direction(source: str, target: str, number: int) -> int:
    if plain(source).get(target) == number:
        return plain(target)[source]
    for there, here, to, _, back, _ in LABELLED:
        if (there, here, to) == (number, source, target):
            return back
        if (back, here, to) == (number, target, source):
            return there
    raise AssertionError((source, target, number))


def a_record(call: Caller, name: str) -> str:
    made: str = put_in(call, name) if name == "feedback_submission" else create(call, name)["id"]
    return made


@pytest.mark.emulated
@pytest.mark.parametrize("source", SPELLINGS)
def test_the_other_side_shows_the_type_of_the_other_direction(source: str) -> None:
    """Associations are two-way: each direction has its own id. The unlabeled type stays beside a label."""
    call = account()
    here = a_record(call, source)
    for target in SPELLINGS:
        unlabeled = plain(source).get(target)
        for number, _, label in sorted(expected(source, target)):
            there = a_record(call, target)
            path = f"/crm/v4/objects/{source}/{here}/associations/{target}/{there}"
            sent = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}]
            heard = call("PUT", path, sent)
            assert (heard.status, heard.json["labels"]) == (201, [label] if label else []), heard.text
            back = seen(call, target, there, source, here)
            wanted = {other_direction(source, target, one) for one in {number, unlabeled} - {None} if one}
            aside = set() if label == "Primary" else primary(target, source)
            assert back - aside == wanted - aside, (source, target)
            assert call("DELETE", path).status == 204


def seen(call: Caller, source: str, record: str, target: str, other: str) -> set[int]:
    rows: list[dict[str, Any]] = call("GET", f"/crm/v4/objects/{source}/{record}/associations/{target}").json[
        "results"
    ]
    (row,) = [one for one in rows if str(one["toObjectId"]) == other]
    return {one["typeId"] for one in row["associationTypes"]}


def primary(source: str, target: str) -> set[int]:
    """The first company becomes the primary one by itself."""
    return {
        one[0] for one in expected(source, target) if one[2] == "Primary" and "company" in (source, target)
    }
