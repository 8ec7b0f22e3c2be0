//! Handing over what somebody works on: when they move to other work, and before their account is closed.
//!
//! Everything that is open gets somebody else, or it is said that nobody follows. Nothing that they wrote changes hands.

use crate::form::{Form, FormCheck, Problems};
use crate::ids::PersonId;
use crate::value::text_value;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

text_value! {
    /// What is handed over.
    OpenKind: "kind of work" {
        /// A case that the person leads.
        Case = "case", "Cases that they lead";
        /// A case on which they work beside its lead practitioner.
        CoWork = "co_work", "Cases on which they are a co-worker";
        /// An agreed action that has not ended.
        Action = "action", "Actions that have not ended";
        /// A request to clear the way for an action, or to decide about it, that they have not answered.
        Request = "request", "Requests to clear the way that wait for their answer";
        /// Somebody whom they supervise.
        Supervision = "supervision", "People whom they supervise";
        /// A session that was booked for a day that is past, and is neither written up nor cancelled.
        Unwritten = "unwritten", "Sessions of the past that they have not written up";
        /// A session's record that they have not signed.
        Signature = "signature", "Records that wait for their signature";
        /// A round of audits that is not closed.
        AuditRound = "audit_round", "Rounds of audits that they lead";
        /// A drawn file of which they are to give the second grade.
        SecondGrade = "second_grade", "Audited files that they are to grade a second time";
    }
}

text_value! {
    /// Why somebody hands over.
    HandOverReason: "reason for handing over" {
        Moves = "moves", "They move to other work and stay here";
        Leaves = "leaves", "They leave, and their account closes";
    }
}

text_value! {
    /// What becomes of sessions that are booked with those whom they supervise.
    BookedSessions: "choice for booked sessions" {
        Keep = "keep", "The new supervisor holds them";
        Cancel = "cancel", "They are cancelled";
    }
}

/// Something open that has to change hands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OpenThing {
    /// What it is.
    pub kind: OpenKind,
    /// Its id.
    pub id: String,
    /// How people know it: a reference or a name.
    pub name: String,
    /// Who cannot follow, because of something else that they have to do with it.
    pub not_for: Vec<PersonId>,
}

impl OpenThing {
    /// Something in which anybody may follow.
    pub fn new(kind: OpenKind, id: String, name: String) -> Self {
        Self { kind, id, name, not_for: Vec::new() }
    }

    /// The same, but these people cannot follow.
    #[must_use]
    pub fn not_for(self, people: Vec<PersonId>) -> Self {
        Self { not_for: people, ..self }
    }
}

/// Who follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Successor {
    /// This person.
    Person(PersonId),
    /// Whoever leads the case afterwards: for actions.
    CaseLead,
    /// Nobody: a case waits to be allocated, the others go on without a co-worker, a request stays without an answer, a session of the
    /// past counts as not held, a record stays without their signature, and a file without a second grade.
    Nobody,
    /// The person themselves, before their last day is over.
    UntilLastDay,
    /// The person themselves: only somebody who stays here keeps anything.
    Keeps,
}

impl Successor {
    /// Who follows, if that is somebody else.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) => Some(person),
            _ => None,
        }
    }
}

impl OpenKind {
    /// Whether it may be left without somebody: a person without a supervisor and an action that nobody does are what this is
    /// there to prevent.
    fn can_be_nobodys(self) -> bool {
        matches!(
            self,
            Self::Case | Self::CoWork | Self::Request | Self::Unwritten | Self::Signature | Self::SecondGrade
        )
    }

    /// Whether it is the person's own word: nobody writes up what they have not seen, and nobody signs for somebody else.
    pub fn is_their_own_word(self) -> bool {
        matches!(self, Self::Unwritten | Self::Signature)
    }

    fn successor(self, text: &str) -> Option<Successor> {
        match text {
            "keep" => Some(Successor::Keeps),
            "nobody" if self.can_be_nobodys() => Some(Successor::Nobody),
            "lead" if self == Self::Action => Some(Successor::CaseLead),
            "until" if self.is_their_own_word() => Some(Successor::UntilLastDay),
            _ if self.is_their_own_word() => None,
            id => id.parse().ok().map(Successor::Person),
        }
    }

    /// What to say when nobody was chosen.
    fn missing(self) -> &'static str {
        match self {
            Self::Case => "Choose who leads the cases from now on",
            Self::CoWork => "Choose who is the co-worker from now on, or nobody",
            Self::Action => "Choose who does the actions from now on",
            Self::Request => "Choose who answers the requests from now on, or nobody",
            Self::Supervision => "Choose who supervises these people from now on",
            Self::Unwritten => "Choose what becomes of the sessions that are not written up",
            Self::Signature => "Choose what becomes of the records without their signature",
            Self::AuditRound => "Choose who leads the rounds from now on",
            Self::SecondGrade => "Choose who gives the second grade from now on, or nobody",
        }
    }
}

/// The field of one choice for all things of a kind.
pub fn field_for_all(kind: OpenKind) -> String {
    use crate::TextValue;
    format!("all_{}", kind.code())
}

/// The field of the choice for one thing, which goes before that for all.
pub fn field_for_one(thing: &OpenThing) -> String {
    use crate::TextValue;
    format!("one_{}_{}", thing.kind.code(), thing.id)
}

/// Days ahead that a last day may lie: further, the work changes before the day comes.
const LAST_DAY_AHEAD: u64 = 92;

/// Who follows in what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Whether the account closes.
    pub reason: HandOverReason,
    /// The last day of this work: supervision by others begins on the day after.
    pub last_day: NaiveDate,
    /// Who follows in each thing, by its kind and id.
    pub successors: BTreeMap<(OpenKind, String), Successor>,
    /// What becomes of booked sessions.
    pub booked: BookedSessions,
}

impl HandOver {
    /// Reads the form of `/people/{id}/hand-over`, for everything that is open.
    ///
    /// # Errors
    /// What is wrong, and for which things nobody was chosen.
    pub fn parse(
        form: &Form,
        person: &PersonId,
        things: &[OpenThing],
        today: NaiveDate,
    ) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let reason = check.choice("reason", "Choose whether they move or leave");
        let last_day = check.date("last_day", "Last day");
        if last_day.is_some_and(|day| day > today + Days::new(LAST_DAY_AHEAD)) {
            check.fail("last_day", "Last day must be within three months: what is open changes until then");
        }
        let booked = match form.text("booked") {
            "" => Some(BookedSessions::Keep),
            _ => check.choice("booked", "Choose what becomes of the booked sessions"),
        };
        let mut successors = BTreeMap::new();
        for thing in things {
            let (one, all) = (field_for_one(thing), field_for_all(thing.kind));
            let field = if form.text(&one).is_empty() { &all } else { &one };
            match thing.kind.successor(form.text(field)) {
                Some(Successor::Person(next)) if next == *person => {
                    check.fail(field, "Choose somebody else than the person who hands over");
                }
                Some(Successor::UntilLastDay) if last_day.is_some_and(|day| day <= today) => {
                    check.fail(field, "Their last day is today, so nothing can wait for it. Choose otherwise, or let them do it first");
                }
                Some(Successor::Nobody)
                    if thing.kind == OpenKind::Signature && reason == Some(HandOverReason::Moves) =>
                {
                    check.fail(field, "They stay here, so they can still sign: choose that they keep this");
                }
                Some(Successor::Keeps) if reason != Some(HandOverReason::Moves) => {
                    check.fail(field, "Somebody who leaves keeps nothing. Choose who follows");
                }
                Some(successor) => {
                    successors.insert((thing.kind, thing.id.clone()), successor);
                }
                None if *field == all => {
                    if !check.has_failed(&all) {
                        check.fail(&all, thing.kind.missing());
                    }
                }
                None => check.fail(field, format!("{}: choose from the list", thing.name)),
            }
        }
        let hand_over =
            (|| Some(Self { reason: reason?, last_day: last_day?, successors, booked: booked? }))();
        check.finish(hand_over)
    }

    /// Who follows in a thing.
    pub fn successor(&self, kind: OpenKind, id: &str) -> Option<&Successor> {
        self.successors.get(&(kind, id.to_owned()))
    }

    /// The first day on which others do this work.
    pub fn first_day_of_others(&self) -> NaiveDate {
        crate::calendar::add_days(self.last_day, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(last: char) -> PersonId {
        format!("01890a5d-ac96-774b-bcce-b302099a805{last}").parse().unwrap()
    }

    fn thing(kind: OpenKind, id: &str) -> OpenThing {
        OpenThing::new(kind, id.to_owned(), format!("F-{id}"))
    }

    fn form(fields: &[(&str, &str)]) -> Form {
        let mut form = Form::default();
        form.set("reason", "leaves");
        form.set_date("last_day", today());
        for (name, value) in fields {
            form.set(name, *value);
        }
        form
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn parse(fields: &[(&str, &str)], things: &[OpenThing]) -> Result<HandOver, Problems> {
        HandOver::parse(&form(fields), &person('1'), things, today())
    }

    #[test]
    fn one_choice_holds_for_all_and_a_choice_for_one_goes_before_it() {
        let things = [thing(OpenKind::Case, "1"), thing(OpenKind::Case, "2")];
        let chosen = [("all_case", person('2').to_string()), ("one_case_2", person('3').to_string())];
        let chosen = chosen.each_ref().map(|(name, value)| (*name, value.as_str()));
        let hand_over = parse(&chosen, &things).unwrap();
        assert_eq!(hand_over.successor(OpenKind::Case, "1"), Some(&Successor::Person(person('2'))));
        assert_eq!(hand_over.successor(OpenKind::Case, "2"), Some(&Successor::Person(person('3'))));
    }

    #[test]
    fn nobody_follows_only_where_work_can_wait() {
        for (kind, choice, expected) in [
            (OpenKind::Case, "nobody", Some(Successor::Nobody)),
            (OpenKind::CoWork, "nobody", Some(Successor::Nobody)),
            (OpenKind::Action, "lead", Some(Successor::CaseLead)),
            (OpenKind::Action, "nobody", None),
            (OpenKind::Supervision, "nobody", None),
            (OpenKind::Case, "lead", None),
            (OpenKind::Supervision, "", None),
        ] {
            let read = parse(&[(&field_for_all(kind), choice)], &[thing(kind, "1")]);
            match expected {
                Some(successor) => assert_eq!(read.unwrap().successor(kind, "1"), Some(&successor)),
                None => assert!(read.unwrap_err().of(&field_for_all(kind)).is_some(), "{kind} {choice}"),
            }
        }
    }

    #[test]
    fn what_only_they_can_say_goes_to_nobody_else() {
        for kind in [OpenKind::Unwritten, OpenKind::Signature] {
            let all = field_for_all(kind);
            let things = [thing(kind, "1")];
            assert!(
                parse(&[(&all, &person('2').to_string())], &things).unwrap_err().of(&all).is_some(),
                "{kind}"
            );
            assert_eq!(
                parse(&[(&all, "nobody")], &things).unwrap().successor(kind, "1"),
                Some(&Successor::Nobody)
            );
            let mut later = form(&[(&all, "until")]);
            later.set_date("last_day", today() + Days::new(3));
            let until = HandOver::parse(&later, &person('1'), &things, today()).unwrap();
            assert_eq!(until.successor(kind, "1"), Some(&Successor::UntilLastDay));
            let words = parse(&[(&all, "until")], &things).unwrap_err().of(&all).map(str::to_owned);
            assert!(words.unwrap().contains("last day is today"), "{kind}: the account closes today");
        }
        let stays = [("all_signature", "nobody"), ("reason", "moves")];
        let problems = parse(&stays, &[thing(OpenKind::Signature, "1")]).unwrap_err();
        assert!(problems.of("all_signature").unwrap().contains("can still sign"));
    }

    #[test]
    fn a_round_has_somebody_who_leads_it_and_a_file_can_do_without_a_second_grade() {
        let round = [thing(OpenKind::AuditRound, "1")];
        assert!(parse(&[("all_audit_round", "nobody")], &round).is_err());
        let second = [thing(OpenKind::SecondGrade, "1")];
        let without = parse(&[("all_second_grade", "nobody")], &second).unwrap();
        assert_eq!(without.successor(OpenKind::SecondGrade, "1"), Some(&Successor::Nobody));
    }

    #[test]
    fn only_somebody_who_stays_keeps_anything() {
        let things = [thing(OpenKind::Action, "1")];
        assert!(parse(&[("all_action", "keep")], &things).unwrap_err().of("all_action").is_some());
        let kept = parse(&[("all_action", "keep"), ("reason", "moves")], &things).unwrap();
        assert_eq!(kept.successor(OpenKind::Action, "1"), Some(&Successor::Keeps));
    }

    #[test]
    fn what_is_missing_is_said_once_for_its_kind() {
        let things = [thing(OpenKind::Case, "1"), thing(OpenKind::Case, "2")];
        let problems = parse(&[], &things).unwrap_err();
        assert_eq!(problems.0.len(), 1);
        assert_eq!(problems.of("all_case"), Some("Choose who leads the cases from now on"));
    }

    #[test]
    fn nobody_hands_over_to_themselves_and_the_last_day_is_near() {
        let own = person('1').to_string();
        let problems = parse(&[("all_case", &own)], &[thing(OpenKind::Case, "1")]).unwrap_err();
        assert!(problems.of("all_case").is_some());
        let mut late = form(&[]);
        late.set_date("last_day", today() + Days::new(93));
        assert!(HandOver::parse(&late, &person('1'), &[], today()).unwrap_err().of("last_day").is_some());
        let hand_over = parse(&[], &[]).unwrap();
        assert_eq!(hand_over.first_day_of_others(), today() + Days::new(1));
    }
}
