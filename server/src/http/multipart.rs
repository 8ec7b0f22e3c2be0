//! Forms that carry a file: the parts of a body that was read whole, or as far as it was read.

use app::visit::UploadedFile;
use domain::form::Form;

/// A form that was posted, and the file with it.
#[derive(Debug, Default)]
pub(super) struct Posted {
    /// The fields.
    pub(super) form: Form,
    /// The file, if one was chosen.
    pub(super) file: Option<UploadedFile>,
}

/// What parts a body, from the header that announces it.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    boundary.filter(|boundary| !boundary.is_empty() && boundary.len() <= 70)
}

/// Reads the parts of a body. `is_whole`: nothing of it was left out; otherwise its last part may be cut. `None` if it is not
/// what its header says.
pub(super) fn read(body: &[u8], boundary: &str, is_whole: bool) -> Option<Posted> {
    let (mut fields, mut file) = (Vec::new(), None);
    for (head, content) in parts(body, boundary)? {
        let name = parameter(head, "name")?;
        match parameter(head, "filename") {
            // A field for a file in which none was chosen.
            Some(file_name) if file_name.is_empty() && content.is_empty() => {}
            Some(file_name) => {
                file = Some(UploadedFile { name: file_name, content: content.to_vec(), is_whole });
            }
            None => fields.push((name, String::from_utf8_lossy(content).into_owned())),
        }
    }
    if !is_whole && file.is_none() {
        // What was cut stood in a field.
        file = Some(UploadedFile { name: String::new(), content: Vec::new(), is_whole });
    }
    Some(Posted { form: Form::new(fields), file })
}

/// The heads and contents of the parts. What comes after the last boundary that was read belongs to the last part.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<(&'a str, &'a [u8])>> {
    let first = format!("--{boundary}");
    let between = format!("\r\n{first}");
    let mut parts = Vec::new();
    let mut rest = body.strip_prefix(first.as_bytes())?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let head_ends = find(part, b"\r\n\r\n")?;
        let (head, content) = (std::str::from_utf8(&part[..head_ends]).ok()?, &part[head_ends + 4..]);
        let Some(ends) = find(content, between.as_bytes()) else {
            parts.push((head, content));
            break;
        };
        parts.push((head, &content[..ends]));
        rest = &content[ends + between.len()..];
    }
    Some(parts)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// What the head of a part says under a name. Browsers write a quotation mark in it as `%22`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let disposition = head.lines().find_map(|line| {
        let (header, value) = line.split_once(':')?;
        header.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let begins = format!("; {name}=\"");
    let (_, value) = disposition.split_once(&begins)?;
    value.split('"').next().map(|value| value.replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nabc\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"pe%22ople.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        name\r\nZo\xc3\xab\r\n\r\n--b--\r\n";

    #[test]
    fn only_a_form_with_a_boundary_is_taken_apart() {
        for (header, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("application/x-www-form-urlencoded; boundary=a", None),
        ] {
            assert_eq!(boundary(header), expected, "{header}");
        }
    }

    #[test]
    fn fields_and_the_file_are_read_byte_for_byte() {
        let posted = read(BODY, "b", true).unwrap();
        assert_eq!(posted.form.text("form_token"), "abc");
        let file = posted.file.unwrap();
        assert_eq!((file.name.as_str(), file.is_whole), ("pe\"ople.csv", true));
        assert_eq!(file.content, b"name\r\nZo\xc3\xab\r\n");
    }

    #[test]
    fn a_body_that_was_cut_keeps_its_fields_and_says_so() {
        let posted = read(&BODY[..BODY.len() - 20], "b", false).unwrap();
        assert_eq!(posted.form.text("form_token"), "abc");
        assert!(!posted.file.unwrap().is_whole);
        let within_a_field = read(&BODY[..60], "b", false).unwrap();
        assert!(!within_a_field.file.unwrap().is_whole);
    }

    #[test]
    fn a_field_for_a_file_in_which_none_was_chosen_is_no_file() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n";
        assert!(read(body, "b", true).unwrap().file.is_none());
    }

    #[test]
    fn what_is_no_such_body_is_refused() {
        for body in [
            &b""[..],
            b"name=value",
            b"--other\r\n\r\n",
            b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        ] {
            assert!(read(body, "b", true).is_none(), "{body:?}");
        }
    }
}
