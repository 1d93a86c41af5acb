-- Cards on their way to their holders.

-- One row is one plastic card that went to fulfilment, and where it is since.
CREATE TABLE mailings (
    program_code          TEXT   NOT NULL,
    payment_instrument_id TEXT   NOT NULL,
    account_id            TEXT   NOT NULL,
    -- The card number, which other cards may bear too.
    payment_id            TEXT   NOT NULL,
    -- printing, shipped, inTransit, outForDelivery, delivered or returned.
    stage                 TEXT   NOT NULL,
    -- How it travels, as the settings said when it went to fulfilment.
    method_code           TEXT   NOT NULL,
    method_name           TEXT   NOT NULL,
    transit_days          BIGINT NOT NULL,
    tracking_number       TEXT   NOT NULL,
    fulfilled_at          BIGINT NOT NULL,
    -- Empty while it is printed.
    shipped_at            BIGINT,
    -- The day on which it should arrive: its first moment in UTC.
    expected_at           BIGINT NOT NULL,
    changed_at            BIGINT NOT NULL,
    CONSTRAINT mailings_pkey PRIMARY KEY (program_code, payment_instrument_id),
    CONSTRAINT mailings_card_fkey FOREIGN KEY (program_code, payment_instrument_id)
        REFERENCES payment_instruments (program_code, payment_instrument_id)
);

-- The newest card of a card number.
CREATE INDEX mailings_payment_idx ON mailings (program_code, payment_id, fulfilled_at);
