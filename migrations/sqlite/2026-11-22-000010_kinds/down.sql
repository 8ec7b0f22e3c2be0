DROP TABLE supervision_members;
ALTER TABLE case_entries DROP COLUMN with_entry_id;
ALTER TABLE case_entries DROP COLUMN differs;
DROP INDEX cases_by_sibling_group;
ALTER TABLE cases DROP COLUMN sibling_group_id;
ALTER TABLE supervisions DROP COLUMN answers;
ALTER TABLE personal_parts DROP COLUMN answers;
ALTER TABLE case_entries DROP COLUMN answers;
