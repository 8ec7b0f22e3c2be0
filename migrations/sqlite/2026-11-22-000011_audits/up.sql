-- Audits of supervision files by dip sample: rounds, the files that chance drew, their grades, and what the audited say of them.

CREATE TABLE audit_rounds (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- Who drew it, grades first, and makes it final.
    lead_id TEXT NOT NULL REFERENCES people (id),
    question TEXT NOT NULL,
    -- Sessions held from this day to that one.
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    seed TEXT NOT NULL,
    files_wanted INTEGER NOT NULL,
    -- How many files there were to draw from.
    population INTEGER NOT NULL,
    tool_version INTEGER NOT NULL,
    -- What was learnt, once it is closed.
    lessons TEXT NOT NULL,
    closed_on DATE,
    drawn_at TIMESTAMP NOT NULL
);
CREATE INDEX audit_rounds_by_organisation ON audit_rounds (organisation_id, drawn_at);
CREATE INDEX audit_rounds_by_lead ON audit_rounds (lead_id);

CREATE TABLE audit_round_teams (
    round_id TEXT NOT NULL REFERENCES audit_rounds (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- How many of its files there were to draw from.
    population INTEGER NOT NULL,
    PRIMARY KEY (round_id, team_id)
);
CREATE INDEX audit_round_teams_by_organisation ON audit_round_teams (organisation_id);
CREATE INDEX audit_round_teams_by_team ON audit_round_teams (team_id);

CREATE TABLE audit_files (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    round_id TEXT NOT NULL REFERENCES audit_rounds (id),
    -- Of the person supervised, as it was drawn.
    team_id TEXT NOT NULL REFERENCES teams (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    -- Who was asked for a second grade.
    second_id TEXT REFERENCES people (id),
    state TEXT NOT NULL,
    withdrawn_because TEXT NOT NULL,
    shared_on DATE,
    -- The last day on which the two can comment.
    comment_by DATE,
    final_on DATE,
    drawn_at TIMESTAMP NOT NULL,
    UNIQUE (round_id, supervisor_id, supervisee_id)
);
CREATE INDEX audit_files_by_organisation ON audit_files (organisation_id, state);
CREATE INDEX audit_files_by_supervisor ON audit_files (supervisor_id);
CREATE INDEX audit_files_by_supervisee ON audit_files (supervisee_id);
CREATE INDEX audit_files_by_second ON audit_files (second_id);
CREATE INDEX audit_files_by_team ON audit_files (team_id);

CREATE TABLE audit_grades (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    file_id TEXT NOT NULL REFERENCES audit_files (id),
    -- The first, the second, or the one that was agreed.
    rater TEXT NOT NULL,
    grader_id TEXT NOT NULL REFERENCES people (id),
    -- Score and evidence of each domain, as JSON.
    domains TEXT NOT NULL,
    went_well TEXT NOT NULL,
    to_learn TEXT NOT NULL,
    overall TEXT NOT NULL,
    -- How two graders came to what they agreed.
    why TEXT NOT NULL,
    version INTEGER NOT NULL,
    graded_at TIMESTAMP NOT NULL,
    UNIQUE (file_id, rater)
);
CREATE INDEX audit_grades_by_organisation ON audit_grades (organisation_id);
CREATE INDEX audit_grades_by_grader ON audit_grades (grader_id);

CREATE TABLE audit_comments (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    file_id TEXT NOT NULL REFERENCES audit_files (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    words TEXT NOT NULL,
    commented_at TIMESTAMP NOT NULL,
    UNIQUE (file_id, person_id)
);
CREATE INDEX audit_comments_by_organisation ON audit_comments (organisation_id);
CREATE INDEX audit_comments_by_person ON audit_comments (person_id);

-- How a draw was made, and what is closed, stays.
CREATE TRIGGER audit_rounds_frozen BEFORE UPDATE ON audit_rounds
WHEN OLD.closed_on IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.from_on <> OLD.from_on OR NEW.to_on <> OLD.to_on
    OR NEW.files_wanted <> OLD.files_wanted OR NEW.population <> OLD.population OR NEW.lead_id <> OLD.lead_id
BEGIN
    SELECT RAISE(ABORT, 'how a round was drawn, and a closed round, are never changed');
END;

CREATE TRIGGER audit_rounds_no_delete BEFORE DELETE ON audit_rounds
BEGIN
    SELECT RAISE(ABORT, 'audit_rounds are never deleted');
END;

CREATE TRIGGER audit_round_teams_no_update BEFORE UPDATE ON audit_round_teams
BEGIN
    SELECT RAISE(ABORT, 'audit_round_teams are never changed');
END;

CREATE TRIGGER audit_round_teams_no_delete BEFORE DELETE ON audit_round_teams
BEGIN
    SELECT RAISE(ABORT, 'audit_round_teams are never changed');
END;

CREATE TRIGGER audit_files_frozen BEFORE UPDATE ON audit_files
WHEN OLD.state IN ('final', 'withdrawn') OR (OLD.state = 'shared' AND NEW.state <> 'final') OR NEW.round_id <> OLD.round_id OR NEW.team_id <> OLD.team_id
    OR NEW.supervisor_id <> OLD.supervisor_id OR NEW.supervisee_id <> OLD.supervisee_id
BEGIN
    SELECT RAISE(ABORT, 'a final or withdrawn file is never changed');
END;

CREATE TRIGGER audit_files_no_delete BEFORE DELETE ON audit_files
BEGIN
    SELECT RAISE(ABORT, 'audit_files are never deleted');
END;

-- What the two people of a file have been shown stays as they saw it.
CREATE TRIGGER audit_grades_frozen BEFORE UPDATE ON audit_grades
WHEN (SELECT state FROM audit_files WHERE id = OLD.file_id) IN ('shared', 'final', 'withdrawn')
BEGIN
    SELECT RAISE(ABORT, 'a grade that was shared is never changed');
END;

CREATE TRIGGER audit_grades_no_more BEFORE INSERT ON audit_grades
WHEN (SELECT state FROM audit_files WHERE id = NEW.file_id) IN ('shared', 'final', 'withdrawn')
BEGIN
    SELECT RAISE(ABORT, 'a file that was shared gets no other grade');
END;

CREATE TRIGGER audit_grades_no_delete BEFORE DELETE ON audit_grades
BEGIN
    SELECT RAISE(ABORT, 'audit_grades are never deleted');
END;

CREATE TRIGGER audit_comments_while_shared BEFORE INSERT ON audit_comments
WHEN (SELECT state FROM audit_files WHERE id = NEW.file_id) <> 'shared'
BEGIN
    SELECT RAISE(ABORT, 'comments come while a file is shared and not final');
END;

CREATE TRIGGER audit_comments_no_update BEFORE UPDATE ON audit_comments
BEGIN
    SELECT RAISE(ABORT, 'audit_comments are never changed');
END;

CREATE TRIGGER audit_comments_no_delete BEFORE DELETE ON audit_comments
BEGIN
    SELECT RAISE(ABORT, 'audit_comments are never changed');
END;
