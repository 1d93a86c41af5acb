-- Money: the ledger, the history that partners see, holds, adjustments and features.

-- Number of the last transaction of an account.
ALTER TABLE accounts ADD COLUMN transaction_sequence BIGINT NOT NULL DEFAULT 0;
-- How many of its transactions are listed, so that a list need not count them.
ALTER TABLE accounts ADD COLUMN listed_transactions BIGINT NOT NULL DEFAULT 0;

-- One row is one movement of money from one book to another: the ledger. Rows are only ever added.
-- A purse is a book that the bank owes to its customer: a credit makes it larger.
CREATE TABLE postings (
    program_code   TEXT   NOT NULL,
    account_id     TEXT   NOT NULL,
    -- The number of its transaction.
    sequence       BIGINT NOT NULL,
    transaction_id TEXT   NOT NULL,
    purse_id       TEXT   NOT NULL,
    -- A purse, or one of the program's books: funding, fees, settlement, transfers.
    debit_book     TEXT   NOT NULL,
    credit_book    TEXT   NOT NULL,
    amount_e4      BIGINT NOT NULL,
    -- The ledger balance of the purse behind it.
    balance_e4     BIGINT NOT NULL,
    posted_at      BIGINT NOT NULL,
    CONSTRAINT postings_pkey PRIMARY KEY (program_code, account_id, sequence),
    CONSTRAINT postings_transaction_key UNIQUE (program_code, transaction_id),
    CONSTRAINT postings_amount_check CHECK (amount_e4 > 0),
    CONSTRAINT postings_books_check CHECK (debit_book <> credit_book),
    CONSTRAINT postings_purse_check CHECK (purse_id = debit_book OR purse_id = credit_book)
);

-- One row is one entry of an account's history.
CREATE TABLE transactions (
    program_code     TEXT    NOT NULL,
    transaction_id   TEXT    NOT NULL,
    account_id       TEXT    NOT NULL,
    -- The n-th of its account.
    sequence         BIGINT  NOT NULL,
    purse_id         TEXT    NOT NULL,
    transaction_type TEXT    NOT NULL,
    -- pending, posted, cleared, reversed, expired or declined.
    status           TEXT    NOT NULL,
    is_credit        BOOLEAN NOT NULL,
    amount_e4        BIGINT  NOT NULL,
    -- When it was posted; of an authorization, when it was asked for.
    happened_at      BIGINT  NOT NULL,
    is_pending       BOOLEAN NOT NULL,
    -- Shown without asking for all authorizations.
    is_listed        BOOLEAN NOT NULL,
    -- What else is shown, as JSON.
    details          TEXT    NOT NULL,
    CONSTRAINT transactions_pkey PRIMARY KEY (program_code, transaction_id),
    CONSTRAINT transactions_sequence_key UNIQUE (program_code, account_id, sequence)
);

CREATE INDEX transactions_list_idx
    ON transactions (program_code, account_id, is_pending, happened_at, sequence, is_listed);

-- One row is money of a purse that may not be spent: it is there, and not available.
CREATE TABLE holds (
    program_code   TEXT   NOT NULL,
    -- The transaction that it belongs to.
    transaction_id TEXT   NOT NULL,
    account_id     TEXT   NOT NULL,
    purse_id       TEXT   NOT NULL,
    -- What is held still; 0 once all is released.
    amount_e4      BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    CONSTRAINT holds_pkey PRIMARY KEY (program_code, transaction_id),
    CONSTRAINT holds_amount_check CHECK (amount_e4 >= 0)
);

CREATE INDEX holds_open_idx ON holds (program_code, account_id) WHERE amount_e4 > 0;

-- One row is one adjustment that a partner asked for.
CREATE TABLE adjustments (
    program_code      TEXT    NOT NULL,
    account_id        TEXT    NOT NULL,
    -- The partner's own id.
    adjustment_id     TEXT    NOT NULL,
    adjustment_type   TEXT    NOT NULL,
    is_credit         BOOLEAN NOT NULL,
    amount_e4         BIGINT  NOT NULL,
    fee_e4            BIGINT  NOT NULL,
    currency          TEXT    NOT NULL,
    description       TEXT,
    debit_to_negative BOOLEAN NOT NULL,
    -- pending, completed or declined, and why.
    status            TEXT    NOT NULL,
    status_reason     TEXT    NOT NULL,
    created_at        BIGINT  NOT NULL,
    -- When it was posted; until then, when it was asked for.
    transaction_at    BIGINT  NOT NULL,
    CONSTRAINT adjustments_pkey PRIMARY KEY (program_code, account_id, adjustment_id),
    CONSTRAINT adjustments_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

-- The reconciliation file of a day.
CREATE INDEX adjustments_day_idx ON adjustments (program_code, transaction_at);

-- One row is one feature that an account has had.
CREATE TABLE account_features (
    program_code TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    feature_id   TEXT   NOT NULL,
    started_at   BIGINT NOT NULL,
    -- Empty while the account has it.
    ended_at     BIGINT,
    CONSTRAINT account_features_pkey PRIMARY KEY (program_code, account_id, feature_id),
    CONSTRAINT account_features_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);
