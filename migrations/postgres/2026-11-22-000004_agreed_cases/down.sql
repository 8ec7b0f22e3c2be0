ALTER TABLE supervisions DROP COLUMN policy_version;
ALTER TABLE supervisions DROP COLUMN was_due_on;
ALTER TABLE case_entries DROP COLUMN policy_version;
ALTER TABLE case_entries DROP COLUMN was_due_on;
DROP TABLE booking_cases;
