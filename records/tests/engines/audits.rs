//! Audits of supervision files: drawn by chance and again the same, graded blind, heard before final, and locked after.

use crate::given::{Given, booked, now, on_both_engines};
use chrono::{Duration, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::audits::{
    AgreedGrade, DomainGrade, FileState, NewGrade, NewRound, OverallGrade, Rater, Score, Seed, Viewer,
};
use domain::bookings::{CancelReason, Cancelling};
use domain::ids::{AuditFileId, AuditRoundId, TeamId};
use domain::people::Role;
use records::audits::{self, DrawnFile, FilePage, FileRecords, RoundPage};
use records::{DatabaseAddress, Problem, Writing, bookings, people, waiting};

const WELLBEING: &str = "Tired after three late visits in a week";

fn does<T: Send + 'static>(
    given: &Given,
    who: &str,
    at: NaiveDateTime,
    work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    given.store.write(&given.who(who), at, work)
}

pub fn make_auditor(given: &Given, name: &str) {
    let id = given.person(name);
    does(given, "Sam", now(), move |writing| {
        let file = people::open(writing, &id)?;
        let mut details = file.details.clone();
        details.roles.push(Role::Auditor);
        people::change(writing, &id, file.version, &details)
    })
    .unwrap();
}

fn teams(given: &Given) -> Vec<(TeamId, String)> {
    given.store.read(&given.who("Hanif"), now(), audits::choices).unwrap().teams
}

fn new_round(given: &Given, files: usize, seed: &str) -> NewRound {
    NewRound {
        question: "Is the child’s voice heard?".to_owned(),
        from: now().date() - Duration::days(92),
        to: now().date(),
        teams: teams(given).into_iter().map(|(id, _)| id).collect(),
        files,
        seed: Seed::new(seed).unwrap(),
        second: None,
    }
}

fn draws(given: &Given, who: &str, new: NewRound) -> Result<AuditRoundId, Problem> {
    does(given, who, now(), move |writing| audits::draw(writing, &new))
}

pub fn round(given: &Given, who: &str, id: &AuditRoundId) -> Result<RoundPage, Problem> {
    given.store.read(&given.who(who), now(), |reading| audits::open(reading, id))
}

fn page(given: &Given, who: &str, id: &AuditFileId) -> Result<FilePage, Problem> {
    given.store.read(&given.who(who), now(), |reading| audits::open_file(reading, id))
}

fn reads(given: &Given, who: &str, id: &AuditFileId) -> Result<FileRecords, Problem> {
    given.store.read(&given.who(who), now(), |reading| audits::open_records(reading, id))
}

fn pairs(page: &RoundPage) -> Vec<(String, String)> {
    page.files.iter().map(|file| (file.supervisor.1.clone(), file.supervisee.1.clone())).collect()
}

/// A round of everything that there is, and in it the file of Priya and Gwen.
pub fn gwens_file(given: &Given) -> (AuditRoundId, DrawnFile) {
    let id = draws(given, "Hanif", new_round(given, 60, "all")).unwrap();
    let page = round(given, "Hanif", &id).unwrap();
    let file = page.files.into_iter().find(|file| file.supervisee.1 == "Gwen Hartley").unwrap();
    (id, file)
}

fn graded(score: Score, to_learn: &str) -> NewGrade {
    let domain = |key: &String| DomainGrade { key: key.clone(), score, evidence: String::new() };
    NewGrade {
        domains: audits::tool().unwrap().domains.iter().map(|each| domain(&each.key)).collect(),
        went_well: "One hears the children.".to_owned(),
        to_learn: to_learn.to_owned(),
        overall: OverallGrade::Good,
    }
}

pub fn grades(given: &Given, who: &str, id: &AuditFileId, version: i32, score: Score) -> Result<(), Problem> {
    let (id, new) = (id.clone(), graded(score, "Say why."));
    does(given, who, now(), move |writing| audits::grade(writing, &id, version, &new)).map(drop)
}

pub fn asks(given: &Given, who: &str, id: &AuditFileId, second: &str) -> Result<(), Problem> {
    let (id, person) = (id.clone(), given.person(second));
    does(given, who, now(), move |writing| audits::ask_second(writing, &id, &person))
}

fn step(
    given: &Given,
    who: &str,
    id: &AuditFileId,
    at: NaiveDateTime,
    step: fn(&mut Writing<'_>, &AuditFileId) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let id = id.clone();
    does(given, who, at, move |writing| step(writing, &id))
}

fn comments(given: &Given, who: &str, id: &AuditFileId) -> Result<(), Problem> {
    let id = id.clone();
    does(given, who, now(), move |writing| audits::comment(writing, &id, "There was a reason."))
}

/// The audit of Gwen's file with Priya, which is final: both of them said something of it.
pub fn gwens_final_audit(given: &Given) -> AuditFileId {
    let (_, file) = gwens_file(given);
    grades(given, "Hanif", &file.id, 0, Score::Analytic).unwrap();
    step(given, "Hanif", &file.id, now(), audits::share).unwrap();
    for (who, words) in
        [("Gwen", "I had asked them; it was not written down."), ("Priya", "We ran out of time.")]
    {
        let id = file.id.clone();
        does(given, who, now(), move |writing| audits::comment(writing, &id, words)).unwrap();
    }
    step(given, "Hanif", &file.id, now(), audits::finish).unwrap();
    file.id
}

fn agrees(given: &Given, who: &str, id: &AuditFileId) -> Result<(), Problem> {
    let agreed =
        AgreedGrade { grade: graded(Score::Analytic, "Say why."), why: "We read it again.".to_owned() };
    let id = id.clone();
    does(given, who, now(), move |writing| audits::agree(writing, &id, &agreed))
}

fn is_invalid<T>(outcome: Result<T, Problem>) -> bool {
    matches!(outcome, Err(Problem::Invalid(_)))
}

fn is_nothing<T>(outcome: Result<T, Problem>) -> bool {
    matches!(outcome, Err(Problem::Refused(_) | Problem::NotFound))
}

#[test]
fn the_same_seed_draws_the_same_files_of_each_team_and_nobody_else_draws() {
    on_both_engines(|given| {
        let drawn = |seed: &str| {
            let id = draws(given, "Hanif", new_round(given, 5, seed)).unwrap();
            round(given, "Hanif", &id).unwrap()
        };
        let (one, again) = (drawn("spring"), drawn("spring"));
        assert_eq!(pairs(&one), pairs(&again), "{}", given.engine);
        assert_eq!((one.files.len(), one.round.population), (5, 10));
        for team in &one.teams {
            assert!(team.population == 0 || team.drawn > 0, "one of {}", team.name);
        }
        let others: Vec<_> = ["a", "b", "c", "d"].iter().map(|seed| pairs(&drawn(seed))).collect();
        assert!(others.iter().any(|other| *other != pairs(&one)), "a seed decides something");
        let all = pairs(&round(given, "Hanif", &gwens_file(given).0).unwrap());
        assert_eq!(all.len(), 10);
        assert!(!all.contains(&("Owen Blake".to_owned(), "Tom Osei".to_owned())), "reflective supervision");
        for who in ["Priya", "Helen", "Sam", "Dee", "Gwen"] {
            assert!(is_nothing(draws(given, who, new_round(given, 5, "spring"))), "{who}");
        }
    });
}

#[test]
fn a_round_without_a_session_is_no_round() {
    on_both_engines(|given| {
        let long_ago = now().date() - Duration::days(3000);
        let empty = NewRound { from: long_ago, to: long_ago, ..new_round(given, 5, "spring") };
        assert!(is_invalid(draws(given, "Hanif", empty)), "{}", given.engine);
        let foreign = NewRound {
            teams: vec!["01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()],
            ..new_round(given, 5, "spring")
        };
        assert!(is_invalid(draws(given, "Hanif", foreign)));
        let second = Some((given.person("Bev"), 1));
        let no_auditor = NewRound { second, ..new_round(given, 5, "spring") };
        assert!(is_invalid(draws(given, "Hanif", no_auditor)));
    });
}

#[test]
fn whoever_grades_regularity_sees_what_was_agreed_and_what_was_booked_and_not_held() {
    on_both_engines(|given| {
        let (_, file) = gwens_file(given);
        let graded = |who: &str| {
            given.store.read(&given.who(who), now(), |reading| audits::grade_form(reading, &file.id))
        };
        let before = graded("Hanif").unwrap().2;
        let day = now().date() - Duration::days(3);
        let session = booked(given, "Gwen", day);
        let (id, version) = (session.id, session.version);
        let cancelling = Cancelling { reason: Some(CancelReason::Court), note: String::new(), instead: None };
        let cancel = move |writing: &mut Writing<'_>| bookings::cancel(writing, &id, version, &cancelling);
        given.store.write(&given.who("Priya"), day.and_time(now().time()), cancel).unwrap();
        let after = graded("Hanif").unwrap().2;
        assert_eq!(after.missed.first(), Some(&(day, true)), "{}", given.engine);
        assert_eq!(after.missed.len(), before.missed.len() + 1);
        assert!(after.agreed_until.is_some(), "Gwen and Priya have signed one");
        assert!(is_nothing(graded("Gwen").map(drop)), "nobody reads who does not grade it");
    });
}

#[test]
fn the_second_grade_is_blind_in_every_read_until_both_are_in() {
    on_both_engines(|given| {
        make_auditor(given, "Bev");
        let (round_id, file) = gwens_file(given);
        let id = &file.id;
        grades(given, "Hanif", id, 0, Score::Descriptive).unwrap();
        assert_eq!(page(given, "Hanif", id).unwrap().file.state, FileState::Graded, "{}", given.engine);
        assert!(is_nothing(page(given, "Bev", id)), "not asked yet");
        asks(given, "Hanif", id, "Bev").unwrap();
        let bevs = page(given, "Bev", id).unwrap();
        assert_eq!((bevs.viewer, bevs.grades.len()), (Viewer::Grader(Rater::Second), 0), "blind");
        let (_, form, _) =
            given.store.read(&given.who("Bev"), now(), |reading| audits::grade_form(reading, id)).unwrap();
        assert_eq!(form.fields().len(), 1, "nothing but a version stands in the form");
        let both =
            |who: &str| given.store.read(&given.who(who), now(), |reading| audits::agreed_form(reading, id));
        assert!(is_nothing(both("Bev")) && is_nothing(both("Hanif")));
        let bevs_round = round(given, "Bev", &round_id).unwrap();
        assert_eq!((bevs_round.figures.files, bevs_round.to_learn.len()), (0, 0));
        assert!(bevs_round.agreement.iter().all(|domain| domain.files == 0));
        assert_eq!(bevs_round.files.len(), 1, "and of the files only the one that she grades");
        assert_eq!(given.store.read(&given.who("Bev"), now(), waiting::waiting).unwrap().second_grades, 1);
        // The first grade can still be corrected, unseen; the other one is as blind.
        grades(given, "Hanif", id, 1, Score::Absent).unwrap();
        grades(given, "Bev", id, 0, Score::Analytic).unwrap();
        assert_eq!(given.store.read(&given.who("Bev"), now(), waiting::waiting).unwrap().second_grades, 0);
        for who in ["Hanif", "Bev"] {
            let seen = page(given, who, id).unwrap();
            assert_eq!((seen.file.state, seen.grades.len()), (FileState::ToAgree, 2), "{who}");
            assert!(is_invalid(grades(given, who, id, 1, Score::Analytic)), "{who}: no more");
        }
        let compared = round(given, "Hanif", &round_id).unwrap().agreement;
        assert!(compared.iter().all(|domain| (domain.same, domain.files, domain.kappa) == (0, 1, None)));
        assert!(is_invalid(step(given, "Hanif", id, now(), audits::share)), "not before they agree");
        agrees(given, "Bev", id).unwrap();
        assert!(is_invalid(agrees(given, "Hanif", id)), "once");
        let agreed = page(given, "Hanif", id).unwrap();
        let standing = agreed.standing().unwrap();
        assert_eq!((standing.rater, standing.grader.as_str()), (Rater::Agreed, "Bev Sutton"));
        assert_eq!(standing.why, "We read it again.");
    });
}

#[test]
fn nobody_grades_a_file_that_is_about_them() {
    on_both_engines(|given| {
        make_auditor(given, "Priya");
        let (_, file) = gwens_file(given);
        assert!(is_invalid(asks(given, "Hanif", &file.id, "Priya")), "{}", given.engine);
        assert!(is_nothing(reads(given, "Priya", &file.id)));
        assert!(is_nothing(grades(given, "Priya", &file.id, 0, Score::ChangedThePlan)));
        assert_eq!(page(given, "Priya", &file.id).unwrap().viewer, Viewer::Audited);
        let second = Some((given.person("Priya"), 10));
        let id = draws(given, "Hanif", NewRound { second, ..new_round(given, 60, "twice") }).unwrap();
        for file in round(given, "Hanif", &id).unwrap().files {
            let is_hers = file.supervisor.1 == "Priya Nair" || file.supervisee.1 == "Priya Nair";
            assert_eq!(file.second.is_none(), is_hers, "{:?}", file.supervisee);
        }
        let hers = draws(given, "Priya", new_round(given, 60, "all")).unwrap();
        assert!(
            pairs(&round(given, "Priya", &hers).unwrap())
                .iter()
                .all(|(one, other)| { one != "Priya Nair" && other != "Priya Nair" })
        );
    });
}

#[test]
fn the_records_are_open_to_the_graders_until_final_without_a_word_of_the_workers_own() {
    on_both_engines(|given| {
        make_auditor(given, "Bev");
        let (_, file) = gwens_file(given);
        let id = &file.id;
        for who in ["Bev", "Priya", "Gwen", "Ros", "Helen", "Sam", "Dee"] {
            assert!(is_nothing(reads(given, who, id)), "{}: {who}", given.engine);
        }
        let records = reads(given, "Hanif", id).unwrap();
        assert!(
            records.sessions.len() >= 2 && records.sessions.iter().any(|session| session.has_personal_part)
        );
        let text = format!("{records:?}");
        assert!(text.contains("Strategy discussion today"), "what was decided about the case is there");
        assert!(!text.contains(WELLBEING), "how she is stays with the two");
        let session = &records.sessions[0].id;
        let opened = given
            .store
            .read(&given.who("Hanif"), now(), |reading| records::supervision::open(reading, session));
        assert!(is_nothing(opened), "the session itself stays closed to an auditor");
        // Both see who has opened it.
        for who in ["Gwen", "Priya"] {
            let seen = page(given, who, id).unwrap();
            let openers: Vec<&str> = seen.openings.iter().map(|opening| opening.person.as_str()).collect();
            assert_eq!(
                (openers, seen.file.lead.1.as_str()),
                (vec!["Hanif Qureshi"], "Hanif Qureshi"),
                "{who}"
            );
            let mine = given.store.read(&given.who(who), now(), audits::mine).unwrap();
            assert!(mine.iter().any(|mine| mine.file.id == *id), "{who}");
        }
        assert!(
            given
                .store
                .read(&given.who("Jo"), now(), audits::mine)
                .unwrap()
                .iter()
                .all(|mine| mine.file.id != *id)
        );
        grades(given, "Hanif", id, 0, Score::Analytic).unwrap();
        step(given, "Hanif", id, now(), audits::share).unwrap();
        step(given, "Hanif", id, now() + Duration::days(30), audits::finish).unwrap();
        assert!(is_nothing(reads(given, "Hanif", id)), "final");
    });
}

#[test]
fn the_two_are_heard_before_it_is_final_and_then_it_is_locked() {
    on_both_engines(|given| {
        let (round_id, file) = gwens_file(given);
        let id = &file.id;
        grades(given, "Hanif", id, 0, Score::Analytic).unwrap();
        assert!(
            matches!(grades(given, "Hanif", id, 0, Score::Absent), Err(Problem::Stale(_))),
            "{}",
            given.engine
        );
        assert!(page(given, "Gwen", id).unwrap().grades.is_empty(), "not shared yet");
        assert!(is_invalid(comments(given, "Gwen", id)));
        step(given, "Hanif", id, now(), audits::share).unwrap();
        assert!(is_invalid(grades(given, "Hanif", id, 1, Score::Absent)), "they have read it");
        assert_eq!(given.store.read(&given.who("Gwen"), now(), waiting::waiting).unwrap().comments, 1);
        let shown = page(given, "Gwen", id).unwrap();
        assert_eq!((shown.grades.len(), shown.may_comment), (1, true));
        for who in ["Hanif", "Ros", "Tom"] {
            assert!(is_nothing(comments(given, who, id)), "{who}");
        }
        comments(given, "Gwen", id).unwrap();
        assert!(is_invalid(comments(given, "Gwen", id)), "once each");
        assert_eq!(given.store.read(&given.who("Gwen"), now(), waiting::waiting).unwrap().comments, 0);
        assert!(is_invalid(step(given, "Hanif", id, now(), audits::finish)), "Priya has time left");
        assert!(is_nothing(step(given, "Priya", id, now(), audits::finish)));
        comments(given, "Priya", id).unwrap();
        step(given, "Hanif", id, now(), audits::finish).unwrap();
        let last = page(given, "Priya", id).unwrap();
        assert_eq!((last.file.state, last.comments.len()), (FileState::Final, 2));
        assert_eq!(round(given, "Hanif", &round_id).unwrap().figures.files, 1);
        assert!(is_nothing(comments(given, "Tom", id)));
        for statement in [
            format!("UPDATE audit_files SET state = 'grading' WHERE id = '{id}'"),
            format!("UPDATE audit_grades SET overall = 'outstanding' WHERE file_id = '{id}'"),
            format!("DELETE FROM audit_grades WHERE file_id = '{id}'"),
            format!("UPDATE audit_comments SET words = 'x' WHERE file_id = '{id}'"),
            format!("DELETE FROM audit_files WHERE id = '{id}'"),
            format!("UPDATE audit_rounds SET seed = 'x' WHERE id = '{round_id}'"),
        ] {
            assert!(refused(&given.address, &statement), "{}: {statement}", given.engine);
        }
    });
}

fn refused(address: &DatabaseAddress, statement: &str) -> bool {
    match address {
        DatabaseAddress::Sqlite(path) => {
            SqliteConnection::establish(&path.to_string_lossy()).unwrap().batch_execute(statement).is_err()
        }
        DatabaseAddress::Postgres(url) => {
            PgConnection::establish(url).unwrap().batch_execute(statement).is_err()
        }
    }
}

#[test]
fn a_file_that_is_taken_out_is_replaced_by_the_next_of_its_team_by_the_seed() {
    on_both_engines(|given| {
        let withdraws = |seed: &str| {
            let id = draws(given, "Hanif", new_round(given, 5, seed)).unwrap();
            let before = round(given, "Hanif", &id).unwrap();
            let file = before.files.iter().find(|file| file.supervisor.1 == "Priya Nair").unwrap().clone();
            let withdrawn = file.id.clone();
            let instead = does(given, "Hanif", now(), move |writing| {
                audits::withdraw(writing, &withdrawn, "One of them is a friend.")
            });
            let after = round(given, "Hanif", &id).unwrap();
            let new =
                after.files.iter().find(|file| Some(&file.id) == instead.as_ref().unwrap().as_ref()).unwrap();
            assert_eq!(new.team, file.team, "{}", given.engine);
            assert!(!pairs(&before).contains(&(new.supervisor.1.clone(), new.supervisee.1.clone())));
            assert_eq!((after.progress.files, after.progress.withdrawn), (5, 1));
            assert!(is_nothing(reads(given, "Hanif", &file.id)), "no longer open");
            let seen = page(given, &file.supervisee.1, &file.id).unwrap();
            assert_eq!(seen.file.state, FileState::Withdrawn);
            (new.supervisor.1.clone(), new.supervisee.1.clone())
        };
        assert_eq!(withdraws("summer"), withdraws("summer"), "the seed decides this too");
    });
}

#[test]
fn a_round_is_read_by_those_who_grade_in_it_and_by_heads_of_service_without_names() {
    on_both_engines(|given| {
        make_auditor(given, "Bev");
        let (id, file) = gwens_file(given);
        for who in ["Bev", "Priya", "Gwen", "Ros", "Sam", "Dee"] {
            assert!(is_nothing(round(given, who, &id)), "{}: {who}", given.engine);
        }
        let helens = round(given, "Helen", &id).unwrap();
        assert!(helens.files.is_empty() && helens.to_learn.is_empty() && !helens.leads);
        assert!(is_nothing(page(given, "Helen", &file.id)));
        let lists = |who: &str| given.store.read(&given.who(who), now(), audits::list).unwrap().len();
        assert_eq!((lists("Hanif"), lists("Helen"), lists("Bev")), (1, 1, 0));
        let closes = |who: &str| {
            let id = id.clone();
            does(given, who, now() + Duration::days(40), move |writing| {
                audits::close(writing, &id, "We ask why.")
            })
        };
        assert!(is_invalid(closes("Hanif")), "files are open");
        assert!(is_nothing(closes("Helen")));
        for file in round(given, "Hanif", &id).unwrap().files {
            grades(given, "Hanif", &file.id, 0, Score::Analytic).unwrap();
            step(given, "Hanif", &file.id, now(), audits::share).unwrap();
            step(given, "Hanif", &file.id, now() + Duration::days(30), audits::finish).unwrap();
        }
        closes("Hanif").unwrap();
        assert!(is_invalid(closes("Hanif")), "closed once");
        let last = round(given, "Helen", &id).unwrap();
        assert_eq!((last.round.lessons.as_str(), last.figures.files), ("We ask why.", 10));
        let shown = last.figures.teams.iter().filter(|team| team.analytic.is_some()).count();
        assert_eq!(shown, 1, "only Riverside has five files");
    });
}

#[test]
fn no_page_asks_once_for_each_row() {
    on_both_engines(|given| {
        let (id, file) = gwens_file(given);
        for file in round(given, "Hanif", &id).unwrap().files {
            grades(given, "Hanif", &file.id, 0, Score::Analytic).unwrap();
        }
        let hanif = given.who("Hanif");
        let counted = |work: &dyn Fn(&mut records::Reading<'_>) -> Result<(), Problem>| {
            given.counted(|| given.store.read(&hanif, now(), work).unwrap()).1
        };
        // A page runs one statement more, for the session of whoever asks, and eight at most. PostgreSQL is asked besides
        // whether each of two connections is still there, and a view waits for its turn to be written down.
        let most = if given.engine == "postgres" { 7 + 3 } else { 7 };
        for (what, count) in [
            ("the list", counted(&|reading| audits::list(reading).map(drop))),
            ("a round", counted(&|reading| audits::open(reading, &id).map(drop))),
            ("a file", counted(&|reading| audits::open_file(reading, &file.id).map(drop))),
            ("its records", counted(&|reading| audits::open_records(reading, &file.id).map(drop))),
            ("a grade", counted(&|reading| audits::grade_form(reading, &file.id).map(drop))),
        ] {
            assert!((1..=most).contains(&count), "{}: {what} takes {count}", given.engine);
        }
    });
}
