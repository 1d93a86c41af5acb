-- Screening outcomes, cures, limits and what happens later.

-- consumer or business.
ALTER TABLE accounts ADD COLUMN account_type TEXT NOT NULL DEFAULT 'consumer';
-- The cards that were asked for, as JSON; made when registration completes.
ALTER TABLE accounts ADD COLUMN card_order TEXT NOT NULL DEFAULT '{"plastic":false,"pin":false}';
-- When the account first took one of the places that limits leave; empty if it never did.
ALTER TABLE accounts ADD COLUMN first_active_at BIGINT;
-- An upgrade under way, as JSON.
ALTER TABLE accounts ADD COLUMN upgrade TEXT;
-- The partner's own id for the account.
ALTER TABLE accounts ADD COLUMN partner_account_identifier TEXT;
-- One call names an account without its program.
CREATE INDEX accounts_account_idx ON accounts (account_id);
-- Every account of earlier releases took its place at once.
UPDATE accounts SET first_active_at = created_at;

-- Keyed hash of the onboarding id that a holder enrolled with.
ALTER TABLE users ADD COLUMN matricula_hash TEXT;
-- Tries at the pending gate that were used up.
ALTER TABLE users ADD COLUMN gate_tries BIGINT NOT NULL DEFAULT 0;
-- What becomes of the holder's next document, if a tester has said so.
ALTER TABLE users ADD COLUMN next_document TEXT;

-- The name on a card, in capitals without diacritics.
ALTER TABLE payment_instruments ADD COLUMN embossed_name TEXT NOT NULL DEFAULT '';
-- Why a card is stopped.
ALTER TABLE payment_instruments ADD COLUMN status_reason TEXT;

-- One row is one thing that happens to an account later, at its due moment.
CREATE TABLE tasks (
    program_code TEXT   NOT NULL,
    task_id      TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    -- What is to be done; the details are JSON.
    kind         TEXT   NOT NULL,
    details      TEXT   NOT NULL,
    -- due, done or cancelled.
    state        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    -- When it was done, and what came of it.
    ran_at       BIGINT,
    result       TEXT,
    CONSTRAINT tasks_pkey PRIMARY KEY (program_code, task_id),
    -- Checked at the commit: a task may be collected before its account.
    CONSTRAINT tasks_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id) DEFERRABLE INITIALLY DEFERRED
);

-- The queue: small, however many tasks have been done.
CREATE INDEX tasks_due_idx ON tasks (program_code, due_at) WHERE state = 'due';
CREATE INDEX tasks_account_idx ON tasks (program_code, account_id);
CREATE INDEX tasks_ran_idx ON tasks (program_code, ran_at);

-- One row is one scanned identity document; its id replaces the SSN once.
CREATE TABLE scans (
    program_code  TEXT   NOT NULL,
    onboarding_id TEXT   NOT NULL,
    last4         TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    -- The account that was enrolled with it.
    account_id    TEXT,
    CONSTRAINT scans_pkey PRIMARY KEY (program_code, onboarding_id)
);

-- One row is one document that the vendor's SDK is asked to take.
CREATE TABLE documents (
    program_code TEXT   NOT NULL,
    token        TEXT   NOT NULL,
    document_id  TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    -- requested, finished or submitted.
    state        TEXT   NOT NULL,
    -- accept, reject, unreadable, nameMismatch or uploadFailure; empty while requested.
    outcome      TEXT,
    created_at   BIGINT NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (program_code, token),
    CONSTRAINT documents_document_id_key UNIQUE (program_code, document_id),
    CONSTRAINT documents_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

CREATE INDEX documents_account_idx ON documents (program_code, account_id);

-- One row is one card package that a store has in hand.
CREATE TABLE packages (
    program_code       TEXT   NOT NULL,
    mapping_identifier TEXT   NOT NULL,
    -- available, used or unreachable.
    state              TEXT   NOT NULL,
    -- The account that took it.
    account_id         TEXT,
    CONSTRAINT packages_pkey PRIMARY KEY (program_code, mapping_identifier)
);

-- One row is one change of an account's product.
CREATE TABLE product_changes (
    program_code TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL,
    from_product TEXT   NOT NULL,
    to_product   TEXT   NOT NULL,
    CONSTRAINT product_changes_pkey PRIMARY KEY (program_code, account_id, to_product),
    CONSTRAINT product_changes_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);
