//! What every form has in common: shown empty, saved once, shown again with what is wrong and everything that was
//! typed, or beside what somebody else saved in between.

mod draft;

use draft::keep_quietly;
pub(crate) use draft::{CHECK, author, opened};

use crate::answer::Answer;
use crate::components::{Filled, error_summary, hidden, when};
use crate::document::Sheet;
use crate::trouble::Trouble;
use crate::visit::Visit;
use domain::calendar::instant_in_words;
use domain::drafts;
use domain::form::{Form, Problems};
use leptos::prelude::*;
use records::drafts::Seen;
use records::journal::Shut;
use records::submissions::{self, Submission};
use records::{Problem, Stale, Writing};

/// The field, and the part of an address, that says from which list somebody came to a form.
pub(crate) const FROM: &str = "from";

/// A page with a form.
pub(crate) struct FormSheet {
    /// The heading.
    pub(crate) title: String,
    /// Where the page belongs: a path and the words of the link back.
    pub(crate) back: Option<(String, String)>,
    /// What stands between the heading and the form.
    pub(crate) intro: Option<AnyView>,
    /// The form itself.
    pub(crate) form: AnyView,
    /// The last parts of the names of fields that are dates: a summary of errors leads to their first box.
    pub(crate) dates: &'static [&'static str],
}

impl FormSheet {
    /// A page with this heading and form.
    pub(crate) fn new(title: impl Into<String>, form: AnyView) -> Self {
        Self { title: title.into(), back: None, intro: None, form, dates: &[] }
    }

    /// The same with a link back.
    pub(crate) fn back_to(mut self, path: impl Into<String>, words: impl Into<String>) -> Self {
        self.back = Some((path.into(), words.into()));
        self
    }

    /// The same with words before the form.
    pub(crate) fn intro(mut self, intro: impl IntoAny) -> Self {
        self.intro = Some(intro.into_any());
        self
    }

    /// The same with words before everything else.
    fn first(mut self, words: AnyView) -> Self {
        let intro = self.intro;
        self.intro = Some(view! { {words} {intro} }.into_any());
        self
    }

    /// The same with these dates.
    pub(crate) fn dates(mut self, dates: &'static [&'static str]) -> Self {
        self.dates = dates;
        self
    }

    /// The whole page, with what is wrong at its top.
    pub(crate) fn into_sheet(self, filled: &Filled) -> Sheet {
        let content = view! {
            {back_link(self.back)}
            {error_summary(&filled.problems, self.dates)}
            <h1 class="govuk-heading-l">{self.title.clone()}</h1>
            {draft::checked(filled)}
            {self.intro}
            {self.form}
        };
        Sheet::new(self.title, content)
    }
}

/// The link back above a heading.
pub(crate) fn back_link(back: Option<(String, String)>) -> Option<AnyView> {
    back.map(|(path, words)| {
        view! {
            <nav aria-label="Back">
                <a class="govuk-back-link" href=path>{words}</a>
            </nav>
        }
        .into_any()
    })
}

/// Comes first in a form whose buttons do more than save: the enter key presses the first one, and saves.
pub(crate) fn saved_by_enter(save: &'static str) -> AnyView {
    view! { <button class="govuk-visually-hidden" name="do" value="save" tabindex="-1" aria-hidden="true">{save}</button> }
        .into_any()
}

/// Answers a visit to a form. `blank` fills it for the first time, unless its draft waits; `save` returns the path to show
/// next.
pub(crate) fn form_page(
    visit: &Visit,
    blank: impl FnOnce() -> Result<Form, Problem>,
    show: impl FnOnce(&Filled) -> Result<FormSheet, Problem>,
    save: impl FnOnce() -> Result<String, Problem>,
) -> Result<Answer, Problem> {
    let filled = opened(visit, visit.here(), blank)?;
    form_page_of(visit, filled, show, save)
}

/// The same for a page that has to know what stands in the form before it can show it.
pub(crate) fn form_page_of(
    visit: &Visit,
    mut filled: Filled,
    show: impl FnOnce(&Filled) -> Result<FormSheet, Problem>,
    save: impl FnOnce() -> Result<String, Problem>,
) -> Result<Answer, Problem> {
    // Words that are only looked through are kept nowhere, not even as a draft.
    if !visit.is_post() || visit.form.text("do") == CHECK {
        return Ok(show(&filled)?.into_sheet(&filled).answer(visit));
    }
    if ["draft", "compare"].contains(&visit.form.text("do")) {
        return draft::keep(visit, filled, show);
    }
    match save() {
        Ok(path) => Ok(Answer::see_other(path)),
        Err(Problem::Invalid(problems)) => {
            filled.problems = problems;
            Ok(kept(visit, show(&filled)?, &filled).with_status(422).answer(visit))
        }
        Err(Problem::Stale(stale)) => {
            filled.form.set("version", stale.version.to_string());
            // The next save is another one, and must not be taken for this one sent again.
            filled.form.set("form_key", submissions::new_key().to_string());
            filled.is_stale = true;
            Ok(beside(show(&filled)?, &stale, &IN_BETWEEN).with_status(409).answer(visit))
        }
        Err(Problem::Unavailable(cause)) => {
            once_more(visit, &Trouble::unavailable(visit, &cause), filled, show)
        }
        Err(Problem::Shut(shut)) => once_more_while_shut(visit, shut, filled, show),
        Err(Problem::Unexpected(cause)) => {
            once_more(visit, &Trouble::unexpected(visit, &cause), filled, show)
        }
        Err(other) => Err(other),
    }
}

/// The form once more with everything that was typed, and other fields: nothing of it is saved but as a draft.
pub(crate) fn shown_again(visit: &Visit, sheet: FormSheet, filled: &Filled) -> Answer {
    kept(visit, sheet, filled).answer(visit)
}

/// The form, of which a draft is kept; unless it was saved before, as when somebody went back to it: then it says so.
fn kept(visit: &Visit, sheet: FormSheet, filled: &Filled) -> Sheet {
    if let Some(word) = saved_before(visit, &filled.form) {
        return sheet.first(word).into_sheet(filled);
    }
    keep_quietly(visit, &sheet.title, filled);
    sheet.into_sheet(filled)
}

/// That a form was saved before, and where that led.
fn saved_before(visit: &Visit, form: &Form) -> Option<AnyView> {
    let key = form.text("form_key").parse().ok()?;
    let (location, at) = visit.read(|reading| submissions::saved_under(reading, &key)).ok()??;
    let path = location.split('?').next().unwrap_or_default().to_owned();
    Some(
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">
                    "You saved this form on " {when(at)} ". " <a class="govuk-link" href=path>"See what was saved"</a>
                    ". If you save this page too, it counts besides."
                </p>
            </div>
        }
        .into_any(),
    )
}

/// The form once more with everything that was typed, while the journal that it belongs to is shut.
fn once_more_while_shut(
    visit: &Visit,
    shut: Shut,
    mut filled: Filled,
    show: impl FnOnce(&Filled) -> Result<FormSheet, Problem>,
) -> Result<Answer, Problem> {
    let why = match shut {
        Shut::NoKey | Shut::WrongKey => {
            "The journal is shut just now, because the server lacks its key: tell your administrator"
                .to_owned()
        }
        Shut::Waits { until } => format!(
            "Your journal is shut until {}, because your account got another email address and then a new password",
            instant_in_words(until)
        ),
    };
    let words =
        format!("{why}. Nothing you wrote is lost while this page is open: copy it, and save again later");
    filled.problems = Problems::one("form", words);
    Ok(show(&filled)?.into_sheet(&filled).with_status(503).answer(visit))
}

/// The form once more with everything that was typed, after a save that failed through no fault of the person's.
fn once_more(
    visit: &Visit,
    trouble: &Trouble,
    mut filled: Filled,
    show: impl FnOnce(&Filled) -> Result<FormSheet, Problem>,
) -> Result<Answer, Problem> {
    filled.problems = Problems::one("form", trouble.words_above_a_form());
    Ok(show(&filled)?.into_sheet(&filled).with_status(trouble.status).answer(visit))
}

/// The words around two texts.
struct Beside {
    title: &'static str,
    intro: &'static str,
    theirs: &'static str,
}

const IN_BETWEEN: Beside = Beside {
    title: "Somebody saved this in between",
    intro: "Nothing of yours is lost. Compare the two, change what you wrote if you like, and save it. Saving puts yours in place of what stands there now.",
    theirs: "What stands there now",
};

/// What the person wrote, beside what was saved in between.
fn beside(sheet: FormSheet, stale: &Stale, words: &Beside) -> Sheet {
    let now: Vec<_> = stale
        .fields
        .iter()
        .map(|field| {
            view! {
                <h3 class="govuk-heading-s">{field.label.clone()}</h3>
                <div class="fe-sides__text fe-prose">{field.current.clone()}</div>
            }
        })
        .collect();
    let content = view! {
        {back_link(sheet.back)}
        <h1 class="govuk-heading-l">{words.title}</h1>
        <p class="govuk-body">{words.intro}</p>
        <div class="fe-sides">
            <section class="fe-sides__mine">
                <h2 class="govuk-heading-m">"What you wrote"</h2>
                {sheet.form}
            </section>
            <section>
                <h2 class="govuk-heading-m">{words.theirs}</h2>
                {now}
            </section>
        </div>
    };
    Sheet::new(words.title, content)
}

/// The form around some fields, with its key, its token, the version of what it changes, and its button.
pub(crate) fn form(visit: &Visit, filled: &Filled, fields: impl IntoAny, button: &str) -> AnyView {
    let words = if filled.is_stale { "Save mine" } else { button }.to_owned();
    view! {
        <form id="form" method="post" action=visit.here() novalidate>
            {form_heart(visit, filled)}
            {draft::restored(filled)}
            {fields.into_any()}
            <div class="fe-sticky-actions">
                <button class="govuk-button" name="do" value="save">{words}</button>
                {draft::controls(visit, filled)}
            </div>
        </form>
    }
    .into_any()
}

/// What every form carries unseen.
pub(crate) fn form_heart(visit: &Visit, filled: &Filled) -> AnyView {
    let key = match filled.form.text("form_key") {
        "" => submissions::new_key().to_string(),
        key => key.to_owned(),
    };
    let version = filled.form.has("version").then(|| hidden("version", filled.form.text("version")));
    view! {
        {hidden("form_token", &visit.form_token)}
        {hidden("form_key", key)}
        {version}
    }
    .into_any()
}

/// A form that is only a button: for what needs no more than a press.
pub(crate) fn button_form(visit: &Visit, path: &str, words: &str, about: &str) -> AnyView {
    let about = (!about.is_empty())
        .then(|| view! { <span class="govuk-visually-hidden">{format!(" {about}")}</span> });
    view! {
        <form method="post" action=path.to_owned() class="fe-no-print">
            {hidden("form_token", &visit.form_token)}
            <button class="govuk-button govuk-button--secondary">{words.to_owned()}{about}</button>
        </form>
    }
    .into_any()
}

impl Visit {
    /// The version of the record that the form was made of.
    pub(crate) fn version(&self) -> i32 {
        self.form.text("version").parse().unwrap_or(0)
    }

    /// Saves a form once, however often it is sent. `work` returns the path to show next.
    pub(crate) fn save(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        self.save_once(false, work)
    }

    /// The same for a form with which something new is written: whoever goes back and saves the same words again
    /// means the same record.
    pub(crate) fn save_new(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        self.save_once(true, work)
    }

    /// Where a form was sent, and everything that was typed.
    fn words(&self) -> String {
        let is_typed =
            |name: &str| name != "form_key" && name != "form_token" && !name.starts_with(drafts::PREFIX);
        let typed = self.form.fields().iter().filter(|(name, _)| is_typed(name));
        typed.fold(self.path.clone(), |words, (name, value)| format!("{words}\n{name}={value}"))
    }

    fn save_once(
        &self,
        is_new: bool,
        work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        let (key, words) = (self.form.text("form_key").parse(), self.words());
        let draft = Seen {
            address: self.form.text(drafts::ADDRESS).to_owned(),
            window: self.form.text(drafts::WINDOW).to_owned(),
            version: self.form.text(drafts::VERSION).parse().unwrap_or(0),
        };
        self.write(move |writing| {
            let location = match key {
                Ok(key) => submissions::once(writing, &Submission { key, words, is_new }, work),
                Err(_) => work(writing),
            }?;
            if !draft.address.is_empty() {
                records::drafts::end(writing, &draft)?;
            }
            Ok(location)
        })
    }
}
