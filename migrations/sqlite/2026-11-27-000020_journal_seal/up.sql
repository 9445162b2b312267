-- The journal's tree (docs/format.md, 11): a line gets salt, leaf and place when it is about to be sealed, in the order of ids.
ALTER TABLE journal ADD COLUMN salt BLOB;
ALTER TABLE journal ADD COLUMN leaf BLOB;
ALTER TABLE journal ADD COLUMN place BIGINT;
CREATE UNIQUE INDEX journal_place ON journal (place);

-- What each public seal hides.
CREATE TABLE journal_seal (
    leaf_index BIGINT PRIMARY KEY,        -- the public entry
    date       TEXT NOT NULL UNIQUE,      -- the day that is sealed, UTC
    salt       BLOB NOT NULL,
    size       BIGINT NOT NULL,           -- lines of the journal
    root       BLOB NOT NULL
);
