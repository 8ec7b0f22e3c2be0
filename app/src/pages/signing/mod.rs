//! Signatures under a record, what is added to it later, and opening it again together: the same for a session's and for an
//! agreement's.

mod words;

pub(crate) use words::{add_to_entry, add_words, answer_comment, ask_to_reopen, leave_signed};

use crate::answer::Answer;
use crate::components::{Filled, day, hidden, lateness, line, prose, readers, tag, text_box, when};
use crate::pages::agreements::text as text_of_agreement;
use crate::pages::form_page::{FormSheet, button_form, form, form_heart, form_page};
use crate::pages::papers;
use crate::pages::supervision::{before_signing, text_of_session};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::calendar::day_in_words;
use domain::form::Form;
use domain::supervision::{NewSignature, RecordState, RecordStep, Side};
use leptos::prelude::*;
use records::agreements::AgreementFile;
use records::signing::{self, Record, Signing, StepRow};
use records::supervision::SessionFile;
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

/// What was done to a record, and what its reader may do now. `before` is what they are told before they sign.
pub(crate) fn section(visit: &Visit, page: &str, signing: &Signing, before: Option<AnyView>) -> AnyView {
    let steps: Vec<_> = signing.steps.iter().map(step_item).collect();
    let steps = (!steps.is_empty()).then(|| view! { <ul class="fe-links">{steps}</ul> });
    let sign = signing.may(RecordStep::Sign).then(|| {
        let filled = Filled::default();
        // A comment is written on a page of its own, where what is typed is kept as a draft.
        let comment = (signing.side == Some(Side::Supervisee)).then(|| {
            view! { <a class="govuk-link" href=format!("{page}/sign")>"Sign with a comment"</a> }
        });
        view! {
            {before}
            <form method="post" action=format!("{page}/sign") novalidate>
                {form_heart(visit, &filled)}
                {name_field(&filled, signing)}
                <div class="govuk-button-group"><button class="govuk-button">"Sign"</button> {comment}</div>
            </form>
        }
    });
    let answer = signing.may_answer().then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("{page}/answer")>"Reply to the comment"</a>", as the supervisor’s manager"</p> }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Signatures"</h2>
            <p class="govuk-body">{state_tag(signing.state)} " " {signing.state.words()} "."</p>
            {steps}
            {punctuality(signing, visit.today())}
            {waits(signing)}
            {sign}
            {later(visit, page, signing)}
            {answer}
        </section>
    }
    .into_any()
}

fn step_item(row: &StepRow) -> AnyView {
    let words = (!row.words.is_empty()).then(|| prose(&row.words));
    let signed = row.signed_text.as_ref().map(|text| {
        let what = if row.step == RecordStep::Correct {
            "What one of you had signed until then"
        } else {
            "What both had signed until then"
        };
        view! {
            <details class="govuk-details">
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{what}</span></summary>
                <div class="govuk-details__text">{readers(Readers::Wellbeing)} {prose(text)}</div>
            </details>
        }
    });
    view! {
        <li>
            <strong>{row.step.words()}</strong>
            {format!(": {}, {}, ", row.person, row.side.words().to_lowercase())}
            {when(row.taken_at)}
            {words}
            {signed}
        </li>
    }
    .into_any()
}

/// By when the other signature is wanted, or how late it came.
fn punctuality(signing: &Signing, today: NaiveDate) -> Option<AnyView> {
    let sign_by = signing.sign_by?;
    let words = match (signing.state, signing.signed_on()) {
        (RecordState::AwaitingSupervisee, _) => match lateness(Some(sign_by), today) {
            Some(late) => view! { "The second signature is" {late} "." }.into_any(),
            None => view! { "The second signature is wanted by " {day(sign_by)} "." }.into_any(),
        },
        (state, Some(signed_on)) if state.is_locked() => {
            let late = lateness(Some(sign_by), signed_on)?;
            view! { "The second signature came" {late} "." }.into_any()
        }
        _ => return None,
    };
    Some(view! { <p class="govuk-body">{words}</p> }.into_any())
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
        (RecordState::AwaitingSupervisee, Side::Supervisor) if signing.can_be_corrected => {
            "The person you supervise was asked to sign. If you change something now, your signature is taken back."
        }
        (RecordState::AwaitingSupervisee, Side::Supervisor) => "The person you supervise was asked to sign.",
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
            view! {
                <p class="govuk-body">"You have asked to open this again. The other one has to agree. " <a class="govuk-link" href=path("reopen/leave")>"Take the request back"</a></p>
            }
            .into_any()
        }
        Some(asked) => view! {
            <p class="govuk-body">{format!("{} asks to open this again. If you agree, both signatures are taken back, and it can be changed.", asked.person)}</p>
            {button_form(visit, &path("reopen/agree"), "Agree to open it again", "")}
            <p class="govuk-body"><a class="govuk-link" href=path("reopen/leave")>"Leave it as it is"</a>", with a reason"</p>
        }
        .into_any(),
        None if signing.may(RecordStep::AskToReopen) => {
            view! { <a class="govuk-link" href=path("reopen")>"Ask to open it again"</a> }.into_any()
        }
        None => {
            view! { <p class="govuk-body fe-muted">"What was said of a case stays as it is. Add to it where something is missing or wrong."</p> }
                .into_any()
        }
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

fn sign_fields(filled: &Filled, opened: &Opened) -> AnyView {
    let signing = opened.signing();
    let hint = if opened.is_about_cases() {
        "Leave it empty if nothing. A disagreement stays on the record; nobody deletes it. The readers of a case do not see it here: add to the case what they should know"
    } else {
        "Leave it empty if nothing. A disagreement stays on the record; nobody deletes it"
    };
    let comment = (signing.side == Some(Side::Supervisee)).then(|| {
        let comment = text_box(filled, "comment", "What do you see otherwise?", hint, 3);
        view! { {readers(Readers::PersonalPart)} {comment} }
    });
    view! { {comment} {name_field(filled, signing)} }.into_any()
}

/// Who signs signs what the page says that they see: never what a draft or an earlier try was about.
fn name_field(filled: &Filled, signing: &Signing) -> AnyView {
    view! {
        {hidden("text_hash", &signing.text_hash)}
        {line(filled, SIGNATURE, "Type your name to sign", "You sign what stands on this page now. What was added later stands beside it", "20")}
    }
    .into_any()
}

/// A record as the visitor reads it.
enum Opened {
    Session(Box<SessionFile>),
    Agreement(Box<AgreementFile>),
}

/// Which session it is, in the heading of a form about it.
pub(crate) fn name_of_session(visit: &Visit, session: &SessionFile) -> String {
    let with = visit.other_of(&session.supervisor, &session.supervisee);
    format!("{with}, {}", day_in_words(session.held_on))
}

impl Opened {
    /// For one of its two people.
    fn new(visit: &Visit) -> Result<Self, Problem> {
        let opened = Self::read(visit)?;
        if opened.signing().side.is_none() {
            return Err(Problem::NotFound);
        }
        Ok(opened)
    }

    fn read(visit: &Visit) -> Result<Self, Problem> {
        Ok(if visit.path.starts_with("/agreements/") {
            let id = visit.id()?;
            Self::Agreement(Box::new(visit.read(|reading| agreements::open(reading, &id))?))
        } else {
            let id = visit.id()?;
            Self::Session(Box::new(visit.read(|reading| supervision::open(reading, &id))?))
        })
    }

    fn record(&self) -> Record {
        match self {
            Self::Session(session) => Record::Session(session.id.clone()),
            Self::Agreement(agreement) => Record::Agreement(agreement.id.clone()),
        }
    }

    fn page(&self) -> String {
        match self {
            Self::Session(session) => format!("/supervision/{}", session.id),
            Self::Agreement(agreement) => format!("/agreements/{}", agreement.id),
        }
    }

    fn signing(&self) -> &Signing {
        match self {
            Self::Session(session) => &session.signing,
            Self::Agreement(agreement) => &agreement.signing,
        }
    }

    /// What it says.
    fn text(&self) -> Result<AnyView, Problem> {
        Ok(match self {
            Self::Session(session) => text_of_session(session),
            Self::Agreement(agreement) => text_of_agreement(agreement, &agreements::template()?),
        })
    }

    fn is_about_cases(&self) -> bool {
        matches!(self, Self::Session(session) if !session.entries.is_empty())
    }

    /// What somebody is told before they sign it.
    fn before_signing(&self) -> Option<AnyView> {
        match self {
            Self::Session(session) => before_signing(session, session.signing.side),
            Self::Agreement(_) => None,
        }
    }

    /// What it says, as text.
    fn in_words(&self, visit: &Visit) -> Result<String, Problem> {
        let paper = match self {
            Self::Session(session) => papers::of_session(visit, session),
            Self::Agreement(agreement) => papers::of_agreement(visit, agreement, &agreements::template()?),
        };
        Ok(paper.to_text())
    }

    /// A page about it, with the heading for a session's record or for an agreement.
    fn sheet(
        &self,
        visit: &Visit,
        [of_session, of_agreement]: [&'static str; 2],
        form: AnyView,
    ) -> FormSheet {
        let title = match self {
            Self::Session(session) => format!("{of_session}: {}", name_of_session(visit, session)),
            Self::Agreement(agreement) => {
                format!("{of_agreement}: {}", visit.other_of(&agreement.supervisor, &agreement.supervisee))
            }
        };
        FormSheet::new(title, form).back_to(self.page(), "Back to the record")
    }

    fn save(
        &self,
        visit: &Visit,
        notice: &'static str,
        work: impl FnOnce(&mut Writing<'_>, &Record) -> Result<(), Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        let (record, page) = (self.record(), self.page());
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
        || Ok(Form::default()),
        |filled| {
            let fields = sign_fields(filled, &opened);
            Ok(opened
                .sheet(visit, ["Sign the record", "Sign the agreement"], form(visit, filled, fields, "Sign"))
                .intro(view! { {opened.text()?} {opened.before_signing()} }))
        },
        || {
            let signature = NewSignature::parse(&visit.form)?;
            opened.save(visit, "signed", move |writing, record| signing::sign(writing, record, &signature))
        },
    )
}

/// `/supervision/{id}/reopen/agree` and `/agreements/{id}/reopen/agree`.
pub(crate) fn reopen(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::new(visit)?;
    let (record, page) = (opened.record(), opened.page());
    if visit.is_post() {
        let signed = opened.in_words(visit)?;
        visit.write(move |writing| signing::reopen(writing, &record, &signed))?;
        return Ok(Answer::see_other(format!("{page}?notice=reopened")));
    }
    Ok(Answer::see_other(page))
}
