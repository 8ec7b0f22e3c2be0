//! Signatures under a record, what is added to it later, and opening it again together: the same for a session's and for an
//! agreement's.

use crate::answer::Answer;
use crate::components::{Filled, day, hidden, line, prose, readers, tag, text_box, when};
use crate::pages::form_page::{FormSheet, button_form, form, form_heart, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::CaseEntryId;
use domain::supervision::{NewSignature, RecordState, RecordStep, Side, read_words};
use leptos::prelude::*;
use records::signing::{self, Record, Signing, StepRow};
use records::supervision::SessionEntry;
use records::{Problem, Writing, agreements, supervision};

/// The field in which a name is typed.
pub(crate) const SIGNATURE: &str = "signature";

/// How far a record has come, in a word with a sign.
pub(crate) fn state_tag(state: RecordState) -> AnyView {
    let style = match state {
        RecordState::Voided => "not-required",
        state if state.is_locked() => "in-date",
        _ => "due-soon",
    };
    let words = match state {
        RecordState::Drafted => "Not signed",
        RecordState::AwaitingSupervisee => "One signature",
        RecordState::Signed => "Signed",
        RecordState::SignedWithComment => "Signed, with a comment",
        RecordState::Voided => "Void",
    };
    tag(style, words)
}

/// What was done to a record, and what its reader may do now.
pub(crate) fn section(visit: &Visit, page: &str, signing: &Signing) -> AnyView {
    let steps: Vec<_> = signing.steps.iter().map(step_item).collect();
    let steps = (!steps.is_empty()).then(|| view! { <ul class="fe-links">{steps}</ul> });
    let sign = signing.may(RecordStep::Sign).then(|| {
        let filled = Filled::new(blank(signing));
        // A comment is written on a page of its own, where what is typed is kept as a draft.
        let comment = (signing.side == Some(Side::Supervisee)).then(|| {
            view! { <a class="govuk-link" href=format!("{page}/sign")>"Sign with a comment"</a> }
        });
        view! {
            <form method="post" action=format!("{page}/sign") novalidate>
                {form_heart(visit, &filled)}
                {name_field(&filled)}
                <div class="govuk-button-group"><button class="govuk-button">"Sign"</button> {comment}</div>
            </form>
        }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Signatures"</h2>
            <p class="govuk-body">{state_tag(signing.state)} " " {signing.state.words()} "."</p>
            {steps}
            {waits(signing)}
            {sign}
            {later(visit, page, signing)}
        </section>
    }
    .into_any()
}

fn step_item(row: &StepRow) -> AnyView {
    let words = (!row.words.is_empty()).then(|| prose(&row.words));
    view! {
        <li>
            <strong>{row.step.words()}</strong>
            {format!(": {}, {}, ", row.person, row.side.words().to_lowercase())}
            {when(row.taken_at)}
            {words}
        </li>
    }
    .into_any()
}

/// What the reader waits for, if it is not their turn.
fn waits(signing: &Signing) -> Option<AnyView> {
    if let Some((side, on)) = signing.left_before_signing {
        let who = match side {
            Side::Supervisor => "The supervisor",
            Side::Supervisee | Side::LineManager => "The person supervised",
        };
        return Some(
            view! { <p class="govuk-body">{who} " left before signing, on " {day(on)} ". Nobody signs in their place."</p> }
                .into_any(),
        );
    }
    let words = match (signing.state, signing.side?) {
        (RecordState::Drafted, Side::Supervisee) => "The supervisor signs first. Then it is your turn.",
        (RecordState::AwaitingSupervisee, Side::Supervisor) => {
            "The person you supervise was asked to sign. If you change something now, your signature is taken back."
        }
        _ => return None,
    };
    Some(view! { <p class="govuk-body fe-muted">{words}</p> }.into_any())
}

fn later(visit: &Visit, page: &str, signing: &Signing) -> Option<AnyView> {
    if !signing.may(RecordStep::Add) {
        return None;
    }
    let path = |what: &str| format!("{page}/{what}");
    let reopen = match signing.reopening() {
        Some(asked) if Some(asked.side) == signing.side => {
            view! { <p class="govuk-body">"You have asked to open this again. The other one has to agree."</p> }.into_any()
        }
        Some(asked) => view! {
            <p class="govuk-body">{format!("{} asks to open this again. If you agree, both signatures are taken back, and it can be changed.", asked.person)}</p>
            {button_form(visit, &path("reopen/agree"), "Agree to open it again", "")}
        }
        .into_any(),
        None => view! { <a class="govuk-link" href=path("reopen")>"Ask to open it again"</a> }.into_any(),
    };
    Some(
        view! {
            <div class="fe-no-print">
                <p class="govuk-body"><a class="govuk-link" href=path("add")>"Add to this record"</a></p>
                {reopen}
            </div>
        }
        .into_any(),
    )
}

fn blank(signing: &Signing) -> Form {
    let mut blank = Form::default();
    blank.set("text_hash", &signing.text_hash);
    blank
}

fn sign_fields(filled: &Filled, signing: &Signing) -> AnyView {
    let comment = (signing.side == Some(Side::Supervisee)).then(|| {
        text_box(
            filled,
            "comment",
            "What do you see otherwise?",
            "Leave it empty if nothing. A disagreement stays on the record; nobody deletes it",
            3,
        )
    });
    view! { {comment} {name_field(filled)} }.into_any()
}

fn name_field(filled: &Filled) -> AnyView {
    view! {
        {hidden("text_hash", filled.text("text_hash"))}
        {line(filled, SIGNATURE, "Type your name to sign", "You sign what stands on the page of the record now", "20")}
    }
    .into_any()
}

/// A record, where its page is, and where it stands for the visitor, who is one of its two people.
struct Opened {
    record: Record,
    page: String,
    signing: Signing,
    entries: Vec<SessionEntry>,
}

impl Opened {
    fn new(visit: &Visit) -> Result<Self, Problem> {
        let (record, page, signing, entries) = if visit.path.starts_with("/agreements/") {
            let id = visit.id()?;
            let signing = visit.read(|reading| agreements::open(reading, &id))?.signing;
            (Record::Agreement(id.clone()), format!("/agreements/{id}"), signing, Vec::new())
        } else {
            let id = visit.id()?;
            let session = visit.read(|reading| supervision::open(reading, &id))?;
            (Record::Session(id.clone()), format!("/supervision/{id}"), session.signing, session.entries)
        };
        if signing.side.is_none() {
            return Err(Problem::NotFound);
        }
        Ok(Self { record, page, signing, entries })
    }

    /// A page about it, with the heading for a session's record or for an agreement.
    fn sheet(&self, [session, agreement]: [&'static str; 2], form: AnyView) -> FormSheet {
        let title = match self.record {
            Record::Session(_) => session,
            Record::Agreement(_) => agreement,
        };
        FormSheet::new(title, form).back_to(self.page.clone(), "Back to the record")
    }

    fn save(
        &self,
        visit: &Visit,
        notice: &'static str,
        work: impl FnOnce(&mut Writing<'_>, &Record) -> Result<(), Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        let (record, page) = (self.record.clone(), self.page.clone());
        visit.save(move |writing| {
            work(writing, &record)?;
            Ok(format!("{page}?notice={notice}"))
        })
    }
}

/// `/supervision/{id}/sign` and `/agreements/{id}/sign`.
pub(crate) fn sign(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::new(visit)?;
    form_page(
        visit,
        || Ok(blank(&opened.signing)),
        |filled| {
            let page = opened.page.clone();
            let intro = view! {
                <p class="govuk-body"><a class="govuk-link" href=page>"Read the record"</a> " before you sign it."</p>
            };
            let fields = sign_fields(filled, &opened.signing);
            Ok(opened
                .sheet(["Sign the record", "Sign the agreement"], form(visit, filled, fields, "Sign"))
                .intro(intro))
        },
        || {
            let signature = NewSignature::parse(&visit.form)?;
            opened.save(visit, "signed", move |writing, record| signing::sign(writing, record, &signature))
        },
    )
}

/// `/supervision/{id}/add` and `/agreements/{id}/add`.
pub(crate) fn add_words(visit: &Visit) -> Result<Answer, Problem> {
    let words = Words {
        titles: ["Add to the record", "Add to the agreement"],
        label: "What do you add?",
        hint: "It is added with your name and the day. What stands there stays",
        missing: "Write what you add",
        button: "Add",
        notice: "added",
        readers: Readers::PersonalPart,
    };
    words.page(visit, (Opened::new(visit)?, None), signing::add_words)
}

/// `/supervision/{id}/entries/{entry}/add`.
pub(crate) fn add_to_entry(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::new(visit)?;
    let entry: CaseEntryId =
        visit.parameters.get(1).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)?;
    let (_, reference, label) =
        &opened.entries.iter().find(|said| said.entry.id == entry).ok_or(Problem::NotFound)?.case;
    let about = format!("{reference} · {label}");
    let words = Words {
        titles: ["Add to what was said of a case"; 2],
        label: "What do you add, or put right?",
        hint: "It is added with your name and the day, on the page of the case too. What stands there stays",
        missing: "Write what you add",
        button: "Add",
        notice: "added",
        readers: Readers::CaseEntry,
    };
    words.page(visit, (opened, Some(about)), move |writing, record, words| {
        signing::add_to_entry(writing, record, &entry, words)
    })
}

/// `/supervision/{id}/reopen` and `/agreements/{id}/reopen`.
pub(crate) fn ask_to_reopen(visit: &Visit) -> Result<Answer, Problem> {
    let words = Words {
        titles: ["Ask to open the record again", "Ask to open the agreement again"],
        label: "Why does it have to be changed?",
        hint: "Both have signed it, so both have to agree. To add something there is no need to open it",
        missing: "Write why it has to be changed",
        button: "Ask",
        notice: "asked-to-reopen",
        readers: Readers::PersonalPart,
    };
    words.page(visit, (Opened::new(visit)?, None), signing::ask_to_reopen)
}

/// `/supervision/{id}/reopen/agree` and `/agreements/{id}/reopen/agree`.
pub(crate) fn reopen(visit: &Visit) -> Result<Answer, Problem> {
    let Opened { record, page, .. } = Opened::new(visit)?;
    if visit.is_post() {
        visit.write(move |writing| signing::reopen(writing, &record))?;
        return Ok(Answer::see_other(format!("{page}?notice=reopened")));
    }
    Ok(Answer::see_other(page))
}

/// A page with one box for words about a record.
struct Words {
    titles: [&'static str; 2],
    label: &'static str,
    hint: &'static str,
    missing: &'static str,
    button: &'static str,
    notice: &'static str,
    readers: Readers,
}

impl Words {
    fn page(
        self,
        visit: &Visit,
        (opened, about): (Opened, Option<String>),
        work: impl FnOnce(&mut Writing<'_>, &Record, &str) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        form_page(
            visit,
            || Ok(Form::default()),
            |filled| {
                let fields = view! {
                    {about.clone().map(|about| view! { <p class="govuk-body"><strong>{about}</strong></p> })}
                    {readers(self.readers)}
                    {text_box(filled, "words", self.label, self.hint, 4)}
                };
                Ok(opened.sheet(self.titles, form(visit, filled, fields, self.button)))
            },
            || {
                let words = read_words(&visit.form, "words", self.missing)?;
                opened.save(visit, self.notice, move |writing, record| work(writing, record, &words))
            },
        )
    }
}
