-- Somebody else leads a round once its lead has gone. Who drew it stays: chance chose among the files that were not theirs.
ALTER TABLE audit_rounds ADD COLUMN drawn_by_id TEXT REFERENCES people (id);

DROP TRIGGER audit_rounds_frozen;
CREATE TRIGGER audit_rounds_frozen BEFORE UPDATE ON audit_rounds
WHEN OLD.closed_on IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.from_on <> OLD.from_on OR NEW.to_on <> OLD.to_on
    OR NEW.files_wanted <> OLD.files_wanted OR NEW.population <> OLD.population
    OR (OLD.drawn_by_id IS NOT NULL AND NEW.drawn_by_id IS NOT OLD.drawn_by_id)
    OR (NEW.lead_id <> OLD.lead_id AND NEW.drawn_by_id IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'how a round was drawn, and a closed round, are never changed');
END;
