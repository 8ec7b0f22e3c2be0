ALTER TABLE sessions DROP COLUMN ran_out_at;
DROP TABLE drafts;
