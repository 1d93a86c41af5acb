-- Cards after issue: pauses, replacements, PINs.

-- Since when the holder has the card paused.
ALTER TABLE payment_instruments ADD COLUMN paused_at BIGINT;
-- What plastic that replaces other plastic was embossed for: REP, LSR or REI.
ALTER TABLE payment_instruments ADD COLUMN emboss_type TEXT;

-- One row is the PIN of one card number that was set after the card was issued.
CREATE TABLE card_pins (
    program_code TEXT   NOT NULL,
    payment_id   TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    -- Keyed hash.
    pin_hash     TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL,
    CONSTRAINT card_pins_pkey PRIMARY KEY (program_code, payment_id),
    CONSTRAINT card_pins_account_fkey FOREIGN KEY (program_code, account_id)
        REFERENCES accounts (program_code, account_id)
);

-- One row is one card in one wallet, as the card network knows it.
CREATE TABLE wallet_tokens (
    program_code          TEXT   NOT NULL,
    token_id              TEXT   NOT NULL,
    account_id            TEXT   NOT NULL,
    user_id               TEXT   NOT NULL,
    payment_instrument_id TEXT   NOT NULL,
    -- apple, google or samsung.
    wallet                TEXT   NOT NULL,
    -- The device, as the app names it.
    device                TEXT,
    -- requested, active, suspended or deleted.
    state                 TEXT   NOT NULL,
    requested_at          BIGINT NOT NULL,
    changed_at            BIGINT NOT NULL,
    CONSTRAINT wallet_tokens_pkey PRIMARY KEY (program_code, token_id),
    CONSTRAINT wallet_tokens_card_fkey FOREIGN KEY (program_code, payment_instrument_id)
        REFERENCES payment_instruments (program_code, payment_instrument_id)
);

CREATE INDEX wallet_tokens_account_idx ON wallet_tokens (program_code, account_id);
