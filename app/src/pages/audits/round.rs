//! A round's page: how far it has come, what it found as counts, how far two graders agree; and closing it.

use super::{path_of_file, path_of_round, period, rounds, state_tag, whose};
use crate::answer::Answer;
use crate::components::{Caption, day, empty, fact, facts, prose, readers, table, text_box, when};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::audits::{
    Agreement, FileState, LEAST_FOR_KAPPA, LEAST_FOR_TEAM, QualityDomain, Score, TeamCount, read_lessons,
};
use domain::form::Form;
use domain::ids::AuditRoundId;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, DrawnFile, Round, RoundPage};

/// `/audits/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditRoundId = visit.id()?;
    let page = visit.read(|reading| audits::open(reading, &id))?;
    let title = title(&page.round);
    let question = (!page.round.question.is_empty()).then(|| prose(&page.round.question));
    let content = view! {
        {back_link(Some(("/audits".to_owned(), "Back to audits".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">{title.clone()}</h1> {close_link(&page)}</div>
        {question}
        {round_facts(&page)}
        {how_chosen(&page)}
        {lessons(&page.round)}
        {files_section(&page)}
        {found(&page)}
        {teams_section(&page)}
        {agreement_section(&page)}
        {learning(&page)}
    };
    Ok(Sheet::new(title, content).with_reference("Audit of supervision files").answer(visit))
}

fn title(round: &Round) -> String {
    format!("Audit of {}", period(round.period))
}

fn close_link(page: &RoundPage) -> Option<AnyView> {
    let is_ready = page.leads && page.round.closed_on.is_none() && page.progress.is_done();
    is_ready.then(|| {
        view! { <a class="govuk-button fe-no-print" href=format!("{}/close", path_of_round(&page.round.id))>"Close the round"</a> }.into_any()
    })
}

fn round_facts(page: &RoundPage) -> AnyView {
    let round = &page.round;
    let mut shown = vec![
        fact("Led by", round.lead.1.clone()),
        fact("Drawn", when(round.drawn_at)),
        fact("Progress", rounds::in_words(page.progress)),
        fact("To grade or agree", page.progress.to_grade.to_string()),
        fact("Graded, not shared", page.progress.to_share.to_string()),
        fact("With the two", page.progress.shared.to_string()),
    ];
    if page.progress.withdrawn > 0 {
        shown.push(fact("Taken out", page.progress.withdrawn.to_string()));
    }
    if let Some(closed_on) = round.closed_on {
        shown.push(fact("Closed", day(closed_on)));
    }
    facts(shown)
}

fn how_chosen(page: &RoundPage) -> AnyView {
    let round = &page.round;
    let teams: Vec<_> = page
        .teams
        .iter()
        .map(|team| {
            let words = format!("{}: {} of {}", team.name, team.drawn, team.population);
            view! { <li>{words}</li> }
        })
        .collect();
    view! {
        <details class="govuk-details">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"How the files were chosen"</span></summary>
            <div class="govuk-details__text">
                <p>{format!("{} of {} files were to be drawn with the seed ", round.files_wanted, round.population)} <strong>{round.seed.clone()}</strong> {format!(", and are graded with version {} of the tool.", round.tool_version)}</p>
                <p>"Each team gives its share by the largest remainder, at least one if there are enough. Within a team every file gets a number, the SHA-256 of the seed and of the two people’s ids, and those with the smallest are drawn. The next one takes the place of a file that is taken out."</p>
                <ul class="govuk-list govuk-list--bullet">{teams}</ul>
            </div>
        </details>
    }
    .into_any()
}

fn lessons(round: &Round) -> Option<AnyView> {
    round.closed_on.map(|_| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"What we learn"</h2>
                {prose(&round.lessons)}
            </section>
        }
        .into_any()
    })
}

/// The files that the reader grades. A head of service has none, and sees no names.
fn files_section(page: &RoundPage) -> Option<AnyView> {
    if page.files.is_empty() {
        return None;
    }
    let team_of = |file: &DrawnFile| {
        page.teams.iter().find(|team| team.id == file.team).map(|team| team.name.clone()).unwrap_or_default()
    };
    let rows = page.files.iter().map(|file| file_row(file, team_of(file))).collect();
    let heading = if page.leads { "Files" } else { "Files that you grade" };
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">{heading}</h2>
                {table(Caption::Unseen("Files, in the order in which they were drawn"), &["Supervisor and person supervised", "Team", "Second grade", "State"], rows)}
            </section>
        }
        .into_any(),
    )
}

fn file_row(file: &DrawnFile, team: String) -> AnyView {
    let second = file.second.as_ref().map_or_else(|| "–".to_owned(), |(_, name)| name.clone());
    let by = file
        .comment_by
        .filter(|_| file.state == FileState::Shared)
        .map(|by| view! { <small>"Comments until " {day(by)}</small> });
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path_of_file(&file.id)>{whose(file)}</a></th>
            <td data-label="Team">{team}</td>
            <td data-label="Second grade">{second}</td>
            <td data-label="State"><div>{state_tag(file.state)} {by}</div></td>
        </tr>
    }
    .into_any()
}

fn title_of(domains: &[QualityDomain], key: &str) -> String {
    domains.iter().find(|domain| domain.key == key).map(|domain| domain.title.clone()).unwrap_or_default()
}

fn found(page: &RoundPage) -> AnyView {
    let body = if page.figures.files == 0 {
        empty(
            "Nothing to count yet",
            "A file counts from when its findings are shared, or agreed by two graders: before that somebody may still be asked to grade it without knowing the first grade.",
        )
    } else {
        view! { {domain_table(page)} {overall_line(page)} }.into_any()
    };
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"What was found"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn domain_table(page: &RoundPage) -> AnyView {
    let rows = page
        .figures
        .domains
        .iter()
        .map(|domain| {
            let cells: Vec<_> = Score::ALL
                .iter()
                .zip(domain.counts)
                .map(|(score, count)| view! { <td data-label=score.words()>{count}</td> })
                .collect();
            view! { <tr><th scope="row">{title_of(&page.domains, &domain.key)}</th> {cells}</tr> }
        })
        .collect();
    table(
        Caption::Shown("How many files have which score".to_owned()),
        &["Domain", "0 Absent", "1 Descriptive", "2 Analytic", "3 Changed the plan"],
        rows,
    )
}

fn overall_line(page: &RoundPage) -> AnyView {
    let words: Vec<String> = page
        .figures
        .overall
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(grade, count)| format!("{}: {count}", grade.words()))
        .collect();
    view! { <p class="govuk-body"><strong>"Overall grades. "</strong>{words.join(", ")} "."</p> }.into_any()
}

fn teams_section(page: &RoundPage) -> Option<AnyView> {
    let shown: Vec<(&TeamCount, (usize, usize))> =
        page.figures.teams.iter().filter_map(|team| Some((team, team.analytic?))).collect();
    if shown.is_empty() {
        return None;
    }
    let name = |team: &TeamCount| {
        page.teams
            .iter()
            .find(|known| known.id == team.team)
            .map(|known| known.name.clone())
            .unwrap_or_default()
    };
    let rows = shown
        .iter()
        .map(|(team, (analytic, scores))| {
            view! {
                <tr>
                    <th scope="row">{name(team)}</th>
                    <td data-label="Files">{team.files}</td>
                    <td data-label="Scores of 2 or 3">{format!("{analytic} of {scores}")}</td>
                </tr>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"By team"</h2>
                <p class="govuk-body fe-muted">{format!("In the order of their names. Teams with fewer than {LEAST_FOR_TEAM} files that count are left out: their figures would be about people.")}</p>
                {table(Caption::Unseen("Scores by team"), &["Team", "Files", "Scores of 2 or 3"], rows)}
            </section>
        }
        .into_any(),
    )
}

fn agreement_section(page: &RoundPage) -> Option<AnyView> {
    let files = page.agreement.iter().map(|domain| domain.files).max().unwrap_or(0);
    if files == 0 {
        return None;
    }
    let has_kappa = files >= LEAST_FOR_KAPPA;
    let columns: &[&'static str] =
        if has_kappa { &["Domain", "Same score", "Kappa"] } else { &["Domain", "Same score"] };
    let rows = page.agreement.iter().map(|domain| agreement_row(page, domain, has_kappa)).collect();
    let about = if has_kappa {
        "Kappa leaves out what chance alone would bring: 1 is always the same, 0 no more than by chance. A score one step apart weighs less than one three steps apart."
    } else {
        "From 20 files on that are graded twice, kappa is shown too. With fewer it says more about luck than about the graders."
    };
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"How far two graders agree"</h2>
                <p class="govuk-body fe-muted">{about}</p>
                {table(Caption::Unseen("Agreement by domain"), columns, rows)}
            </section>
        }
        .into_any(),
    )
}

fn agreement_row(page: &RoundPage, domain: &Agreement, has_kappa: bool) -> AnyView {
    let kappa = has_kappa.then(|| {
        let words = domain.kappa.map_or_else(|| "–".to_owned(), |kappa| format!("{kappa:.2}"));
        view! { <td data-label="Kappa">{words}</td> }
    });
    view! {
        <tr>
            <th scope="row">{title_of(&page.domains, &domain.key)}</th>
            <td data-label="Same score">{format!("{} of {} ({}%)", domain.same, domain.files, domain.percent())}</td>
            {kappa}
        </tr>
    }
    .into_any()
}

/// What each file has to teach, without saying which: for whoever writes down what is learnt.
fn learning(page: &RoundPage) -> Option<AnyView> {
    if page.to_learn.is_empty() {
        return None;
    }
    let items: Vec<_> = page.to_learn.iter().map(|words| view! { <li>{prose(words)}</li> }).collect();
    Some(
        view! {
            <section class="fe-section fe-no-print">
                <h2 class="govuk-heading-m">"What to learn, file by file"</h2>
                <p class="govuk-body fe-muted">"Only you see this list, and it is not printed."</p>
                <ul class="fe-links">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// `/audits/{id}/close`.
pub(crate) fn close(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditRoundId = visit.id()?;
    let round = visit.read(|reading| audits::to_close(reading, &id))?;
    let page = path_of_round(&id);
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = view! {
                {readers(Readers::AuditLessons)}
                {text_box(filled, "lessons", "What does the service learn, and what is done with it?", "What you know now, how you know it, and what changes. Say when you look again", 6)}
            };
            Ok(FormSheet::new(
                format!("Close: {}", title(&round)),
                form(visit, filled, fields, "Close the round"),
            )
            .back_to(page.clone(), "Back to the round"))
        },
        || {
            let lessons = read_lessons(&visit.form)?;
            let (id, page) = (id.clone(), page.clone());
            visit.save(move |writing| {
                audits::close(writing, &id, &lessons)?;
                Ok(format!("{page}?notice=audit-closed"))
            })
        },
    )
}
