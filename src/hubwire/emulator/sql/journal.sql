-- The webhooks journal: what apps want written down, and the files it is written into. Kept for three days.

CREATE TABLE IF NOT EXISTS journal_subscriptions (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    portal INTEGER,
    body TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS journal_files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    portal INTEGER NOT NULL,
    published INTEGER NOT NULL,
    events TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_files_app ON journal_files (app, seq);

CREATE TABLE IF NOT EXISTS journal_snapshots (
    id TEXT PRIMARY KEY,
    app INTEGER NOT NULL,
    at INTEGER NOT NULL,
    problem TEXT
);
