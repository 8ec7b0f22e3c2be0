-- Booked sessions, and secret links to calendars.

CREATE TABLE bookings (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    supervisor_id TEXT NOT NULL REFERENCES people (id),
    supervisee_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    -- A day and a time on London clocks, in minutes after midnight: a meeting at half past nine stays there in summer.
    on_day DATE NOT NULL,
    at_minutes INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    series_id TEXT,
    -- The cancelled session that this one is held in place of.
    instead_of_id TEXT REFERENCES bookings (id),
    state TEXT NOT NULL,
    cancel_reason TEXT,
    cancel_note TEXT NOT NULL,
    cancelled_on DATE,
    supervision_id TEXT REFERENCES supervisions (id),
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX bookings_by_supervisor ON bookings (supervisor_id, on_day);
CREATE INDEX bookings_by_supervisee ON bookings (supervisee_id, on_day);
CREATE INDEX bookings_by_organisation ON bookings (organisation_id, on_day);
CREATE INDEX bookings_by_series ON bookings (series_id);
CREATE INDEX bookings_by_instead_of ON bookings (instead_of_id);
CREATE INDEX bookings_by_supervision ON bookings (supervision_id);

-- Only the hash of the link's secret is here; making another one ends the first.
CREATE TABLE calendar_feeds (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX calendar_feeds_by_organisation ON calendar_feeds (organisation_id);
