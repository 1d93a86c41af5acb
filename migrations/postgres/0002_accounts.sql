-- One row is one account.
CREATE TABLE accounts (
    program_code        TEXT    NOT NULL,
    account_id          TEXT    NOT NULL,
    reference_number    TEXT    NOT NULL,
    product_code        TEXT    NOT NULL,
    currency            TEXT    NOT NULL,
    status              TEXT    NOT NULL,
    status_reason       TEXT    NOT NULL,
    status_changed_at   BIGINT  NOT NULL,
    -- First day of the statement cycle, 1 to 28; empty while registration is not complete.
    cycle_day           BIGINT,
    account_number      TEXT    NOT NULL,
    routing_number      TEXT    NOT NULL,
    is_instant_issue    BOOLEAN NOT NULL,
    partner_consumer_id TEXT,
    -- Accepted terms, as JSON.
    terms               TEXT    NOT NULL,
    -- Number of the last message sent about this account; messages are delivered in this order.
    message_sequence    BIGINT  NOT NULL,
    created_at          BIGINT  NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (program_code, account_id),
    CONSTRAINT accounts_reference_number_key UNIQUE (program_code, reference_number),
    CONSTRAINT accounts_account_number_key UNIQUE (program_code, account_number)
);

-- One row is one holder of one account, with the person's profile.
CREATE TABLE users (
    program_code       TEXT    NOT NULL,
    user_id            TEXT    NOT NULL,
    account_id         TEXT    NOT NULL,
    account_holder_id  TEXT    NOT NULL,
    is_primary         BOOLEAN NOT NULL,
    first_name         TEXT    NOT NULL,
    last_name          TEXT    NOT NULL,
    dob_status         TEXT,
    -- ssn or matricula; the number itself is kept only as a keyed hash and its last four.
    identity_type      TEXT,
    identity_hash      TEXT,
    last4_identity     TEXT,
    date_of_birth      TEXT,
    default_phone_hash TEXT,
    transfer_acceptance TEXT   NOT NULL,
    ofac_status        TEXT    NOT NULL,
    kyc_status         TEXT    NOT NULL,
    kyc_pending_gate   TEXT,
    -- Middle name, addresses, e-mail and phone numbers, as JSON.
    profile            TEXT    NOT NULL,
    -- Keyed hash of the card PIN, if one was set.
    pin_hash           TEXT,
    created_at         BIGINT  NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (program_code, user_id),
    CONSTRAINT users_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

CREATE INDEX users_account_idx ON users (program_code, account_id);
CREATE INDEX users_identity_idx ON users (program_code, identity_hash);
CREATE INDEX users_default_phone_idx ON users (program_code, default_phone_hash);

-- One row is one balance of one account.
CREATE TABLE purses (
    program_code TEXT    NOT NULL,
    purse_id     TEXT    NOT NULL,
    account_id   TEXT    NOT NULL,
    purse_type   TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    is_hidden    BOOLEAN NOT NULL,
    is_round_up  BOOLEAN NOT NULL,
    available_e4 BIGINT  NOT NULL,
    ledger_e4    BIGINT  NOT NULL,
    balance_at   BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    CONSTRAINT purses_pkey PRIMARY KEY (program_code, purse_id),
    CONSTRAINT purses_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

CREATE INDEX purses_account_idx ON purses (program_code, account_id);

-- One row is one card, virtual or plastic. Card number and CVV are derived, never stored.
CREATE TABLE payment_instruments (
    program_code          TEXT    NOT NULL,
    payment_instrument_id TEXT    NOT NULL,
    payment_id            TEXT    NOT NULL,
    account_id            TEXT    NOT NULL,
    user_id               TEXT    NOT NULL,
    position              BIGINT  NOT NULL,
    instrument_type       TEXT    NOT NULL,
    status                TEXT    NOT NULL,
    is_pin_set            BOOLEAN NOT NULL,
    -- First digits of the card number; settings may change them for later cards.
    bin                   TEXT    NOT NULL,
    last4_pan             TEXT    NOT NULL,
    expires_year          BIGINT  NOT NULL,
    expires_month         BIGINT  NOT NULL,
    material              TEXT,
    issue_source          TEXT,
    issued_at             BIGINT  NOT NULL,
    activated_at          BIGINT,
    CONSTRAINT payment_instruments_pkey PRIMARY KEY (program_code, payment_instrument_id),
    CONSTRAINT payment_instruments_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

CREATE INDEX payment_instruments_account_idx ON payment_instruments (program_code, account_id);

-- One row is one enrollment request, the record that makes repeating it harmless.
CREATE TABLE enrollments (
    program_code TEXT   NOT NULL,
    request_id   TEXT   NOT NULL,
    -- Keyed hash of identity and product: the same request id with another one is another request.
    fingerprint  TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    -- unfinished: the account exists, the repeated call completes it.
    state        TEXT   NOT NULL,
    -- What the partner asked for, without identity number and PIN, as JSON.
    document     TEXT   NOT NULL,
    -- The answer to repeat, as JSON; empty while unfinished.
    reply        TEXT,
    created_at   BIGINT NOT NULL,
    CONSTRAINT enrollments_pkey PRIMARY KEY (program_code, request_id, fingerprint),
    CONSTRAINT enrollments_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

CREATE INDEX enrollments_account_idx ON enrollments (program_code, account_id);
