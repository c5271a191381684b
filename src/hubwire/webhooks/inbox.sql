-- The tables of an inbox. States: 0 pending, 1 done, 2 dead, 3 unhandled, 4 discarded, 5 purged.

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
    state INTEGER NOT NULL,
    due INTEGER NOT NULL DEFAULT 0,
    -- Raised when the event is taken from whoever handles it.
    epoch INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    repeats INTEGER NOT NULL DEFAULT 0,
    raw BLOB NOT NULL,
    -- {"handler": [state, attempts, started, took]}; the errors are in `failures`.
    tried TEXT
);
CREATE INDEX IF NOT EXISTS events_open ON events (lane, occurred, id, received) WHERE state = 0;
CREATE INDEX IF NOT EXISTS events_due ON events (due) WHERE state = 0 AND due > 0;
CREATE INDEX IF NOT EXISTS events_done ON events (lane, occurred) WHERE state = 1;
CREATE INDEX IF NOT EXISTS events_odd ON events (state, id) WHERE state > 1;
CREATE INDEX IF NOT EXISTS events_odd_lane ON events (lane) WHERE state > 1;

-- Events that are being handled: those listed here when the file is opened were so when the process died.
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

PRAGMA user_version = 1;
