"""An editor's checker: diagnostics and quick fixes over the Language Server Protocol (through pygls)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hubwire.lint.config import ConfigError, load
from hubwire.lint.finding import Finding, Place, Severity
from hubwire.lint.rule import DOCS
from hubwire.lint.run import Disk, Report, lint_files
from hubwire.lint.source import Source

SETTINGS = ("hubwire.toml", "pyproject.toml", "package.json")
"""Files that change what is found, here or in the next document."""
Opened = Callable[[Path], str | None]
"""The text of a document that is open in the editor."""


def make_server() -> Any:
    """A language server that checks open documents as they change."""
    return _assembled()[0]


def _assembled() -> tuple[Any, Desk]:
    from lsprotocol import types
    from pygls.lsp.server import LanguageServer

    server = LanguageServer("hubwire-lint", "1")
    desk = Desk(server, types)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        desk.publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        desk.publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        desk.clear(params.text_document.uri)

    # What one document says may hang on another, and on the settings.
    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        desk.publish_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        desk.publish_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        desk.publish_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def moved(params: types.DidChangeWorkspaceFoldersParams) -> None:
        desk.publish_all()

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return list(desk.actions(params))

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        desk.watch()

    @server.feature(types.SHUTDOWN)
    def shut_down(params: None) -> None:
        desk.dismissed = True

    return server, desk


class Desk:
    """The open documents and what was found in them."""

    def __init__(self, server: Any, types: Any) -> None:
        self._server, self._types = server, types
        self._found: dict[str, list[Finding]] = {}
        self._told = ""
        self.dismissed = False
        """Whether the editor has asked for the end."""

    def watch(self) -> None:
        """Ask to be told when settings change, of an editor that can."""
        types = self._types
        workspace = self._server.client_capabilities.workspace
        can = workspace.did_change_watched_files if workspace is not None else None
        if can is None or not can.dynamic_registration:
            return
        watchers = [types.FileSystemWatcher(f"**/{name}") for name in SETTINGS]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted = types.Registration("settings", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        self._server.client_register_capability(types.RegistrationParams([wanted]))

    def publish_all(self) -> None:
        """Check every open document again."""
        for uri in list(self._found):
            self.publish(uri)

    def publish(self, uri: str) -> None:
        """Check one document and tell the editor."""
        text = self._server.workspace.get_text_document(uri).source
        path = _path(uri)
        try:
            report = check(path, text, self._opened, self._folders())
        except ConfigError as error:
            report = Report()
            self._complain(str(error))
        source = Source(path.name, text.encode("utf-8", "replace"))
        self._found[uri] = report.findings
        self._send(uri, [self._diagnostic(source, f) for f in report.findings])

    def clear(self, uri: str) -> None:
        """Forget a document that was closed; its findings are no longer shown."""
        self._found.pop(uri, None)
        self._send(uri, [])

    def actions(self, params: Any) -> Iterator[Any]:
        """Quick fixes of the findings that a selection touches."""
        types = self._types
        only = params.context.only
        if only and not any(types.CodeActionKind.QuickFix.startswith(kind) for kind in only):
            return
        uri = params.text_document.uri
        document = self._server.workspace.get_text_document(uri)
        source = Source(uri, document.source.encode("utf-8", "replace"))
        for finding in self._found.get(uri, ()):
            diagnostic = self._diagnostic(source, finding)
            if finding.fix and finding.fix.edits and _meet(diagnostic.range, params.range):
                edits = [
                    types.TextEdit(self._range(source, source.place(e.start, e.end)), e.text)
                    for e in finding.fix.edits
                ]
                changes = [types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(uri, document.version), edits
                )]  # fmt: skip
                versioned = self._versioned()
                yield types.CodeAction(
                    f"{finding.code}: {finding.fix.summary}",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=types.WorkspaceEdit(document_changes=changes)
                    if versioned
                    else types.WorkspaceEdit({uri: edits}),
                    is_preferred=finding.fix.safe,
                )

    def _versioned(self) -> bool:
        workspace = self._server.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        return bool(edits is not None and edits.document_changes)

    def _send(self, uri: str, diagnostics: list[Any]) -> None:
        version = None
        if uri in self._found:
            version = self._server.workspace.get_text_document(uri).version
        params = self._types.PublishDiagnosticsParams(uri, diagnostics, version)
        self._server.text_document_publish_diagnostics(params)

    def _complain(self, message: str) -> None:
        if message != self._told:
            self._told = message
            kind = self._types.MessageType.Error
            self._server.window_show_message(self._types.ShowMessageParams(kind, f"hubwire lint: {message}"))

    def _opened(self, path: Path) -> str | None:
        for uri in self._found:
            if _path(uri) == path:
                return str(self._server.workspace.get_text_document(uri).source)
        return None

    def _folders(self) -> list[Path]:
        return [_path(uri) for uri in self._server.workspace.folders]

    def _diagnostic(self, source: Source, finding: Finding) -> Any:
        types = self._types
        kinds = types.DiagnosticSeverity
        levels = {Severity.ERROR: kinds.Error, Severity.WARNING: kinds.Warning}
        span = self._range(source, finding.place)
        uri = next(u for u, found in self._found.items() if finding in found)
        related = [
            types.DiagnosticRelatedInformation(types.Location(uri, self._range(source, p)), p.note)
            for p in finding.related
            if p.path == finding.place.path
        ]
        return types.Diagnostic(
            span,
            finding.message,
            levels.get(finding.severity, kinds.Information),
            code=finding.code,
            code_description=types.CodeDescription(f"{DOCS}{finding.code}/"),
            source="hubwire",
            tags=[types.DiagnosticTag.Unnecessary] if finding.code == "HS901" else None,
            related_information=related or None,
        )

    def _range(self, source: Source, place: Place) -> Any:
        """A place in the units that the editor counts in: UTF-16 unless it says otherwise."""
        units = self._server.workspace.position_codec.client_num_units

        def position(line: int, column: int) -> Any:
            start, end = source.line_span(min(line, len(source.starts)))
            before = source.show(start, end)[: max(column - 1, 0)]
            return self._types.Position(line - 1, units(before))

        return self._types.Range(
            position(place.line, place.column), position(place.end_line, place.end_column)
        )


def _path(uri: str) -> Path:
    """The file of a document; one that was never saved lies in the working directory."""
    from pygls.uris import to_fs_path

    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found else Path.cwd() / uri.rpartition(":")[2].lstrip("/")


def check(path: Path, text: str, opened: Opened | None = None, folders: list[Path] | None = None) -> Report:
    """Findings in the text of a document; what it imports is read in the editor first, then on disk.

    Raises ConfigError when the settings that hold for it make no sense.
    """
    repository = next((p for p in path.parents if (p / ".git").exists()), None)
    within = [f for f in folders or [] if path.is_relative_to(f)]
    root = repository or max(within, key=lambda f: len(f.parts), default=path.parent)
    name = path.relative_to(root).as_posix()
    disk = Disk(root)

    def read(other: str) -> bytes | None:
        unsaved = opened(root / other) if opened is not None else None
        return disk(other) if unsaved is None else unsaved.encode("utf-8", "replace")

    config = load(path.parent)
    report = lint_files({name: text.encode("utf-8", "replace")}, config, read, root)
    if config.baseline:
        from hubwire.lint import baseline

        baseline.apply(Path(config.home, config.baseline), report)
    return report


def _meet(one: Any, other: Any) -> bool:
    return bool(one.start.line <= other.end.line and other.start.line <= one.end.line)


def serve() -> int:
    """Speak on standard input and output until the editor leaves: 0 if it said so before, else 1."""
    server, desk = _assembled()
    server.start_io()
    return 0 if desk.dismissed else 1
