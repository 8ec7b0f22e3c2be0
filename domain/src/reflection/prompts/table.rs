//! Choosing among the questions: on the server and, as somebody types, in the browser, by the same table.

use super::{Situation, Theme, Trigger, Triggers};
use crate::risk::{HighFrom, RiskLevel};

/// At most this many questions are put in one discussion.
pub const AT_MOST: usize = 5;

/// So many of them stand open; the rest wait under one line.
pub const ON_SCREEN: usize = 3;

/// At most this many because something has happened.
const HARD: usize = 3;

/// What stands in place of a question that is in the library no longer.
const GONE: &str = "This question is asked no longer. Copy what you wrote, if you need it";

/// General questions that a table carries: as many as can be needed when others of them were chosen already.
const GENERAL: usize = HARD + ON_SCREEN;

/// A question as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its key in the library.
    pub key: String,
    /// The question.
    pub text: String,
    /// Whether it asks for the voice of the child or of the victim.
    pub is_voice: bool,
}

/// A question that was chosen, and what called for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// The question.
    pub question: &'a Question,
    /// What called for it; [`Trigger::Always`] where its turn had come.
    pub by: Trigger,
}

/// The candidates for one trigger, as places among the questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidates {
    pub(super) trigger: Trigger,
    pub(super) hard: Vec<usize>,
    pub(super) bias: Option<usize>,
    pub(super) voice: Option<usize>,
}

/// The candidates for whatever a form can say about one case, each text once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptTable {
    pub(super) questions: Vec<Question>,
    /// What the case itself calls for.
    pub(super) standing: Triggers,
    /// From where on the score of a checklist is high.
    pub(super) high_from: HighFrom,
    /// How high the risk stays if the form says nothing of it.
    pub(super) level: Option<RiskLevel>,
    pub(super) candidates: Vec<Candidates>,
    pub(super) bias: Option<usize>,
    pub(super) voice: Option<usize>,
    pub(super) general: Vec<usize>,
}

impl PromptTable {
    /// What fires in this situation, the gravest first: what the form says, and what the case itself calls for.
    pub fn fired(&self, situation: &Situation) -> Triggers {
        self.said(situation).and(self.standing)
    }

    /// What of it the form says.
    pub fn said(&self, situation: &Situation) -> Triggers {
        situation.staying_at(self.level).triggers(self.high_from)
    }

    /// The same, for a case whose policy says from where on a score is high.
    pub fn scoring(self, high_from: HighFrom) -> Self {
        Self { high_from, ..self }
    }

    /// The same, for a case whose risk stays at this level if nothing is said of it.
    #[must_use]
    pub fn staying_at(self, level: Option<RiskLevel>) -> Self {
        Self { level, ..self }
    }

    /// The questions for this situation, in order.
    pub fn questions_for(&self, situation: &Situation) -> Vec<&Question> {
        self.choose(self.fired(situation)).into_iter().map(|chosen| chosen.question).collect()
    }

    /// The questions that these triggers call for: at most three because of them, the gravest first; then one about bias and
    /// one in the voice of the child or victim, those that a trigger calls for before those whose turn it is; and general ones
    /// while there are fewer than three.
    pub fn choose(&self, fired: Triggers) -> Vec<Chosen<'_>> {
        let mut places: Vec<(usize, Trigger)> = Vec::with_capacity(AT_MOST);
        let called: Vec<&Candidates> = fired
            .iter()
            .filter_map(|trigger| self.candidates.iter().find(|candidates| candidates.trigger == trigger))
            .collect();
        for candidates in &called {
            let next = candidates.hard.iter().find(|at| !places.iter().any(|(chosen, _)| chosen == *at));
            if let Some(at) = next.filter(|_| places.len() < HARD) {
                places.push((*at, candidates.trigger));
            }
        }
        let first = |find: fn(&Candidates) -> Option<usize>, in_turn: Option<usize>| {
            let by_trigger =
                called.iter().find_map(|candidates| Some((find(candidates)?, candidates.trigger)));
            by_trigger.or_else(|| Some((in_turn?, Trigger::Always)))
        };
        places.extend(first(|candidates| candidates.bias, self.bias));
        let has_voice = places.iter().any(|(at, _)| self.questions.get(*at).is_some_and(|it| it.is_voice));
        places.extend(first(|candidates| candidates.voice, self.voice).filter(|_| !has_voice));
        for at in &self.general {
            if places.len() >= ON_SCREEN {
                break;
            }
            if !places.iter().any(|(chosen, _)| chosen == at) {
                places.push((*at, Trigger::Always));
            }
        }
        places
            .into_iter()
            .filter_map(|(at, by)| Some(Chosen { question: self.questions.get(at)?, by }))
            .collect()
    }

    /// The questions for the places of a form: a place that is in use keeps its question (`kept` gives its key), also where
    /// that is known no longer, and the others get what the situation calls for. An empty place is `None`.
    pub fn places(
        &self,
        situation: &Situation,
        kept: impl Fn(usize) -> Option<String>,
    ) -> Vec<Option<Question>> {
        let kept: Vec<Option<Question>> =
            (0..AT_MOST).map(|number| kept(number).map(|key| self.begun(key))).collect();
        let is_kept = |key: &str| kept.iter().flatten().any(|question| question.key == key);
        let called_for = self.questions_for(situation);
        let mut next = called_for.into_iter().filter(|question| !is_kept(&question.key));
        kept.iter().map(|keeps| keeps.clone().or_else(|| next.next().cloned())).collect()
    }

    /// The question of this key. An answer never moves under another question, so an unknown key stands for itself.
    fn begun(&self, key: String) -> Question {
        let known = self.questions.iter().find(|question| question.key == key);
        known.cloned().unwrap_or_else(|| Question { key, text: GONE.to_owned(), is_voice: false })
    }

    /// The same, knowing one more question: somebody has begun to answer it.
    pub fn know(&mut self, prompt: &super::Prompt) {
        self.place_of(prompt);
    }

    /// Where a question stands in the table.
    pub(super) fn place_of(&mut self, prompt: &super::Prompt) -> usize {
        let known = self.questions.iter().position(|question| question.key == prompt.key);
        known.unwrap_or_else(|| {
            let (key, text) = (prompt.key.clone(), prompt.text.clone());
            self.questions.push(Question { key, text, is_voice: prompt.theme == Theme::Voice });
            self.questions.len() - 1
        })
    }
}

impl super::PromptLibrary {
    /// What a page needs to carry so that the right questions can be shown as the situation changes.
    ///
    /// `recent` are the keys put about the same case in the last 90 days: they return only if their trigger fires again.
    /// `turn` (how many that were) moves the start, so that general questions take turns. `standing` is what the case
    /// itself calls for.
    pub fn table(&self, recent: &[String], turn: usize, standing: Triggers) -> PromptTable {
        self.table_where(recent, turn, standing, |_| true)
    }

    /// The same for somebody who reflects on their own: what was put lately does not return, whatever fires.
    pub fn table_of_new(&self, recent: &[String], turn: usize, standing: Triggers) -> PromptTable {
        self.table_where(recent, turn, standing, |prompt| !recent.contains(&prompt.key))
    }

    /// The table of those questions that may be called for by a trigger.
    fn table_where(
        &self,
        recent: &[String],
        turn: usize,
        standing: Triggers,
        may_be_called: impl Fn(&super::Prompt) -> bool,
    ) -> PromptTable {
        let mut table = PromptTable { standing, ..PromptTable::default() };
        let in_use: Vec<&super::Prompt> = self.prompts.iter().filter(|prompt| !prompt.retired).collect();
        let is_new = |prompt: &&super::Prompt| !recent.contains(&prompt.key);
        for trigger in <Trigger as crate::TextValue>::ALL.iter().filter(|each| **each != Trigger::Always) {
            let mut called: Vec<&super::Prompt> = in_use
                .iter()
                .copied()
                .filter(|each| each.triggers.contains(trigger) && may_be_called(each))
                .collect();
            // What was not put lately first; of these the plainest: made for this trigger, and about what it is about.
            called.sort_by_key(|prompt| {
                let is_general = prompt.triggers.contains(&Trigger::Always);
                (!is_new(prompt), is_general, prompt.theme != trigger.theme())
            });
            let first = |theme: Theme| called.iter().copied().find(|prompt| prompt.theme == theme);
            let hard = called.iter().filter(|prompt| prompt.theme != Theme::Bias).take(HARD);
            let candidates = Candidates {
                trigger: *trigger,
                hard: hard.map(|prompt| table.place_of(prompt)).collect(),
                bias: first(Theme::Bias).map(|prompt| table.place_of(prompt)),
                voice: first(Theme::Voice).map(|prompt| table.place_of(prompt)),
            };
            table.candidates.push(candidates);
        }
        let general = |is_wanted: fn(Theme) -> bool| {
            let of_use: Vec<&super::Prompt> = in_use
                .iter()
                .copied()
                .filter(|prompt| prompt.triggers.contains(&Trigger::Always) && is_wanted(prompt.theme))
                .collect();
            let start = turn.checked_rem(of_use.len()).unwrap_or(0);
            let in_turn: Vec<&super::Prompt> =
                of_use.iter().copied().cycle().skip(start).take(of_use.len()).collect();
            in_turn.into_iter().filter(is_new)
        };
        table.bias = general(|theme| theme == Theme::Bias).next().map(|prompt| table.place_of(prompt));
        table.voice = general(|theme| theme == Theme::Voice).next().map(|prompt| table.place_of(prompt));
        table.general = general(|theme| !matches!(theme, Theme::Bias | Theme::Voice))
            .take(GENERAL)
            .map(|prompt| table.place_of(prompt))
            .collect();
        table
    }
}
