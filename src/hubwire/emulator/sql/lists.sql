-- Lists of one account. {p} is the portal id. A deleted list keeps its row: it can be read and restored.
-- `filter` is the filter branch as it was sent; members of dynamic lists are brought up to date by reading.

CREATE TABLE IF NOT EXISTS lists_{p} (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    processing TEXT NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    filtered INTEGER,
    creator TEXT NOT NULL,
    updater TEXT NOT NULL,
    folder INTEGER NOT NULL,
    filter TEXT,
    removed INTEGER,
    deleted INTEGER
);

CREATE TABLE IF NOT EXISTS list_members_{p} (
    list INTEGER NOT NULL,
    record INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (list, record)
) WITHOUT ROWID;
