-- Direct deposit switches.

-- One row is one attempt to have an employer or payroll provider pay into an account. Rows are
-- never taken away.
CREATE TABLE direct_deposit_switches (
    program_code     TEXT   NOT NULL,
    switch_id        TEXT   NOT NULL,
    account_id       TEXT   NOT NULL,
    -- The n-th of its account, from 1.
    number           BIGINT NOT NULL,
    -- The vendor's own id.
    vendor_reference TEXT   NOT NULL,
    -- All, Percent or Amount; empty while nobody has said.
    amount_type      TEXT,
    -- Dollars or percent, in ten-thousandths.
    amount_e4        BIGINT,
    -- Started, Submitted, Aborted, Failed, Completed or Manual, and why.
    status           TEXT   NOT NULL,
    status_reason    TEXT   NOT NULL,
    -- The payroll provider.
    depositor        TEXT,
    -- Ids of the vendor's events, oldest first, as JSON.
    event_ids        TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    last_event_at    BIGINT NOT NULL,
    CONSTRAINT direct_deposit_switches_pkey PRIMARY KEY (program_code, switch_id),
    CONSTRAINT direct_deposit_switches_number_key UNIQUE (program_code, account_id, number),
    CONSTRAINT direct_deposit_switches_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);
