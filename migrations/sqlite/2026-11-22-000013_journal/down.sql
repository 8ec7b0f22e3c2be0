DROP TABLE cpd_pieces;
DROP TABLE journal_openings;
DROP TABLE copy_replies;
DROP TRIGGER reflection_copies_stay_taken_back;
DROP TRIGGER reflection_copies_no_update;
DROP INDEX reflection_copies_by_master_key;
ALTER TABLE reflection_copies DROP COLUMN taken_back_at;
ALTER TABLE reflection_copies DROP COLUMN wrapped_key;
ALTER TABLE reflection_copies DROP COLUMN master_key_id;
ALTER TABLE reflection_copies DROP COLUMN sealed_text;
ALTER TABLE drafts DROP COLUMN sealed;
ALTER TABLE raised_prompts DROP COLUMN sealed_reply;
ALTER TABLE reflections DROP COLUMN sealed_text;
ALTER TABLE reflections DROP COLUMN sealed_head;
DROP TABLE journal_keys;
CREATE TRIGGER reflection_copies_no_update BEFORE UPDATE ON reflection_copies
BEGIN
    SELECT RAISE(ABORT, 'reflection_copies are never changed');
END;
