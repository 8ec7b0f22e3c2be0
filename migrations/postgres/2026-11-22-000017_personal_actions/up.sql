-- What two people agree about the one who is supervised is an action too: it belongs to a session and a person, and to no case.

ALTER TABLE actions ALTER COLUMN case_id DROP NOT NULL;
ALTER TABLE actions ALTER COLUMN entry_id DROP NOT NULL;
-- Whom it is about, if it is about no case, and the session in which it was agreed.
ALTER TABLE actions ADD COLUMN supervisee_id TEXT REFERENCES people (id);
ALTER TABLE actions ADD COLUMN supervision_id TEXT REFERENCES supervisions (id);
ALTER TABLE actions ADD CHECK ((case_id IS NULL) = (entry_id IS NULL));
ALTER TABLE actions ADD CHECK ((supervisee_id IS NULL) = (supervision_id IS NULL));
ALTER TABLE actions ADD CHECK ((case_id IS NULL) <> (supervisee_id IS NULL));
CREATE INDEX actions_by_supervisee ON actions (supervisee_id, state);
CREATE INDEX actions_by_session ON actions (supervision_id);

ALTER TABLE action_reviews ALTER COLUMN entry_id DROP NOT NULL;
-- The session in whose personal part it was looked at, if it is about no case.
ALTER TABLE action_reviews ADD COLUMN supervision_id TEXT REFERENCES supervisions (id);
ALTER TABLE action_reviews ADD CHECK ((entry_id IS NULL) <> (supervision_id IS NULL));
CREATE INDEX action_reviews_by_session ON action_reviews (supervision_id);
