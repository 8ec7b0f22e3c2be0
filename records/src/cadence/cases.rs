//! The clocks of cases.

use super::VariationRow;
use super::variations::{
    Newest, Numbers, newest_variations, variation, variation_columns, variation_numbers,
};
use crate::content;
use crate::problem::Problem;
use crate::schema::{case_terms, cases, people, variations};
use crate::store::{Reading, Writing};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::cadence::{
    CaseClock, CaseQuestion, Due, OversightClock, Terms, Variation, case_due, case_questions, oversight_due,
};
use domain::cases::PlanType;
use domain::ids::{CaseId, TeamId};
use domain::ladder::{Concern, Reader};
use domain::risk::RiskLevel;
use std::collections::HashMap;

/// The columns of a case that its clock needs.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cases)]
pub(crate) struct ClockColumns {
    pub(crate) id: CaseId,
    pub(crate) team_id: TeamId,
    pub(crate) plan_type: PlanType,
    pub(crate) allocated_on: NaiveDate,
    pub(crate) last_held_on: Option<NaiveDate>,
    pub(crate) risk_rose_on: Option<NaiveDate>,
}

/// The columns of a case that call for oversight.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cases)]
pub(crate) struct OversightColumns {
    pub(crate) unseen_rise_on: Option<NaiveDate>,
    pub(crate) unseen_repeat_on: Option<NaiveDate>,
    pub(crate) unallocated_since: Option<NaiveDate>,
    pub(crate) last_overseen_on: Option<NaiveDate>,
}

impl OversightColumns {
    /// What the clock of oversight runs on. A session is a look as well.
    pub(crate) fn clock(&self, last_held_on: Option<NaiveDate>) -> OversightClock {
        OversightClock {
            risk_rose_on: self.unseen_rise_on,
            repeat_incident_on: self.unseen_repeat_on,
            unallocated_since: self.unallocated_since,
            last_looked_on: self.last_overseen_on.max(last_held_on),
        }
    }
}

/// The columns of a case that call for oversight and for questions.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cases)]
pub(crate) struct WatchColumns {
    #[diesel(embed)]
    pub(crate) oversight: OversightColumns,
    pub(crate) lead_since: Option<NaiveDate>,
    pub(crate) unchecked_repeat_on: Option<NaiveDate>,
}

/// Terms and variations are read for these cases alone up to so many; above that, for the whole organisation at once.
const FEW: usize = 300;

/// What the clocks of some cases run on, read together.
#[derive(Default)]
pub(crate) struct Clocks {
    terms: HashMap<CaseId, Vec<Terms>>,
    variations: HashMap<CaseId, Variation>,
}

/// A change of a case's terms: which case, from which day, its plan, and whether its interval is capped.
pub(crate) type TermsRow = (CaseId, NaiveDate, PlanType, bool);

macro_rules! terms_columns {
    () => {
        (
            $crate::schema::case_terms::case_id,
            $crate::schema::case_terms::from_on,
            $crate::schema::case_terms::plan_type,
            $crate::schema::case_terms::capped,
        )
    };
}
pub(crate) use terms_columns;

/// The order of changes of terms, each beside the variations of its case: the newest comes last.
macro_rules! clock_order {
    () => {
        (
            $crate::schema::case_terms::from_on,
            $crate::schema::variations::granted_on,
            $crate::schema::variations::id,
        )
    };
}
pub(crate) use clock_order;

/// Reads what the clocks of these cases run on: of a few in one statement, each change of terms with each variation beside it;
/// of many in two, because there are few variations.
pub(crate) fn clocks_of(reading: &mut Reading<'_>, ids: &[&CaseId]) -> Result<Clocks, Problem> {
    let mut clocks = Clocks::default();
    if ids.len() <= FEW {
        let rows: Vec<(TermsRow, Option<Numbers>)> = case_terms::table
            .left_join(variations::table.on(variations::case_id.eq(case_terms::case_id.nullable())))
            .filter(case_terms::case_id.eq_any(ids.iter().copied()))
            .order(clock_order!())
            .select((terms_columns!(), variation_numbers!().nullable()))
            .load(reading.connection)?;
        for (terms, numbers) in rows {
            clocks.add(terms, numbers);
        }
        return Ok(clocks);
    }
    let organisation = reading.organisation()?;
    let rows: Vec<TermsRow> = case_terms::table
        .filter(case_terms::organisation_id.eq(organisation))
        .order(case_terms::from_on)
        .select(terms_columns!())
        .load(reading.connection)?;
    for terms in rows {
        clocks.add(terms, None);
    }
    clocks.variations.clone_from(&newest_variations(reading)?.of_cases);
    Ok(clocks)
}

/// What the clock of one case runs on, with its newest variation as a card shows it.
fn clock_and_variation(
    reading: &mut Reading<'_>,
    case: &CaseId,
) -> Result<(Clocks, Option<Newest>), Problem> {
    type Beside = (TermsRow, Option<(Numbers, VariationRow)>);
    let rows: Vec<Beside> = case_terms::table
        .left_join(variations::table.on(variations::case_id.eq(case_terms::case_id.nullable())))
        .left_join(people::table.on(variations::approver_id.eq(people::id)))
        .filter(case_terms::case_id.eq(case))
        .order(clock_order!())
        .select((terms_columns!(), (variation_numbers!(), variation_columns!()).nullable()))
        .load(reading.connection)?;
    let (mut clocks, mut newest) = (Clocks::default(), None);
    for (terms, variation) in rows {
        let (numbers, row) = variation.unzip();
        clocks.add(terms, numbers);
        newest = row.zip(numbers).map(|(row, numbers)| Newest { row, ended_on: numbers.3 });
    }
    Ok((clocks, newest))
}

impl Clocks {
    /// Adds a change of terms and the variation beside it, the newest last.
    pub(crate) fn add(&mut self, (case, from, plan, capped): TermsRow, numbers: Option<Numbers>) {
        if let Some(numbers) = numbers {
            self.variations.insert(case.clone(), variation(numbers));
        }
        let terms = self.terms.entry(case).or_default();
        if terms.last().is_none_or(|last| last.from != from) {
            terms.push(Terms { from, plan, capped });
        }
    }

    /// When a case is due.
    pub(crate) fn due(&self, rules: &content::Rules, case: &ClockColumns) -> Due {
        self.with_clock(case, |clock| case_due(&rules.book(&case.team_id), clock))
    }

    /// The working day to book for a case after a session that is held on a day.
    pub(crate) fn booking_day_after(
        &self,
        rules: &content::Rules,
        case: &ClockColumns,
        held_on: NaiveDate,
    ) -> NaiveDate {
        let held = ClockColumns { last_held_on: Some(held_on), risk_rose_on: None, ..case.clone() };
        rules.book(&case.team_id).booking_day(self.due(rules, &held).due_on, held_on)
    }

    /// Since when a case has another plan than before, if it had another.
    pub(crate) fn plan_changed_on(&self, case: &CaseId) -> Option<NaiveDate> {
        let terms = self.terms.get(case)?;
        let changes = terms.windows(2).filter(|two| two[0].plan != two[1].plan);
        changes.map(|two| two[1].from).next_back()
    }

    fn with_clock<T>(&self, case: &ClockColumns, ask: impl FnOnce(&CaseClock<'_>) -> T) -> T {
        let from_the_start = [Terms { from: case.allocated_on, plan: case.plan_type, capped: false }];
        ask(&CaseClock {
            allocated_on: case.allocated_on,
            terms: self.terms.get(&case.id).map_or(&from_the_start, Vec::as_slice),
            last_held_on: case.last_held_on,
            risk_rose_on: case.risk_rose_on,
            variation: self.variations.get(&case.id).copied(),
        })
    }
}

/// Writes down from which day on a case has which plan, and whether its interval is capped, if that is new.
pub(crate) fn note_terms(writing: &mut Writing<'_>, case: &CaseId, from: NaiveDate) -> Result<(), Problem> {
    let (organisation, plan, domestic_abuse, risk, marac): (
        domain::ids::OrganisationId,
        PlanType,
        bool,
        RiskLevel,
        bool,
    ) = cases::table
        .filter(cases::id.eq(case))
        .select((
            cases::organisation_id,
            cases::plan_type,
            cases::domestic_abuse,
            cases::risk_level,
            cases::marac,
        ))
        .first(writing.connection)?;
    let capped = marac || (domestic_abuse && risk == RiskLevel::High);
    let last: Option<(NaiveDate, PlanType, bool)> = case_terms::table
        .filter(case_terms::case_id.eq(case))
        .order(case_terms::from_on.desc())
        .select((case_terms::from_on, case_terms::plan_type, case_terms::capped))
        .first(writing.connection)
        .optional()?;
    if last.is_some_and(|(_, last_plan, last_capped)| (last_plan, last_capped) == (plan, capped)) {
        return Ok(());
    }
    // What is learnt late of an earlier day does not come before what is known since.
    let from = last.map_or(from, |(last_from, ..)| last_from.max(from));
    // Two changes on one day leave the second.
    diesel::delete(case_terms::table.filter(case_terms::case_id.eq(case).and(case_terms::from_on.eq(from))))
        .execute(writing.connection)?;
    diesel::insert_into(case_terms::table)
        .values((
            case_terms::case_id.eq(case),
            case_terms::from_on.eq(from),
            case_terms::organisation_id.eq(organisation),
            case_terms::plan_type.eq(plan),
            case_terms::capped.eq(capped),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// By when a session that was held on a day was due, by these rules; `None` if it is older than one that is written down
/// already, so that it met no clock.
pub(crate) fn case_due_before(
    writing: &mut Writing<'_>,
    rules: &content::Rules,
    id: &CaseId,
    held_on: NaiveDate,
) -> Result<Option<Due>, Problem> {
    let case: ClockColumns =
        cases::table.filter(cases::id.eq(id)).select(ClockColumns::as_select()).first(writing.connection)?;
    if case.last_held_on.is_some_and(|last| last >= held_on) {
        return Ok(None);
    }
    Ok(Some(clocks_of(writing, &[id])?.due(rules, &case)))
}

/// Everything that a case's cadence card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCadence {
    /// When it is due for supervision, and why.
    pub due: Due,
    /// The working day to book.
    pub booking_day: NaiveDate,
    /// When it is due for management oversight, if something calls for that.
    pub oversight: Option<Due>,
    /// By when a new risk checklist is due after a repeat incident.
    pub checklist_due_on: Option<NaiveDate>,
    /// The questions that its age asks.
    pub questions: Vec<CaseQuestion>,
    /// When the ladder's next step comes, and whom it tells.
    pub next_step: Option<(NaiveDate, Vec<Reader>)>,
    /// The variation that stands, if one does.
    pub variation: Option<VariationRow>,
}

/// Where a case stands that the reader has been allowed to open.
pub(crate) fn case_cadence(
    reading: &mut Reading<'_>,
    columns: &ClockColumns,
    watched: &WatchColumns,
) -> Result<CaseCadence, Problem> {
    let rules = content::rules(reading)?;
    let (clocks, newest) = clock_and_variation(reading, &columns.id)?;
    let (book, today) = (rules.book(&columns.team_id), reading.today());
    let due = clocks.due(&rules, columns);
    let oversight = watched.oversight.clock(columns.last_held_on);
    let within = book.policy.number(domain::policy::Rule::RepeatChecklist);
    let next = rules.ladder.next(Concern::CaseSupervision, due.due_on, today, &rules.working_days);
    Ok(CaseCadence {
        booking_day: book.booking_day(due.due_on, today),
        oversight: oversight_due(&book, &oversight),
        checklist_due_on: watched.unchecked_repeat_on.map(|on| rules.working_days.add(on, within)),
        questions: clocks
            .with_clock(columns, |clock| case_questions(&book, clock, watched.lead_since, today)),
        next_step: next.map(|(day, readers)| (day, readers.to_vec())),
        variation: newest.filter(|newest| newest.stands(today)).map(|newest| newest.row),
        due,
    })
}
