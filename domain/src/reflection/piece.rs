//! What somebody writes in their journal: a title, the boxes of a model or none, tags, and how they are.

use super::models::{FREE, Model, model};
use super::standards::{Framework, frameworks};
use crate::form::{Form, FormCheck, Problems};

/// What stands in one box of a model, with the heading of the day on which it was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// The box's name in its model.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// What was written.
    pub text: String,
}

/// How somebody is: a number, words, or both.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckIn {
    /// From 1, very hard, to 5, good.
    pub feeling: Option<i32>,
    /// The same in words.
    pub words: String,
}

/// What each number of a check-in means.
pub const FEELINGS: [(&str, &str); 5] =
    [("1", "1, very hard"), ("2", "2, hard"), ("3", "3, so so"), ("4", "4, all right"), ("5", "5, good")];

impl CheckIn {
    /// The check-in in a line, as it may go on an agenda.
    pub fn line(&self) -> String {
        let number = self.feeling.map(|feeling| format!("{feeling} of 5"));
        let words = Some(self.words.clone()).filter(|words| !words.is_empty());
        [number, words].into_iter().flatten().collect::<Vec<_>>().join(": ")
    }
}

/// A piece of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// A few words to find it by.
    pub title: String,
    /// The model's name.
    pub model: String,
    /// The boxes in which something stands, in the model's order.
    pub steps: Vec<Step>,
    /// What stands in the box without a heading.
    pub body: String,
    /// The standards that it speaks to, by name.
    pub standards: Vec<String>,
    /// How its author is, if they say so.
    pub check_in: Option<CheckIn>,
}

/// The field with the name of the model whose boxes the form shows.
pub const SHOWN_MODEL: &str = "shown_model";

/// The field of a box.
pub fn step_field(key: &str) -> String {
    format!("step.{key}")
}

impl Piece {
    /// Free writing with this title.
    pub fn free(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { title: title.into(), body: body.into(), model: FREE.to_owned(), ..Self::default() }
    }

    /// Reads the form of a piece.
    ///
    /// # Errors
    /// What is wrong, in words for the author.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let piece = Self::read(&mut check);
        check.finish(piece)
    }

    /// The same within a larger form.
    pub(super) fn read(check: &mut FormCheck<'_>) -> Option<Self> {
        let title = check.line("title", "Enter a few words to find it by");
        let model = shown_model(check.form())?;
        let steps: Vec<Option<Step>> = model
            .steps
            .iter()
            .map(|step| {
                let text = check.optional_narrative(&step_field(&step.key))?;
                Some(Step { key: step.key.clone(), title: step.title.clone(), text })
            })
            .collect();
        let body = check.optional_narrative("body");
        let feeling = read_feeling(check);
        let words = check.optional_narrative("feeling_words");
        let steps: Option<Vec<Step>> = steps.into_iter().collect();
        let (title, body, steps, feeling, words) = (title?, body?, steps?, feeling?, words?);
        let feeling = Some(feeling).filter(|feeling| *feeling != 0);
        let check_in = (feeling.is_some() || !words.is_empty()).then_some(CheckIn { feeling, words });
        let steps: Vec<Step> = steps.into_iter().filter(|step| !step.text.is_empty()).collect();
        if steps.is_empty() && body.is_empty() && check_in.is_none() {
            let first = model.steps.first().map_or("body".to_owned(), |step| step_field(&step.key));
            let words = if model.steps.is_empty() {
                "Write your reflection, or say how you are"
            } else {
                "Write in at least one of the boxes, or say how you are"
            };
            check.fail(&first, words);
            return None;
        }
        let standards = read_standards(check.form());
        Some(Self { title, model: model.key.clone(), steps, body, standards, check_in })
    }

    /// Fills the form of a piece with it.
    pub fn fill(&self, form: &mut Form) {
        form.set("title", &self.title);
        form.set(SHOWN_MODEL, &self.model);
        form.set("model", &self.model);
        for step in &self.steps {
            form.set(&step_field(&step.key), &step.text);
        }
        form.set("body", &self.body);
        let mut fields = form.fields().to_vec();
        for framework in frameworks() {
            let ticked = framework.standards.iter().filter(|one| self.standards.contains(&one.key));
            fields.extend(ticked.map(|one| (standard_field(framework), one.key.clone())));
        }
        *form = Form::new(fields);
        if let Some(check_in) = &self.check_in {
            form.set("feeling", check_in.feeling.map_or(String::new(), |feeling| feeling.to_string()));
            form.set("feeling_words", &check_in.words);
        }
    }

    /// The whole text, the boxes under their headings: what a copy of it is made of.
    pub fn text(&self) -> String {
        let steps = self.steps.iter().map(|step| format!("{}\n{}", step.title, step.text));
        let body = Some(self.body.clone()).filter(|body| !body.is_empty());
        steps.chain(body).collect::<Vec<_>>().join("\n\n")
    }
}

/// The model whose boxes a form shows.
pub fn shown_model(form: &Form) -> Option<&'static Model> {
    model(form.text(SHOWN_MODEL))
}

/// The field with the ticked standards of a list.
pub fn standard_field(framework: &Framework) -> String {
    format!("standard.{}", framework.key)
}

fn read_standards(form: &Form) -> Vec<String> {
    let of = |framework: &'static Framework| {
        let field = standard_field(framework);
        let ticked: Vec<String> = form.all(&field).map(str::to_owned).collect();
        framework.standards.iter().filter(move |one| ticked.contains(&one.key)).map(|one| one.key.clone())
    };
    frameworks().iter().flat_map(of).collect()
}

/// The number of a check-in; 0 if none was chosen.
fn read_feeling(check: &mut FormCheck<'_>) -> Option<i32> {
    if check.form().text("feeling").is_empty() {
        return Some(0);
    }
    check.number("feeling", "how you are", 1..=5)
}

/// Changes the model of a form. Nothing that was typed is lost: what stands in a box that the other model does not have goes
/// into the box without a heading, under the heading it had.
pub fn change_model(form: &mut Form, to: &Model) {
    if let Some(from) = shown_model(form).filter(|from| from.key != to.key) {
        let mut body = form.text("body").trim_end().to_owned();
        for step in &from.steps {
            let field = step_field(&step.key);
            let text = form.text(&field).trim().to_owned();
            let stays = to.steps.iter().any(|other| other.key == step.key && other.title == step.title);
            if stays || text.is_empty() {
                continue;
            }
            let gap = if body.is_empty() { "" } else { "\n\n" };
            body = format!("{body}{gap}{}\n{text}", step.title);
            form.set(&field, "");
        }
        form.set("body", body);
    }
    form.set(SHOWN_MODEL, &to.key);
    form.set("model", &to.key);
}

/// The first paragraph of a copy that does not stand in the text that it is a part of.
pub fn strange_paragraph<'a>(part: &'a str, whole: &str) -> Option<&'a str> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = one_line(whole);
    part.lines().map(str::trim).find(|line| !line.is_empty() && !whole.contains(&one_line(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn one_box_is_enough_and_none_is_not() {
        let mut typed =
            form(&[("title", "The door"), (SHOWN_MODEL, "what"), ("step.what", "Nobody answered.")]);
        let piece = Piece::parse(&typed).unwrap();
        assert_eq!(piece.text(), "What?\nNobody answered.");
        typed.set("step.what", " ");
        assert!(Piece::parse(&typed).unwrap_err().of("step.what").is_some());
        typed.set(SHOWN_MODEL, "free");
        assert!(Piece::parse(&typed).unwrap_err().of("body").is_some());
    }

    #[test]
    fn to_say_how_one_is_suffices() {
        for (field, value, line) in
            [("feeling", "2", "2 of 5"), ("feeling_words", "Tired.", "Tired."), ("feeling", "5", "5 of 5")]
        {
            for model in ["what", "free"] {
                let piece = Piece::parse(&form(&[("title", "Friday"), (SHOWN_MODEL, model), (field, value)]));
                let piece = piece.unwrap();
                assert_eq!(piece.text(), "", "{field} in {model}");
                assert_eq!(piece.check_in.unwrap().line(), line);
            }
        }
        let nothing = Piece::parse(&form(&[("title", "Friday"), (SHOWN_MODEL, "what"), ("feeling", "")]));
        assert!(nothing.unwrap_err().of("step.what").is_some());
    }

    #[test]
    fn two_hundred_thousand_signs_are_refused_with_the_limit() {
        let long = "x".repeat(200_000);
        let problems = Piece::parse(&form(&[("title", "Long"), ("body", &long)])).unwrap_err();
        assert_eq!(
            problems.of("body"),
            Some("Shorten the text by 180000 characters: at most 20000 fit here")
        );
        let whole = "é".repeat(20_000);
        assert_eq!(Piece::parse(&form(&[("title", "Long"), ("body", &whole)])).unwrap().body, whole);
    }

    #[test]
    fn another_model_loses_nothing_that_was_typed() {
        let mut typed = form(&[
            (SHOWN_MODEL, "gibbs"),
            ("step.description", "I rang."),
            ("step.evaluation", "It was late."),
            ("body", "And so on."),
        ]);
        change_model(&mut typed, model("share").unwrap());
        assert_eq!(typed.text("step.evaluation"), "It was late.", "both have that box");
        assert_eq!(typed.text("body"), "And so on.\n\nDescription\nI rang.");
        assert_eq!(typed.text("step.description"), "");
        change_model(&mut typed, model("free").unwrap());
        assert!(typed.text("body").ends_with("Evaluation\nIt was late."));
    }

    #[test]
    fn what_is_filled_in_is_read_again() {
        let piece = Piece {
            title: "After the visit".to_owned(),
            model: "what".to_owned(),
            steps: vec![Step { key: "what".into(), title: "What?".into(), text: "I rang.".into() }],
            body: "More.".to_owned(),
            standards: vec!["pcf-3".to_owned(), "swe-1".to_owned()],
            check_in: Some(CheckIn { feeling: Some(2), words: "Tired.".to_owned() }),
        };
        let mut form = Form::default();
        piece.fill(&mut form);
        assert_eq!(Piece::parse(&form).unwrap(), piece);
        assert_eq!(piece.check_in.unwrap().line(), "2 of 5: Tired.");
    }

    #[test]
    fn a_part_is_made_of_what_stands_in_the_whole() {
        let whole = "What?\nNobody answered. I waited.\n\nI was  relieved.";
        assert_eq!(strange_paragraph("Nobody answered.\n\nI was relieved.", whole), None);
        assert_eq!(strange_paragraph("I waited.\nI was glad.", whole), Some("I was glad."));
    }
}
