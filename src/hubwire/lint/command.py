"""The command line of the checker."""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from hubwire.lint.config import FAIL_ON, PROFILES, Config, ConfigError, codes, load
from hubwire.lint.finding import Finding, Place, Severity
from hubwire.lint.report import COUNTED, FORMATS, renderer
from hubwire.lint.run import Report, common_root, lint_files, lint_paths, uncollected
from hubwire.lint.steps import Shown

HELP = "find what goes wrong in code that talks to HubSpot"
EXTRAS = {"tree": "lint", "pygls": "lint-server", "lsprotocol": "lint-server"}
LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `hubwire lint`."""
    add = parser.add_argument
    add("paths", nargs="*", help="files and folders (default: the current folder)")
    add("--format", choices=FORMATS, default="text", help="what the report is written as (default: text)")
    add("--output", metavar="FILE", help="write the report there instead of to the terminal")
    add(
        "--select",
        default="",
        metavar="CODES",
        help="run only these rules: HS1, HS201, missing-pagination, …",
    )
    add("--ignore", default="", metavar="CODES", help="leave these rules out")
    add(
        "--profile",
        choices=PROFILES,
        help="default: sure findings; strict: optional ones too; audit: everything",
    )
    add("--fail-on", choices=FAIL_ON, help="exit 1 only for findings at least this severe")
    add("--explain", metavar="RULE", help="print the manual of a rule and exit")
    add("--staged", action="store_true", help="check what the next commit will hold")
    add("--fix", action="store_true", help="apply safe fixes")
    add("--unsafe-fixes", action="store_true", help="apply every fix, also those that may change behaviour")
    add("--baseline", metavar="FILE", help="leave out the findings recorded in FILE")
    add("--write-baseline", metavar="FILE", help="record today's findings in FILE and exit")
    add(
        "--jobs",
        type=int,
        default=0,
        metavar="N",
        help="processes to use (default: one a core for many files)",
    )
    add("--no-cache", action="store_true", help="neither read nor write the cache")
    add(
        "--server",
        action="store_true",
        help="speak the Language Server Protocol on standard input and output",
    )
    add("--statistics", action="store_true", help="count findings per rule instead of listing them")


def run(args: argparse.Namespace, shown: Shown | None = None) -> int:
    """Run the command: 0 clean, 1 findings, 2 could not run. `shown` shows how far it has come."""
    # The process ends with the command: looking for garbage would only delay that.
    atexit.register(gc.freeze)
    try:
        with uncollected():
            return _run(args, shown)
    except BrokenPipeError:
        # Whoever reads the report has left: no trouble of ours, and the caller's to end quietly.
        raise
    except (ConfigError, OSError) as error:
        _tell(str(error))
        return 2
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition("_")[0])
        if extra is None:
            raise
        print(
            f"hubwire lint needs a package that is not installed: pip install 'hubwire[{extra}]'",
            file=sys.stderr,
        )
        return 2


def _run(args: argparse.Namespace, shown: Shown | None) -> int:
    if args.explain:
        return _explain(args.explain)
    if args.server:
        from hubwire.lint.server import serve

        return serve()
    if args.statistics and args.format not in COUNTED:
        raise ConfigError(f"--statistics is written as {' or '.join(COUNTED)}")
    fixing = args.fix or args.unsafe_fixes
    if args.staged and fixing:
        raise ConfigError("--fix changes files and --staged reads what git holds: use one of them at a time")
    paths = [Path(p) for p in args.paths or ["."]]
    _exist(paths, staged=args.staged)
    root = common_root(paths)
    config = settings(args, Path(os.path.commonpath([os.path.abspath(p) for p in paths])))
    report = _staged(root, paths, config) if args.staged else _report(args, root, paths, config, shown)
    named = {os.path.relpath(p.resolve(), root).replace(os.sep, "/") for p in paths}
    for problem in report.unread:
        _tell(f"not read: {problem}")
    if any(problem.rpartition(": ")[0] in named for problem in report.unread):
        return 2
    if args.write_baseline:
        from hubwire.lint import baseline

        baseline.write(Path(args.write_baseline), report, config.profile)
        _tell(f"recorded {len(report.findings)} in {args.write_baseline}")
        return 0
    if config.baseline:
        from hubwire.lint import baseline

        known = Path(config.home, config.baseline)
        baseline.apply(known, report, config, None if args.staged else named)
        if report.stale and args.format == "text":
            name = os.path.relpath(known) if known.is_relative_to(Path.cwd()) else str(known)
            entries = "1 entry" if report.stale == 1 else f"{report.stale} entries"
            _tell(f"{entries} of {name} found no more; to record anew: hubwire lint --write-baseline {name}")
    _print(args, report if root == Path.cwd().resolve() else seen_from_afar(report, root))
    return verdict(report, config)


def _exist(paths: list[Path], *, staged: bool) -> None:
    """Refuse paths that are neither file nor folder; a staged file may be gone from the folder."""
    missing = [str(p) for p in paths if not p.exists()]
    if missing and not staged:
        raise ConfigError(f"no such file or folder: {', '.join(missing)}")
    odd = [str(p) for p in paths if p.exists() and not p.is_file() and not p.is_dir()]
    if odd:
        raise ConfigError(f"neither a file nor a folder: {', '.join(odd)}")


def _staged(root: Path, paths: list[Path], config: Config) -> Report:
    from hubwire.lint.staged import index

    with index(root) as held:
        missing = [str(p) for p in paths if not p.exists() and not held.knows(p)]
        if missing:
            raise ConfigError(f"no such file or folder: {', '.join(missing)}")
        return lint_files(held.changed(paths), config, held.read, root)


def _report(
    args: argparse.Namespace, root: Path, paths: list[Path], config: Config, shown: Shown | None
) -> Report:
    fixing = args.fix or args.unsafe_fixes
    # A fix is made for the text at hand, not for what was remembered of it.
    cached = not args.no_cache and not fixing
    with shown or nullcontext() as steps:
        report = lint_paths(paths, config, root, jobs=args.jobs, cached=cached, steps=steps)
    if fixing:
        from hubwire.lint.fix import fix_files

        changed: set[str] = set()
        for _ in range(5):
            fixed = fix_files(root, report.findings, unsafe=args.unsafe_fixes)
            if not fixed:
                break
            changed |= fixed
            report = lint_paths(paths, config, root, jobs=args.jobs, cached=cached)
        _tell(f"{len(changed)} file{'' if len(changed) == 1 else 's'} changed")
    return report


def _tell(what: str) -> None:
    """Say something beside the report."""
    print(f"hubwire lint: {what}", file=sys.stderr)


def seen_from_afar(report: Report, root: Path) -> Report:
    """A report whose paths are whole, for a reader in another folder than the one they are relative to."""

    def whole(place: Place) -> Place:
        return replace(place, path=(root / place.path).as_posix())

    def moved(findings: list[Finding]) -> list[Finding]:
        return [replace(f, place=whole(f.place), related=tuple(map(whole, f.related))) for f in findings]

    return replace(report, findings=moved(report.findings), silenced=moved(report.silenced))


def settings(args: argparse.Namespace, start: Path) -> Config:
    """The settings file, overruled by the command line."""
    config = load(start)
    if args.select:
        config = replace(config, select=_codes(args.select, "--select"))
    if args.ignore:
        config = replace(config, ignore=(*config.ignore, *_codes(args.ignore, "--ignore")))
    if args.profile:
        config = replace(config, profile=args.profile)
    if args.baseline:
        config = replace(config, baseline=os.path.abspath(args.baseline))
    if args.fail_on:
        config = replace(config, fail_on=args.fail_on)
    perfile = [code for codes in config.per_file_ignores.values() for code in codes]
    asked = (*config.select, *config.ignore, *perfile)
    # Rules are loaded only when somebody names one: an unchanged tree is answered from the cache.
    known = _known() if asked else []
    for chosen in asked:
        if not any(code.startswith(chosen) or name == chosen for code, name in known):
            raise ConfigError(f"no rule is called {chosen!r}")
    return config


def _known() -> list[tuple[str, str]]:
    from hubwire.lint.rule import all_rules

    return [(r.code, r.name) for r in all_rules()]


def _codes(text: str, option: str) -> tuple[str, ...]:
    named = codes(c.strip() for c in text.split(",") if c.strip())
    if not named:
        raise ConfigError(f"{option} names no rule")
    return named


def verdict(report: Report, config: Config) -> int:
    """The exit code of a report."""
    if config.fail_on == "never":
        return 0
    return int(any(f.severity >= LEVELS[config.fail_on] for f in report.findings))


def _print(args: argparse.Namespace, report: Report) -> None:
    render = renderer(args.format, statistics=args.statistics)
    if args.format == "text" and not args.statistics and not args.output:
        from hubwire.lint.report import plain

        render = partial(plain.render, colours=plain.coloured())
    text = render(report)
    if args.output:
        # A path that is no Unicode is written with escapes, as to the terminal.
        Path(args.output).write_bytes(text.encode("utf-8", "backslashreplace"))
        return
    out = sys.stdout
    if out is None:
        raise OSError("standard output is closed")
    if isinstance(out, io.TextIOWrapper):
        # Programs expect UTF-8; people what their terminal can show.
        out.reconfigure(encoding=None if args.format == "text" else "utf-8", errors="backslashreplace")
    out.write(text)
    out.flush()


def _explain(wanted: str) -> int:
    from hubwire.lint.rule import find_rule

    (name,) = codes([wanted])
    rule = find_rule(name)
    if rule is None:
        raise ConfigError(f"no rule is called {wanted!r}")
    from hubwire.lint.manual import page

    sys.stdout.write(page(rule))
    return 0
