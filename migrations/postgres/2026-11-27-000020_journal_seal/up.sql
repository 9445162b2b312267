-- The journal's tree (docs/format.md, 11): a line gets salt, leaf and place when it is about to be sealed, in the order of ids.
ALTER TABLE journal ADD COLUMN salt BYTEA;
ALTER TABLE journal ADD COLUMN leaf BYTEA;
ALTER TABLE journal ADD COLUMN place BIGINT;
CREATE UNIQUE INDEX journal_place ON journal (place);

-- What each public seal hides.
CREATE TABLE journal_seal (
    leaf_index BIGINT PRIMARY KEY,        -- the public entry
    date       TEXT NOT NULL UNIQUE,      -- the day that is sealed, UTC
    salt       BYTEA NOT NULL,
    size       BIGINT NOT NULL,           -- lines of the journal
    root       BYTEA NOT NULL
);
