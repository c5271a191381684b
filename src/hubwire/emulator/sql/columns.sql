-- The columns of one object type as the search had them when they were last kept, and the ids of records
-- written since. {t} is portal id and type id. A cache: both may be dropped.

CREATE TABLE IF NOT EXISTS columns_{t} (
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    sql TEXT NOT NULL,
    codes BLOB NOT NULL,
    keys BLOB NOT NULL,
    starts BLOB,
    faithful INTEGER NOT NULL,
    texts BLOB,
    text_starts BLOB,
    PRIMARY KEY (name, sort)
);

CREATE TABLE IF NOT EXISTS touched_{t} (
    id INTEGER PRIMARY KEY
);
