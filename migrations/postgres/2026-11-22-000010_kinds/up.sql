-- Answers to the questions of templates, with the words and the version under which they were given: beside what they were
-- said with, so that they are as frozen as that is. Empty for none.
ALTER TABLE case_entries ADD COLUMN answers TEXT NOT NULL DEFAULT '';
ALTER TABLE personal_parts ADD COLUMN answers TEXT NOT NULL DEFAULT '';
ALTER TABLE supervisions ADD COLUMN answers TEXT NOT NULL DEFAULT '';

-- Brothers and sisters: cases of one group are talked about together, with a record each. An entry says what differs for its child,
-- and with which other entry it was written: the actions stand there.
ALTER TABLE cases ADD COLUMN sibling_group_id TEXT;
CREATE INDEX cases_by_sibling_group ON cases (sibling_group_id) WHERE sibling_group_id IS NOT NULL;
ALTER TABLE case_entries ADD COLUMN differs TEXT NOT NULL DEFAULT '';
ALTER TABLE case_entries ADD COLUMN with_entry_id TEXT REFERENCES case_entries (id);

-- Who was asked to a session besides the two whose session it is.
CREATE TABLE supervision_members (
    supervision_id TEXT NOT NULL REFERENCES supervisions (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    attendance TEXT NOT NULL,
    PRIMARY KEY (supervision_id, person_id)
);
CREATE INDEX supervision_members_by_person ON supervision_members (person_id);
CREATE INDEX supervision_members_by_organisation ON supervision_members (organisation_id);

CREATE TRIGGER supervision_members_no_change BEFORE UPDATE OR DELETE ON supervision_members
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER supervision_members_no_truncate BEFORE TRUNCATE ON supervision_members
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The open actions of a team: in order, with all that counting them needs.
DROP INDEX actions_by_organisation;
CREATE INDEX actions_by_state ON actions (organisation_id, state, due_on, id, case_id);
