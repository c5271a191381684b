-- Records of one object type in one account. {t} is portal id and type id. Archived records move to a table
-- of their own, so that lists, searches and their indexes see only live ones.
-- `props` is JSON text with sorted keys and string values only: it goes into answers as it is.

CREATE TABLE IF NOT EXISTS live_{t} (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    props TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS gone_{t} (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    props TEXT NOT NULL
);
