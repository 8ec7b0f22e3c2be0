-- Before a session: what the two want to talk about, and what the person supervised prepares.

CREATE TABLE agenda_items (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    words TEXT NOT NULL,
    -- The session in which it was talked about; none while it waits.
    supervision_id TEXT REFERENCES supervisions (id),
    added_at TIMESTAMP NOT NULL
);
CREATE INDEX agenda_items_by_pair ON agenda_items (supervisee_id, supervisor_id, supervision_id);
CREATE INDEX agenda_items_by_supervisor ON agenda_items (supervisor_id);
CREATE INDEX agenda_items_by_author ON agenda_items (author_id);
CREATE INDEX agenda_items_by_session ON agenda_items (supervision_id);
CREATE INDEX agenda_items_by_organisation ON agenda_items (organisation_id);

CREATE TABLE preparations (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    -- The answers by question, as JSON.
    answers TEXT NOT NULL,
    wellbeing INTEGER,
    sharing TEXT NOT NULL,
    -- The session for which it was; none while it waits.
    supervision_id TEXT REFERENCES supervisions (id),
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX preparations_by_pair ON preparations (supervisee_id, supervisor_id, supervision_id);
CREATE INDEX preparations_by_supervisor ON preparations (supervisor_id);
CREATE INDEX preparations_by_session ON preparations (supervision_id);
CREATE INDEX preparations_by_organisation ON preparations (organisation_id);
