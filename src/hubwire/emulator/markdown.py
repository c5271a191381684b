"""Markdown as HTML: paragraphs, headings, lists, emphasis, code, links. HTML in it is shown, not obeyed."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
ITEM = re.compile(r"\s*(?:[-*+]|(\d+)[.)])\s+(.*)")
LINK = re.compile(r"\[([^\[\]]*)\]\(((?:https?://|mailto:)[^\s()]+)\)")
INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"<strong>\2</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)"), r"<em>\1</em>"),
)


def html(text: str) -> str:
    """One block a line."""
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = [block for kind, found in groupby(lines, _kind) for block in _block(kind, list(found))]
    return "\n".join(blocks)


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if HEADING.fullmatch(line):
        return "h"
    item = ITEM.fullmatch(line)
    if item is None:
        return "p"
    return "ol" if item[1] else "ul"


def _block(kind: str, lines: list[str]) -> list[str]:
    match kind:
        case "h":
            found = [match for line in lines if (match := HEADING.fullmatch(line))]
            return [f"<h{len(one[1])}>{_inline(one[2])}</h{len(one[1])}>" for one in found]
        case "ul" | "ol":
            items = [match[2] for line in lines if (match := ITEM.fullmatch(line))]
            return [f"<{kind}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{kind}>"]
        case "p":
            return [f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"]
    return []


def _inline(text: str) -> str:
    pieces, start = [], 0
    for link in LINK.finditer(text):
        pieces.append(_emphasised(text[start : link.start()]))
        pieces.append(f'<a href="{escape(link[2])}">{_emphasised(link[1])}</a>')
        start = link.end()
    return "".join([*pieces, _emphasised(text[start:])])


def _emphasised(text: str) -> str:
    shown = escape(text)
    for pattern, marked in INLINE:
        shown = pattern.sub(marked, shown)
    return shown
