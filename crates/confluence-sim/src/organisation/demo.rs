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
    role, text, time,
};
use AccountStatus::{Active, Closed, Inactive};
use AccountType::{App, Atlassian};
use Visibility::{Guest, Hidden, Shown};
use Who::{Class, Group as Team, Person as One, Role as Part};
use std::sync::OnceLock;

const SEED: u64 = 0xACE;
const DAY: i64 = 86_400_000;

struct Person(
    &'static str,
    &'static str,
    AccountType,
    AccountStatus,
    Visibility,
    &'static str,
);

#[derive(PartialEq)]
enum Visibility {
    Shown,
    Hidden,
    /// A guest, whose address is shown.
    Guest,
}

/// Name, e-mail, and what is special.
const PEOPLE: &[Person] = &[
    Person(
        "Compliance reader",
        "svc@example.com",
        Atlassian,
        Active,
        Shown,
        "",
    ),
    Person(
        "Alice Adler",
        "alice.adler@acme.example",
        Atlassian,
        Active,
        Shown,
        "Organization admin",
    ),
    Person(
        "Bob Brown",
        "bob.brown@acme.example",
        Atlassian,
        Active,
        Hidden,
        "",
    ),
    Person(
        "Chloé Dubois",
        "chloe.dubois@acme.example",
        Atlassian,
        Active,
        Shown,
        "",
    ),
    Person(
        "Dmitri Petrov",
        "dmitri.petrov@acme.example",
        Atlassian,
        Closed,
        Hidden,
        "",
    ),
    Person(
        "Fatima Haddad",
        "fatima.haddad@acme.example",
        Atlassian,
        Active,
        Shown,
        "",
    ),
    Person(
        "Günther Weiß",
        "guenther.weiss@acme.example",
        Atlassian,
        Active,
        Hidden,
        "",
    ),
    Person(
        "Hana Ito",
        "hana.ito@acme.example",
        Atlassian,
        Active,
        Shown,
        "",
    ),
    Person(
        "O'Connor, Niamh",
        "niamh.oconnor@acme.example",
        Atlassian,
        Inactive,
        Shown,
        "",
    ),
    Person(
        "Priya Nair",
        "priya.nair@acme.example",
        Atlassian,
        Active,
        Hidden,
        "",
    ),
    Person(
        "Søren \"Sunny\" Holm",
        "soren.holm@acme.example",
        Atlassian,
        Closed,
        Shown,
        "",
    ),
    Person(
        "Rosa Rossi",
        "rosa@audit-partner.example",
        Atlassian,
        Active,
        Guest,
        "",
    ),
    Person("Diagrams for Confluence", "", App, Active, Shown, ""),
];

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

/// Key, name, kind, owner.
const SPACES: &[(&str, &str, SpaceType, Option<usize>)] = &[
    ("ENG", "Engineering", SpaceType::Global, Some(3)),
    ("SEC", "Security & Compliance", SpaceType::Global, Some(1)),
    ("OPS", "Operations", SpaceType::Global, Some(6)),
    ("HR", "People", SpaceType::Collaboration, Some(9)),
    ("FIN", "Finance", SpaceType::Global, Some(5)),
    ("HELP", "Help centre", SpaceType::KnowledgeBase, Some(7)),
    (
        "~7120201f2e3d4c5b6a",
        "Alice Adler",
        SpaceType::Personal,
        Some(1),
    ),
    ("AURORA", "Project Aurora (2023)", SpaceType::Global, None),
];
const ARCHIVED_SPACE: usize = 7;

/// Space, title, how deep below the page above it, author, created and changed so many days ago, versions.
/// The first page of a space is its home.
type Leaf = (usize, &'static str, u8, usize, u16, u16, u32);
const PAGES: &[Leaf] = &[
    (0, "Engineering home", 0, 3, 1400, 61, 14),
    (0, "Runbook", 1, 6, 1390, 9, 41),
    (0, "Runbook: database failover", 2, 6, 1001, 44, 12),
    (0, "Runbook: certificate renewal 🔐", 2, 2, 880, 17, 6),
    (0, "Architecture", 1, 3, 1380, 120, 22),
    (0, "Decision: one queue per tenant", 2, 3, 640, 640, 1),
    (
        0,
        "Decision: PostgreSQL as the source of truth",
        2,
        2,
        610,
        598,
        3,
    ),
    (0, "Release checklist", 1, 7, 1200, 5, 57),
    (0, "Onboarding", 1, 3, 1100, 33, 19),
    (0, "On-call rota", 1, 6, 900, 2, 130),
    (0, "Post-mortem 2026-10-02", 1, 7, 49, 40, 5),
    (0, "API guidelines", 1, 2, 720, 210, 9),
    (0, "\"Definition of done\"", 1, 7, 500, 450, 2),
    (0, "Glossary\n(draft of 2024)", 1, 4, 700, 690, 2),
    (1, "Security & Compliance home", 0, 1, 1350, 30, 11),
    (1, "Access policy", 1, 1, 1340, 12, 9),
    (1, "Access policy: exceptions", 2, 1, 300, 3, 16),
    (1, "Access review 2026 Q2", 2, 1, 170, 140, 7),
    (1, "Access review 2026 Q3", 2, 1, 80, 48, 8),
    (1, "Incident response plan", 1, 6, 1200, 95, 13),
    (1, "Information security policy", 1, 1, 1330, 330, 10),
    (1, "Vendor management policy", 1, 5, 1000, 25, 6),
    (1, "Change management policy", 1, 1, 990, 19, 7),
    (1, "Risk register", 1, 1, 980, 6, 72),
    (1, "Backup policy", 1, 6, 970, 400, 4),
    (1, "Business continuity plan", 1, 1, 950, 380, 5),
    (1, "Data classification", 1, 4, 940, 935, 2),
    (1, "Evidence SOC 2 – 2026", 1, 1, 200, 1, 44),
    (2, "Operations home", 0, 6, 1300, 75, 8),
    (2, "runbook", 1, 6, 1290, 88, 17),
    (2, "Escalation matrix", 1, 6, 1280, 8, 25),
    (2, "Patch calendar", 1, 2, 600, 4, 33),
    (2, "Capacity plan 2027", 1, 6, 37, 7, 6),
    (2, "Data centre exit", 1, 10, 820, 400, 28),
    (2, "Übergabe an die Rufbereitschaft", 1, 6, 410, 15, 20),
    (3, "People home", 0, 9, 1250, 55, 9),
    (3, "Onboarding", 1, 9, 1240, 26, 31),
    (3, "Offboarding", 1, 9, 1230, 27, 18),
    (3, "Holidays & leave", 1, 9, 1220, 320, 6),
    (3, "Code of conduct", 1, 9, 1210, 500, 3),
    (3, "Salary bands", 1, 9, 400, 66, 4),
    (3, "Remote work", 1, 8, 800, 260, 5),
    (4, "Finance home", 0, 5, 1150, 100, 7),
    (4, "Closing the month", 1, 5, 1140, 20, 36),
    (4, "Purchase approval", 1, 5, 1130, 110, 8),
    (4, "Budget 2027", 1, 5, 60, 10, 15),
    (4, "Expense policy", 1, 8, 1120, 280, 6),
    (4, "Supplier list", 1, 5, 1100, 13, 64),
    (5, "Help centre", 0, 7, 700, 90, 12),
    (5, "How to reset your password", 1, 7, 690, 85, 9),
    (5, "How to request access", 1, 7, 680, 23, 11),
    (5, "VPN – 常见问题", 1, 7, 420, 160, 4),
    (5, "Status page", 1, 7, 410, 410, 1),
    (6, "Alice Adler", 0, 1, 1300, 1300, 1),
    (6, "Notes for the auditors", 1, 1, 90, 14, 6),
    (6, "100% test_page", 1, 1, 88, 88, 1),
    (7, "Project Aurora", 0, 10, 1150, 800, 5),
    (7, "RUNBOOK", 1, 10, 1140, 830, 12),
    (7, "Lessons learned", 1, 4, 810, 805, 3),
    (7, "Steering committee minutes", 1, 10, 1100, 820, 27),
];

const ARCHIVED: &[&str] = &[
    "Data centre exit",
    "\"Definition of done\"",
    "Access review 2026 Q2",
];
const TRASHED: &[(usize, &str)] = &[
    (0, "Untitled page"),
    (1, "Access policy (old)"),
    (3, "Party 2024"),
];
const DELETED: &[(usize, &str)] = &[(4, "Copy of Budget 2026")];
/// Kept in a folder of their space instead of under the page above.
const IN_FOLDER: &[&str] = &[
    "Runbook: database failover",
    "Access review 2026 Q2",
    "Access review 2026 Q3",
];

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
    let users: Vec<User> = PEOPLE
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
    let spaces = SPACES
        .iter()
        .enumerate()
        .map(|(number, space)| self::space(number, space, &users))
        .collect();
    let mut organisation = Organisation {
        seed: SEED,
        name: "acme".to_owned(),
        cloud_id,
        now: NOW,
        spaces,
        pages: Vec::new(),
        titles: Vec::new(),
        nodes: Vec::new(),
        permissions: permissions(),
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

fn user(person: &Person, random: &mut Random) -> User {
    let &Person(name, email, account_type, status, ref visibility, org_role) = person;
    User {
        account_id: format!("712020:{}", text::uuid(random)),
        account_type,
        status,
        display_name: name.to_owned(),
        public_name: name.split(' ').next().unwrap_or(name).to_lowercase(),
        email: (!email.is_empty()).then(|| email.to_owned()),
        email_hidden: *visibility == Hidden,
        guest: *visibility == Guest,
        org_role,
        added_to_org: day_of(NOW - (400 + random.below(1_000) as i64) * DAY),
        last_seen: (status == Active).then(|| day_of(NOW - random.below(20) as i64 * DAY)),
    }
}

fn space(
    number: usize,
    &(key, name, kind, owner): &(&str, &str, SpaceType, Option<usize>),
    users: &[User],
) -> Space {
    let owner = owner.map(|owner| users[owner].account_id.clone());
    Space {
        id: 65_538 + 32_770 * number as u64,
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        status: if number == ARCHIVED_SPACE {
            SpaceStatus::Archived
        } else {
            SpaceStatus::Current
        },
        author_id: owner.clone(),
        owner_id: owner,
        created_at: time::timestamp(NOW - 1_450 * DAY + number as i64 * 7 * DAY + 123),
        homepage_id: None,
        description: format!("What {name} writes down & keeps"),
        current_active_alias: key.to_owned(),
        removed: false,
    }
}

fn add_pages(organisation: &mut Organisation, random: &mut Random) {
    let mut above: Vec<u32> = Vec::new();
    for &(space, title, depth, author, created, changed, version) in PAGES {
        let number = organisation.pages.len() as u32;
        above.truncate(usize::from(depth));
        let parent = match above.last() {
            Some(_) if IN_FOLDER.contains(&title) => (space as u32).min(1) | NODE,
            Some(&parent) => parent,
            None => NONE,
        };
        above.push(number);
        let created_at = moment(created, random);
        let modified_at = if version == 1 {
            created_at
        } else {
            moment(changed, random).max(created_at + 60_000)
        };
        let status = if ARCHIVED.contains(&title) {
            PageStatus::Archived
        } else {
            PageStatus::Current
        };
        let mut page = page(organisation, space, title, status, random);
        page.parent = parent;
        page.author = author as u32;
        page.owner = author as u32;
        page.version_author = if version == 1 {
            author
        } else {
            *random.pick(&[1, 3, 6, author])
        } as u32;
        page.created_at = created_at;
        page.modified_at = modified_at;
        page.version = version;
        if depth == 0 {
            organisation.spaces[space].homepage_id = Some(page.id);
        }
        organisation.pages.push(page);
    }
    let gone = TRASHED
        .iter()
        .map(|&(space, title)| (space, title, PageStatus::Trashed));
    let gone = gone.chain(
        DELETED
            .iter()
            .map(|&(space, title)| (space, title, PageStatus::Deleted)),
    );
    for (space, title, status) in gone {
        let page = page(organisation, space, title, status, random);
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

fn permissions() -> Vec<Vec<PermissionRecord>> {
    let mut id = 7_798_800;
    let mut rows = vec![Vec::new(); SPACES.len()];
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
