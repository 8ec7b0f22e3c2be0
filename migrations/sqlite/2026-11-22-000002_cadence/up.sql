-- When things are due, who is told, and what the clocks run on.

-- Grows with each change of rules or of the tree of teams, so that every server knows that what it keeps in mind is old.
ALTER TABLE organisations ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 1;

-- What decides a person's interval, and when and what they are mailed. `digest_at` is minutes after midnight in London.
ALTER TABLE people ADD COLUMN registered BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE people ADD COLUMN agency BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE people ADD COLUMN digest_at INTEGER NOT NULL DEFAULT 510;
ALTER TABLE people ADD COLUMN weekly_repeats BOOLEAN NOT NULL DEFAULT TRUE;

-- What a case's clocks run on besides its terms. Each day here is cleared by what meets it: a rise in risk by a session
-- (`risk_rose_on`) and by a manager's look (`unseen_rise_on`, `unseen_repeat_on`), a repeat incident by a new checklist
-- (`unchecked_repeat_on`).
ALTER TABLE cases ADD COLUMN marac BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN lead_since DATE;
ALTER TABLE cases ADD COLUMN unallocated_since DATE;
ALTER TABLE cases ADD COLUMN last_overseen_on DATE;
ALTER TABLE cases ADD COLUMN risk_rose_on DATE;
ALTER TABLE cases ADD COLUMN unseen_rise_on DATE;
ALTER TABLE cases ADD COLUMN unseen_repeat_on DATE;
ALTER TABLE cases ADD COLUMN unchecked_repeat_on DATE;
UPDATE cases SET lead_since = allocated_on WHERE lead_practitioner_id IS NOT NULL;
UPDATE cases SET unallocated_since = allocated_on WHERE lead_practitioner_id IS NULL;
UPDATE cases SET last_overseen_on =
    (SELECT max(held_on) FROM case_entries WHERE case_id = cases.id AND supervision_id IS NULL);

-- From which day on a case had which plan, and whether its interval was capped.
CREATE TABLE case_terms (
    case_id TEXT NOT NULL REFERENCES cases (id),
    from_on DATE NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    plan_type TEXT NOT NULL,
    capped BOOLEAN NOT NULL,
    PRIMARY KEY (case_id, from_on)
);
CREATE INDEX case_terms_by_organisation ON case_terms (organisation_id);
INSERT INTO case_terms (case_id, from_on, organisation_id, plan_type, capped)
    SELECT id, allocated_on, organisation_id, plan_type, domestic_abuse AND risk_level = 'high' FROM cases;

-- A change in risk that was noted between sessions says what happened and whether it was a repeat.
ALTER TABLE risk_views ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE risk_views ADD COLUMN repeat_incident BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE risk_views ADD COLUMN checklist_on DATE;

-- On which line of supervision a session was held: it moves that line's clock.
ALTER TABLE supervisions ADD COLUMN line TEXT NOT NULL DEFAULT 'line';
UPDATE supervisions SET line = 'safeguarding' WHERE kind = 'safeguarding';
UPDATE supervisions SET line = 'case' WHERE kind IN ('case', 'joint');
UPDATE supervisions SET line = 'reflective' WHERE kind = 'personal'
    AND EXISTS (SELECT 1 FROM supervisor_links l WHERE l.kind = 'reflective'
        AND l.supervisor_id = supervisions.supervisor_id AND l.supervisee_id = supervisions.supervisee_id)
    AND NOT EXISTS (SELECT 1 FROM supervisor_links l WHERE l.kind = 'line'
        AND l.supervisor_id = supervisions.supervisor_id AND l.supervisee_id = supervisions.supervisee_id);
CREATE INDEX supervisions_by_line ON supervisions (organisation_id, supervisee_id, line, held_on);

-- Rules may be a team's own; `approver_id` says who approved them.
ALTER TABLE content_versions ADD COLUMN team_id TEXT REFERENCES teams (id);
ALTER TABLE content_versions ADD COLUMN approver_id TEXT REFERENCES people (id);
ALTER TABLE content_versions ADD COLUMN created_at TIMESTAMP;
CREATE INDEX content_versions_by_team ON content_versions (team_id);
CREATE INDEX content_versions_by_approver ON content_versions (approver_id);

-- The policy pack has other keys now. The numbers of earlier versions were those that ship, so they need not be kept: an
-- organisation without a policy of its own has the one that ships.
DELETE FROM content_versions WHERE kind = 'policy';

CREATE TABLE absences (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    reason TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    recorded_by_id TEXT NOT NULL REFERENCES people (id),
    recorded_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX absences_by_person ON absences (person_id, from_on);
CREATE INDEX absences_by_organisation ON absences (organisation_id);
CREATE INDEX absences_by_recorded_by ON absences (recorded_by_id);

-- A longer interval for one case, or for one line of a person's supervision. One that was ended early has `ended_on`.
CREATE TABLE variations (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    case_id TEXT REFERENCES cases (id),
    person_id TEXT REFERENCES people (id),
    line TEXT,
    interval_days INTEGER NOT NULL,
    granted_on DATE NOT NULL,
    expires_on DATE NOT NULL,
    reason TEXT NOT NULL,
    approver_id TEXT NOT NULL REFERENCES people (id),
    ended_on DATE
);
CREATE INDEX variations_by_case ON variations (case_id, granted_on);
CREATE INDEX variations_by_person ON variations (person_id, granted_on);
CREATE INDEX variations_by_organisation ON variations (organisation_id);
CREATE INDEX variations_by_approver ON variations (approver_id);

-- Who is to be told of what, at which step: one row each, whatever runs twice. `mail_id` is set once a mail says it;
-- `settled_at` once nothing is left to say.
CREATE TABLE ladder_notices (
    id TEXT NOT NULL PRIMARY KEY,
    concern TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    due_on DATE NOT NULL,
    step TEXT NOT NULL,
    reader_id TEXT NOT NULL REFERENCES people (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    reader TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    raised_at TIMESTAMP NOT NULL,
    mail_id TEXT REFERENCES outbox (id),
    settled_at TIMESTAMP,
    UNIQUE (subject_id, concern, due_on, step, reader_id)
);
CREATE INDEX ladder_notices_by_reader ON ladder_notices (reader_id, settled_at, mail_id);
CREATE INDEX ladder_notices_by_mail ON ladder_notices (mail_id);
CREATE INDEX ladder_notices_by_organisation ON ladder_notices (organisation_id, settled_at);
INSERT INTO ladder_notices
    (id, concern, subject_id, due_on, step, reader_id, organisation_id, reader, urgent, raised_at, mail_id, settled_at)
    SELECT lower(substr(hex(randomblob(4)), 1, 8) || '-' || substr(hex(randomblob(2)), 1, 4) || '-' || substr(hex(randomblob(2)), 1, 4)
            || '-' || substr(hex(randomblob(2)), 1, 4) || '-' || hex(randomblob(6))),
        'case_supervision', n.case_id, n.due_on, '1', m.recipient_id, n.organisation_id, 'supervisor', FALSE,
        n.noted_at, n.mail_id, NULL
    FROM review_notices n JOIN outbox m ON m.id = n.mail_id;
DROP TABLE review_notices;

CREATE TABLE snoozes (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    concern TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    due_on DATE NOT NULL,
    until_on DATE NOT NULL,
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    snoozed_at TIMESTAMP NOT NULL
);
CREATE INDEX snoozes_by_subject ON snoozes (subject_id, concern, due_on);
CREATE INDEX snoozes_by_organisation ON snoozes (organisation_id, until_on);
CREATE INDEX snoozes_by_person ON snoozes (person_id);

-- One digest a person a day.
CREATE TABLE digests (
    person_id TEXT NOT NULL REFERENCES people (id),
    day DATE NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    mail_id TEXT NOT NULL REFERENCES outbox (id),
    PRIMARY KEY (person_id, day)
);
CREATE INDEX digests_by_mail ON digests (mail_id);
CREATE INDEX digests_by_organisation ON digests (organisation_id);

-- A reminder goes out at no hour but those of working days; an invitation goes at once.
ALTER TABLE outbox ADD COLUMN html TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN reminder BOOLEAN NOT NULL DEFAULT FALSE;

-- Which process may do a job now. The token grows with each holder: one that wakes up late is told by it.
CREATE TABLE job_leases (
    job TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
