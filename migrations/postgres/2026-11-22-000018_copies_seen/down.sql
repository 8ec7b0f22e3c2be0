ALTER TABLE cpd_pieces DROP COLUMN deleted_at;
ALTER TABLE reflections DROP COLUMN deleted_at;
ALTER TABLE reflection_copies DROP COLUMN reader_seen_at;
ALTER TABLE reflection_copies DROP COLUMN author_seen_at;
