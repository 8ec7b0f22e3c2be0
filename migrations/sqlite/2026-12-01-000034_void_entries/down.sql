DROP TRIGGER case_entries_stay_void;
DROP TRIGGER case_entries_no_update;
ALTER TABLE case_entries DROP COLUMN voided_on;
CREATE TRIGGER case_entries_no_update BEFORE UPDATE ON case_entries
BEGIN
    SELECT RAISE(ABORT, 'case_entries are never changed');
END;
