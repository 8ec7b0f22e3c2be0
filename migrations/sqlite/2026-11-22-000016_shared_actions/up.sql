-- What was agreed for brothers and sisters together is looked up from each child's record, and a page of reminders begins with
-- the oldest without reading the others.
CREATE INDEX case_entries_by_shared ON case_entries (with_entry_id);
DROP INDEX ladder_notices_by_reader;
CREATE INDEX ladder_notices_by_reader ON ladder_notices (reader_id, settled_at, due_on, concern, subject_id);
