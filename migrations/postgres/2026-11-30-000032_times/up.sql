-- When a session began, in minutes after midnight on London clocks: it ended `minutes` later, so no end is before its beginning.
ALTER TABLE supervisions ADD COLUMN began_at_minutes INTEGER CHECK (began_at_minutes BETWEEN 0 AND 1439);
-- By when its decisions about cases were to be recorded, by the policy of that day.
ALTER TABLE supervisions ADD COLUMN decide_by DATE;
