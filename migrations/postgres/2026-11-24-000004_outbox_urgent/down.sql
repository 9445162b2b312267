DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (state, due_s);
ALTER TABLE outbox DROP COLUMN urgent;
