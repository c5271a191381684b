"""How often `hubwire lint` is right: `python -m benchmarks lint-score LABELS [--root DIR] [--show]`.

LABELS holds one JSON object a line. `{"file", "line", "rule", "verdict"}` says what a person saw there:
`bad` must be found, `optional` may be. `{"file", "verdict": "clean"}` names a file that was read; whatever
else is found in it is a false alarm. Paths are relative to the root, and their first folder is a repository,
so that findings that hang on another file of it come out as they would there.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hubwire.lint import Finding, lint_paths
from hubwire.lint.rule import find_rule

NEAR = 12
"""Lines between a label and the finding that means it: a person points at the request, a rule at the loop."""
WHOLE_FILE = {"HS301"}
SCORED = ("HS101", "HS102", "HS103", "HS201", "HS301", "HS302", "HS311", "HS401", "HS501", "HS502")


@dataclass(frozen=True)
class Label:
    """What a person saw at a place."""

    file: str
    line: int
    rule: str
    verdict: str

    def means(self, finding: Finding) -> bool:
        """Whether a finding is this one."""
        near = self.rule in WHOLE_FILE or abs(finding.place.line - self.line) <= NEAR
        return finding.code == self.rule and near


@dataclass
class Score:
    """Counts of one rule."""

    right: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is there."""
        found = self.right + len(self.false)
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        there = self.right + len(self.missed)
        return self.right / there if there else 1.0

    def add(self, other: Score) -> None:
        """Take the counts of another rule along."""
        self.right += other.right
        self.false += other.false
        self.missed += other.missed


def read_labels(path: Path) -> tuple[list[Label], set[str]]:
    """The labels and every file that was read."""
    labels, files = [], set()
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        files.add(record["file"])
        if record["verdict"] != "clean":
            labels.append(Label(record["file"], int(record["line"]), record["rule"], record["verdict"]))
    return labels, files


def findings_of(root: Path, files: Iterable[str]) -> dict[str, list[Finding]]:
    """Findings of the labelled files, each repository checked as a whole."""
    wanted = set(files)
    out: dict[str, list[Finding]] = defaultdict(list)
    for repository in sorted({name.partition("/")[0] for name in wanted}):
        folder = root / repository
        for finding in lint_paths([folder], root=folder).findings:
            name = f"{repository}/{finding.place.path}"
            if name in wanted and finding.code in SCORED:
                out[name].append(finding)
    return out


def score(labels: list[Label], files: set[str], found: dict[str, list[Finding]]) -> dict[str, Score]:
    """Counts by rule."""
    scores = {rule: Score() for rule in SCORED}
    for file in files:
        left = [label for label in labels if label.file == file]
        for finding in found.get(file, []):
            met = min(
                (x for x in left if x.means(finding)),
                key=lambda x: (x.verdict != "bad", abs(x.line - finding.place.line)),
                default=None,
            )
            if met is None:
                scores[finding.code].false.append(f"{file}:{finding.place.line}")
                continue
            if met.verdict == "bad":
                left.remove(met)
                scores[finding.code].right += 1
        for label in left:
            if label.verdict == "bad":
                scores[label.rule].missed.append(f"{file}:{label.line}")
    return scores


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lint-score", description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--root", type=Path, help="default: the folder of LABELS")
    parser.add_argument("--show", action="store_true", help="name what was false or missed")
    asked = parser.parse_args(arguments)
    labels, files = read_labels(asked.labels)
    found = findings_of(asked.root or asked.labels.parent, files)
    scores = score(labels, files, found)
    total = Score()
    print(f"{'rule':34} {'right':>5} {'false':>5} {'missed':>6} {'precision':>9} {'recall':>6}")
    for rule, one in scores.items():
        known = find_rule(rule)
        name = f"{rule} {known.name if known else ''}"
        print(row(name, one))
        total.add(one)
    print(row("all", total))
    bad = {label.file for label in labels}
    clean = files - bad
    loud = [f for f in clean if found.get(f)]
    print(f"clean files with a finding: {len(loud)} of {len(clean)} ({len(loud) / max(1, len(clean)):.1%})")
    if asked.show:
        for rule, one in scores.items():
            for kind, places in (("false", one.false), ("missed", one.missed)):
                for place in sorted(places):
                    print(f"{rule} {kind:6} {place}")
    return 0


def row(name: str, one: Score) -> str:
    """A line of the table."""
    counts = f"{one.right:5} {len(one.false):5} {len(one.missed):6}"
    return f"{name:34} {counts} {one.precision:9.2f} {one.recall:6.2f}"
