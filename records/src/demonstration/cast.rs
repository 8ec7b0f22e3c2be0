//! The people of the demonstration, their teams, and who supervises whom.

use crate::audit::Event;
use crate::people::{insert_link, insert_person};
use crate::problem::Problem;
use crate::schema::people;
use crate::setup::found_organisation;
use crate::store::Writing;
use crate::teams;
use chrono::Duration;
use diesel::prelude::*;
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::people::{LinkKind, NewSupervisorLink, PersonDetails, Role, TeamDetails};
use std::collections::HashMap;

/// The people and teams of the demonstration.
pub(super) struct Cast {
    pub(super) people: HashMap<&'static str, PersonId>,
    pub(super) riverside: TeamId,
    pub(super) advocacy: TeamId,
}

/// Somebody of the cast.
struct Part {
    key: &'static str,
    name: &'static str,
    job_title: &'static str,
    roles: &'static [Role],
    place: Place,
    /// Days since the first working day.
    days: i64,
    weekly_hours_tenths: i32,
}

#[derive(Clone, Copy)]
enum Place {
    Directorate,
    Service,
    Riverside,
    Advocacy,
    Learning,
    Quality,
}

const PARTS: &[Part] = &[
    Part {
        key: "helen",
        name: "Helen Ward",
        job_title: "Head of service",
        roles: &[Role::HeadOfService],
        place: Place::Directorate,
        days: 2900,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "ros",
        name: "Ros Keane",
        job_title: "Service manager",
        roles: &[Role::ServiceManager],
        place: Place::Service,
        days: 2200,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "priya",
        name: "Priya Nair",
        job_title: "Team manager",
        roles: &[Role::Supervisor],
        place: Place::Riverside,
        days: 1500,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "tom",
        name: "Tom Osei",
        job_title: "Newly qualified social worker",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 95,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "gwen",
        name: "Gwen Hartley",
        job_title: "Social worker",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 3300,
        weekly_hours_tenths: 300,
    },
    Part {
        key: "luca",
        name: "Luca Marsh",
        job_title: "Family support worker",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 800,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "amal",
        name: "Amal Idris",
        job_title: "Social worker (agency)",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 12,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "nia",
        name: "Nia Prosser",
        job_title: "Social worker",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 1100,
        weekly_hours_tenths: 225,
    },
    Part {
        key: "owen",
        name: "Owen Blake",
        job_title: "Senior practitioner",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 2600,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "farah",
        name: "Farah Siddiqui",
        job_title: "Social worker",
        roles: &[Role::Practitioner],
        place: Place::Riverside,
        days: 600,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "dee",
        name: "Dee Whitlock",
        job_title: "Training coordinator",
        roles: &[Role::Coordinator],
        place: Place::Learning,
        days: 1900,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "hanif",
        name: "Hanif Qureshi",
        job_title: "Principal social worker",
        roles: &[Role::Auditor],
        place: Place::Quality,
        days: 2400,
        weekly_hours_tenths: 370,
    },
    // With the head of service she is one of the two who have to confirm when the law opens a journal.
    Part {
        key: "iris",
        name: "Iris Bennett",
        job_title: "Information governance officer",
        roles: &[Role::InformationGovernance],
        place: Place::Quality,
        days: 1600,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "bev",
        name: "Bev Sutton",
        job_title: "Named nurse",
        roles: &[Role::PartnerLiaison],
        place: Place::Directorate,
        days: 1700,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "marta",
        name: "Marta Lind",
        job_title: "Advocacy manager",
        roles: &[Role::Supervisor],
        place: Place::Advocacy,
        days: 1300,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "jo",
        name: "Jo Whelan",
        job_title: "Domestic violence adviser",
        roles: &[Role::Practitioner],
        place: Place::Advocacy,
        days: 700,
        weekly_hours_tenths: 370,
    },
    Part {
        key: "admin",
        name: "Sam Adeyemi",
        job_title: "System administrator",
        roles: &[Role::SystemAdmin],
        place: Place::Directorate,
        days: 1000,
        weekly_hours_tenths: 370,
    },
];

/// Supervisor, supervisee, in what.
const LINKS: &[(&str, &str, LinkKind)] = &[
    ("helen", "ros", LinkKind::Line),
    ("ros", "priya", LinkKind::Line),
    ("ros", "marta", LinkKind::Line),
    ("priya", "tom", LinkKind::Line),
    ("priya", "gwen", LinkKind::Line),
    ("priya", "luca", LinkKind::Line),
    ("priya", "amal", LinkKind::Line),
    ("priya", "nia", LinkKind::Line),
    ("priya", "owen", LinkKind::Line),
    ("priya", "farah", LinkKind::Line),
    ("owen", "tom", LinkKind::Reflective),
    ("marta", "jo", LinkKind::Line),
];

/// Makes the organisation, its teams and its people.
pub(super) fn found(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    password_hash: &str,
) -> Result<Cast, Problem> {
    let directorate =
        found_organisation(writing, organisation, "Northmere Children and Families (demonstration)", true)?;
    let mut team = |parent: &TeamId, name: &str| {
        teams::insert(writing, &TeamDetails { name: name.to_owned(), parent: Some(parent.clone()) })
    };
    let service = team(&directorate, "Safeguarding service")?;
    let riverside = team(&service, "Riverside team")?;
    let advocacy = team(&service, "Advocacy team")?;
    let learning = team(&directorate, "Learning and development")?;
    let quality = team(&directorate, "Practice quality")?;
    let today = writing.today();
    let mut people = HashMap::new();
    for part in PARTS {
        let team = match part.place {
            Place::Directorate => &directorate,
            Place::Service => &service,
            Place::Riverside => &riverside,
            Place::Advocacy => &advocacy,
            Place::Learning => &learning,
            Place::Quality => &quality,
        };
        let details = PersonDetails {
            name: part.name.to_owned(),
            email: email_of(part),
            job_title: part.job_title.to_owned(),
            team: team.clone(),
            roles: part.roles.to_vec(),
            started_on: today - Duration::days(part.days),
            asye: part.key == "tom",
            registered: !matches!(part.key, "luca" | "jo" | "dee" | "iris" | "admin"),
            registration_renews_on: None,
            agency: part.key == "amal",
            weekly_hours_tenths: part.weekly_hours_tenths,
        };
        people.insert(part.key, insert_person(writing, &details)?);
    }
    diesel::update(people::table.filter(people::organisation_id.eq(organisation)))
        .set(people::password_hash.eq(password_hash))
        .execute(writing.connection)?;
    for (supervisor, supervisee, kind) in LINKS {
        let days = PARTS
            .iter()
            .filter(|part| part.key == *supervisor || part.key == *supervisee)
            .map(|part| part.days)
            .min()
            .unwrap_or(1);
        let link = NewSupervisorLink {
            supervisor: people[supervisor].clone(),
            kind: *kind,
            from: today - Duration::days(days.min(430)),
            to: None,
        };
        insert_link(writing, &people[supervisee].clone(), &link)?;
    }
    writing.audit(Event::new("demonstration_filled", "organisation", organisation))?;
    Ok(Cast { people, riverside, advocacy })
}

/// The name of somebody of the cast.
pub(super) fn name_of(key: &str) -> &'static str {
    PARTS.iter().find(|part| part.key == key).map_or("", |part| part.name)
}

fn email_of(part: &Part) -> String {
    if part.key == "admin" {
        "admin@example.org".to_owned()
    } else {
        format!("{}@example.org", part.name.to_lowercase().replace(' ', "."))
    }
}
