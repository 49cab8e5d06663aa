//! What a mirror says of a company, held against what its site decides.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::{Access, ProductAccess, RestrictedOperation, Whose};

use super::company::{Built, Company, Fact, Who};

/// A row about one content and one kind of access.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub content: u64,
    pub access: String,
    pub account: Option<String>,
    pub verdict: String,
    pub reason: Option<String>,
    /// What kind of reason that is, as the mirror's words have it: `gap`, `open`, `standing` or `denial`.
    pub reason_kind: Option<String>,
}

/// What a mirror says.
pub struct Told {
    /// About access.
    pub rows: Vec<Row>,
    /// The accounts that it has heard of.
    pub accounts: BTreeSet<String>,
    /// Accounts and contents that they are shown.
    pub visible: BTreeSet<(String, u64)>,
    /// Results of explanations: account, content, access, verdict.
    pub explained: Vec<(String, u64, String, String)>,
    /// What spaces' own answers say, by the space's key in place of a content's id.
    pub spaces: Vec<(String, Row)>,
    /// Rows that are in the answer of now and not in the stored one, or the other way round, though nothing has changed.
    pub otherwise_now: Vec<String>,
}

/// All that is wrong with what a mirror says, in words; nothing if it is right.
pub fn differences(company: &Company, built: &Built, told: &Told) -> Vec<String> {
    let mut wrong = told.otherwise_now.clone();
    for (name, &id) in &built.ids {
        for access in Access::ALL {
            let of_it = |row: &&Row| row.content == id && row.access == access.as_str();
            let about = About {
                company,
                built,
                name,
                id,
                access,
                rows: told.rows.iter().filter(of_it).collect(),
                known: &told.accounts,
            };
            let found = about
                .differences()
                .into_iter()
                .chain(about.contradictions(told));
            wrong.extend(found.map(|what| format!("{} {name}: {what}", access.as_str())));
        }
    }
    wrong.extend(of_spaces(company, built, told));
    wrong
}

const VIEWS: &[(&str, &str)] = &[("read", "space")];
const EDITS: &[(&str, &str)] = &[
    ("create", "page"),
    ("update", "page"),
    ("create", "blogpost"),
    ("update", "blogpost"),
    ("create", "folder"),
    ("update", "folder"),
    ("create", "whiteboard"),
    ("update", "whiteboard"),
    ("create", "database"),
    ("update", "database"),
    ("create", "embed"),
    ("update", "embed"),
];

/// The same of what is said of whole spaces: who views one, and who edits anything in it.
fn of_spaces(company: &Company, built: &Built, told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    let site = built.site.whole();
    for space in site.spaces() {
        for (access, operations) in [("view", VIEWS), ("edit", EDITS)] {
            let of_it = |(key, row): &&(String, Row)| *key == space.key && row.access == access;
            let rows: Vec<&Row> = told
                .spaces
                .iter()
                .filter(of_it)
                .map(|(_, row)| row)
                .collect();
            let is_hidden = company.facts.iter().any(Fact::hides);
            for user in site.users() {
                let account = user.account_id.as_str();
                let whose = Whose::Account(account);
                let may = site.may_in_space(whose, VIEWS, space.id)
                    && site.may_in_space(whose, operations, space.id);
                let theirs = |row: &&&Row| row.account.as_deref() == Some(account);
                let theirs = || rows.iter().filter(theirs);
                let is_allowed = theirs().any(|row| row.verdict == "allowed");
                let is_gap = rows.iter().any(|row| row.account.is_none());
                let is_unknown = theirs().any(|row| row.verdict == "unknown");
                let is_covered = is_hidden && (is_gap || is_unknown)
                    || is_gap && !told.accounts.contains(account);
                if is_allowed && !may || may && !is_allowed && !is_covered {
                    wrong.push(format!(
                        "{access} {}: {account} is allowed: {is_allowed}, and by the site: {may}",
                        space.key
                    ));
                }
            }
        }
    }
    wrong
}

struct About<'a> {
    company: &'a Company,
    built: &'a Built,
    name: &'a str,
    id: u64,
    access: Access,
    rows: Vec<&'a Row>,
    known: &'a BTreeSet<String>,
}

impl About<'_> {
    fn differences(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let site = self.built.site.whole();
        let allowed = self.accounts("allowed");
        let unknown = self.accounts("unknown");
        let gap = self.gap();
        let may_be_gap = self.hidden();
        let is_shown_to_be_open = |reason: &str| {
            let is_it =
                |row: &&&Row| row.account.is_none() && row.reason.as_deref() == Some(reason);
            self.rows.iter().any(|row| is_it(&row))
        };
        for user in site.users() {
            let account = user.account_id.as_str();
            let whose = Whose::Account(account);
            let by_portal = site.comes_by_portal(whose, self.access, self.id);
            let verdict = site.verdict(whose, self.access, self.id);
            let may = verdict == Some(Ok(()));
            if allowed.contains(account) && (!may || by_portal) {
                wrong.push(format!(
                    "{account} is allowed, and the site says {verdict:?}"
                ));
            }
            // Nothing names it, so nobody tells of it: a class that is open to all says so.
            let is_unheard_of =
                may && !self.known.contains(account) && is_shown_to_be_open("class_open_ended");
            if is_unheard_of {
                continue;
            }
            if may && by_portal {
                if !is_shown_to_be_open("jsm_class") && gap.is_none() {
                    wrong.push(format!("{account} comes by a portal, and no row says so"));
                }
            } else if may && !allowed.contains(account) {
                match may_be_gap {
                    None => wrong.push(format!(
                        "{account} is not allowed, though nothing is hidden: {:?}",
                        self.of(account)
                    )),
                    Some(_) if unknown.contains(account) || gap.is_some() => {}
                    Some(hidden) => wrong.push(format!(
                        "{account} is missing, and nothing says that {hidden} is not known"
                    )),
                }
            }
            if unknown.contains(account) && may_be_gap.is_none() {
                let rows = self.of(account);
                wrong.push(format!(
                    "{account} is unknown, though nothing is hidden: {rows:?}"
                ));
            }
        }
        if let (Some(row), None) = (gap, &may_be_gap) {
            wrong.push(format!("a gap, though nothing is hidden: {row:?}"));
        }
        wrong
    }

    /// What the mirror says otherwise elsewhere.
    fn contradictions(&self, told: &Told) -> Vec<String> {
        let mut wrong = Vec::new();
        let allowed = self.accounts("allowed");
        if self.access == Access::View {
            for account in &told.accounts {
                let is_shown = told.visible.contains(&(account.clone(), self.id));
                if is_shown != allowed.contains(account.as_str()) {
                    wrong.push(format!("visible_content shows it to {account}: {is_shown}"));
                }
            }
        }
        let site = self.built.site.whole();
        for (account, content, access, verdict) in &told.explained {
            if *content != self.id || access != self.access.as_str() {
                continue;
            }
            let is_allowed = allowed.contains(account.as_str());
            let may = site.verdict(Whose::Account(account), self.access, self.id) == Some(Ok(()));
            let by_portal = site.comes_by_portal(Whose::Account(account), self.access, self.id);
            if is_allowed != (verdict == "allowed") || (verdict == "denied" && may && !by_portal) {
                wrong.push(format!("explain_access says of {account}: {verdict}"));
            }
        }
        wrong
    }

    fn accounts(&self, verdict: &str) -> BTreeSet<&str> {
        let rows = self.rows.iter().filter(|row| row.verdict == verdict);
        rows.filter_map(|row| row.account.as_deref()).collect()
    }

    fn of(&self, account: &str) -> Vec<&&Row> {
        let is_theirs = |row: &&&Row| row.account.as_deref() == Some(account);
        self.rows.iter().filter(is_theirs).collect()
    }

    fn gap(&self) -> Option<&Row> {
        let is_gap =
            |row: &&&Row| row.account.is_none() && row.reason_kind.as_deref() == Some("gap");
        self.rows.iter().find(is_gap).copied()
    }

    /// What is hidden that this content and this access hang on, if anything is.
    fn hidden(&self) -> Option<&Fact> {
        let (space, chain) = self.place();
        let is_above = |name: &String| chain.contains(name);
        let counts = |operation: RestrictedOperation, content: &String| match operation {
            RestrictedOperation::Read => is_above(content),
            RestrictedOperation::Update => self.access == Access::Edit && content == self.name,
        };
        let facts = &self.company.facts;
        let is_named = |group: &String| {
            facts.iter().any(|fact| match fact {
                Fact::Grant { space: of, to, .. } | Fact::Role { space: of, to, .. } => {
                    *of == space && *to == Who::Group(group.clone())
                }
                Fact::List {
                    content,
                    operation,
                    names,
                } => counts(*operation, content) && *names == Who::Group(group.clone()),
                _ => false,
            })
        };
        let gives_access = |group: &String| {
            group == "licensed"
                || facts.iter().any(|fact| {
                    let gives = |access: &Option<ProductAccess>| access.is_some();
                    matches!(fact, Fact::Group { id, product_access } if id == group && gives(product_access))
                })
        };
        facts.iter().find(|fact| match fact {
            // Of these the whole site's answers may hang.
            Fact::ScopeMissing(_) | Fact::AccountHidden(_) => true,
            Fact::GroupHidden(group) | Fact::GroupDeleted(group) => {
                gives_access(group) || is_named(group)
            }
            Fact::ContentHidden(name) => is_above(name),
            Fact::NamesWithheld {
                content, operation, ..
            } => counts(*operation, content),
            Fact::Trashed(name) => name == self.name,
            _ => false,
        })
    }

    /// Its space, and its name with those of all that it lies below.
    fn place(&self) -> (String, BTreeSet<String>) {
        let mut places: BTreeMap<&str, (&str, Option<&str>)> = BTreeMap::new();
        for fact in &self.company.facts {
            if let Fact::Content {
                name,
                space,
                parent,
                ..
            } = fact
            {
                places.insert(name, (space, parent.as_deref()));
            }
        }
        let mut chain = BTreeSet::new();
        let mut next = Some(self.name);
        while let Some(name) = next {
            chain.insert(name.to_owned());
            next = places.get(name).and_then(|(_, parent)| *parent);
        }
        let (space, _) = places[self.name];
        (space.to_owned(), chain)
    }
}
