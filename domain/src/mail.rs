//! The words of the mails that the product sends.
//!
//! A mail says how many, what kind and how long, and where to look. It never names a person, a case, a plan or a
//! risk: it is read on phones, in shared inboxes and on screens in open rooms.

use crate::calendar::counted;
use crate::review::OverdueCounts;
use crate::value::text_value;

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
}

/// Tells a manager how many cases are overdue for supervision. `reviews` is the full address of `/reviews`.
pub fn overdue_cases(counts: &OverdueCounts, reviews: &str) -> Letter {
    Letter {
        subject: format!("Supervision: {} you", counted(counts.all(), "item needs", "items need")),
        body: format!(
            "{}See which, and choose a day for each:\n{reviews}\n\n\
             You get this because you supervise the people who lead this work. \
             For safety, this message says no more than numbers: sign in to see the rest.\n",
            since_we_last_wrote(counts),
        ),
    }
}

/// Tells an administrator of overdue cases of a team that nobody manages. `people` is the full address of `/people`.
pub fn overdue_without_manager(counts: &OverdueCounts, people: &str) -> Letter {
    Letter {
        subject: format!("Supervision: {} nobody to go to", counted(counts.all(), "item has", "items have")),
        body: format!(
            "{}No supervisor or manager is named for the people who lead this work. Say who it is, on their pages:\n{people}\n\n\
             You get this because you administer Fresh Eyes. \
             For safety, this message says no more than numbers.\n",
            since_we_last_wrote(counts),
        ),
    }
}

fn since_we_last_wrote(counts: &OverdueCounts) -> String {
    let mut lines = Vec::new();
    if counts.never_reviewed > 0 {
        lines.push(format!(
            "{} not been discussed in supervision yet",
            counted(counts.never_reviewed, "item has", "items have")
        ));
    }
    if counts.overdue > 0 {
        lines.push(format!("{} overdue for supervision", counted(counts.overdue, "item is", "items are")));
    }
    let listed = lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
    format!(
        "Since we last wrote:\n\n{listed}\n\nThe longest wait is {} past its day.\n\n",
        counted(counts.longest_days, "day", "days"),
    )
}

/// Invites somebody to choose a password. `link` works once.
pub fn invitation(link: &str) -> Letter {
    Letter {
        subject: "Fresh Eyes: choose your password".to_owned(),
        body: format!(
            "An administrator has made an account for you.\n\nChoose a password here. The link works once, for 3 days:\n{link}\n\n\
             If you did not expect this, tell your administrator.\n"
        ),
    }
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

    #[test]
    fn a_manager_hears_counts_and_days_only() {
        let letter = overdue_cases(
            &OverdueCounts { never_reviewed: 1, overdue: 2, longest_days: 34 },
            "https://example.org/reviews",
        );
        assert_eq!(letter.subject, "Supervision: 3 items need you");
        assert!(
            letter.body.contains("- 1 item has not been discussed in supervision yet"),
            "{}",
            letter.body
        );
        assert!(letter.body.contains("- 2 items are overdue for supervision"));
        assert!(letter.body.contains("34 days past its day"));
    }

    #[test]
    fn no_mail_holds_a_forbidden_word() {
        let letters = [
            overdue_cases(
                &OverdueCounts { never_reviewed: 3, overdue: 1, longest_days: 1 },
                "https://example.org/reviews",
            ),
            invitation("https://example.org/welcome/x"),
        ];
        for letter in letters {
            let text = format!("{} {}", letter.subject, letter.body).to_lowercase();
            for word in FORBIDDEN_WORDS {
                assert!(!text.contains(word), "“{word}” stands in: {text}");
            }
        }
    }
}
