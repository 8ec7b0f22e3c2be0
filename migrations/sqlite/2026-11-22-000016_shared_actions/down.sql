DROP INDEX ladder_notices_by_reader;
CREATE INDEX ladder_notices_by_reader ON ladder_notices (reader_id, settled_at, mail_id);
DROP INDEX case_entries_by_shared;
