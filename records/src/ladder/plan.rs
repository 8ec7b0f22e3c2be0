//! What a run is to do, worked out from what is overdue, what was told before, and the time. It changes nothing.

use super::roster::Roster;
use super::subjects::Subject;
use crate::content::Rules;
use crate::store::new_id;
use chrono::{NaiveDate, NaiveDateTime};
use domain::access::Actor;
use domain::ids::{MailId, NoticeId, PersonId};
use domain::ladder::{Concern, Reader, StepKey};
use domain::mail::{Item, MAILS_A_DAY, is_mail_time};
use domain::people::Role;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a step is of: the thing and its due day.
pub(super) type Key = (Concern, String, NaiveDate);

/// That somebody is to be told of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) id: NoticeId,
    pub(super) key: Key,
    pub(super) step: StepKey,
    pub(super) person: PersonId,
    /// As what they are told; `None` if nobody else could be.
    pub(super) reader: Option<Reader>,
    pub(super) urgent: bool,
}

/// That somebody was told of a step.
pub(super) type Telling = (Key, StepKey, PersonId);

impl Notice {
    fn telling(&self) -> Telling {
        (self.key.clone(), self.step, self.person.clone())
    }
}

/// What was told before.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// The steps that came, for each thing and due day that is overdue.
    pub(super) done: HashMap<Key, BTreeSet<StepKey>>,
    /// Who was told, or is to be told, of which of these steps.
    pub(super) told: HashSet<Telling>,
    /// Who is still to be told of what.
    pub(super) waiting: Vec<Notice>,
    /// Who was mailed of what, as long as it is not known to be done.
    pub(super) mailed: Vec<(NoticeId, Key)>,
    /// Who has had a digest today.
    pub(super) digests: HashSet<PersonId>,
    /// How many reminders each had today.
    pub(super) mails: HashMap<PersonId, usize>,
}

/// A mail that a run sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMail {
    /// Its key.
    pub id: MailId,
    /// Who gets it.
    pub person: PersonId,
    /// Whether it goes alone, because it is urgent.
    pub urgent: bool,
    /// What it speaks of, each thing once, the oldest first.
    pub items: Vec<Item>,
    /// The notices that it settles.
    pub(super) notices: Vec<NoticeId>,
}

/// What a run does.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Notices that are new.
    pub(super) raised: Vec<Notice>,
    /// Notices that nobody needs any more.
    pub(super) settled: Vec<NoticeId>,
    /// Mails to queue.
    pub(super) mails: Vec<PlannedMail>,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.raised.is_empty() && self.settled.is_empty() && self.mails.is_empty()
    }
}

/// Everything that a plan is made from.
pub(super) struct Situation<'a> {
    pub(super) rules: &'a Rules,
    pub(super) roster: &'a Roster,
    pub(super) subjects: &'a [Subject],
    pub(super) snoozed: &'a HashSet<Key>,
    /// Now in London.
    pub(super) local: NaiveDateTime,
}

impl Subject {
    fn key(&self) -> Key {
        (self.concern, self.id.clone(), self.due_on)
    }
}

/// Works out what to do, and notes it in the memory as if it were done.
pub(super) fn plan(situation: &Situation<'_>, memory: &mut Memory) -> Plan {
    // Steps are raised when their readers can be told: who reads them may change over a weekend.
    if !situation.rules.working_days.is_working(situation.local.date())
        || !is_mail_time(situation.local.time())
    {
        return Plan::default();
    }
    let mut actors = Actors { roster: situation.roster, known: HashMap::new() };
    let mut raised = raise(situation, memory, &mut actors);
    memory.remember(&raised);
    let passed_on = pass_on(situation, memory, &mut actors);
    memory.remember(&passed_on);
    raised.extend(passed_on);
    let (settled, mails) = mail(situation, memory, &mut actors);
    let told: HashSet<&NoticeId> =
        settled.iter().chain(mails.iter().flat_map(|mail| &mail.notices)).collect();
    memory.waiting.retain(|notice| !told.contains(&notice.id));
    Plan { raised, settled, mails }
}

impl Memory {
    fn remember(&mut self, new: &[Notice]) {
        self.told.extend(new.iter().map(Notice::telling));
        self.waiting.extend(new.iter().cloned());
    }
}

/// People as the policy knows them, each made once.
struct Actors<'a> {
    roster: &'a Roster,
    known: HashMap<PersonId, Option<Actor>>,
}

impl Actors<'_> {
    fn may_open(&mut self, person: &PersonId, subject: &Subject) -> bool {
        let roster = self.roster;
        let actor = self.known.entry(person.clone()).or_insert_with(|| roster.actor(person));
        actor.as_ref().is_some_and(|actor| subject.is_open_to(actor))
    }
}

fn raise(situation: &Situation<'_>, memory: &mut Memory, actors: &mut Actors<'_>) -> Vec<Notice> {
    let (rules, today) = (situation.rules, situation.local.date());
    let mut raised = Vec::new();
    for subject in situation.subjects {
        let key = subject.key();
        if situation.snoozed.contains(&key) {
            continue;
        }
        let done = memory.done.entry(key.clone()).or_default();
        let reached = rules.ladder.reached(subject.concern, subject.due_on, today, done, &rules.working_days);
        let Some(reached) = reached else { continue };
        for (person, reader) in readers(situation.roster, subject, &reached.tell, actors) {
            raised.push(Notice {
                id: new_id(),
                key: key.clone(),
                step: reached.step,
                person,
                reader,
                urgent: reached.urgent,
            });
            done.insert(reached.step);
        }
    }
    raised
}

/// A manager who went away or left before they were told: whoever stands in their place now is told of the same step. The
/// manager's own notice waits until they are back.
fn pass_on(situation: &Situation<'_>, memory: &Memory, actors: &mut Actors<'_>) -> Vec<Notice> {
    let roster = situation.roster;
    let overdue = by_key(situation.subjects);
    let (mut passed_on, mut told_now) = (Vec::new(), HashSet::new());
    for notice in &memory.waiting {
        let Some(reader) = notice.reader.filter(|reader| *reader != Reader::Practitioner) else { continue };
        let Some(subject) = overdue.get(&notice.key) else { continue };
        let is_here = roster.chart.people.contains_key(&notice.person)
            && !roster.chart.away.contains(&notice.person)
            && actors.may_open(&notice.person, subject);
        if is_here {
            continue;
        }
        for (person, reader) in readers(roster, subject, &BTreeSet::from([reader]), actors) {
            let instead = Notice { id: new_id(), person, reader, ..notice.clone() };
            if !memory.told.contains(&instead.telling()) && told_now.insert(instead.telling()) {
                passed_on.push(instead);
            }
        }
    }
    passed_on
}

fn by_key(subjects: &[Subject]) -> HashMap<Key, &Subject> {
    subjects.iter().map(|subject| (subject.key(), subject)).collect()
}

/// Whom a step tells, each once, and only who may open the thing. Where no manager may, an administrator hears that there
/// is nobody.
fn readers(
    roster: &Roster,
    subject: &Subject,
    tell: &BTreeSet<Reader>,
    actors: &mut Actors<'_>,
) -> BTreeMap<PersonId, Option<Reader>> {
    let mut found: BTreeMap<PersonId, Option<Reader>> = BTreeMap::new();
    let mut nobody = false;
    for reader in tell {
        let people = roster.chart.readers(*reader, &subject.about);
        let mut told = people.into_iter().filter(|person| actors.may_open(person, subject)).peekable();
        nobody |= told.peek().is_none() && *reader != Reader::Practitioner;
        for person in told {
            found.entry(person).or_insert(Some(*reader));
        }
    }
    if nobody {
        let admins =
            roster.chart.people.iter().filter(|(_, person)| person.roles.contains(&Role::SystemAdmin));
        if let Some(admin) = admins.map(|(admin, _)| admin.clone()).next() {
            found.entry(admin).or_insert(None);
        } else {
            tracing::error!(subject = %subject.id, "something is overdue and nobody can be told");
        }
    }
    found
}

fn mail(
    situation: &Situation<'_>,
    memory: &mut Memory,
    actors: &mut Actors<'_>,
) -> (Vec<NoticeId>, Vec<PlannedMail>) {
    let roster = situation.roster;
    let overdue = by_key(situation.subjects);
    // What is done since is off everybody's list.
    let mailed = std::mem::take(&mut memory.mailed);
    let done = mailed.into_iter().filter(|(_, key)| !overdue.contains_key(key));
    let mut settled: Vec<NoticeId> = done.map(|(id, _)| id).collect();
    let mut by_person: BTreeMap<PersonId, Vec<&Notice>> = BTreeMap::new();
    for notice in &memory.waiting {
        let is_wanted = roster
            .mailing
            .get(&notice.person)
            .is_some_and(|mailing| mailing.weekly_repeats || matches!(notice.step, StepKey::Numbered(_)));
        let is_still_theirs = overdue
            .get(&notice.key)
            .is_some_and(|subject| notice.reader.is_none() || actors.may_open(&notice.person, subject));
        if !is_wanted || !is_still_theirs {
            settled.push(notice.id.clone());
        } else if !situation.snoozed.contains(&notice.key) {
            by_person.entry(notice.person.clone()).or_default().push(notice);
        }
    }
    let mut mails = Vec::new();
    for (person, notices) in by_person {
        if roster.chart.away.contains(&person) {
            continue;
        }
        let count = memory.mails.entry(person.clone()).or_default();
        let (urgent, others): (Vec<&Notice>, Vec<&Notice>) =
            notices.into_iter().partition(|notice| notice.urgent);
        if !urgent.is_empty() && *count < MAILS_A_DAY {
            *count += 1;
            mails.push(planned(&person, true, &urgent));
        }
        let is_time =
            roster.mailing.get(&person).is_some_and(|mailing| situation.local.time() >= mailing.digest_at);
        if !others.is_empty() && is_time && !memory.digests.contains(&person) {
            memory.digests.insert(person.clone());
            *count += 1;
            mails.push(planned(&person, false, &others));
        }
    }
    (settled, mails)
}

/// A mail of these notices: each thing once, as its highest step says.
fn planned(person: &PersonId, urgent: bool, notices: &[&Notice]) -> PlannedMail {
    let mut highest: BTreeMap<(NaiveDate, Concern, &str), &Notice> = BTreeMap::new();
    for notice in notices {
        let (concern, subject, due_on) = &notice.key;
        let place = highest.entry((*due_on, *concern, subject)).or_insert(notice);
        if notice.step > place.step {
            *place = notice;
        }
    }
    let item = |notice: &&Notice| Item { concern: notice.key.0, due_on: notice.key.2, reader: notice.reader };
    PlannedMail {
        id: new_id(),
        person: person.clone(),
        urgent,
        items: highest.values().map(item).collect(),
        notices: notices.iter().map(|notice| notice.id.clone()).collect(),
    }
}
