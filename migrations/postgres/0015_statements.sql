-- Account statements.

-- When registration was completed, and with it the first statement cycle began; empty until then.
ALTER TABLE accounts ADD COLUMN completed_at BIGINT;
-- Earlier releases did not note it.
UPDATE accounts SET completed_at = created_at WHERE cycle_day IS NOT NULL;

-- One row is one statement: a cycle of one account that has ended, and whom it is addressed to. Its
-- entries are the postings behind one number and up to another. Rows are only ever added.
CREATE TABLE statements (
    program_code   TEXT   NOT NULL,
    account_id     TEXT   NOT NULL,
    -- Year and month of the last day of the cycle: YYYYMM.
    period         TEXT   NOT NULL,
    -- YYYY-MM-DD, both within the cycle.
    first_day      TEXT   NOT NULL,
    last_day       TEXT   NOT NULL,
    -- Numbers of the last transaction before the cycle and of its own last one.
    after_sequence BIGINT NOT NULL,
    last_sequence  BIGINT NOT NULL,
    -- Holders, address, account and purses as they were when it was drawn, as JSON.
    cover          TEXT   NOT NULL,
    drawn_at       BIGINT NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (program_code, account_id, period),
    CONSTRAINT statements_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id),
    CONSTRAINT statements_sequence_check CHECK (after_sequence <= last_sequence)
);
