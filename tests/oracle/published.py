"""Published programs as their registry has them, in a place of their own.

They may need other versions of packages than the project does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

INSTALL_SECONDS = 300


def installed(cache: Path, *requirements: str) -> Path:
    """A folder with these packages and theirs, to be put on PYTHONPATH; made once, and kept in `cache`."""
    name = hashlib.sha256("\n".join((sys.version, *requirements)).encode()).hexdigest()[:16]
    place = cache / name
    if place.is_dir():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=cache))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            [*pip, "--no-compile", "--target", making, *requirements],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )
        if done.returncode:
            pytest.skip(f"{' '.join(requirements)} cannot be installed: {done.stderr.strip()[-300:]}")
        try:
            making.rename(place)
        except OSError:
            # Another test process was faster.
            assert place.is_dir()
    except subprocess.TimeoutExpired:
        pytest.skip(f"{' '.join(requirements)} took more than {INSTALL_SECONDS} s to install")
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return place
