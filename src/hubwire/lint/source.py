"""One file's text, addressed by byte offset."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import PurePosixPath

from hubwire.lint import patterns as re
from hubwire.lint.finding import Place

LANGUAGES = {
    ".py": "py", ".pyw": "py", ".pyi": "py",
    ".js": "js", ".jsx": "tsx", ".mjs": "js", ".cjs": "js", ".gs": "js",
    ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx",
    ".vue": "ts", ".svelte": "ts", ".astro": "ts",
}  # fmt: skip
COMPONENTS = (".vue", ".svelte", ".astro")
"""Pages whose scripts are read and whose markup is not."""
_SCRIPT = re.compile(rb"(?is)<!--.*?-->|<script\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>(.*?)</script\s*>")
_FRONT = re.compile(rb"\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.S | re.M)
_DATA = re.compile(rb"(?i)\btype\s*=\s*[\"']?(?:application/(?:ld\+)?json|text/(?!javascript|typescript))")
_BLANK = bytes(b if b in b"\r\n" else 32 for b in range(256))


class Source:
    """A file as the checker reads it.

    `text` holds one character per byte (latin-1), so that an offset of the parser, of a regular expression
    and of the file on disk is the same number. Use `show` for what a person will read.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.language = LANGUAGES.get(PurePosixPath(path).suffix.lower(), "")

    @cached_property
    def text(self) -> str:
        """One character a byte."""
        return self.data.decode("latin-1")

    @property
    def component(self) -> bool:
        """Whether the file is markup with scripts in it."""
        return self.path.lower().endswith(COMPONENTS)

    def scripts(self) -> bytes:
        """The file with everything blanked that is no script, so that offsets stay what they are."""
        if not self.component:
            return self.data
        out = bytearray(self.data.translate(_BLANK))
        front = _FRONT.match(self.data) if self.path.lower().endswith(".astro") else None
        spans = [front.span(1)] if front is not None else []
        for match in _SCRIPT.finditer(self.data, front.end() if front is not None else 0):
            if match.group(2) is not None and not _DATA.search(match.group(1)):
                spans.append(match.span(2))
        for start, end in spans:
            out[start:end] = self.data[start:end]
        return bytes(out)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of the first character of every line."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1])]

    def line_of(self, offset: int) -> int:
        """The line, from 1, that holds this offset."""
        return bisect_right(self.starts, offset)

    def line_span(self, line: int) -> tuple[int, int]:
        """Offsets of a line without its line end."""
        start = self.starts[line - 1]
        end = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        return start, end

    def line(self, line: int) -> str:
        """The text of a line, as bytes-per-character."""
        start, end = self.line_span(line)
        return self.text[start:end].rstrip("\r")

    def show(self, start: int, end: int) -> str:
        """The text between two offsets, for people."""
        return self.data[start:end].decode("utf-8", "replace")

    def place(self, start: int, end: int, note: str = "") -> Place:
        """Turn offsets into lines and columns (columns count characters, not bytes)."""
        first, last = self.line_of(start), self.line_of(max(start, end))
        column = len(self.show(self.starts[first - 1], start)) + 1
        end_column = len(self.show(self.starts[last - 1], end)) + 1
        return Place(self.path, first, column, last, end_column, note)
