DROP TABLE imports;
ALTER TABLE people DROP COLUMN missing_since;
ALTER TABLE people DROP COLUMN last_signed_in_on;
ALTER TABLE people DROP COLUMN registration_renews_on;
