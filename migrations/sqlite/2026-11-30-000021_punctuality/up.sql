-- By when a session's record was to be written, and by when it was to be signed, by the policy of that day: a policy that is
-- changed later makes nobody late.
ALTER TABLE supervisions ADD COLUMN write_by DATE;
ALTER TABLE supervisions ADD COLUMN sign_by DATE;
