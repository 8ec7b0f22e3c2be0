//! What there is in a database, read without the product's own queries.

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::access::{
    AuditFileFacts, AuditRoundFacts, CaseFacts, CopyFacts, PersonFacts, ReflectionFacts, SupervisionFacts,
};
use domain::ids::{OrganisationId, PersonId};
use records::DatabaseAddress;
use std::str::FromStr;

/// One thing of some kind: its id, its organisation, and up to two ids that the policy looks at.
#[derive(QueryableByName)]
pub struct Found {
    #[diesel(sql_type = Text)]
    pub id: String,
    #[diesel(sql_type = Text)]
    pub organisation: String,
    #[diesel(sql_type = Text)]
    pub one: String,
    #[diesel(sql_type = Text)]
    pub other: String,
}

impl Found {
    pub fn organisation(&self) -> OrganisationId {
        id(&self.organisation)
    }
}

/// An id as the policy knows it.
pub fn id<T: FromStr>(text: &str) -> T {
    text.parse().ok().expect("an id")
}

/// Everything that has an address of its own.
pub struct Facts {
    pub teams: Vec<Found>,
    pub people: Vec<PersonFacts>,
    pub cases: Vec<CaseFacts>,
    pub sessions: Vec<(String, SupervisionFacts)>,
    pub personal_parts: Vec<String>,
    pub reflections: Vec<(String, ReflectionFacts)>,
    pub cpd_pieces: Vec<(String, ReflectionFacts)>,
    pub copies: Vec<(String, CopyFacts)>,
    /// With its case, or the session about somebody in which it was agreed, in `one` and its owner, if that is one of us, in
    /// `other`.
    pub open_actions: Vec<Found>,
    /// With whom it is in `one`, and the case of its entry in `other`.
    pub requests: Vec<Found>,
    /// Sessions with the line of supervision in `one`.
    pub lines: Vec<Found>,
    /// Questions without a reply, with their session in `one` or their reflection in `other`.
    pub questions: Vec<Found>,
    pub courses: Vec<Found>,
    pub completions: Vec<Found>,
    /// With the person supervised in `one`.
    pub links: Vec<Found>,
    pub mails: Vec<Found>,
    /// With the case in `one`, and the session in `other` if it was in one.
    pub entries: Vec<Found>,
    /// With who wrote it in `one`.
    pub authors_of_entries: Vec<Found>,
    /// With the author in `one`.
    pub drafts: Vec<Found>,
    /// With the author in `one` and the kind in `other`.
    pub imports: Vec<Found>,
    pub bookings: Vec<(String, SupervisionFacts)>,
    /// What each booking is for.
    pub booked_kinds: Vec<Found>,
    pub agreements: Vec<(String, SupervisionFacts)>,
    /// What stands on an agenda.
    pub agenda: Vec<(String, SupervisionFacts)>,
    /// With the case in `one` or the person in `other`.
    pub variations: Vec<Found>,
    /// With the person in `one`.
    pub absences: Vec<Found>,
    pub audit_rounds: Vec<(String, AuditRoundFacts)>,
    pub audit_files: Vec<(String, AuditFileFacts)>,
}

impl Facts {
    pub fn read(address: &DatabaseAddress) -> Self {
        let find = |columns: &str, rest: &str| found(address, columns, rest);
        let workers = find("case_id", "person_id AS one, '' AS other FROM case_workers");
        let workers_on =
            |case: &str| workers.iter().filter(|row| row.id == case).map(|row| id(&row.one)).collect();
        let optional = |text: &str| (!text.is_empty()).then(|| id::<PersonId>(text));
        let cases = find("id", "team_id AS one, coalesce(lead_practitioner_id, '') AS other FROM cases")
            .iter()
            .map(|row| CaseFacts {
                id: id(&row.id),
                organisation: row.organisation(),
                team: id(&row.one),
                lead_practitioner: optional(&row.other),
                co_workers: workers_on(&row.id),
            })
            .collect();
        let of_two = |table: &str| {
            find("id", &format!("supervisor_id AS one, supervisee_id AS other FROM {table}"))
                .into_iter()
                .map(|row| {
                    let facts = SupervisionFacts::of_two(row.organisation(), id(&row.one), id(&row.other));
                    (row.id, facts)
                })
                .collect()
        };
        let members = find("supervision_id", "person_id AS one, '' AS other FROM supervision_members");
        let with_others = |mut sessions: Vec<(String, SupervisionFacts)>| {
            for (session, facts) in &mut sessions {
                let others = members.iter().filter(|member| member.id == *session);
                facts.others = others.map(|member| id(&member.one)).collect();
            }
            sessions
        };
        let reflections = find("id", "author_id AS one, '' AS other FROM reflections")
            .into_iter()
            .map(|row| {
                let facts = ReflectionFacts { organisation: row.organisation(), author: id(&row.one) };
                (row.id, facts)
            })
            .collect();
        let cpd_pieces = find("id", "author_id AS one, '' AS other FROM cpd_pieces")
            .into_iter()
            .map(|row| {
                let facts = ReflectionFacts { organisation: row.organisation(), author: id(&row.one) };
                (row.id, facts)
            })
            .collect();
        let copies = find("id", "author_id AS one, reader_id AS other FROM reflection_copies")
            .into_iter()
            .map(|row| {
                let facts = CopyFacts {
                    organisation: row.organisation(),
                    author: id(&row.one),
                    reader: id(&row.other),
                };
                (row.id, facts)
            })
            .collect();
        Self {
            teams: find("id", "'' AS one, '' AS other FROM teams"),
            people: find("id", "team_id AS one, '' AS other FROM people")
                .iter()
                .map(|row| PersonFacts { id: id(&row.id), organisation: row.organisation(), team: id(&row.one) })
                .collect(),
            cases,
            sessions: with_others(of_two("supervisions")),
            bookings: of_two("bookings"),
            booked_kinds: find("id", "kind AS one, '' AS other FROM bookings"),
            agreements: of_two("agreements"),
            agenda: of_two("agenda_items"),
            personal_parts: find("supervision_id", "'' AS one, '' AS other FROM personal_parts")
                .into_iter()
                .map(|row| row.id)
                .collect(),
            reflections,
            cpd_pieces,
            copies,
            open_actions: find(
                "id",
                "coalesce(case_id, supervision_id) AS one, coalesce(owner_id, '') AS other
                 FROM actions WHERE state = 'open'",
            ),
            requests: find(
                "action_requests.review_id",
                "action_requests.asked_id AS one, case_entries.case_id AS other
                 FROM action_requests JOIN action_reviews ON action_reviews.id = action_requests.review_id
                 JOIN case_entries ON case_entries.id = action_reviews.entry_id",
            ),
            lines: find("id", "line AS one, '' AS other FROM supervisions"),
            questions: find(
                "raised_prompts.id",
                "coalesce(case_entries.supervision_id, '') AS one, coalesce(raised_prompts.reflection_id, '') AS other
                 FROM raised_prompts LEFT JOIN case_entries ON case_entries.id = raised_prompts.entry_id
                 WHERE raised_prompts.state IN ('raised', 'deferred', 'to_supervision')",
            ),
            courses: find("id", "'' AS one, '' AS other FROM courses"),
            completions: find(
                "id",
                "'' AS one, '' AS other FROM completions
                 WHERE id NOT IN (SELECT completion_id FROM completion_withdrawals)",
            ),
            links: find("id", "supervisee_id AS one, supervisor_id AS other FROM supervisor_links"),
            variations: find(
                "id",
                "coalesce(case_id, '') AS one, coalesce(person_id, '') AS other FROM variations WHERE ended_on IS NULL",
            ),
            authors_of_entries: find("id", "author_id AS one, '' AS other FROM case_entries"),
            entries: find("id", "case_id AS one, coalesce(supervision_id, '') AS other FROM case_entries"),
            drafts: find("id", "person_id AS one, '' AS other FROM drafts"),
            imports: find("id", "author_id AS one, kind AS other FROM imports"),
            absences: find("id", "person_id AS one, '' AS other FROM absences"),
            audit_rounds: audit_rounds(&find),
            audit_files: audit_files(&find),
            mails: find("id", "'' AS one, '' AS other FROM outbox"),
        }
    }
}

fn audit_rounds(find: &impl Fn(&str, &str) -> Vec<Found>) -> Vec<(String, AuditRoundFacts)> {
    let teams = find("round_id", "team_id AS one, '' AS other FROM audit_round_teams");
    let seconds =
        find("round_id", "second_id AS one, '' AS other FROM audit_files WHERE second_id IS NOT NULL");
    find("id", "lead_id AS one, '' AS other FROM audit_rounds")
        .into_iter()
        .map(|row| {
            let of = |rows: &[Found]| -> Vec<String> {
                rows.iter().filter(|other| other.id == row.id).map(|other| other.one.clone()).collect()
            };
            let facts = AuditRoundFacts {
                organisation: row.organisation(),
                lead: id(&row.one),
                second_graders: of(&seconds).iter().map(|text| id(text)).collect(),
                teams: of(&teams).iter().map(|text| id(text)).collect(),
            };
            (row.id, facts)
        })
        .collect()
}

fn audit_files(find: &impl Fn(&str, &str) -> Vec<Found>) -> Vec<(String, AuditFileFacts)> {
    let leads = find(
        "audit_files.id",
        "audit_rounds.lead_id AS one, audit_files.state AS other
         FROM audit_files JOIN audit_rounds ON audit_rounds.id = audit_files.round_id",
    );
    let seconds = find("id", "second_id AS one, '' AS other FROM audit_files WHERE second_id IS NOT NULL");
    find("id", "supervisor_id AS one, supervisee_id AS other FROM audit_files")
        .into_iter()
        .map(|row| {
            let lead = leads.iter().find(|lead| lead.id == row.id).expect("a file has a round");
            let facts = AuditFileFacts {
                organisation: row.organisation(),
                lead: id(&lead.one),
                second: seconds.iter().find(|second| second.id == row.id).map(|second| id(&second.one)),
                supervisor: id(&row.one),
                supervisee: id(&row.other),
                state: id(&lead.other),
            };
            (row.id, facts)
        })
        .collect()
}

fn found(address: &DatabaseAddress, id: &str, rest: &str) -> Vec<Found> {
    let table = id.split_once('.').map(|(table, _)| format!("{table}.")).unwrap_or_default();
    let query =
        diesel::sql_query(format!("SELECT {id} AS id, {table}organisation_id AS organisation, {rest}"));
    match address {
        DatabaseAddress::Sqlite(path) => {
            query.load(&mut SqliteConnection::establish(&path.to_string_lossy()).unwrap()).unwrap()
        }
        DatabaseAddress::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
    }
}

/// Everybody of the cast who works here, by id.
pub fn people_at_work(address: &DatabaseAddress) -> Vec<PersonId> {
    found(address, "id", "'' AS one, '' AS other FROM people WHERE standing = 'active'")
        .iter()
        .map(|row| id(&row.id))
        .collect()
}
