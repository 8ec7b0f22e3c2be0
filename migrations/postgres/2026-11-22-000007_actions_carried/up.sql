-- Actions come back in each session until they end.

-- How often the action was carried over since it was set or last decided about.
ALTER TABLE actions ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
-- The day that was agreed at first; due_on is the day that holds now.
ALTER TABLE actions ADD COLUMN agreed_for DATE;
UPDATE actions SET agreed_for = due_on;

-- Why nothing is to be done, if that was said.
ALTER TABLE case_entries ADD COLUMN no_action_because TEXT NOT NULL DEFAULT '';

-- What became of an action when it was looked at in a later session.
CREATE TABLE action_reviews (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    action_id TEXT NOT NULL REFERENCES actions (id),
    entry_id TEXT NOT NULL REFERENCES case_entries (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    due_on DATE,
    reviewed_at TIMESTAMP NOT NULL
);
CREATE INDEX action_reviews_by_action ON action_reviews (action_id);
CREATE INDEX action_reviews_by_entry ON action_reviews (entry_id);
CREATE INDEX action_reviews_by_organisation ON action_reviews (organisation_id);
CREATE INDEX action_reviews_by_person ON action_reviews (person_id);

CREATE TRIGGER action_reviews_no_change BEFORE UPDATE OR DELETE ON action_reviews
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER action_reviews_no_truncate BEFORE TRUNCATE ON action_reviews
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
