-- What a fault did to a delivery before it was sent, for the timeline to tell.

-- When the fault befell it; absent as long as none did.
ALTER TABLE webhook_deliveries ADD COLUMN fault_at BIGINT;
-- Until when it was to wait then; absent for one that is never sent.
ALTER TABLE webhook_deliveries ADD COLUMN fault_until BIGINT;

-- Of earlier ones, only the moment of the message is known.
UPDATE webhook_deliveries SET fault_at = created_at WHERE fault IS NOT NULL;
