-- That somebody has filed an entry on the case record, which is kept elsewhere.

CREATE TABLE filings (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    entry_id TEXT NOT NULL REFERENCES case_entries (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    filed_on DATE NOT NULL
);
CREATE INDEX filings_by_entry ON filings (entry_id);
CREATE INDEX filings_by_person ON filings (person_id);
CREATE INDEX filings_by_organisation ON filings (organisation_id);

CREATE TRIGGER filings_no_update BEFORE UPDATE ON filings
BEGIN
    SELECT RAISE(ABORT, 'filings are never changed');
END;

CREATE TRIGGER filings_no_delete BEFORE DELETE ON filings
BEGIN
    SELECT RAISE(ABORT, 'filings are never changed');
END;
