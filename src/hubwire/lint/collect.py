"""Which files a run reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISREG

from hubwire.lint import patterns as re

LIMIT = 1_000_000
SKIP_DIRS = {
    "node_modules", ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", "site-packages", "dist",
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

# A mark of UTF-32 begins like one of UTF-16.
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip


def collect(paths: Iterable[Path]) -> list[str]:
    """Files to look at: explicit ones always, those below folders unless vendored, huge or binary."""
    found: dict[str, None] = {}
    for path in paths:
        if path.is_file():
            found[str(path)] = None
        else:
            found.update(dict.fromkeys(_below(path)))
    return list(found)


def _below(root: Path) -> Iterator[str]:
    listed = _git_files(root)
    return _walk(str(root)) if listed is None else _listed(root, listed)


def _walk(folder: str) -> Iterator[str]:
    """Files below a folder that are worth a look, in order of their names, those of a folder first."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda e: e.name)
    except OSError:
        return
    folders = []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry)
        elif entry.is_file(follow_symlinks=False) and not SKIP_FILES.search(entry.name):
            try:
                small = entry.stat(follow_symlinks=False).st_size <= LIMIT
            except OSError:
                continue
            if small:
                yield entry.path
    for entry in folders:
        if entry.name not in SKIP_DIRS:
            yield from _walk(entry.path)


def _listed(root: Path, names: list[str]) -> Iterator[str]:
    """Those of some named files that are worth a look."""
    for name in names:
        if not worthwhile(name):
            continue
        path = os.path.join(root, name)
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if S_ISREG(status.st_mode) and status.st_size <= LIMIT:
            yield path


def worthwhile(name: str) -> bool:
    """Whether a path below what was named is neither vendored nor made by a tool nor an asset."""
    *folders, last = name.split("/")
    return not SKIP_FILES.search(last) and SKIP_DIRS.isdisjoint(folders)


def _git_files(root: Path) -> list[str] | None:
    """Tracked and untracked-but-not-ignored files, or None outside a repository."""
    if not any((folder / ".git").exists() for folder in [root.resolve(), *root.resolve().parents]):
        return None
    import subprocess

    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return sorted({os.fsdecode(n) for n in done.stdout.split(b"\0") if n})


def binary(data: bytes) -> bool:
    """Whether the first bytes are no text."""
    return b"\0" in data[:4096]


def normalised(data: bytes) -> bytes:
    """UTF-8 bytes of a file in a Unicode encoding with a byte order mark; other bytes as they are."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace").encode()
    return data


def encoded(text: bytes, before: bytes) -> bytes:
    """UTF-8 bytes in the encoding that a file had before; the reverse of `normalised`."""
    for mark, name in _MARKS:
        if before.startswith(mark):
            return mark + text.decode("utf-8", "replace").encode(name)
    return text
