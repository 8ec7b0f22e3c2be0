-- Whether an entry's risk stands there because it was not said otherwise. Of what was written before, nobody can tell any more.
ALTER TABLE case_entries ADD COLUMN level_left BOOLEAN NOT NULL DEFAULT FALSE;
