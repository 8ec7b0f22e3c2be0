//! The steps of group supervision by “Bells that ring” (Proctor 1997; domain.md 4.9).

/// A step of a group session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupStep {
    /// Whose step it is.
    pub who: &'static str,
    /// What happens in it.
    pub what: &'static str,
    /// How long it takes.
    pub minutes: u32,
}

const fn step(who: &'static str, what: &'static str, minutes: u32) -> GroupStep {
    GroupStep { who, what, minutes }
}

/// The seven steps, in their order: an hour together.
pub const BELLS: [GroupStep; 7] = [
    step("Supervisor", "Says what the hour is for and gives out the parts", 5),
    step("Presenter", "Tells the case and what they want help with; nobody interrupts", 10),
    step("Consultant", "Asks out of curiosity: how, who else, what then. No advice yet", 15),
    step("Observers", "Talk with each other about what they heard and thought; the presenter listens", 10),
    step("Consultant and presenter", "What rang a bell? What is new?", 5),
    step("Action planner", "Says back what could be done next, by whom", 5),
    step("Everybody", "What does this teach us beyond this case?", 10),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seven_steps_take_an_hour() {
        assert_eq!(BELLS.map(|step| step.minutes), [5, 10, 15, 10, 5, 5, 10]);
        assert_eq!(BELLS.iter().map(|step| step.minutes).sum::<u32>(), 60);
    }
}
