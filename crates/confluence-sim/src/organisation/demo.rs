//! "Acme": a small company that can be read.

mod belongings;
mod content;
mod tree;

use super::generate::day_of;
use super::random::{Random, mix};
use super::record::{
    Administration, Annotations, Belongings, Classification, Governance, History, Message, NODE,
    NONE, OWN_TITLE, PageRecord, PageStatus, PermissionRecord, Principal, Subtype,
};
use super::time::NOW;
use super::{
    AccountStatus, AccountType, Group, Organisation, Space, SpaceStatus, SpaceType, TreeItem, User,
    role, table, text, time,
};
use Who::{Class, Group as Team, Person as One, Role as Part};
use serde::Deserialize;
use std::sync::OnceLock;

const SEED: u64 = 0xACE;
const DAY: i64 = 86_400_000;

#[derive(Deserialize)]
struct Person {
    name: String,
    /// Apps have none.
    email: Option<String>,
    r#type: AccountType,
    status: AccountStatus,
    visibility: Visibility,
    org_role: String,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Visibility {
    Shown,
    Hidden,
    /// A guest, whose address is shown.
    Guest,
}

/// Name and members.
const GROUPS: &[(&str, &[usize])] = &[
    ("confluence-users-acme", &[0, 1, 2, 3, 5, 6, 7, 8, 9]),
    ("confluence-admins-acme", &[1, 6]),
    ("engineering", &[2, 3, 6, 7]),
    ("finance", &[5, 8]),
    ("people", &[9]),
    ("confluence-guests-acme", &[11]),
    ("atlassian-addons-admin", &[12]),
];

#[derive(Deserialize)]
struct SpaceRow {
    key: String,
    name: String,
    r#type: SpaceType,
    /// Nobody owns the one that is archived.
    owner: Option<usize>,
}

/// The first page of a space is its home.
#[derive(Deserialize)]
struct PageRow {
    space: usize,
    title: String,
    /// How deep below the page above it.
    depth: usize,
    author: usize,
    created_days_ago: u16,
    changed_days_ago: u16,
    versions: u32,
    status: PageStatus,
    /// Kept in a folder of its space instead of under the page above.
    in_folder: bool,
}

/// In the trash, or deleted from there.
#[derive(Deserialize)]
struct GonePage {
    space: usize,
    title: String,
    status: PageStatus,
}

#[derive(Clone, Copy)]
enum Who {
    Person(usize),
    Group(usize),
    Role(usize),
    Class(&'static str),
}

const VIEW: &[(&str, &str)] = &[("read", "space")];
const WRITE: &[(&str, &str)] = &[
    ("create", "page"),
    ("create", "blogpost"),
    ("create", "comment"),
    ("create", "attachment"),
    ("archive", "page"),
];
const ADMINISTER: &[(&str, &str)] = &[
    ("administer", "space"),
    ("delete", "page"),
    ("export", "space"),
];
const MANAGE: &[(&str, &str)] = &[("manage_users", "space")];

type Grant = (usize, Who, &'static [(&'static str, &'static str)]);

/// Space, who, what. Some of it is what an access review is made to find: somebody who left and still administers,
/// an open finance space, the same grant twice.
const GRANTS: &[Grant] = &[
    (0, Class("ALL_LICENSED_USERS"), VIEW),
    (0, Team(2), VIEW),
    (0, Team(2), WRITE),
    (0, One(3), ADMINISTER),
    (0, One(4), ADMINISTER),
    (0, Team(6), VIEW),
    (1, Class("ALL_LICENSED_USERS"), VIEW),
    (1, One(1), VIEW),
    (1, One(1), WRITE),
    (1, One(1), ADMINISTER),
    (1, One(1), MANAGE),
    (1, Team(1), ADMINISTER),
    (1, One(11), VIEW),
    (2, Team(0), VIEW),
    (2, Team(2), WRITE),
    (2, One(6), ADMINISTER),
    (2, One(6), VIEW),
    (2, One(6), VIEW),
    (3, Team(4), VIEW),
    (3, Team(4), WRITE),
    (3, One(9), ADMINISTER),
    (3, One(8), VIEW),
    (3, Part(0), ADMINISTER),
    (4, Team(3), VIEW),
    (4, Team(3), WRITE),
    (4, One(5), ADMINISTER),
    (4, One(10), VIEW),
    (4, Class("ALL_LICENSED_USERS"), VIEW),
    (5, Class("ALL_LICENSED_USERS"), VIEW),
    (5, One(7), ADMINISTER),
    (5, Part(2), WRITE),
    (6, One(1), VIEW),
    (6, One(1), WRITE),
    (6, One(1), ADMINISTER),
    (7, Class("ALL_PRODUCT_ADMINS"), ADMINISTER),
    (7, Team(0), VIEW),
];

pub(super) fn organisation() -> Organisation {
    let mut random = Random::new(mix(SEED, 0));
    let people = table::rows(include_str!("../../demo/people.csv"));
    let users: Vec<User> = people
        .iter()
        .map(|person| user(person, &mut random))
        .collect();
    let groups = GROUPS.iter().map(|&(name, members)| Group {
        id: text::uuid(&mut random),
        name: name.to_owned(),
        members: members.into(),
    });
    let groups = groups.collect();
    let roles = role::system_roles(&mut random);
    let cloud_id = text::uuid(&mut random);
    let spaces: &[SpaceRow] = table::rows(include_str!("../../demo/spaces.csv"));
    let spaces: Vec<Space> = (0..)
        .zip(spaces)
        .map(|(number, space)| self::space(number, space, &users))
        .collect();
    let mut organisation = Organisation {
        seed: SEED,
        name: "acme".to_owned(),
        cloud_id,
        now: NOW,
        permissions: permissions(spaces.len()),
        spaces,
        pages: Vec::new(),
        titles: Vec::new(),
        nodes: Vec::new(),
        users,
        groups,
        roles,
        blogposts: Vec::new(),
        labels: Vec::new(),
        annotations: Annotations::made(),
        history: History::default(),
        belongings: Belongings::default(),
        governance: Governance::of_demo(),
        orders: std::array::from_fn(|_| OnceLock::new()),
        children: OnceLock::new(),
        classification: Classification::default(),
        administration: Administration::default(),
        carriers: OnceLock::new(),
    };
    add_pages(&mut organisation, &mut random);
    content::add(&mut organisation);
    role::add_custom(&mut organisation);
    tree::grow(&mut organisation);
    classify(&mut organisation);
    organisation
}

/// Key of a space, and the level of what is in it.
const SPACE_LEVELS: &[(&str, &str)] = &[
    ("ENG", "Internal"),
    ("SEC", "Confidential"),
    ("HR", "Confidential"),
    ("FIN", "Restricted"),
    ("HELP", "Public"),
];

/// Title, and the level of its own.
const LEVELS: &[(&str, &str)] = &[
    ("Information security policy", "Internal"),
    ("Risk register", "Restricted"),
    ("Salary bands", "Restricted"),
    ("Service catalogue", "Confidential"),
    ("Org chart 2024", "Restricted"),
    ("Notes for the auditors", "Confidential"),
];

fn classify(organisation: &mut Organisation) {
    for &(key, level) in SPACE_LEVELS {
        let space = organisation.space_by_key(key).map(|space| space.id);
        organisation
            .set_default_classification_level(space.expect("a space of the demo"), Some(level))
            .expect("a level of the demo");
    }
    for &(title, level) in LEVELS {
        let pages = organisation.pages().map(TreeItem::Page);
        let content = pages
            .chain(organisation.tree_nodes().map(TreeItem::Node))
            .find(|item| item.title() == title)
            .expect("content of the demo");
        organisation
            .set_classification_level(content.id(), Some(level))
            .expect("a level of the demo");
    }
}

fn user(person: &'static Person, random: &mut Random) -> User {
    let name = &person.name;
    User {
        account_id: format!("712020:{}", text::uuid(random)),
        account_type: person.r#type,
        status: person.status,
        display_name: name.clone(),
        public_name: name.split(' ').next().unwrap_or(name).to_lowercase(),
        email: person.email.clone(),
        email_hidden: person.visibility == Visibility::Hidden,
        guest: person.visibility == Visibility::Guest,
        org_role: &person.org_role,
        added_to_org: day_of(NOW - (400 + random.below(1_000) as i64) * DAY),
        last_seen: (person.status == AccountStatus::Active)
            .then(|| day_of(NOW - random.below(20) as i64 * DAY)),
    }
}

fn space(number: usize, row: &SpaceRow, users: &[User]) -> Space {
    let owner = row.owner.map(|owner| users[owner].account_id.clone());
    Space {
        id: 65_538 + 32_770 * number as u64,
        key: row.key.clone(),
        name: row.name.clone(),
        kind: row.r#type,
        status: match owner {
            Some(_) => SpaceStatus::Current,
            None => SpaceStatus::Archived,
        },
        author_id: owner.clone(),
        owner_id: owner,
        created_at: time::timestamp(NOW - 1_450 * DAY + number as i64 * 7 * DAY + 123),
        homepage_id: None,
        description: format!("What {} writes down & keeps", row.name),
        current_active_alias: row.key.clone(),
        removed: false,
    }
}

fn add_pages(organisation: &mut Organisation, random: &mut Random) {
    let rows: &[PageRow] = table::rows(include_str!("../../demo/pages.csv"));
    let mut above: Vec<u32> = Vec::new();
    for row in rows {
        let number = organisation.pages.len() as u32;
        above.truncate(row.depth);
        let parent = match above.last() {
            Some(_) if row.in_folder => (row.space as u32).min(1) | NODE,
            Some(&parent) => parent,
            None => NONE,
        };
        above.push(number);
        let created_at = moment(row.created_days_ago, random);
        let modified_at = if row.versions == 1 {
            created_at
        } else {
            moment(row.changed_days_ago, random).max(created_at + 60_000)
        };
        let mut page = page(organisation, row.space, &row.title, row.status, random);
        page.parent = parent;
        page.author = row.author as u32;
        page.owner = row.author as u32;
        page.version_author = if row.versions == 1 {
            row.author
        } else {
            *random.pick(&[1, 3, 6, row.author])
        } as u32;
        page.created_at = created_at;
        page.modified_at = modified_at;
        page.version = row.versions;
        if row.depth == 0 {
            organisation.spaces[row.space].homepage_id = Some(page.id);
        }
        organisation.pages.push(page);
    }
    let gone: &[GonePage] = table::rows(include_str!("../../demo/gone_pages.csv"));
    for row in gone {
        let page = page(organisation, row.space, &row.title, row.status, random);
        organisation.pages.push(page);
    }
}

/// A page with nothing special about it, written by nobody who is still known.
fn page(
    organisation: &mut Organisation,
    space: usize,
    title: &str,
    status: PageStatus,
    random: &mut Random,
) -> PageRecord {
    let created_at = moment(500, random);
    organisation.titles.push(title.into());
    PageRecord {
        id: organisation.pages.last().map_or(98_306, |last| last.id)
            + 2 * (1 + random.below(50_000_000)),
        created_at,
        modified_at: created_at,
        space: space as u32,
        parent: NONE,
        position: random.below(5_000) as u32,
        title: (organisation.titles.len() - 1) as u32 | OWN_TITLE,
        author: NONE,
        owner: NONE,
        last_owner: NONE,
        version_author: NONE,
        version: 1,
        status,
        subtype: if random.once_in(1, 15) {
            Subtype::Live
        } else {
            Subtype::Unset
        },
        message: if random.once_in(1, 4) {
            Message::Text
        } else {
            Message::Empty
        },
        minor_edit: false,
        purged: false,
    }
}

/// In office hours of a day.
fn moment(days_ago: u16, random: &mut Random) -> i64 {
    NOW - i64::from(days_ago) * DAY + random.below(8 * 3_600_000) as i64
}

fn permissions(spaces: usize) -> Vec<Vec<PermissionRecord>> {
    let mut id = 7_798_800;
    let mut rows = vec![Vec::new(); spaces];
    for &(space, who, operations) in GRANTS {
        for &(key, target) in operations {
            id += 2;
            let principal = match who {
                One(number) => Principal::User(number as u32),
                Team(number) => Principal::Group(number as u32),
                Part(number) => Principal::Role(number as u32),
                Class(name) => Principal::AccessClass(name),
            };
            rows[space].push(PermissionRecord {
                id,
                principal,
                operation: (key.into(), target.into()),
            });
        }
    }
    rows
}
