//! People: the list, a person's page, and for administrators, adding and changing them and who supervises whom.

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, check_box, check_boxes, date, day, empty, fact, facts, line, next_page,
    password, select, table, tag, today_in,
};
use crate::document::Sheet;
use crate::pages::cases::encoded;
use crate::pages::form_page::{FormSheet, back_link, button_form, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, may};
use domain::form::Form;
use domain::ids::{PersonId, SupervisorLinkId};
use domain::people::{
    LinkKind, NewSupervisorLink, PersonDetails, Role, Standing, asye_in_words, hours_in_words,
};
use leptos::prelude::*;
use records::Problem;
use records::people::{self, LinkRow, PersonFile, PersonSummary};
use records::teams::{self, Team};

fn administers(visit: &Visit) -> bool {
    visit
        .signed_in
        .as_ref()
        .is_some_and(|signed_in| may(&signed_in.actor, &Action::AdministerPeople).is_allowed())
}

/// `/people`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let (words, and_left) = (visit.query.text("name"), visit.query.text("left") == "yes");
    let (listed, next) = visit
        .read(|reading| people::list(reading, words, visit.query.text("after").parse().ok(), and_left))?;
    let add = administers(visit).then(|| view! { <div class="govuk-button-group"><a class="govuk-button" href="/people/new">"Add a person"</a> <a class="govuk-link" href="/people/import">"Import people"</a> <a class="govuk-link" href="/people/leavers">"Who may have left"</a> <a class="govuk-link" href="/teams">"Teams"</a></div> });
    let next = next.map(|last| {
        let left = if and_left { "&left=yes" } else { "" };
        format!("/people?name={}{left}&after={last}", encoded(words))
    });
    let filled = Filled::new(visit.query.clone());
    let table = if listed.is_empty() {
        empty("Nobody fits", "Take away a filter to see more people.")
    } else {
        people_table(&listed)
    };
    let content = view! {
        <div class="fe-title"><h1 class="govuk-heading-l">"People"</h1> {add}</div>
        <form class="fe-filter" method="get" role="search" aria-label="People">
            {line(&filled, "name", "Name", "", "20")}
            {check_box(&filled, "left", "Show people who have left")}
            <button class="govuk-button govuk-button--secondary">"Apply filters"</button>
            <a class="govuk-link" href="/people">"Clear filters"</a>
        </form>
        {table}
        {next_page(next)}
    };
    Ok(Sheet::new("People", content).answer(visit))
}

fn roles_in_words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ")
}

fn people_table(listed: &[PersonSummary]) -> AnyView {
    let rows: Vec<_> = listed
        .iter()
        .map(|person| {
            let left = (person.standing == Standing::Left).then(|| tag("not-required", "Left"));
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=format!("/people/{}", person.id)>{person.name.clone()}</a> " " {left}</th>
                    <td data-label="Job title">{person.job_title.clone()}</td>
                    <td data-label="Team">{person.team.clone()}</td>
                    <td data-label="Roles">{roles_in_words(&person.roles)}</td>
                </tr>
            }
        })
        .collect();
    table(Caption::Unseen("People, by name"), &["Name", "Job title", "Team", "Roles"], rows)
}

/// `/people/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let person = visit.read(|reading| people::open(reading, &id))?;
    let administers = administers(visit);
    let has_left = person.standing == Standing::Left;
    let manages = administers.then(|| {
        let hand_over = if has_left { "Hand over what is left" } else { "Hand over their work" };
        let hand_over = view! { <a class="govuk-button govuk-button--secondary" href=format!("/people/{id}/hand-over")>{hand_over}</a> };
        let take_back = person.left_on.map(|_| {
            let words = if has_left { "Take them back" } else { "They stay after all" };
            button_form(visit, &format!("/people/{id}/take-back"), words, "")
        });
        let add = (person.standing == Standing::Active).then(|| {
            view! { <a class="govuk-button govuk-button--secondary" href=format!("/people/{id}/supervisors")>"Add a supervisor"</a> }
        });
        let invite = (person.standing == Standing::Active).then(|| {
            let words = if person.has_password { "Send a link for a new password" } else { "Send a link to choose a password" };
            button_form(visit, &format!("/people/{id}/invite"), words, "")
        });
        view! {
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button govuk-button--secondary" href=format!("/people/{id}/edit")>"Change details"</a>
                {add} {hand_over} {invite} {take_back}
            </div>
        }
    });
    let content = view! {
        {back_link(Some(("/people".to_owned(), "Back to people".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">{person.details.name.clone()}</h1> {manages}</div>
        {person_facts(visit, &person)?}
        {crate::pages::absences::cadence_section(visit, &person)?}
        {supervisors(visit, &person, administers)}
        {supervisees(&person)}
    };
    Ok(Sheet::new(person.details.name.clone(), content).answer(visit))
}

fn person_facts(visit: &Visit, person: &PersonFile) -> Result<AnyView, Problem> {
    let details = &person.details;
    let profile = visit.read(|reading| people::profile(reading, person))?;
    let mut shown = vec![
        fact("Job title", details.job_title.clone()),
        fact("Team", person.team_name.clone()),
        fact("Roles", roles_in_words(&details.roles)),
        fact("Email address", details.email.clone()),
        fact("Started", day(details.started_on)),
        fact("Hours a week", hours_in_words(details.weekly_hours_tenths)),
    ];
    if details.asye {
        shown.push(fact("Stage", asye_in_words(details.started_on, visit.today())));
    }
    if profile.sees_registration && details.registered {
        let renewed = details.registration_renews_on.map_or_else(
            || "Registered. When it is to be renewed is not known".into_any(),
            |by| view! { "To be renewed by " {day(by)} }.into_any(),
        );
        shown.push(fact("Registration", renewed));
    }
    if let Some(caseload) = profile.caseload.filter(|caseload| caseload.cases > 0) {
        shown.push(fact("Leads", caseload.words()));
    }
    if details.agency {
        shown.push(fact("Post", "From an agency"));
    }
    if let Some(left_on) = person.left_on {
        let term = if person.standing == Standing::Left { "Left" } else { "Last day" };
        shown.push(fact(term, day(left_on)));
    }
    Ok(facts(shown))
}

fn supervisors(visit: &Visit, person: &PersonFile, administers: bool) -> AnyView {
    if person.supervisors.is_empty() {
        return view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Supervisors"</h2>
                {empty("No supervisor yet", "Nobody is told when this person’s work goes unreviewed, except the manager above. An administrator can add a supervisor.")}
            </section>
        }
        .into_any();
    }
    let rows: Vec<_> = person
        .supervisors
        .iter()
        .map(|link| {
            let end = (administers && link.to_on.is_none()).then(|| {
                button_form(
                    visit,
                    &format!("/people/{}/supervisors/{}/end", person.id, link.id),
                    "End today",
                    &format!("the supervision by {}", link.name),
                )
            });
            link_row(link, end)
        })
        .collect();
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Supervisors"</h2>
            {table(Caption::Unseen("Supervisors, the newest first"), &["Name", "In what", "From", "To"], rows)}
        </section>
    }
    .into_any()
}

fn link_row(link: &LinkRow, end: Option<AnyView>) -> AnyView {
    let to = link.to_on.map_or_else(|| "Until now".into_any(), day);
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=format!("/people/{}", link.person)>{link.name.clone()}</a></th>
            <td data-label="In what">{link.kind.words()}</td>
            <td data-label="From">{day(link.from_on)}</td>
            <td data-label="To"><div>{to} {end}</div></td>
        </tr>
    }
    .into_any()
}

fn supervisees(person: &PersonFile) -> Option<AnyView> {
    if person.supervisees.is_empty() {
        return None;
    }
    let rows: Vec<_> = person.supervisees.iter().map(|link| link_row(link, None)).collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Supervises"</h2>
                {table(Caption::Unseen("People supervised"), &["Name", "In what", "From", "To"], rows)}
            </section>
        }
        .into_any(),
    )
}

/// `/people/new`.
pub(crate) fn add(visit: &Visit) -> Result<Answer, Problem> {
    let teams = visit.read(teams::list)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("weekly_hours", "37");
            blank.set("registered", "yes");
            today_in(&mut blank, "started_on", visit.today());
            Ok(blank)
        },
        |filled| Ok(sheet(visit, filled, "Add a person", &teams).back_to("/people", "Back to people")),
        || {
            let details = PersonDetails::parse(&visit.form)?;
            visit.save(move |writing| {
                let id = people::add(writing, &details)?;
                Ok(format!("/people/{id}?notice=person-saved"))
            })
        },
    )
}

/// `/people/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let (person, teams) = visit.read(|reading| Ok((people::open(reading, &id)?, teams::list(reading)?)))?;
    form_page(
        visit,
        || Ok(filled_with(&person)),
        |filled| {
            let title = format!("Change {}", person.details.name);
            Ok(sheet(visit, filled, &title, &teams).back_to(format!("/people/{id}"), "Back to the person"))
        },
        || {
            let details = PersonDetails::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                people::change(writing, &id, version, &details)?;
                Ok(format!("/people/{id}?notice=person-saved"))
            })
        },
    )
}

fn filled_with(person: &PersonFile) -> Form {
    let mut form = person.details.to_form();
    form.set("version", person.version.to_string());
    form
}

fn sheet(visit: &Visit, filled: &Filled, title: &str, teams: &[Team]) -> FormSheet {
    let mut choices = vec![Choice::new("", "Choose a team")];
    choices.extend(teams.iter().map(|team| Choice::new(&team.id, &team.name)));
    let fields = view! {
        {line(filled, "name", "Name", "", "20")}
        {password(filled, "email", "Email address", "To sign in with, and where mail goes", "email", "off")}
        {line(filled, "job_title", "Job title", "", "20")}
        {select(filled, "team", "Team", "A manager oversees this team and those below it", choices)}
        {check_boxes(filled, "roles", "Roles", "", Choice::all::<Role>(), false)}
        {date(filled, "started_on", "Start date", "")}
        {check_box(filled, "asye", "In the assessed and supported year in employment (ASYE)")}
        {check_box(filled, "registered", "Registered with a professional regulator")}
        {date(filled, "registration_renews_on", "Registration is renewed by", "Leave it empty if it is not known. Reminders come 60, 30 and 7 days before")}
        {check_box(filled, "agency", "Comes from an agency")}
        {line(filled, "weekly_hours", "Hours a week", "", "4")}
    };
    FormSheet::new(title, form(visit, filled, fields, "Save person"))
        .dates(&["started_on", "registration_renews_on"])
}

/// `/people/{id}/supervisors`.
pub(crate) fn add_supervisor(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let (person, candidates) =
        visit.read(|reading| Ok((people::open(reading, &id)?, people::supervisors(reading)?)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("kind", LinkKind::Line.code());
            today_in(&mut blank, "from", visit.today());
            Ok(blank)
        },
        |filled| {
            let mut choices = vec![Choice::new("", "Choose a supervisor")];
            choices.extend(
                candidates
                    .iter()
                    .filter(|candidate| candidate.id != id)
                    .map(|candidate| Choice::new(&candidate.id, &candidate.name)),
            );
            let fields = view! {
                {select(filled, "supervisor", "Supervisor", "", choices)}
                {crate::components::radios(filled, "kind", "In what?", "A new line supervisor takes the place of the one before", Choice::all::<LinkKind>(), false)}
                {date(filled, "from", "From", "")}
                {date(filled, "to", "Last day, if it is known", "For cover, or while somebody is with us for a time")}
            };
            Ok(FormSheet::new(
                format!("Add a supervisor for {}", person.details.name),
                form(visit, filled, fields, "Save supervisor"),
            )
            .back_to(format!("/people/{id}"), "Back to the person")
            .dates(&["from", "to"]))
        },
        || {
            let link = NewSupervisorLink::parse(&visit.form)?;
            let id = id.clone();
            visit.save(move |writing| {
                people::add_supervisor(writing, &id, &link)?;
                Ok(format!("/people/{id}?notice=supervisor-saved"))
            })
        },
    )
}

/// `/people/{id}/supervisors/{link}/end`.
pub(crate) fn end_supervisor(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let link: SupervisorLinkId =
        visit.parameters.get(1).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)?;
    let person = format!("/people/{id}");
    if visit.is_post() {
        visit.write(move |writing| people::end_supervisor(writing, &id, &link))?;
        return Ok(Answer::see_other(format!("{person}?notice=supervisor-saved")));
    }
    Ok(Answer::see_other(person))
}

/// `/people/{id}/take-back`.
pub(crate) fn take_back(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let person = format!("/people/{id}");
    if visit.is_post() {
        visit.write(move |writing| people::take_back(writing, &id))?;
        return Ok(Answer::see_other(format!("{person}?notice=taken-back")));
    }
    Ok(Answer::see_other(person))
}

/// `/people/{id}/invite`.
pub(crate) fn invite(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let person = format!("/people/{id}");
    if visit.is_post() {
        let base_url = visit.site.base_url.clone();
        visit.write(move |writing| people::invite(writing, &id, &base_url))?;
        return Ok(Answer::see_other(format!("{person}?notice=invited")));
    }
    Ok(Answer::see_other(person))
}
