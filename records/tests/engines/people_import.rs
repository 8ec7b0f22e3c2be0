//! Importing people and cases from a file: what would become of each row, and that it becomes just that.

use crate::given::{Given, case_of, now, on_both_engines};
use domain::TextValue;
use domain::csv_file::CsvProblem;
use domain::form::Form;
use domain::ids::ImportId;
use domain::import::{ImportCounts, ImportKind, Mapping, RowOutcome};
use domain::people::Standing;
use records::import::{self, DryRun};
use records::people::{self, PersonFile};
use records::{Problem, cases, teams};
use std::fmt::Write as _;

const PEOPLE: &str = "Email,Name,Job title,Team,Roles,Start date,Hours,Supervisor's email\n";
const CASES: &str = "Reference,Label,Subject,Plan,Team,Allocated,Lead,Risk\n";

fn upload(given: &Given, who: &str, kind: ImportKind, text: &str) -> Result<ImportId, Problem> {
    let text = text.to_owned();
    given.store.write(&given.who(who), now(), move |writing| import::upload(writing, kind, "file.csv", &text))
}

fn dry_run(given: &Given, who: &str, kind: ImportKind, id: &ImportId) -> Result<DryRun, Problem> {
    given.store.read(&given.who(who), now(), |reading| {
        let upload = import::open(reading, kind, id)?;
        import::dry_run(reading, &upload)
    })
}

fn run(
    given: &Given,
    who: &str,
    kind: ImportKind,
    id: &ImportId,
    (hash, is_whole): (&str, bool),
) -> Result<ImportCounts, Problem> {
    let (id, hash) = (id.clone(), hash.to_owned());
    given.store.write(&given.who(who), now(), move |writing| import::run(writing, kind, &id, &hash, is_whole))
}

/// Uploads a file, and imports what the dry run shows.
fn imported(given: &Given, who: &str, kind: ImportKind, text: &str) -> (DryRun, ImportCounts) {
    let id = upload(given, who, kind, text).unwrap();
    let dry_run = dry_run(given, who, kind, &id).unwrap();
    let counts = run(given, who, kind, &id, (&dry_run.hash, false)).unwrap();
    assert_eq!(counts, dry_run.counts, "{}", given.engine);
    (dry_run, counts)
}

fn counts(added: usize, changed: usize, unchanged: usize, refused: usize) -> ImportCounts {
    ImportCounts { added, changed, unchanged, refused }
}

fn refused(dry_run: &DryRun, row: usize) -> String {
    let report = dry_run.reports.iter().find(|report| report.number == row).unwrap();
    match &report.outcome {
        RowOutcome::Refused(why) => why.join(" / "),
        other => panic!("row {row} is not refused: {other:?}"),
    }
}

fn person(given: &Given, name: &str) -> PersonFile {
    let id = given.person(name);
    given.store.read(&given.who("Sam"), now(), |reading| people::open(reading, &id)).unwrap()
}

fn mails(given: &Given) -> usize {
    records::mail::claim(&given.store, now()).unwrap().len()
}

#[test]
fn people_are_added_with_their_supervisors_and_the_same_file_again_changes_nothing() {
    on_both_engines(|given| {
        let file = format!(
            "{PEOPLE}zoe.adams@example.org,Zoe Adams,Social worker,Riverside team,Practitioner,1/9/2026,30,yan.lee@example.org\n\
             Yan.Lee@example.org,Yan Lee,Team manager,Riverside Team,supervisor; practitioner,2026-09-01,37,ros.keane@example.org\n"
        );
        let before = mails(given);
        let (_, done) = imported(given, "Sam", ImportKind::People, &file);
        assert_eq!(done, counts(2, 0, 0, 0));
        let zoe = person(given, "Zoe Adams");
        assert_eq!((zoe.details.weekly_hours_tenths, zoe.has_password), (300, false));
        assert_eq!(zoe.supervisors[0].name, "Yan Lee");
        assert_eq!(person(given, "Yan Lee").supervisors[0].name, "Ros Keane");
        assert_eq!(mails(given), before, "nobody is sent a mail");
        let (again, done) = imported(given, "Sam", ImportKind::People, &file);
        assert_eq!(done, counts(0, 0, 2, 0), "{:?}", again.reports);
        assert_eq!(person(given, "Zoe Adams").version, zoe.version);
    });
}

#[test]
fn what_changes_is_said_and_what_the_file_does_not_speak_of_stays() {
    on_both_engines(|given| {
        let before = person(given, "Gwen");
        let file = format!(
            "{PEOPLE}gwen.hartley@example.org,Gwen Hartley,Senior social worker,Advocacy team,Practitioner,{},,\n",
            before.details.started_on
        );
        let (dry_run, done) = imported(given, "Sam", ImportKind::People, &file);
        assert_eq!(done, counts(0, 1, 0, 0), "{}", given.engine);
        let RowOutcome::Changed(differences) = &dry_run.reports[0].outcome else { panic!("no change") };
        let changed: Vec<(&str, &str)> =
            differences.iter().map(|difference| (difference.what, difference.now.as_str())).collect();
        assert_eq!(changed, [("Job title", "Senior social worker"), ("Team", "Advocacy team")]);
        let now = person(given, "Gwen");
        assert_eq!(now.details.weekly_hours_tenths, before.details.weekly_hours_tenths);
        assert_eq!(now.supervisors, before.supervisors);
        assert!(now.has_password, "she signs in as before");
    });
}

#[test]
fn bad_rows_stay_out_row_by_row_and_the_good_ones_come_in() {
    on_both_engines(|given| {
        let file = format!(
            "{PEOPLE}good@example.org,Good One,Social worker,Riverside team,Practitioner,1/9/2026,37,priya.nair@example.org\n\
             good@example.org,Same Address,Social worker,Riverside team,Practitioner,1/9/2026,37,\n\
             a@example.org,A,Social worker,Nowhere,Practitioner,1/9/2026,37,\n\
             b@example.org,B,Social worker,Riverside team,Practitioner,1/9/2026,37,nobody@example.org\n\
             c@example.org,C,Social worker,Riverside team,Practitioner,1/9/2026,37,a@example.org\n\
             d@example.org,D,Social worker,Riverside team,Practitioner,1/9/2026,37,d@example.org\n\
             priya.nair@example.org,Priya Nair,Team manager,Riverside team,Supervisor,1/9/2020,37,gwen.hartley@example.org\n"
        );
        let (dry_run, done) = imported(given, "Sam", ImportKind::People, &file);
        assert_eq!(done, counts(1, 0, 0, 6), "{}", given.engine);
        for (row, words) in [
            (3, "Row 2 has this email address already"),
            (4, "There is no team “Nowhere” here"),
            (
                5,
                "Supervisor: nobody who works here, and no good row of this file, has the email address “nobody@example.org”",
            ),
            (
                6,
                "Supervisor: nobody who works here, and no good row of this file, has the email address “a@example.org”",
            ),
            (7, "Nobody can supervise themselves"),
            (8, "This person supervises the supervisor already. Two people cannot supervise each other"),
        ] {
            assert_eq!(refused(&dry_run, row), words);
        }
    });
}

#[test]
fn the_refused_rows_are_a_file_to_mend_and_upload_again() {
    on_both_engines(|given| {
        let file = format!("{PEOPLE}new@example.org,=New,Social worker,Nowhere,Practitioner,1/9/2026,37,\n");
        let id = upload(given, "Sam", ImportKind::People, &file).unwrap();
        let read = || {
            given
                .store
                .read(&given.who("Sam"), now(), |reading| import::refused(reading, ImportKind::People, &id))
                .unwrap()
        };
        let before = read();
        assert!(before.contains("'=New"), "{before}");
        assert!(before.contains("There is no team “Nowhere” here"), "{before}");
        let dry_run = dry_run(given, "Sam", ImportKind::People, &id).unwrap();
        run(given, "Sam", ImportKind::People, &id, (&dry_run.hash, false)).unwrap();
        assert_eq!(read(), before, "kept with the import, whose other rows are gone: {}", given.engine);
        let mended = before.replace("Nowhere", "Riverside team");
        let mended = domain::csv_file::decode(mended.as_bytes()).unwrap();
        assert_eq!(imported(given, "Sam", ImportKind::People, &mended).1, counts(1, 0, 0, 0));
    });
}

#[test]
fn a_closed_account_is_not_opened_by_a_file_and_cases_do_not_go_to_it() {
    on_both_engines(|given| {
        crate::hand_over::leaves_without_work(given, "Bev");
        let file = format!(
            "{PEOPLE}bev.sutton@example.org,Bev Sutton,Named nurse,Riverside team,Practitioner,1/9/2026,37,\n"
        );
        let (dry_run, done) = imported(given, "Sam", ImportKind::People, &file);
        assert_eq!(done, counts(0, 0, 0, 1));
        assert_eq!(
            refused(&dry_run, 2),
            "Somebody with this email address has left. Take them back on their own page"
        );
        assert_eq!(person(given, "Bev").standing, Standing::Left, "{}", given.engine);
        let file = format!(
            "{CASES}N-1,Two boys,Child,Child protection,Riverside team,1/11/2026,bev.sutton@example.org,High\n"
        );
        let (dry_run, _) = imported(given, "Priya", ImportKind::Cases, &file);
        assert_eq!(
            refused(&dry_run, 2),
            "Nobody who works here has the email address “bev.sutton@example.org”"
        );
    });
}

#[test]
fn what_changed_in_between_is_looked_at_again_and_nothing_is_half_imported() {
    on_both_engines(|given| {
        let file = format!(
            "{PEOPLE}one@example.org,One,Social worker,Riverside team,Practitioner,1/9/2026,37,\n\
             two@example.org,Two,Social worker,Advocacy team,Practitioner,1/9/2026,37,\n"
        );
        let id = upload(given, "Sam", ImportKind::People, &file).unwrap();
        let dry_run = dry_run(given, "Sam", ImportKind::People, &id).unwrap();
        given
            .store
            .write(&given.who("Sam"), now(), |writing| {
                let team =
                    teams::list(writing)?.into_iter().find(|team| team.name == "Advocacy team").unwrap();
                let details = domain::people::TeamDetails { name: "Renamed".to_owned(), parent: team.parent };
                teams::change(writing, &team.id, team.version, &details)
            })
            .unwrap();
        let Err(Problem::Invalid(problems)) =
            run(given, "Sam", ImportKind::People, &id, (&dry_run.hash, false))
        else {
            panic!("imported what nobody saw")
        };
        assert!(problems.0[0].words.contains("Nothing was imported"), "{}", given.engine);
        let (listed, _) = given
            .store
            .read(&given.who("Sam"), now(), |reading| people::list(reading, "One", None, true))
            .unwrap();
        assert!(listed.is_empty());
    });
}

#[test]
fn a_file_is_its_authors_alone_and_gone_after_a_day() {
    on_both_engines(|given| {
        let file = format!("{CASES}N-1,Two boys,Child,Child protection,Riverside team,1/11/2026,,High\n");
        let id = upload(given, "Priya", ImportKind::Cases, &file).unwrap();
        for other in ["Ros", "Helen"] {
            let denied = dry_run(given, other, ImportKind::Cases, &id);
            assert!(matches!(denied, Err(Problem::NotFound)), "{other} on {}", given.engine);
        }
        assert!(dry_run(given, "Sam", ImportKind::People, &id).is_err(), "it holds no people");
        assert!(matches!(upload(given, "Gwen", ImportKind::Cases, &file), Err(Problem::Refused(_))));
        assert!(matches!(upload(given, "Priya", ImportKind::People, PEOPLE), Err(Problem::Refused(_))));
        let tomorrow = now() + chrono::Duration::hours(25);
        let open = |at| {
            given.store.read(&given.who("Priya"), at, |reading| import::open(reading, ImportKind::Cases, &id))
        };
        assert!(open(now()).is_ok());
        assert!(matches!(open(tomorrow), Err(Problem::NotFound)));
        import::sweep(&given.store, tomorrow).unwrap();
        assert!(matches!(open(now()), Err(Problem::NotFound)), "it is not kept either");
    });
}

#[test]
fn cases_come_in_by_reference_and_only_where_their_importer_manages() {
    on_both_engines(|given| {
        let file = format!(
            "{CASES}N-1,Two boys,child,Child protection,Riverside team,1/11/2026,gwen.hartley@example.org,High\n\
             D-055,Taken,Adult,Other,Riverside team,1/11/2026,,\n\
             N-2,Another team,Adult,Other,Advocacy team,1/11/2026,,\n\
             n-1,Twice,Adult,Other,Riverside team,1/11/2026,,\n"
        );
        let (dry_run, done) = imported(given, "Priya", ImportKind::Cases, &file);
        assert_eq!(done, counts(1, 0, 0, 3), "{}", given.engine);
        assert_eq!(refused(&dry_run, 3), "Another case has this reference already");
        assert_eq!(refused(&dry_run, 4), "You do not manage the team “Advocacy team”");
        assert_eq!(refused(&dry_run, 5), "Row 2 has this reference already");
        let id = case_of(given, "Gwen", "N-1");
        let case =
            given.store.read(&given.who("Gwen"), now(), |reading| cases::details(reading, &id)).unwrap();
        assert_eq!((case.risk_level.code(), case.details.label.as_str()), ("high", "Two boys"));
        let changed = format!(
            "{CASES}N-1,Three boys,child,Child protection,Riverside team,1/11/2026,gwen.hartley@example.org,Standard\n"
        );
        let (dry_run, done) = imported(given, "Priya", ImportKind::Cases, &changed);
        assert_eq!(done, counts(0, 1, 0, 0), "{:?}", dry_run.reports);
        let case =
            given.store.read(&given.who("Gwen"), now(), |reading| cases::details(reading, &id)).unwrap();
        assert_eq!(case.risk_level.code(), "high", "a change of risk is noted on the case");
        assert_eq!(imported(given, "Priya", ImportKind::Cases, &changed).1, counts(0, 0, 1, 0));
    });
}

#[test]
fn a_file_that_cannot_be_read_leaves_nothing() {
    on_both_engines(|given| {
        let many = format!("{CASES}{}", "N,x\n".repeat(200_000));
        for (text, expected) in [(many.as_str(), CsvProblem::TooManyRows), (CASES, CsvProblem::NoRows)] {
            let Err(Problem::Invalid(problems)) = upload(given, "Priya", ImportKind::Cases, text) else {
                panic!("kept: {}", given.engine)
            };
            assert_eq!(problems.of("file"), Some(expected.to_string().as_str()));
        }
    });
}

#[test]
fn columns_can_be_chosen_by_hand() {
    on_both_engines(|given| {
        let file = "w,x,y,z,when,where\nN-1,Two boys,Child,Child protection,1/11/2026,Riverside team\n";
        let id = upload(given, "Priya", ImportKind::Cases, file).unwrap();
        let upload = given
            .store
            .read(&given.who("Priya"), now(), |reading| import::open(reading, ImportKind::Cases, &id))
            .unwrap();
        assert_eq!(upload.mapping.missing(ImportKind::Cases).len(), 6, "{}", given.engine);
        let mut form = Form::default();
        let places = ["reference", "label", "subject_kind", "plan_type", "allocated_on", "team"];
        for (place, code) in places.into_iter().enumerate() {
            form.set(&format!("column.{code}"), place.to_string());
        }
        let mapping = Mapping::parse(ImportKind::Cases, &form, &upload.table.header).unwrap();
        let mapped = id.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                import::change_columns(writing, ImportKind::Cases, &mapped, &mapping)
            })
            .unwrap();
        assert_eq!(dry_run(given, "Priya", ImportKind::Cases, &id).unwrap().counts, counts(1, 0, 0, 0));
    });
}

#[test]
fn whoever_is_missing_from_a_list_of_everybody_may_have_left_until_a_list_names_them() {
    on_both_engines(|given| {
        let gwen = person(given, "Gwen");
        let file = format!(
            "{PEOPLE}gwen.hartley@example.org,Gwen Hartley,Social worker,Riverside team,Practitioner,{},,\n",
            gwen.details.started_on
        );
        let id = upload(given, "Sam", ImportKind::People, &file).unwrap();
        let hash = dry_run(given, "Sam", ImportKind::People, &id).unwrap().hash;
        run(given, "Sam", ImportKind::People, &id, (&hash, true)).unwrap();
        let leavers = || {
            let (listed, _) = given
                .store
                .read(&given.who("Sam"), now(), |reading| people::possible_leavers(reading, None))
                .unwrap();
            listed
        };
        let tom = leavers().into_iter().find(|leaver| leaver.name == "Tom Osei").unwrap();
        assert!(tom.signs[0].starts_with("Missing from the list of everybody since"), "{:?}", tom.signs);
        assert!(tom.signs.iter().any(|sign| sign.starts_with("Still leads")), "{:?}", tom.signs);
        assert!(leavers().iter().all(|leaver| leaver.name != "Gwen Hartley"), "{}", given.engine);
        let tom = person(given, "Tom");
        let file = format!(
            "{PEOPLE}tom.osei@example.org,Tom Osei,{},Riverside team,Practitioner,{},,\n",
            tom.details.job_title, tom.details.started_on
        );
        imported(given, "Sam", ImportKind::People, &file);
        assert!(leavers().iter().all(|leaver| leaver.name != "Tom Osei"), "he is there");
        let denied =
            given.store.read(&given.who("Ros"), now(), |reading| people::possible_leavers(reading, None));
        assert!(matches!(denied, Err(Problem::Refused(_))));
    });
}

/// Of a list that is long enough to tell: to look at it takes no statement for each row, and to write a row down a dozen, with its clock, risk and audit.
#[test]
fn two_thousand_cases_are_looked_at_in_few_statements() {
    on_both_engines(|given| {
        let rows = 2_000;
        let mut file = CASES.to_owned();
        for number in 0..rows {
            writeln!(
                file,
                "N-{number},Family {number},Child,Child in need,Riverside team,1/11/2026,gwen.hartley@example.org,Medium"
            )
            .unwrap();
        }
        let upload = || upload(given, "Priya", ImportKind::Cases, &file).unwrap();
        let look = |id| dry_run(given, "Priya", ImportKind::Cases, id).unwrap();
        let id = upload();
        let (looked, looking) = given.counted(|| look(&id));
        assert_eq!(looked.counts, counts(rows, 0, 0, 0));
        let import = || run(given, "Priya", ImportKind::Cases, &id, (&looked.hash, false)).unwrap();
        let (_, importing) = given.counted(import);
        let id = upload();
        let (again, looking_again) = given.counted(|| look(&id));
        assert_eq!(again.counts, counts(0, 0, rows, 0));
        assert!(looking < 30 && looking_again < 30, "{looking} and {looking_again} on {}", given.engine);
        let rows = u64::try_from(rows).unwrap();
        assert!(importing < 13 * rows, "{importing} on {}", given.engine);
    });
}
