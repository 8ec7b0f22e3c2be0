use super::*;
use crate::ids::{PersonId, TeamId};
use crate::people::Role;
use crate::working_days::Nation;
use chrono::Days;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn england() -> WorkingDays {
    WorkingDays::shipped(Nation::EnglandAndWales)
}

fn shipped() -> Ladder {
    Ladder::parse(Ladder::SHIPPED, 1).unwrap()
}

fn reached(due_on: &str, today: &str, done: &BTreeSet<StepKey>) -> Option<Reached> {
    shipped().reached(Concern::CaseSupervision, day(due_on), day(today), done, &england())
}

/// 2.8 and 16.13: due 2 April 2026 (Maundy Thursday), the day on which each step comes.
#[test]
fn ladder_16_13_default_steps_over_easter() {
    let mut done = BTreeSet::new();
    let mut told = Vec::new();
    for today in day("2026-04-01").iter_days().take(35) {
        if let Some(found) = reached("2026-04-02", &today.to_string(), &done) {
            let readers: Vec<&str> = found.tell.iter().map(|reader| reader.code()).collect();
            told.push((today.to_string(), found.step.to_string(), readers.join(" ")));
            done.extend(found.steps);
        }
    }
    let expected = [
        ("2026-04-03", "1", "practitioner supervisor"),
        ("2026-04-09", "2", "supervisor"),
        ("2026-04-13", "3", "service_manager"),
        ("2026-04-20", "4", "head_of_service"),
        ("2026-04-27", "week 2026-04-27", "service_manager head_of_service"),
        // Monday 4 May is a bank holiday: the first working day of that week.
        ("2026-05-05", "week 2026-05-04", "service_manager head_of_service"),
    ];
    let told: Vec<_> =
        told.iter().map(|(day, step, readers)| (day.as_str(), step.as_str(), readers.as_str())).collect();
    assert_eq!(told, expected);
}

#[test]
fn ladder_16_14_after_downtime_each_thing_is_told_once_at_the_highest_step() {
    let found = reached("2026-04-02", "2026-05-06", &BTreeSet::new()).unwrap();
    assert_eq!(found.step, StepKey::Week(day("2026-05-04")));
    assert_eq!(found.steps.len(), 5, "four steps and the week");
    let everybody = [Reader::Practitioner, Reader::Supervisor, Reader::ServiceManager, Reader::HeadOfService];
    assert_eq!(found.tell, everybody.into_iter().collect());
    assert_eq!(reached("2026-04-02", "2026-05-06", &found.steps.into_iter().collect()), None);
}

#[test]
fn a_clock_that_is_set_back_tells_nothing_twice() {
    let done: BTreeSet<StepKey> =
        reached("2026-04-02", "2026-04-13", &BTreeSet::new()).unwrap().steps.into_iter().collect();
    for today in ["2026-04-13", "2026-04-09", "2026-04-03", "2026-03-01"] {
        assert_eq!(reached("2026-04-02", today, &done), None, "{today}");
    }
    assert!(reached("2026-04-02", "2026-04-20", &done).is_some());
}

#[test]
fn nothing_is_told_before_it_is_overdue() {
    for today in ["2026-03-26", "2026-04-01", "2026-04-02"] {
        assert_eq!(reached("2026-04-02", today, &BTreeSet::new()), None, "{today}");
    }
}

#[test]
fn the_next_step_and_its_day_can_be_said_before_it_comes() {
    let next = |today: &str| {
        let ladder = shipped();
        let next = ladder.next(Concern::CaseSupervision, day("2026-04-02"), day(today), &england());
        next.map(|(day, readers)| (day.to_string(), readers.to_vec())).unwrap()
    };
    assert_eq!(next("2026-04-02"), ("2026-04-03".to_owned(), vec![Reader::Practitioner, Reader::Supervisor]));
    assert_eq!(next("2026-04-09"), ("2026-04-13".to_owned(), vec![Reader::ServiceManager]));
    assert_eq!(next("2026-04-20").0, "2026-04-27");
    assert_eq!(next("2026-04-29").0, "2026-05-05");
}

#[test]
fn a_ladder_that_cannot_be_used_is_refused_with_the_place_and_what_is_allowed() {
    for (toml, words) in [
        (
            "[weather]\nsteps = []",
            "There is no “[weather]”. Allowed are case_supervision, personal_supervision",
        ),
        ("[oversight]\nsteps = []", "[oversight] needs at least one step"),
        (
            "[oversight]\nsteps = [{ days = 1 }]",
            "[oversight], step 1: “tell” names nobody. Allowed are practitioner",
        ),
        (
            "[oversight]\nsteps = [{ tell = ['supervisor'] }]",
            "[oversight], step 1: give either days or working_days",
        ),
        (
            "[oversight]\nsteps = [{ days = 1, working_days = 1, tell = ['supervisor'] }]",
            "step 1: give either days or working_days",
        ),
        (
            "[oversight]\nsteps = [{ days = 1, tell = ['queen'] }]",
            "[oversight]: there is no reader “queen”. Allowed are",
        ),
        (
            "[oversight]\nsteps = [{ days = 9, tell = ['supervisor'] }, { working_days = 1, tell = ['supervisor'] }]",
            "[oversight], step 2: it must come later",
        ),
        (
            "[oversight]\nsteps = [{ days = 9999, tell = ['supervisor'] }]",
            "9999 is too long. Allowed is up to 366",
        ),
        ("[oversight]\nsteps = [{ day = 9 }]", "This is not a ladder"),
        ("steps", "This is not a ladder"),
    ] {
        let error = Ladder::parse(toml, 1).unwrap_err().to_string();
        assert!(error.contains(words), "{toml}: {error}");
    }
}

#[test]
fn a_step_is_remembered_by_its_code() {
    for key in [StepKey::Numbered(3), StepKey::Week(day("2026-05-04"))] {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    assert!("week soon".parse::<StepKey>().is_err());
}

// --- Who is told --------------------------------------------------------------------------------------------------

fn person(number: u8) -> PersonId {
    format!("00000000-0000-0000-0000-0000000000{number:02}").parse().unwrap()
}

fn team(number: u8) -> TeamId {
    format!("00000000-0000-0000-0001-0000000000{number:02}").parse().unwrap()
}

const TOM: u8 = 1;
const PRIYA: u8 = 2;
const ROS: u8 = 3;
const HEAD: u8 = 4;
const ADMIN: u8 = 5;
const DEPUTY: u8 = 6;

/// Tom and Priya in a team below Ros's service, below the head's department.
fn chart() -> Chart {
    let somebody = |number, of, role| (person(number), ChartPerson { team: team(of), roles: vec![role] });
    Chart {
        teams: [(team(1), Some(team(2))), (team(2), Some(team(3))), (team(3), None)].into(),
        people: [
            somebody(TOM, 1, Role::Practitioner),
            somebody(PRIYA, 1, Role::Supervisor),
            somebody(ROS, 2, Role::ServiceManager),
            somebody(HEAD, 3, Role::HeadOfService),
            somebody(ADMIN, 3, Role::SystemAdmin),
            somebody(DEPUTY, 2, Role::Supervisor),
        ]
        .into(),
        supervisors: [(person(TOM), person(PRIYA)), (person(PRIYA), person(ROS))].into(),
        covers: HashMap::new(),
        away: HashSet::new(),
    }
}

use std::collections::{HashMap, HashSet};

fn toms_work() -> About {
    About { person: Some(person(TOM)), team: team(1), supervisor: None }
}

#[test]
fn each_reader_is_found_up_the_line() {
    for (reader, told) in [
        (Reader::Practitioner, TOM),
        (Reader::Supervisor, PRIYA),
        (Reader::SupervisorsManager, ROS),
        (Reader::ServiceManager, ROS),
        (Reader::HeadOfService, HEAD),
    ] {
        assert_eq!(chart().readers(reader, &toms_work()), [person(told)], "{reader}");
    }
}

#[test]
fn a_deputy_is_told_while_they_cover() {
    let chart = Chart { covers: [(person(TOM), person(DEPUTY))].into(), ..chart() };
    assert_eq!(chart.readers(Reader::Supervisor, &toms_work()), [person(DEPUTY)]);
}

#[test]
fn somebody_without_a_supervisor_becomes_an_item_for_the_service_manager() {
    let chart = Chart { supervisors: HashMap::new(), ..chart() };
    assert_eq!(chart.readers(Reader::Supervisor, &toms_work()), [person(ROS)]);
    assert_eq!(chart.readers(Reader::SupervisorsManager, &toms_work()), [person(ROS)]);
}

#[test]
fn work_that_nobody_leads_is_the_team_managers() {
    let about = About { person: None, team: team(1), supervisor: None };
    assert_eq!(chart().readers(Reader::Practitioner, &about), []);
    assert_eq!(chart().readers(Reader::Supervisor, &about), [person(PRIYA)]);
}

#[test]
fn who_is_away_hears_of_their_own_work_later_and_somebody_else_of_what_they_manage() {
    let chart = Chart { away: [person(PRIYA), person(TOM)].into(), ..chart() };
    assert_eq!(chart.readers(Reader::Supervisor, &toms_work()), [person(ROS)]);
    assert_eq!(chart.readers(Reader::Practitioner, &toms_work()), [person(TOM)]);
}

#[test]
fn nobody_is_their_own_superior() {
    let about = About { person: Some(person(ROS)), team: team(2), supervisor: None };
    assert_eq!(chart().readers(Reader::ServiceManager, &about), [person(HEAD)]);
}

#[test]
fn with_no_managers_left_an_administrator_is_told() {
    let mut chart = chart();
    for gone in [PRIYA, ROS, HEAD, DEPUTY] {
        chart.people.remove(&person(gone));
    }
    for reader in [Reader::Supervisor, Reader::ServiceManager, Reader::HeadOfService] {
        assert_eq!(chart.readers(reader, &toms_work()), [person(ADMIN)], "{reader}");
    }
}

// --- What holds for every run -------------------------------------------------------------------------------------

proptest! {
    /// Whatever days a run happens on, in whatever order, each step comes once, and by the end the same steps have come.
    #[test]
    fn however_often_it_runs_each_step_comes_once(
        due in 0u64..700,
        runs in prop::collection::vec(0u64..60, 1..40),
        concern in prop::sample::select(Concern::ALL),
    ) {
        let due_on = day("2025-01-06") + Days::new(due);
        let (ladder, calendar) = (shipped(), england());
        let mut done = BTreeSet::new();
        for run in &runs {
            let today = due_on + Days::new(*run);
            if let Some(found) = ladder.reached(concern, due_on, today, &done, &calendar) {
                for step in found.steps {
                    prop_assert!(done.insert(step), "{step} came twice");
                }
            }
            prop_assert_eq!(ladder.reached(concern, due_on, today, &done, &calendar), None, "running twice equals once");
        }
        let last = due_on + Days::new(*runs.iter().max().unwrap());
        let at_once = ladder.reached(concern, due_on, last, &BTreeSet::new(), &calendar);
        let numbered = |keys: &BTreeSet<StepKey>| {
            keys.iter().filter(|key| matches!(key, StepKey::Numbered(_))).copied().collect::<Vec<_>>()
        };
        let at_once: BTreeSet<StepKey> = at_once.map(|found| found.steps.into_iter().collect()).unwrap_or_default();
        prop_assert_eq!(numbered(&done), numbered(&at_once));
    }
}

// --- Changing the steps -------------------------------------------------------------------------------------------

#[test]
fn the_form_of_each_concern_gives_back_its_steps_and_the_text_reads_as_before() {
    let shipped = shipped();
    for concern in Concern::ALL {
        let rungs = shipped.rungs(*concern).unwrap();
        let read = read_steps(&blank_steps(rungs)).unwrap();
        assert_eq!(&read, rungs, "{concern}");
        let again = Ladder::parse(&shipped.with_steps(*concern, &read), shipped.version).unwrap();
        assert_eq!(again, shipped, "{concern}");
    }
}

#[test]
fn steps_that_cannot_be_are_refused_at_their_field() {
    let steps = shipped().rungs(Concern::CaseSupervision).unwrap().clone();
    let refused = |change: &dyn Fn(&mut crate::form::Form), field: &str, words: &str| {
        let mut form = blank_steps(&steps);
        change(&mut form);
        let problems = read_steps(&form).unwrap_err();
        assert!(problems.of(field).is_some_and(|found| found.contains(words)), "{field}: {problems:?}");
    };
    refused(&|form| form.remove_under("step.0.tell"), "step.0.tell", "who is told");
    refused(&|form| form.set("step.1.after", "0"), "step.1.after", "not come before");
    refused(&|form| form.set("step.3.after", "367"), "step.3.after", "between 0 and 366");
    refused(&|form| form.set("step.4.after", "20"), "step.4.tell", "who is told");
    refused(&|form| form.remove_under("step."), "step.0.after", "at least one");
}
