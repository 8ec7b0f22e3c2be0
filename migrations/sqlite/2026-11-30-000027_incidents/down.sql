ALTER TABLE supervisions DROP COLUMN incident_on;
