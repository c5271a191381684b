-- The tables of an inbox. States: 0 pending, 1 done, 2 dead, 3 unhandled, 4 discarded, 5 purged.
--
-- What happens to every event is appended: a row in `events` when it comes in, a row in `outcomes` when it is
-- through. Pending is what has no outcome. Everything else has a table of its own, which is seldom written to.

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,
    source TEXT NOT NULL,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    events INTEGER NOT NULL,
    first INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_received ON deliveries (received);
CREATE INDEX IF NOT EXISTS deliveries_digest ON deliveries (digest);

CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    delivery INTEGER NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    property TEXT,
    occurred INTEGER NOT NULL,
    received INTEGER NOT NULL,
    raw BLOB NOT NULL
);

-- The events of each record, up to the mark `sorted`: many are entered at once, in the order of this table, so
-- that events of many records do not cost a page of it each.
CREATE TABLE IF NOT EXISTS lanes (lane TEXT NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (lane, event)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS outcomes (
    event INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    -- Of the only handler that wanted it, if it succeeded at once; `more` is empty then.
    handler INTEGER,
    started INTEGER,
    took REAL,
    -- {"handler": [state, attempts, started, took]}; the errors are in `failures`.
    more TEXT,
    generation INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS outcomes_odd ON outcomes (state, event) WHERE state > 1;

CREATE TABLE IF NOT EXISTS handlers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Pending events of which there is more to say than that they are.
CREATE TABLE IF NOT EXISTS waiting (
    event INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    due INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    tried TEXT
);
CREATE INDEX IF NOT EXISTS waiting_lane ON waiting (lane);
CREATE INDEX IF NOT EXISTS waiting_due ON waiting (due) WHERE due > 0;

-- How often an event came again.
CREATE TABLE IF NOT EXISTS repeats (event INTEGER PRIMARY KEY, times INTEGER NOT NULL);

-- Events that are being handled, [id, …]: those listed here when the file is opened were so when the process
-- died.
CREATE TABLE IF NOT EXISTS lent (token INTEGER PRIMARY KEY, events TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS failures (
    event INTEGER NOT NULL,
    handler TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    took REAL NOT NULL,
    error TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS failures_event ON failures (event);

CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- `sorted`: every event up to this one is in `lanes`, and no later one.
-- `through`: every event up to this one has an outcome, or a row in `waiting`. `newest`: no event that was
-- lent occurred later.
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

PRAGMA user_version = 2;
