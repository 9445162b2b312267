DROP TABLE journal_seal;
DROP INDEX journal_place;
ALTER TABLE journal DROP COLUMN place;
ALTER TABLE journal DROP COLUMN leaf;
ALTER TABLE journal DROP COLUMN salt;
