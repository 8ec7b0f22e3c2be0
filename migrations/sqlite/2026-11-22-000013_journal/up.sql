-- A journal that is its author's: what stands in it is sealed with a key of the author's own, which the server's master key
-- wraps. What was written before is sealed by the next start; until then it stands in `title`, `body` and `reply`, and
-- afterwards those are empty.

CREATE TABLE journal_keys (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- Which master key wraps it: the beginning of a hash, which tells nothing of the key.
    master_key_id TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX journal_keys_by_organisation ON journal_keys (organisation_id);
CREATE INDEX journal_keys_by_master_key ON journal_keys (master_key_id);

-- What a list needs (the title, the tags) and the text apart, so that a list opens no text.
ALTER TABLE reflections ADD COLUMN sealed_head TEXT;
ALTER TABLE reflections ADD COLUMN sealed_text TEXT;
ALTER TABLE raised_prompts ADD COLUMN sealed_reply TEXT;
ALTER TABLE drafts ADD COLUMN sealed TEXT;

-- Each copy has a key of its own, so that its reader keeps it when its author leaves; without it nobody can read the copy.
ALTER TABLE reflection_copies ADD COLUMN sealed_text TEXT;
ALTER TABLE reflection_copies ADD COLUMN master_key_id TEXT;
ALTER TABLE reflection_copies ADD COLUMN wrapped_key TEXT;
ALTER TABLE reflection_copies ADD COLUMN taken_back_at TIMESTAMP;
CREATE INDEX reflection_copies_by_master_key ON reflection_copies (master_key_id);

-- What the two say to each other under a copy.
CREATE TABLE copy_replies (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    copy_id TEXT NOT NULL REFERENCES reflection_copies (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    sealed_text TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX copy_replies_by_copy ON copy_replies (copy_id, id);
CREATE INDEX copy_replies_by_author ON copy_replies (author_id);
CREATE INDEX copy_replies_by_organisation ON copy_replies (organisation_id);

-- That the law opened somebody's journal: two people confirmed it, and its author is told.
CREATE TABLE journal_openings (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    first_id TEXT NOT NULL REFERENCES people (id),
    second_id TEXT NOT NULL REFERENCES people (id),
    reason TEXT NOT NULL,
    opened_at TIMESTAMP NOT NULL
);
CREATE INDEX journal_openings_by_author ON journal_openings (author_id);
CREATE INDEX journal_openings_by_first ON journal_openings (first_id);
CREATE INDEX journal_openings_by_second ON journal_openings (second_id);
CREATE INDEX journal_openings_by_organisation ON journal_openings (organisation_id);

-- Pieces of continuing professional development, sealed with their author's key.
CREATE TABLE cpd_pieces (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    sealed_text TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX cpd_pieces_by_author ON cpd_pieces (author_id, id);
CREATE INDEX cpd_pieces_by_organisation ON cpd_pieces (organisation_id);

-- A copy is sealed once, if it was shared before there was a key; then nothing of it changes but its key, which is wrapped
-- anew or thrown away.
DROP TRIGGER reflection_copies_no_update;
CREATE TRIGGER reflection_copies_no_update
BEFORE UPDATE OF id, organisation_id, reflection_id, author_id, reader_id, title, body, shared_at, sealed_text ON reflection_copies
WHEN OLD.sealed_text IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'reflection_copies are never changed');
END;
CREATE TRIGGER reflection_copies_stay_taken_back BEFORE UPDATE ON reflection_copies WHEN OLD.taken_back_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'what was taken back stays taken back');
END;

CREATE TRIGGER copy_replies_no_update BEFORE UPDATE ON copy_replies
BEGIN
    SELECT RAISE(ABORT, 'copy_replies are never changed');
END;
CREATE TRIGGER copy_replies_no_delete BEFORE DELETE ON copy_replies
BEGIN
    SELECT RAISE(ABORT, 'copy_replies are never changed');
END;

CREATE TRIGGER journal_openings_no_update BEFORE UPDATE ON journal_openings
BEGIN
    SELECT RAISE(ABORT, 'journal_openings are never changed');
END;
CREATE TRIGGER journal_openings_no_delete BEFORE DELETE ON journal_openings
BEGIN
    SELECT RAISE(ABORT, 'journal_openings are never changed');
END;
