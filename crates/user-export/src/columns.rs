//! What the columns of a header mean.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::Columns;
use crate::error::Error;

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
    names: Vec<String>,
    pub(crate) account_id: usize,
    pub(crate) email: usize,
    /// The other columns with a meaning.
    pub(crate) optional: Vec<Column>,
    pub(crate) products: Vec<String>,
}

/// A column beside account id and e-mail.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) meaning: Meaning,
    name: String,
}

impl Column {
    pub(crate) fn bad_date(&self, line: u64) -> Error {
        Error::BadDate {
            line,
            column: self.name.clone(),
        }
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

impl Header {
    pub(crate) fn read(fields: &[Cow<'_, str>]) -> Result<Self, Error> {
        let names: Vec<String> = fields.iter().map(|field| one_line(field)).collect();
        // Such a file would have its first user taken for a header, and the names below into the log.
        if names.iter().any(|name| name.contains('@')) {
            return Err(Error::NoHeader);
        }
        let mut seen = HashSet::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if !seen.insert(name.to_lowercase()) {
                return Err(Error::DuplicateColumn { name: name.clone() });
            }
        }

        let plain_names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let account_id = only(&names, &plain_names, ACCOUNT_ID, "account id")?;
        let email = only(&names, &plain_names, EMAIL, "e-mail")?;
        let (account_id, email) = match (account_id, email) {
            (Some(account_id), Some(email)) => (account_id, email),
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

        let mut header = Header {
            names,
            account_id,
            email,
            optional: Vec::new(),
            products: Vec::new(),
        };
        for (aliases, meaning) in [
            (DISPLAY_NAME, Meaning::DisplayName),
            (STATUS, Meaning::Status),
            (ORG_ROLE, Meaning::OrgRole),
            (ADDED_TO_ORG, Meaning::AddedToOrg),
        ] {
            if let Some(index) = first(&plain_names, aliases) {
                header.push(index, meaning);
            }
        }
        for (index, plain_name) in plain_names.iter().enumerate() {
            let name = header.names[index].clone();
            if plain_name.starts_with(LAST_ACTIVE) {
                header.push(index, Meaning::LastActive);
            } else if let Some(product) = after_prefix(&name, LAST_SEEN_IN) {
                let product = header.product(product);
                header.push(index, Meaning::LastSeenIn { product });
            } else if is_product(&name) {
                let product = header.product(&name);
                header.push(index, Meaning::Access { product });
            }
        }
        Ok(header)
    }

    fn push(&mut self, index: usize, meaning: Meaning) {
        let name = self.names[index].clone();
        self.optional.push(Column {
            index,
            meaning,
            name,
        });
    }

    /// The number of a product: its two columns share one.
    fn product(&mut self, name: &str) -> usize {
        let known = self
            .products
            .iter()
            .position(|product| product.to_lowercase() == name.to_lowercase());
        known.unwrap_or_else(|| {
            self.products.push(name.to_owned());
            self.products.len() - 1
        })
    }

    /// How many fields every row has.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
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

/// The column with the first of these names that the file has.
fn first(plain_names: &[String], aliases: &[&str]) -> Option<usize> {
    aliases
        .iter()
        .find_map(|alias| plain_names.iter().position(|name| name == alias))
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
