-- What was agreed about people would be lost: going back means restoring the backup of before.
SELECT 1;
