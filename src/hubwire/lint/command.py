"""The command line of the checker."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from dataclasses import replace
from pathlib import Path

from hubwire.lint.config import PROFILES, Config, ConfigError, load
from hubwire.lint.finding import Severity
from hubwire.lint.report import FORMATS, renderer
from hubwire.lint.run import Report, common_root, disk, lint_files, lint_paths, uncollected

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
    add("--fail-on", choices=(*LEVELS, "never"), help="exit 1 only for findings at least this severe")
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


def run(args: argparse.Namespace) -> int:
    """Run the command: 0 clean, 1 findings, 2 could not run."""
    # The process ends with the command: looking for garbage would only delay that.
    atexit.register(gc.freeze)
    try:
        with uncollected():
            return _run(args)
    except (ConfigError, OSError) as error:
        print(f"hubwire lint: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        extra = {"tree": "lint", "pygls": "lint-server", "lsprotocol": "lint-server"}.get(
            (error.name or "").partition("_")[0]
        )
        if extra is None:
            raise
        print(
            f"hubwire lint needs a package that is not installed: pip install 'hubwire[{extra}]'",
            file=sys.stderr,
        )
        return 2


def _run(args: argparse.Namespace) -> int:
    if args.explain:
        return _explain(args.explain)
    if args.server:
        from hubwire.lint.server import serve

        return serve()
    paths = [Path(p) for p in args.paths or ["."]]
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        print(f"hubwire lint: no such file or folder: {', '.join(missing)}", file=sys.stderr)
        return 2
    config = settings(args, Path(os.path.commonpath([p.resolve() for p in paths])))
    report = _report(args, paths, config)
    if args.write_baseline:
        from hubwire.lint import baseline

        baseline.write(Path(args.write_baseline), report)
        return 0
    if config.baseline:
        from hubwire.lint import baseline

        baseline.apply(Path(config.baseline), report)
    _print(args, report)
    return verdict(report, config)


def _report(args: argparse.Namespace, paths: list[Path], config: Config) -> Report:
    root = common_root(paths)
    if args.staged:
        from hubwire.lint.collect import staged

        return lint_files(staged(root), config, disk(root), root)
    cached = not args.no_cache
    report = lint_paths(paths, config, root, jobs=args.jobs, cached=cached)
    if args.fix or args.unsafe_fixes:
        from hubwire.lint.fix import fix_files

        for _ in range(5):
            if not fix_files(root, report.findings, unsafe=args.unsafe_fixes):
                break
            report = lint_paths(paths, config, root, jobs=args.jobs, cached=cached)
    return report


def settings(args: argparse.Namespace, start: Path) -> Config:
    """The settings file, overruled by the command line."""
    config = load(start)
    if args.select:
        config = replace(config, select=_codes(args.select))
    if args.ignore:
        config = replace(config, ignore=(*config.ignore, *_codes(args.ignore)))
    if args.profile:
        config = replace(config, profile=args.profile)
    if args.baseline:
        config = replace(config, baseline=args.baseline)
    if args.fail_on:
        config = replace(config, fail_on=args.fail_on)
    asked = (*config.select, *config.ignore)
    # Rules are loaded only when somebody names one: an unchanged tree is answered from the cache.
    known = _known() if asked else []
    for chosen in asked:
        if not any(code.startswith(chosen) or name == chosen for code, name in known):
            raise ConfigError(f"no rule is called {chosen}")
    return config


def _known() -> list[tuple[str, str]]:
    from hubwire.lint.rule import all_rules

    return [(r.code, r.name) for r in all_rules()]


def _codes(text: str) -> tuple[str, ...]:
    return tuple(c.strip() for c in text.split(",") if c.strip())


def verdict(report: Report, config: Config) -> int:
    """The exit code of a report."""
    if config.fail_on == "never":
        return 0
    return int(any(f.severity >= LEVELS[config.fail_on] for f in report.findings))


def _print(args: argparse.Namespace, report: Report) -> None:
    if args.statistics:
        from hubwire.lint.report.plain import statistics

        text = statistics(report)
    else:
        text = renderer(args.format)(report)
    if args.output:
        Path(args.output).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


def _explain(wanted: str) -> int:
    from hubwire.lint.rule import find_rule

    rule = find_rule(wanted)
    if rule is None:
        print(f"hubwire lint: no rule is called {wanted}", file=sys.stderr)
        return 2
    from hubwire.lint.manual import page

    sys.stdout.write(page(rule))
    return 0
