"""An editor's checker: diagnostics and quick fixes over the Language Server Protocol (through pygls)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hubwire.lint.config import load
from hubwire.lint.finding import Edit, Finding, Severity
from hubwire.lint.rule import DOCS
from hubwire.lint.run import Disk, lint_files
from hubwire.lint.source import Source


def make_server() -> Any:
    """A language server that checks open documents as they change."""
    from lsprotocol import types
    from pygls.lsp.server import LanguageServer
    from pygls.uris import to_fs_path

    server = LanguageServer("hubwire-lint", "1")
    found: dict[str, list[Finding]] = {}

    def publish(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        found[uri] = check(Path(to_fs_path(uri) or "untitled"), document.source)
        items = [_diagnostic(types, f) for f in found[uri]]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        source = Source(uri, server.workspace.get_text_document(uri).source.encode())
        near = [
            f for f in found.get(uri, []) if f.fix and f.fix.edits and _meet(_span(types, f), params.range)
        ]
        return [_action(types, uri, source, f) for f in near]

    return server


def _span(types: Any, finding: Finding) -> Any:
    place = finding.place
    start = types.Position(place.line - 1, place.column - 1)
    return types.Range(start, types.Position(place.end_line - 1, max(place.end_column - 1, 0)))


def _diagnostic(types: Any, finding: Finding) -> Any:
    kinds = types.DiagnosticSeverity
    levels = {Severity.ERROR: kinds.Error, Severity.WARNING: kinds.Warning, Severity.INFO: kinds.Information}
    return types.Diagnostic(
        _span(types, finding),
        finding.message,
        levels[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(f"{DOCS}{finding.code}/"),
        source="hubwire",
    )


def _action(types: Any, uri: str, source: Source, finding: Finding) -> Any:
    fix = finding.fix
    return types.CodeAction(
        fix.summary if fix else "",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_diagnostic(types, finding)],
        edit=types.WorkspaceEdit({uri: [_text_edit(types, source, e) for e in fix.edits]} if fix else {}),
        is_preferred=fix.safe if fix else False,
    )


def check(path: Path, text: str) -> list[Finding]:
    """Findings in the unsaved text of a file; imports are followed on disk."""
    root = next((p for p in path.parents if (p / ".git").exists()), path.parent)
    name = path.relative_to(root).as_posix()
    return lint_files({name: text.encode()}, load(path.parent), Disk(root), root).findings


def _meet(one: Any, other: Any) -> bool:
    return bool(one.start.line <= other.end.line and other.start.line <= one.end.line)


def _text_edit(types: Any, source: Source, edit: Edit) -> Any:
    place = source.place(edit.start, edit.end)
    start = types.Position(place.line - 1, place.column - 1)
    return types.TextEdit(
        types.Range(start, types.Position(place.end_line - 1, place.end_column - 1)), edit.text
    )


def serve() -> int:
    """Speak on standard input and output until the editor leaves."""
    make_server().start_io()
    return 0
