//! What rows say, what is wrong with them, and which column is which.

use super::row::read_day;
use super::*;
use crate::cases::PlanType;
use crate::form::Form;
use crate::ids::TeamId;
use crate::people::{PersonDetails, Role};
use crate::risk::RiskLevel;
use chrono::NaiveDate;

const PEOPLE: &str = "Email,Full name,Job,Department,Role,Start date,Hours,Manager\n";

fn table(text: &str) -> CsvTable {
    CsvTable::read(text).unwrap()
}

fn team() -> TeamId {
    "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
}

fn known() -> PeopleLookup {
    PeopleLookup { teams: [("north team".to_owned(), team())].into() }
}

fn person(row: &str) -> Result<ImportedPerson, String> {
    let table = table(&format!("{PEOPLE}{row}\n"));
    let mapping = Mapping::guess(ImportKind::People, &table.header);
    read_person(&mapping, &table.rows[0], None, &known()).map_err(|problems| {
        problems.0.into_iter().map(|problem| problem.words).collect::<Vec<_>>().join(" / ")
    })
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn columns_are_guessed_by_their_names_and_by_the_names_that_others_give_them() {
    let header: Vec<String> =
        ["E-Mail", "NAME", "Post title", "team", "roles", "Hire date", "Shoe size", "Line manager"]
            .map(str::to_owned)
            .to_vec();
    let mapping = Mapping::guess(ImportKind::People, &header);
    let places = ["email", "name", "job_title", "team", "roles", "started_on", "supervisor", "agency"]
        .map(|code| mapping.place(code));
    assert_eq!(places, [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), Some(7), None]);
    assert!(mapping.missing(ImportKind::People).is_empty());
}

#[test]
fn a_column_stands_for_one_value_and_its_own_name_comes_first() {
    // "Reference" is an alias, "Case reference" the name: whichever order they come in.
    let header = ["Reference", "Case reference", "Reference"].map(str::to_owned);
    assert_eq!(Mapping::guess(ImportKind::Cases, &header).place("reference"), Some(1));
    let missing: Vec<&str> = Mapping::guess(ImportKind::People, &["name".to_owned()])
        .missing(ImportKind::People)
        .iter()
        .map(|column| column.title)
        .collect();
    assert_eq!(missing, ["Email address", "Job title", "Team", "Roles", "Start date"]);
}

#[test]
fn the_choice_of_columns_is_refused_for_what_is_missing_and_for_what_is_chosen_twice() {
    let header = ["a", "b"].map(str::to_owned);
    let mut form = Form::default();
    for column in ImportKind::Cases.columns().iter().filter(|column| column.is_required) {
        form.set(&format!("column.{}", column.code), "0");
    }
    form.set("column.plan_type", "");
    form.set("column.team", "7");
    let problems = Mapping::parse(ImportKind::Cases, &form, &header).unwrap_err();
    assert_eq!(problems.of("column.plan_type"), Some("Choose the column that holds: Plan"));
    assert_eq!(
        problems.of("column.team"),
        Some("Choose the column that holds: Team"),
        "there is no column 7"
    );
    assert_eq!(
        problems.of("column.label"),
        Some("Label: this column is chosen for “Case reference” already")
    );
}

#[test]
fn a_row_of_a_person_is_read_as_its_form_would_be() {
    let read = person("Ann.Lee@Example.org,Ann Lee,Social worker,North Team,practitioner; Supervisor,1/9/2026,22.5,boss@example.org")
        .unwrap();
    assert_eq!(read.details.email, "ann.lee@example.org");
    assert_eq!(read.details.team, team());
    assert_eq!(read.details.roles, [Role::Practitioner, Role::Supervisor]);
    assert_eq!(read.details.started_on, day(2026, 9, 1));
    assert_eq!(read.details.weekly_hours_tenths, 225);
    assert_eq!(read.supervisor.as_deref(), Some("boss@example.org"));
}

#[test]
fn each_thing_that_is_wrong_with_a_row_is_said_once_and_in_words() {
    for (row, words) in [
        (
            "ann,Ann Lee,SW,North Team,Practitioner,1/9/2026,37,",
            "Enter an email address in the usual form, like name@example.org",
        ),
        ("a@b.org,,SW,North Team,Practitioner,1/9/2026,37,", "Enter the person's name"),
        ("a@b.org,Ann,SW,South,Practitioner,1/9/2026,37,", "There is no team “South” here"),
        ("a@b.org,Ann,SW,,Practitioner,1/9/2026,37,", "Enter the team"),
        ("a@b.org,Ann,SW,North Team,,1/9/2026,37,", "Choose at least one role"),
        (
            "a@b.org,Ann,SW,North Team,Practitioner,9/27/2026,37,",
            "Start date: “9/27/2026” must be a date, like 27/03/2026",
        ),
        ("a@b.org,Ann,SW,North Team,Practitioner,,37,", "Start date: enter a day, month and year"),
        (
            "a@b.org,Ann,SW,North Team,Practitioner,1/9/2026,all,",
            "Hours a week must be a number between 1 and 60, like 37 or 22.5",
        ),
        (
            "a@b.org,Ann,SW,North Team,Practitioner,1/9/2026,37,boss",
            "Supervisor: “boss” is not an email address",
        ),
        // A row that ends too early lacks what would have come.
        ("a@b.org,Ann,SW,North Team,Practitioner", "Start date: enter a day, month and year"),
    ] {
        assert_eq!(person(row).unwrap_err(), words, "{row}");
    }
    let unknown_role = person("a@b.org,Ann,SW,North Team,Wizard,1/9/2026,37,").unwrap_err();
    assert!(unknown_role.starts_with("Roles: there is no “Wizard”. It can be: Practitioner, Supervisor"));
}

#[test]
fn what_a_file_does_not_speak_of_stays_as_it_is() {
    let before = PersonDetails {
        weekly_hours_tenths: 200,
        agency: true,
        ..person("a@b.org,Ann,SW,North Team,Practitioner,1/9/2026,,").unwrap().details
    };
    let table = table(&format!("{PEOPLE}a@b.org,Ann Smith,SW,North Team,Practitioner,1/9/2026,,\n"));
    let mapping = Mapping::guess(ImportKind::People, &table.header);
    let now = read_person(&mapping, &table.rows[0], Some(&before), &known()).unwrap().details;
    assert_eq!((now.weekly_hours_tenths, now.agency), (200, true));
    let differences =
        differences(person_in_words(&before, "North Team"), person_in_words(&now, "North Team"));
    assert_eq!(
        differences,
        [Difference { what: "Name", before: "Ann".to_owned(), now: "Ann Smith".to_owned() }]
    );
}

#[test]
fn a_row_of_a_case_finds_its_plan_people_and_risk() {
    let lead = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
    let known = CaseLookup { teams: known().teams, people: [("ann@example.org".to_owned(), lead)].into() };
    let read = |row: &str| {
        let table = table(&format!("Ref,Label,Subject,Plan,Team,Allocated,Lead,Risk\n{row}\n"));
        let mapping = Mapping::guess(ImportKind::Cases, &table.header);
        read_case(&mapping, &table.rows[0], None, &known, day(2026, 11, 24))
    };
    let case =
        read("F-1,Two boys,child,Child protection,north team,2026-11-01,Ann@example.org,High").unwrap();
    assert_eq!((case.details.plan_type, case.risk), (PlanType::ChildProtection, RiskLevel::High));
    assert_eq!(case.details.lead_practitioner, known.people.get("ann@example.org").cloned());
    let unallocated = read("F-1,Two boys,Child,cp,north team,2026-11-01,,").unwrap();
    assert_eq!((unallocated.details.lead_practitioner, unallocated.risk), (None, RiskLevel::Unknown));
    for (row, field, words) in [
        (
            "F-1,Two boys,Child,cp,north team,2026-11-01,gone@example.org,",
            "lead_practitioner",
            "Nobody who works here has the email address “gone@example.org”",
        ),
        (
            "F-1,Two boys,Child,cp,north team,2027-11-01,,",
            "allocated_on",
            "Date allocated must be today or in the past",
        ),
        (",Two boys,Child,cp,north team,2026-11-01,,", "reference", "Enter the case reference"),
    ] {
        assert_eq!(read(row).unwrap_err().of(field), Some(words), "{row}");
    }
}

#[test]
fn a_day_is_read_with_the_day_first_and_never_guessed() {
    let expected = Some(day(2026, 3, 7));
    for text in
        ["7/3/2026", "07/03/2026", "07-03-2026", "7.3.2026", "7 March 2026", "7 Mar 2026", "2026-03-07"]
    {
        assert_eq!(read_day(text), expected, "{text}");
    }
    assert_eq!(read_day("2026-03-07 00:00:00"), expected);
    assert_eq!(read_day("07/03/2026 00:00"), expected);
    for text in ["3/27/2026", "7/3/26", "2026", "46088", "soon", "31/2/2026"] {
        assert_eq!(read_day(text), None, "{text}");
    }
}

#[test]
fn the_file_of_refused_rows_says_why_and_maps_as_before_when_it_comes_back() {
    let table = table("Email,Name\na@b.org,=Ann\nb@b.org,Bo\n");
    let report = |number, outcome| RowReport { number, key: String::new(), outcome };
    let reports = [
        report(2, RowOutcome::Refused(vec!["Too short".to_owned(), "Too late".to_owned()])),
        report(3, RowOutcome::Added),
    ];
    let file = refused_rows(&table, &reports);
    assert_eq!(file, "\u{feff}Email,Name,What is wrong\na@b.org,'=Ann,Too short. Too late\n");
    let again = CsvTable::read(&crate::csv_file::decode(file.as_bytes()).unwrap()).unwrap();
    assert_eq!(again.rows[0].cells[1], "=Ann");
    assert_eq!(
        Mapping::guess(ImportKind::People, &again.header),
        Mapping::guess(ImportKind::People, &table.header)
    );
    // The second file does not grow another column.
    let reports = [report(2, RowOutcome::Refused(vec!["Still wrong".to_owned()]))];
    assert!(refused_rows(&again, &reports).starts_with("\u{feff}Email,Name,What is wrong\n"));
}
