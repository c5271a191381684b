"""API generations. `v3` stands for all numeric ones; a new dated one comes every March and September."""

from __future__ import annotations

DATED = ("2026-03", "2026-09")
VERSIONS = ("v3", *DATED)
NEWEST = VERSIONS[-1]
