-- Contact verifications: codes that prove a phone or an e-mail address to be a customer's.

-- One row is one code that was sent to a phone or an e-mail address, and what became of it.
CREATE TABLE contact_verifications (
    program_code    TEXT   NOT NULL,
    verification_id TEXT   NOT NULL,
    -- phone or email.
    contact_type    TEXT   NOT NULL,
    -- Ten digits, or an address in small letters.
    contact_handle  TEXT   NOT NULL,
    -- What it is for, in the partner's words.
    event_type      TEXT,
    account_id      TEXT,
    -- Digits; whoever tests reads them here, since nobody receives them.
    code            TEXT   NOT NULL,
    -- pending, verified or failed. That a pending one has expired follows from the clock.
    state           TEXT   NOT NULL,
    -- Wrong codes so far, and how many there may be.
    tries           BIGINT NOT NULL,
    tries_allowed   BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    CONSTRAINT contact_verifications_pkey PRIMARY KEY (program_code, verification_id),
    CONSTRAINT contact_verifications_state_check CHECK (state IN ('pending', 'verified', 'failed')),
    CONSTRAINT contact_verifications_tries_check CHECK (tries >= 0 AND tries <= tries_allowed)
);

CREATE INDEX contact_verifications_list_idx
    ON contact_verifications (program_code, created_at, verification_id);
CREATE INDEX contact_verifications_handle_idx
    ON contact_verifications (program_code, contact_handle, created_at, verification_id);
