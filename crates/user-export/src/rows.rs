//! From bytes to rows of fields.
//!
//! Stricter than the CSV readers at hand: an unclosed quote, or text behind a closing one, means that the file is
//! damaged, and reading on would swallow users without a word. And line numbers are exact, whatever ends the lines.

use std::borrow::Cow;

use crate::error::Error;

/// A field as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    raw: &'a str,
    /// Whether `raw` contains doubled quotes that stand for one.
    escaped: bool,
}

impl<'a> Field<'a> {
    /// The text of the field, without white space around it.
    pub(crate) fn trimmed(&self) -> Cow<'a, str> {
        let raw = self.raw.trim();
        if self.escaped {
            Cow::Owned(raw.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(raw)
        }
    }
}

/// The rows of a file.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The line that `at` is on.
    line: u64,
    separator: u8,
    spans: Vec<Span>,
}

/// Where a field is.
struct Span {
    start: usize,
    end: usize,
    escaped: bool,
}

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

impl<'a> Rows<'a> {
    /// Finds out how the file is written.
    pub(crate) fn open(file: &'a [u8]) -> Result<Self, Error> {
        let bytes = match file {
            [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
            // A byte order mark that was taken for three characters of Latin-1.
            [0xC3, 0xAF, 0xC2, 0xBB, 0xC2, 0xBF, ..] => return Err(Error::EncodedTwice),
            // A byte order mark, or a zero byte beside the first letter of the header.
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => {
                return Err(Error::Utf16);
            }
            [b'P', b'K', 3, 4, ..] => {
                return Err(Error::NotCsv {
                    what: "a workbook or a ZIP archive",
                });
            }
            [0xD0, 0xCF, 0x11, 0xE0, ..] => return Err(Error::NotCsv { what: "a workbook" }),
            [0x1F, 0x8B, ..] => {
                return Err(Error::NotCsv {
                    what: "a gzip archive",
                });
            }
            _ => file,
        };
        let mut rows = Rows {
            bytes,
            at: 0,
            line: 1,
            separator: b',',
            spans: Vec::new(),
        };
        match declared_separator(bytes) {
            Some((separator, length)) => {
                rows.separator = separator;
                rows.at = length;
                rows.end_line();
            }
            None => rows.separator = most_used_separator(bytes),
        }
        Ok(rows)
    }

    /// Reads the next row into `fields`, and returns the line it begins on; `None` at the end.
    pub(crate) fn read(&mut self, fields: &mut Vec<Field<'a>>) -> Result<Option<u64>, Error> {
        fields.clear();
        loop {
            let (start, line) = (self.at, self.line);
            if start == self.bytes.len() {
                return Ok(None);
            }
            self.split()?;
            let text = utf8(&self.bytes[start..self.at], line)?;
            if self.spans.len() == 1 && text.trim().is_empty() {
                continue;
            }
            // Every edge of a field is beside an ASCII character or an end of the row, so on a character boundary.
            fields.extend(self.spans.iter().map(|span| Field {
                raw: &text[span.start - start..span.end - start],
                escaped: span.escaped,
            }));
            return Ok(Some(line));
        }
    }

    /// Splits the row at `at` into `spans`, and moves behind it.
    fn split(&mut self) -> Result<(), Error> {
        self.spans.clear();
        loop {
            let span = self.field()?;
            self.spans.push(span);
            match self.bytes.get(self.at) {
                Some(&byte) if byte == self.separator => self.at += 1,
                _ => {
                    self.end_line();
                    return Ok(());
                }
            }
        }
    }

    /// Reads one field, and stops at what ends it.
    fn field(&mut self) -> Result<Span, Error> {
        let start = self.at;
        self.skip_blanks();
        if self.bytes.get(self.at) == Some(&b'"') {
            return self.quoted_field();
        }
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|&byte| byte == self.separator || byte == b'\n' || byte == b'\r');
        self.at += length.unwrap_or(rest.len());
        Ok(Span {
            start,
            end: self.at,
            escaped: false,
        })
    }

    fn quoted_field(&mut self) -> Result<Span, Error> {
        let opened = self.line;
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        let end = loop {
            match self.bytes.get(self.at) {
                None => return Err(Error::UnterminatedQuote { line: opened }),
                Some(b'"') if self.bytes.get(self.at + 1) == Some(&b'"') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(b'"') => break self.at,
                Some(b'\n' | b'\r') => self.end_line(),
                Some(_) => self.at += 1,
            }
        };
        self.at += 1;
        self.skip_blanks();
        match self.bytes.get(self.at) {
            None | Some(b'\n' | b'\r') => {}
            Some(&byte) if byte == self.separator => {}
            Some(_) => {
                return Err(Error::TextAfterQuote {
                    line: self.line,
                    opened,
                });
            }
        }
        Ok(Span {
            start,
            end,
            escaped,
        })
    }

    fn skip_blanks(&mut self) {
        while let Some(&(b' ' | b'\t')) = self.bytes.get(self.at) {
            if self.bytes[self.at] == self.separator {
                break;
            }
            self.at += 1;
        }
    }

    /// Moves behind the end of a line, if there is one here.
    fn end_line(&mut self) {
        let length = line_end(&self.bytes[self.at..]);
        self.at += length;
        self.line += u64::from(length > 0);
    }
}

/// How many bytes of a line's end are at the front.
fn line_end(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The text of a row that begins on `line`.
fn utf8(bytes: &[u8], line: u64) -> Result<&str, Error> {
    let line_of = |at: usize| line + line_ends(&bytes[..at]);
    let text = std::str::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
        line: line_of(error.valid_up_to()),
    })?;
    match bytes.iter().position(|&byte| byte == 0) {
        Some(at) => Err(Error::Nul { line: line_of(at) }),
        None => Ok(text),
    }
}

/// How many lines end in `bytes`.
fn line_ends(bytes: &[u8]) -> u64 {
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        let length = line_end(&bytes[at..]);
        count += u64::from(length > 0);
        at += length.max(1);
    }
    count
}

/// The separator of a first line `sep=;`, and how long that is.
fn declared_separator(bytes: &[u8]) -> Option<(u8, usize)> {
    let length = bytes
        .iter()
        .position(|&byte| byte == b'\n' || byte == b'\r')?;
    match &bytes[..length] {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator]
            if SEPARATORS.contains(separator) =>
        {
            Some((*separator, length))
        }
        _ => None,
    }
}

/// The separator that is most frequent outside quotes in the first line that is not blank; a comma in case of doubt.
fn most_used_separator(bytes: &[u8]) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let (mut quoted, mut blank) = (false, true);
    for &byte in bytes {
        match byte {
            b'\n' | b'\r' if !quoted && !blank => break,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            _ => {
                if let Some(which) = SEPARATORS.iter().position(|&separator| separator == byte) {
                    counts[which] += 1;
                }
            }
        }
        blank &= byte.is_ascii_whitespace();
    }
    let mut best = 0;
    for which in 1..counts.len() {
        if counts[which] > counts[best] {
            best = which;
        }
    }
    SEPARATORS[best]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let mut rows = Rows::open(file)?;
        let (mut fields, mut list) = (Vec::new(), Vec::new());
        while let Some(line) = rows.read(&mut fields)? {
            list.push((
                line,
                fields
                    .iter()
                    .map(|field| field.trimmed().into_owned())
                    .collect(),
            ));
        }
        Ok(list)
    }

    #[track_caller]
    fn assert_rows(file: &str, expected: &[(u64, &[&str])]) {
        let found = all(file.as_bytes()).unwrap();
        let found: Vec<(u64, Vec<&str>)> = found
            .iter()
            .map(|(line, row)| (*line, row.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(u64, Vec<&str>)> = expected
            .iter()
            .map(|(line, row)| (*line, row.to_vec()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_end_of_line_counts_as_one() {
        for end in ["\n", "\r\n", "\r"] {
            assert_rows(
                &["a,b", "1,2", "", "\"x", "y\",3", "4,5"].join(end),
                &[
                    (1, &["a", "b"]),
                    (2, &["1", "2"]),
                    (4, &[&format!("x{end}y"), "3"]),
                    (6, &["4", "5"]),
                ],
            );
        }
    }

    #[test]
    fn the_last_line_need_not_end() {
        assert_rows("a,b\n1,", &[(1, &["a", "b"]), (2, &["1", ""])]);
        assert_rows("a,b\n1,\n", &[(1, &["a", "b"]), (2, &["1", ""])]);
        assert_rows("a,b\n1,\"\"", &[(1, &["a", "b"]), (2, &["1", ""])]);
    }

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        assert_rows(
            "\n  \na,b\n\t\n1,2\n\n",
            &[(3, &["a", "b"]), (5, &["1", "2"])],
        );
    }

    #[test]
    fn quoted_fields_hold_anything() {
        assert_rows(
            "a,b\n\"x, \"\"y\"\"\nz\" , \"w\"\n",
            &[(1, &["a", "b"]), (2, &["x, \"y\"\nz", "w"])],
        );
    }

    #[test]
    fn quotes_within_a_plain_field_are_text() {
        assert_rows(
            "a,b\nJane \"JJ\" Doe,5\" disk\n",
            &[(1, &["a", "b"]), (2, &["Jane \"JJ\" Doe", "5\" disk"])],
        );
    }

    #[test]
    fn separators_are_found_in_the_header() {
        assert_rows("a;b\n1,5;2\n", &[(1, &["a", "b"]), (2, &["1,5", "2"])]);
        assert_rows("a\tb\n\t2\n", &[(1, &["a", "b"]), (2, &["", "2"])]);
        assert_rows(
            "\"a,x,y\";b\n1;2\n",
            &[(1, &["a,x,y", "b"]), (2, &["1", "2"])],
        );
        assert_rows("sep=;\r\na,b;c\r\n", &[(2, &["a,b", "c"])]);
        assert_rows(
            "\n\na;b\n1,5,6;2\n",
            &[(3, &["a", "b"]), (4, &["1,5,6", "2"])],
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_rows("\u{feff}a,b\n", &[(1, &["a", "b"])]);
        assert_rows("\u{feff}\"a\",b\n", &[(1, &["a", "b"])]);
    }

    #[test]
    fn an_open_quote_is_reported_where_it_opens() {
        assert_eq!(
            all(b"a,b\n1,\"2\n3,4\n"),
            Err(Error::UnterminatedQuote { line: 2 })
        );
    }

    #[test]
    fn text_after_a_quote_is_reported_with_both_lines() {
        assert_eq!(
            all(b"a,b\n1,\"2\n3\"4,5\n"),
            Err(Error::TextAfterQuote { line: 3, opened: 2 })
        );
    }

    #[test]
    fn other_encodings_are_told_apart() {
        assert_eq!(all(b"\xFF\xFEa\0,\0"), Err(Error::Utf16));
        assert_eq!(all(b"\xFE\xFF\0a\0,"), Err(Error::Utf16));
        assert_eq!(all(b"a\0,\0b\0"), Err(Error::Utf16));
        assert_eq!(all(b"\0a\0,\0b"), Err(Error::Utf16));
        assert_eq!(all("ï»¿a,b\n".as_bytes()), Err(Error::EncodedTwice));
        assert_eq!(
            all(b"a,b\r\n1,2\r\nM\xFCller,3\r\n"),
            Err(Error::NotUtf8 { line: 3 })
        );
        assert_eq!(
            all(b"a,b\n\"1\n\n\xFC\",3\n"),
            Err(Error::NotUtf8 { line: 4 })
        );
        assert_eq!(all(b"a,b\n1,2\n3,\"\n\0\"\n"), Err(Error::Nul { line: 4 }));
    }

    #[test]
    fn files_of_other_kinds_are_named() {
        assert!(matches!(all(b"PK\x03\x04..."), Err(Error::NotCsv { .. })));
        assert!(matches!(all(b"\x1f\x8b..."), Err(Error::NotCsv { .. })));
        assert!(matches!(
            all(b"\xD0\xCF\x11\xE0..."),
            Err(Error::NotCsv { .. })
        ));
    }
}
