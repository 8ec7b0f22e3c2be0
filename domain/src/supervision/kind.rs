//! What a session was for.

use crate::people::LinkKind;
use crate::templates::TemplatePart;
use crate::value::text_value;

text_value! {
    /// What a session was for. Personal and case supervision are kept as separate records even in one meeting.
    SupervisionKind: "kind of session" {
        Combined = "combined", "Personal and case supervision";
        Case = "case", "Case supervision";
        Personal = "personal", "Personal supervision";
        Safeguarding = "safeguarding", "Specialist safeguarding supervision";
        Joint = "joint", "Joint supervision";
        Group = "group", "Group supervision";
        Live = "live", "Live supervision";
        Peer = "peer", "Peer supervision";
        SeriousIncident = "serious_incident", "After a serious incident";
    }
}

impl SupervisionKind {
    /// The kinds of every day, among which the form of a session between two people asks to choose.
    pub const ROUTINE: &'static [Self] = &[Self::Combined, Self::Case, Self::Personal, Self::Safeguarding];

    /// The kinds that a supervisor begins in a form of their own.
    pub const SPECIAL: &'static [Self] = &[Self::Joint, Self::Group, Self::Live, Self::SeriousIncident];

    /// The kinds of which each booked session has an agenda of its own: what a group is to talk about, or what to look for at a visit,
    /// is nothing for the next session of the two. What is held every day has the agenda of the two; peers book nothing, and say what
    /// they bring when they meet.
    pub const WITH_OWN_AGENDA: &'static [Self] = Self::SPECIAL;

    /// Whether the session has a part about the worker.
    pub fn has_personal_part(self) -> bool {
        matches!(self, Self::Combined | Self::Personal | Self::SeriousIncident)
    }

    /// Whether something has to be written in that part.
    pub fn needs_personal_part(self) -> bool {
        matches!(self, Self::Combined | Self::Personal)
    }

    /// Whether the session has entries about cases. What happened in a serious incident stays on the worker's own file
    /// (domain.md 3.7); peers decide nothing about a case; an observation is about the worker.
    pub fn has_case_entries(self) -> bool {
        matches!(self, Self::Combined | Self::Case | Self::Safeguarding | Self::Joint | Self::Group)
    }

    /// Whether more than two people take part.
    pub fn has_others(self) -> bool {
        matches!(self, Self::Joint | Self::Group | Self::Peer)
    }

    /// Whether it cannot be held by two people alone.
    pub fn needs_others(self) -> bool {
        matches!(self, Self::Joint | Self::Group)
    }

    /// The questions that such a session asks besides.
    pub fn template(self) -> Option<TemplatePart> {
        match self {
            Self::Combined | Self::Case | Self::Personal | Self::Safeguarding => None,
            Self::Joint => Some(TemplatePart::Joint),
            Self::Group => Some(TemplatePart::Group),
            Self::Live => Some(TemplatePart::Live),
            Self::Peer => Some(TemplatePart::Peer),
            Self::SeriousIncident => Some(TemplatePart::SeriousIncident),
        }
    }

    /// Whether the answers to those questions are all that the record holds.
    pub fn is_its_answers(self) -> bool {
        matches!(self, Self::Live | Self::Peer)
    }

    /// Whether an entry with a decision in such a session moves the case's clock. A specialist's session has a
    /// clock of its own.
    pub fn moves_case_clock(self) -> bool {
        matches!(self, Self::Combined | Self::Case | Self::Joint | Self::Group)
    }

    /// The line of supervision whose clock such a session moves, when its supervisor has these links. Who covers holds the
    /// line supervisor's sessions; case supervision moves no clock of the person's, and neither does what is held with others,
    /// watched, or held because something happened: it comes on top (domain.md 1).
    pub fn line(self, links: impl IntoIterator<Item = LinkKind>) -> LinkKind {
        match self {
            Self::Case | Self::Joint | Self::Group | Self::Live | Self::Peer | Self::SeriousIncident => {
                LinkKind::Case
            }
            Self::Safeguarding => LinkKind::Safeguarding,
            Self::Personal | Self::Combined => {
                let on_line = links.into_iter().any(|link| link.holds() == LinkKind::Line);
                if on_line { LinkKind::Line } else { LinkKind::Reflective }
            }
        }
    }

    /// Whether a supervisor with this kind of link may hold such a session. Peers hold theirs without one.
    pub fn open_to(self, link: LinkKind) -> bool {
        match link {
            LinkKind::Line | LinkKind::Cover => self != Self::Peer,
            LinkKind::Safeguarding => self == Self::Safeguarding,
            LinkKind::Case => matches!(self, Self::Case | Self::Joint | Self::Group | Self::Safeguarding),
            LinkKind::Reflective => matches!(self, Self::Personal | Self::Group | Self::Safeguarding),
        }
    }
}

text_value! {
    /// How people met.
    Mode: "way of meeting" {
        InPerson = "in_person", "In person";
        Video = "video", "Video call";
        Phone = "phone", "Phone";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;

    #[test]
    fn every_kind_is_begun_in_one_place() {
        for kind in SupervisionKind::ALL {
            let places = [SupervisionKind::ROUTINE, SupervisionKind::SPECIAL, &[SupervisionKind::Peer]];
            assert_eq!(places.iter().filter(|place| place.contains(kind)).count(), 1, "{kind}");
            assert_eq!(kind.template().is_some(), !SupervisionKind::ROUTINE.contains(kind), "{kind}");
        }
    }

    #[test]
    fn who_may_hold_what_follows_the_link() {
        use LinkKind::{Case, Line, Reflective};
        assert!(
            SupervisionKind::ALL.iter().all(|kind| kind.open_to(Line) == (*kind != SupervisionKind::Peer))
        );
        assert!(!SupervisionKind::Personal.open_to(Case));
        assert!(!SupervisionKind::Case.open_to(Reflective));
    }

    #[test]
    fn what_comes_on_top_moves_no_clock_of_the_person() {
        for kind in [
            SupervisionKind::Group,
            SupervisionKind::Live,
            SupervisionKind::Peer,
            SupervisionKind::SeriousIncident,
        ] {
            assert_eq!(kind.line([LinkKind::Line]), LinkKind::Case, "{kind}");
        }
        assert_eq!(SupervisionKind::Personal.line([LinkKind::Line]), LinkKind::Line);
    }
}
