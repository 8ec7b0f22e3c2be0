//! What can be asked of the policy, each with what it is done to.

use super::{
    ActionFacts, AuditFileFacts, AuditRoundFacts, CaseFacts, CopyFacts, NoteFacts, PersonFacts,
    ReflectionFacts, RequestFacts, SupervisionFacts,
};
use crate::ids::{OrganisationId, TeamId};
use crate::preparation::Sharing;
use crate::supervision::SupervisionKind;

/// Something that a person wants to do, with what it is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// See the own week, account and training.
    SeeOwnWork,
    /// See the list of cases, and what is overdue: within reach, or nothing.
    ListCases,
    /// Open a case and read its entries, oversight notes, risk views and actions.
    OpenCase(&'a CaseFacts),
    /// Add a case to a team.
    AddCase(&'a TeamId),
    /// Import cases from a file: each of its rows is then asked about by itself.
    ImportCases,
    /// Change a case's details: plan, allocation, status.
    ChangeCase(&'a CaseFacts),
    /// Write a management-oversight note.
    WriteOversight(&'a CaseFacts),
    /// Declare a note of management oversight void: who manages the case, answers for its author's work, and did not write it.
    VoidOversight(&'a NoteFacts<'a>),
    /// Note that the risk of a case has changed.
    NoteRisk(&'a CaseFacts),
    /// Approve a longer interval for a case.
    VaryCase(&'a CaseFacts),
    /// End an action: done or dropped.
    EndAction(&'a ActionFacts<'a>),
    /// Read and answer a request to clear the way for an action, or to decide about it: whoever is asked, while they manage the case,
    /// or line-manage the supervisor who asks about a person.
    AnswerRequest(&'a RequestFacts<'a>),
    /// Open the list of supervision sessions.
    ListSupervision,
    /// Begin to log a session: choose with whom.
    BeginSupervision,
    /// Begin to write a session up: choose with whom it was, of those whom one supervised until lately too.
    BeginWritingUp,
    /// Write up a session of this kind that was held with this person, or offer to if no kind is named: whoever supervises them in
    /// that, or did until lately.
    WriteUp(&'a PersonFacts, Option<SupervisionKind>),
    /// Supervise this person in a session of this kind, or offer to if no kind is named: book it, or agree about it.
    LogSupervision(&'a PersonFacts, Option<SupervisionKind>),
    /// See, move and cancel a booked session: the two who are to meet.
    KeepBooking(&'a SupervisionFacts),
    /// Prepare a session: its agenda and its pack. The two, while one supervises the other.
    Prepare(&'a SupervisionFacts),
    /// See the agenda of a booked session and add to it: the two who are to meet, and in a group whoever may be in it.
    PrepareTogether(&'a SupervisionFacts),
    /// Write the preparation of a session: who is supervised.
    WritePreparation(&'a SupervisionFacts),
    /// Read a preparation: who wrote it, and the supervisor once it is shared.
    ReadPreparation(&'a SupervisionFacts, Sharing),
    /// Sign a session's record, add to it when it is signed, and open it again together: its two people.
    SignRecord(&'a SupervisionFacts),
    /// Declare a session's record void: who answers for its supervisor's work, and was not there.
    VoidRecord(&'a SupervisionFacts),
    /// Reply to what somebody saw otherwise when they signed: who answers for its supervisor's work, and was not there.
    AnswerComment(&'a SupervisionFacts),
    /// Open a session: when it was, between whom, and what was said about each case.
    OpenSupervision(&'a SupervisionFacts),
    /// Read the personal part of a session.
    ReadPersonalPart(&'a SupervisionFacts),
    /// Read how somebody is: the part of the personal part that the two alone read (domain.md 2.5).
    ReadWellbeing(&'a SupervisionFacts),
    /// Correct the personal part of a session.
    ChangePersonalPart(&'a SupervisionFacts),
    /// Reply to the questions that an entry raised.
    ReplyToPrompts(&'a SupervisionFacts),
    /// Write a reflection, and see the list of the own ones and of those shared with one.
    Reflect,
    /// Read one's own reflection.
    ReadReflection(&'a ReflectionFacts),
    /// Change or share one's own reflection.
    ChangeReflection(&'a ReflectionFacts),
    /// Share a copy of one's own reflection with this person.
    ShareReflectionWith(&'a PersonFacts),
    /// Read the frozen copy of a reflection that was shared, and say something under it.
    ReadSharedReflection(&'a CopyFacts),
    /// Take back a copy that one has shared.
    TakeBackCopy(&'a CopyFacts),
    /// Confirm that the law opens this person's journal. It takes two.
    OpenJournalByLaw(&'a PersonFacts),
    /// See what a team learns from its supervision, as counts: its people, and whoever oversees it, trains or inspects.
    SeeLearningOf(&'a TeamId),
    /// See who stands where with which course: everybody, or those within reach.
    SeeTrainingMatrix,
    /// Record completions, and keep the catalogue.
    CoordinateTraining,
    /// See one person's training.
    SeeTrainingOf(&'a PersonFacts),
    /// See the list of people within reach.
    ListPeople,
    /// See a person's role, team and supervisors.
    OpenPerson(&'a PersonFacts),
    /// See when a person is due for supervision, and when they were away.
    SeeCadenceOf(&'a PersonFacts),
    /// See how many cases a person leads, and what they weigh: the person, whoever supervises their cases, and whoever manages
    /// their team.
    SeeCaseloadOf(&'a PersonFacts),
    /// Record when a person is away, and approve a longer interval for them.
    KeepCadenceOf(&'a PersonFacts),
    /// See how often things are due and who is told: everybody may know by which rules they work.
    SeeRules,
    /// Change how often things are due, who is told, and the calendar.
    KeepRules,
    /// Add people and teams, change them, and keep who supervises whom.
    AdministerPeople,
    /// See the mails addressed to oneself.
    ListOwnMail,
    /// See every mail of the organisation, and send one again.
    AdministerMail,
    /// See the list of rounds of audits: those of one's own, or of the teams that one answers for.
    ListAudits,
    /// Draw a round of audits.
    DrawAudit,
    /// Read what a round found, as counts.
    ReadAudit(&'a AuditRoundFacts),
    /// Close a round.
    LeadAudit(&'a AuditRoundFacts),
    /// Open the page of a file that was drawn: its graders, and the two whom it is about.
    OpenAuditFile(&'a AuditFileFacts),
    /// Read the records of a drawn file, and grade it.
    GradeAuditFile(&'a AuditFileFacts),
    /// Ask for a second grade, share the findings, make them final, or take the file out of the sample.
    KeepAuditFile(&'a AuditFileFacts),
    /// Comment on the findings in one's own file.
    CommentOnAudit(&'a AuditFileFacts),
}

impl Action<'_> {
    /// A word for the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SeeOwnWork => "see_own_work",
            Self::ListCases => "list_cases",
            Self::OpenCase(_) => "open_case",
            Self::AddCase(_) => "add_case",
            Self::SeeLearningOf(_) => "see_learning_of",
            Self::ImportCases => "import_cases",
            Self::ChangeCase(_) => "change_case",
            Self::WriteOversight(_) => "write_oversight",
            Self::VoidOversight(_) => "void_oversight",
            Self::NoteRisk(_) => "note_risk",
            Self::VaryCase(_) => "vary_case",
            Self::EndAction(_) => "end_action",
            Self::AnswerRequest(_) => "answer_request",
            Self::ListSupervision => "list_supervision",
            Self::BeginSupervision => "begin_supervision",
            Self::BeginWritingUp => "begin_writing_up",
            Self::WriteUp(..) => "write_up",
            Self::LogSupervision(..) => "log_supervision",
            Self::KeepBooking(_) => "keep_booking",
            Self::Prepare(_) => "prepare",
            Self::PrepareTogether(_) => "prepare_together",
            Self::WritePreparation(_) => "write_preparation",
            Self::ReadPreparation(..) => "read_preparation",
            Self::SignRecord(_) => "sign_record",
            Self::OpenSupervision(_) => "open_supervision",
            Self::VoidRecord(_) => "void_record",
            Self::AnswerComment(_) => "answer_comment",
            Self::ReadPersonalPart(_) => "read_personal_part",
            Self::ReadWellbeing(_) => "read_wellbeing",
            Self::ChangePersonalPart(_) => "change_personal_part",
            Self::ReplyToPrompts(_) => "reply_to_prompts",
            Self::Reflect => "reflect",
            Self::ReadReflection(_) => "read_reflection",
            Self::ChangeReflection(_) => "change_reflection",
            Self::ShareReflectionWith(_) => "share_reflection_with",
            Self::ReadSharedReflection(_) => "read_shared_reflection",
            Self::TakeBackCopy(_) => "take_back_copy",
            Self::OpenJournalByLaw(_) => "open_journal_by_law",
            Self::SeeTrainingMatrix => "see_training_matrix",
            Self::CoordinateTraining => "coordinate_training",
            Self::SeeTrainingOf(_) => "see_training_of",
            Self::ListPeople => "list_people",
            Self::OpenPerson(_) => "open_person",
            Self::SeeCadenceOf(_) => "see_cadence_of",
            Self::SeeCaseloadOf(_) => "see_caseload_of",
            Self::KeepCadenceOf(_) => "keep_cadence_of",
            Self::SeeRules => "see_rules",
            Self::KeepRules => "keep_rules",
            Self::AdministerPeople => "administer_people",
            Self::ListOwnMail => "list_own_mail",
            Self::AdministerMail => "administer_mail",
            Self::ListAudits => "list_audits",
            Self::DrawAudit => "draw_audit",
            Self::ReadAudit(_) => "read_audit",
            Self::LeadAudit(_) => "lead_audit",
            Self::OpenAuditFile(_) => "open_audit_file",
            Self::GradeAuditFile(_) => "grade_audit_file",
            Self::KeepAuditFile(_) => "keep_audit_file",
            Self::CommentOnAudit(_) => "comment_on_audit",
        }
    }

    pub(super) fn organisation(&self) -> Option<&OrganisationId> {
        match self {
            Self::OpenCase(case)
            | Self::ChangeCase(case)
            | Self::WriteOversight(case)
            | Self::NoteRisk(case)
            | Self::VaryCase(case) => Some(&case.organisation),
            Self::VoidOversight(note) => Some(&note.case.organisation),
            Self::EndAction(action) => Some(action.of.organisation()),
            Self::AnswerRequest(request) => Some(request.of.organisation()),
            Self::LogSupervision(person, _)
            | Self::WriteUp(person, _)
            | Self::SeeTrainingOf(person)
            | Self::OpenPerson(person)
            | Self::SeeCadenceOf(person)
            | Self::SeeCaseloadOf(person)
            | Self::ShareReflectionWith(person)
            | Self::OpenJournalByLaw(person)
            | Self::KeepCadenceOf(person) => Some(&person.organisation),
            Self::OpenSupervision(session)
            | Self::VoidRecord(session)
            | Self::AnswerComment(session)
            | Self::ReadPersonalPart(session)
            | Self::ReadWellbeing(session)
            | Self::ChangePersonalPart(session)
            | Self::ReplyToPrompts(session)
            | Self::KeepBooking(session)
            | Self::Prepare(session)
            | Self::PrepareTogether(session)
            | Self::WritePreparation(session)
            | Self::ReadPreparation(session, _)
            | Self::SignRecord(session) => Some(&session.organisation),
            Self::ReadReflection(reflection) | Self::ChangeReflection(reflection) => {
                Some(&reflection.organisation)
            }
            Self::ReadSharedReflection(copy) | Self::TakeBackCopy(copy) => Some(&copy.organisation),
            Self::ReadAudit(round) | Self::LeadAudit(round) => Some(&round.organisation),
            Self::OpenAuditFile(file)
            | Self::GradeAuditFile(file)
            | Self::KeepAuditFile(file)
            | Self::CommentOnAudit(file) => Some(&file.organisation),
            // These are about nothing in particular; a team is the actor's own or it is not.
            Self::SeeOwnWork
            | Self::ListCases
            | Self::AddCase(_)
            | Self::SeeLearningOf(_)
            | Self::ImportCases
            | Self::ListSupervision
            | Self::BeginSupervision
            | Self::BeginWritingUp
            | Self::Reflect
            | Self::SeeTrainingMatrix
            | Self::CoordinateTraining
            | Self::ListPeople
            | Self::SeeRules
            | Self::KeepRules
            | Self::AdministerPeople
            | Self::ListOwnMail
            | Self::AdministerMail
            | Self::ListAudits
            | Self::DrawAudit => None,
        }
    }
}
