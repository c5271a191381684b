-- Work that goes on after its request was answered: imports and exports. {p} is the portal id.
-- `payload` holds the files of an import, or the file that an export made.

CREATE TABLE IF NOT EXISTS jobs_{p} (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    app INTEGER NOT NULL,
    request TEXT NOT NULL,
    takes INTEGER NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    finished INTEGER,
    state TEXT,
    result TEXT,
    payload BLOB
);

CREATE TABLE IF NOT EXISTS job_errors_{p} (
    job INTEGER NOT NULL,
    number INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
