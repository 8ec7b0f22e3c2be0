-- The score of a risk checklist (DASH-RIC), with the day on which it was done: of its 24 questions, how many were answered with yes.
-- What was ticked before there was a number stays ticked in the entry in which it stands: nobody knows the number.
ALTER TABLE risk_views ADD COLUMN checklist_score INTEGER CHECK (checklist_score BETWEEN 0 AND 24);
