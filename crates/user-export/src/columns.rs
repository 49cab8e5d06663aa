//! What the columns of a header mean.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Error;
use crate::pace::Pace;
use crate::{Columns, NotUnderstood};

// Names as they look once `plain` has taken everything but letters and digits out of them. Where several columns of a
// file could fill a field, the first name listed wins; for the account id and the e-mail that would be a guess, and is
// an error.
const ACCOUNT_ID: &[&str] = &[
    "userid",
    "accountid",
    "atlassianid",
    "atlassianaccountid",
    "id",
];
const EMAIL: &[&str] = &["email", "emailaddress", "useremail", "mail"];
const DISPLAY_NAME: &[&str] = &[
    "fullname",
    "displayname",
    "namefullname",
    "name",
    "username",
];
const STATUS: &[&str] = &[
    "userstatus",
    "accountstatus",
    "status",
    "active",
    "activeyesno",
];
const ORG_ROLE: &[&str] = &["orgrole", "organizationrole", "organisationrole"];
const ADDED_TO_ORG: &[&str] = &[
    "addedtoorg",
    "addedtoorganization",
    "addedtoorganisation",
    "created",
];

/// How the names of the columns with an account's last day of activity begin; a time zone may follow.
const LAST_ACTIVE: &str = "lastactive";
/// How the names of the columns with a product's last day of use begin.
const LAST_SEEN_IN: &str = "last seen in ";
/// Columns that only the oldest layout has, beside `username`.
const OLDEST_LAYOUT: &[&str] = &["fullname", "lastlogin", "lastsession"];

/// Products whose columns carry no ` - SITE`; those that do are recognised by it.
const PRODUCTS: &[&str] = &[
    "assets",
    "atlas",
    "bitbucket",
    "compass",
    "confluence",
    "goals",
    "jira",
    "jira core",
    "jira product discovery",
    "jira service desk",
    "jira service management",
    "jira software",
    "jira work management",
    "loom",
    "opsgenie",
    "projects",
    "rovo",
    "statuspage",
    "trello",
];

/// The header of a file, understood.
#[derive(Debug)]
pub(crate) struct Header {
    /// How many fields every row has.
    pub(crate) width: usize,
    pub(crate) account_id: usize,
    pub(crate) email: usize,
    /// The other columns with a meaning, those of a product side by side, in the order of the products.
    pub(crate) optional: Vec<Column>,
    pub(crate) products: Vec<String>,
}

/// A column beside account id and e-mail.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) meaning: Meaning,
    name: String,
    /// Values of which nothing could be made so far, and the line of the first one.
    lost: Option<(u64, u64)>,
}

impl Column {
    /// Counts a value of which nothing could be made.
    pub(crate) fn lose(&mut self, line: u64) {
        self.lost.get_or_insert((0, line)).0 += 1;
    }
}

/// What a column says about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    DisplayName,
    Status,
    OrgRole,
    AddedToOrg,
    LastActive,
    LastSeenIn { product: usize },
    Access { product: usize },
}

impl Meaning {
    fn product(self) -> Option<usize> {
        match self {
            Meaning::LastSeenIn { product } | Meaning::Access { product } => Some(product),
            _ => None,
        }
    }
}

/// The products of a header, as it first spells them. The two columns of one share a number.
#[derive(Default)]
struct Products {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Products {
    fn number(&mut self, name: &str) -> usize {
        *self.numbers.entry(name.to_lowercase()).or_insert_with(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }
}

impl Header {
    pub(crate) fn read(fields: &[Cow<'_, str>], pace: &mut Pace<'_>) -> Result<Self, Error> {
        let mut names = Vec::with_capacity(fields.len());
        let mut plain_names = Vec::with_capacity(fields.len());
        for field in fields {
            pace.work(field.len());
            let name = one_line(field);
            plain_names.push(plain(&name));
            names.push(name);
        }
        let account_id = only(&names, &plain_names, ACCOUNT_ID, "account id")?;
        let email = only(&names, &plain_names, EMAIL, "e-mail")?;
        let (account_id, email) = match (account_id, email) {
            (Some(account_id), Some(email)) => (account_id, email),
            // Such a file would have its first user taken for a header, and the names below into the log.
            _ if names.iter().any(|name| name.contains('@')) => return Err(Error::NoHeader),
            (None, _) if is_oldest_layout(&plain_names) => return Err(Error::NoAccountIds),
            (account_id, email) => {
                let found = names.into_iter().filter(|name| !name.is_empty()).collect();
                return Err(Error::MissingColumn {
                    account_id: account_id.is_none(),
                    email: email.is_none(),
                    found,
                });
            }
        };

        let mut optional = Vec::new();
        let mut push = |index: usize, meaning| {
            optional.push(Column {
                index,
                meaning,
                name: names[index].clone(),
                lost: None,
            });
        };
        for (aliases, meaning) in [
            (DISPLAY_NAME, Meaning::DisplayName),
            (STATUS, Meaning::Status),
            (ORG_ROLE, Meaning::OrgRole),
            (ADDED_TO_ORG, Meaning::AddedToOrg),
        ] {
            for index in first(&plain_names, aliases) {
                push(index, meaning);
            }
        }
        let mut products = Products::default();
        for (index, (name, plain_name)) in names.iter().zip(&plain_names).enumerate() {
            if plain_name.starts_with(LAST_ACTIVE) {
                push(index, Meaning::LastActive);
            } else if let Some(product) = after_prefix(name, LAST_SEEN_IN) {
                let product = products.number(product);
                push(index, Meaning::LastSeenIn { product });
            } else if is_product(name) {
                let product = products.number(name);
                push(index, Meaning::Access { product });
            }
        }
        optional.sort_by_key(|column| column.meaning.product());
        Ok(Header {
            width: names.len(),
            account_id,
            email,
            optional,
            products: products.names,
        })
    }

    /// What nothing could be made of, by column, as they stand in the file.
    pub(crate) fn not_understood(&self) -> Vec<NotUnderstood> {
        let mut columns: Vec<&Column> = self.optional.iter().collect();
        columns.sort_by_key(|column| column.index);
        let lost = columns.into_iter().filter_map(|column| {
            let (values, first_line) = column.lost?;
            Some(NotUnderstood {
                column: column.name.clone(),
                values,
                first_line,
            })
        });
        lost.collect()
    }

    pub(crate) fn columns(&self) -> Columns {
        let has =
            |wanted: fn(Meaning) -> bool| self.optional.iter().any(|column| wanted(column.meaning));
        Columns {
            display_name: has(|meaning| meaning == Meaning::DisplayName),
            status: has(|meaning| meaning == Meaning::Status),
            org_role: has(|meaning| meaning == Meaning::OrgRole),
            added_to_org: has(|meaning| meaning == Meaning::AddedToOrg),
            last_active: has(|meaning| {
                matches!(meaning, Meaning::LastActive | Meaning::LastSeenIn { .. })
            }),
            products: !self.products.is_empty(),
        }
    }
}

/// A name with every run of white space as one space.
fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name without case, spaces and punctuation.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What follows a prefix, in any case.
fn after_prefix<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let (front, rest) = name.split_at_checked(prefix.len())?;
    (front.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
}

/// Whether a column says what access people have to a product.
fn is_product(name: &str) -> bool {
    name.contains(" - ") || PRODUCTS.contains(&name.to_lowercase().as_str())
}

fn is_oldest_layout(plain_names: &[String]) -> bool {
    let has = |wanted: &str| plain_names.iter().any(|name| name == wanted);
    has("username") && OLDEST_LAYOUT.iter().any(|name| has(name))
}

/// The columns with the first of these names that the file has: one, as a rule.
fn first(plain_names: &[String], aliases: &[&str]) -> Vec<usize> {
    let named = |alias: &&str| -> Vec<usize> {
        let names = plain_names.iter().enumerate();
        names
            .filter(|(_, name)| name == alias)
            .map(|(index, _)| index)
            .collect()
    };
    aliases
        .iter()
        .map(named)
        .find(|columns| !columns.is_empty())
        .unwrap_or_default()
}

/// The one column with any of these names.
fn only(
    names: &[String],
    plain_names: &[String],
    aliases: &[&str],
    what: &'static str,
) -> Result<Option<usize>, Error> {
    let mut matching =
        (0..names.len()).filter(|&index| aliases.contains(&plain_names[index].as_str()));
    match (matching.next(), matching.next()) {
        (Some(first), Some(second)) => Err(Error::AmbiguousColumn {
            what,
            first: names[first].clone(),
            second: names[second].clone(),
        }),
        (found, _) => Ok(found),
    }
}
