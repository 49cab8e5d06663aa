//! Reads the CSV of users that an Atlassian administrator exports at admin.atlassian.com.
//!
//! The file is the one dependable source of e-mail addresses: the API hides them. It comes in several layouts, and it
//! reaches us by way of spreadsheets and mail programs. [`read`] accepts every layout that carries account ids, and
//! refuses ids and e-mails that it cannot understand with the line and the remedy. Nothing else refuses a file: of what
//! is information only, it says how much it could make nothing of ([`Export::not_understood`]). It never guesses, and
//! never leaves something out silently.
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
//! - **Columns.** Found by name, in any order and case. An account id and an e-mail column are required, one of each;
//!   columns that mean nothing here, such as groups, are passed over, however often a name comes. Of two columns that
//!   fill the same field, the first that is not blank stands.
//! - **Users.** One for each account id. Exports with group membership repeat a user in every group; such rows are
//!   merged: the first value that is not blank stands, the latest date of activity wins, product access is united.
//!   E-mails that differ in more than letter case are an error.
//! - **Rejected rows.** A row without an account id belongs to nobody: it is counted in [`Export::rejected`]. A row
//!   with an account id and without an e-mail is kept, with no e-mail: that says "not known", never "has none". The word
//!   `None`, which some exports write, is as good as a blank.
//! - **Days.** Where there is none to be read, as in `Before 11 Feb 2017` or `Not active in the last 180 days`, the day
//!   is not known, and the value is counted. What is said of a product's last use is kept as text, too.
//!
//! # What is not read
//!
//! Files larger than any export, in one way or another: [`MOST_COLUMNS`], [`LONGEST_FIELD`], [`LONGEST_ROW`],
//! [`MOST_VALUES`], [`MOST_MEMORY`]. All work is proportional to the file, but for the factor of sorting.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod columns;
mod error;
mod pace;
mod rows;
mod values;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

pub use jiff::civil::Date;

use columns::{Header, Meaning};
pub use error::{Error, shown};
use pace::Pace;
use rows::Rows;

/// The longest account id that Atlassian issues, in characters.
pub const ACCOUNT_ID_LENGTH: usize = 128;

/// The most columns that a file may have.
pub const MOST_COLUMNS: usize = 10_000;

/// The longest field, in bytes.
pub const LONGEST_FIELD: usize = 1 << 20;

/// The longest row, in bytes.
pub const LONGEST_ROW: usize = 4 << 20;

/// The most roles or sites that a user may have in one product.
pub const MOST_VALUES: usize = 10_000;

/// The most memory that the users of a file may take, in bytes, as near as it can be told.
pub const MOST_MEMORY: usize = 512 << 20;

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
    /// Where values stand of which nothing could be made, in the order of the columns.
    pub not_understood: Vec<NotUnderstood>,
}

/// A column with values of which nothing could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Its name in the header; [`shown`] makes it fit for a message.
    pub column: String,
    /// How many values.
    pub values: u64,
    /// The line of the first one.
    pub first_line: u64,
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
    /// The role in the organisation, such as `Organization admin`; none where the file says `None`, too.
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
    /// The roles or sites in the product's access column, where it is not blank. None of them where it says `None`.
    pub access: Option<BTreeSet<Cow<'a, str>>>,
    /// When the product was last used.
    pub last_seen: LastSeen,
    /// What the file says of that where it names no day: `Not active in the last 180 days`.
    pub last_seen_text: Option<Cow<'a, str>>,
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

/// Reads an export, and calls `pause` every few milliseconds, so that a caller can abandon a long file by unwinding.
pub fn read_with(file: &[u8], pause: impl FnMut()) -> Result<Export<'_>, Error> {
    read_within(file, MOST_MEMORY, pause)
}

/// The same, with another bound of memory.
fn read_within(
    file: &[u8],
    most_memory: usize,
    mut pause: impl FnMut(),
) -> Result<Export<'_>, Error> {
    let mut pace = Pace::new(&mut pause);
    let mut rows = Rows::open(file)?;
    let mut fields = Vec::new();
    if rows.read(&mut pace, &mut fields)?.is_none() {
        return Err(Error::Empty);
    }
    let mut header = Header::read(&fields, &mut pace)?;

    let mut users = Users::default();
    let (mut count, mut rejected) = (0, 0);
    while let Some(line) = rows.read(&mut pace, &mut fields)? {
        if fields.len() != header.width {
            return Err(Error::FieldCount {
                line,
                found: fields.len(),
                expected: header.width,
            });
        }
        count += 1;
        match header.user(line, &fields, &mut pace)? {
            Some(user) => users.add(user, &header, &mut pace)?,
            None => rejected += 1,
        }
        if users.memory > most_memory {
            return Err(Error::TooLarge { line });
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
        not_understood: header.not_understood(),
        products: header.products,
    })
}

impl Header {
    /// The user that a row describes; none where it has no account id.
    fn user<'a>(
        &mut self,
        line: u64,
        fields: &[Cow<'a, str>],
        pace: &mut Pace<'_>,
    ) -> Result<Option<User<'a>>, Error> {
        let known =
            |index: usize| values::text(&fields[index]).filter(|text| !values::is_none(text));
        let Some(account_id) = known(self.account_id) else {
            return Ok(None);
        };
        let mut user = User {
            account_id: values::account_id(line, account_id)?,
            email: known(self.email)
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
        for column in &mut self.optional {
            pace.work(1);
            let Some(text) = values::text(&fields[column.index]) else {
                continue;
            };
            let understood = match column.meaning {
                Meaning::DisplayName => fill(&mut user.display_name, text),
                Meaning::Status => fill(&mut user.status, values::status(text)),
                Meaning::OrgRole => values::is_none(&text) || fill(&mut user.org_role, text),
                Meaning::AddedToOrg => match values::day(&text) {
                    Some(Some(day)) => fill(&mut user.added_to_org, day),
                    known => known.is_some(),
                },
                Meaning::LastActive => match values::day(&text) {
                    Some(day) => {
                        user.last_active = user.last_active.max(day);
                        true
                    }
                    None => false,
                },
                Meaning::LastSeenIn { product } => {
                    let entry = product_use(&mut user.products, product);
                    match values::last_seen(&text) {
                        Some(seen) => {
                            entry.last_seen = entry.last_seen.max(seen);
                            user.last_active = user.last_active.max(seen.date());
                            true
                        }
                        None => {
                            fill(&mut entry.last_seen_text, text);
                            false
                        }
                    }
                }
                Meaning::Access { product } => {
                    let entry = product_use(&mut user.products, product);
                    let access = entry.access.get_or_insert_default();
                    if !values::is_none(&text) && !values::add_access(access, text, pace) {
                        return Err(too_many_values(&self.products, product, line));
                    }
                    true
                }
            };
            if !understood {
                column.lose(line);
            }
        }
        Ok(Some(user))
    }
}

/// Fills what is empty. False where it holds something else already.
fn fill<T: PartialEq>(field: &mut Option<T>, value: T) -> bool {
    match field {
        Some(known) => *known == value,
        None => {
            *field = Some(value);
            true
        }
    }
}

fn too_many_values(products: &[String], product: usize, line: u64) -> Error {
    Error::TooManyValues {
        line,
        column: products[product].clone(),
    }
}

/// The entry for a product that none of the entries is behind, made where it is missing.
fn product_use<'p, 'a>(
    products: &'p mut Vec<ProductUse<'a>>,
    product: usize,
) -> &'p mut ProductUse<'a> {
    if products.last().is_none_or(|last| last.product != product) {
        products.push(ProductUse {
            product,
            access: None,
            last_seen: LastSeen::Unknown,
            last_seen_text: None,
        });
    }
    let last = products.len() - 1;
    &mut products[last]
}

/// The users read so far, by account id.
#[derive(Default)]
struct Users<'a> {
    list: Vec<User<'a>>,
    /// For each of `list`, the line that its e-mail stands on.
    email_lines: Vec<u64>,
    by_id: HashMap<Cow<'a, str>, usize>,
    /// The memory that all this takes.
    memory: usize,
}

impl<'a> Users<'a> {
    fn add(&mut self, user: User<'a>, header: &Header, pace: &mut Pace<'_>) -> Result<(), Error> {
        use std::collections::hash_map::Entry;
        let line = user.line;
        let at = match self.by_id.entry(user.account_id.clone()) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let at = *entry.insert(self.list.len());
                self.email_lines.push(line);
                self.list.push(User {
                    account_id: user.account_id.clone(),
                    email: None,
                    display_name: None,
                    status: None,
                    org_role: None,
                    added_to_org: None,
                    last_active: None,
                    products: Vec::new(),
                    line,
                });
                self.memory += size_of::<User>() + size_of::<(Cow<str>, usize, u64)>();
                at
            }
        };
        let mut merger = Merger {
            products: &header.products,
            memory: &mut self.memory,
            pace,
        };
        merger.merge(&mut self.list[at], &mut self.email_lines[at], user)
    }
}

/// Adds rows to users, and counts what they add: the texts, too, which still lie in the file, since whoever uses a user
/// copies them.
struct Merger<'m, 'p> {
    products: &'m [String],
    memory: &'m mut usize,
    pace: &'m mut Pace<'p>,
}

impl Merger<'_, '_> {
    /// Adds what a row says about a user.
    fn merge<'a>(
        &mut self,
        known: &mut User<'a>,
        email_line: &mut u64,
        row: User<'a>,
    ) -> Result<(), Error> {
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
        self.keep(&mut known.email, row.email);
        self.keep(&mut known.display_name, row.display_name);
        self.keep(&mut known.status, row.status);
        self.keep(&mut known.org_role, row.org_role);
        known.added_to_org = known.added_to_org.or(row.added_to_org);
        known.last_active = known.last_active.max(row.last_active);
        if row.products.is_empty() {
            return Ok(());
        }
        // Both lists are in the order of the products, and every product has a field in the row: no more than that is
        // gone through.
        let mut old = std::mem::take(&mut known.products).into_iter().peekable();
        for new in row.products {
            while let Some(entry) = old.next_if(|entry| entry.product <= new.product) {
                self.pace.work(1);
                known.products.push(entry);
            }
            let count = known.products.len();
            let entry = product_use(&mut known.products, new.product);
            self.merge_product(entry, new, row.line)?;
            *self.memory += (known.products.len() - count) * size_of::<ProductUse>();
        }
        known.products.extend(old);
        Ok(())
    }

    fn merge_product<'a>(
        &mut self,
        known: &mut ProductUse<'a>,
        new: ProductUse<'a>,
        line: u64,
    ) -> Result<(), Error> {
        known.last_seen = known.last_seen.max(new.last_seen);
        self.keep(&mut known.last_seen_text, new.last_seen_text);
        if let Some(new) = new.access {
            let access = known.access.get_or_insert_default();
            for item in new {
                self.pace.work(item.len() + 1);
                let size = size_of_val(&item) + item.len();
                if access.insert(item) {
                    *self.memory += size;
                }
            }
            if access.len() > MOST_VALUES {
                return Err(too_many_values(self.products, known.product, line));
            }
        }
        Ok(())
    }

    fn keep<'a>(&mut self, known: &mut Option<Cow<'a, str>>, new: Option<Cow<'a, str>>) {
        if let (None, Some(new)) = (&known, new) {
            *self.memory += new.len();
            *known = Some(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_take_is_counted_and_what_rows_repeat_is_not() {
        let header = "User id,email,User name,Jira - acme,Last seen in Jira - acme\n";
        let row = |id: usize, role: usize| {
            format!("{id},{id}@x.org,Jane,\"User, role {role}\",3 Jan 2024\n")
        };
        let within = |rows: &str| {
            read_within(format!("{header}{rows}").as_bytes(), 10_000, || {})
                .map(|export| export.rows)
        };
        let repeated: String = (0..1_000).map(|_| row(1, 1)).collect();
        assert_eq!(within(&repeated), Ok(1_000));
        // A thousand users, and one with a thousand roles.
        let users: String = (0..1_000).map(|id| row(id, 1)).collect();
        let roles: String = (0..1_000).map(|role| row(1, role)).collect();
        for rows in [users, roles] {
            let Err(error @ Error::TooLarge { line }) = within(&rows) else {
                panic!("{rows:.40}")
            };
            assert!((10..1_000).contains(&line), "{error}: {line}");
            assert!(error.is_limit());
        }
    }
}
