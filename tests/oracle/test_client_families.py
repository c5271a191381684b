"""Every family of our own client, in every version, against the emulator in another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hubwire
from hubwire import p
from hubwire.auth.client_credentials import JOURNAL_SCOPES, ClientCredentials
from hubwire.testing.accounts import local
from tests.oracle.facades import FACADES, opened
from tests.oracle.server import Account, running

Word = Callable[[str], str]
SNAPSHOTS = ("developer.webhooks_journal.snapshots.read", "developer.webhooks_journal.snapshots.write")


@pytest.fixture(params=FACADES)
def facade(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["2026-09", "2026-03", "v3"])
def hub(request: pytest.FixtureRequest, facade: str, account: Account) -> Iterator[hubwire.Hub]:
    with opened(facade, account.access_token, base_url=account.base_url, version=request.param) as hub:
        yield hub


@pytest.fixture(scope="module")
def enterprise() -> Iterator[Account]:
    """Custom objects come with this subscription."""
    with running("--seed", "empty", "--limits", "off", "--tier", "enterprise") as started:
        yield started


def test_a_property_lives(hub: hubwire.Hub, word: Word) -> None:
    name, group = word("shade"), word("looks")
    properties = hub.properties("contacts")
    assert properties.groups.create(group, "Looks").label == "Looks"
    assert group in {one.name for one in properties.groups.list()}
    made = properties.create(
        name=name,
        label="Shade",
        type="enumeration",
        field_type="select",
        group_name=group,
        options=[{"label": "Red", "value": "red", "display_order": 1}],
    )
    assert [(option.value, option.display_order) for option in made.options] == [("red", 1)]
    assert properties.update(name, label="Hue").label == "Hue"
    assert properties.get(name).field_type == "select"
    with pytest.raises(hubwire.Conflict):
        properties.create(made)
    with pytest.raises(hubwire.Invalid):
        properties.groups.archive(group)
    properties.archive(name)
    with pytest.raises(hubwire.NotFound):
        properties.get(name)
    assert name in {one.name for one in properties.list(archived=True)}
    assert properties.groups.update(group, label="Style").label == "Style"
    properties.groups.archive(group)
    with pytest.raises(hubwire.NotFound):
        properties.groups.get(group)


def test_many_properties_are_made_with_an_answer_for_each(hub: hubwire.Hub, word: Word) -> None:
    names = [word("field") for _ in range(4)]
    text = {"label": "x", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    properties = hub.properties("contacts")
    first = properties.create_many({"name": name, **text} for name in names[:2])
    assert [one.definition.name for one in first if one.definition] == names[:2]
    bad = {"name": names[2], **text, "type": "no such type"}
    again = properties.create_many([{"name": names[0], **text}, bad, {"name": names[3], **text}])
    assert [one.name for one in again] == [names[0], names[2], names[3]]
    assert [one.error is None for one in again] == [False, False, True]
    assert set(properties.read_many([*names, "no_such_thing"])) == {names[0], names[1], names[3]}
    properties.archive_many(names)
    assert properties.read_many(names) == {}


def test_a_validation_rule_is_set_and_kept(hub: hubwire.Hub, word: Word) -> None:
    name = word("ruled")
    properties = hub.properties("companies")
    properties.create(name=name, label="x", type="string", field_type="text", group_name="companyinformation")
    properties.rules.set(name, "MIN_LENGTH", [3])
    assert properties.rules.get(name, "MIN_LENGTH").rule_arguments == ("3",)
    assert [rule.rule_type for rule in properties.rules.of(name)] == ["MIN_LENGTH"]
    assert [rule.rule_type for rule in properties.rules.list()[name]] == ["MIN_LENGTH"]
    with pytest.raises(hubwire.Invalid):
        hub.companies.create({"name": word("ruled"), name: "ab"})


def test_a_pipeline_lives(hub: hubwire.Hub, word: Word) -> None:
    pipelines = hub.pipelines("deals")
    stages = [
        {"label": "Open", "display_order": 0, "metadata": {"probability": "0.2"}},
        {"label": "Won", "display_order": 1, "metadata": {"probability": "1.0"}},
    ]
    made = pipelines.create(label=word("Renewals"), display_order=5, stages=stages)
    assert [stage.label for stage in made.stages] == ["Open", "Won"]
    of = pipelines.stages(made.id)
    late = of.create("Late", metadata={"probability": "0.1"})
    assert of.update(late.id, label="Later", metadata={"probability": "0.1"}).label == "Later"
    assert of.get(late.id).label == "Later"
    deal = hub.deals.create({"dealname": word("deal"), "pipeline": made.id, "dealstage": late.id})
    with pytest.raises(hubwire.Invalid):
        pipelines.delete(made.id)
    hub.deals.archive(deal.id)
    replaced = of.replace(late.id, label="Latest", display_order=2, metadata={"probability": "0.1"})
    assert replaced.label == "Latest"
    assert {"CREATE", "UPDATE"} <= {entry.action for entry in of.audit(late.id)}
    of.delete(late.id)
    assert {stage.label for stage in of.list()} == {"Open", "Won"}
    assert pipelines.update(made.id, label=word("Renewed")).label != made.label
    kept = {"id": made.stages[0].id, **stages[0]}
    assert len(pipelines.replace(made.id, label=word("Other"), display_order=1, stages=[kept]).stages) == 1
    assert {"CREATE", "UPDATE"} <= {entry.action for entry in pipelines.audit(made.id)}
    pipelines.delete(made.id)
    assert made.id not in {one.id for one in pipelines.list()}


@pytest.mark.parametrize("version", ["2026-09", "2026-03", "v3"])
def test_a_custom_object_lives(enterprise: Account, facade: str, version: str, word: Word) -> None:
    with opened(facade, enterprise.access_token, base_url=enterprise.base_url, version=version) as hub:
        live_custom_object(hub, word)


def live_custom_object(hub: hubwire.Hub, word: Word) -> None:
    name = word("craft")
    made = hub.schemas.create(
        name=name,
        labels={"singular": "Craft", "plural": "Crafts"},
        primary_display_property="title",
        required_properties=["title"],
        properties=[{"name": "title", "label": "Title", "type": "string", "field_type": "text"}],
        associated_objects=["CONTACT"],
    )
    try:
        assert made.object_type_id.startswith("2-")
        assert "title" in {one.name for one in made.properties}
        crafts = hub.objects(made.object_type_id)
        boat = crafts.create({"title": "Boat"})
        assert crafts.get(boat.id, properties=["title"])["title"] == "Boat"
        assert hub.objects(made.fully_qualified_name).count(p.title == "boat") == 1
        outcomes = crafts.batch.create([{"title": "Raft"}, {"title": "Ship"}])
        assert outcomes.ok
        assert len(list(crafts.where(sort="title", properties=["title"]))) == 3
        assert name in {one.name for one in hub.schemas.list()}
        assert [one.name for one in hub.schemas.read_many([made.object_type_id])] == [name]
        assert hub.schemas.update(made.object_type_id, description="afloat").description == "afloat"
        way = hub.schemas.associate(made.object_type_id, "companies", name=word("craft_to_company"))
        firm = hub.companies.create({"name": word("yard")})
        hub.associations.link(made.object_type_id, boat.id, "companies", firm.id)
        linked = hub.associations.linked(made.object_type_id, boat.id, "companies")
        assert [link.to_id for link in linked] == [firm.id]
        hub.schemas.dissociate(made.object_type_id, way.id)
        with pytest.raises(hubwire.Invalid):
            hub.schemas.delete(made.object_type_id)
        assert crafts.batch.archive([boat.id, *(record.id for record in outcomes.records)]).ok
    finally:
        hub.schemas.delete(made.object_type_id)
    assert hub.schemas.get("contacts").object_type_id == "0-1"
    assert "0-410" in hub.schemas.enabled()
    assert set(hub.schemas.enabled("courses")) == {"0-410"}


def test_labels_are_made_and_used_by_name(hub: hubwire.Hub, word: Word) -> None:
    label, inverse = word("Mentor "), word("Pupil ")
    labels = hub.associations.labels
    both = labels.create("contacts", "contacts", label, inverse=inverse)
    assert {one.label for one in both} == {label, inverse}
    one, two = hub.contacts.batch.create({"email": f"{word('m')}@example.com"} for _ in range(2)).records
    hub.associations.link("contacts", one.id, "contacts", two.id, label=label)
    [link] = hub.associations.linked("contacts", one.id, "contacts")
    assert label in {kind.label for kind in link.types}
    number = next(kind.type_id for kind in link.types if kind.label == label)
    labels.update("contacts", "contacts", number, label + "!", inverse=inverse)
    assert label + "!" in {kind.label for kind in labels.list("contacts", "contacts")}
    limits = hub.associations.limits
    limits.set("contacts", "contacts", label + "!", 7)
    assert number in {one.type_id for one in limits.list("contacts", "contacts")}
    assert 7 in {one.user_enforced_max_to_object_ids for one in limits.list()}
    limits.remove("contacts", "contacts", label + "!")
    assert number not in {one.type_id for one in limits.list("contacts", "contacts")}
    with pytest.raises(hubwire.Invalid):
        limits.set("contacts", "contacts", 4, 7)
    with pytest.raises(hubwire.Invalid, match="in use"):
        labels.delete("contacts", "contacts", number)
    hub.associations.unlink("contacts", one.id, "contacts", two.id)
    labels.delete("contacts", "contacts", number)
    with pytest.raises(hubwire.ConfigError, match="known labels"):
        hub.associations.link("contacts", one.id, "contacts", two.id, label=label + "!")
    owner = hub.owners.list()[0]
    assert hub.associations.limits.report(owner.user_id or 0)["userEmail"] == owner.email


def test_primary_is_a_label_like_others(hub: hubwire.Hub, word: Word) -> None:
    person = hub.contacts.create({"email": f"{word('boss')}@example.com"})
    firms = hub.companies.batch.create({"name": word("firm")} for _ in range(2)).records
    pairs = [(person.id, firm.id) for firm in firms]
    assert hub.associations.batch.link("contacts", "companies", pairs).ok
    hub.associations.link("contacts", person.id, "companies", firms[1].id, label="Primary")
    links = {link.to_id: link for link in hub.associations.linked("contacts", person.id, "companies")}
    assert [1 in {kind.type_id for kind in links[firm.id].types} for firm in firms] == [False, True]


def test_two_records_become_one(hub: hubwire.Hub, word: Word) -> None:
    one, two = hub.contacts.batch.create(
        {"email": f"{word('twin')}@example.com", "firstname": name} for name in ("Ada", "Grace")
    ).records
    merged = hub.contacts.merge(one.id, two.id)
    assert hub.contacts.get(two.id, properties=["firstname"])["firstname"] == "Ada"
    assert hub.contacts.get(one.id).id == merged.id


def test_a_contact_is_forgotten_for_good(hub: hubwire.Hub, word: Word) -> None:
    email = f"{word('gone')}@example.com"
    made = hub.contacts.create({"email": email})
    hub.contacts.gdpr_delete(made.id)
    with pytest.raises(hubwire.NotFound):
        hub.contacts.get(made.id, archived=True)
    other = f"{word('never')}@example.com"
    hub.contacts.gdpr_delete(other, by="email")
    with pytest.raises(hubwire.Invalid):
        hub.contacts.create({"email": other})


def test_a_list_by_hand_lives(hub: hubwire.Hub, word: Word) -> None:
    name = word("Guests ")
    made = hub.lists.create(name, "contacts")
    assert (made.name, made.processing_type) == (name, "MANUAL")
    rows = [{"email": f"{word('guest')}@example.com"} for _ in range(260)]
    ids = [record.id for record in hub.contacts.batch.create(rows).check().records]
    changed = hub.lists.add(made.list_id, [*ids, "999999999"])
    assert (len(changed.added), changed.missing) == (260, ("999999999",))
    assert {one.record_id for one in hub.lists.members(made.list_id)} == set(ids)
    assert len(list(hub.lists.members(made.list_id, by_join_time=True))) == 260
    assert hub.lists.remove(made.list_id, ids[:2]).removed == tuple(ids[:2])
    both = hub.lists.change(made.list_id, add=ids[:1], remove=ids[5:6])
    assert (both.added, both.removed) == ((ids[0],), (ids[5],))
    assert [one.list_id for one in hub.lists.of_record("contacts", ids[9])] == [made.list_id]
    of = hub.lists.of_records("contacts", [ids[9], ids[5]])
    assert [[one.list_id for one in of[record]] for record in (ids[9], ids[5])] == [[made.list_id], []]
    other = hub.lists.create(word("Others "), "contacts")
    hub.lists.add_from(other.list_id, made.list_id)
    assert len(list(hub.lists.members(other.list_id))) == 258
    hub.lists.clear(other.list_id)
    assert list(hub.lists.members(other.list_id)) == []
    renamed = word("Friends ")
    assert hub.lists.rename(made.list_id, renamed).name == renamed
    assert hub.lists.named(renamed, "contacts").list_id == made.list_id
    assert [one.list_id for one in hub.lists.search(renamed)] == [made.list_id]
    both_lists = hub.lists.read_many([made.list_id, other.list_id])
    assert {one.list_id for one in both_lists} == {made.list_id, other.list_id}
    assert hub.lists.new_ids([made.list_id]) == {made.list_id: made.list_id}
    hub.lists.delete(made.list_id)
    assert hub.lists.get(made.list_id).deleted_at
    hub.lists.restore(made.list_id)
    assert hub.lists.get(made.list_id).deleted_at is None


def named_like(mark: str) -> dict[str, Any]:
    operation = {"operationType": "MULTISTRING", "operator": "CONTAINS", "values": [mark]}
    one = {"filterType": "PROPERTY", "property": "firstname", "operation": operation}
    both = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": [one]}
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filterBranches": [both],
        "filters": [],
    }


def test_a_list_by_filters_follows_them(hub: hubwire.Hub, word: Word) -> None:
    mark, other = word("zed"), word("yod")
    rows = [{"email": f"{word('f')}@example.com", "firstname": name} for name in (mark, mark, other)]
    ids = [record.id for record in hub.contacts.batch.create(rows).check().records]
    made = hub.lists.create(word("Dynamic "), "contacts", filters=named_like(mark))
    assert made.processing_type == "DYNAMIC"
    assert {one.record_id for one in hub.lists.members(made.list_id)} == set(ids[:2])
    shown = hub.lists.set_filters(made.list_id, named_like(other)).filter_branch
    assert shown is not None
    assert [one.record_id for one in hub.lists.members(made.list_id)] == ids[2:]
    assert hub.lists.get(made.list_id, filters=True).filter_branch == shown
    with pytest.raises(hubwire.Invalid):
        hub.lists.add(made.list_id, ids[:1])


def test_users_come_and_go(hub: hubwire.Hub, word: Word) -> None:
    users, email = hub.account.users, f"{word('colleague')}@example.com"
    made = users.create(email, first_name="Joan")
    assert users.get(email, by="EMAIL").id == made.id
    assert made.id in {one.id for one in users.list()}
    assert users.teams() is not None
    users.delete(made.id)
    with pytest.raises(hubwire.NotFound):
        users.get(made.id)


def test_the_limits_are_told(hub: hubwire.Hub) -> None:
    limits = hub.account.limits
    assert limits.custom_object_types()["usage"] >= 0
    assert limits.records()["hubspotDefinedObjectTypes"]
    assert limits.pipelines()
    assert limits.custom_properties()
    assert "overallLimit" in limits.calculated_properties()
    assert "results" in limits.labels("contacts", "companies")
    assert "results" in limits.associations()
    assert limits.associations("contacts") is not None
    assert limits.associations("contacts", "companies") is not None


def test_webhooks_are_set_up(hub: hubwire.Hub, account: Account) -> None:
    webhooks = hub.webhooks(account.app_id, developer_key=account.developer_api_key)
    told = webhooks.set_settings("https://example.com/hooks", max_concurrent=8)
    assert told.throttling["maxConcurrentRequests"] == 8
    made = webhooks.subscribe("contact.propertyChange", property="jobtitle", active=False)
    try:
        assert webhooks.switch(made.id, True).active
        done = webhooks.switch_many({made.id: False, "999999": True})
        assert [len(done["results"]), len(done["errors"])] == [1, 1]
        assert webhooks.get(made.id).active is False
        assert made.id in {one.id for one in webhooks.list()}
    finally:
        webhooks.unsubscribe(made.id)
        webhooks.clear_settings()
    with pytest.raises(hubwire.NotFound) as gone:
        webhooks.settings()
    assert account.developer_api_key not in str(gone.value)


@pytest.mark.parametrize("version", ["2026-09", "v3"])
def test_a_file_is_imported_and_exported(
    account: Account, facade: str, word: Word, version: str, tmp_path: Path
) -> None:
    mark = word("port")
    lines = [f"{mark}.{n}@example.com,{mark},skip" for n in range(40)] + ["no address,x,skip"]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Email,First,Note", *lines]), encoding="utf-8")
    columns = {"Email": "email", "First": "firstname"}
    with opened(facade, account.access_token, base_url=account.base_url, version=version) as hub:
        started = hub.imports.csv(path, "contacts", columns)
        seen: list[str] = []
        done = hub.imports.wait(
            started.id, every=0.2, timeout=60, progress=lambda one: seen.append(one.state)
        )
        assert (done.state, seen[-1]) == ("DONE", "DONE")
        assert done.counters["CREATED_OBJECTS"] == 40
        [problem] = hub.imports.errors(started.id)
        assert (problem.error_type, problem.known_column_number) == (
            "INVALID_EMAIL",
            problem.known_column_number,
        )
        assert started.id in {one.id for one in hub.imports.list()}
        assert hub.imports.get(started.id).import_name == "people.csv"
        hub.imports.cancel(started.id)
        task = hub.exports.start("contacts", ["email"], filters=p.firstname == mark)
        assert hub.exports.wait(task, every=0.2, timeout=60).status == "COMPLETE"
        rows = list(hub.exports.rows(task))
        assert len(rows) == 40
        saved = hub.exports.save(task, tmp_path / "out.csv")
        assert saved.read_bytes() == hub.exports.download(task)
        assert hub.exports.details(task)["recordCount"] == 40


def test_what_cannot_be_imported_is_told_first(account: Account, facade: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Email\nx\n", encoding="utf-8")
    with opened(facade, account.access_token, base_url=account.base_url) as hub:
        with pytest.raises(hubwire.ConfigError, match="no column 'Mail'"):
            hub.imports.csv(path, "contacts", {"Mail": "email"})
        with pytest.raises(hubwire.ConfigError, match="cannot be read"):
            hub.imports.csv(tmp_path / "none.csv", "contacts", {})
        with pytest.raises(hubwire.ConfigError, match="at least one property"):
            hub.exports.start("contacts", [])
        assert hub.usage.calls == 0


def test_the_async_hub_has_the_same_families(account: Account, word: Word) -> None:
    async def story() -> None:
        async with hubwire.AsyncHub(account.access_token, base_url=account.base_url) as hub:
            made = await hub.lists.create(word("Async "), "contacts")
            record = await hub.contacts.create({"email": f"{word('a')}@example.com"})
            await hub.lists.add(made.list_id, [record.id])
            assert [one.record_id async for one in hub.lists.members(made.list_id)] == [record.id]
            assert all([one.id async for one in hub.account.users.list()])
            assert "email" in {one.name for one in await hub.properties("contacts").list()}
            found = [one.id async for one in hub.contacts.where(p.hs_object_id == record.id)]
            assert found == [record.id]
            assert (await hub.contacts.where(p.hs_object_id == record.id).explain()).way == "batch read"

    asyncio.run(story())


def test_the_journal_tells_what_happened(facade: str) -> None:
    """With the app's own token, and the account's for what happens."""
    scopes = (*JOURNAL_SCOPES, *SNAPSHOTS, "crm.objects.contacts.read")
    with local(limits=False) as account, account.hub() as people:
        identity = account.identity
        own = ClientCredentials(
            identity.client_id, identity.client_secret, scopes, base_url=account.base_url, version="2026-03"
        )
        with opened(facade, own, kinds=(account.hub, account.async_hub)) as app:
            journal, portal = app.journal, identity.portal_id
            assert journal.earliest() is None
            made = journal.subscribe(
                "OBJECT", portal=portal, object_type_id="0-1", actions=["CREATE", "DELETE"]
            )
            assert [one.id for one in journal.subscriptions()] == [made.id]
            assert journal.subscription(made.id).object_type_id == "0-1"
            ids = [people.contacts.create({"email": f"j{n}@example.com"}).id for n in range(3)]
            told = list(journal.events())
            assert [str(one.event["objectId"]) for one in told] == ids
            people.contacts.archive(ids[0])
            later = list(journal.events(after=told[-1].offset, portal=portal))
            assert [(one.event["action"], str(one.event["objectId"])) for one in later] == [
                ("DELETE", ids[0])
            ]
            assert list(journal.events(after=later[-1].offset)) == []
            first, last = journal.earliest(), journal.latest()
            assert first is not None
            assert last is not None
            following = journal.next(first.current_offset)
            assert following is not None
            assert {one.current_offset for one in journal.batch(100)} >= {first.current_offset}
            assert journal.batch(1, latest=True)[0].current_offset == last.current_offset
            assert journal.read_many([first.current_offset])[0].current_offset == first.current_offset
            wanted = {
                "portal_id": portal,
                "object_id": int(ids[1]),
                "object_type_id": "0-1",
                "properties": ["email"],
            }
            [answer] = journal.snapshot([wanted])
            assert journal.status(answer["snapshotStatusId"])["status"] in ("COMPLETED", "SUCCESS")
            journal.unsubscribe(made.id)
            journal.unsubscribe(portal=portal)
            assert journal.subscriptions() == []
