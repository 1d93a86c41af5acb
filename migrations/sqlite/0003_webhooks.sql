-- One row is one event of the outbox, committed with the change that caused it.
CREATE TABLE webhook_events (
    program_code TEXT   NOT NULL,
    event_id     TEXT   NOT NULL,
    -- Events of one message travel in one body.
    message_id   TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    account_id   TEXT   NOT NULL,
    sequence     BIGINT NOT NULL,
    event_type   TEXT   NOT NULL,
    -- The event as it stands in the body, as JSON text: sent byte for byte on every attempt.
    event        TEXT   NOT NULL,
    occurred_at  BIGINT NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (program_code, event_id)
);

CREATE INDEX webhook_events_message_idx ON webhook_events (program_code, message_id);
CREATE INDEX webhook_events_account_idx ON webhook_events (program_code, account_id, sequence);

-- One row is one message on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    program_code  TEXT   NOT NULL,
    delivery_id   TEXT   NOT NULL,
    message_id    TEXT   NOT NULL,
    account_id    TEXT   NOT NULL,
    sequence      BIGINT NOT NULL,
    url           TEXT   NOT NULL,
    -- pending, delivered or failed.
    state         TEXT   NOT NULL,
    attempts      BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    -- Who is sending it, and until when nobody else may.
    lease_owner   TEXT,
    lease_wall_at BIGINT NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (program_code, delivery_id)
);

-- The queue: small, however many deliveries have been done.
CREATE INDEX webhook_deliveries_pending_idx
    ON webhook_deliveries (program_code, url, account_id, sequence) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leased_idx
    ON webhook_deliveries (lease_owner) WHERE lease_owner IS NOT NULL;

-- One row is one attempt to deliver.
CREATE TABLE webhook_attempts (
    program_code TEXT   NOT NULL,
    delivery_id  TEXT   NOT NULL,
    attempt      BIGINT NOT NULL,
    attempted_at BIGINT NOT NULL,
    latency_ms   BIGINT NOT NULL,
    http_status  BIGINT,
    -- delivered, retryable or final.
    verdict      TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    CONSTRAINT webhook_attempts_pkey PRIMARY KEY (program_code, delivery_id, attempt)
);
