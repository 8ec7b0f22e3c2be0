-- The day of the serious incident after which a session was held: its follow-ups count from there.
ALTER TABLE supervisions ADD COLUMN incident_on DATE;
