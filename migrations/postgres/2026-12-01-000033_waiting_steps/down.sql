DROP INDEX record_steps_by_step;
