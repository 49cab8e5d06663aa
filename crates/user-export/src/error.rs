//! What can be wrong with an export, and what to do about it.

use crate::{
    ACCOUNT_ID_LENGTH, LONGEST_FIELD, LONGEST_ROW, MOST_COLUMNS, MOST_MEMORY, MOST_VALUES,
};

/// Why a file is refused.
///
/// The message says what and where, [`Error::detail`] says what was found, and [`Error::hint`] what to do. None of them
/// repeats names or e-mail addresses from the file, because errors end up in logs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are places: lines, columns and counts"
)]
pub enum Error {
    /// There is nothing in the file.
    #[error("the user export is empty")]
    Empty,
    /// There is a header, and no account under it.
    #[error("the user export names no account")]
    NoAccounts { rows: u64 },
    /// A workbook, an archive or the like.
    #[error("the user export is not a CSV file, but {what}")]
    NotCsv { what: &'static str },
    /// UTF-16 or UTF-32.
    #[error("the user export is encoded in UTF-16, not in UTF-8")]
    Utf16,
    /// Bytes that are not UTF-8.
    #[error("line {line} of the user export is not valid UTF-8")]
    NotUtf8 { line: u64 },
    /// UTF-8 that was taken for Latin-1 and encoded again.
    #[error("the user export was encoded twice")]
    EncodedTwice,
    /// A zero byte.
    #[error("line {line} of the user export contains a zero byte")]
    Nul { line: u64 },
    /// A quoted field without an end.
    #[error("the quoted field that begins on line {line} of the user export has no closing quote")]
    UnterminatedQuote { line: u64 },
    /// Text between a closing quote and the next separator.
    #[error("line {line} of the user export has text after the closing quote of a field")]
    TextAfterQuote { line: u64, opened: u64 },
    /// Space between a separator and a quote: some programs then take the quote for text, and some do not.
    #[error("line {line} of the user export has a space before the opening quote of a field")]
    SpaceBeforeQuote { line: u64 },
    /// More or fewer fields than the header.
    #[error("line {line} of the user export has {found} {}, but its header has {expected}", fields(*.found))]
    FieldCount {
        line: u64,
        found: usize,
        expected: usize,
    },
    /// The first line is data.
    #[error("the first line of the user export is not a header")]
    NoHeader,
    /// No account id column, or no e-mail column, or neither.
    #[error("the user export has no {}", missing(*.account_id, *.email))]
    MissingColumn {
        account_id: bool,
        email: bool,
        found: Vec<String>,
    },
    /// The oldest layout, which names people by user name only.
    #[error("this user export has no account ids")]
    NoAccountIds,
    /// Two columns that could both be the account id, or both the e-mail.
    #[error("the user export has two columns that could be the {what}")]
    AmbiguousColumn {
        what: &'static str,
        first: String,
        second: String,
    },
    /// An account id beyond Atlassian's limit.
    #[error(
        "the account id on line {line} of the user export is longer than {ACCOUNT_ID_LENGTH} characters"
    )]
    AccountIdTooLong { line: u64 },
    /// An account id with a space or a control character in it.
    #[error(
        "the account id on line {line} of the user export contains a space or a control character"
    )]
    AccountIdMalformed { line: u64 },
    /// An account id that a spreadsheet took for a number.
    #[error("the account id on line {line} of the user export was turned into a number")]
    AccountIdIsNumber { line: u64 },
    /// An e-mail that cannot be one.
    #[error("the e-mail on line {line} of the user export is not an e-mail address")]
    EmailMalformed { line: u64 },
    /// Two e-mails for one account.
    #[error("the user export gives two e-mail addresses for the account \"{}\"", shown(.account_id))]
    ConflictingEmails {
        account_id: String,
        first_line: u64,
        line: u64,
    },
    /// More columns than any export has.
    #[error("line {line} of the user export has more than {MOST_COLUMNS} fields")]
    TooManyColumns { line: u64 },
    /// A field longer than any of an export.
    #[error("line {line} of the user export has a field of more than {} MB", LONGEST_FIELD >> 20)]
    FieldTooLong { line: u64 },
    /// A row longer than any of an export.
    #[error("the row on line {line} of the user export has more than {} MB", LONGEST_ROW >> 20)]
    RowTooLong { line: u64 },
    /// More roles or sites of one user in one product than there can be.
    #[error("line {line} of the user export gives a user more than {MOST_VALUES} values in column \"{}\"", shown(.column))]
    TooManyValues { line: u64, column: String },
    /// More than fits into the memory that is set apart.
    #[error("the user export takes more than {} MB of memory", MOST_MEMORY >> 20)]
    TooLarge { line: u64 },
}

fn fields(count: usize) -> &'static str {
    if count == 1 { "field" } else { "fields" }
}

fn missing(account_id: bool, email: bool) -> &'static str {
    match (account_id, email) {
        (true, true) => "account id column and no e-mail column",
        (true, false) => "account id column",
        _ => "e-mail column",
    }
}

const EXPORT_AGAIN: &str =
    "In admin.atlassian.com, open Directory, Users, and choose \"Export users\".";
const SAVE_AS_UTF8: &str =
    "Load the file as it was exported, or save it from the spreadsheet program as \"CSV UTF-8\".";
const AS_EXPORTED: &str =
    "Load the file as it was exported, without saving it from a spreadsheet program.";

impl Error {
    /// The line of the file that the error is about, where it is about one; the header is line 1.
    pub fn line(&self) -> Option<u64> {
        match *self {
            Error::NotUtf8 { line }
            | Error::Nul { line }
            | Error::UnterminatedQuote { line }
            | Error::TextAfterQuote { line, .. }
            | Error::SpaceBeforeQuote { line }
            | Error::FieldCount { line, .. }
            | Error::AccountIdTooLong { line }
            | Error::AccountIdMalformed { line }
            | Error::AccountIdIsNumber { line }
            | Error::EmailMalformed { line }
            | Error::ConflictingEmails { line, .. }
            | Error::TooManyColumns { line }
            | Error::FieldTooLong { line }
            | Error::RowTooLong { line }
            | Error::TooManyValues { line, .. }
            | Error::TooLarge { line } => Some(line),
            Error::Empty
            | Error::NoAccounts { .. }
            | Error::NotCsv { .. }
            | Error::Utf16
            | Error::EncodedTwice
            | Error::NoHeader
            | Error::MissingColumn { .. }
            | Error::NoAccountIds
            | Error::AmbiguousColumn { .. } => None,
        }
    }

    /// Whether the file is in another encoding than UTF-8.
    pub fn is_encoding(&self) -> bool {
        matches!(
            self,
            Error::Utf16 | Error::NotUtf8 { .. } | Error::EncodedTwice | Error::Nul { .. }
        )
    }

    /// Whether the file is larger, in some way, than what is read.
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Error::TooManyColumns { .. }
                | Error::FieldTooLong { .. }
                | Error::RowTooLong { .. }
                | Error::TooManyValues { .. }
                | Error::TooLarge { .. }
        )
    }

    /// What was found, where that takes more than the message.
    pub fn detail(&self) -> Option<String> {
        Some(match self {
            Error::NoAccounts { rows: 0 } => "It has a header and no rows.".into(),
            Error::NoAccounts { rows } => format!("None of its {rows} rows has an account id."),
            Error::TextAfterQuote { opened, .. } => format!("The field begins on line {opened}."),
            Error::NoHeader => "It contains an e-mail address.".into(),
            Error::MissingColumn { found, .. } => format!("Its columns are {}.", quoted(found)),
            Error::NoAccountIds => {
                "It names people by user name only, as exports did before 2021.".into()
            }
            Error::AmbiguousColumn { first, second, .. } => {
                format!("They are \"{}\" and \"{}\".", shown(first), shown(second))
            }
            Error::ConflictingEmails {
                first_line, line, ..
            } => {
                format!("They are on lines {first_line} and {line}.")
            }
            Error::TooLarge { line } => format!("It is full on line {line}."),
            _ => return None,
        })
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Error::Empty | Error::NotCsv { .. } | Error::NoHeader => {
                format!("Load the CSV file of the user export. {EXPORT_AGAIN}")
            }
            Error::NoAccounts { .. } => format!(
                "Nothing was loaded, because an export without accounts would say that everybody has left. {EXPORT_AGAIN}"
            ),
            Error::Utf16 | Error::NotUtf8 { .. } | Error::Nul { .. } => SAVE_AS_UTF8.into(),
            Error::EncodedTwice => {
                "Set the client encoding to UTF8 before you send the file, and load it as it was exported.".into()
            }
            Error::UnterminatedQuote { .. } => {
                "The file is cut off, or a quote in it is not doubled. Export it again.".into()
            }
            Error::TextAfterQuote { .. } => {
                "Double every quote inside a quoted field, or load the file as it was exported.".into()
            }
            Error::SpaceBeforeQuote { .. } => {
                "Remove the space, or load the file as it was exported.".into()
            }
            Error::FieldCount { .. } => {
                "A field with a separator, a quote or a line break in it must be quoted. Load the file as it was exported."
                    .into()
            }
            Error::MissingColumn { account_id, email, .. } => {
                let mut hint = String::new();
                if *account_id {
                    hint += "The account id is expected under \"User id\", \"Atlassian ID\", \"Account id\" or \"id\". ";
                }
                if *email {
                    hint += "The e-mail is expected under \"email\", \"Email address\" or \"mail\". ";
                }
                hint + EXPORT_AGAIN
            }
            Error::NoAccountIds => {
                format!("Take the export that has a column \"User id\". {EXPORT_AGAIN}")
            }
            Error::AmbiguousColumn { .. } => "Remove the one that is not.".into(),
            Error::AccountIdTooLong { .. } | Error::AccountIdMalformed { .. } => {
                format!("Check that the columns are under their headers. {AS_EXPORTED}")
            }
            Error::AccountIdIsNumber { .. } => AS_EXPORTED.into(),
            Error::EmailMalformed { .. } => {
                "Check that the columns are under their headers. An e-mail that is not known is left blank.".into()
            }
            Error::ConflictingEmails { .. } => "Remove the line that is wrong, or export the users again.".into(),
            Error::TooManyColumns { .. } => {
                "Export the users again, without their groups in columns.".into()
            }
            Error::FieldTooLong { .. } | Error::RowTooLong { .. } => format!(
                "A quote that is not closed reads on to the next one: check those on this line and before. {AS_EXPORTED}"
            ),
            Error::TooManyValues { .. } => {
                "Export the users again without product access, or remove the column.".into()
            }
            Error::TooLarge { .. } => {
                "Export the users again without product access, or load them in parts: accounts that a file does not name stay.".into()
            }
        }
    }
}

/// The names in quotes, with commas between: enough of them to recognise the file.
pub(crate) fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut list = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("\"{}\"", shown(name)))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        list += &format!(", and {} more", names.len() - SHOWN);
    }
    list
}

/// Text from the file as it may stand in a message: in ASCII, without control characters, and not all of a long one.
pub fn shown(text: &str) -> String {
    const LENGTH: usize = 128;
    let mut shown = String::new();
    for (place, char) in text.chars().enumerate() {
        if place == LENGTH {
            shown += "...";
            break;
        }
        match char {
            ' '..='~' => shown.push(char),
            _ => shown.extend(char.escape_unicode()),
        }
    }
    shown
}
