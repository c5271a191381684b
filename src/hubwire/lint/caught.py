"""What happens to something that is thrown: whether the function that threw it catches it and goes on."""

from __future__ import annotations

from hubwire.lint import patterns as re
from hubwire.lint.facts import Func

_TRY = re.compile(r"\btry\s*\{|^([ \t]+)try:[ \t\r]*$", re.M)
_CATCH = re.compile(r"\s*catch\s*(?:\([^)]*\))?\s*\{")


def behind(text: str, thrown: int, func: Func, ends: re.Pattern[str]) -> str:
    """What runs after the catch of what is thrown at an offset; "" without one, or where it is the end."""
    for opened in _TRY.finditer(text, func.start, thrown):
        if opened.group(1) is None:
            body = _closed(text, opened.end(), func.end)
            caught = _CATCH.match(text, body)
            after = _closed(text, caught.end(), func.end) if caught else body
        else:
            body, caught, after = _dedented(text, opened, func.end)
        if body > thrown and caught is not None:
            return "" if ends.search(text, caught.end(), after) else text[after : func.end]
    return ""


def _closed(text: str, start: int, end: int) -> int:
    """Behind the brace that closes the one before `start`."""
    depth = 1
    for brace in re.compile(r"[{}]").finditer(text, start, end):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.end()
    return end


def _dedented(text: str, opened: re.Match[str], end: int) -> tuple[int, re.Match[str] | None, int]:
    """The end of a Python `try` block, its first `except`, and the end of that."""
    lead = re.escape(opened.group(1))
    caught = re.compile(rf"^{lead}except\b[^\n]*:", re.M).search(text, opened.end(), end)
    if caught is None:
        return opened.end(), None, opened.end()
    after = re.compile(rf"^(?!{lead}[ \t])[ \t]*\S", re.M).search(text, caught.end(), end)
    return caught.start(), caught, after.start() if after else end
