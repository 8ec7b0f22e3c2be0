-- What two people agree about the one who is supervised is an action too: it belongs to a session and a person, and to no case.

CREATE TABLE actions_now (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    case_id TEXT REFERENCES cases (id),
    entry_id TEXT REFERENCES case_entries (id),
    -- Whom it is about, if it is about no case, and the session in which it was agreed.
    supervisee_id TEXT REFERENCES people (id),
    supervision_id TEXT REFERENCES supervisions (id),
    what TEXT NOT NULL,
    owner_id TEXT REFERENCES people (id),
    owner_elsewhere TEXT NOT NULL,
    due_on DATE NOT NULL,
    measure TEXT NOT NULL,
    fallback TEXT NOT NULL,
    state TEXT NOT NULL,
    end_note TEXT NOT NULL,
    ended_on DATE,
    ended_by_id TEXT REFERENCES people (id),
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    carried INTEGER NOT NULL DEFAULT 0,
    agreed_for DATE,
    CHECK ((case_id IS NULL) = (entry_id IS NULL)),
    CHECK ((supervisee_id IS NULL) = (supervision_id IS NULL)),
    CHECK ((case_id IS NULL) <> (supervisee_id IS NULL))
);
INSERT INTO actions_now (id, organisation_id, case_id, entry_id, what, owner_id, owner_elsewhere, due_on, measure, fallback, state, end_note, ended_on, ended_by_id, version, created_at, carried, agreed_for)
SELECT id, organisation_id, case_id, entry_id, what, owner_id, owner_elsewhere, due_on, measure, fallback, state, end_note, ended_on, ended_by_id, version, created_at, carried, agreed_for FROM actions;

CREATE TABLE action_reviews_now (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    action_id TEXT NOT NULL REFERENCES actions_now (id),
    entry_id TEXT REFERENCES case_entries (id),
    -- The session in whose personal part it was looked at, if it is about no case.
    supervision_id TEXT REFERENCES supervisions (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    due_on DATE,
    reviewed_at TIMESTAMP NOT NULL,
    CHECK ((entry_id IS NULL) <> (supervision_id IS NULL))
);
INSERT INTO action_reviews_now (id, organisation_id, action_id, entry_id, person_id, outcome, note, due_on, reviewed_at)
SELECT id, organisation_id, action_id, entry_id, person_id, outcome, note, due_on, reviewed_at FROM action_reviews;

DROP TABLE action_reviews;
DROP TABLE actions;
ALTER TABLE actions_now RENAME TO actions;
ALTER TABLE action_reviews_now RENAME TO action_reviews;

CREATE INDEX actions_by_case ON actions (case_id);
CREATE INDEX actions_by_entry ON actions (entry_id);
CREATE INDEX actions_by_supervisee ON actions (supervisee_id, state);
CREATE INDEX actions_by_session ON actions (supervision_id);
CREATE INDEX actions_by_owner ON actions (owner_id, state, due_on);
CREATE INDEX actions_by_ended_by ON actions (ended_by_id);
CREATE INDEX actions_by_state ON actions (organisation_id, state, due_on, id, case_id);
CREATE INDEX action_reviews_by_action ON action_reviews (action_id);
CREATE INDEX action_reviews_by_entry ON action_reviews (entry_id);
CREATE INDEX action_reviews_by_session ON action_reviews (supervision_id);
CREATE INDEX action_reviews_by_organisation ON action_reviews (organisation_id);
CREATE INDEX action_reviews_by_person ON action_reviews (person_id);

CREATE TRIGGER action_reviews_no_update BEFORE UPDATE ON action_reviews
BEGIN
    SELECT RAISE(ABORT, 'action_reviews are never changed');
END;

CREATE TRIGGER action_reviews_no_delete BEFORE DELETE ON action_reviews
BEGIN
    SELECT RAISE(ABORT, 'action_reviews are never changed');
END;
