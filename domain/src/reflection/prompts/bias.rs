//! Kinds of bias, what each looks like in practice, and what helps against it (domain.md 4.1).

use crate::value::text_value;

text_value! {
    /// A kind of bias that a question meets.
    BiasTag: "kind of bias" {
        Confirmation = "confirmation", "Confirmation";
        Anchoring = "anchoring", "The first story";
        Availability = "availability", "The last vivid case";
        Halo = "halo", "One trait for all";
        Optimism = "optimism", "The rule of optimism";
        StartAgain = "start_again", "Starting again";
        FixedView = "fixed_view", "A fixed view";
        Label = "label", "A label for evidence";
        Adultification = "adultification", "Adultification";
        MotherBlame = "mother_blame", "Mother to blame, father absent";
        NotBelieved = "not_believed", "Not believed: men, and LGBT+ people";
        Culture = "culture", "Race, culture and faith";
        Poverty = "poverty", "Class and poverty";
        Disability = "disability", "Disability and neurodivergence";
        Substance = "substance", "Substances and mental health";
        Authority = "authority", "Authority and the group";
        SunkCost = "sunk_cost", "Carrying on because we began";
        Hindsight = "hindsight", "Hindsight";
        Similarity = "similarity", "Likeness and sympathy";
        Fear = "fear", "Fear";
        Familiarity = "familiarity", "Familiarity";
        Saviour = "saviour", "Rescuing, or going numb";
        Attribution = "attribution", "Her choice, his control";
    }
}

impl BiasTag {
    /// What it looks like in practice.
    pub fn in_practice(self) -> &'static str {
        match self {
            Self::Confirmation => "We notice what fits the view that we took first",
            Self::Anchoring => "What the referral called it sticks",
            Self::Availability => "The last case that shook us colours this one",
            Self::Halo => "One good or bad trait spreads over the whole person",
            Self::Optimism => "Thin progress is read with hope",
            Self::StartAgain => "A new baby, partner or worker wipes out the history",
            Self::FixedView => "No change could ever count",
            Self::Label => "A vague word hides what was seen",
            Self::Adultification => {
                "A child, most often a Black child, is read as older, tougher or more to blame"
            }
            Self::MotherBlame => "She answers for his violence, and he is not seen at all",
            Self::NotBelieved => {
                "A man, or somebody who is LGBT+, is not believed, or both partners are blamed alike"
            }
            Self::Culture => "Too much or too little is done because it is put down to culture or faith",
            Self::Poverty => "Being poor is read as neglect",
            Self::Disability => "What somebody cannot help is read as what they want",
            Self::Substance => {
                "Drink, drugs or a diagnosis explain everything, and the abuse behind them is lost"
            }
            Self::Authority => "The view of the police, a doctor or the room settles it",
            Self::SunkCost => "We keep doing what we do because we are doing it",
            Self::Hindsight => "A decision is judged by how it turned out",
            Self::Similarity => "Who is like us seems safer",
            Self::Fear => "We avoid the person who frightens us, and with them the children",
            Self::Familiarity => "What has gone on for long becomes acceptable",
            Self::Saviour => "We want to rescue, or feel nothing any more",
            Self::Attribution => "What is done to her is told as her choice",
        }
    }

    /// What helps against it.
    pub fn counter_move(self) -> &'static str {
        match self {
            Self::Confirmation => "Name one fact that would change your mind",
            Self::Anchoring => "Read the referral again as if it had come today",
            Self::Availability => "Ask how often this really happens, and ask a colleague",
            Self::Halo => "List what was done, not what somebody is like",
            Self::Optimism => "Ask for how long, and who else saw it",
            Self::StartAgain => "Put the chronology on the table",
            Self::FixedView => "Say what would be enough",
            Self::Label => "Describe the act, the gap, and what it did to the child",
            Self::Adultification => {
                "Say the child's age aloud, and ask what you would do if they were white or younger"
            }
            Self::MotherBlame => "Ask who is the danger, and what is asked of him",
            Self::NotBelieved => "Ask the same questions and use the same tools for everybody",
            Self::Culture => "Ask who says what harm is here, and whether an interpreter is needed",
            Self::Poverty => "Ask what money would put right",
            Self::Disability => "Ask whether they are spoken with in the way that they need",
            Self::Substance => "Ask whether abuse is the cause, not only the setting",
            Self::Authority => "Ask who disagrees, and why",
            Self::SunkCost => "Ask what you would do if the case came to you today",
            Self::Hindsight => "Ask what was known then",
            Self::Similarity => "Ask what you would say of somebody unlike you",
            Self::Fear => "Plan who visits with you, and how you stay safe",
            Self::Familiarity => "Let somebody look who has not been there",
            Self::Saviour => "Ask how you are, and take it to supervision",
            Self::Attribution => "List what he does",
        }
    }
}
