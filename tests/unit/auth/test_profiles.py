"""Profiles: which file counts, what may stand in it, and which token a hub gets that is given none."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire import Hub
from hubwire.auth import MemoryStore, StaticToken, StoredTokens, Tokens, profile_source
from hubwire.auth.ages import DAY, Age, first_seen
from hubwire.auth.credentials import app_of, client_secret, keep_secret
from hubwire.auth.defaults import default_source
from hubwire.auth.profiles import Profile, profile, profiles, write_profile
from hubwire.errors import ConfigError, NotConnected
from tests.unit.client.helpers import run, script

VARIABLES = (
    *("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN", "HUBSPOT_REFRESH_TOKEN", "HUBSPOT_BASE_URL"),
    *("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBWIRE_PROFILE", "HUBWIRE_CONFIG", "HUBWIRE_STORE"),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    project = tmp_path / "project" / "deep"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    return tmp_path


def users(home: Path, text: str) -> Path:
    path = home / "config" / "hubwire" / "hubwire.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_file_with_profiles_counts_and_the_users_adds_to_it(home: Path) -> None:
    users(home, "[profiles.a]\naccount = 1\n[profiles.b]\naccount = 2\n")
    (home / "project" / "hubwire.toml").write_text("[profiles.a]\naccount = 3\n")
    Path("hubwire.toml").write_text('[lint]\nignore = ["HS101"]\n')
    assert {name: each.account for name, each in profiles().items()} == {"a": 3, "b": 2}


def test_a_file_that_is_named_is_the_only_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users(home, "[profiles.a]\naccount = 1\n")
    monkeypatch.setenv("HUBWIRE_CONFIG", str(home / "mine.toml"))
    assert profiles() == {}
    assert write_profile("z", Profile(account=9)) == home / "mine.toml"
    assert profiles()["z"].account == 9


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[profiles", "hubwire.toml"),
        ("profiles = 1", "are tables"),
        ("[profiles.a]\naccount = 'x'", "profile 'a'"),
        ("[profiles.a]\nacount = 1", "acount"),
        ("[profiles.a]\nkind = 'magic'", "magic"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_place(text: str, word: str, home: Path) -> None:
    users(home, text)
    with pytest.raises(ConfigError, match=word):
        profiles()


def test_writing_a_profile_leaves_everything_else_as_it_is(home: Path) -> None:
    text = "# of the team\n[profiles.a] # the first\naccount = 1\n\n[lint]\nprofile = 'strict'\n"
    path = users(home, text)
    write_profile("b", Profile(kind="static", account=2))
    written = path.read_text()
    for line in text.splitlines():
        assert line in written
    assert profiles()["b"] == Profile(kind="static", account=2)
    write_profile("a", Profile(account=5, scopes=("oauth",)))
    assert profile("a") == Profile(account=5, scopes=("oauth",))
    assert "# of the team" in path.read_text()


def test_a_profile_that_is_not_there_is_told_with_those_that_are(home: Path) -> None:
    users(home, "[profiles.a]\naccount = 1\n")
    with pytest.raises(ConfigError, match=r"no profile 'b': there are a\. .*hubwire login --profile b"):
        profile("b")


def test_a_profile_without_an_account_or_a_token_says_how_to_get_one(home: Path) -> None:
    users(home, "[profiles.a]\nclient_id = 'x'\n[profiles.s]\nkind = 'static'\nstore = 'memory:'\n")
    with pytest.raises(NotConnected, match="hubwire login --profile a"):
        profile_source("a")
    with pytest.raises(NotConnected, match="hubwire auth set-token --profile s"):
        profile_source("s")


def test_a_static_token_may_be_in_a_variable_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users(
        home,
        "[profiles.s]\nkind = 'static'\nkept_in = 'env:SHOP_TOKEN'\nbase_url = 'http://127.0.0.1:9'\n"
        "[profiles.odd]\nkind = 'static'\nkept_in = 'drawer'\n",
    )
    with pytest.raises(ConfigError, match="SHOP_TOKEN"):
        profile_source("s")
    monkeypatch.setenv("SHOP_TOKEN", "shop")
    source = profile_source("s")
    assert isinstance(source, StaticToken)
    assert run(source.bearer(0.0), script()[0]) == "shop"
    assert "127.0.0.1:9" in repr(Hub(source))
    with pytest.raises(ConfigError, match="drawer"):
        profile_source("odd")


def test_the_environment_comes_before_the_default_profile_and_a_named_one_before_both(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="hubwire login"):
        default_source()
    users(
        home,
        "[profiles.default]\nkind = 'static'\nkept_in = 'env:ONE'\n"
        "[profiles.named]\nkind = 'static'\nkept_in = 'env:TWO'\n",
    )
    monkeypatch.setenv("ONE", "of-default")
    monkeypatch.setenv("TWO", "of-named")
    found = [run(default_source().bearer(0.0), script()[0])]
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "of-environment")
    found.append(run(default_source().bearer(0.0), script()[0]))
    monkeypatch.setenv("HUBWIRE_PROFILE", "named")
    found.append(run(default_source().bearer(0.0), script()[0]))
    assert found == ["of-default", "of-environment", "of-named"]


def test_a_refresh_token_of_the_environment_is_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_REFRESH_TOKEN", "again")
    with pytest.raises(ConfigError, match="HUBSPOT_CLIENT_ID"):
        default_source()
    monkeypatch.setenv("HUBSPOT_CLIENT_ID", "client")
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", "sesame")
    source = default_source()
    assert isinstance(source, StoredTokens)
    kept = source._store.load(source._key)
    assert kept is not None
    assert kept.tokens == Tokens("", "again", 0.0)


def test_a_client_secret_is_that_of_the_environments_app_or_the_one_that_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    keep_secret(store, "mine", "kept")
    assert client_secret("mine", store) == "kept"
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", "of environment")
    assert client_secret("mine", store) == "of environment"
    monkeypatch.setenv("HUBSPOT_CLIENT_ID", "another")
    assert client_secret("mine", store) == "kept"
    assert client_secret("another", store) == "of environment"
    assert app_of(Profile(client_id="another", store="memory:")).client_id == "another"


def test_a_token_is_due_after_six_months_and_counts_from_when_it_was_first_seen(tmp_path: Path) -> None:
    noted = tmp_path / "ages.json"
    assert first_seen("token", 1_000.0, noted) == 1_000.0
    assert first_seen("other", 2_000.0, noted) == 2_000.0
    assert first_seen("token", 9_000.0, noted) == 1_000.0
    assert "token" not in noted.read_text()
    assert [Age.of(0.0, days * DAY).due for days in (0, 181, 182, 400)] == [False, False, True, True]
    noted.write_text("[broken")
    assert first_seen("token", 9_000.0, noted) == 9_000.0
