-- Somebody was asked to clear the way for an action, or to decide about it: who, as the session said, which is never changed; and with
-- whom it is now, with their answer.
ALTER TABLE action_reviews ADD COLUMN asked_id TEXT REFERENCES people (id);
CREATE INDEX action_reviews_by_asked ON action_reviews (asked_id) WHERE asked_id IS NOT NULL;

CREATE TABLE action_requests (
    review_id TEXT NOT NULL PRIMARY KEY REFERENCES action_reviews (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    action_id TEXT NOT NULL REFERENCES actions (id),
    asked_id TEXT NOT NULL REFERENCES people (id),
    answer TEXT NOT NULL,
    answered_at TIMESTAMP,
    -- Something else was decided since, or the session turned out not to count.
    withdrawn_at TIMESTAMP
);
CREATE INDEX action_requests_by_action ON action_requests (action_id);
CREATE INDEX action_requests_by_asked ON action_requests (asked_id, answered_at, withdrawn_at);
CREATE INDEX action_requests_by_organisation ON action_requests (organisation_id);
