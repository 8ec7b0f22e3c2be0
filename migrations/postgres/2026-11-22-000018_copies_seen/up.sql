-- When each of the two last opened a copy: what has come since is new to them. What is there already counts as seen, but not the
-- replies under it.
ALTER TABLE reflection_copies ADD COLUMN author_seen_at TIMESTAMP;
ALTER TABLE reflection_copies ADD COLUMN reader_seen_at TIMESTAMP;
UPDATE reflection_copies SET author_seen_at = shared_at, reader_seen_at = shared_at WHERE taken_back_at IS NULL;

-- A piece that its author deletes keeps its row, without a word in it: copies that were shared are made of it.
ALTER TABLE reflections ADD COLUMN deleted_at TIMESTAMP;
ALTER TABLE cpd_pieces ADD COLUMN deleted_at TIMESTAMP;
