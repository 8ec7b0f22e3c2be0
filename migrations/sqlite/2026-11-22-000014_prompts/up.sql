-- Questions that follow the record: what somebody ticked that has happened, whose voice was heard, and everything that called for
-- questions, beside what was said and as frozen. Codes with blanks between; empty for none.
ALTER TABLE case_entries ADD COLUMN happened TEXT NOT NULL DEFAULT '';
ALTER TABLE case_entries ADD COLUMN voices TEXT NOT NULL DEFAULT '';
ALTER TABLE case_entries ADD COLUMN called_for TEXT NOT NULL DEFAULT '';
-- Explanations put beside each other, and what one of the two challenged, each as a JSON list.
ALTER TABLE case_entries ADD COLUMN hypotheses TEXT NOT NULL DEFAULT '';
ALTER TABLE case_entries ADD COLUMN challenges TEXT NOT NULL DEFAULT '';

-- What called for a question, until when it is put off, whether the plan changed because of it, and where it stands on the agenda.
ALTER TABLE raised_prompts ADD COLUMN called_by TEXT NOT NULL DEFAULT 'always';
ALTER TABLE raised_prompts ADD COLUMN deferred_until DATE;
ALTER TABLE raised_prompts ADD COLUMN changed_plan BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE raised_prompts ADD COLUMN agenda_item_id TEXT REFERENCES agenda_items (id);
CREATE INDEX raised_prompts_by_agenda_item ON raised_prompts (agenda_item_id);
-- What became of each question, counted.
DROP INDEX raised_prompts_by_organisation;
CREATE INDEX raised_prompts_by_key ON raised_prompts (organisation_id, prompt_key, state, changed_plan);

-- A question has a reason, a source and a review date now. The versions that there were said what shipped, so they need not be
-- kept: an organisation without questions of its own has those that ship.
DELETE FROM content_versions WHERE kind = 'prompts';
UPDATE organisations SET rules_version = rules_version + 1;
