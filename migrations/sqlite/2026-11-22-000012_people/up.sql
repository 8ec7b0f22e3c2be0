-- People come, move and go: when a registration is to be renewed, who shows signs of having left, and files of people and
-- cases that somebody is about to import.

ALTER TABLE people ADD COLUMN registration_renews_on DATE;
-- The London day on which the person last signed in.
ALTER TABLE people ADD COLUMN last_signed_in_on DATE;
-- Since when the person stood in no file that held everybody.
ALTER TABLE people ADD COLUMN missing_since DATE;
-- Nobody is suspected for what was not noted until now.
UPDATE people SET last_signed_in_on = CURRENT_DATE WHERE password_hash IS NOT NULL;

-- A file between its upload and its import: its author's alone, and gone after a day.
CREATE TABLE imports (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    -- Empty once it is imported.
    content TEXT NOT NULL,
    -- Which column of the file holds what.
    mapping TEXT NOT NULL,
    -- How many rows became what; empty until it is imported.
    outcome TEXT NOT NULL,
    -- The rows that were refused, as a CSV file.
    refused TEXT NOT NULL,
    uploaded_at TIMESTAMP NOT NULL
);
CREATE INDEX imports_by_author ON imports (author_id);
CREATE INDEX imports_by_organisation ON imports (organisation_id);
CREATE INDEX imports_by_upload ON imports (uploaded_at);
