CREATE TABLE crossref_decision_new (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    complaint_id    BIGINT NOT NULL REFERENCES complaint (id),
    outcome         TEXT NOT NULL CHECK (outcome IN ('person', 'nobody', 'reopened')),
    person_id       BIGINT REFERENCES person (id),
    account_id      BIGINT NOT NULL REFERENCES account (id),
    reason          TEXT NOT NULL,
    model_version   TEXT NOT NULL,
    roster_snapshot TEXT NOT NULL,
    decided_s       BIGINT NOT NULL,
    number          BIGINT,              -- of the proposal that was on the screen; none: not noted then
    step            TEXT NOT NULL DEFAULT 'alone' CHECK (step IN ('alone', 'first', 'second', 'differs'))
);
INSERT INTO crossref_decision_new (id, complaint_id, outcome, person_id, account_id, reason, model_version, roster_snapshot, decided_s, number, step)
    SELECT id, complaint_id, outcome, person_id, account_id, reason, model_version, roster_snapshot, decided_s, number, step FROM crossref_decision WHERE outcome <> 'kept';
DROP TABLE crossref_decision;
ALTER TABLE crossref_decision_new RENAME TO crossref_decision;
CREATE INDEX crossref_decision_complaint ON crossref_decision (complaint_id);
