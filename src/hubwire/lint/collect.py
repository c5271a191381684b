"""Which files a run reads."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

LIMIT = 1_000_000
SKIP_DIRS = {
    "node_modules", ".git", ".hg", ".svn", ".venv", "venv", "env", "__pycache__", "site-packages", "dist",
    "build",
    "vendor", "codegen", "bower_components", ".next", ".nuxt", ".output", "coverage", ".tox",
    ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".terraform", ".serverless", "htmlcov", ".yarn", ".turbo", ".cache", ".svelte-kit",
}  # fmt: skip
SKIP_FILES = re.compile(
    r"(\.min\.(js|css|mjs)|[.-]bundle\.js|\.map|\.lock|\.svg|\.css|\.scss|\.csv|\.tsv|\.snap|\.ipynb_checkpoints"
    r"|\.(png|jpe?g|gif|webp|ico|pdf|zip|gz|tgz|bz2|xz|7z|jar|war|class|woff2?|ttf|eot|otf|mp[34]|mov|avi|wav|exe|dll"
    r"|so|dylib|pyc|whl|db|sqlite3?|parquet|feather|pickle|pkl|bin|wasm|docx?|xlsx?|pptx?))$"
    r"|(^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|composer\.lock|go\.sum|Cargo\.lock)$",
    re.I,
)


def collect(paths: Iterable[Path]) -> list[Path]:
    """Files to look at: explicit ones always, those below folders unless vendored, huge or binary."""
    found: dict[Path, None] = {}
    for path in paths:
        candidates = [path] if path.is_file() else _below(path)
        for file in candidates:
            if file == path or not _skipped(file, path):
                found[file] = None
    return list(found)


def _skipped(file: Path, root: Path) -> bool:
    relative = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
    if SKIP_FILES.search(relative) or any(part in SKIP_DIRS for part in relative.split("/")[:-1]):
        return True
    try:
        return file.stat().st_size > LIMIT
    except OSError:
        return True


def _below(root: Path) -> list[Path]:
    listed = _git_files(root)
    if listed is not None:
        return listed
    out = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(d for d in folders if d not in SKIP_DIRS)
        out += [Path(folder, name) for name in sorted(files)]
    return [p for p in out if p.is_file() and not p.is_symlink()]


def _git_files(root: Path) -> list[Path] | None:
    """Tracked and untracked-but-not-ignored files, or None outside a repository."""
    if not any((folder / ".git").exists() for folder in [root.resolve(), *root.resolve().parents]):
        return None
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    names = [os.fsdecode(n) for n in done.stdout.split(b"\0") if n]
    return [p for p in (root / n for n in sorted(set(names))) if p.is_file() and not p.is_symlink()]


def staged(root: Path) -> dict[str, bytes]:
    """Path → content of what the next commit will hold (added, copied, modified, renamed files)."""
    base = ["git", "-C", str(root)]
    listed = subprocess.run(
        [*base, "diff", "--cached", "--name-only", "--relative", "--diff-filter=ACMR", "-z"],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    out = {}
    for raw in listed.stdout.split(b"\0"):
        name = os.fsdecode(raw)
        if not name or SKIP_FILES.search(name):
            continue
        blob = subprocess.run([*base, "show", f":./{name}"], capture_output=True, check=False, timeout=60)
        if blob.returncode == 0 and len(blob.stdout) <= LIMIT:
            out[name] = blob.stdout
    return out


def binary(data: bytes) -> bool:
    """Whether the first bytes are no text."""
    return b"\0" in data[:4096]


def normalised(data: bytes) -> bytes:
    """UTF-8 bytes of a file in a Unicode encoding with a byte order mark; other bytes as they are."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace").encode()
    return data
