//! People, their roles, and who supervises whom.

use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{PersonId, TeamId};
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// What a person is in the product. A person may have several, and may be both supervisor and supervisee.
    Role: "role" {
        Practitioner = "practitioner", "Practitioner";
        Supervisor = "supervisor", "Supervisor";
        ServiceManager = "service_manager", "Service manager";
        HeadOfService = "head_of_service", "Head of service";
        Coordinator = "coordinator", "Training coordinator";
        Auditor = "auditor", "Auditor";
        PartnerLiaison = "partner_liaison", "Partner liaison";
        InformationGovernance = "information_governance", "Information governance";
        SystemAdmin = "system_admin", "System administrator";
        ReadOnlyInspector = "read_only_inspector", "Inspector (reads only)";
    }
}

text_value! {
    /// What a supervisor supervises somebody in.
    LinkKind: "kind of supervision" {
        /// The line manager: personal and case supervision.
        Line = "line", "Line supervision";
        /// Case supervision by somebody other than the line manager.
        Case = "case", "Case supervision";
        /// Reflective supervision by somebody other than the line manager.
        Reflective = "reflective", "Reflective supervision";
        /// Supervision by a safeguarding specialist, with a clock of its own.
        Safeguarding = "safeguarding", "Specialist safeguarding supervision";
        /// Line supervision by a deputy for a time: the sessions count as the line supervisor's.
        Cover = "cover", "Cover for the line supervisor";
    }
}

impl LinkKind {
    /// Whether it is supervision of somebody's work: whoever does it now reaches their cases, and goes on with what was agreed in it
    /// before them. What is said in reflective supervision stays between those two.
    pub fn is_of_work(self) -> bool {
        self != Self::Reflective
    }

    /// The line whose sessions whoever has such a link holds: who covers holds the line supervisor's.
    pub fn holds(self) -> Self {
        if self == Self::Cover { Self::Line } else { self }
    }
}

text_value! {
    /// Whether a person works here now.
    Standing: "standing" {
        Active = "active", "Active";
        Left = "left", "Left";
    }
}

/// A person's details, as an administrator enters or changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDetails {
    /// The name that colleagues use.
    pub name: String,
    /// The work address, in lower case: what the person signs in with and where mail goes.
    pub email: String,
    /// The job title in the organisation's own words.
    pub job_title: String,
    /// The team that the person belongs to. A manager oversees this team and those below it.
    pub team: TeamId,
    /// At least one.
    pub roles: Vec<Role>,
    /// The first working day here.
    pub started_on: NaiveDate,
    /// Whether the person is in the assessed and supported year in employment.
    pub asye: bool,
    /// Whether the person is registered with a professional regulator.
    pub registered: bool,
    /// The day by which the registration is to be renewed, if it is known.
    pub registration_renews_on: Option<NaiveDate>,
    /// Whether the person comes from an agency.
    pub agency: bool,
    /// Contracted hours a week, in tenths: 370 is 37 hours.
    pub weekly_hours_tenths: i32,
}

impl PersonDetails {
    /// Reads the form of `/people/new` and `/people/{id}/edit`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let name = check.line("name", "Enter the person's name");
        let email = email(&mut check, "email");
        let job_title = check.line("job_title", "Enter the job title");
        let team = check.id("team", "Choose a team");
        let roles = check.choices("roles", "Choose at least one role");
        let started_on = check.date("started_on", "Start date");
        let is_ticked = |field| form.text(field) == "yes";
        let (asye, registered, agency) = (is_ticked("asye"), is_ticked("registered"), is_ticked("agency"));
        let registration_renews_on = check.optional_date("registration_renews_on", "Renewal date");
        if !registered && registration_renews_on.flatten().is_some() {
            check.fail(
                "registration_renews_on",
                "Tick that the person is registered, or leave the renewal date empty",
            );
        }
        let weekly_hours_tenths = weekly_hours(&mut check);
        let details = (|| {
            Some(Self {
                name: name?,
                email: email?,
                job_title: job_title?,
                team: team?,
                roles: roles?,
                started_on: started_on?,
                asye,
                registered,
                registration_renews_on: registration_renews_on?,
                agency,
                weekly_hours_tenths: weekly_hours_tenths?,
            })
        })();
        check.finish(details)
    }

    /// The form that [`Self::parse`] reads, filled in.
    pub fn to_form(&self) -> Form {
        let ticked = |is_so: bool| if is_so { "yes" } else { "" }.to_owned();
        let mut fields: Vec<(String, String)> = vec![
            ("name".to_owned(), self.name.clone()),
            ("email".to_owned(), self.email.clone()),
            ("job_title".to_owned(), self.job_title.clone()),
            ("team".to_owned(), self.team.to_string()),
            ("asye".to_owned(), ticked(self.asye)),
            ("registered".to_owned(), ticked(self.registered)),
            ("agency".to_owned(), ticked(self.agency)),
            ("weekly_hours".to_owned(), hours_in_words(self.weekly_hours_tenths)),
        ];
        fields.extend(self.roles.iter().map(|role| ("roles".to_owned(), role.code().to_owned())));
        let mut form = Form::new(fields);
        form.set_date("started_on", self.started_on);
        if let Some(renews_on) = self.registration_renews_on {
            form.set_date("registration_renews_on", renews_on);
        }
        form
    }
}

/// A team's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamDetails {
    /// Its name, as people say it.
    pub name: String,
    /// The team above it; none for the top of the tree.
    pub parent: Option<TeamId>,
}

impl TeamDetails {
    /// Reads the form of `/teams/new` and `/teams/{id}/edit`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let name = check.line("name", "Enter the team’s name");
        let parent = match form.text("parent") {
            "" => Some(None),
            _ => check.id("parent", "Choose a team from the list").map(Some),
        };
        let details = (|| Some(Self { name: name?, parent: parent? }))();
        check.finish(details)
    }
}

/// Reads an email address that mail can be sent to, in lower case.
pub fn email(check: &mut FormCheck<'_>, field: &str) -> Option<String> {
    let text = check.line(field, "Enter an email address")?.to_lowercase();
    if !is_email(&text) {
        check.fail(field, "Enter an email address in the usual form, like name@example.org");
        return None;
    }
    Some(text)
}

/// Whether this looks like an address that mail can be sent to: one `@`, a dotted domain, no blanks or brackets.
pub fn is_email(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part.chars().all(|sign| sign.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(sign))
    };
    match text.split_once('@') {
        Some((mailbox, domain)) => {
            plain(mailbox)
                && plain(domain)
                && domain.contains('.')
                && domain.chars().all(|sign| sign.is_ascii_alphanumeric() || ".-".contains(sign))
        }
        None => false,
    }
}

fn weekly_hours(check: &mut FormCheck<'_>) -> Option<i32> {
    let text = check.line("weekly_hours", "Enter the hours worked a week")?;
    let tenths = match text.split_once('.') {
        Some((whole, part)) if part.len() == 1 => {
            whole.parse::<i32>().ok().zip(part.parse::<i32>().ok()).map(|(whole, part)| whole * 10 + part)
        }
        Some(_) => None,
        None => text.parse::<i32>().ok().map(|hours| hours * 10),
    };
    match tenths {
        Some(tenths) if (10..=600).contains(&tenths) => Some(tenths),
        _ => {
            check.fail("weekly_hours", "Hours a week must be a number between 1 and 60, like 37 or 22.5");
            None
        }
    }
}

/// Days before the renewal of a registration from which on its person is reminded.
pub const REGISTRATION_NOTICE_DAYS: u64 = 60;

/// Weeks of the assessed and supported year in employment (ASYE).
const ASYE_WEEKS: i64 = 52;

/// Where somebody stands in the assessed and supported year in employment: "ASYE, week 12 of 52".
pub fn asye_in_words(started_on: NaiveDate, today: NaiveDate) -> String {
    let week = (today - started_on).num_days().div_euclid(7) + 1;
    match week {
        ..=0 => "ASYE, not begun yet".to_owned(),
        1..=ASYE_WEEKS => format!("ASYE, week {week} of {ASYE_WEEKS}"),
        _ => "ASYE, longer than its year".to_owned(),
    }
}

/// "37" or "22.5" hours.
pub fn hours_in_words(tenths: i32) -> String {
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// A new link from a person to a supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSupervisorLink {
    /// Who supervises.
    pub supervisor: PersonId,
    /// In what.
    pub kind: LinkKind,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, where that is known: of cover, or of a placement.
    pub to: Option<NaiveDate>,
}

impl NewSupervisorLink {
    /// Reads the "Add a supervisor" form of a person's page.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let supervisor = check.id("supervisor", "Choose a supervisor");
        let kind = check.choice("kind", "Choose what they supervise");
        let from = check.date("from", "From");
        let to = check.optional_date("to", "Last day");
        if to.flatten().zip(from).is_some_and(|(to, from)| to < from) {
            check.fail("to", "Last day must not be before the first");
        }
        let link = (|| Some(Self { supervisor: supervisor?, kind: kind?, from: from?, to: to? }))();
        check.finish(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_needs_a_mailbox_and_a_dotted_domain() {
        for right in ["priya.nair@example.org", "o'neil@example.gov.uk"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in [
            "",
            "priya",
            "priya@",
            "@example.org",
            "a b@example.org",
            "a@b",
            "a@b@c.org",
            "a@example.org\nbcc:x@y.org",
            "a..b@c.org",
        ] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_supported_year_is_counted_in_weeks_from_its_first_day() {
        let started_on = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        for (days, words) in [
            (-1, "ASYE, not begun yet"),
            (0, "ASYE, week 1 of 52"),
            (6, "ASYE, week 1 of 52"),
            (7, "ASYE, week 2 of 52"),
            (363, "ASYE, week 52 of 52"),
            (364, "ASYE, longer than its year"),
        ] {
            assert_eq!(asye_in_words(started_on, started_on + chrono::Duration::days(days)), words);
        }
    }

    #[test]
    fn a_renewal_needs_a_registration_and_what_a_form_reads_it_writes() {
        let mut form = Form::default();
        for (name, value) in [
            ("name", "Ann Lee"),
            ("email", "ann@example.org"),
            ("job_title", "Social worker"),
            ("team", "01890a5d-ac96-774b-bcce-b302099a8057"),
            ("roles", "practitioner"),
            ("weekly_hours", "22.5"),
        ] {
            form.set(name, value);
        }
        form.set_date("started_on", NaiveDate::from_ymd_opt(2026, 9, 1).unwrap());
        form.set_date("registration_renews_on", NaiveDate::from_ymd_opt(2026, 11, 30).unwrap());
        assert!(PersonDetails::parse(&form).unwrap_err().of("registration_renews_on").is_some());
        form.set("registered", "yes");
        let details = PersonDetails::parse(&form).unwrap();
        assert_eq!(PersonDetails::parse(&details.to_form()), Ok(details));
    }

    #[test]
    fn hours_are_kept_in_tenths() {
        let form = Form::new(vec![("weekly_hours".into(), "22.5".into())]);
        assert_eq!(weekly_hours(&mut FormCheck::new(&form)), Some(225));
        assert_eq!(hours_in_words(225), "22.5");
        assert_eq!(hours_in_words(370), "37");
    }
}
