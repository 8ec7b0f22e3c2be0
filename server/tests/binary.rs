//! The program as whoever starts it meets it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::process::{Command, Output};

fn fresh_eyes(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fresh-eyes"))
        .args(arguments)
        .envs(settings.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn a_wrong_setting_is_refused_by_its_name() {
    for (name, value) in [
        ("FRESH_EYES_DATABASE", "postgers://localhost/x"),
        ("FRESH_EYES_LISTEN", "everywhere"),
        ("FRESH_EYES_SMTP", "smtp+plain://mail.example.org:25"),
        ("FRESH_EYES_IDLE_MINUTES", "soon"),
    ] {
        let refused = fresh_eyes(&["migrate"], &[(name, value)]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{name}={value} was taken");
        assert!(words.contains(name), "{name} is not named in: {words}");
    }
}

#[test]
fn a_demonstration_can_be_made_reminded_and_verified_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("d.sqlite").display());
    let settings = [("FRESH_EYES_DATABASE", database.as_str())];
    assert!(fresh_eyes(&["demo"], &settings).status.success());
    assert!(!fresh_eyes(&["demo"], &settings).status.success(), "a second demonstration was mixed in");
    // A Thursday morning after the day of the test, whenever that is: no mail goes at night or at a weekend.
    let days = (chrono::Datelike::weekday(&server::now().date()).num_days_from_monday() + 5) % 7;
    let thursday = server::now().date() + chrono::Days::new(8 - u64::from(days));
    let reminded = fresh_eyes(&["remind", "--at", &format!("{thursday}T09:30:00Z")], &settings);
    assert!(reminded.status.success());
    assert!(String::from_utf8_lossy(&reminded.stdout).contains("recipient"));
    assert!(fresh_eyes(&["audit", "verify"], &settings).status.success());
    let copy = folder.path().join("copy.sqlite");
    assert!(fresh_eyes(&["backup", &copy.to_string_lossy()], &settings).status.success());
    let settings = [("FRESH_EYES_DATABASE", format!("sqlite:{}", copy.display()))];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(fresh_eyes(&["audit", "verify"], &settings).status.success(), "the copy is not whole");
    let again = fresh_eyes(&["backup", &copy.to_string_lossy()], &settings);
    assert!(!again.status.success(), "a backup was written over");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone_and_says_so() {
    use diesel::connection::{Connection, SimpleConnection};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("newer.sqlite");
    let database = format!("sqlite:{}", file.display());
    let settings = [("FRESH_EYES_DATABASE", database.as_str())];
    assert!(fresh_eyes(&["migrate"], &settings).status.success());
    diesel::SqliteConnection::establish(&file.to_string_lossy())
        .unwrap()
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')")
        .unwrap();
    for command in [["migrate"].as_slice(), &["audit", "verify"]] {
        let refused = fresh_eyes(command, &settings);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{command:?} went on");
        assert!(words.contains("made by a newer version of Fresh Eyes"), "{command:?}: {words}");
    }
}

#[test]
fn a_database_that_cannot_be_there_says_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "in the way").unwrap();
    for (database, why) in [
        (format!("sqlite:{}/x.sqlite", file.display()), "cannot be opened"),
        (format!("sqlite:{}", file.display()), "file is not a database"),
        ("postgres://nobody@127.0.0.1:1/nothing".to_owned(), "cannot be opened"),
    ] {
        let refused = fresh_eyes(&["migrate"], &[("FRESH_EYES_DATABASE", database.as_str())]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{database} was taken");
        assert!(words.contains(why) && words.contains("database"), "{database}: {words}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "in the way", "what is not ours is left alone");
}
