//! One type of identifier for each kind of record, so that a case's id cannot be passed for a person's.
//!
//! An id is a UUID in its usual lower-case text form. It says nothing about the record, so it may stand in an
//! address or a log; the records make them (version 7, so that they sort by time).

use std::fmt;
use std::str::FromStr;

/// Text that is not an identifier of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

macro_rules! id {
    ($($(#[$about:meta])* $name:ident;)+) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sql", derive(diesel::AsExpression, diesel::FromSqlRow))]
        #[cfg_attr(feature = "sql", diesel(sql_type = diesel::sql_types::Text))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_uuid(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        #[cfg(feature = "sql")]
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <String as diesel::serialize::ToSql<_, DB>>::to_sql(&self.0, out)
            }
        }

        #[cfg(feature = "sql")]
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(Self(<String as diesel::deserialize::FromSql<_, DB>>::from_sql(bytes)?))
            }
        }
    )+};
}

id! {
    /// An organisation: a council, a trust, a charity. Every row bears one.
    OrganisationId;
    /// A team in an organisation's tree.
    TeamId;
    /// A person who uses the product or is supervised in it.
    PersonId;
    /// A link between a supervisor and the person they supervise.
    SupervisorLinkId;
    /// A signed-in browser.
    SessionId;
    /// A case: one child, adult or family that the organisation works with.
    CaseId;
    /// A dated view of a case's risk.
    RiskViewId;
    /// A supervision session.
    SupervisionId;
    /// What was said about one case: in a supervision session, or as a management-oversight note.
    CaseEntryId;
    /// The personal part of a supervision session.
    PersonalPartId;
    /// An action that somebody agreed to do.
    ActionId;
    /// A reflection.
    ReflectionId;
    /// A frozen copy of a reflection, shared with one person.
    ReflectionCopyId;
    /// What somebody says under a copy.
    CopyReplyId;
    /// A piece of continuing professional development.
    CpdPieceId;
    /// That the law opened somebody's journal.
    JournalOpeningId;
    /// A reflective question that was put to somebody.
    RaisedPromptId;
    /// A course in the training catalogue.
    CourseId;
    /// A person's completion of a course.
    CompletionId;
    /// A mail in the outbox.
    MailId;
    /// A key rendered into a form, so that a double submit makes one record.
    FormKey;
    /// A dated version of rules that people edit.
    ContentVersionId;
    /// A time during which somebody is away.
    AbsenceId;
    /// A booked session.
    BookingId;
    /// What two people agree about their supervision.
    AgreementId;
    /// Something that was done to a record: signed, added to, opened again.
    RecordStepId;
    /// A longer interval that was approved.
    VariationId;
    /// That somebody is to be told of something.
    NoticeId;
    /// A reminder that was put off.
    SnoozeId;
    /// What was typed into a form and not saved yet.
    DraftId;
    /// Something that somebody wants to talk about in supervision.
    AgendaItemId;
    /// What somebody prepares for supervision.
    PreparationId;
    /// That an entry was filed on the case record.
    FilingId;
    /// What became of an action in a session.
    ActionReviewId;
    /// The cases of brothers and sisters.
    SiblingGroupId;
    /// A round of audits of supervision files.
    AuditRoundId;
    /// A supervision file that was drawn in a round.
    AuditFileId;
    /// A grade of a drawn file.
    AuditGradeId;
    /// What somebody says of the findings in their own file.
    AuditCommentId;
    /// A file of people or cases that somebody is about to import.
    ImportId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_accepts_a_uuid_and_nothing_else() {
        assert!("01890a5d-ac96-774b-bcce-b302099a8057".parse::<CaseId>().is_ok());
        for wrong in [
            "",
            "1",
            "01890A5D-AC96-774B-BCCE-B302099A8057",
            "01890a5dac96774bbcceb302099a8057",
            "' or 1=1 --",
        ] {
            assert_eq!(wrong.parse::<CaseId>(), Err(NotAnId), "{wrong}");
        }
    }
}
