ALTER TABLE supervisions DROP COLUMN sign_by;
ALTER TABLE supervisions DROP COLUMN write_by;
