-- What was typed into a form and not saved yet.

CREATE TABLE drafts (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The form's page.
    address TEXT NOT NULL,
    title TEXT NOT NULL,
    -- The fields and the labels of the text boxes, as JSON.
    fields TEXT NOT NULL,
    boxes TEXT NOT NULL,
    -- The field in which the cursor was.
    cursor_field TEXT NOT NULL,
    -- Whether a text box holds a word.
    has_words BOOLEAN NOT NULL,
    -- The window that saved it last, and that window's clock, in milliseconds.
    saved_by TEXT NOT NULL,
    typed_at BIGINT NOT NULL,
    version INTEGER NOT NULL,
    begun_at TIMESTAMP NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    UNIQUE (person_id, address)
);
CREATE INDEX drafts_by_organisation ON drafts (organisation_id, saved_at);

-- A session that has run out is kept for a while: what is posted from its pages is kept as a draft.
ALTER TABLE sessions ADD COLUMN ran_out_at TIMESTAMP;
