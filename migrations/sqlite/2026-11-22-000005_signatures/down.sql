DROP TABLE agreement_answers;
DROP TABLE agreements;
DROP TABLE record_steps;
DROP INDEX supervisions_by_state;
ALTER TABLE supervisions DROP COLUMN asked_on;
ALTER TABLE supervisions DROP COLUMN state;
