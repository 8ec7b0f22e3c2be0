-- What became of questions is counted for the last months, from this index alone.
DROP INDEX raised_prompts_by_key;
CREATE INDEX raised_prompts_by_day ON raised_prompts (organisation_id, raised_on, prompt_key, state, changed_plan, entry_id);
