-- Webhooks of all accounts: an app's settings and subscriptions hold for every account that lets it in.

CREATE TABLE IF NOT EXISTS hook_settings (
    app INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    concurrency INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS hook_subscriptions (
    id INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    event TEXT NOT NULL,
    property TEXT,
    object_type TEXT,
    event_type TEXT,
    active INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);

-- The last number given to a subscription: none is given twice.
CREATE TABLE IF NOT EXISTS hook_numbers (
    last INTEGER NOT NULL
);

-- What is still to be delivered. Written in the transaction of the change it tells of; `due` is in milliseconds
-- of the emulator's clock, `attempt` counts the attempts that failed, `twin` is the event that this is a copy of.
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL,
    portal INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    twin INTEGER,
    event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due, seq);
