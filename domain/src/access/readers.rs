//! Who can read what, as it stands above every text box.

/// Who can read something, in words, from the same rules as [`may`]. It stands above every text box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// An entry or oversight note on a case.
    CaseEntry,
    /// The personal part of a session.
    PersonalPart,
    /// What the supervisor's manager replies to a comment under a record.
    CommentReply,
    /// What somebody answers who is asked to clear the way for what two agreed about one of them.
    RequestAnswer,
    /// What is said about a case in a session with more than two people.
    SharedEntry,
    /// What a session with more than two people says besides the cases.
    SharedSession,
    /// How somebody is, in the personal part.
    Wellbeing,
    /// A private reflection.
    PrivateReflection,
    /// A reflection of which a copy is shared.
    SharedReflection,
    /// A shared copy of a reflection, and what is said under it.
    SharedCopy,
    /// A reply to a question under a case entry.
    PromptReply,
    /// What stands on the agenda of two people.
    Agenda,
    /// What stands on the agenda of a group.
    GroupAgenda,
    /// What somebody prepares for supervision.
    Preparation,
    /// What somebody has prepared so far, in their own file.
    Prepared,
    /// What an auditor finds in a file.
    AuditFindings,
    /// What somebody says of the findings in their own file.
    AuditComment,
    /// The records of a file that was drawn, as its auditors read them.
    AuditRecords,
    /// What was learnt from a round of audits.
    AuditLessons,
    /// One's own supervision file as a whole.
    OwnFile,
    /// The sessions in one's own file.
    OwnSessions,
    /// What was agreed to do about oneself.
    OwnActions,
    /// An audit of one's own file that is final.
    OwnAudits,
    /// Somebody's courses.
    Courses,
    /// Booked sessions that were not held.
    Booked,
    /// Why and when somebody is away.
    TimesAway,
    /// Longer intervals that were approved for somebody.
    LongerIntervals,
}

impl Readers {
    /// The sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::CaseEntry => {
                "Who can read this: everybody who works on or manages this case, auditors and inspectors, and later the family if they ask for their records."
            }
            Self::PersonalPart => {
                "Who can read this: the two of you and the supervisor’s line manager. Nobody else, administrators included."
            }
            Self::CommentReply => {
                "Who can read this: the two who signed, you, and whoever else manages the supervisor. Nobody else, administrators included."
            }
            Self::RequestAnswer => {
                "Who can read this: the two who agreed it, you, and whoever supervises their work later. Nobody else, administrators included."
            }
            Self::SharedEntry => {
                "Who can read this: everybody who was there, everybody who works on or manages this case, auditors and inspectors, and later the family if they ask for their records."
            }
            Self::SharedSession => {
                "Who can read this: everybody who was there, and the supervisor’s line manager. Write nothing about one person’s own affairs here."
            }
            Self::Wellbeing => "Who can read this: the two of you, and nobody else.",
            Self::PrivateReflection => "Who can read this: only you.",
            Self::SharedReflection => {
                "Who can read this: only you. Copies of it or of a part are with the people who stand under “Sharing” below. What you change later stays yours."
            }
            Self::SharedCopy => {
                "Who can read this: whoever wrote it and whoever it was shared with. Nobody else, administrators included."
            }
            Self::Agenda => "Who can read this: the two of you. It is no part of the record.",
            Self::GroupAgenda => {
                "Who can read this: the supervisor and everybody whom they supervise, who may all be in the group. It is no part of the record. Name no family here."
            }
            Self::Preparation => {
                "Who can read this: only whoever prepares, until they share it; then their supervisor too. It is no part of the record."
            }
            Self::Prepared => {
                "Who can read this: only you. What you shared, your supervisor could read until the session was logged. It is no part of the record."
            }
            Self::AuditFindings => {
                "Who can read this: you; the other grader once both grades are in; and, when it is shared, the supervisor and the person supervised. Heads of service see counts, without names."
            }
            Self::AuditComment => {
                "Who can read this: the two of you and the auditors of this file. It cannot be changed afterwards."
            }
            Self::AuditRecords => {
                "Who can read this: the auditors who grade this file, until it is final. Each time it is opened is noted, and the two people of the file see who did. The personal part, replies to questions, preparations and reflections are not shown."
            }
            Self::AuditLessons => {
                "Who can read this: the auditors of this round and the heads of service over its teams. Write about the work, and name nobody."
            }
            Self::OwnFile => {
                "Who can read this: only you, as a whole. Each part of it has other readers too; who they are stands with it."
            }
            Self::OwnSessions => {
                "Who can read this: you and your supervisor. What is about you, but not how you are, the supervisor’s line manager too. What is about a case, everybody who works on or manages it, auditors and inspectors, and later the family if they ask for their records. What was said in a group, everybody who was there. If your file is drawn for an audit, its graders read what is about cases until it is final."
            }
            Self::OwnActions => {
                "Who can read this: you, whoever agreed it with you and their line manager; and whoever supervises your work now, unless it was agreed in reflective supervision."
            }
            Self::OwnAudits => {
                "Who can read this: you, your supervisor and the auditors of this file. Heads of service see counts, without names."
            }
            Self::Courses => {
                "Who can read this: you, whoever supervises you or manages your team, and training coordinators."
            }
            Self::Booked => {
                "Who can read this: you and whoever was to supervise. If two in a row are not held, the supervisor’s manager hears of it."
            }
            Self::TimesAway => {
                "Who can read this: you, your line supervisor or who covers for them, and whoever manages your team."
            }
            Self::LongerIntervals => {
                "Who can read this: you, whoever supervises you, and whoever manages your team."
            }
            Self::PromptReply => {
                "Who can read the answers: the two of you and the supervisor’s line manager."
            }
        }
    }
}
