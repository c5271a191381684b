"""The editor server, spoken to over its pipes as an editor does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubwire.lint.cases import invented
from tests.lint.test_reached import CHECK, HOOK

pytest.importorskip("pygls")
U = invented()
TEXT = f'# 🎈 hubspot\nx = "🎈🎈"; HUBSPOT_API_KEY = "{U}"\n'


class Editor:
    """One end of the protocol."""

    def __init__(self, folder: Path, command: tuple[str, ...], **capabilities: Any) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.messages: list[str] = []
        self.asked = 0
        params = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
        self.said = self.ask("initialize", params)["capabilities"]
        self.tell("initialized", {})

    def write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        size = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b": ")
            size = int(value) if name == b"Content-Length" else size
        message: dict[str, Any] = json.loads(self.process.stdout.read(size))
        if message.get("method") == "window/showMessage":
            self.messages.append(message["params"]["message"])
        return message

    def ask(self, method: str, params: Any) -> Any:
        self.asked += 1
        self.write({"id": self.asked, "method": method, "params": params})
        while (answer := self.read()).get("id") != self.asked or "method" in answer:
            pass
        return answer["result"]

    def tell(self, method: str, params: Any) -> None:
        self.write({"method": method, "params": params})

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        while (told := self.read()).get("method") != "textDocument/publishDiagnostics" or told["params"][
            "uri"
        ] != uri:
            pass
        found: list[dict[str, Any]] = told["params"]["diagnostics"]
        return found

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        uri = (self.folder / name).as_uri()
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return self.diagnostics(uri)

    def change(self, name: str, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        uri = (self.folder / name).as_uri()
        params = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": list(changes)}
        self.tell("textDocument/didChange", params)
        return self.diagnostics(uri)

    def leave(self) -> int:
        self.ask("shutdown", None)
        return self.vanish()

    def vanish(self) -> int:
        self.tell("exit", None)
        self.process.communicate(timeout=60)
        return int(self.process.returncode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture(params=[("hubwire", "lint", "--server"), ("hubwire.lint", "--server")], ids=" ".join)
def editor(request: pytest.FixtureRequest, folder: Path) -> Iterator[Editor]:
    made = Editor(folder, request.param)
    yield made
    assert made.leave() == 0


def span(found: dict[str, Any]) -> tuple[int, int, int, int]:
    start, end = found["range"]["start"], found["range"]["end"]
    return start["line"], start["character"], end["line"], end["character"]


def test_places_are_counted_as_the_editor_counts(folder: Path) -> None:
    # A balloon is one character, two units of UTF-16, four bytes of UTF-8.
    for encodings, start in ((None, 31), (["utf-8"], 35), (["utf-32", "utf-16"], 29)):
        general = {"general": {"positionEncodings": encodings}} if encodings else {}
        editor = Editor(folder, ("hubwire.lint", "--server"), **general)
        (found,) = editor.open("app ü.py", TEXT)
        assert (found["code"], span(found)) == ("HS101", (1, start, 1, start + 36))
        assert U not in json.dumps(found)
        assert editor.leave() == 0


def test_what_is_typed_is_checked_and_fixed_before_it_is_saved(editor: Editor) -> None:
    assert [d["code"] for d in editor.open("app.py", TEXT)] == ["HS101"]
    gone = {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 12}}, "text": ""}
    (found,) = editor.change("app.py", gone)
    assert span(found)[:2] == (1, 19)
    where = {"textDocument": {"uri": (editor.folder / "app.py").as_uri()}, "range": found["range"]}
    (action,) = editor.ask("textDocument/codeAction", {**where, "context": {"diagnostics": [found]}})
    edits = action["edit"]["changes"][where["textDocument"]["uri"]]
    assert [(e["newText"], span(e)) for e in edits] == [
        ("import os\n\n", (0, 0, 0, 0)),
        ('os.environ["HUBSPOT_API_KEY"]', (1, 18, 1, 56)),
    ]
    only = {**where, "context": {"diagnostics": [found], "only": ["refactor"]}}
    assert editor.ask("textDocument/codeAction", only) == []
    (unused,) = editor.change("app.py", {"text": "x = 1  # hubwire: ignore[HS101] hubspot\n"})
    assert (unused["code"], unused["tags"]) == ("HS901", [1])


def test_imports_are_read_from_open_documents_first(editor: Editor) -> None:
    (editor.folder / "check.js").write_text("export const allowed = () => true;\n", "utf-8")
    (found,) = editor.open("hooks.js", HOOK)
    assert found["code"] == "HS201"
    assert [r["message"] for r in found["relatedInformation"]] == ["registered here"]
    assert editor.open("check.js", CHECK) == []
    editor.tell("textDocument/didSave", {"textDocument": {"uri": (editor.folder / "check.js").as_uri()}})
    assert editor.diagnostics((editor.folder / "hooks.js").as_uri()) == []


def test_settings_and_the_baseline_hold_in_the_editor_as_they_change(editor: Editor) -> None:
    uri = (editor.folder / "app.py").as_uri()
    settings = editor.folder / "hubwire.toml"
    assert len(editor.open("app.py", TEXT)) == 1
    settings.write_text("ignore = ['HS101']\n", "utf-8")
    editor.tell("workspace/didChangeWatchedFiles", {"changes": []})
    assert editor.diagnostics(uri) == []
    settings.write_text("ignore = 'HS101'\n", "utf-8")
    editor.tell("workspace/didChangeConfiguration", {"settings": {}})
    assert editor.diagnostics(uri) == []
    assert len(editor.messages) == 1
    assert "ignore is a list of texts" in editor.messages[0]
    settings.unlink()
    (editor.folder / "app.py").write_text(TEXT, "utf-8")
    command = [sys.executable, "-m", "hubwire.lint", "--no-cache", "--write-baseline", "known.json"]
    subprocess.run(command, cwd=editor.folder, check=True)
    settings.write_text("baseline = 'known.json'\n", "utf-8")
    editor.tell("workspace/didChangeWatchedFiles", {"changes": []})
    assert editor.diagnostics(uri) == []


def test_a_closed_document_has_no_findings(editor: Editor) -> None:
    uri = (editor.folder / "app.py").as_uri()
    assert len(editor.open("app.py", TEXT)) == 1
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert editor.diagnostics(uri) == []


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "inmemory://model/1", "file:///nowhere/deep/a.py"])
def test_documents_that_are_no_files_are_checked(folder: Path, uri: str) -> None:
    editor = Editor(folder, ("hubwire.lint", "--server"))
    item = {"uri": uri, "languageId": "python", "version": 1, "text": TEXT}
    editor.tell("textDocument/didOpen", {"textDocument": item})
    assert [d["code"] for d in editor.diagnostics(uri)] == ["HS101"]
    assert editor.leave() == 0


def test_an_editor_that_leaves_without_a_word_is_noticed(folder: Path) -> None:
    editor = Editor(folder, ("hubwire.lint", "--server"))
    assert editor.vanish() == 1
