"""What a path says: scripts that people run by hand are left alone, what a server offers is not."""

from __future__ import annotations

import pytest

from tests.lint.casefiles import told

CALL = b"exports.read = (id) => fetch(`https://api.hubapi.com/crm/v3/objects/deals/${id}`, { headers });\n"


@pytest.mark.parametrize(
    "path",
    [
        "src/hubspot.js",
        "src/controllers/migration/companies.js",
        "src/services/crm/migrations/deals.js",
        "app/routes/migrate/deals.js",
    ],
)
def test_reported(path: str) -> None:
    assert told("HS301", {path: CALL})


@pytest.mark.parametrize(
    "path",
    [
        "scripts/hubspot.js",
        "migrations/2024-deals.js",
        "db/migration/deals.js",
        "src/services/migrate.js",
        "src/hubspot.test.js",
        "seed.js",
    ],
)
def test_left_alone(path: str) -> None:
    assert not told("HS301", {path: CALL})
