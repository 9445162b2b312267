DROP INDEX complaint_state;
ALTER TABLE complaint DROP COLUMN first_answer_id;
ALTER TABLE crossref_decision DROP COLUMN step;
ALTER TABLE crossref_decision DROP COLUMN number;
DROP TABLE crossref_past;
ALTER TABLE crossref DROP COLUMN conflict;
ALTER TABLE crossref DROP COLUMN number;
