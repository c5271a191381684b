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

-- Folders of lists; the root is 0 and has no row.
CREATE TABLE IF NOT EXISTS list_folders_{p} (
    id INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    contents INTEGER NOT NULL,
    user INTEGER NOT NULL
);

-- When a list was or shall be made static: the wish as it was sent, and when it came true.
CREATE TABLE IF NOT EXISTS list_conversions_{p} (
    list INTEGER PRIMARY KEY,
    wish TEXT NOT NULL,
    asked INTEGER NOT NULL,
    converted INTEGER
);

-- What a list's size was found to be, and when its definition changed.
CREATE TABLE IF NOT EXISTS list_history_{p} (
    list INTEGER NOT NULL,
    at INTEGER NOT NULL,
    size INTEGER
);
CREATE INDEX IF NOT EXISTS list_history_{p}_at ON list_history_{p} (list, at);
