-- Tables of one account. {p} is the portal id: several accounts can live in one file.

-- One row per object type that was ever written to: its id counter, how many records live, and a number
-- that grows with every write (what was computed from an older number is stale).
CREATE TABLE IF NOT EXISTS kinds_{p} (
    type TEXT PRIMARY KEY,
    next INTEGER NOT NULL DEFAULT 0,
    live INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Each association is two rows, one from either side, so that both directions read as a range.
CREATE TABLE IF NOT EXISTS edges_{p} (
    from_type TEXT NOT NULL,
    from_id INTEGER NOT NULL,
    to_type TEXT NOT NULL,
    to_id INTEGER NOT NULL,
    category TEXT NOT NULL,
    type_id INTEGER NOT NULL,
    PRIMARY KEY (from_type, from_id, to_type, to_id, category, type_id)
) WITHOUT ROWID;

-- What an update replaced: `before` maps property to the value it had, null for none. With the current
-- values and this, every earlier value can be told; a record that never changed needs no row.
CREATE TABLE IF NOT EXISTS history_{p} (
    type TEXT NOT NULL,
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    before TEXT NOT NULL,
    PRIMARY KEY (type, id, seq)
) WITHOUT ROWID;

-- What the account defined beside HubSpot's own (properties, groups, pipelines, object types, labels …): JSON
-- documents by kind, scope (usually an object type id) and key.
CREATE TABLE IF NOT EXISTS defined_{p} (
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, scope, key)
);

-- Ids of records that were merged into another one, and that one's id.
CREATE TABLE IF NOT EXISTS aliases_{p} (
    type TEXT NOT NULL,
    id INTEGER NOT NULL,
    actual INTEGER NOT NULL,
    PRIMARY KEY (type, id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS owners_{p} (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL
);
