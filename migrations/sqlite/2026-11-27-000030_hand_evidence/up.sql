-- What spoke for a person whom an examiner found by hand stays with the answer; a decision may be asked to be reopened, and be kept.
-- SQLite changes no CHECK in place: the table is made anew, and nothing refers to it.
CREATE TABLE crossref_decision_new (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    complaint_id    BIGINT NOT NULL REFERENCES complaint (id),
    outcome         TEXT NOT NULL CHECK (outcome IN ('person', 'nobody', 'reopened', 'kept')),
    person_id       BIGINT REFERENCES person (id),
    account_id      BIGINT NOT NULL REFERENCES account (id),
    reason          TEXT NOT NULL,
    model_version   TEXT NOT NULL,
    roster_snapshot TEXT NOT NULL,
    decided_s       BIGINT NOT NULL,
    evidence        TEXT,                -- JSON; none: the person is in the proposal, or nobody is named
    number          BIGINT,              -- of the proposal that was on the screen; none: not noted then
    step            TEXT NOT NULL DEFAULT 'alone' CHECK (step IN ('alone', 'first', 'second', 'differs'))
);
INSERT INTO crossref_decision_new (id, complaint_id, outcome, person_id, account_id, reason, model_version, roster_snapshot, decided_s, number, step)
    SELECT id, complaint_id, outcome, person_id, account_id, reason, model_version, roster_snapshot, decided_s, number, step FROM crossref_decision;
DROP TABLE crossref_decision;
ALTER TABLE crossref_decision_new RENAME TO crossref_decision;
CREATE INDEX crossref_decision_complaint ON crossref_decision (complaint_id);
