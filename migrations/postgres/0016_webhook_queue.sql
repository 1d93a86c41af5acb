-- The queue of deliveries as an index that leads to what can be sent, however much waits behind it.

-- Messages about one account go to one endpoint in a line: by their turn, the next after the one
-- before is done. Line 0 is that of the messages as they happen, each replay has one of its own.
ALTER TABLE webhook_deliveries ADD COLUMN line BIGINT NOT NULL DEFAULT 0;
-- Even for messages in their order; odd for one that lets its successor pass.
ALTER TABLE webhook_deliveries ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
-- When it may be sent; absent once it is done, and while an earlier one of its line is not.
ALTER TABLE webhook_deliveries ADD COLUMN ready_at BIGINT;
-- Whether it is known to be the first of its line.
ALTER TABLE webhook_deliveries ADD COLUMN head BIGINT NOT NULL DEFAULT 0;
-- The fault that befell it, if one did.
ALTER TABLE webhook_deliveries ADD COLUMN fault TEXT;
-- The fault that befell the attempt, if one did.
ALTER TABLE webhook_attempts ADD COLUMN fault TEXT;

UPDATE webhook_deliveries SET turn = sequence * 2;
UPDATE webhook_deliveries SET ready_at = due_at WHERE state = 'pending';

DROP INDEX webhook_deliveries_pending_idx;
CREATE INDEX webhook_deliveries_line_idx
    ON webhook_deliveries (program_code, url, account_id, line, turn) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_ready_idx
    ON webhook_deliveries (program_code, url, ready_at, turn)
    WHERE ready_at IS NOT NULL;

-- Searching: deliveries of a message, and both in the order of lists.
CREATE INDEX webhook_deliveries_message_idx ON webhook_deliveries (program_code, message_id);
CREATE INDEX webhook_deliveries_created_idx ON webhook_deliveries (program_code, created_at);
CREATE INDEX webhook_events_occurred_idx ON webhook_events (program_code, occurred_at);
