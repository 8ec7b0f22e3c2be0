-- What somebody adds about a case is read with what was said of it, by everybody who reads the case.
ALTER TABLE record_steps ADD COLUMN entry_id TEXT REFERENCES case_entries (id);
CREATE INDEX record_steps_by_entry ON record_steps (entry_id) WHERE entry_id IS NOT NULL;

-- What both had signed, when it is opened again to be changed: for the two who signed it.
ALTER TABLE record_steps ADD COLUMN signed_text TEXT;
