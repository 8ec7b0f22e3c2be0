//! The forms of an audit: a new round, a grade, an agreed grade, and words.

use super::{AuditTool, OverallGrade, Score, Seed};
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{PersonId, TeamId};
use chrono::NaiveDate;

/// Files that one round draws at most: a dip sample is read whole, by people.
pub const MOST_FILES: i32 = 60;

/// A round as its auditor sets it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRound {
    /// What it wants to find out; empty if nothing in particular.
    pub question: String,
    /// Sessions held from this day.
    pub from: NaiveDate,
    /// Up to this one.
    pub to: NaiveDate,
    /// The teams of the people supervised; at least one, each once.
    pub teams: Vec<TeamId>,
    /// How many files.
    pub files: usize,
    /// What decides which.
    pub seed: Seed,
    /// Who grades some of them a second time, and how many.
    pub second: Option<(PersonId, usize)>,
}

impl NewRound {
    /// Reads the form of `/audits/new`. `today` is the day in London.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let question = check.optional_narrative("question");
        let from = check.past_date("from", "From", today);
        let to = check.past_date("to", "To", today);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            check.fail("to", "To must not be before the first day");
        }
        let teams = read_teams(&mut check);
        let files = check.number("files", "how many files to draw", 1..=MOST_FILES).and_then(at_least_none);
        let seed = read_seed(&mut check);
        let second = read_second(&mut check, files);
        let round = (|| {
            Some(Self {
                question: question?,
                from: from?,
                to: to?,
                teams: teams?,
                files: files?,
                seed: seed?,
                second: second?,
            })
        })();
        check.finish(round)
    }
}

fn at_least_none(number: i32) -> Option<usize> {
    usize::try_from(number).ok()
}

fn read_teams(check: &mut FormCheck<'_>) -> Option<Vec<TeamId>> {
    let mut teams: Vec<TeamId> = check.form().all("team").filter_map(|id| id.parse().ok()).collect();
    teams.sort();
    teams.dedup();
    if teams.is_empty() {
        check.fail("team", "Choose at least one team");
        return None;
    }
    Some(teams)
}

fn read_seed(check: &mut FormCheck<'_>) -> Option<Seed> {
    let text = check.line("seed", "Enter a seed, for example this month’s name and year")?.to_lowercase();
    let seed = Seed::new(&text);
    if seed.is_none() {
        let words =
            format!("Write the seed with letters, digits and hyphens, at most {} of them", Seed::LIMIT);
        check.fail("seed", words);
    }
    seed
}

#[expect(clippy::option_option, reason = "wrong, nobody, somebody")]
fn read_second(check: &mut FormCheck<'_>, files: Option<usize>) -> Option<Option<(PersonId, usize)>> {
    if check.form().text("second").is_empty() {
        if !matches!(check.form().text("second_files").trim(), "" | "0") {
            check.fail("second", "Choose who grades the second time, or clear the number");
            return None;
        }
        return Some(None);
    }
    let second = check.id("second", "Choose somebody from the list");
    let most = files.and_then(|files| i32::try_from(files).ok()).unwrap_or(MOST_FILES);
    let count =
        check.number("second_files", "how many files are graded twice", 1..=most).and_then(at_least_none);
    second.zip(count).map(Some)
}

/// What one grader says of one domain.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DomainGrade {
    /// The domain's key.
    pub key: String,
    /// How far the record goes.
    pub score: Score,
    /// Where one sees it; may be empty.
    pub evidence: String,
}

/// A grade of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrade {
    /// Each domain of the tool, in its order.
    pub domains: Vec<DomainGrade>,
    /// What went well.
    pub went_well: String,
    /// What there is to learn.
    pub to_learn: String,
    /// The grade of the whole.
    pub overall: OverallGrade,
}

impl NewGrade {
    /// The field of a domain's score.
    pub fn score_field(key: &str) -> String {
        format!("score.{key}")
    }

    /// The field of a domain's evidence.
    pub fn evidence_field(key: &str) -> String {
        format!("evidence.{key}")
    }

    /// Reads the form of a grade.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, tool: &AuditTool) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let grade = Self::read(&mut check, tool);
        check.finish(grade)
    }

    fn read(check: &mut FormCheck<'_>, tool: &AuditTool) -> Option<Self> {
        let domains: Vec<Option<DomainGrade>> = tool
            .domains
            .iter()
            .map(|domain| {
                let missing = format!("Choose a score for “{}”", domain.title);
                let score = check.choice(&Self::score_field(&domain.key), &missing);
                let evidence = check.optional_narrative(&Self::evidence_field(&domain.key));
                Some(DomainGrade { key: domain.key.clone(), score: score?, evidence: evidence? })
            })
            .collect();
        let went_well = check.narrative("went_well", "Write what went well. There is always something");
        let to_learn = check.narrative("to_learn", "Write what there is to learn, or what to keep doing");
        let overall = check.choice("overall", "Choose the overall grade");
        Some(Self {
            domains: domains.into_iter().collect::<Option<_>>()?,
            went_well: went_well?,
            to_learn: to_learn?,
            overall: overall?,
        })
    }

    /// The form in which this grade stands.
    pub fn fill(&self, form: &mut Form) {
        use crate::TextValue;
        for domain in &self.domains {
            form.set(&Self::score_field(&domain.key), domain.score.code());
            form.set(&Self::evidence_field(&domain.key), domain.evidence.as_str());
        }
        form.set("went_well", self.went_well.as_str());
        form.set("to_learn", self.to_learn.as_str());
        form.set("overall", self.overall.code());
    }
}

/// On what two graders agree, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedGrade {
    /// The grade.
    pub grade: NewGrade,
    /// How they came to it.
    pub why: String,
}

impl AgreedGrade {
    /// Reads the form in which two graders agree.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, tool: &AuditTool) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let grade = NewGrade::read(&mut check, tool);
        let why = check.narrative("why", "Write how the two of you came to this grade");
        let agreed = (|| Some(Self { grade: grade?, why: why? }))();
        check.finish(agreed)
    }
}

/// Reads a form of one text box.
fn read_words(form: &Form, field: &str, missing: &str) -> Result<String, Problems> {
    let mut check = FormCheck::new(form);
    let words = check.narrative(field, missing);
    check.finish(words)
}

/// Reads what one of the two people of a file says of the findings.
///
/// # Errors
/// Nothing was written.
pub fn read_comment(form: &Form) -> Result<String, Problems> {
    read_words(form, "comment", "Write what you see otherwise, or what is missing")
}

/// Reads why a file is taken out of the sample.
///
/// # Errors
/// Nothing was written.
pub fn read_withdrawal(form: &Form) -> Result<String, Problems> {
    read_words(form, "reason", "Write why this file cannot be audited")
}

/// Reads what was learnt from a round.
///
/// # Errors
/// Nothing was written.
pub fn read_lessons(form: &Form) -> Result<String, Problems> {
    read_words(form, "lessons", "Write what the service learns from this round")
}

/// Reads who is asked for a second grade.
///
/// # Errors
/// Nobody was chosen.
pub fn read_second_grader(form: &Form) -> Result<PersonId, Problems> {
    let mut check = FormCheck::new(form);
    let second = check.id("second", "Choose who grades the second time");
    check.finish(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAM: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const PERSON: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn round() -> Form {
        let mut form = Form::default();
        form.set_date("from", day("2026-08-24"));
        form.set_date("to", day("2026-11-23"));
        form.set("team", TEAM);
        form.set("files", "6");
        form.set("seed", "Autumn-2026");
        form
    }

    fn parsed(form: &Form) -> Result<NewRound, Problems> {
        NewRound::parse(form, day("2026-11-24"))
    }

    #[test]
    fn a_round_needs_days_teams_a_number_and_a_seed() {
        let new = parsed(&round()).unwrap();
        assert_eq!((new.files, new.seed.as_str(), new.second), (6, "autumn-2026", None));
        for (field, value, wrong) in [
            ("to.year", "2025", "to"),
            ("to.year", "2027", "to"),
            ("team", "", "team"),
            ("files", "0", "files"),
            ("files", "61", "files"),
            ("seed", "", "seed"),
            ("seed", "two words", "seed"),
            ("second_files", "2", "second"),
            ("second", "somebody", "second"),
        ] {
            let mut form = round();
            form.set(field, value);
            assert!(parsed(&form).unwrap_err().of(wrong).is_some(), "{field} {value}");
        }
    }

    #[test]
    fn no_more_files_are_graded_twice_than_are_drawn() {
        let mut form = round();
        form.set("second", PERSON);
        form.set("second_files", "6");
        assert_eq!(parsed(&form).unwrap().second, Some((PERSON.parse().unwrap(), 6)));
        form.set("second_files", "7");
        assert!(parsed(&form).unwrap_err().of("second_files").is_some());
    }

    #[test]
    fn a_grade_needs_every_score_and_says_which_is_missing() {
        let tool = AuditTool::parse(AuditTool::SHIPPED).unwrap();
        let problems = NewGrade::parse(&Form::default(), &tool).unwrap_err();
        assert_eq!(problems.0.len(), tool.domains.len() + 3);
        assert_eq!(
            problems.of("score.voice").unwrap(),
            "Choose a score for “Voice of the child or of the person harmed”"
        );
        let mut form = Form::default();
        for domain in &tool.domains {
            form.set(&NewGrade::score_field(&domain.key), "2");
        }
        form.set("went_well", "One hears the children.");
        form.set("to_learn", "Say why.");
        form.set("overall", "good");
        let grade = NewGrade::parse(&form, &tool).unwrap();
        let mut again = Form::default();
        grade.fill(&mut again);
        assert_eq!(NewGrade::parse(&again, &tool).unwrap(), grade, "a form holds a grade whole");
        form.set("score.voice", "4");
        assert!(NewGrade::parse(&form, &tool).unwrap_err().of("score.voice").is_some());
        assert!(AgreedGrade::parse(&again, &tool).unwrap_err().of("why").is_some());
    }
}
