//! Who else takes part in a session with more than two people.

use crate::form::FormCheck;
use crate::ids::PersonId;
use crate::value::text_value;

text_value! {
    /// Whether somebody who was asked came.
    Attendance: "attendance" {
        There = "there", "Was there";
        Apologies = "apologies", "Sent apologies";
    }
}

/// Somebody who was asked to be there besides the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Whether they came.
    pub attendance: Attendance,
}

impl Member {
    /// Whether they came.
    pub fn was_there(&self) -> bool {
        self.attendance == Attendance::There
    }
}

/// Reads the ticks of `there` and `apologies`.
pub(super) fn read_members(check: &mut FormCheck<'_>, supervisee: Option<&PersonId>) -> Option<Vec<Member>> {
    let form = check.form();
    let mut members: Vec<Member> = Vec::new();
    for attendance in [Attendance::There, Attendance::Apologies] {
        let field = crate::TextValue::code(attendance);
        for person in form.all(field).filter_map(|id| id.parse::<PersonId>().ok()) {
            if Some(&person) == supervisee {
                check.fail(field, "Choose the others only: this person is in the session already");
                return None;
            }
            if members.iter().any(|member| member.person == person) {
                check.fail(field, "Somebody is ticked as there and as having sent apologies. Choose one");
                return None;
            }
            members.push(Member { person, attendance });
        }
    }
    Some(members)
}
