//! The one `<textarea>` of the product.
//!
//! Leptos 0.8 does not escape the children of a textarea on the server, so text like `</textarea><script>` would run.
//! Here it is escaped, and a first line break is doubled, because HTML drops the first one. A check of the sources
//! forbids the bare element anywhere else.

use leptos::prelude::*;

/// A text box with this id and name (the same, unless several boxes on a page post the same name), text, rows and the ids of
/// what describes it; whether something is wrong with it, and whether the cursor is to be in it.
pub(crate) fn text_area(
    (id, name): (&str, &str),
    text: &str,
    rows: u32,
    described_by: Option<String>,
    (is_wrong, has_cursor): (bool, bool),
) -> AnyView {
    let escaped = format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"));
    let class = if is_wrong { "govuk-textarea govuk-textarea--error" } else { "govuk-textarea" };
    view! {
        <textarea class=class id=id.to_owned() name=name.to_owned() rows=rows aria-describedby=described_by aria-invalid=is_wrong.then_some("true") autofocus=has_cursor>
            {escaped}
        </textarea>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::text_area;
    use leptos::prelude::*;

    #[test]
    fn text_in_a_text_box_stays_text() {
        let html = Owner::new().with(|| {
            text_area(
                ("body", "body"),
                "a\n</textarea><script>alert(1)</script> & b",
                5,
                None,
                (false, false),
            )
            .to_html()
        });
        assert!(html.contains("a\n&lt;/textarea>&lt;script>alert(1)&lt;/script> &amp; b"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1);
    }
}
