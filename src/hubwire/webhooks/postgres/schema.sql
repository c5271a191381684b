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

-- Stores a request: one way to the server and back, and a transaction of its own unless one is open. It counts what was
-- there already, buries what cannot be read, and rings the lanes with something new to do by `ring(text[])`, which the
-- engine makes; without `ringing` it tells them. In the order of the keys, as the events above; and what was there is
-- locked in the order of its ids, for the same reason.
-- A function with other arguments is another one, so that two versions of hubwire can be at one inbox.
CREATE OR REPLACE FUNCTION store(received bigint, source text, digest bytea, size integer, keys bytea[], lanes text[],
    kinds text[], properties text[], occurred bigint[], starts integer[], lengths integer[], body bytea,
    problems text[], replayable bigint, ringing boolean,
    OUT accepted integer, OUT again integer, OUT replayed boolean, OUT rung text[]) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    request bigint;
    buried integer := 0;
BEGIN
    INSERT INTO deliveries (received, source, digest, size, events)
    VALUES (store.received, store.source, store.digest, store.size, cardinality(keys)) RETURNING id INTO request;

    IF problems IS NULL THEN
        INSERT INTO events (key, delivery, place, lane, kind, property, occurred, received, state, raw)
        SELECT one.key, request, one.place, one.lane, one.kind, one.property, one.occurred, store.received, 0,
            substring(body FROM one.start FOR one.length)
        FROM unnest(keys, lanes, kinds, properties, store.occurred, starts, lengths)
            WITH ORDINALITY AS one(key, lane, kind, property, occurred, start, length, place)
        ORDER BY one.key ON CONFLICT (key) DO NOTHING;
    ELSE
        INSERT INTO events (key, delivery, place, lane, kind, property, occurred, received, state, raw)
        SELECT one.key, request, one.place, one.lane, one.kind, one.property, one.occurred, store.received,
            CASE WHEN one.problem IS NULL THEN 0 ELSE 2 END, substring(body FROM one.start FOR one.length)
        FROM unnest(keys, lanes, kinds, properties, store.occurred, starts, lengths, problems)
            WITH ORDINALITY AS one(key, lane, kind, property, occurred, start, length, problem, place)
        ORDER BY one.key ON CONFLICT (key) DO NOTHING;
    END IF;
    GET DIAGNOSTICS accepted = ROW_COUNT;
    again := cardinality(keys) - accepted;
    replayed := false;

    IF problems IS NOT NULL THEN
        INSERT INTO failures (event, handler, attempt, at, took, error)
        SELECT DISTINCT ON (events.id) events.id, '', 0, store.received, 0, one.problem
        FROM unnest(keys, problems) AS one(key, problem) JOIN events ON events.key = one.key
        WHERE events.delivery = request AND one.problem IS NOT NULL ORDER BY events.id;
        GET DIAGNOSTICS buried = ROW_COUNT;
    END IF;

    IF again = 0 AND problems IS NULL THEN
        rung := ARRAY(SELECT DISTINCT one FROM unnest(lanes) AS one ORDER BY one);
    ELSE
        rung := ARRAY(SELECT DISTINCT lane FROM events WHERE key = ANY (keys) AND delivery = request AND state = 0
            ORDER BY lane);
        UPDATE events SET repeats = repeats + 1
        FROM (SELECT id FROM events WHERE key = ANY (keys) AND delivery <> request ORDER BY id FOR UPDATE) AS one
        WHERE events.id = one.id;
        replayed := accepted = 0 AND again > 0 AND EXISTS (SELECT 1 FROM deliveries
            WHERE digest = store.digest AND received > store.received - replayable AND id <> request);
        IF replayed THEN
            DELETE FROM deliveries WHERE id = request;
        END IF;
    END IF;

    INSERT INTO tallies (name, value)
    SELECT * FROM (VALUES ('received', accepted), ('duplicates', again), ('replayed', replayed::integer), ('dead', buried))
        AS one(name, value) WHERE value > 0;
    IF ringing AND cardinality(rung) > 0 THEN
        PERFORM ring(rung);
        rung := NULL;
    END IF;
END $$;
