-- Somebody waits for a code or a link: such mails are found without looking at the long row of others.
ALTER TABLE outbox ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE outbox SET urgent = TRUE WHERE template IN ('code', 'signin');
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (state, urgent, due_s);
