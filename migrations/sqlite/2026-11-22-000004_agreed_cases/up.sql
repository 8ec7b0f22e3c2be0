-- Which cases a booked session is about; and by when each session was due, by the policy that held then: a policy that is
-- changed later makes no session late that was in time.

CREATE TABLE booking_cases (
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    case_id TEXT NOT NULL REFERENCES cases (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (booking_id, case_id)
);
CREATE INDEX booking_cases_by_case ON booking_cases (case_id);
CREATE INDEX booking_cases_by_organisation ON booking_cases (organisation_id);

ALTER TABLE case_entries ADD COLUMN was_due_on DATE;
ALTER TABLE case_entries ADD COLUMN policy_version INTEGER;
ALTER TABLE supervisions ADD COLUMN was_due_on DATE;
ALTER TABLE supervisions ADD COLUMN policy_version INTEGER;
