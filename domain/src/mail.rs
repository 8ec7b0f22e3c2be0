//! The words of the mails that the product sends, as plain text and as HTML.
//!
//! A mail says how many, what kind and how long, and where to look. It never names a person, a case, a plan or a
//! risk: it is read on phones, in shared inboxes and on screens in open rooms.

use crate::calendar::{counted, day_in_words};
use crate::ladder::{Concern, Reader};
use crate::reflection::{ADDRESS_IS_NEW_DAYS, JOURNAL_WAITS_DAYS};
use crate::value::text_value;
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;

text_value! {
    /// What has become of a mail.
    MailState: "state of a mail" {
        Waiting = "waiting", "Waiting";
        Sent = "sent", "Sent";
        Failed = "failed", "Not sent yet, will be tried again";
        Dead = "dead", "Given up after five tries";
    }
}

/// A mail before it is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The body as plain text.
    pub body: String,
    /// The same as HTML.
    pub html: String,
}

/// A part of a mail's body.
enum Block {
    Text(String),
    List { heading: String, lines: Vec<String> },
    Link { words: String, address: String },
}

impl Block {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List { heading, lines } => {
                let lines = lines.iter().map(|line| format!("\n- {line}")).collect::<Vec<_>>().concat();
                format!("{heading}{lines}")
            }
            Self::Link { words, address } => format!("{words}:\n{address}"),
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => format!("<p>{}</p>", escaped(text)),
            Self::List { heading, lines } => {
                let items =
                    lines.iter().map(|line| format!("<li>{}</li>", escaped(line))).collect::<Vec<_>>();
                format!("<h2>{}</h2>\n<ul>\n{}\n</ul>", escaped(heading), items.join("\n"))
            }
            Self::Link { words, address } => {
                format!("<p><a href=\"{}\">{}</a></p>", escaped(address), escaped(words))
            }
        }
    }
}

impl Letter {
    fn new(subject: String, blocks: &[Block]) -> Self {
        let body = blocks.iter().map(Block::text).collect::<Vec<_>>().join("\n\n");
        let html = blocks.iter().map(Block::html).collect::<Vec<_>>().join("\n");
        let head = format!("<meta charset=\"utf-8\"><title>{}</title>", escaped(&subject));
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>{head}</head>\n<body>\n{html}\n</body>\n</html>\n"
        );
        Self { subject, body: format!("{body}\n"), html }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The digest goes out from this time on in London, unless somebody chose another: minutes after midnight.
pub const DIGEST_AT: i32 = 8 * 60 + 30;
/// Urgent mails go out from this hour on in London.
pub const FIRST_HOUR: u32 = 8;
/// No mail that reminds goes out from this hour on in London.
pub const LAST_HOUR: u32 = 18;
/// Reminders that one person gets on one day at most, the digest included.
pub const MAILS_A_DAY: usize = 10;

/// The times that people can choose for their digest: each half hour of the working day.
pub fn digest_times() -> impl Iterator<Item = i32> {
    (0..).map(|half_hours| 7 * 60 + half_hours * 30).take_while(|minutes| *minutes < 17 * 60 + 30)
}

/// Whether a reminder may go out at this time of a working day in London.
pub fn is_mail_time(time: NaiveTime) -> bool {
    use chrono::Timelike;
    (FIRST_HOUR..LAST_HOUR).contains(&time.hour())
}

/// Something of which a mail speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is overdue.
    pub concern: Concern,
    /// When it was due.
    pub due_on: NaiveDate,
    /// As what the reader is told; `None` if they are told because nobody else is there.
    pub reader: Option<Reader>,
}

/// Days that one section of a mail lists; the rest is counted.
const LISTED: usize = 12;

/// Tells somebody what waits for them. `reminders` is the full address of `/reminders`, `people` that of `/people`.
pub fn reminder(items: &[Item], today: NaiveDate, reminders: &str, people: &str) -> Letter {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut sections: BTreeMap<(bool, Concern), Vec<&Item>> = BTreeMap::new();
    for item in items {
        sections.entry((item.reader.is_none(), item.concern)).or_default().push(item);
    }
    let mut blocks = Vec::new();
    for ((is_nobodys, concern), items) in &sections {
        blocks.extend(section(*is_nobodys, *concern, items, today));
    }
    let has_nobodys = sections.keys().any(|(is_nobodys, _)| *is_nobodys);
    if sections.keys().any(|(is_nobodys, _)| !is_nobodys) {
        blocks.push(Block::Link {
            words: "See which, and choose what to do".to_owned(),
            address: reminders.to_owned(),
        });
    }
    if has_nobodys {
        blocks.push(Block::Link { words: "Say who supervises whom".to_owned(), address: people.to_owned() });
    }
    blocks.push(Block::Text(
        "For safety, this message says no more than numbers and days: sign in to see the rest.".to_owned(),
    ));
    Letter::new(format!("Supervision: {} you", counted(count, "item needs", "items need")), &blocks)
}

fn section(is_nobodys: bool, concern: Concern, items: &[&Item], today: NaiveDate) -> Vec<Block> {
    let mut lines: Vec<String> = items
        .iter()
        .take(LISTED)
        .map(|item| {
            let days = (today - item.due_on).num_days();
            format!("since {}: {}", day_in_words(item.due_on), counted(days, "day", "days"))
        })
        .collect();
    if items.len() > LISTED {
        lines.push(format!("and {} more", items.len() - LISTED));
    }
    let because = if is_nobodys {
        "You get this because nobody else is named who could be told.".to_owned()
    } else {
        let mut readers: Vec<&str> =
            items.iter().filter_map(|item| item.reader).map(crate::TextValue::words).collect();
        readers.sort_unstable();
        readers.dedup();
        format!(
            "You get this because the rule “{}” tells the {}.",
            crate::TextValue::words(concern),
            readers.join(" and the ").to_lowercase()
        )
    };
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let heading = format!("{}: {}", crate::TextValue::words(concern), counted(count, "item", "items"));
    vec![Block::List { heading, lines }, Block::Text(because)]
}

/// Invites somebody to choose a password. `link` works once.
pub fn invitation(link: &str) -> Letter {
    Letter::new(
        "Fresh Eyes: choose your password".to_owned(),
        &[
            Block::Text("An administrator has made an account for you.".to_owned()),
            Block::Link {
                words: "Choose a password here. The link works once, for 3 days".to_owned(),
                address: link.to_owned(),
            },
            Block::Text("If you did not expect this, tell your administrator.".to_owned()),
        ],
    )
}

/// Tells somebody that their journal was opened on a legal ground. `journal` is the full address of `/reflections`.
pub fn journal_opened(journal: &str) -> Letter {
    Letter::new(
        "Fresh Eyes: your journal was opened".to_owned(),
        &[
            Block::Text(
                "Your journal was opened on a legal ground. Two people with a role for this confirmed it."
                    .to_owned(),
            ),
            Block::Link { words: "See who, when and why".to_owned(), address: journal.to_owned() },
            Block::Text("If you have questions, ask whoever looks after information governance.".to_owned()),
        ],
    )
}

/// Tells somebody, at the address that they had, that their account has another one now: whoever has both an account's mail and a new
/// password reads what its person reads.
pub fn address_changed() -> Letter {
    Letter::new(
        "Fresh Eyes: your account has another address".to_owned(),
        &[
            Block::Text(
                format!(
                    "An administrator has given your account another email address. Mail goes there from now on, and so would a link for a new password. If a password is chosen with such a link within {ADDRESS_IS_NEW_DAYS} days, your journal stays shut for {JOURNAL_WAITS_DAYS} days, whoever asks for it."
                ),
            ),
            Block::Text(
                "If you do not know why, tell your manager and whoever looks after information governance today."
                    .to_owned(),
            ),
        ],
    )
}

/// Tells somebody that they are asked to clear the way for something that was agreed, or to decide about it.
pub fn asked() -> Letter {
    Letter::new(
        "Fresh Eyes: something waits for you".to_owned(),
        &[Block::Text(
            "Something that was agreed in supervision has not been done for a long time, and you are asked to clear the way or to decide what becomes of it. Sign in to Fresh Eyes: it stands at the top of My week."
                .to_owned(),
        )],
    )
}

/// Tells somebody that the other one asks to open again what both have signed.
pub fn asked_to_reopen() -> Letter {
    Letter::new(
        "Fresh Eyes: something waits for you".to_owned(),
        &[Block::Text(
            "Somebody with whom you signed a record asks to open it again, so that something in it can be changed. Sign in to Fresh Eyes: My week leads to the record, where the reason stands."
                .to_owned(),
        )],
    )
}

/// Tells whoever asked to open a signed record again that there is an answer.
pub fn reopening_answered() -> Letter {
    Letter::new(
        "Fresh Eyes: you have an answer".to_owned(),
        &[Block::Text(
            "Somebody whom you asked to open a record again has answered. Sign in to Fresh Eyes: the answer stands with the record, under Supervision."
                .to_owned(),
        )],
    )
}

/// Tells whoever asked somebody to clear the way that there is an answer.
pub fn answered() -> Letter {
    Letter::new(
        "Fresh Eyes: you have an answer".to_owned(),
        &[Block::Text(
            "Somebody whom you asked to clear the way, or to decide, has answered. Sign in to Fresh Eyes: the answer stands with the action."
                .to_owned(),
        )],
    )
}

/// Tells whoever asked somebody to clear the way that they have left, and that nobody answers in their place.
pub fn not_answered() -> Letter {
    Letter::new(
        "Fresh Eyes: nobody answers what you asked".to_owned(),
        &[Block::Text(
            "Somebody whom you asked to clear the way, or to decide, does other work now, and nobody answers in their place. Decide in the next session what becomes of the action."
                .to_owned(),
        )],
    )
}

/// Words that no mail may contain, in lower case. A test holds every mail against them.
pub const FORBIDDEN_WORDS: &[&str] = &[
    "abuse",
    "violence",
    "marac",
    "dash",
    "risk",
    "child",
    "adult",
    "unborn",
    "victim",
    "perpetrator",
    "protection",
    "in need",
    "looked after",
    "probation",
    "standard",
    "medium",
    "high",
    "unknown",
    "refuge",
    "alcohol",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of_every_kind() -> Vec<Item> {
        let mut items = Vec::new();
        for concern in Concern::ALL {
            for reader in Reader::ALL {
                items.push(Item { concern: *concern, due_on: day("2026-04-02"), reader: Some(*reader) });
            }
            items.push(Item { concern: *concern, due_on: day("2026-04-02"), reader: None });
        }
        items
    }

    fn letter(items: &[Item]) -> Letter {
        let (reminders, people) = ("https://example.org/reminders", "https://example.org/people");
        reminder(items, day("2026-04-13"), reminders, people)
    }

    #[test]
    fn a_manager_hears_counts_days_and_the_rule_only() {
        let item = |due_on| Item {
            concern: Concern::CaseSupervision,
            due_on: day(due_on),
            reader: Some(Reader::ServiceManager),
        };
        let letter = letter(&[item("2026-04-02"), item("2026-04-12")]);
        assert_eq!(letter.subject, "Supervision: 2 items need you");
        assert_eq!(
            letter.body,
            "Work not discussed in supervision in time: 2 items\n\
             - since 2 April 2026: 11 days\n\
             - since 12 April 2026: 1 day\n\n\
             You get this because the rule “Work not discussed in supervision in time” tells the service manager.\n\n\
             See which, and choose what to do:\nhttps://example.org/reminders\n\n\
             For safety, this message says no more than numbers and days: sign in to see the rest.\n"
        );
        assert!(letter.html.contains("<li>since 2 April 2026: 11 days</li>"), "{}", letter.html);
        assert!(letter.html.contains("<a href=\"https://example.org/reminders\">"));
    }

    #[test]
    fn a_long_list_is_cut_and_the_rest_counted() {
        let item = Item {
            concern: Concern::OverdueAction,
            due_on: day("2026-04-02"),
            reader: Some(Reader::Practitioner),
        };
        let letter = letter(&vec![item; 30]);
        assert!(letter.body.contains("- and 18 more\n"), "{}", letter.body);
    }

    #[test]
    fn no_mail_holds_a_forbidden_word() {
        let opened = journal_opened("https://example.org/reflections");
        let invitation = invitation("https://example.org/welcome/x");
        for letter in [
            letter(&of_every_kind()),
            invitation,
            opened,
            address_changed(),
            asked(),
            asked_to_reopen(),
            reopening_answered(),
            answered(),
            not_answered(),
        ] {
            let text = format!("{} {} {}", letter.subject, letter.body, letter.html).to_lowercase();
            for word in FORBIDDEN_WORDS {
                assert!(!text.contains(word), "“{word}” stands in: {text}");
            }
        }
    }

    #[test]
    fn nothing_goes_out_at_night() {
        for (time, goes) in
            [("07:59", false), ("08:00", true), ("17:59", true), ("18:00", false), ("23:30", false)]
        {
            assert_eq!(is_mail_time(NaiveTime::parse_from_str(time, "%H:%M").unwrap()), goes, "{time}");
        }
        let times: Vec<i32> = digest_times().collect();
        assert_eq!((times.first(), times.last()), (Some(&420), Some(&1020)));
        assert!(times.contains(&DIGEST_AT));
    }
}
