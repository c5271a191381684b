-- The tables of an inbox, in a schema of their own. States: 0 pending, 1 done, 2 dead, 3 unhandled, 4 discarded,
-- 5 purged.

CREATE TABLE IF NOT EXISTS deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received bigint NOT NULL,
    source text NOT NULL,
    digest bytea NOT NULL,
    size integer NOT NULL,
    events integer NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_received ON deliveries (received);
CREATE INDEX IF NOT EXISTS deliveries_digest ON deliveries (digest);

-- Events are inserted in the order of their keys, so that two requests with the same events wait for each other and
-- never in a circle; `place` keeps the order in which they came.
CREATE TABLE IF NOT EXISTS events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL UNIQUE,
    delivery bigint NOT NULL,
    place integer NOT NULL,
    lane text NOT NULL,
    kind text NOT NULL,
    property text,
    occurred bigint NOT NULL,
    received bigint NOT NULL,
    state smallint NOT NULL,
    due bigint NOT NULL DEFAULT 0,
    token bigint,
    crashes integer NOT NULL DEFAULT 0,
    generation integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    repeats integer NOT NULL DEFAULT 0,
    raw bytea NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS events_open ON events (lane, occurred, delivery, place) WHERE state = 0;
CREATE INDEX IF NOT EXISTS events_due ON events (due) WHERE state = 0 AND due > 0;
CREATE INDEX IF NOT EXISTS events_odd ON events (state, id) WHERE state > 1;
CREATE INDEX IF NOT EXISTS events_done ON events (lane, occurred) WHERE state = 1;
CREATE INDEX IF NOT EXISTS events_odd_lane ON events (lane) WHERE state > 1;
-- Of an earlier hubwire. An index costs with every event stored, and again with every event settled.
DROP INDEX IF EXISTS events_lane;
DROP INDEX IF EXISTS events_delivery;

CREATE TABLE IF NOT EXISTS tried (
    event bigint NOT NULL,
    handler text NOT NULL,
    state smallint NOT NULL,
    attempts integer NOT NULL,
    started bigint NOT NULL,
    took double precision NOT NULL,
    PRIMARY KEY (event, handler)
);

CREATE TABLE IF NOT EXISTS failures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event bigint NOT NULL,
    handler text NOT NULL,
    attempt integer NOT NULL,
    at bigint NOT NULL,
    took double precision NOT NULL,
    error text NOT NULL
);
CREATE INDEX IF NOT EXISTS failures_event ON failures (event);

-- Counts are added as rows and summed up now and then: one row per count would make every transaction wait for every
-- other.
CREATE TABLE IF NOT EXISTS tallies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    value bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS notes (name text PRIMARY KEY, text text NOT NULL);

CREATE TABLE IF NOT EXISTS version (number integer PRIMARY KEY);
INSERT INTO version VALUES (1) ON CONFLICT DO NOTHING;
