-- Records are signed by both, added to, and opened again together.

ALTER TABLE supervisions ADD COLUMN state TEXT NOT NULL DEFAULT 'drafted';
-- Since when the other one is asked to sign.
ALTER TABLE supervisions ADD COLUMN asked_on DATE;
CREATE INDEX supervisions_by_state ON supervisions (organisation_id, state);

-- What was done to a record, in order; never changed, only followed by more.
CREATE TABLE record_steps (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- A session or an agreement, and its key.
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    side TEXT NOT NULL,
    step TEXT NOT NULL,
    -- The name as it was typed, for a signature.
    typed_name TEXT NOT NULL,
    -- A comment, what was added, or why it is to be opened again.
    words TEXT NOT NULL,
    -- Of the text that was signed.
    text_hash TEXT NOT NULL,
    taken_at TIMESTAMP NOT NULL
);
CREATE INDEX record_steps_by_record ON record_steps (record_id, id);
CREATE INDEX record_steps_by_organisation ON record_steps (organisation_id);
CREATE INDEX record_steps_by_person ON record_steps (person_id);

-- What two people agree about their supervision. A later one takes the place of an earlier one, which is kept.
CREATE TABLE agreements (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    state TEXT NOT NULL,
    asked_on DATE,
    review_on DATE NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX agreements_by_supervisor ON agreements (supervisor_id, supervisee_id);
CREATE INDEX agreements_by_supervisee ON agreements (supervisee_id);
CREATE INDEX agreements_by_organisation ON agreements (organisation_id, state);

CREATE TABLE agreement_answers (
    agreement_id TEXT NOT NULL REFERENCES agreements (id),
    section TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    answer TEXT NOT NULL,
    PRIMARY KEY (agreement_id, section)
);
CREATE INDEX agreement_answers_by_organisation ON agreement_answers (organisation_id);
