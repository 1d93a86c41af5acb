-- The receiver of test events, which plays the partner.

-- One row is how the receiver of one program answers; without a row it acknowledges at once.
CREATE TABLE test_event_receivers (
    program_code TEXT   NOT NULL,
    -- It waits between these two, in milliseconds.
    min_delay_ms BIGINT NOT NULL,
    max_delay_ms BIGINT NOT NULL,
    http_status  BIGINT NOT NULL,
    -- Without a body of its own it sends an acknowledgement.
    body         TEXT,
    content_type TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL,
    CONSTRAINT test_event_receivers_pkey PRIMARY KEY (program_code),
    CONSTRAINT test_event_receivers_delay_check
        CHECK (min_delay_ms >= 0 AND min_delay_ms <= max_delay_ms),
    CONSTRAINT test_event_receivers_status_check CHECK (http_status BETWEEN 200 AND 599)
);
