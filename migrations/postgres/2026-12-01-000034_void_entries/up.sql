-- What a void record says counts for nothing. It is noted at each entry, because a note of management oversight has no session.
-- Nothing else of an entry is ever changed, and what is void stays void.
DROP TRIGGER case_entries_no_change ON case_entries;
ALTER TABLE case_entries ADD COLUMN voided_on DATE;
UPDATE case_entries SET voided_on = (
    SELECT DATE(MAX(record_steps.taken_at)) FROM record_steps
    WHERE record_steps.record_kind = 'supervision' AND record_steps.step = 'void' AND record_steps.record_id = case_entries.supervision_id
)
WHERE supervision_id IN (SELECT id FROM supervisions WHERE state = 'voided');
CREATE TRIGGER case_entries_no_change BEFORE DELETE OR UPDATE OF
    id, organisation_id, case_id, supervision_id, author_id, kind, held_on, recorded_at, child_seen, child_seen_on,
    what_happened, support_declined, proposal, act, decision, rationale, next_on, was_due_on, policy_version,
    no_action_because, answers, differs, with_entry_id, happened, voices, called_for, hypotheses, challenges,
    level_left
ON case_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_entries_stay_void BEFORE UPDATE ON case_entries
    FOR EACH ROW WHEN (OLD.voided_on IS NOT NULL) EXECUTE FUNCTION refuse_change();
