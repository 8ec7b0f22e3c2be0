//! The whole HTML document around a page: head, header, navigation, notices, footer, and the loader of the islands.

use crate::answer::Answer;
use crate::components::Notice;
use crate::visit::Visit;
use domain::access::{Action, Actor, may};
use leptos::prelude::*;

/// A page before it is put into a document.
pub(crate) struct Sheet {
    /// The heading, which is also the document's title.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What stands in `<main>`.
    pub(crate) content: AnyView,
    /// What a printed sheet says of where it is from, if it bears a reference.
    pub(crate) print_reference: Option<String>,
}

impl Sheet {
    /// A page that is as it should be.
    pub(crate) fn new(title: impl Into<String>, content: impl IntoAny) -> Self {
        Self { title: title.into(), status: 200, content: content.into_any(), print_reference: None }
    }

    /// The same with another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with a reference for print.
    pub(crate) fn with_reference(mut self, reference: &str) -> Self {
        self.print_reference = Some(reference.to_owned());
        self
    }

    /// The document.
    pub(crate) fn answer(self, visit: &Visit) -> Answer {
        let is_error = [422, 500, 503].contains(&self.status);
        let title = format!("{}{} - Fresh Eyes", if is_error { "Error: " } else { "" }, self.title);
        let person = visit
            .signed_in
            .as_ref()
            .map_or_else(|| "not signed in".to_owned(), |signed_in| signed_in.name.clone());
        let reference = self.print_reference.map(|reference| format!("{reference} · ")).unwrap_or_default();
        let print_line = format!(
            "{reference}Fresh Eyes · Printed by {person}, {}",
            domain::calendar::instant_in_words(visit.now)
        );
        let body = view! {
            <p class="fe-print-line" aria-hidden="true"><span>{print_line}</span></p>
            <a class="govuk-skip-link" href="#main">"Skip to main content"</a>
            {header(visit)}
            {demonstration_banner(visit)}
            {navigation(visit)}
            <div class="govuk-width-container">
                <main class="fe-page" id="main" tabindex="-1">
                    {Notice::of(visit).map(Notice::view)}
                    {self.content}
                </main>
            </div>
            {footer()}
        }
        .to_html();
        let body = without_markers(&body);
        Answer::Page { status: self.status, html: document(visit, &title, &body) }
    }
}

/// The renderer marks in the HTML where a view ends, for a browser that makes views of it again. Here only islands do that,
/// and outside of them the marks are noise.
fn without_markers(html: &str) -> String {
    const MARKER: &str = "<!>";
    let mut clean = String::with_capacity(html.len());
    for (number, part) in html.split("<leptos-island").enumerate() {
        let (island, rest) = match part.split_once("</leptos-island>") {
            Some((island, rest)) if number > 0 => (Some(island), rest),
            _ => (None, part),
        };
        if let Some(island) = island {
            clean.extend(["<leptos-island", island, "</leptos-island>"]);
        }
        clean.push_str(&rest.replace(MARKER, ""));
    }
    clean
}

fn document(visit: &Visit, title: &str, body: &str) -> String {
    let has_islands = body.contains("<leptos-island");
    let (preload, loader) = match &visit.site.bundle {
        Some((script, wasm)) if has_islands => (preload(script), loader(&visit.nonce, script, wasm)),
        _ => (String::new(), String::new()),
    };
    let is_told_first =
        ["govuk-error-summary", "fe-second-look"].iter().any(|summary| body.contains(summary));
    let focus = if is_told_first { focus_on_the_summary(&visit.nonce) } else { String::new() };
    format!(
        "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"theme-color\" content=\"#0b5a5e\"><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\">{preload}</head><body>{body}{focus}{loader}</body></html>",
        escape(title),
        visit.site.stylesheet,
    )
}

fn preload(script: &str) -> String {
    format!("<link rel=\"modulepreload\" href=\"{script}\">")
}

/// Starts the islands: Leptos' own loader expects other file names and shows the nonce in a second attribute.
fn loader(nonce: &str, script: &str, wasm: &str) -> String {
    format!(
        "<script type=\"module\" nonce=\"{nonce}\">import('{script}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>{{\
         m.hydrate();document.querySelectorAll('leptos-island').forEach(i=>m[i.dataset.component]?.(i));\
         document.documentElement.dataset.islands='ready'}})).catch(()=>{{document.documentElement.dataset.islands='absent'}})</script>"
    )
}

/// After an error people hear and see the summary first. Without JavaScript it stands at the top of the page anyway.
fn focus_on_the_summary(nonce: &str) -> String {
    format!(
        "<script nonce=\"{nonce}\">document.querySelector('.govuk-error-summary,.fe-second-look')?.focus()</script>"
    )
}

/// Text for an element or a double-quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn header(visit: &Visit) -> impl IntoView + use<> {
    let person = visit.signed_in.as_ref().map(|signed_in| {
        let token = visit.form_token.clone();
        view! {
            <p class="fe-header__person">{signed_in.name.clone()}</p>
            <form method="post" action="/sign-out">
                <input type="hidden" name="form_token" value=token/>
                <button class="fe-link-button">"Sign out"</button>
            </form>
        }
    });
    view! {
        <header class="fe-header">
            <div class="govuk-width-container">
                <a class="fe-header__home" href="/">
                    <svg class="fe-header__mark" viewBox="0 0 28 28" aria-hidden="true" focusable="false">
                        <circle cx="10.5" cy="14" r="8"></circle>
                        <circle cx="17.5" cy="14" r="8"></circle>
                        <path d="M14 6.81a8 8 0 0 1 0 14.38a8 8 0 0 1 0-14.38z"></path>
                    </svg>
                    <span class="fe-header__name">"Fresh Eyes"</span>
                </a>
                {person}
            </div>
        </header>
    }
}

fn demonstration_banner(visit: &Visit) -> Option<impl IntoView + use<>> {
    let is_demonstration = visit.signed_in.as_ref().is_some_and(|signed_in| signed_in.demonstration);
    is_demonstration.then(|| {
        view! {
            <div class="fe-demo-banner" role="region" aria-label="Demonstration">
                <p class="govuk-width-container">
                    <strong>"Demonstration"</strong>
                    " Everyone here is made up. Do not write about real people."
                </p>
            </div>
        }
    })
}

/// The sections of the site, with who may open them: the same actions that guard the routes.
const SECTIONS: &[(&str, &str, Action<'static>)] = &[
    ("/", "My week", Action::SeeOwnWork),
    ("/cases", "Cases", Action::ListCases),
    ("/supervision", "Supervision", Action::ListSupervision),
    ("/reflections", "Reflections", Action::Reflect),
    ("/training", "Training", Action::SeeOwnWork),
    ("/reviews", "Reviews", Action::ListCases),
    ("/audits", "Audits", Action::ListAudits),
    ("/people", "People", Action::ListPeople),
    ("/settings", "Rules", Action::KeepRules),
    ("/mail", "Mail", Action::ListOwnMail),
    ("/account", "Account", Action::SeeOwnWork),
];

fn navigation(visit: &Visit) -> Option<impl IntoView + use<>> {
    let actor: &Actor = &visit.signed_in.as_ref()?.actor;
    let links: Vec<_> = SECTIONS
        .iter()
        .filter(|(_, _, action)| may(actor, action).is_allowed())
        .map(|(path, words, _)| {
            let is_here = section_of(&visit.path) == *path;
            view! {
                <li>
                    <a class="fe-nav__link" href=*path aria-current=is_here.then_some("page")>{*words}</a>
                </li>
            }
        })
        .collect();
    Some(view! {
        <nav class="fe-nav" aria-label="Main">
            <ul class="govuk-width-container">{links}</ul>
        </nav>
    })
}

/// The section to which an address belongs.
fn section_of(path: &str) -> &str {
    if path == "/audits/mine" || path.starts_with("/audits/mine/") {
        return "/supervision";
    }
    let end = path[1..].find('/').map_or(path.len(), |end| end + 1);
    match &path[..end] {
        "/teams" => "/people",
        "/reminders" | "/variations" => "/reviews",
        "/bookings" | "/agreements" | "/prepare" => "/supervision",
        "/questions" | "/prompts" | "/actions" | "/requests" | "/drafts" => "/",
        section => section,
    }
}

fn footer() -> impl IntoView {
    view! {
        <footer class="fe-footer">
            <div class="govuk-width-container">
                <ul>
                    <li><a href="/settings">"Rules we work by"</a></li>
                    <li><a href="/accessibility">"Accessibility"</a></li>
                </ul>
            </div>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, without_markers};

    #[test]
    fn marks_go_outside_of_islands_and_stay_within() {
        let island = "<leptos-island data-component=\"A\"><p>1<!></p></leptos-island>";
        let page = format!("<p>a<!></p>{island}<p>b<!></p>{island}<!>");
        assert_eq!(without_markers(&page), format!("<p>a</p>{island}<p>b</p>{island}"));
        assert_eq!(without_markers("<p>a<!></p>"), "<p>a</p>");
    }

    #[test]
    fn text_from_people_is_escaped() {
        assert_eq!(escape("</title><script>\"&"), "&lt;/title&gt;&lt;script&gt;&quot;&amp;");
    }
}
