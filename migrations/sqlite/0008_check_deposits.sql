-- Checks that are deposited with the phone.

-- One row is one check that a partner handed in: its money is held until a business day.
CREATE TABLE check_deposits (
    program_code       TEXT    NOT NULL,
    -- The partner's own id.
    transfer_id        TEXT    NOT NULL,
    account_id         TEXT    NOT NULL,
    amount_e4          BIGINT  NOT NULL,
    currency           TEXT    NOT NULL,
    -- Format, size in bytes and hash of the pictures, which are not kept.
    image_format       TEXT,
    image_bytes        BIGINT  NOT NULL,
    image_sha256       TEXT    NOT NULL,
    -- What the partner said of its one posting.
    posting_token      TEXT,
    posting_type       TEXT,
    deposit_date       TEXT,
    -- Where it stands, and why if it was declined or returned.
    state              TEXT    NOT NULL,
    reason             TEXT,
    -- Business days of the tier that it was handed in under.
    hold_days          BIGINT  NOT NULL,
    -- The day on which its money is there, YYYY-MM-DD, and whether it was another one before.
    funds_available_on TEXT    NOT NULL,
    is_rescheduled     BOOLEAN NOT NULL,
    submitted_at       BIGINT  NOT NULL,
    changed_at         BIGINT  NOT NULL,
    -- When it was declined, canceled or returned.
    ended_at           BIGINT,
    -- The transaction that posted it, which holds its money.
    transaction_id     TEXT,
    CONSTRAINT check_deposits_pkey PRIMARY KEY (program_code, transfer_id),
    CONSTRAINT check_deposits_amount_check CHECK (amount_e4 > 0),
    CONSTRAINT check_deposits_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

-- The list of an account, and what it has deposited lately.
CREATE INDEX check_deposits_list_idx
    ON check_deposits (program_code, account_id, submitted_at, transfer_id);
