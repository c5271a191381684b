"""Applying the fixes of findings to files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hubwire.lint.collect import encoded, normalised
from hubwire.lint.finding import Edit, Finding


def edits_of(findings: Iterable[Finding], *, unsafe: bool) -> dict[str, list[Edit]]:
    """Path → the edits to make, overlapping ones left for the next round."""
    out: dict[str, list[Edit]] = {}
    for finding in findings:
        fix = finding.fix
        if fix is None or not fix.edits or not (fix.safe or unsafe):
            continue
        chosen = out.setdefault(finding.place.path, [])
        new = [e for e in fix.edits if e not in chosen]
        if not any(_overlap(a, b) for a in new for b in chosen):
            chosen += new
    return out


def _overlap(a: Edit, b: Edit) -> bool:
    return a.start < b.end and b.start < a.end


def applied(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes after the edits."""
    for edit in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data


def fix_files(root: Path, findings: Iterable[Finding], *, unsafe: bool) -> set[str]:
    """Write the fixed files; the paths of those that were changed."""
    changed = set()
    for path, edits in edits_of(findings, unsafe=unsafe).items():
        file = root / path
        before = file.read_bytes()
        after = encoded(applied(normalised(before), edits), before)
        if after != before:
            file.write_bytes(after)
            changed.add(path)
    return changed
