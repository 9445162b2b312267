-- Proposals are numbered and those that a newer one replaced are kept; an answer may wait for a second examiner.
ALTER TABLE crossref ADD COLUMN number BIGINT NOT NULL DEFAULT 1;       -- the complaint's first, second, … proposal
ALTER TABLE crossref ADD COLUMN conflict BOOLEAN NOT NULL DEFAULT FALSE; -- the number says one person and the name another
UPDATE crossref SET conflict = TRUE WHERE explanation LIKE '%"conflict":true%';
CREATE TABLE crossref_past (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    complaint_id    BIGINT NOT NULL REFERENCES complaint (id),
    number          BIGINT NOT NULL,
    made_s          BIGINT NOT NULL,
    model_version   TEXT NOT NULL,
    roster_snapshot TEXT NOT NULL,
    decision        TEXT NOT NULL,
    explanation     TEXT NOT NULL,
    replaced_s      BIGINT NOT NULL,
    UNIQUE (complaint_id, number)
);
ALTER TABLE crossref_decision ADD COLUMN number BIGINT;                 -- of the proposal that was on the screen; none: not noted then
ALTER TABLE crossref_decision ADD COLUMN step TEXT NOT NULL DEFAULT 'alone'
    CHECK (step IN ('alone', 'first', 'second', 'differs'));
ALTER TABLE complaint ADD COLUMN first_answer_id BIGINT;                -- the decision that waits for a second examiner
CREATE INDEX complaint_state ON complaint (state, received_s);
