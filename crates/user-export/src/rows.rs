//! From bytes to rows of fields: the `csv-core` crate splits, what is here holds its rows against the file.
//!
//! The crate takes every file for a good one. A quote that is not closed makes it read on to the next quote, or to the
//! end, and the users on the way would be lost without a word. So each field is found again in the file, quotes and all
//! ([`located`]). Counting quotes would not do: two that are lost balance each other.
//!
//! A row is read piece by piece, and given up where it is longer than any row of an export: nothing here takes memory or
//! time, between two pauses, that depends on the file.

use std::borrow::Cow;
use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::error::Error;
use crate::pace::{PIECE, Pace};
use crate::{LONGEST_FIELD, LONGEST_ROW, MOST_COLUMNS};

/// The rows of a file.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    reader: Reader,
    /// The fields of the latest row, one behind the other, without their quotes.
    fields: Vec<u8>,
    /// Where in `fields` each of them ends. One more than there may be.
    ends: Vec<usize>,
    /// How many of `ends` are the latest row's.
    count: usize,
    /// Where in `bytes` the latest row begins, and what has been read ends.
    row: Range<usize>,
    /// The line that the latest row begins on.
    line: u64,
}

/// Of separators that a header uses equally, the last is taken.
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

/// How much of a file is searched for its separator: a header with an unclosed quote has no end.
const LONGEST_HEADER: usize = 1 << 16;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<'a> Rows<'a> {
    /// Finds out how the file is written.
    pub(crate) fn open(file: &'a [u8]) -> Result<Self, Error> {
        match file {
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
            _ => {}
        }
        let mut bytes = file;
        // Programs that convert a file add one to the one that is there.
        while let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK)
            && file.len() - rest.len() <= LONGEST_HEADER
        {
            bytes = rest;
        }
        let (separator, bytes) =
            declared_separator(bytes).unwrap_or_else(|| (most_used_separator(bytes), bytes));
        Ok(Rows {
            bytes,
            reader: reader(separator),
            fields: vec![0; PIECE],
            ends: vec![0; MOST_COLUMNS + 1],
            count: 0,
            row: 0..0,
            line: 1,
        })
    }

    /// Reads the next row into `fields`, without white space around them, and returns the line it begins on; `None` at
    /// the end.
    pub(crate) fn read(
        &mut self,
        pace: &mut Pace<'_>,
        fields: &mut Vec<Cow<'a, str>>,
    ) -> Result<Option<u64>, Error> {
        loop {
            self.skip_line_ends(pace);
            if !self.next(pace)? {
                return Ok(None);
            }
            let row = self.text()?;
            if self.count > 1 || !row.trim().is_empty() {
                self.located(row, fields)?;
                return Ok(Some(self.line));
            }
        }
    }

    /// Moves to where the next row begins.
    ///
    /// The lines are counted here because those of the reader are wrong: it counts line feeds only.
    fn skip_line_ends(&mut self, pace: &mut Pace<'_>) {
        let Range { start, end } = self.row;
        self.line += line_ends(self.bytes, start..end);
        let mut at = end;
        while matches!(self.bytes.get(at), Some(b'\r' | b'\n')) {
            self.line += line_ends(self.bytes, at..at + 1);
            at += 1;
            pace.work(1);
        }
        self.row = at..at;
    }

    /// Reads a row; false where there is none.
    fn next(&mut self, pace: &mut Pace<'_>) -> Result<bool, Error> {
        let line = self.line;
        let (mut filled, mut ended, mut field) = (0, 0, 0);
        loop {
            let rest = &self.bytes[self.row.end..];
            // Nothing left is an empty piece, which tells the reader so.
            let piece = &rest[..rest.len().min(PIECE)];
            let (result, read, written, ends) =
                self.reader
                    .read_record(piece, &mut self.fields[filled..], &mut self.ends[ended..]);
            self.row.end += read;
            filled += written;
            for &end in &self.ends[ended..ended + ends] {
                if end - field > LONGEST_FIELD {
                    return Err(Error::FieldTooLong { line });
                }
                field = end;
            }
            ended += ends;
            if filled - field > LONGEST_FIELD {
                return Err(Error::FieldTooLong { line });
            }
            if self.row.len() > LONGEST_ROW {
                return Err(Error::RowTooLong { line });
            }
            if ended > MOST_COLUMNS {
                return Err(Error::TooManyColumns { line });
            }
            pace.work(read);
            match result {
                ReadRecordResult::Record => {
                    self.count = ended;
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
                ReadRecordResult::OutputFull => self.fields.resize(2 * self.fields.len(), 0),
                // There is room for more than there may be.
                ReadRecordResult::OutputEndsFull | ReadRecordResult::InputEmpty => {}
            }
        }
    }

    /// The latest row as it stands in the file.
    fn text(&self) -> Result<&'a str, Error> {
        let Range { start, end } = self.row;
        let line_of = |at: usize| self.line + line_ends(self.bytes, start..start + at);
        let row = &self.bytes[start..end];
        let text = std::str::from_utf8(row).map_err(|error| Error::NotUtf8 {
            line: line_of(error.valid_up_to()),
        })?;
        match text.find('\0') {
            Some(at) => Err(Error::Nul { line: line_of(at) }),
            None => Ok(text),
        }
    }

    /// Finds the fields of the row again in its text, each between the quotes that it needs.
    fn located(&self, row: &'a str, fields: &mut Vec<Cow<'a, str>>) -> Result<(), Error> {
        let Range { start, end } = self.row;
        let line_of = |rest: &str| self.line + line_ends(self.bytes, start..end - rest.len());
        fields.clear();
        let mut rest = row;
        let mut from = 0;
        for &to in &self.ends[..self.count] {
            // The row is text, and the reader leaves out quotes and separators only.
            let field = std::str::from_utf8(&self.fields[from..to])
                .map_err(|_| Error::NotUtf8 { line: self.line })?;
            from = to;
            let opened = rest;
            let quoted = rest.strip_prefix('"');
            rest = quoted.unwrap_or(rest);
            fields.push(match rest.get(..field.len()) {
                Some(same) if same == field => Cow::Borrowed(same.trim()),
                _ => Cow::Owned(field.trim().to_owned()),
            });
            if quoted.is_some() {
                let (closing, behind) = closing_quote(rest, field);
                if !rest[closing..].starts_with('"') {
                    return Err(Error::UnterminatedQuote {
                        line: line_of(opened),
                    });
                }
                if !behind.trim_matches([' ', '\t']).is_empty() {
                    return Err(Error::TextAfterQuote {
                        line: line_of(&rest[closing..]),
                        opened: line_of(opened),
                    });
                }
                rest = &rest[closing + 1 + behind.len()..];
            } else if field.trim_start().starts_with('"') {
                // The reader takes such a quote for text, and separators behind it for separators.
                return Err(Error::SpaceBeforeQuote {
                    line: line_of(opened),
                });
            } else {
                rest = &rest[field.len()..];
            }
            // The separator. Behind the last field it is the end of the line, or nothing.
            rest = rest.get(1..).unwrap_or_default();
        }
        Ok(())
    }
}

fn reader(separator: u8) -> Reader {
    ReaderBuilder::new().delimiter(separator).build()
}

/// Where in `raw`, which begins behind an opening quote, the reader saw the closing one, and what of the field it took
/// from behind that.
fn closing_quote<'f>(raw: &str, field: &'f str) -> (usize, &'f str) {
    let mut at = 0;
    for (index, byte) in field.bytes().enumerate() {
        if raw.as_bytes().get(at) != Some(&byte) {
            return (at, &field[index..]);
        }
        // A quote within a field is doubled.
        at += if byte == b'"' { 2 } else { 1 };
    }
    (at, "")
}

/// How many lines end within a part of `bytes`, in LF, CR LF or CR.
fn line_ends(bytes: &[u8], part: Range<usize>) -> u64 {
    let ends = |at: &usize| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    part.filter(ends).count() as u64
}

/// The separator that a first line `sep=;` names, and the file from the end of that line.
fn declared_separator(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (line, rest) = bytes.split_at_checked(5)?;
    match (line, rest) {
        ([name @ .., b'=', separator], [b'\r' | b'\n', ..])
            if name.eq_ignore_ascii_case(b"sep") && SEPARATORS.contains(separator) =>
        {
            Some((*separator, rest))
        }
        _ => None,
    }
}

/// The separator by which the first line that is not blank has most fields.
fn most_used_separator(bytes: &[u8]) -> u8 {
    let head = bytes[..bytes.len().min(LONGEST_HEADER)].trim_ascii_start();
    let mut scratch = vec![0; head.len()];
    let mut ends = vec![0; MOST_COLUMNS + 1];
    let mut fields = |&separator: &u8| {
        let mut reader = reader(separator);
        let (_, _, _, fields) = reader.read_record(head, &mut scratch, &mut ends);
        fields
    };
    SEPARATORS
        .into_iter()
        .max_by_key(|separator| fields(separator))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let mut rows = Rows::open(file)?;
        let (mut fields, mut list) = (Vec::new(), Vec::new());
        let pause = &mut || {};
        let mut pace = Pace::new(pause);
        while let Some(line) = rows.read(&mut pace, &mut fields)? {
            list.push((line, fields.iter().map(|field| field.to_string()).collect()));
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
        assert_rows("\n\t\t\t\na,b\n", &[(3, &["a", "b"])]);
        assert_rows("a,b\n\"\"\n", &[(1, &["a", "b"]), (2, &[""])]);
    }

    #[test]
    fn quoted_fields_hold_anything() {
        assert_rows(
            "a,b\n\"x, \"\"y\"\"\nz\" ,\" w \"\n\"\",\"\"\"\"\n",
            &[
                (1, &["a", "b"]),
                (2, &["x, \"y\"\nz", "w"]),
                (4, &["", "\""]),
            ],
        );
    }

    #[test]
    fn a_row_is_read_where_it_stands() {
        let mut rows = Rows::open(b"a,b\n\" x\" ,\"y\"\"\"\n").unwrap();
        let mut fields = Vec::new();
        let pause = &mut || {};
        let mut pace = Pace::new(pause);
        rows.read(&mut pace, &mut fields).unwrap();
        assert!(matches!(
            fields[..],
            [Cow::Borrowed("a"), Cow::Borrowed("b")]
        ));
        rows.read(&mut pace, &mut fields).unwrap();
        assert_eq!(fields, ["x", "y\""]);
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
        assert_rows(
            "\u{feff}\u{feff}\"a\",b\n1,\u{feff}\n",
            &[(1, &["a", "b"]), (2, &["1", "\u{feff}"])],
        );
    }

    #[test]
    fn an_open_quote_is_reported_where_it_opens() {
        assert_eq!(
            all(b"a,b\n1,\"2\n3,4\n"),
            Err(Error::UnterminatedQuote { line: 2 })
        );
    }

    #[test]
    fn lost_quotes_do_not_balance_each_other() {
        assert_eq!(
            all(b"a,b,c\n1,\"2,3\n4,\"5,6\n7,8,9\n"),
            Err(Error::TextAfterQuote { line: 3, opened: 2 })
        );
        assert_eq!(
            all(b"a,b\n1,\"2\"\"\n3,4\n"),
            Err(Error::UnterminatedQuote { line: 2 })
        );
        assert_eq!(
            all(b"\"a,b\n1,2\n"),
            Err(Error::UnterminatedQuote { line: 1 })
        );
    }

    #[test]
    fn a_space_before_a_quote_is_reported() {
        assert_eq!(
            all(b"a,b\r\n\"1\r\n\", \"2, 3\"\r\n"),
            Err(Error::SpaceBeforeQuote { line: 3 })
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
