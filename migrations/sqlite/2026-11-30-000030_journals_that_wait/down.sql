ALTER TABLE people DROP COLUMN journal_waits_until;
ALTER TABLE people DROP COLUMN address_changed_at;
