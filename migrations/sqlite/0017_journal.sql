-- The journal: what was called, what was answered, and what changed.

-- It holds refused calls too, and all that was known of them.
DROP TABLE refusals;

-- One row is one call of a partner, or one call of the control API that changed something. A world
-- keeps its latest ones only. No row holds a token or another secret.
CREATE TABLE journal (
    program_code TEXT   NOT NULL,
    -- Grows with each call of a process and follows the wall clock: the order of the calls.
    call_id      TEXT   NOT NULL,
    -- call or control; reset begins a world's life anew; lost stands for calls that were not kept.
    kind         TEXT   NOT NULL,
    -- In small letters; empty if the call had none that is a GUID.
    request_id   TEXT,
    account_id   TEXT,
    -- When it came in.
    received_at  BIGINT NOT NULL,
    -- The call and its answer, as JSON, without what is secret.
    entry        TEXT   NOT NULL,
    CONSTRAINT journal_pkey PRIMARY KEY (program_code, call_id)
);

CREATE INDEX journal_request_idx ON journal (program_code, request_id);
CREATE INDEX journal_account_idx ON journal (program_code, account_id, received_at);

-- The call that caused it; empty if no call did.
ALTER TABLE webhook_events ADD COLUMN call_id TEXT;
CREATE INDEX webhook_events_call_idx ON webhook_events (program_code, call_id)
    WHERE call_id IS NOT NULL;
ALTER TABLE transactions ADD COLUMN call_id TEXT;
-- The call under which it was done; empty for one that was done by itself.
ALTER TABLE tasks ADD COLUMN call_id TEXT;

-- One row is one state that an account has been in. Rows are only ever added.
CREATE TABLE account_states (
    program_code TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    -- The n-th of its account, from 1.
    number       BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    -- The state before it, if there was one, and the state itself, as JSON.
    change       TEXT   NOT NULL,
    -- The call that caused it; empty if no call did.
    call_id      TEXT,
    CONSTRAINT account_states_pkey PRIMARY KEY (program_code, account_id, number)
);
