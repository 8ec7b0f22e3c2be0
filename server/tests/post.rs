//! How a mail looks on the wire, and what becomes of the outbox. That mail travels is shown by the browser tests, against
//! a real mail server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use lettre::Message;
use lettre::message::Mailbox;
use records::jobs::{Job, Lease};
use records::mail::OutgoingMail;
use records::{Store, demonstration, ladder};
use server::post::{Carrier, NotCarried, Summary, deliver_once, message};
use std::cell::{Cell, RefCell};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn mail(recipient: &str) -> OutgoingMail {
    OutgoingMail {
        id: ID.parse().unwrap(),
        recipient_email: recipient.to_owned(),
        subject: "Supervision: 3 items need you".to_owned(),
        body: "Since we last wrote:\n\n- 1 item – see “Reviews”\n".to_owned(),
        html: "<p>Since we last wrote: 1 item – see “Reviews”</p>".to_owned(),
        created_at: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(9, 0, 0).unwrap(),
        tries: 1,
    }
}

fn wire(mail: &OutgoingMail) -> String {
    let from = "Fresh Eyes <fresh-eyes@example.org>".parse().unwrap();
    String::from_utf8(message(mail, &from).unwrap().formatted()).unwrap()
}

#[test]
fn a_mail_says_from_whom_it_is_and_that_a_machine_wrote_it() {
    let text = wire(&mail("priya.nair@example.org"));
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    for line in [
        "From: \"Fresh Eyes\" <fresh-eyes@example.org>",
        "To: priya.nair@example.org",
        "Subject: Supervision: 3 items need you",
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
        "Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@example.org>",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(head.lines().any(|found| found == line), "{line} is not in:\n{head}");
    }
}

#[test]
fn a_mail_sent_again_is_the_same_to_the_byte() {
    assert_eq!(wire(&mail("priya.nair@example.org")), wire(&mail("priya.nair@example.org")));
}

#[test]
fn a_new_line_in_a_subject_makes_no_header() {
    let subject = "x\r\nBcc: somebody@example.org".to_owned();
    let text = wire(&OutgoingMail { subject, ..mail("priya.nair@example.org") });
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
}

#[test]
fn an_address_that_is_none_is_said_in_words() {
    let from = "fresh-eyes@example.org".parse().unwrap();
    for recipient in ["", "priya", "priya@example.org\r\nBcc: x@example.org", "a@example.org, b@example.org"]
    {
        let why = message(&mail(recipient), &from).unwrap_err();
        assert!(why.contains("address is not one that mail can be sent to"), "{why}");
    }
}

/// A mail server that takes or refuses what it is given.
#[derive(Default)]
struct Counter {
    refuses: Cell<Option<bool>>,
    asked: Cell<usize>,
    took: RefCell<Vec<String>>,
}

impl Carrier for Counter {
    fn carry(&self, message: &Message) -> Result<(), NotCarried> {
        self.asked.set(self.asked.get() + 1);
        if let Some(answered) = self.refuses.get() {
            return Err(NotCarried { why: "not today".to_owned(), answered });
        }
        self.took.borrow_mut().push(String::from_utf8(message.formatted()).unwrap());
        Ok(())
    }
}

/// A Tuesday morning in London: reminders go out on working days.
fn working_morning() -> chrono::NaiveDateTime {
    domain::calendar::parse_instant("2026-11-24T09:30:00Z").unwrap()
}

struct Outbox {
    store: Store,
    now: NaiveDateTime,
    waiting: usize,
    _folder: tempfile::TempDir,
}

impl Outbox {
    /// The outbox of the demonstration, after what is due was worked out.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store =
            Store::open(&format!("sqlite:{}", folder.path().join("x.sqlite").display()).parse().unwrap())
                .unwrap();
        let now = working_morning();
        demonstration::fill(&store, now).unwrap();
        let lease = Lease::take(&store, Job::Remind, "test", now).unwrap().unwrap();
        let waiting = ladder::remind(&store, "https://fresh-eyes.example", now, &lease).unwrap().len();
        assert!(waiting > 0, "the demonstration has something that is due");
        Self { store, now, waiting, _folder: folder }
    }

    fn deliver(&self, counter: &Counter, minutes_later: i64) -> Summary {
        let from: Mailbox = "fresh-eyes@example.org".parse().unwrap();
        deliver_once(&self.store, counter, &from, self.now + TimeDelta::minutes(minutes_later), |_| true)
            .unwrap()
    }
}

#[test]
fn what_a_mail_server_refuses_waits_and_is_sent_once() {
    let (outbox, counter) = (Outbox::new(), Counter::default());
    counter.refuses.set(Some(true));
    assert_eq!(outbox.deliver(&counter, 0), Summary { sent: 0, failed: outbox.waiting });
    counter.refuses.set(None);
    assert_eq!(outbox.deliver(&counter, 0), Summary::default(), "not hammered");
    assert_eq!(outbox.deliver(&counter, 5), Summary { sent: outbox.waiting, failed: 0 });
    assert_eq!(outbox.deliver(&counter, 600), Summary::default(), "nothing is sent twice");
    assert_eq!(counter.took.borrow().len(), outbox.waiting);
}

#[test]
fn a_mail_server_that_does_not_answer_is_asked_once_a_round() {
    let (outbox, counter) = (Outbox::new(), Counter::default());
    counter.refuses.set(Some(false));
    assert_eq!(outbox.deliver(&counter, 0), Summary { sent: 0, failed: outbox.waiting });
    assert_eq!(counter.asked.get(), 1);
}

#[test]
fn told_to_stop_it_sends_nothing_more() {
    let (outbox, counter) = (Outbox::new(), Counter::default());
    let from: Mailbox = "fresh-eyes@example.org".parse().unwrap();
    let summary = deliver_once(&outbox.store, &counter, &from, outbox.now, |_| false).unwrap();
    assert_eq!((summary, counter.asked.get()), (Summary::default(), 0));
    assert_eq!(outbox.deliver(&counter, 6).sent, outbox.waiting, "what was left is for the next");
}
