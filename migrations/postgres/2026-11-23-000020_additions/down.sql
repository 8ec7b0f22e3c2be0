DROP INDEX record_steps_by_entry;
ALTER TABLE record_steps DROP COLUMN entry_id;
