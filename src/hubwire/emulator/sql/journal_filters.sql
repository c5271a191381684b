-- What the records of a journal subscription must be like.

CREATE TABLE IF NOT EXISTS journal_filters (
    id INTEGER PRIMARY KEY,
    subscription INTEGER NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL
);
