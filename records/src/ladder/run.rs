//! A run: what is overdue is worked out, steps are raised, and mails are queued, in one transaction for each organisation.

use super::plan::{Key, Memory, Notice, Plan, PlannedMail, Situation, plan};
use super::roster::Roster;
use super::snooze::snoozed;
use super::subjects::{Subject, Wanted, overdue};
use crate::access::Who;
use crate::audit::Event;
use crate::connection::AnyConnection;
use crate::content;
use crate::jobs::Lease;
use crate::mail;
use crate::problem::Problem;
use crate::schema::{digests, ladder_notices, organisations, outbox, people};
use crate::store::{Reading, Store, Writing};
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::Action;
use domain::calendar::{london_day, london_instant, london_time};
use domain::ids::{MailId, NoticeId, OrganisationId, PersonId};
use domain::ladder::{Concern, Reader, StepKey};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A mail that was queued: to whom, and of how many things it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The mail.
    pub mail: MailId,
    /// Who gets it.
    pub recipient: PersonId,
    /// How many things it names.
    pub items: usize,
    /// Whether it goes alone, because it is urgent.
    pub urgent: bool,
}

/// How far a run has come with the mails of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Mails queued.
    pub done: usize,
    /// Mails in all.
    pub all: usize,
}

/// Who is told of the progress of a run.
pub type Watcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// Rows that one statement reads or writes at most.
const BATCH: usize = 500;

/// Raises steps and queues mails, as the holder of a lease that nobody has taken since.
pub fn remind(
    store: &Store,
    base_url: &str,
    now: NaiveDateTime,
    lease: &Lease,
) -> Result<Vec<Reminder>, Problem> {
    remind_as(store, base_url, now, lease, &(Arc::new(|_| {}) as Watcher))
}

/// The same, telling of its progress.
pub fn remind_as(
    store: &Store,
    base_url: &str,
    now: NaiveDateTime,
    lease: &Lease,
    watcher: &Watcher,
) -> Result<Vec<Reminder>, Problem> {
    let organisations: Vec<OrganisationId> = store.read(&Who::system("remind"), now, |reading| {
        Ok(organisations::table
            .order(organisations::id)
            .select(organisations::id)
            .load(reading.connection)?)
    })?;
    let (mut reminders, mut trouble) = (Vec::new(), None);
    for organisation in organisations {
        match remind_organisation(store, base_url, now, lease, &organisation, watcher) {
            Ok(queued) => reminders.extend(queued),
            // The others are told all the same.
            Err(problem) => {
                tracing::error!(%organisation, %problem, "an organisation could not be reminded");
                trouble = Some(problem);
            }
        }
    }
    match trouble {
        Some(problem) if reminders.is_empty() => Err(problem),
        _ => Ok(reminders),
    }
}

fn remind_organisation(
    store: &Store,
    base_url: &str,
    now: NaiveDateTime,
    lease: &Lease,
    organisation: &OrganisationId,
    watcher: &Watcher,
) -> Result<Vec<Reminder>, Problem> {
    let who = Who::system("remind").for_organisation(organisation);
    if store.read(&who, now, |reading| Ok(make_plan(reading)?.is_empty()))? {
        return Ok(Vec::new());
    }
    let (base_url, lease, watcher) = (base_url.to_owned(), lease.clone(), Arc::clone(watcher));
    // Worked out again inside the transaction: a session may have been recorded in between.
    store.write(&who, now, move |writing| {
        lease.hold(writing)?;
        let plan = make_plan(writing)?;
        carry_out(writing, &base_url, plan, &watcher)
    })
}

fn make_plan(reading: &mut Reading<'_>) -> Result<Plan, Problem> {
    let (roster, subjects) = overdue_now(reading, None)?;
    let mut memory = memory(reading, &subjects)?;
    plan_now(reading, &roster, &subjects, &mut memory)
}

fn overdue_now(
    reading: &mut Reading<'_>,
    wanted: Option<&Wanted>,
) -> Result<(Roster, Vec<Subject>), Problem> {
    let rules = content::rules(reading)?;
    let roster = Roster::read(reading)?;
    let subjects = overdue(reading, &rules, &roster, wanted)?;
    Ok((roster, subjects))
}

/// Which of these things are overdue now, as steps remember them.
pub(super) fn still_overdue(
    reading: &mut Reading<'_>,
    things: &[(Concern, &str)],
) -> Result<HashSet<Key>, Problem> {
    let wanted = Wanted::new(things.iter().copied());
    let (_, subjects) = overdue_now(reading, Some(&wanted))?;
    Ok(subjects.into_iter().map(|subject| (subject.concern, subject.id, subject.due_on)).collect())
}

fn plan_now(
    reading: &mut Reading<'_>,
    roster: &Roster,
    subjects: &[Subject],
    memory: &mut Memory,
) -> Result<Plan, Problem> {
    let rules = content::rules(reading)?;
    let snoozed = snoozed(reading)?;
    let local = london_time(reading.now);
    let situation = Situation { rules: &rules, roster, subjects, snoozed: &snoozed, local };
    Ok(plan(&situation, memory))
}

type NoticeRow = (NoticeId, (Concern, String, NaiveDate), String, PersonId, String, bool);

fn memory(reading: &mut Reading<'_>, subjects: &[Subject]) -> Result<Memory, Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let mut memory = Memory::default();
    let ids: Vec<&String> =
        subjects.iter().map(|subject| &subject.id).collect::<BTreeSet<_>>().into_iter().collect();
    for batch in ids.chunks(BATCH) {
        let rows: Vec<(Key, String, PersonId)> = ladder_notices::table
            .filter(ladder_notices::subject_id.eq_any(batch.iter().copied()))
            .select((
                (ladder_notices::concern, ladder_notices::subject_id, ladder_notices::due_on),
                ladder_notices::step,
                ladder_notices::reader_id,
            ))
            .load(reading.connection)?;
        for (key, step, person) in rows {
            let step: StepKey = step.parse().map_err(Problem::unexpected)?;
            memory.done.entry(key.clone()).or_default().insert(step);
            memory.told.insert((key, step, person));
        }
    }
    let waiting: Vec<NoticeRow> = ladder_notices::table
        .filter(ladder_notices::organisation_id.eq(&organisation))
        .filter(ladder_notices::settled_at.is_null().and(ladder_notices::mail_id.is_null()))
        .order(ladder_notices::id)
        .select((
            ladder_notices::id,
            (ladder_notices::concern, ladder_notices::subject_id, ladder_notices::due_on),
            ladder_notices::step,
            ladder_notices::reader_id,
            ladder_notices::reader,
            ladder_notices::urgent,
        ))
        .load(reading.connection)?;
    for (id, key, step, person, reader, urgent) in waiting {
        let step = step.parse().map_err(Problem::unexpected)?;
        memory.waiting.push(Notice { id, key, step, person, reader: reader_from(&reader), urgent });
    }
    memory.mailed = ladder_notices::table
        .filter(ladder_notices::organisation_id.eq(&organisation))
        .filter(ladder_notices::settled_at.is_null().and(ladder_notices::mail_id.is_not_null()))
        .select((
            ladder_notices::id,
            (ladder_notices::concern, ladder_notices::subject_id, ladder_notices::due_on),
        ))
        .load(reading.connection)?;
    memory.digests = digests::table
        .filter(digests::organisation_id.eq(&organisation).and(digests::day.eq(today)))
        .select(digests::person_id)
        .load::<PersonId>(reading.connection)?
        .into_iter()
        .collect();
    memory.mails = mails_today(reading, &organisation, today)?;
    Ok(memory)
}

/// How many mails each person was sent or is to be sent since midnight in London.
fn mails_today(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
    today: NaiveDate,
) -> Result<HashMap<PersonId, usize>, Problem> {
    let since = reading.now.checked_sub_days(Days::new(1)).unwrap_or(reading.now);
    let rows: Vec<(PersonId, NaiveDateTime)> = outbox::table
        .filter(outbox::organisation_id.eq(organisation).and(outbox::created_at.ge(since)))
        .select((outbox::recipient_id, outbox::created_at))
        .load(reading.connection)?;
    let mut counts = HashMap::new();
    for (person, created_at) in rows {
        if london_day(created_at) == today {
            *counts.entry(person).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn reader_from(code: &str) -> Option<Reader> {
    use domain::TextValue;
    Reader::from_code(code)
}

#[derive(Insertable)]
#[diesel(table_name = ladder_notices, treat_none_as_default_value = false)]
struct NewNotice {
    id: NoticeId,
    concern: Concern,
    subject_id: String,
    due_on: NaiveDate,
    step: String,
    reader_id: PersonId,
    organisation_id: OrganisationId,
    reader: String,
    urgent: bool,
    raised_at: NaiveDateTime,
    mail_id: Option<MailId>,
}

fn carry_out(
    writing: &mut Writing<'_>,
    base_url: &str,
    plan: Plan,
    watcher: &Watcher,
) -> Result<Vec<Reminder>, Problem> {
    use domain::TextValue;
    let (organisation, now, today) = (writing.organisation()?, writing.now, writing.today());
    let mut mail_of: HashMap<NoticeId, MailId> = HashMap::new();
    let mut reminders = Vec::new();
    for (done, planned) in (1..).zip(&plan.mails) {
        queue(writing, base_url, planned, today)?;
        watcher(Progress { done, all: plan.mails.len() });
        mail_of.extend(planned.notices.iter().map(|notice| (notice.clone(), planned.id.clone())));
        reminders.push(Reminder {
            mail: planned.id.clone(),
            recipient: planned.person.clone(),
            items: planned.items.len(),
            urgent: planned.urgent,
        });
    }
    let new: HashSet<NoticeId> = plan.raised.iter().map(|notice| notice.id.clone()).collect();
    let rows: Vec<NewNotice> = plan
        .raised
        .into_iter()
        .map(|notice| NewNotice {
            mail_id: mail_of.get(&notice.id).cloned(),
            id: notice.id,
            concern: notice.key.0,
            subject_id: notice.key.1,
            due_on: notice.key.2,
            step: notice.step.to_string(),
            reader_id: notice.person,
            organisation_id: organisation.clone(),
            reader: notice.reader.map_or("", TextValue::code).to_owned(),
            urgent: notice.urgent,
            raised_at: now,
        })
        .collect();
    let raised = rows.len();
    for batch in rows.chunks(BATCH) {
        insert(writing.connection, batch)?;
    }
    for planned in &plan.mails {
        let old: Vec<&NoticeId> = planned.notices.iter().filter(|notice| !new.contains(notice)).collect();
        for batch in old.chunks(BATCH) {
            diesel::update(ladder_notices::table.filter(ladder_notices::id.eq_any(batch.iter().copied())))
                .set(ladder_notices::mail_id.eq(&planned.id))
                .execute(writing.connection)?;
        }
    }
    for batch in plan.settled.chunks(BATCH) {
        diesel::update(ladder_notices::table.filter(ladder_notices::id.eq_any(batch)))
            .set(ladder_notices::settled_at.eq(now))
            .execute(writing.connection)?;
    }
    writing.audit(
        Event::new("reminders_raised", "organisation", &organisation)
            .with("raised", raised)
            .with("mails", reminders.len())
            .with("settled", plan.settled.len()),
    )?;
    Ok(reminders)
}

/// Many rows in one statement: only the engines themselves can do that.
fn insert(connection: &mut AnyConnection, rows: &[NewNotice]) -> QueryResult<usize> {
    let insert = diesel::insert_into(ladder_notices::table).values(rows);
    match connection {
        AnyConnection::Sqlite(sqlite) => insert.execute(sqlite),
        AnyConnection::Postgres(postgres) => insert.execute(postgres),
    }
}

fn queue(
    writing: &mut Writing<'_>,
    base_url: &str,
    planned: &PlannedMail,
    today: NaiveDate,
) -> Result<(), Problem> {
    let (reminders, people) = (format!("{base_url}/reminders"), format!("{base_url}/people"));
    let letter = domain::mail::reminder(&planned.items, today, &reminders, &people);
    mail::queue_as(writing, &planned.id, &planned.person, &letter, true)?;
    if !planned.urgent {
        let organisation = writing.organisation()?;
        diesel::insert_into(digests::table)
            .values((
                digests::person_id.eq(&planned.person),
                digests::day.eq(today),
                digests::organisation_id.eq(organisation),
                digests::mail_id.eq(&planned.id),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// What the ladder would do up to a day, if nothing else happened: for those who keep the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    /// The mails of each day, with the name of who gets them.
    pub days: BTreeMap<NaiveDate, Vec<(String, PlannedMail)>>,
}

/// Days that a dry run looks ahead at most.
pub const DRY_RUN_DAYS: u64 = 31;

/// Plays the ladder day by day up to a day, and changes nothing.
pub fn dry_run(store: &Store, who: &Who, now: NaiveDateTime, until: NaiveDate) -> Result<DryRun, Problem> {
    let names: HashMap<PersonId, String> = store.read(who, now, |reading| {
        reading.permit(&Action::KeepRules, "rules", "")?;
        let organisation = reading.organisation()?;
        let rows: Vec<(PersonId, String)> = people::table
            .filter(people::organisation_id.eq(organisation))
            .select((people::id, people::name))
            .load(reading.connection)?;
        Ok(rows.into_iter().collect())
    })?;
    let today = london_day(now);
    let last = until.min(today + Days::new(DRY_RUN_DAYS));
    let (mut run, mut kept) = (DryRun::default(), None::<Memory>);
    for day in today.iter_days().take_while(|day| *day <= last) {
        // Late in the day, when everybody's digest has gone; today not before now.
        let at = london_instant(day, chrono::NaiveTime::from_hms_opt(17, 30, 0).unwrap_or_default()).max(now);
        let mut before = kept.take();
        let (memory, plan) = store.read(who, at, |reading| {
            let (roster, subjects) = overdue_now(reading, None)?;
            let mut memory = memory(reading, &subjects)?;
            if let Some(before) = before.take() {
                memory.take_over(before);
            }
            let plan = plan_now(reading, &roster, &subjects, &mut memory)?;
            Ok((memory, plan))
        })?;
        kept = Some(memory);
        let mails: Vec<(String, PlannedMail)> = plan
            .mails
            .into_iter()
            .map(|mail| (names.get(&mail.person).cloned().unwrap_or_default(), mail))
            .collect();
        if !mails.is_empty() {
            run.days.insert(day, mails);
        }
    }
    Ok(run)
}

impl Memory {
    /// Goes on from the day before: what was told then was told.
    fn take_over(&mut self, before: Self) {
        for (key, steps) in before.done {
            self.done.entry(key).or_default().extend(steps);
        }
        self.told.extend(before.told);
        self.waiting = before.waiting;
    }
}
