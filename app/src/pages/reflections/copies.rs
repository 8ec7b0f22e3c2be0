//! What leaves a journal, by its author's hand alone: a copy or a part for one reader, and how the author is for an agenda.

use super::{even_while_shut, path};
use crate::answer::Answer;
use crate::components::{Choice, line, prose, readers, select, text_box, when, whole_text_box};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, button_form, form, form_page};
use crate::pages::preparation;
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{PersonId, ReflectionCopyId, ReflectionId};
use domain::reflection::CheckIn;
use leptos::prelude::*;
use records::Problem;
use records::preparation::{Pair, add_to_agenda};
use records::reflection::{self, CopyFile, CopyReply, NewCopy};

/// The heading of the page on which it is put on an agenda.
const AGENDA: &str = "Put it on an agenda";

fn read_copy(form: &Form) -> Result<NewCopy, Problems> {
    let mut check = FormCheck::new(form);
    let reader = check.id("audience", "Choose who gets the copy");
    let title = check.line("title", "Enter what the copy is called");
    let body = check.whole_text("body", "Leave something in the copy");
    let copy = (|| Some(NewCopy { reader: reader?, title: title?, body: body? }))();
    check.finish(copy)
}

/// `/reflections/{id}/share`: filled with the text, of which the author takes out what they keep.
pub(crate) fn share(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let piece = even_while_shut(visit, visit.read(|reading| reflection::open_piece(reading, &id)))?;
    let colleagues = visit.read(reflection::may_share_with)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            if let Some((piece, ..)) = &piece {
                blank.set("title", &piece.title);
                blank.set("body", piece.text());
            }
            Ok(blank)
        },
        |filled| {
            let mut choices = vec![Choice::new("", "Choose somebody")];
            choices.extend(colleagues.iter().map(|(id, name)| Choice::new(id, name)));
            let fields = view! {
                {select(filled, "audience", "Who gets it?", "Your supervisors and your team", choices)}
                {line(filled, "title", "Title of the copy", "", "")}
                {readers(Readers::SharedCopy)}
                {whole_text_box(filled, "body", "What they get", "Take out what you want to keep to yourself. Nothing can be added here, and your answers to the questions and how you are stay yours", 12)}
            };
            let intro = view! {
                <p class="govuk-body">"They get it as it stands here. What you change in your reflection later stays yours. For 24 hours you can take the copy back."</p>
            };
            Ok(FormSheet::new("Share a copy or a part", form(visit, filled, fields, "Share"))
                .intro(intro)
                .back_to(path(&id), "Back to the reflection"))
        },
        || {
            let (id, copy) = (id.clone(), read_copy(&visit.form)?);
            // The same words again are another copy: the first may have been taken back.
            visit.save(move |writing| {
                reflection::share(writing, &id, &copy)?;
                Ok(format!("{}?notice=reflection-shared", path(&id)))
            })
        },
    )
}

/// `/reflections/copies/{id}`: the copy, what was said under it, and a box for more.
pub(crate) fn open_copy(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionCopyId = visit.id()?;
    match copy_and_reply(visit, &id) {
        Err(Problem::NotFound) if visit.is_post() => too_late(visit, &id),
        answered => answered,
    }
}

fn copy_and_reply(visit: &Visit, id: &ReflectionCopyId) -> Result<Answer, Problem> {
    let copy = even_while_shut(visit, visit.read(|reading| reflection::open_copy(reading, id)))?;
    if copy.as_ref().is_some_and(|copy| copy.has_new) {
        let seen = id.clone();
        // It is shown all the same if that cannot be noted, and is new once more next time.
        if let Err(problem) = visit.write(move |writing| reflection::see_copy(writing, &seen)) {
            tracing::warn!(%problem, "that a copy was seen is not noted");
        }
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = view! {
                {readers(Readers::SharedCopy)}
                {text_box(filled, "reply", "Your reply", "It cannot be changed afterwards", 4)}
            };
            // A draft is called what its page is called, and outlives a copy that is taken back: no word of the copy stands there.
            let is_mine = copy.as_ref().is_some_and(|copy| copy.is_mine);
            let heading =
                if is_mine { "A reflection that you shared" } else { "A reflection shared with you" };
            Ok(FormSheet::new(heading, form(visit, filled, fields, "Send reply"))
                .intro(copy.as_ref().map(|copy| copy_and_thread(id, copy)))
                .back_to("/reflections", "Back to reflections"))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let reply = check.narrative("reply", "Write your reply");
            let (id, reply) = (id.clone(), check.finish(reply)?);
            // Who says the same again says it again.
            visit.save(move |writing| {
                reflection::reply_under_copy(writing, &id, &reply)?;
                Ok(format!("/reflections/copies/{id}?notice=copy-replied"))
            })
        },
    )
}

/// A reply to a copy that was taken back while it was written: it reaches nobody, and nothing of it is lost.
fn too_late(visit: &Visit, id: &ReflectionCopyId) -> Result<Answer, Problem> {
    let reply = visit.form.text("reply");
    let was_taken_back = visit.read(|reading| reflection::was_taken_back(reading, id))?;
    if !was_taken_back || reply.trim().is_empty() {
        return Err(Problem::NotFound);
    }
    let title = "The copy was taken back";
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">"Its author took it back before you sent your reply. Your reply was not sent, and nobody else can read it. Copy it if you want to keep it."</p>
        <h2 class="govuk-heading-m">"Your reply"</h2>
        {prose(reply)}
    };
    Ok(Sheet::new(title, content).with_status(410).answer(visit))
}

fn copy_and_thread(id: &ReflectionCopyId, copy: &CopyFile) -> AnyView {
    let shared = format!("{} shared this with {} on ", copy.author, copy.reader);
    let take_back = copy.taken_back_until.filter(|_| copy.is_mine).map(|until| {
        view! {
            <p class="govuk-body fe-no-print">
                <a class="govuk-link" href=take_back_path(id)>"Take the copy back"</a> ". You can until " {when(until)} "."
            </p>
        }
    });
    view! {
        <h2 class="govuk-heading-m">{copy.title.clone()}</h2>
        <p class="govuk-body fe-muted">{shared} {when(copy.shared_at)} ". It stays as it was."</p>
        {readers(Readers::SharedCopy)}
        {prose(&copy.body)}
        {take_back}
        {thread(&copy.replies)}
    }
    .into_any()
}

fn thread(replies: &[CopyReply]) -> Option<AnyView> {
    let items: Vec<_> = replies
        .iter()
        .map(|reply| {
            view! {
                <h3 class="govuk-heading-s">{reply.author.clone()} " " <small class="fe-muted">{when(reply.written_at)}</small></h3>
                {prose(&reply.text)}
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Replies"</h2>
                {items}
            </section>
        }
        .into_any()
    })
}

fn take_back_path(id: &ReflectionCopyId) -> String {
    format!("/reflections/copies/{id}/take-back")
}

/// `/reflections/copies/{id}/take-back`: says what goes with the copy before it is gone.
pub(crate) fn take_back(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionCopyId = visit.id()?;
    if visit.is_post() {
        let reflection = visit.write(move |writing| reflection::take_back(writing, &id))?;
        let next = reflection.as_ref().map_or("/reflections".to_owned(), path);
        return Ok(Answer::see_other(format!("{next}?notice=copy-taken-back")));
    }
    let taking_back = visit.read(|reading| reflection::taking_back(reading, &id))?;
    let (title, button) = match &taking_back.stays_because {
        Some(_) => ("The copy cannot be taken back", None),
        None => ("Take this copy back?", Some(button_form(visit, &take_back_path(&id), "Take it back", ""))),
    };
    let words = taking_back.stays_because.clone().unwrap_or_else(|| {
        format!(
            "{} cannot read it any more, and nor can you. The replies under it go too. None of it can be brought back. Your reflection stays as it is.",
            taking_back.reader
        )
    });
    let content = view! {
        {back_link(Some((format!("/reflections/copies/{id}"), "Back to the copy".to_owned())))}
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{format!("{}. Shared with {} on ", taking_back.title, taking_back.reader)} {when(taking_back.shared_at)} "."</p>
        <p class="govuk-body">{words}</p>
        {button}
    };
    Ok(Sheet::new(title, content).answer(visit))
}

/// `/reflections/{id}/agenda`: how the author is, in words of their choice, for the next session with a supervisor.
pub(crate) fn put_on_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let piece = even_while_shut(visit, visit.read(|reading| reflection::open_piece(reading, &id)))?;
    let supervisors = visit.read(reflection::own_supervisors)?;
    // Whoever has written something sees it again all the same.
    if supervisors.is_empty() && !visit.is_post() {
        return Ok(no_supervisor(visit, &id));
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            let check_in = piece.as_ref().and_then(|(piece, ..)| piece.check_in.as_ref());
            let line = check_in.map(CheckIn::line).unwrap_or_default();
            blank.set("agenda", line.split_whitespace().collect::<Vec<_>>().join(" "));
            Ok(blank)
        },
        |filled| {
            // With several supervisors nobody is chosen by the order of the alphabet.
            let blank = (supervisors.len() != 1).then(|| Choice::new("", "Choose a supervisor"));
            let each = supervisors.iter().map(|(id, name)| Choice::new(id, name));
            let choices = blank.into_iter().chain(each).collect();
            let fields = view! {
                {select(filled, "supervisor", "With whom?", "", choices)}
                {readers(Readers::Agenda)}
                {line(filled, "agenda", "What do you want to talk about?", "Change it until it says what you want to say", "")}
            };
            Ok(FormSheet::new(AGENDA, form(visit, filled, fields, "Put on the agenda"))
                .back_to(path(&id), "Back to the reflection"))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let supervisor: Option<PersonId> = check.id("supervisor", "Choose one of your supervisors");
            let words = check.line("agenda", "Write what you want to talk about");
            let (supervisor, words) = check.finish(supervisor.zip(words))?;
            if !supervisors.iter().any(|(id, _)| *id == supervisor) {
                return Err(Problems::one("supervisor", "Choose one of your supervisors").into());
            }
            let supervisee = visit.signed_in.as_ref().ok_or(Problem::NotFound)?.actor.person.clone();
            let pair = Pair { supervisor, supervisee };
            // The same words may be wanted again for the session after.
            visit.save(move |writing| {
                add_to_agenda(writing, &pair, &words)?;
                Ok(format!("{}?notice=agenda-saved", preparation::path(&pair)))
            })
        },
    )
}

fn no_supervisor(visit: &Visit, id: &ReflectionId) -> Answer {
    let content = view! {
        {back_link(Some((path(id), "Back to the reflection".to_owned())))}
        <h1 class="govuk-heading-l">{AGENDA}</h1>
        <p class="govuk-body">"You have no supervisor at work just now, so there is no agenda to put it on. Ask your manager who supervises you."</p>
    };
    Sheet::new(AGENDA, content).answer(visit)
}
