//! Reads the CSV of users that an Atlassian administrator exports at admin.atlassian.com.
//!
//! The file is the one dependable source of e-mail addresses: the API hides them. It comes in several layouts, and it
//! reaches us by way of spreadsheets and mail programs. [`read`] accepts every layout that carries account ids, and
//! refuses what it cannot understand with the line and the remedy. It never guesses, and never leaves something out
//! silently.
//!
//! ```
//! let export = user_export::read(
//!     b"User id,User name,email,User status,Last seen in Confluence - acme\n\
//!       712020:1f,\"Doe, Jane\",jane@example.com,Active,12 May 2024\n",
//! )?;
//! let jane = &export.users[0];
//! assert_eq!(jane.account_id, "712020:1f");
//! assert_eq!(jane.display_name.as_deref(), Some("Doe, Jane"));
//! assert_eq!(jane.email.as_deref(), Some("jane@example.com"));
//! assert_eq!(jane.last_active.unwrap().to_string(), "2024-05-12");
//! # Ok::<(), user_export::Error>(())
//! ```
//!
//! # What is read
//!
//! - **Text.** UTF-8, with or without a byte order mark. Fields are separated by commas, semicolons or tabs, whichever
//!   the header uses most, and may be quoted; a quoted field may hold separators, doubled quotes and line breaks. A
//!   quoted field without an end, with text behind its end or with space before its beginning is an error. Lines end in
//!   LF, CRLF or CR. Blank lines are passed over. A leading `sep=;` line, which spreadsheets write, is obeyed.
//! - **Columns.** Found by name, in any order and case. An account id and an e-mail column are required; columns that
//!   mean nothing here, such as groups, are passed over.
//! - **Users.** One for each account id. Exports with group membership repeat a user in every group; such rows are
//!   merged: the first value that is not blank stands, the latest date of activity wins, product access is united.
//!   E-mails that differ in more than letter case are an error.
//! - **Rejected rows.** A row without an account id belongs to nobody: it is counted in [`Export::rejected`]. A row
//!   with an account id and without an e-mail is kept, with no e-mail: that says "not known", never "has none".
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod columns;
mod error;
mod rows;
mod values;

use std::borrow::Cow;
use std::collections::HashMap;

pub use jiff::civil::Date;

use columns::{Header, Meaning};
pub use error::Error;
use rows::Rows;

/// The longest account id that Atlassian issues, in characters.
pub const ACCOUNT_ID_LENGTH: usize = 128;

/// How many rows are read between two calls of the `pause` of [`read_with`].
const ROWS_BETWEEN_PAUSES: u64 = 512;

/// What an export says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// The users, in the order in which the file first names them, each once.
    pub users: Vec<User<'a>>,
    /// Rows read: those of users, those that repeat one, and those rejected.
    pub rows: u64,
    /// Rows that have no account id.
    pub rejected: u64,
    /// The columns that the file has: tells "blank in the file" from "not in the file".
    pub columns: Columns,
    /// The products that the file has columns for, named as in the header: `Confluence - acme`.
    pub products: Vec<String>,
}

/// Which of the optional columns a file has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each is named after the field of `User` that it fills"
)]
pub struct Columns {
    pub display_name: bool,
    pub status: bool,
    pub org_role: bool,
    pub added_to_org: bool,
    pub last_active: bool,
    pub products: bool,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User<'a> {
    /// The account id: letter case counts.
    pub account_id: Cow<'a, str>,
    /// The e-mail address, where the file has one.
    pub email: Option<Cow<'a, str>>,
    /// The name that people see.
    pub display_name: Option<Cow<'a, str>>,
    /// `Active`, `Inactive`, `Suspended` or `Deactivated`, or whatever else the export says.
    pub status: Option<Cow<'a, str>>,
    /// The role in the organisation, such as `Organization admin`.
    pub org_role: Option<Cow<'a, str>>,
    /// The day on which the account was added to the organisation.
    pub added_to_org: Option<Date>,
    /// The latest day on which the account used any product.
    pub last_active: Option<Date>,
    /// What the file says about single products; those it leaves blank are not listed.
    pub products: Vec<ProductUse<'a>>,
    /// The line of the file on which the user is first named; the header is line 1.
    pub line: u64,
}

/// What an export says about one account and one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductUse<'a> {
    /// Which of [`Export::products`].
    pub product: usize,
    /// The roles or sites in the product's access column, sorted, each once.
    pub access: Vec<Cow<'a, str>>,
    /// When the product was last used.
    pub last_seen: LastSeen,
}

/// When something was last used.
///
/// The order is that of knowledge: a day beats `Never`, and `Never` beats `Unknown`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LastSeen {
    /// The file does not say.
    #[default]
    Unknown,
    /// The file says that it was never used.
    Never,
    /// On this day.
    On(Date),
}

impl LastSeen {
    fn date(self) -> Option<Date> {
        match self {
            LastSeen::On(date) => Some(date),
            LastSeen::Never | LastSeen::Unknown => None,
        }
    }
}

/// Reads an export.
pub fn read(file: &[u8]) -> Result<Export<'_>, Error> {
    read_with(file, || {})
}

/// Reads an export, and calls `pause` every few hundred rows, so that a caller can abandon a long file by unwinding.
pub fn read_with(file: &[u8], mut pause: impl FnMut()) -> Result<Export<'_>, Error> {
    let mut rows = Rows::open(file)?;
    let mut fields = Vec::new();
    if rows.read(&mut fields)?.is_none() {
        return Err(Error::Empty);
    }
    let header = Header::read(&fields)?;

    let mut users = Users::default();
    let (mut count, mut rejected) = (0, 0);
    while let Some(line) = rows.read(&mut fields)? {
        if fields.len() != header.width() {
            return Err(Error::FieldCount {
                line,
                found: fields.len(),
                expected: header.width(),
            });
        }
        count += 1;
        if count % ROWS_BETWEEN_PAUSES == 0 {
            pause();
        }
        match header.user(line, &fields)? {
            Some(user) => users.add(user)?,
            None => rejected += 1,
        }
    }
    if users.list.is_empty() {
        return Err(Error::NoAccounts { rows: count });
    }
    Ok(Export {
        users: users.list,
        rows: count,
        rejected,
        columns: header.columns(),
        products: header.products,
    })
}

impl Header {
    /// The user that a row describes; none where it has no account id.
    fn user<'a>(&self, line: u64, fields: &[Cow<'a, str>]) -> Result<Option<User<'a>>, Error> {
        let Some(account_id) = values::text(&fields[self.account_id]) else {
            return Ok(None);
        };
        let mut user = User {
            account_id: values::account_id(line, account_id)?,
            email: values::text(&fields[self.email])
                .map(|email| values::email(line, email))
                .transpose()?,
            display_name: None,
            status: None,
            org_role: None,
            added_to_org: None,
            last_active: None,
            products: Vec::new(),
            line,
        };
        for column in &self.optional {
            let Some(text) = values::text(&fields[column.index]) else {
                continue;
            };
            let last_seen =
                |text: &str| values::last_seen(text).ok_or_else(|| column.bad_date(line));
            match column.meaning {
                Meaning::DisplayName => user.display_name = Some(text),
                Meaning::Status => user.status = Some(values::status(text)),
                Meaning::OrgRole => user.org_role = Some(text),
                Meaning::AddedToOrg => user.added_to_org = last_seen(&text)?.date(),
                Meaning::LastActive => {
                    user.last_active = user.last_active.max(last_seen(&text)?.date());
                }
                Meaning::LastSeenIn { product } => {
                    let seen = last_seen(&text)?;
                    user.last_active = user.last_active.max(seen.date());
                    let entry = product_use(&mut user.products, product);
                    entry.last_seen = entry.last_seen.max(seen);
                }
                Meaning::Access { product } => {
                    let entry = product_use(&mut user.products, product);
                    values::add_access(&mut entry.access, text);
                }
            }
        }
        Ok(Some(user))
    }
}

/// The entry for a product, made where it is missing.
fn product_use<'p, 'a>(
    products: &'p mut Vec<ProductUse<'a>>,
    product: usize,
) -> &'p mut ProductUse<'a> {
    let at = products.partition_point(|entry| entry.product < product);
    if products
        .get(at)
        .is_none_or(|entry| entry.product != product)
    {
        let unknown = ProductUse {
            product,
            access: Vec::new(),
            last_seen: LastSeen::Unknown,
        };
        products.insert(at, unknown);
    }
    &mut products[at]
}

/// The users read so far, by account id.
#[derive(Default)]
struct Users<'a> {
    list: Vec<User<'a>>,
    /// For each of `list`, the line that its e-mail stands on.
    email_lines: Vec<u64>,
    by_id: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Users<'a> {
    fn add(&mut self, user: User<'a>) -> Result<(), Error> {
        use std::collections::hash_map::Entry;
        match self.by_id.entry(user.account_id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(self.list.len());
                self.email_lines.push(user.line);
                self.list.push(user);
                Ok(())
            }
            Entry::Occupied(entry) => {
                let at = *entry.get();
                merge(&mut self.list[at], &mut self.email_lines[at], user)
            }
        }
    }
}

/// Adds what a further row says about a user.
fn merge<'a>(known: &mut User<'a>, email_line: &mut u64, row: User<'a>) -> Result<(), Error> {
    match (&known.email, &row.email) {
        (Some(old), Some(new)) if old != new && old.to_lowercase() != new.to_lowercase() => {
            return Err(Error::ConflictingEmails {
                account_id: known.account_id.to_string(),
                first_line: *email_line,
                line: row.line,
            });
        }
        (None, Some(_)) => *email_line = row.line,
        _ => {}
    }
    fn keep<T>(known: &mut Option<T>, new: Option<T>) {
        if known.is_none() {
            *known = new;
        }
    }
    keep(&mut known.email, row.email);
    keep(&mut known.display_name, row.display_name);
    keep(&mut known.status, row.status);
    keep(&mut known.org_role, row.org_role);
    keep(&mut known.added_to_org, row.added_to_org);
    known.last_active = known.last_active.max(row.last_active);
    for new in row.products {
        let entry = product_use(&mut known.products, new.product);
        entry.last_seen = entry.last_seen.max(new.last_seen);
        for access in new.access {
            values::add_access(&mut entry.access, access);
        }
    }
    Ok(())
}
