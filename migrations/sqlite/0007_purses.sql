-- Purses beside the primary one, and transfers between the purses of an account.

-- Its place in the list of its account: the primary purse is 0, later ones follow.
ALTER TABLE purses ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
-- What the partner says of it, as JSON.
ALTER TABLE purses ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
-- Empty while it is open.
ALTER TABLE purses ADD COLUMN closed_at BIGINT;

-- One row is one transfer that a partner asked for, and what became of it.
CREATE TABLE transfers (
    program_code    TEXT   NOT NULL,
    -- The partner's own id, or one that was given to it.
    transfer_id     TEXT   NOT NULL,
    -- Of the call that asked for it, in small letters.
    request_id      TEXT   NOT NULL,
    account_id      TEXT   NOT NULL,
    source_purse_id TEXT   NOT NULL,
    target_purse_id TEXT   NOT NULL,
    amount_e4       BIGINT NOT NULL,
    memo            TEXT,
    description     TEXT,
    -- completed or failed, and why it failed.
    status          TEXT   NOT NULL,
    status_reason   TEXT,
    created_at      BIGINT NOT NULL,
    CONSTRAINT transfers_pkey PRIMARY KEY (program_code, transfer_id),
    CONSTRAINT transfers_request_key UNIQUE (program_code, request_id),
    CONSTRAINT transfers_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id),
    CONSTRAINT transfers_amount_check CHECK (amount_e4 > 0),
    CONSTRAINT transfers_purses_check CHECK (source_purse_id <> target_purse_id),
    CONSTRAINT transfers_status_check CHECK ((status = 'failed') = (status_reason IS NOT NULL))
);
