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

CREATE TRIGGER filings_no_change BEFORE UPDATE OR DELETE ON filings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER filings_no_truncate BEFORE TRUNCATE ON filings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
