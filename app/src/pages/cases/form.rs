//! Adding a case, and changing its details.

use crate::answer::Answer;
use crate::components::{Choice, Filled, check_box, check_boxes, date, line, radios, select, today_in};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::cases::{CaseDetails, CaseStatus, PlanType, SubjectKind};
use domain::form::{Form, FormCheck};
use domain::ids::{CaseId, PersonId};
use domain::risk::RiskLevel;
use leptos::prelude::*;
use records::Problem;
use records::cases;
use records::people::PersonSummary;
use records::teams::Team;

/// `/cases/new`.
pub(crate) fn add(visit: &Visit) -> Result<Answer, Problem> {
    let (teams, practitioners) = visit.read(cases::choices)?;
    if teams.is_empty() {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("status", CaseStatus::Open.code());
            if let [only] = &teams[..] {
                blank.set("team", only.id.to_string());
            }
            today_in(&mut blank, "allocated_on", visit.today());
            Ok(blank)
        },
        |filled| {
            Ok(sheet(visit, filled, "Add a case", &teams, &names(&practitioners), true)
                .back_to("/cases", "Back to cases"))
        },
        || {
            let (details, risk) = parse_new(&visit.form, visit)?;
            visit.save(move |writing| {
                let id = cases::add(writing, &details, risk)?;
                Ok(format!("/cases/{id}?notice=case-saved"))
            })
        },
    )
}

fn parse_new(form: &Form, visit: &Visit) -> Result<(CaseDetails, RiskLevel), Problem> {
    let details = CaseDetails::parse(form, visit.today());
    let mut check = FormCheck::new(form);
    let risk: Option<RiskLevel> = check.choice("risk_level", "Choose how high the risk is now");
    let risk = check.finish(risk);
    match (details, risk) {
        (Ok(details), Ok(risk)) => Ok((details, risk)),
        (Err(mut problems), risk) => {
            problems.0.extend(risk.err().into_iter().flat_map(|more| more.0));
            Err(problems.into())
        }
        (Ok(_), Err(problems)) => Err(problems.into()),
    }
}

/// `/cases/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let case = visit.read(|reading| cases::details(reading, &id))?;
    if !case.may.change {
        return Err(Problem::NotFound);
    }
    let (teams, practitioners) = visit.read(cases::choices)?;
    form_page(
        visit,
        || Ok(filled_with(&case)),
        |filled| {
            let title = format!("Change {}", case.details.reference);
            let people = with_own_people(&practitioners, &case);
            Ok(sheet(visit, filled, &title, &with_own_team(&teams, &case), &people, false)
                .back_to(format!("/cases/{id}"), "Back to the case"))
        },
        || {
            let details = CaseDetails::parse(&visit.form, visit.today())?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                cases::change(writing, &id, version, &details)?;
                Ok(format!("/cases/{id}?notice=case-saved"))
            })
        },
    )
}

/// Somebody who supervises the practitioner need not oversee the team: the team that stands stays a choice.
fn with_own_team(teams: &[Team], case: &cases::CaseFile) -> Vec<Team> {
    let mut teams = teams.to_vec();
    if !teams.iter().any(|team| team.id == case.details.team) {
        teams.push(Team {
            id: case.details.team.clone(),
            parent: None,
            name: case.team_name.clone(),
            version: 0,
        });
    }
    teams
}

/// Who works on the case stays a choice, also when they have left or are no practitioner any more: saving a new label must
/// not take the case away from anybody.
fn with_own_people(practitioners: &[PersonSummary], case: &cases::CaseFile) -> Vec<(PersonId, String)> {
    let mut people = names(practitioners);
    let lead = case.details.lead_practitioner.clone().zip(case.lead_name.clone());
    for (id, name) in lead.into_iter().chain(case.co_workers.clone()) {
        if !people.iter().any(|(known, _)| *known == id) {
            people.push((id, name));
        }
    }
    people
}

fn names(people: &[PersonSummary]) -> Vec<(PersonId, String)> {
    people.iter().map(|person| (person.id.clone(), person.name.clone())).collect()
}

fn filled_with(case: &cases::CaseFile) -> Form {
    let mut form = case.details.to_form();
    form.set("version", case.version.to_string());
    form
}

fn sheet(
    visit: &Visit,
    filled: &Filled,
    title: &str,
    teams: &[Team],
    practitioners: &[(PersonId, String)],
    is_new: bool,
) -> FormSheet {
    let mut plans = vec![Choice::new("", "Choose a plan")];
    plans.extend(Choice::all::<PlanType>());
    let mut team_choices: Vec<Choice> = teams.iter().map(|team| Choice::new(&team.id, &team.name)).collect();
    if team_choices.len() > 1 {
        team_choices.insert(0, Choice::new("", "Choose a team"));
    }
    let mut leads = vec![Choice::new("", "Not allocated yet")];
    leads.extend(practitioners.iter().map(|(id, name)| Choice::new(id, name)));
    let co_workers = practitioners.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let risk = is_new.then(|| radios(filled, "risk_level", "Risk now", "", Choice::all::<RiskLevel>(), true));
    let fields = view! {
        {line(filled, "reference", "Case reference", "As in your case-management system", "10")}
        {line(filled, "label", "Label", "A few words to know it by. No names", "")}
        {radios(filled, "subject_kind", "Who the case is about", "", Choice::all::<SubjectKind>(), true)}
        {select(filled, "plan_type", "Plan", "It decides how often the case is due for supervision", plans)}
        {check_box(filled, "domestic_abuse", "Domestic abuse is known or suspected")}
        {check_box(filled, "marac", "Before a multi-agency conference (MARAC), or heard there in the last 12 months")}
        {risk}
        {select(filled, "team", "Team", "", team_choices)}
        {select(filled, "lead_practitioner", "Lead practitioner", "", leads)}
        {check_boxes(filled, "co_workers", "Co-workers", "", co_workers, false)}
        {date(filled, "allocated_on", "Date allocated", "The case’s clock starts here")}
        {radios(filled, "status", "Status", "", Choice::all::<CaseStatus>(), true)}
    };
    FormSheet::new(title, form(visit, filled, fields, "Save case")).dates(&["allocated_on"])
}
