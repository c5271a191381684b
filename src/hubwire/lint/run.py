"""A lint run, in one readable order: collect, mark, check, silence, choose, sort."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hubwire.lint.collect import binary, collect, normalised
from hubwire.lint.config import Config
from hubwire.lint.finding import Finding
from hubwire.lint.markers import marked, working

# What reads and judges files is loaded when a file speaks of HubSpot: most trees of a monorepo hold none.
if TYPE_CHECKING:
    from hubwire.lint.cache import Cache
    from hubwire.lint.project import Project, Read, Unit
    from hubwire.lint.rule import Rule
    from hubwire.lint.steps import Steps
    from hubwire.lint.suppress import Suppression

KEPT = 3_000_000
"""Bytes of source whose trees are kept at a time; a tree takes about twenty times its source."""


@dataclass(slots=True)
class Report:
    """What a run found."""

    findings: list[Finding] = field(default_factory=list)
    silenced: list[Finding] = field(default_factory=list)
    files: int = 0
    """Files looked at."""
    marked: int = 0
    """Files that have to do with HubSpot."""
    stale: int = 0
    """Entries of the baseline that are found no more."""
    unread: list[str] = field(default_factory=list)
    """What could not be read, each a path and the reason."""


def lint_paths(
    paths: Iterable[str | Path],
    config: Config | None = None,
    root: Path | None = None,
    *,
    jobs: int = 1,
    cached: bool = False,
    steps: Steps | None = None,
) -> Report:
    """Check files and folders, with several processes and remembered findings if wanted.

    `steps` is told how far the run has come: a step for every file looked at, another for every one checked.
    """
    config = config or Config()
    targets = [Path(p) for p in paths]
    base = (root or common_root(targets)).resolve()
    report = Report()
    store = _opened(base, config) if cached else None
    files = collect(t.resolve() for t in targets)
    if config.exclude:
        files = [f for f in files if not config.excludes(os.path.relpath(f, base), str(base))]
    report.files = len(files)
    if steps:
        steps.begin(2 * len(files))
    held: dict[str, bytes] = {}
    marks = _marked_files(files, base, store, report.unread, held, steps)
    report.marked = len(marks)
    key = _state(files) if store else ""
    found = store.get(key) if store else None
    if found is None:
        following, looked = _following(base, files, marks, held, targets)
        if steps:
            steps.step("checking", len(files) - len(marks) - len(following))
        found, seen = check_names(base, marks, following, config, jobs, held, steps)
        if store:
            store.put(key, found, _beyond({*seen, *looked}, files, targets))
            store.save()
    return _sorted(report, found)


def _beyond(seen: Iterable[str], files: list[str], targets: list[Path]) -> list[str]:
    """What a verdict hangs on outside of the run: helpers, and folders searched for them."""
    folders = tuple(f"{t.resolve()}{os.sep}" for t in targets if t.is_dir())
    own = set(files)
    return [p for p in seen if p not in own and not (os.path.isdir(p) and f"{p}{os.sep}".startswith(folders))]


def _opened(base: Path, config: Config) -> Cache:
    from hubwire.lint.cache import Cache

    return Cache(base, config)


def _state(files: list[str]) -> str:
    """Changes with any file of the run: a verdict may hang on a helper that never says HubSpot."""
    digest = hashlib.blake2b()
    for path in files:
        try:
            stat = os.stat(path)
        except OSError:
            continue
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _marked_files(
    files: list[str],
    base: Path,
    store: Cache | None,
    unread: list[str],
    held: dict[str, bytes],
    steps: Steps | None = None,
) -> dict[str, str]:
    """Name → content hash of the files that speak of HubSpot; those that cannot be read are noted.

    What was read of them is left in `held`.
    """
    out = {}
    prefix = base.as_posix().rstrip("/") + "/"
    for path in files:
        if steps:
            steps.step("looking")
        name = path.replace(os.sep, "/").removeprefix(prefix)
        try:
            known = store.digest(path) if store else None
            if known is None:
                with open(path, "rb", 0) as file:
                    data = normalised(file.read())
                speaks = not binary(data) and marked(data, f"{base.name}/{name}")
                if speaks:
                    held[name] = data
                if store and not speaks:
                    store.note(path, "-")
                known = (store.digest(path, data) if store else "+") if speaks else "-"
        except OSError as error:
            unread.append(f"{name}: {error.strerror or error}")
            continue
        if known and known != "-":
            out[name] = known
    return out


def _following(
    base: Path, files: list[str], marks: Iterable[str], held: Mapping[str, bytes], targets: Iterable[Path]
) -> tuple[list[str], set[str]]:
    """Files that do not speak of HubSpot and import one that does; and what was looked into for those that
    were named one by one, whose imports may lead out of the run."""
    prefix = base.as_posix().rstrip("/") + "/"
    names = dict.fromkeys(f.replace(os.sep, "/").removeprefix(prefix) for f in files)
    single = {str(t.resolve()).replace(os.sep, "/").removeprefix(prefix) for t in targets if t.is_file()}
    single = {n for n in names if n in single and n not in marks}
    if not marks and not single:
        return [], set()
    from hubwire.lint.followers import followers, followers_of_others
    from hubwire.lint.project import Project

    found = followers((n for n in names if n not in marks), marks, Disk(base, held)) if marks else ()
    following = dict.fromkeys(found)
    disk = Disk(base, held)
    project = Project(disk, folder=base.as_posix(), names=disk.names)
    following.update(dict.fromkeys(followers_of_others(sorted(single.difference(following)), project)))
    return list(following), disk.seen


def check_names(
    base: Path,
    marks: Iterable[str],
    following: list[str],
    config: Config,
    jobs: int,
    held: Mapping[str, bytes],
    steps: Steps | None = None,
) -> tuple[list[Finding], set[str]]:
    """Findings of marked files and of those that follow them, and what was read.

    Shared between processes when there is enough to share.
    """
    marks = list(marks)
    names = [*marks, *following]
    if not names:
        return [], set()
    jobs = min(jobs or os.cpu_count() or 1, len(names) // 40)
    if jobs < 2:
        told = (lambda: steps.step("checking")) if steps else None
        return check_some(base, marks, following, names, config, held, told)
    size = -(-len(names) // (jobs * 2))
    parts = [names[i : i + size] for i in range(0, len(names), size)]
    # Loading it costs a tenth of a second, which one file or an unchanged tree need not pay.
    from hubwire.lint.workers import advance, side_by_side

    tasks = [(base, marks, following, part, config, None, advance if steps else None) for part in parts]
    more = (lambda amount: steps.step("checking", amount)) if steps else None
    results = side_by_side(jobs, check_some, tasks, more)
    return [f for found, _ in results for f in found], {p for _, seen in results for p in seen}


def check_some(
    base: Path,
    marks: list[str],
    following: list[str],
    chosen: list[str],
    config: Config,
    held: Mapping[str, bytes] | None = None,
    told: Callable[[], None] | None = None,
) -> tuple[list[Finding], set[str]]:
    """Findings of the chosen files of a project, and every file and folder that was looked into.

    `held` is what was read already, by name; `told` is called for every file that is checked.
    """
    from hubwire.lint.project import Project

    reader = Disk(base, held or {})
    project = Project(reader, config, base.as_posix(), reader.names)
    project.speaking.update(marks)
    for name in (*marks, *following):
        data = reader(name)
        if data is not None and not binary(data):
            project.add(name, data)
    rules = chosen_rules(config)
    out: list[Finding] = []
    with uncollected():
        for name in chosen:
            if told:
                told()
            if name in project.units:
                out += check_unit(project.units[name], rules)
                project.units[name].ease()
                project.forget(KEPT)
    return out, reader.seen


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: a run makes many small records that live until it ends."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # They are old by now: without this the next object made would set off a search through all of them.
        # A caller who keeps objects frozen keeps them so.
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if was:
            gc.enable()


def _sorted(report: Report, findings: list[Finding]) -> Report:
    for finding in _unique(findings):
        (report.findings if finding.suppressed is None else report.silenced).append(finding)
    report.findings.sort(key=lambda f: f.order)
    report.silenced.sort(key=lambda f: f.order)
    return report


def lint_files(
    files: Mapping[str, bytes],
    config: Config | None = None,
    read: Read | None = None,
    root: Path | None = None,
) -> Report:
    """Check texts held in memory; `read` finds further files of the repository below `root`."""
    from hubwire.lint.project import Project

    config = config or Config()
    folder = root.resolve().as_posix() if root is not None else ""
    files = {n: normalised(data) for n, data in files.items() if not config.excludes(n, folder)}
    project = Project(
        lambda path: files[path] if path in files else read(path) if read else None, config, folder
    )
    report = Report(files=len(files))
    for name, data in files.items():
        if not binary(data) and marked(data, f"{project.home}/{name}"):
            project.add(name, data)
            project.speaking.add(name)
    report.marked = len(project.units)
    marks = list(project.units)
    others = [n for n in files if n not in project.units]
    if marks or (others and read is not None):
        from hubwire.lint.followers import followers, followers_of_others

        found = dict.fromkeys(followers(others, marks, files.get))
        # What is held may be a few files of a repository: their imports lead to the others.
        alone = [n for n in others if n not in found] if read is not None else []
        around = Project(project.read, config, folder)
        found.update(dict.fromkeys(followers_of_others(alone, around)))
        for name in found:
            project.add(name, files[name])
    return check(project, report)


def check(project: Project, report: Report) -> Report:
    """Run the rules over the marked files of a project."""
    rules = chosen_rules(project.config)
    units = list(project.units.values())
    with uncollected():
        found = [f for unit in units for f in check_unit(unit, rules)]
    return _sorted(report, found)


def check_unit(unit: Unit, rules: list[Rule]) -> list[Finding]:
    """Findings of one file, silenced ones marked, those outside the profile left out.

    A file that registers a handler of another one has a finding there: it is that file's in every respect.
    """
    from hubwire.lint.suppress import apply

    shown = [f for f in _raised(unit, rules) if _counts(unit, f)]
    own = [f for f in shown if f.place.path == unit.path]
    out = []
    for other in {f.place.path: None for f in shown if f.place.path != unit.path}:
        home = unit.project.get(other)
        if home is not None:
            there = [f for f in shown if f.place.path == other]
            out += [_finish(home, f) for f in _unique(apply(there, suppressions(home)))]
    comments = suppressions(unit)
    if comments:
        own = apply(own, comments)
        own += [f for f in _unused(unit, comments, rules) if _counts(unit, f)]
    return [_finish(unit, f) for f in _unique(own)] + out


def _raised(unit: Unit, rules: Iterable[Rule]) -> list[Finding]:
    """What rules say about a file, whatever the profile."""
    code = bool(unit.source.language) and not unit.is_test and not unit.generated
    if code and not unit.speaks:
        return [f for rule in rules if rule.follows for f in rule.check(unit)]
    code = code and working(unit.low)
    config = unit.project.config
    out: list[Finding] = []
    for rule in rules:
        if rule.reads == "text" or code:
            found = rule.check(unit)
            meant = rule.strict and config.names_rule(rule.code, rule.name)
            out += (replace(f, strict=False) for f in found) if meant else found
    return out


def _counts(unit: Unit, finding: Finding) -> bool:
    config = unit.project.config
    return config.shows(finding) and not config.ignores(finding, unit.project.folder)


def chosen_rules(config: Config) -> list[Rule]:
    """The rules that can have something to show under these settings."""
    from hubwire.lint.rule import all_rules

    return [
        r
        for r in all_rules()
        if config.wants(r.code, r.name)
        and (not r.strict or config.profile != "default" or config.names_rule(r.code, r.name))
    ]


def suppressions(unit: Unit) -> list[Suppression]:
    """The silencing comments of a file; in code, only real comments count."""
    if "hubwire:" not in unit.low:
        return []
    from hubwire.lint.suppress import read_suppressions

    code = unit.source.language and not unit.source.component
    return read_suppressions(unit.source, unit.facts if code else None)


def _unused(unit: Unit, comments: list[Suppression], rules: list[Rule]) -> list[Finding]:
    """Comments without anything to silence, be it by a rule or profile that this run leaves out."""
    from hubwire.lint.rule import all_rules
    from hubwire.lint.rules.hs901_unused_suppression import UnusedSuppression
    from hubwire.lint.suppress import apply

    reporter = next((r for r in rules if isinstance(r, UnusedSuppression)), None)
    if reporter is None:
        return []
    importers = {id(u): u for u, _ in unit.project.importers(unit)}.values()
    for where in (unit, *importers):
        apply([f for f in _raised(where, all_rules()) if f.place.path == unit.path], comments)
    return [f for comment in comments for f in reporter.unused(unit, comment)]


def _unique(findings: list[Finding]) -> list[Finding]:
    seen: set[tuple[str, str, int, int]] = set()
    out = []
    for finding in findings:
        key = (finding.code, finding.place.path, finding.place.line, finding.place.column)
        if key not in seen:
            seen.add(key)
            out.append(finding)
    return out


def _finish(unit: Unit, finding: Finding) -> Finding:
    """Add the frame and the fingerprint, with secrets masked."""
    from hubwire.lint.frame import framed, shown
    from hubwire.lint.secrets import mask

    place = finding.place
    line = " ".join(unit.source.show(*unit.source.line_span(place.line))[:200].split())
    told = f"{finding.code}\0{place.path}\0{line}"
    digest = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    frame, marked_at = framed(unit.source, place)
    related = []
    for other in finding.related:
        home = unit.project.get(other.path)
        text = shown(home.source, other) if home is not None else ""
        related.append(replace(other, note=mask(other.note), text=text))
    return replace(
        finding, frame=frame, mark=marked_at, fingerprint=digest, message=mask(finding.message),
        related=tuple(related),
    )  # fmt: skip


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


class Disk:
    """Reader of files below a folder, which is taken to hold the same names throughout a run."""

    def __init__(self, base: Path, held: Mapping[str, bytes] | None = None) -> None:
        self._folder = os.fspath(base)
        self._held = held or {}
        self._listings: dict[str, set[str]] = {}
        self.seen: set[str] = set()
        """Files read and folders listed, as the system knows them."""

    def names(self, below: str) -> set[str]:
        """What a folder holds; imports guess at many files that nobody wrote."""
        if below not in self._listings:
            self._listings[below] = set()
            above, _, last = below.rpartition("/")
            if last in ("", ".", "..") or last in self.names(above):
                folder = f"{self._folder}/{below}" if below else self._folder
                with suppress(OSError, ValueError):
                    self._listings[below] = set(os.listdir(folder))
                    self.seen.add(folder)
        return self._listings[below]

    def __call__(self, path: str) -> bytes | None:
        """The text of a file as UTF-8; None if there is none that can be read."""
        known = self._held.get(path)
        if known is not None:
            return known
        head, _, last = path.rpartition("/")
        if last not in self.names(head):
            return None
        full = f"{self._folder}/{path}"
        try:
            with open(full, "rb", 0) as file:
                data = normalised(file.read())
        except (OSError, ValueError):
            return None
        self.seen.add(full)
        return data
