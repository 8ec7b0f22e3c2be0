DROP INDEX raised_prompts_by_day;
CREATE INDEX raised_prompts_by_key ON raised_prompts (organisation_id, prompt_key, state, changed_plan);
