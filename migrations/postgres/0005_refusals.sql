-- One row is one refused call of a partner, kept so that it can be explained by its request id. A
-- world keeps its latest ones only. No row holds a body, a token or another secret.
CREATE TABLE refusals (
    program_code TEXT   NOT NULL,
    -- Grows by one with each refusal; the order in which they were answered.
    position     BIGINT NOT NULL,
    request_id   TEXT   NOT NULL,
    answered_at  BIGINT NOT NULL,
    method       TEXT   NOT NULL,
    -- As it was called, without the query.
    path         TEXT   NOT NULL,
    -- Who called; empty if the token was not genuine.
    client_id    TEXT,
    http_status  BIGINT NOT NULL,
    code         BIGINT NOT NULL,
    sub_code     BIGINT NOT NULL,
    description  TEXT   NOT NULL,
    -- The rule that refused, what it found wanting, and where it is documented.
    rule         TEXT   NOT NULL,
    facts        TEXT   NOT NULL,
    source       TEXT   NOT NULL,
    CONSTRAINT refusals_pkey PRIMARY KEY (program_code, position)
);

CREATE INDEX refusals_request_idx ON refusals (program_code, request_id, position);
