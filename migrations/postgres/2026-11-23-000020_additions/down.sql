-- What was added about cases, and what was signed before it was changed, would be lost: going back means restoring the backup of
-- before.
SELECT 1;
