ALTER TABLE supervisions DROP COLUMN decide_by;
ALTER TABLE supervisions DROP COLUMN began_at_minutes;
