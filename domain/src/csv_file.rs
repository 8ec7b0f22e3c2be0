//! CSV files: read from whatever people's programs write, and written so that no spreadsheet runs a cell.

use csv::{ReaderBuilder, WriterBuilder};

/// The most rows of a file, without its header.
pub const MOST_ROWS: usize = 20_000;
/// The largest file, in bytes: as many rows of ordinary length fit.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// What a file begins with that says of itself that it is UTF-8; spreadsheets look for it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A file that is not read at all: why, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvProblem {
    /// There is no file, or nothing in it.
    #[error("Choose a file, or paste rows. The first row must hold the names of the columns")]
    Empty,
    /// The file holds a header alone.
    #[error("There is no row below the names of the columns")]
    NoRows,
    /// The file is a workbook.
    #[error(
        "This is a workbook, not a CSV file. In your spreadsheet choose “Save as” and the type “CSV UTF-8 (comma delimited)”"
    )]
    Workbook,
    /// The file is text in another encoding.
    #[error(
        "This file is not saved as UTF-8, so names with accents would be spoiled. In Excel choose “Save as” and the type “CSV UTF-8 (comma delimited)”; elsewhere choose the character set “Unicode (UTF-8)”"
    )]
    NotUtf8,
    /// There are too many rows.
    #[error(
        "This file has more than 20,000 rows. Nothing was read. Split it into smaller files, for example one for each service"
    )]
    TooManyRows,
    /// There are too many bytes.
    #[error(
        "This file is larger than 8 MB. Nothing was read. Split it into smaller files, at most 20,000 rows each"
    )]
    TooLarge,
}

/// A file as its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvTable {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows below.
    pub rows: Vec<CsvRow>,
}

/// A row below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    /// Its number as a spreadsheet shows it: the header is row 1.
    pub number: usize,
    /// Its cells, without blanks around them.
    pub cells: Vec<String>,
}

/// The text of an uploaded file.
///
/// # Errors
/// Why it is not text that could be read without guessing.
pub fn decode(bytes: &[u8]) -> Result<String, CsvProblem> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLD_WORKBOOK: &[u8] = b"\xd0\xcf\x11\xe0";
    if bytes.starts_with(ZIP) || bytes.starts_with(OLD_WORKBOOK) {
        return Err(CsvProblem::Workbook);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| CsvProblem::NotUtf8)?;
    // UTF-16 of plain English is valid UTF-8, with a zero between any two letters.
    if text.contains('\0') {
        return Err(CsvProblem::NotUtf8);
    }
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(CsvProblem::Empty);
    }
    Ok(text.to_owned())
}

impl CsvTable {
    /// Reads the rows of a file. Cells may be parted by commas, semicolons or, as they are pasted from a spreadsheet, tabs.
    ///
    /// # Errors
    /// Why nothing of it is read. A file that is too long is given up at the first row too many.
    pub fn read(text: &str) -> Result<Self, CsvProblem> {
        let mut records = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(text))
            .from_reader(text.as_bytes())
            .into_records();
        let header = match records.next() {
            Some(Ok(header)) => cells(&header),
            Some(Err(_)) => return Err(CsvProblem::NotUtf8),
            None => return Err(CsvProblem::Empty),
        };
        let mut rows = Vec::new();
        for (place, record) in records.enumerate() {
            if place >= MOST_ROWS {
                return Err(CsvProblem::TooManyRows);
            }
            let cells = cells(&record.map_err(|_| CsvProblem::NotUtf8)?);
            // A spreadsheet writes rows that somebody has emptied.
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(CsvRow { number: place + 2, cells });
            }
        }
        if rows.is_empty() { Err(CsvProblem::NoRows) } else { Ok(Self { header, rows }) }
    }
}

fn cells(record: &csv::StringRecord) -> Vec<String> {
    record.iter().map(|cell| read_cell(cell).to_owned()).collect()
}

/// What parts the cells of a header: the most frequent of the usual signs.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |sign: u8| header.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last is taken, so the comma stands last.
    [b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// What makes a spreadsheet take a cell for a formula, or move it into the next cell.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that every spreadsheet shows as text. Whatever writes a CSV file writes its cells through this.
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// A cell as it was before [`safe_cell`], so that a file of ours can be mended and uploaded again.
fn read_cell(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell).trim()
}

/// A whole file with these columns and rows, as spreadsheets read it without being asked.
pub fn write<T: AsRef<str>>(header: &[&str], mut rows: impl Iterator<Item = Vec<T>>) -> String {
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail; should it, what is there so far is the file.
    let _whole = writer.write_record(header.iter().map(|cell| safe_cell(cell))).and_then(|()| {
        rows.try_for_each(|row| writer.write_record(row.iter().map(|cell| safe_cell(cell.as_ref()))))
    });
    let bytes = writer.into_inner().unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_in_utf_8_is_read() {
        let utf_16: Vec<u8> = "name,email".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_its_mark = [&[0xff, 0xfe], &utf_16[..]].concat();
        for (bytes, expected) in [
            (b"name\nZo\xc3\xab".to_vec(), Ok("name\nZo\u{eb}")),
            (b"\xef\xbb\xbfname\nZo\xc3\xab".to_vec(), Ok("name\nZo\u{eb}")),
            (b"name\nZo\xeb".to_vec(), Err(CsvProblem::NotUtf8)),
            (utf_16, Err(CsvProblem::NotUtf8)),
            (with_its_mark, Err(CsvProblem::NotUtf8)),
            (b"PK\x03\x04...".to_vec(), Err(CsvProblem::Workbook)),
            (b"".to_vec(), Err(CsvProblem::Empty)),
            (b"\xef\xbb\xbf \r\n".to_vec(), Err(CsvProblem::Empty)),
        ] {
            assert_eq!(decode(&bytes).as_deref(), expected.as_deref(), "{bytes:?}");
        }
    }

    #[test]
    fn rows_keep_the_numbers_that_a_spreadsheet_shows() {
        let table = CsvTable::read("name,what\nA, two words \n,\n\"B\",\"a line\nand one more\"\n").unwrap();
        assert_eq!(table.header, ["name", "what"]);
        let rows: Vec<(usize, Vec<&str>)> = table
            .rows
            .iter()
            .map(|row| (row.number, row.cells.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(rows, [(2, vec!["A", "two words"]), (4, vec!["B", "a line\nand one more"])]);
    }

    #[test]
    fn cells_may_be_parted_by_commas_semicolons_or_tabs() {
        for text in ["name,team\nA,B", "name;team\nA;B", "name\tteam\nA\tB"] {
            let table = CsvTable::read(text).unwrap();
            assert_eq!((table.header.len(), &table.rows[0].cells[..]), (2, &["A".into(), "B".into()][..]));
        }
        assert_eq!(CsvTable::read("name\nA").unwrap().header, ["name"]);
    }

    #[test]
    fn a_file_without_rows_or_with_too_many_is_refused_whole() {
        assert_eq!(CsvTable::read("name,team\n"), Err(CsvProblem::NoRows));
        assert_eq!(CsvTable::read("name,team\n,\n"), Err(CsvProblem::NoRows));
        let rows = |count: usize| format!("name\n{}", "A\n".repeat(count));
        assert_eq!(CsvTable::read(&rows(MOST_ROWS)).unwrap().rows.len(), MOST_ROWS);
        assert_eq!(CsvTable::read(&rows(MOST_ROWS + 1)), Err(CsvProblem::TooManyRows));
        assert_eq!(CsvTable::read(&rows(200_000)), Err(CsvProblem::TooManyRows));
    }

    #[test]
    fn no_cell_that_we_write_is_a_formula_and_each_is_read_back_as_it_was() {
        let cells = [
            "=1+1",
            "+44 20",
            "-3",
            "@here",
            "\tx",
            "\rx",
            "O'Neil",
            "'quoted'",
            "a,b",
            "two\nlines",
            "a\"b",
            "",
        ];
        let file = write(&["what"], cells.iter().map(|cell| vec![*cell, "end"]));
        for line in file.lines().skip(1) {
            let begins = line.trim_start_matches('"');
            assert!(!begins.starts_with(FORMULA), "{line:?}");
        }
        let table = CsvTable::read(&decode(file.as_bytes()).unwrap()).unwrap();
        for (row, cell) in table.rows.iter().zip(cells) {
            assert_eq!(row.cells[0], cell.trim(), "{cell:?}");
        }
    }
}
