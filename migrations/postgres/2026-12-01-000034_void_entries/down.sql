DROP TRIGGER case_entries_stay_void ON case_entries;
DROP TRIGGER case_entries_no_change ON case_entries;
ALTER TABLE case_entries DROP COLUMN voided_on;
CREATE TRIGGER case_entries_no_change BEFORE UPDATE OR DELETE ON case_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
