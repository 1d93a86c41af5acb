-- What a fault did to a delivery before it was sent, for the timeline to tell.

-- When the fault befell it; absent as long as none did.
ALTER TABLE webhook_deliveries ADD COLUMN fault_at BIGINT;
-- Until when it was to wait then; absent for one that is never sent.
ALTER TABLE webhook_deliveries ADD COLUMN fault_until BIGINT;

-- Of earlier ones, only the moment of the message is known.
UPDATE webhook_deliveries SET fault_at = created_at WHERE fault IS NOT NULL;

-- Few deliveries are befallen by one: a timeline finds those of its account.
CREATE INDEX webhook_deliveries_fault_idx ON webhook_deliveries (program_code, account_id, fault_at)
    WHERE fault IS NOT NULL;
