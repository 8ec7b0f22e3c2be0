ALTER TABLE risk_views DROP COLUMN checklist_score;
