//! `/reflections/cpd`: pieces in the regulator's shape, how many of this year there are, and what the journal has spoken to.

use super::even_while_shut;
use crate::answer::Answer;
use crate::components::{Caption, Filled, date, day, empty, line, prose, readers, table, text_box, when};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::pages::papers;
use crate::visit::Visit;
use domain::access::Readers;
use domain::calendar::{counted, day_in_words, london_day};
use domain::form::Form;
use domain::ids::{CpdPieceId, ReflectionId};
use domain::reflection::{
    CPD_BOXES, CpdPiece, NEEDED_A_YEAR, count_of_year, frameworks, names_in, registration_year,
};
use leptos::prelude::*;
use records::Problem;
use records::reflection::{self, CpdFile};

/// The list.
pub(super) const LIST: &str = "/reflections/cpd";

/// The page of a piece.
pub(super) fn path(id: &CpdPieceId) -> String {
    format!("{LIST}/{id}")
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `/reflections/cpd`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let (files, spoken_to) = visit
        .read(|reading| Ok((reflection::cpd_list(reading)?, reflection::standards_spoken_to(reading)?)))?;
    let pieces: Vec<CpdPiece> = files.iter().map(|file| file.piece.clone()).collect();
    let (from, to) = registration_year(visit.today());
    let count = count_of_year(&pieces, visit.today());
    let unfinished = match count.unfinished {
        0 => String::new(),
        more => format!(" {} not finished yet.", counted(number(more), "piece is", "pieces are")),
    };
    let of_year = format!(
        "{} from {} to {}, {} with what you learnt by talking with a peer.{unfinished} Social Work England asks for {NEEDED_A_YEAR} a year, at least one of them with that.",
        counted(number(count.finished), "finished piece", "finished pieces"),
        day_in_words(from),
        day_in_words(to),
        count.with_peer,
    );
    let list = if files.is_empty() {
        empty("No pieces yet", "Open one of your reflections and choose “Make a CPD piece of it”.")
    } else {
        let rows = files.iter().map(row).collect();
        table(Caption::Unseen("My pieces, the newest first"), &["Title", "Date", "Still empty"], rows)
    };
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <h1 class="govuk-heading-l">"CPD and standards"</h1>
        {readers(Readers::PrivateReflection)}
        <p class="govuk-body">{of_year}</p>
        {list}
        {coverage(&spoken_to)}
    };
    Ok(Sheet::new("CPD and standards", content).answer(visit))
}

fn row(file: &CpdFile) -> AnyView {
    let missing = file.piece.missing().len();
    let missing = if missing == 0 { "Nothing".to_owned() } else { counted(number(missing), "box", "boxes") };
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path(&file.id)>{file.piece.title.clone()}</a></th>
            <td data-label="Date">{day(file.piece.on)}</td>
            <td data-label="Still empty">{missing}</td>
        </tr>
    }
    .into_any()
}

/// Each standard with how many pieces of the journal speak to it.
fn coverage(spoken_to: &[String]) -> AnyView {
    let tables: Vec<_> = frameworks()
        .iter()
        .map(|framework| {
            let rows: Vec<_> = framework
                .standards
                .iter()
                .map(|standard| {
                    let count = spoken_to.iter().filter(|key| **key == standard.key).count();
                    view! {
                        <tr>
                            <th scope="row">{standard.title.clone()}</th>
                            <td data-label="Reflections">{count}</td>
                        </tr>
                    }
                })
                .collect();
            table(Caption::Shown(framework.title.clone()), &["Standard", "Reflections"], rows)
        })
        .collect();
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Standards that your reflections speak to"</h2>
            <p class="govuk-body">"As you ticked them. Nobody else sees this, and there is no number to reach."</p>
            {tables}
        </section>
    }
    .into_any()
}

fn fields(filled: &Filled) -> AnyView {
    let boxes: Vec<_> =
        CPD_BOXES.iter().map(|(name, heading, hint)| text_box(filled, name, heading, hint, 6)).collect();
    view! {
        {line(filled, "title", "Title", "", "")}
        {line(filled, "kind", "Kind of activity", "Such as supervision, reading, a course, a reflection", "")}
        {date(filled, "on", "Date of the activity", "")}
        {readers(Readers::PrivateReflection)}
        {boxes}
    }
    .into_any()
}

/// `/reflections/{id}/cpd`: a piece for the regulator, begun from a piece of the journal.
pub(crate) fn write(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let begun_from = even_while_shut(visit, visit.read(|reading| reflection::open_piece(reading, &id)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            if let Some((piece, _, written_at)) = &begun_from {
                CpdPiece::begun_from(piece, london_day(*written_at)).fill(&mut blank);
            }
            Ok(blank)
        },
        |filled| {
            Ok(FormSheet::new("Make a CPD piece", form(visit, filled, fields(filled), "Save piece"))
                .back_to(super::path(&id), "Back to the reflection")
                .dates(&["on"]))
        },
        || {
            let piece = CpdPiece::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                let id = reflection::write_cpd(writing, &piece)?;
                Ok(format!("{}?notice=cpd-saved", path(&id)))
            })
        },
    )
}

/// `/reflections/cpd/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: CpdPieceId = visit.id()?;
    let stands = even_while_shut(visit, visit.read(|reading| reflection::open_cpd(reading, &id)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            if let Some(stands) = &stands {
                blank.set("version", stands.version.to_string());
                stands.piece.fill(&mut blank);
            }
            Ok(blank)
        },
        |filled| {
            Ok(FormSheet::new("Change your CPD piece", form(visit, filled, fields(filled), "Save piece"))
                .back_to(path(&id), "Back to the piece")
                .dates(&["on"]))
        },
        || {
            let piece = CpdPiece::parse(&visit.form, visit.today())?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                reflection::change_cpd(writing, &id, version, &piece)?;
                Ok(format!("{}?notice=cpd-saved", path(&id)))
            })
        },
    )
}

/// `/reflections/cpd/{id}`: the piece, and the words in it that may name somebody.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: CpdPieceId = visit.id()?;
    let (file, known) =
        visit.read(|reading| Ok((reflection::open_cpd(reading, &id)?, reflection::known_names(reading)?)))?;
    let piece = &file.piece;
    let kind = (!piece.kind.is_empty()).then(|| format!("{}, ", piece.kind));
    let parts: Vec<_> = CPD_BOXES
        .iter()
        .zip(piece.texts())
        .map(|((_, heading, _), text)| {
            let text = if text.is_empty() {
                view! { <p class="govuk-body fe-muted">"Still empty"</p> }.into_any()
            } else {
                prose(text)
            };
            view! { <h2 class="govuk-heading-s">{*heading}</h2> {text} }
        })
        .collect();
    let content = view! {
        {back_link(Some((LIST.to_owned(), "Back to CPD and standards".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l">{piece.title.clone()}</h1>
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button govuk-button--secondary" href=format!("{}/edit", path(&id))>"Change"</a>
                <a class="govuk-button govuk-button--secondary" href=format!("{}/text", path(&id))>"Take it as text"</a>
            </div>
        </div>
        {readers(Readers::PrivateReflection)}
        <p class="govuk-body">{kind} {day(piece.on)}</p>
        {names(piece, &known)}
        {parts}
        <p class="govuk-body fe-muted">"Last changed " {when(file.changed_at)}</p>
        <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("{}/delete", path(&id))>"Delete this piece"</a></p>
    };
    Ok(Sheet::new(piece.title.clone(), content).answer(visit))
}

/// What may name somebody, before it goes to the regulator.
fn names(piece: &CpdPiece, known: &[String]) -> AnyView {
    let text = format!("{}\n{}", piece.title, piece.texts().join("\n"));
    let found = names_in(&text, known);
    let words = if found.is_empty() {
        "No name was found in it. Look yourself too: a place or a job can tell who somebody is.".to_owned()
    } else {
        format!("Take out what names somebody. Look at: {}.", found.join(", "))
    };
    view! { <div class="govuk-inset-text fe-no-print"><p class="govuk-body">{words}</p></div> }.into_any()
}

/// `/reflections/cpd/{id}/text`.
pub(crate) fn text(visit: &Visit) -> Result<Answer, Problem> {
    let id: CpdPieceId = visit.id()?;
    let file = visit.read(|reading| reflection::open_cpd(reading, &id))?;
    let piece = &file.piece;
    let mut paper = papers::new(visit, piece.title.clone(), "");
    paper.fact("Kind of activity", piece.kind.clone());
    paper.fact("Date", day_in_words(piece.on));
    for ((_, heading, _), text) in CPD_BOXES.iter().zip(piece.texts()) {
        paper.said((2, heading), text);
    }
    Ok(Answer::text_file("cpd-piece", &paper))
}
