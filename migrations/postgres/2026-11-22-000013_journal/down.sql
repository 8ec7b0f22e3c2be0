DROP TABLE cpd_pieces;
DROP TABLE journal_openings;
DROP TABLE copy_replies;
DROP TRIGGER reflection_copies_stay_taken_back ON reflection_copies;
DROP TRIGGER reflection_copies_no_update ON reflection_copies;
DROP TRIGGER reflection_copies_no_delete ON reflection_copies;
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
CREATE TRIGGER reflection_copies_no_change BEFORE UPDATE OR DELETE ON reflection_copies
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
