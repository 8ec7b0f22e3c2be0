-- Keys are UUIDs as text, made by the application. Days are dates in London; instants are UTC.
-- Every row bears its organisation. Both engines have the same tables, columns and names.

CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    demonstration BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE teams (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    parent_id TEXT REFERENCES teams (id),
    name TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX teams_by_organisation ON teams (organisation_id);
CREATE INDEX teams_by_parent ON teams (parent_id);

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    name TEXT NOT NULL,
    search_key TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    job_title TEXT NOT NULL,
    started_on DATE NOT NULL,
    asye BOOLEAN NOT NULL,
    weekly_hours_tenths INTEGER NOT NULL,
    standing TEXT NOT NULL,
    left_on DATE,
    password_hash TEXT,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX people_by_organisation_and_name ON people (organisation_id, name);
CREATE INDEX people_by_team ON people (team_id);

CREATE TABLE person_roles (
    person_id TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (person_id, role)
);
CREATE INDEX person_roles_by_organisation ON person_roles (organisation_id, role);

CREATE TABLE supervisor_links (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX supervisor_links_by_organisation ON supervisor_links (organisation_id);
CREATE INDEX supervisor_links_by_supervisor ON supervisor_links (supervisor_id);
CREATE INDEX supervisor_links_by_supervisee ON supervisor_links (supervisee_id);

-- A signed-in browser. Only the hash of its token is here; ending a session deletes the row.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    token_hash TEXT NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_organisation ON sessions (organisation_id);

-- Guesses at a password, counted before it is checked. The key is an account or a source, hashed.
CREATE TABLE guesses (
    throttle_key TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    window_began_at TIMESTAMP NOT NULL
);

-- One-time links to choose a password.
CREATE TABLE welcome_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX welcome_links_by_person ON welcome_links (person_id);
CREATE INDEX welcome_links_by_organisation ON welcome_links (organisation_id);

-- `risk_level` and `last_held_on` repeat the newest risk view and the newest session that moves the clock, so that
-- lists need not look for them; the operations that write those rows write these columns.
CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    reference TEXT NOT NULL,
    label TEXT NOT NULL,
    search_key TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    plan_type TEXT NOT NULL,
    domestic_abuse BOOLEAN NOT NULL,
    risk_level TEXT NOT NULL,
    lead_practitioner_id TEXT REFERENCES people (id),
    allocated_on DATE NOT NULL,
    status TEXT NOT NULL,
    last_held_on DATE,
    next_on DATE,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, reference)
);
CREATE INDEX cases_by_team ON cases (team_id);
CREATE INDEX cases_by_lead_practitioner ON cases (lead_practitioner_id);
CREATE INDEX cases_by_status ON cases (organisation_id, status, reference);

CREATE TABLE case_workers (
    case_id TEXT NOT NULL REFERENCES cases (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (case_id, person_id)
);
CREATE INDEX case_workers_by_person ON case_workers (person_id);
CREATE INDEX case_workers_by_organisation ON case_workers (organisation_id);

CREATE TABLE supervisions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    held_on DATE NOT NULL,
    minutes INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX supervisions_by_organisation ON supervisions (organisation_id, held_on, id);
CREATE INDEX supervisions_by_supervisor ON supervisions (supervisor_id, held_on, id);
CREATE INDEX supervisions_by_supervisee ON supervisions (supervisee_id, held_on, id);

-- The part about the worker: a record of its own, with its own readers.
CREATE TABLE personal_parts (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervision_id TEXT NOT NULL UNIQUE REFERENCES supervisions (id),
    wellbeing TEXT NOT NULL,
    workload TEXT NOT NULL,
    development TEXT NOT NULL,
    agreed TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX personal_parts_by_organisation ON personal_parts (organisation_id);

-- What was said about one case: in a session (supervision_id is set) or as a management-oversight note.
CREATE TABLE case_entries (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    supervision_id TEXT REFERENCES supervisions (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    held_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    child_seen TEXT,
    child_seen_on DATE,
    what_happened TEXT NOT NULL,
    support_declined BOOLEAN NOT NULL,
    proposal TEXT,
    act TEXT,
    decision TEXT NOT NULL,
    rationale TEXT NOT NULL,
    next_on DATE
);
CREATE INDEX case_entries_by_case ON case_entries (case_id, held_on);
CREATE INDEX case_entries_by_supervision ON case_entries (supervision_id);
CREATE INDEX case_entries_by_author ON case_entries (author_id);
CREATE INDEX case_entries_by_organisation ON case_entries (organisation_id);

-- A dated view of a case's risk, given with an entry or when the case was opened. Never changed, only followed by another.
CREATE TABLE risk_views (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    entry_id TEXT REFERENCES case_entries (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    viewed_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    level TEXT NOT NULL,
    direction TEXT NOT NULL
);
CREATE INDEX risk_views_by_case ON risk_views (case_id, viewed_on, id);
CREATE INDEX risk_views_by_entry ON risk_views (entry_id);
CREATE INDEX risk_views_by_author ON risk_views (author_id);
CREATE INDEX risk_views_by_organisation ON risk_views (organisation_id);

CREATE TABLE actions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    entry_id TEXT NOT NULL REFERENCES case_entries (id),
    what TEXT NOT NULL,
    owner_id TEXT REFERENCES people (id),
    owner_elsewhere TEXT NOT NULL,
    due_on DATE NOT NULL,
    measure TEXT NOT NULL,
    fallback TEXT NOT NULL,
    state TEXT NOT NULL,
    end_note TEXT NOT NULL,
    ended_on DATE,
    ended_by_id TEXT REFERENCES people (id),
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX actions_by_case ON actions (case_id);
CREATE INDEX actions_by_entry ON actions (entry_id);
CREATE INDEX actions_by_owner ON actions (owner_id, state, due_on);
CREATE INDEX actions_by_ended_by ON actions (ended_by_id);
CREATE INDEX actions_by_organisation ON actions (organisation_id);

CREATE TABLE reflections (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    case_id TEXT REFERENCES cases (id),
    supervision_id TEXT REFERENCES supervisions (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX reflections_by_author ON reflections (author_id, id);
CREATE INDEX reflections_by_case ON reflections (case_id);
CREATE INDEX reflections_by_supervision ON reflections (supervision_id);
CREATE INDEX reflections_by_organisation ON reflections (organisation_id);

-- A frozen copy of a reflection, for one reader. What the author changes later does not reach it.
CREATE TABLE reflection_copies (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    author_id TEXT NOT NULL REFERENCES people (id),
    reader_id TEXT NOT NULL REFERENCES people (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    shared_at TIMESTAMP NOT NULL
);
CREATE INDEX reflection_copies_by_reader ON reflection_copies (reader_id, id);
CREATE INDEX reflection_copies_by_author ON reflection_copies (author_id);
CREATE INDEX reflection_copies_by_reflection ON reflection_copies (reflection_id);
CREATE INDEX reflection_copies_by_organisation ON reflection_copies (organisation_id);

-- A question that was put, in the words of its day, under a case entry or a reflection.
CREATE TABLE raised_prompts (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    prompt_key TEXT NOT NULL,
    library_version INTEGER NOT NULL,
    question TEXT NOT NULL,
    entry_id TEXT REFERENCES case_entries (id),
    reflection_id TEXT REFERENCES reflections (id),
    case_id TEXT REFERENCES cases (id),
    asked_of_id TEXT NOT NULL REFERENCES people (id),
    state TEXT NOT NULL,
    reply TEXT NOT NULL,
    replied_at TIMESTAMP,
    replied_by_id TEXT REFERENCES people (id),
    version INTEGER NOT NULL,
    raised_on DATE NOT NULL
);
CREATE INDEX raised_prompts_by_entry ON raised_prompts (entry_id);
CREATE INDEX raised_prompts_by_reflection ON raised_prompts (reflection_id);
CREATE INDEX raised_prompts_by_case ON raised_prompts (case_id, raised_on);
CREATE INDEX raised_prompts_by_asked_of ON raised_prompts (asked_of_id, state);
CREATE INDEX raised_prompts_by_replied_by ON raised_prompts (replied_by_id);
CREATE INDEX raised_prompts_by_organisation ON raised_prompts (organisation_id);

CREATE TABLE courses (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    title TEXT NOT NULL,
    months_valid INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (organisation_id, title)
);

CREATE TABLE course_requirements (
    course_id TEXT NOT NULL REFERENCES courses (id),
    role TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (course_id, role)
);
CREATE INDEX course_requirements_by_organisation ON course_requirements (organisation_id);

-- Never changed. A mistake is taken back by a row in completion_withdrawals.
CREATE TABLE completions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    course_id TEXT NOT NULL REFERENCES courses (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    completed_on DATE NOT NULL,
    note TEXT NOT NULL,
    recorded_by_id TEXT NOT NULL REFERENCES people (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX completions_by_person ON completions (person_id, course_id, completed_on);
CREATE INDEX completions_by_course ON completions (course_id);
CREATE INDEX completions_by_recorded_by ON completions (recorded_by_id);
CREATE INDEX completions_by_organisation ON completions (organisation_id);

CREATE TABLE completion_withdrawals (
    completion_id TEXT NOT NULL PRIMARY KEY REFERENCES completions (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    reason TEXT NOT NULL,
    withdrawn_by_id TEXT NOT NULL REFERENCES people (id),
    withdrawn_at TIMESTAMP NOT NULL
);
CREATE INDEX completion_withdrawals_by_organisation ON completion_withdrawals (organisation_id);
CREATE INDEX completion_withdrawals_by_person ON completion_withdrawals (withdrawn_by_id);

-- Rules that people edit, as dated versions: the policy pack and the library of questions, as TOML.
CREATE TABLE content_versions (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from DATE NOT NULL,
    author_id TEXT REFERENCES people (id),
    reason TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (organisation_id, kind, version)
);
CREATE INDEX content_versions_by_author ON content_versions (author_id);

CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    recipient_id TEXT NOT NULL REFERENCES people (id),
    recipient_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    not_before TIMESTAMP NOT NULL,
    claimed_until TIMESTAMP,
    last_error TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP
);
CREATE INDEX outbox_by_state ON outbox (state, not_before);
CREATE INDEX outbox_by_recipient ON outbox (recipient_id, id);
CREATE INDEX outbox_by_organisation ON outbox (organisation_id, id);

-- Who was told of what: one row for each case, step and due day, whatever runs twice.
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

-- A key rendered into each form: the second submit of the same form leads to the record that the first one made.
CREATE TABLE submissions (
    id TEXT NOT NULL PRIMARY KEY,
    form_key TEXT NOT NULL,
    words_hash TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    location TEXT NOT NULL,
    submitted_at TIMESTAMP NOT NULL
);
CREATE INDEX submissions_by_person ON submissions (person_id, words_hash);
CREATE INDEX submissions_by_organisation ON submissions (organisation_id);
CREATE INDEX submissions_by_key ON submissions (form_key);
CREATE INDEX submissions_by_time ON submissions (submitted_at);

-- Who did or saw what. Each row's hash covers the row before it; triggers refuse every change.
CREATE TABLE audit_events (
    sequence BIGINT NOT NULL PRIMARY KEY,
    organisation_id TEXT,
    at TIMESTAMP NOT NULL,
    actor_id TEXT,
    source TEXT NOT NULL,
    event TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_events_by_subject ON audit_events (subject_id, sequence);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, sequence);

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events are never changed');
END;

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events are never changed');
END;

CREATE TRIGGER risk_views_no_update BEFORE UPDATE ON risk_views
BEGIN
    SELECT RAISE(ABORT, 'risk_views are never changed');
END;

CREATE TRIGGER risk_views_no_delete BEFORE DELETE ON risk_views
BEGIN
    SELECT RAISE(ABORT, 'risk_views are never changed');
END;

CREATE TRIGGER completions_no_update BEFORE UPDATE ON completions
BEGIN
    SELECT RAISE(ABORT, 'completions are never changed');
END;

CREATE TRIGGER completions_no_delete BEFORE DELETE ON completions
BEGIN
    SELECT RAISE(ABORT, 'completions are never changed');
END;

CREATE TRIGGER reflection_copies_no_update BEFORE UPDATE ON reflection_copies
BEGIN
    SELECT RAISE(ABORT, 'reflection_copies are never changed');
END;

CREATE TRIGGER reflection_copies_no_delete BEFORE DELETE ON reflection_copies
BEGIN
    SELECT RAISE(ABORT, 'reflection_copies are never changed');
END;

CREATE TRIGGER case_entries_no_update BEFORE UPDATE ON case_entries
BEGIN
    SELECT RAISE(ABORT, 'case_entries are never changed');
END;

CREATE TRIGGER case_entries_no_delete BEFORE DELETE ON case_entries
BEGIN
    SELECT RAISE(ABORT, 'case_entries are never changed');
END;
