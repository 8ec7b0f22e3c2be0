//! What leaves a journal, by its author's hand alone: a copy or a part for one reader, and how the author is for an agenda.

use super::path;
use crate::answer::Answer;
use crate::components::{Choice, line, prose, readers, select, text_box, when, whole_text_box};
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
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
    let ((piece, ..), colleagues) = visit
        .read(|reading| Ok((reflection::open_piece(reading, &id)?, reflection::may_share_with(reading)?)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("title", &piece.title);
            blank.set("body", piece.text());
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
            visit.save_new(move |writing| {
                reflection::share(writing, &id, &copy)?;
                Ok(format!("{}?notice=reflection-shared", path(&id)))
            })
        },
    )
}

/// `/reflections/copies/{id}`: the copy, what was said under it, and a box for more.
pub(crate) fn open_copy(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionCopyId = visit.id()?;
    let copy = visit.read(|reading| reflection::open_copy(reading, &id))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = view! {
                {readers(Readers::SharedCopy)}
                {text_box(filled, "reply", "Your reply", "It cannot be changed afterwards", 4)}
            };
            let heading = if copy.is_mine {
                format!("{}, as you shared it", copy.title)
            } else {
                format!("{}, as {} shared it", copy.title, copy.author)
            };
            Ok(FormSheet::new(heading, form(visit, filled, fields, "Send reply"))
                .intro(copy_and_thread(visit, &id, &copy))
                .back_to("/reflections", "Back to reflections"))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let reply = check.narrative("reply", "Write your reply");
            let (id, reply) = (id.clone(), check.finish(reply)?);
            visit.save_new(move |writing| {
                reflection::reply_under_copy(writing, &id, &reply)?;
                Ok(format!("/reflections/copies/{id}?notice=copy-replied"))
            })
        },
    )
}

fn copy_and_thread(visit: &Visit, id: &ReflectionCopyId, copy: &CopyFile) -> AnyView {
    let shared = format!("{} shared this with {} on ", copy.author, copy.reader);
    let take_back = copy.taken_back_until.filter(|_| copy.is_mine).map(|until| {
        view! {
            {button_form(visit, &format!("/reflections/copies/{id}/take-back"), "Take the copy back", "")}
            <p class="govuk-body fe-muted fe-no-print">"You can until " {when(until)} ". The replies go with it."</p>
        }
    });
    view! {
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

/// `/reflections/copies/{id}/take-back`.
pub(crate) fn take_back(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionCopyId = visit.id()?;
    if !visit.is_post() {
        return Ok(Answer::see_other(format!("/reflections/copies/{id}")));
    }
    let reflection = visit.write(move |writing| reflection::take_back(writing, &id))?;
    Ok(Answer::see_other(format!("{}?notice=copy-taken-back", path(&reflection))))
}

/// `/reflections/{id}/agenda`: how the author is, in words of their choice, for the next session with a supervisor.
pub(crate) fn put_on_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let ((piece, ..), supervisors) = visit
        .read(|reading| Ok((reflection::open_piece(reading, &id)?, reflection::own_supervisors(reading)?)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            let line = piece.check_in.as_ref().map(CheckIn::line).unwrap_or_default();
            blank.set("agenda", line.split_whitespace().collect::<Vec<_>>().join(" "));
            Ok(blank)
        },
        |filled| {
            let choices = supervisors.iter().map(|(id, name)| Choice::new(id, name)).collect();
            let fields = view! {
                {select(filled, "supervisor", "With whom?", "", choices)}
                {readers(Readers::Agenda)}
                {line(filled, "agenda", "What do you want to talk about?", "Change it until it says what you want to say", "")}
            };
            Ok(FormSheet::new("Put it on an agenda", form(visit, filled, fields, "Put on the agenda"))
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
            visit.save_new(move |writing| {
                add_to_agenda(writing, &pair, &words)?;
                Ok(format!("{}?notice=agenda-saved", preparation::path(&pair)))
            })
        },
    )
}
