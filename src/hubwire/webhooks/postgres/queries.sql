-- What an inbox asks of PostgreSQL, by name.

-- insert --
-- Stores what is new. In the order of the keys: two requests with the same events then never wait for each other in a circle.
INSERT INTO events (key, delivery, place, lane, kind, property, occurred, received, state, raw)
SELECT one.key, $1, one.place, one.lane, one.kind, one.property, one.occurred, $2, one.state, one.raw
FROM unnest($3::bytea[], $4::int[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::smallint[], $10::bytea[])
    AS one(key, place, lane, kind, property, occurred, state, raw)
ORDER BY one.key
ON CONFLICT (key) DO NOTHING
RETURNING id, key, lane, state;

-- repeat --
-- Counts arrivals of what was there. Locked in one order, for the same reason.
UPDATE events SET repeats = repeats + 1
FROM (SELECT id FROM events WHERE key = ANY($1) ORDER BY id FOR UPDATE) AS one WHERE events.id = one.id;

-- load --
-- The first pending events of each lane.
SELECT wanted.lane, one.id, one.kind, one.raw, one.occurred, one.received, one.due, one.crashes, one.generation,
    one.key, one.failures
FROM unnest($1::text[]) WITH ORDINALITY AS wanted(lane, number)
CROSS JOIN LATERAL (
    SELECT * FROM events WHERE lane = wanted.lane AND state = 0 ORDER BY occurred, delivery, place LIMIT $2
) AS one
ORDER BY wanted.number, one.occurred, one.delivery, one.place;

-- lend --
-- Lends events under a token.
UPDATE events SET token = one.token, crashes = crashes + 1
FROM unnest($1::bigint[], $2::bigint[]) AS one(token, event) WHERE events.id = one.event AND events.state = 0;

-- stale --
-- Events of which a later change of the same property was handled already.
SELECT this.id FROM events AS this WHERE this.id = ANY($1) AND EXISTS (
    SELECT 1 FROM events AS later WHERE later.lane = this.lane AND later.occurred > this.occurred
        AND later.kind = this.kind AND later.property IS NOT DISTINCT FROM this.property AND later.state = 1);

-- settle --
-- Outcomes of lent events; what is lent under another token by now stays as it is.
UPDATE events SET state = one.state, due = one.due, failures = failures + one.failed,
    crashes = CASE WHEN one.keep THEN events.crashes ELSE one.crashes END,
    token = CASE WHEN one.keep THEN one.token END
FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::int[], $6::int[], $7::bool[])
    AS one(event, token, state, due, crashes, failed, keep)
WHERE events.id = one.event AND events.token = one.token AND events.state = 0
RETURNING events.id;

-- note --
-- What handlers did; a success is not taken back.
INSERT INTO tried SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::int[], $5::bigint[], $6::float8[])
ON CONFLICT (event, handler) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
    started = excluded.started, took = excluded.took
WHERE tried.state <> 1;

-- fail --
-- Failed attempts.
INSERT INTO failures (event, handler, attempt, at, took, error)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[], $5::float8[], $6::text[]);

-- unrung --
-- Heads of lanes, from lane to lane through the index, however many events each of them has; and whether the lane has a job.
WITH RECURSIVE heads AS (
    (SELECT lane, due FROM events WHERE state = 0 AND lane > $1 ORDER BY lane, occurred, delivery, place LIMIT 1)
    UNION ALL
    SELECT following.lane, following.due FROM heads CROSS JOIN LATERAL (
        SELECT lane, due FROM events WHERE state = 0 AND lane > heads.lane
        ORDER BY lane, occurred, delivery, place LIMIT 1) AS following
)
SELECT lane, due, EXISTS (SELECT 1 FROM pgqueuer WHERE dedupe_key = lane) AS rung
FROM (SELECT * FROM heads LIMIT $2) AS piece;

-- summary --
-- A line of the list.
SELECT id, kind, property, lane, state, occurred, received, due, failures, repeats,
    (SELECT error FROM failures WHERE event = events.id ORDER BY id DESC LIMIT 1) FROM events;
