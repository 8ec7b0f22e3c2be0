-- Requests to open a signed record again wait at the top of My week: they are found without reading every step of every record.
CREATE INDEX record_steps_by_step ON record_steps (organisation_id, step, record_id);
