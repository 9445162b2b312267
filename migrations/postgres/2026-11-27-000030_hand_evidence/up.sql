-- What spoke for a person whom an examiner found by hand stays with the answer; a decision may be asked to be reopened, and be kept.
ALTER TABLE crossref_decision ADD COLUMN evidence TEXT;  -- JSON; none: the person is in the proposal, or nobody is named
ALTER TABLE crossref_decision DROP CONSTRAINT crossref_decision_outcome_check;
ALTER TABLE crossref_decision ADD CONSTRAINT crossref_decision_outcome_check
    CHECK (outcome IN ('person', 'nobody', 'reopened', 'kept'));
