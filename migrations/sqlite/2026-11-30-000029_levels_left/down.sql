ALTER TABLE case_entries DROP COLUMN level_left;
