//! Looks through the text boxes of the page whenever typing pauses.

use super::{Group, Kept, LENS, LISTED, MORE, TITLE, kept, lens_groups, words_of};
use crate::islands::element;
use domain::lens::{Finding, Lens, Reread};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, EventInit, HtmlTextAreaElement, Response};

/// How long nothing is typed before a text is looked through.
const PAUSE: Duration = Duration::from_millis(300);
/// The longest text in which phrases are underlined, in bytes: twice what can be saved. In a longer one they are only listed,
/// because laying out a text twice is what would be felt.
const UNDERLINED: usize = 40_000;
/// The number of the phrase that a button is about, in an attribute of it.
const NUMBER: &str = "data-number";
/// Whether a button puts other words in its place.
const SWAPS: &str = "data-swaps";
/// Whether whoever keeps a phrase says why.
const BECAUSE: &str = "data-because";
/// The looks of a phrase by its severity.
const MARKS: [&str; 4] = ["", "fe-lens-jargon", "fe-lens-vague", "fe-lens-harm"];

/// Fetches the words and attaches the lens to every text box of the page. Without its words it is silent, and "Check wording"
/// stays.
pub(super) fn attach(count: RwSignal<String>) {
    let Some(address) = element(LENS).and_then(|here| here.get_attribute("data-address")) else { return };
    spawn_local(async move {
        let Some(lines) = fetch(&address).await else { return };
        let (lens, total) = (Rc::new(Lens::new(&lines)), Rc::new(Cell::new(0)));
        let Ok(boxes) = document().query_selector_all(".fe-lens-box > textarea") else { return };
        for number in 0..boxes.length() {
            let text_box = boxes.get(number).and_then(|node| node.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(looker) = text_box.and_then(|text_box| Looker::over(text_box, &lens, &total, count)) {
                looker.begin();
            }
        }
        // It does the same.
        if let Some(button) = element("check-wording") {
            hide(&button, true);
        }
    });
}

async fn fetch(address: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if response.status() != 200 {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// The lens over one text box.
struct Looker {
    text_box: HtmlTextAreaElement,
    /// The same text behind the box, unseen but for its underlines.
    mirror: Element,
    /// The list below the box.
    list: Element,
    /// What stands in the list.
    found: RefCell<Vec<Group>>,
    lens: Rc<Lens>,
    /// Counts what is typed, so that only the last pause counts.
    turn: Cell<u32>,
    known: RefCell<Reread>,
    keeps: RefCell<Vec<Kept>>,
    /// How many phrases are listed on the whole page, and where that is said.
    total: Rc<Cell<usize>>,
    count: RwSignal<String>,
}

impl Looker {
    fn over(
        text_box: HtmlTextAreaElement,
        lens: &Rc<Lens>,
        total: &Rc<Cell<usize>>,
        count: RwSignal<String>,
    ) -> Option<Rc<Self>> {
        let around = text_box.parent_element()?;
        let mirror = made("div", "govuk-textarea fe-lens-mirror", "")?;
        mirror.set_attribute("aria-hidden", "true").ok()?;
        around.append_child(&mirror).ok()?;
        let list = made("div", "fe-lens fe-no-print", "")?;
        hide(&list, true);
        around.after_with_node_1(&list).ok()?;
        // What the server found is found again here, with buttons.
        if let Some(checked) = element(&format!("{}-checked", text_box.id())) {
            checked.remove();
        }
        Some(Rc::new(Self {
            text_box,
            mirror,
            list,
            found: RefCell::default(),
            lens: Rc::clone(lens),
            turn: Cell::new(0),
            known: RefCell::default(),
            keeps: RefCell::default(),
            total: Rc::clone(total),
            count,
        }))
    }

    fn begin(self: Rc<Self>) {
        self.look();
        let looker = Rc::clone(&self);
        on(&self.text_box, "input", move |_| {
            // Underlines that no longer lie under their words are worse than none.
            looker.mirror.set_text_content(None);
            looker.look_soon();
        });
        let looker = Rc::clone(&self);
        on(&self.text_box, "scroll", move |_| looker.mirror.set_scroll_top(looker.text_box.scroll_top()));
        let looker = Rc::clone(&self);
        on(&self.list, "click", move |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(button) = pressed.filter(|pressed| pressed.has_attribute(NUMBER)) {
                looker.act(&button);
            }
        });
    }

    fn look_soon(self: &Rc<Self>) {
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        let looker = Rc::clone(self);
        set_timeout(
            move || {
                if looker.turn.get() != turn {
                    return;
                }
                // The list moves what stands below it: moved between press and release, a click would be none.
                if document().query_selector(":active").is_ok_and(|pressed| pressed.is_some()) {
                    return looker.look_soon();
                }
                looker.look();
            },
            PAUSE,
        );
    }

    fn look(&self) {
        let text = self.text_box.value();
        let findings = self.find(&text);
        self.underline(&text, &findings);
        let groups = lens_groups(&self.lens, &text, &findings, &self.keeps.borrow());
        self.show(groups);
    }

    fn find(&self, text: &str) -> Vec<Finding> {
        self.known.borrow_mut().find(&self.lens, text)
    }

    fn underline(&self, text: &str, findings: &[Finding]) {
        self.mirror.set_text_content(None);
        if text.len() > UNDERLINED || findings.is_empty() {
            return;
        }
        let mut at = 0;
        for finding in findings {
            if self.keeps.borrow().contains(&kept(finding.entry, &words_of(text, finding))) {
                continue;
            }
            add(&self.mirror, made("span", "", &text[at..finding.start]));
            let severity = self.lens.entry(finding.entry).map_or(1, |entry| entry.severity);
            let class =
                if finding.is_soft { "fe-lens-soft" } else { MARKS[usize::from(severity) % MARKS.len()] };
            add(&self.mirror, made("mark", class, &text[finding.start..finding.end]));
            at = finding.end;
        }
        // The last line of a text area has its height even if nothing stands on it.
        add(&self.mirror, made("span", "", &text[at..]));
        add(&self.mirror, made("span", "", "\n"));
        self.mirror.set_scroll_top(self.text_box.scroll_top());
    }

    /// Puts the list right. What was before the first change stays, so that an explanation that is open stays open.
    fn show(&self, groups: Vec<Group>) {
        let before = self.found.replace(groups);
        let groups = self.found.borrow();
        if *groups == before {
            return;
        }
        let mut same = 0;
        while same < LISTED && before.get(same).is_some_and(|group| groups.get(same) == Some(group)) {
            same += 1;
        }
        if same == 0 {
            self.list.set_text_content(None);
            add(&self.list, made("p", "", TITLE));
            add(&self.list, made("ul", "", ""));
        }
        let Ok(Some(items)) = self.list.query_selector("ul") else { return };
        while let Some(after) = items.next_element_sibling() {
            after.remove();
        }
        while let Some(last) = items.last_element_child()
            && usize::try_from(items.child_element_count()).is_ok_and(|count| count > same)
        {
            last.remove();
        }
        for (number, group) in groups.iter().enumerate().take(LISTED).skip(same) {
            add(&items, item(number, group));
        }
        if groups.len() > LISTED {
            add(&self.list, made("p", "", MORE));
        }
        hide(&self.list, groups.is_empty());
        let total = self.total.get() + groups.len() - before.len();
        self.total.set(total);
        self.count.set(match total {
            0 => String::new(),
            1 => "One phrase is worth a second look".to_owned(),
            many => format!("{many} phrases are worth a second look"),
        });
    }

    /// Does what a button of the list says.
    fn act(&self, button: &Element) {
        let number = button.get_attribute(NUMBER).and_then(|number| number.parse::<usize>().ok());
        let group = number.and_then(|number| self.found.borrow().get(number).cloned());
        let Some(group) = group else { return };
        if button.has_attribute(SWAPS) {
            self.replace(&group);
        } else {
            self.keep(&group, button.has_attribute(BECAUSE));
        }
        // The button that was pressed goes with its phrase.
        let _ = self.text_box.focus();
        self.look();
    }

    /// Puts the other words wherever the phrase stands, from the last to the first, so that places stay right.
    fn replace(&self, group: &Group) {
        let text = self.text_box.value();
        let wanted = kept(group.entry, &group.words);
        for finding in self.find(&text).iter().rev() {
            if finding.is_soft == group.is_soft && kept(finding.entry, &words_of(&text, finding)) == wanted {
                self.put(&finding.instead, finding.start_utf16, finding.end_utf16);
            }
        }
        self.typed();
    }

    /// Marks a phrase no longer. Who says why writes it into the text, in brackets behind the phrase: it is their word, kept nowhere
    /// else.
    fn keep(&self, group: &Group, because: bool) {
        let text = self.text_box.value();
        let wanted = kept(group.entry, &group.words);
        let place = self.find(&text).into_iter().find(|finding| {
            finding.is_soft == group.is_soft && kept(finding.entry, &words_of(&text, finding)) == wanted
        });
        self.keeps.borrow_mut().push(wanted);
        if let Some(finding) = place.filter(|_| because) {
            let end = finding.end_utf16;
            self.put(" ()", end, end);
            let inside = u32::try_from(end + 2).ok();
            let _ = self.text_box.set_selection_start(inside);
            let _ = self.text_box.set_selection_end(inside);
            self.typed();
        }
    }

    /// Puts words in the place of others.
    fn put(&self, words: &str, start: usize, end: usize) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let _ = self.text_box.set_range_text_with_start_and_end(words, place(start), place(end));
    }

    /// For the draft and the count of characters a change is typing like any other.
    fn typed(&self) {
        let init = EventInit::new();
        init.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
            let _ = self.text_box.dispatch_event(&event);
        }
    }
}

/// A phrase in the list, with what can be done about it.
fn item(number: usize, group: &Group) -> Option<Element> {
    let (item, details) = (made("li", "", "")?, made("details", "", "")?);
    add(&details, made("summary", "", &group.summary()));
    for words in group.explanation() {
        add(&details, made("p", "", &words));
    }
    let buttons = made("div", "govuk-button-group", "")?;
    if !group.swap.is_empty() {
        let swap = button(number, &format!("Use “{}”", group.swap))?;
        swap.set_attribute(SWAPS, "").ok()?;
        add(&buttons, Some(swap));
    }
    add(&buttons, button(number, "Keep it"));
    let because = button(number, "Keep it and say why")?;
    because.set_attribute(BECAUSE, "").ok()?;
    add(&buttons, Some(because));
    add(&details, Some(buttons));
    add(&item, Some(details));
    Some(item)
}

fn button(number: usize, words: &str) -> Option<Element> {
    let button = made("button", "govuk-button govuk-button--secondary", words)?;
    button.set_attribute("type", "button").ok()?;
    button.set_attribute(NUMBER, &format!("{number}")).ok()?;
    Some(button)
}

/// An element with these words.
fn made(tag: &str, class: &str, words: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_class_name(class);
    element.set_text_content(Some(words));
    Some(element)
}

fn add(parent: &Element, child: Option<Element>) {
    if let Some(child) = child {
        let _ = parent.append_child(&child);
    }
}

fn hide(element: &Element, is_hidden: bool) {
    let _ = element.toggle_attribute_with_force("hidden", is_hidden);
}

fn on(element: &Element, event: &str, act: impl Fn(Event) + 'static) {
    let act = Closure::<dyn Fn(Event)>::new(act);
    let _ = element.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
    // For as long as the page lives.
    act.forget();
}
