"""A lint run, in one readable order: collect, mark, check, silence, choose, sort."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hubwire.lint.collect import binary, collect
from hubwire.lint.config import Config
from hubwire.lint.finding import Finding
from hubwire.lint.markers import marked
from hubwire.lint.project import Project, Read
from hubwire.lint.rule import Rule, all_rules
from hubwire.lint.rules.hs901_unused_suppression import UnusedSuppression
from hubwire.lint.secrets import mask
from hubwire.lint.suppress import Suppression, apply, read_suppressions
from hubwire.lint.project import Unit


@dataclass(slots=True)
class Report:
    """What a run found."""

    findings: list[Finding] = field(default_factory=list)
    silenced: list[Finding] = field(default_factory=list)
    files: int = 0
    """Files looked at."""
    marked: int = 0
    """Files that have to do with HubSpot."""


def lint_paths(paths: Iterable[str | Path], config: Config | None = None, root: Path | None = None) -> Report:
    """Check files and folders."""
    config = config or Config()
    targets = [Path(p) for p in paths]
    base = (root or common_root(targets)).resolve()
    report = Report()
    project = Project(disk(base), config)
    for path in collect([t.resolve() for t in targets], config.exclude):
        report.files += 1
        try:
            data = path.read_bytes()
        except OSError:
            continue
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
        if not binary(data) and marked(data, name):
            project.add(name, data)
    return check(project, report)


def lint_files(files: Mapping[str, bytes], config: Config | None = None, read: Read | None = None) -> Report:
    """Check texts held in memory; `read` finds further files of the repository."""
    config = config or Config()
    project = Project(lambda path: files[path] if path in files else read(path) if read else None, config)
    report = Report(files=len(files))
    for name, data in files.items():
        if not binary(data) and marked(data, name):
            project.add(name, data)
    return check(project, report)


def check(project: Project, report: Report) -> Report:
    """Run the rules over the marked files of a project."""
    config = project.config
    rules = [r for r in all_rules() if config.wants(r.code, r.name)]
    units = list(project.units.values())
    report.marked = len(units)
    for unit in units:
        findings = check_unit(unit, rules)
        for finding in findings:
            target = report.silenced if finding.suppressed is not None else report.findings
            target.append(finding)
    report.findings.sort(key=lambda f: f.order)
    report.silenced.sort(key=lambda f: f.order)
    return report


def check_unit(unit: Unit, rules: list[Rule]) -> list[Finding]:
    """Findings of one file, silenced ones marked, those outside the profile left out."""
    config = unit.project.config
    raw: list[Finding] = []
    for rule in rules:
        if rule.reads == "text" or unit.source.language:
            raw += rule.check(unit)
    comments = read_suppressions(unit.source)
    shown = [f for f in raw if config.shows(f) and not config.ignores(f)]
    if comments:
        shown = apply(shown, comments)
        shown += _unused(unit, comments, rules)
    return [_finish(unit, f) for f in _unique(shown)]


def _unused(unit: Unit, comments: list[Suppression], rules: list[Rule]) -> list[Finding]:
    """Comments that silenced nothing, when every rule they name took part."""
    reporter = next((r for r in rules if isinstance(r, UnusedSuppression)), None)
    if reporter is None:
        return []
    names = [(r.code, r.name) for r in rules]
    out = []
    for comment in comments:
        ran = all(any(c.startswith(code.upper()) or n == code.lower() for c, n in names) for code in comment.codes)
        if not comment.used and ran and not _reaches_beyond(comment):
            out.append(reporter.unused(unit, comment))
    return out


def _reaches_beyond(comment: Suppression) -> bool:
    """A file-wide comment without codes is a statement about the file."""
    return comment.whole_file and not comment.codes


def _unique(findings: list[Finding]) -> list[Finding]:
    seen: set[tuple[str, int, int]] = set()
    out = []
    for finding in findings:
        key = (finding.code, finding.place.line, finding.place.column)
        if key not in seen:
            seen.add(key)
            out.append(finding)
    return out


def _finish(unit: Unit, finding: Finding) -> Finding:
    """Add the frame and the fingerprint, with secrets masked."""
    last = min(finding.place.end_line, finding.place.line + 2)
    lines = [
        unit.source.show(*unit.source.line_span(n)).rstrip("\r")[:200]
        for n in range(finding.place.line, last + 1)
    ]
    first = re.sub(r"\s+", " ", lines[0]).strip() if lines else ""
    digest = hashlib.sha256(f"{finding.code}\0{finding.place.path}\0{first}".encode()).hexdigest()[:32]
    frame = tuple(mask(line) for line in lines)
    return replace(finding, frame=frame, fingerprint=digest, message=mask(finding.message))


def common_root(paths: list[Path]) -> Path:
    """The folder that paths are reported relative to: the working directory if it holds them all."""
    here = Path.cwd().resolve()
    full = [p.resolve() for p in paths] or [here]
    if all(p.is_relative_to(here) for p in full):
        return here
    folders = [p if p.is_dir() else p.parent for p in full]
    root = folders[0]
    while not all(f.is_relative_to(root) for f in folders):
        root = root.parent
    return root


def disk(base: Path) -> Read:
    """Reader of files below a folder."""

    def read(path: str) -> bytes | None:
        try:
            return (base / path).read_bytes()
        except OSError:
            return None

    return read
