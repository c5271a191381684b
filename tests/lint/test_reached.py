"""Which files a run reads, in which state, and what it says of those that it cannot read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hubwire.lint.__main__ import main
from hubwire.lint.cases import invented
from hubwire.lint.report import FORMATS

KEY = f'import os\n\nHUBSPOT_API_KEY = "{invented()}"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for who in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(who, "x@x")
    here = tmp_path / "repo"
    here.mkdir()
    monkeypatch.chdir(here)
    git("init", "-q")
    return here


def git(*command: str) -> None:
    subprocess.run(["git", *command], check=True)


def write(name: str, text: str | bytes = KEY) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def paths(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    capsys.readouterr()
    assert main([*args, "--format", "json"]) < 2
    return [f["path"] for f in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-32-be"])
def test_files_with_a_byte_order_mark_are_read_and_fixed_in_their_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("be") else ""
    path = write("app.py", (mark + KEY).encode(encoding))
    assert main(["app.py"]) == 1
    assert main(["app.py", "--fix"]) == 0
    fixed = path.read_bytes()
    assert fixed[:4] == (mark + KEY).encode(encoding)[:4]
    assert (
        fixed.decode(encoding.removesuffix("-be"))
        .lstrip("\ufeff")
        .endswith('os.environ["HUBSPOT_API_KEY"]\n')
    )


def test_a_file_that_is_named_is_read_whatever_its_size() -> None:
    write("big.py", "x = 1\n" * 200_000 + KEY)
    assert main(["."]) == 0
    assert main(["big.py"]) == 1


def test_staged_files_are_those_below_the_paths(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("src/a.py", "lib/b.py", "node_modules/c/d.py", "sources/e.py"):
        write(name)
    git("add", "-f", ".")
    assert paths(capsys, "--staged") == ["lib/b.py", "sources/e.py", "src/a.py"]
    assert paths(capsys, "--staged", "src") == ["src/a.py"]
    assert paths(capsys, "--staged", "lib/b.py") == ["lib/b.py"]
    Path("lib/b.py").unlink()
    assert paths(capsys, "--staged", "lib/b.py") == ["lib/b.py"]
    assert main(["--staged", "nowhere"]) == 2


def test_what_staged_files_import_is_read_as_it_will_be_committed() -> None:
    write(
        "hooks.py",
        "from flask import Flask, request\nfrom check import allowed\n\napp = Flask(__name__)\n\n\n"
        '@app.post("/hubspot/webhook")\ndef hook():\n    if not allowed(request):\n        return "no", 401\n'
        '    for event in request.get_json():\n        save(event["objectId"], event["subscriptionType"])\n'
        '    return "ok"\n',
    )
    strict = (
        "import base64, hashlib, hmac, os\n\n\ndef allowed(request):\n"
        '    made = hmac.new(os.environ["S"].encode(), request.data, hashlib.sha256).digest()\n'
        '    told = request.headers["X-HubSpot-Signature-v3"]\n'
        "    return hmac.compare_digest(base64.b64encode(made).decode(), told)\n"
    )
    lax = "def allowed(request):\n    return True\n"
    write("check.py", lax)
    git("add", ".")
    write("check.py", strict)
    assert main(["--staged", "--select", "HS201"]) == 1
    assert main(["--select", "HS201"]) == 0
    git("add", ".")
    write("check.py", lax)
    assert main(["--staged", "--select", "HS201"]) == 0


def test_renamed_files_links_and_submodules_of_the_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.py")
    git("add", ".")
    git("commit", "-qm", "one")
    git("mv", "a.py", "b.py")
    Path("link.py").symlink_to("b.py")
    inner = tmp_path / "inner"
    subprocess.run(["git", "init", "-q", str(inner)], check=True)
    subprocess.run(["git", "-C", str(inner), "commit", "-qm", "x", "--allow-empty"], check=True)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git("add", ".")
    assert paths(capsys, "--staged") == ["b.py"]


def test_staged_outside_a_repository_says_what_git_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    assert main(["--staged"]) == 2
    assert "not a git repository" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--fix", "--unsafe-fixes"])
def test_fixes_are_for_files_and_not_for_the_index(option: str) -> None:
    assert main(["--staged", option]) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="a file that nobody can read is made up by Linux")
def test_what_cannot_be_read_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Reading a process's memory from its beginning fails for every user, root included.
    assert main(["/proc/self/mem"]) == 2
    assert "not read" in capsys.readouterr().err
    os.mkfifo("pipe.py")
    assert main(["pipe.py"]) == 2
    assert "neither a file nor a folder" in capsys.readouterr().err
    assert main(["."]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_unicode_is_shown_with_escapes(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(os.fsdecode(b"caf\xe9.py")).write_text(KEY, "utf-8")
    assert main([".", "--format", form]) == 1
    assert "caf" in capsys.readouterr().out
    assert main([".", "--format", form, "--output", "report"]) == 1
    assert b"caf" in Path("report").read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_a_narrow_encoding_of_the_terminal_is_no_obstacle(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write("naïve.py")
    out = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert main([".", "--format", form]) == 1
    told = out.buffer.getvalue()  # type: ignore[attr-defined]
    assert (b"na\\xefve.py" if form == "text" else b"ve.py") in told
    if form in ("json", "sarif", "gitlab"):
        json.loads(told)


def test_paths_outside_of_the_working_directory_are_whole(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write("src/app.py")
    monkeypatch.chdir(tmp_path)
    assert paths(capsys, "repo/src") == ["repo/src/app.py"]
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert paths(capsys, "../repo/src") == [(place / "src/app.py").as_posix()]


HOOK = (
    "import { allowed } from './check.js';\n"
    "app.post('/hubspot/webhook', (req, res) => {\n"
    "  if (!allowed(req)) return res.sendStatus(401);\n"
    "  for (const event of req.body) save(event.objectId, event.subscriptionType);\n"
    "  res.sendStatus(200);\n});\n"
)
CHECK = (
    "export function allowed(req) {\n"
    "  const mac = crypto.createHmac('sha256', process.env.SECRET).update(req.rawBody).digest('base64');\n"
    "  const told = req.headers['x-hubspot-signature-v3'];\n"
    "  return crypto.timingSafeEqual(Buffer.from(mac), Buffer.from(told));\n}\n"
)


def test_what_is_remembered_hangs_on_helpers_that_are_not_in_the_run() -> None:
    write("src/hooks.js", HOOK)
    write("lib/other.py", "x = 1\n")
    run = ["src/hooks.js", "--select", "HS201", "--profile", "audit"]
    write("src/check.js", "export const allowed = () => true;\n")
    assert main(run) == 1
    write("src/check.js", CHECK)
    assert main(run) == 0
    Path("src/check.js").unlink()
    assert main(run) == 1
    write("src/check.js", CHECK)
    assert main(run) == 0


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "null", '{"version": %v}', '{"version": %v, "stats": 1, "results": []}',
             '{"version": %v, "stats": {"%p": 3}, "results": {}}', "broken"],
)  # fmt: skip
def test_a_damaged_cache_is_forgotten(kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("app.py").resolve()
    assert main(["."]) == 1
    first = capsys.readouterr().out
    (file,) = (tmp_path / "cache").rglob("*.json")
    data = json.loads(file.read_bytes())
    if kept == "broken":
        for result in data["results"].values():
            result["findings"][0].pop("place")
        file.write_text(json.dumps(data))
    else:
        file.write_text(kept.replace("%v", json.dumps(data["version"])).replace("%p", str(path)))
    assert main(["."]) == 1
    assert capsys.readouterr().out == first


def test_a_user_without_a_folder_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    write("app.py")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert main(["."]) == 1
