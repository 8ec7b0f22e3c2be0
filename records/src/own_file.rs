//! One's own supervision file: everything that is kept about one's own supervision, for whoever it is about and nobody else. What is
//! in it has readers of its own, each by its own rule.

use crate::actions::{ActionRow, actions_about};
use crate::agreements::{self, AgreedThen, AgreementFile};
use crate::audit::Event;
use crate::audits::{self, OwnAudit, OwnFindings};
use crate::bookings::{self, Booking};
use crate::cadence::{self, AbsenceRow, LongerInterval};
use crate::preparation::{self, Prepared};
use crate::problem::Problem;
use crate::store::Reading;
use crate::supervision::{self, OwnSession, SessionFile};
use crate::training::{self, CompletionRow, Course};
use domain::access::Action;
use domain::training::CourseStanding;

/// The file as lines: each leads to what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// The sessions in which one was supervised or took part, the newest first.
    pub sessions: Vec<OwnSession>,
    /// What was agreed about one's supervision, the newest first.
    pub agreements: Vec<AgreedThen>,
    /// What was agreed to do about oneself, the open ones first.
    pub actions: Vec<ActionRow>,
    /// The audits that are final, the newest first.
    pub audits: Vec<OwnAudit>,
}

/// Opens one's own file.
pub fn open(reading: &mut Reading<'_>) -> Result<OwnFile, Problem> {
    let person = owner(reading)?;
    let sessions = supervision::own_lines(reading)?;
    let mut agreements = agreements::of_supervisee(reading, &person)?;
    agreements.reverse();
    let (actions, audits) = (actions_about(reading, &person)?, audits::own_final(reading)?);
    reading.note_view(Event::new("viewed", "supervision_file", &person).with("as", "lines"));
    Ok(OwnFile { sessions, agreements, actions, audits })
}

/// What belongs to a file besides its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Besides {
    /// The booked sessions with one that were not held, the newest first.
    pub missed: Vec<Booking>,
    /// What one has prepared for one's sessions, the newest first.
    pub prepared: Vec<Prepared>,
    /// Each course with where one stands.
    pub courses: Vec<(Course, CourseStanding)>,
    /// What one has completed, the newest first, withdrawn ones included.
    pub completions: Vec<CompletionRow>,
    /// When one was away, the newest first.
    pub absences: Vec<AbsenceRow>,
    /// Longer intervals that were approved, the newest first.
    pub intervals: Vec<LongerInterval>,
}

/// Opens what belongs to one's own file besides its records.
pub fn besides(reading: &mut Reading<'_>) -> Result<Besides, Problem> {
    let person = owner(reading)?;
    Ok(Besides {
        missed: bookings::missed(reading, &person)?,
        prepared: preparation::own(reading, &person)?,
        courses: training::mine(reading)?,
        completions: training::own_completions(reading)?,
        absences: cadence::absences_of(reading, &person)?,
        intervals: cadence::intervals_of(reading, &person)?,
    })
}

/// The file whole, to take along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeFile {
    /// The sessions in which one was supervised, the newest first.
    pub sessions: Vec<SessionFile>,
    /// Those in which one took part beside whoever was supervised, the newest first: what was said there is in the file of that person.
    pub joined: Vec<OwnSession>,
    /// What was agreed about one's supervision, the newest first.
    pub agreements: Vec<AgreementFile>,
    /// What was agreed to do about oneself, the open ones first.
    pub actions: Vec<ActionRow>,
    /// The audits that are final, the newest first.
    pub audits: Vec<OwnAudit>,
    /// What they found.
    pub findings: OwnFindings,
    /// What belongs to it besides.
    pub besides: Besides,
}

/// Reads one's own file whole.
pub fn whole(reading: &mut Reading<'_>) -> Result<WholeFile, Problem> {
    let person = owner(reading)?;
    let sessions = supervision::own_sessions(reading)?;
    let audits = audits::own_final(reading)?;
    let joined = supervision::own_lines(reading)?.into_iter().filter(|line| line.took_part).collect();
    let whole = WholeFile {
        joined,
        agreements: agreements::own(reading)?,
        actions: actions_about(reading, &person)?,
        findings: audits::findings_of(reading, &audits)?,
        besides: besides(reading)?,
        sessions,
        audits,
    };
    reading.note_view(
        Event::new("viewed", "supervision_file", &person)
            .with("as", "whole")
            .with("sessions", whole.sessions.len()),
    );
    Ok(whole)
}

/// Whose file it is: the actor's. There is no address for anybody else's.
fn owner(reading: &mut Reading<'_>) -> Result<domain::ids::PersonId, Problem> {
    reading.permit(&Action::ListSupervision, "supervision_file", "")?;
    Ok(reading.actor()?.person)
}
