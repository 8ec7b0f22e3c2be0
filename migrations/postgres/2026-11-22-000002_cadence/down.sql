CREATE TABLE review_notices (
    case_id TEXT NOT NULL REFERENCES cases (id),
    step TEXT NOT NULL,
    due_on DATE NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    mail_id TEXT NOT NULL REFERENCES outbox (id),
    noted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (case_id, step, due_on)
);
CREATE INDEX review_notices_by_mail ON review_notices (mail_id);
CREATE INDEX review_notices_by_organisation ON review_notices (organisation_id);
INSERT INTO review_notices (case_id, step, due_on, organisation_id, mail_id, noted_at)
    SELECT subject_id, 'overdue', due_on, min(organisation_id), min(mail_id), min(raised_at) FROM ladder_notices
    WHERE concern = 'case_supervision' AND mail_id IS NOT NULL GROUP BY subject_id, due_on;
DROP TABLE job_leases;
ALTER TABLE outbox DROP COLUMN reminder;
ALTER TABLE outbox DROP COLUMN html;
DROP TABLE digests;
DROP TABLE snoozes;
DROP TABLE ladder_notices;
DROP TABLE variations;
DROP TABLE absences;
DELETE FROM content_versions WHERE kind NOT IN ('prompts');
DROP INDEX content_versions_by_approver;
DROP INDEX content_versions_by_team;
ALTER TABLE content_versions DROP COLUMN created_at;
ALTER TABLE content_versions DROP COLUMN approver_id;
ALTER TABLE content_versions DROP COLUMN team_id;
DROP INDEX supervisions_by_line;
ALTER TABLE supervisions DROP COLUMN line;
ALTER TABLE risk_views DROP COLUMN checklist_on;
ALTER TABLE risk_views DROP COLUMN repeat_incident;
ALTER TABLE risk_views DROP COLUMN note;
DROP TABLE case_terms;
ALTER TABLE cases DROP COLUMN unchecked_repeat_on;
ALTER TABLE cases DROP COLUMN unseen_repeat_on;
ALTER TABLE cases DROP COLUMN unseen_rise_on;
ALTER TABLE cases DROP COLUMN risk_rose_on;
ALTER TABLE cases DROP COLUMN last_overseen_on;
ALTER TABLE cases DROP COLUMN unallocated_since;
ALTER TABLE cases DROP COLUMN lead_since;
ALTER TABLE cases DROP COLUMN marac;
ALTER TABLE people DROP COLUMN weekly_repeats;
ALTER TABLE people DROP COLUMN digest_at;
ALTER TABLE people DROP COLUMN agency;
ALTER TABLE people DROP COLUMN registered;
ALTER TABLE organisations DROP COLUMN rules_version;
