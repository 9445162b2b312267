DELETE FROM crossref_decision WHERE outcome = 'kept';
ALTER TABLE crossref_decision DROP CONSTRAINT crossref_decision_outcome_check;
ALTER TABLE crossref_decision ADD CONSTRAINT crossref_decision_outcome_check
    CHECK (outcome IN ('person', 'nobody', 'reopened'));
ALTER TABLE crossref_decision DROP COLUMN evidence;
