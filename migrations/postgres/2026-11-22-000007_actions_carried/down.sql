DROP TABLE action_reviews;
ALTER TABLE case_entries DROP COLUMN no_action_because;
ALTER TABLE actions DROP COLUMN agreed_for;
ALTER TABLE actions DROP COLUMN carried;
