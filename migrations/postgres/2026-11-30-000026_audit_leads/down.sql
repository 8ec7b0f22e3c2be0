-- Who drew a round that somebody else leads now would be lost.
DROP TRIGGER audit_rounds_frozen ON audit_rounds;
ALTER TABLE audit_rounds DROP COLUMN drawn_by_id;
CREATE TRIGGER audit_rounds_frozen BEFORE UPDATE ON audit_rounds
    FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.from_on <> OLD.from_on OR NEW.to_on <> OLD.to_on
    OR NEW.files_wanted <> OLD.files_wanted OR NEW.population <> OLD.population OR NEW.lead_id <> OLD.lead_id) EXECUTE FUNCTION refuse_change();
