-- What an inbox asks of PostgreSQL, by name.

-- store --
-- Arrays come as a text: asyncpg looks at every element of an array three times.
SELECT accepted, again, replayed, rung FROM store($1, $2, $3, $4, $5::text::bytea[], $6::text::text[], $7::text::text[],
    $8::text::text[], $9::text::bigint[], $10::text::integer[], $11::text::integer[], $12, $13, $14, $15);

-- load --
-- The first pending events of each lane, what handlers did with them so far, and whether a later change of the same
-- property was handled already.
SELECT wanted.lane, one.id, one.kind, one.raw, one.occurred, one.received, one.due, one.crashes, one.generation,
    one.key,
    (SELECT json_agg(json_build_array(handler, state, attempts, started, took) ORDER BY handler)::text
        FROM tried WHERE event = one.id) AS tried,
    EXISTS (SELECT 1 FROM events AS later WHERE later.lane = one.lane AND later.state = 1
        AND later.occurred > one.occurred AND later.kind = one.kind
        AND later.property IS NOT DISTINCT FROM one.property) AS stale
FROM unnest($1::text[]) WITH ORDINALITY AS wanted(lane, number)
CROSS JOIN LATERAL (
    SELECT * FROM events WHERE lane = wanted.lane AND state = 0 ORDER BY occurred, delivery, place LIMIT $2
) AS one
ORDER BY wanted.number, one.occurred, one.delivery, one.place;

-- lend --
-- Lends events under a token.
UPDATE events SET token = one.token, crashes = crashes + 1
FROM unnest($1::bigint[], $2::bigint[]) AS one(token, event) WHERE events.id = one.event AND events.state = 0;

-- settle --
-- Outcomes of lent events, what handlers did with them, and the counts; what is lent under another token by now stays
-- as it is, and a success is not taken back. All in one statement: every other one would be a way to the server and back.
WITH done AS (
    UPDATE events SET state = one.state, due = one.due, failures = failures + one.failed,
        crashes = CASE WHEN one.keep THEN events.crashes ELSE one.crashes END,
        token = CASE WHEN one.keep THEN one.token END
    FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::int[], $6::int[], $7::bool[])
        AS one(event, token, state, due, crashes, failed, keep)
    WHERE events.id = one.event AND events.token = one.token AND events.state = 0
    RETURNING events.id, events.state
), told AS (
    SELECT one.* FROM unnest($8::bigint[], $9::text[], $10::smallint[], $11::int[], $12::bigint[], $13::float8[],
        $14::text[]) AS one(event, handler, state, attempts, started, took, error) JOIN done ON done.id = one.event
), noted AS (
    INSERT INTO tried (event, handler, state, attempts, started, took)
    SELECT event, handler, state, attempts, started, took FROM told
    ON CONFLICT (event, handler) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
        started = excluded.started, took = excluded.took
    WHERE tried.state <> 1
), failed AS (
    INSERT INTO failures (event, handler, attempt, at, took, error)
    SELECT event, handler, attempts, started, took, error FROM told WHERE error IS NOT NULL
), counted AS (
    INSERT INTO tallies (name, value)
    SELECT ($15::text[])[state + 1], count(*) FROM done WHERE state > 0 GROUP BY state
    UNION ALL SELECT 'fenced', cardinality($1) - count(*) FROM done HAVING count(*) < cardinality($1)
)
SELECT id FROM done;

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
