DROP TABLE action_requests;
DROP INDEX action_reviews_by_asked;
ALTER TABLE action_reviews DROP COLUMN asked_id;
