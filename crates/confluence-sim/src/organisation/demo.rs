//! "Acme": a small company that can be read.

mod belongings;
mod content;
mod tree;

use super::generate::day_of;
use super::prelude::*;
use super::record::{
    Governance, Message, NODE, OWN_TITLE, PageRecord, PermissionRecord, Principal, Subtype,
};
use super::{
    AccountStatus, AccountType, Group, ProductAccess, Space, SpaceStatus, SpaceType, TreeItem,
    User, role,
};
use serde::Deserialize;

const SEED: u64 = 0xACE;

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

#[derive(Deserialize)]
struct GroupRow {
    name: String,
    members: Numbers,
}

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

/// Who may do what in a space. Some of it is what an access review is made to find: somebody who left and still
/// administers, an open finance space, the same grant twice.
#[derive(Deserialize)]
struct Grant {
    space: usize,
    kind: GrantedTo,
    /// A number, or the name of a class.
    who: String,
    /// Each with its target.
    operations: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GrantedTo {
    User,
    Group,
    Role,
    AccessClass,
}

/// What is classified as what: a space by its key, or content by its title.
#[derive(Deserialize)]
struct LevelRow {
    space: String,
    content: String,
    level: String,
}

pub(super) fn organisation() -> Organisation {
    let mut random = Random::new(mix(SEED, 0));
    let people = table::rows(include_str!("../../demo/people.csv"));
    let users: Vec<User> = people
        .iter()
        .map(|person| user(person, &mut random))
        .collect();
    let groups: &[GroupRow] = table::rows(include_str!("../../demo/groups.csv"));
    let groups = groups.iter().map(|row| Group {
        id: text::uuid(&mut random),
        name: row.name.clone(),
        product_access: ProductAccess::of_default_group(&row.name),
        members: row
            .members
            .0
            .iter()
            .map(|&number| number as usize)
            .collect(),
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
        permissions: permissions(spaces.len()),
        spaces,
        users,
        groups,
        roles,
        governance: Governance {
            is_demo: true,
            ..Governance::default()
        },
        ..Organisation::empty(SEED, cloud_id)
    };
    add_pages(&mut organisation, &mut random);
    content::add(&mut organisation);
    role::add_custom(&mut organisation);
    tree::grow(&mut organisation);
    classify(&mut organisation);
    organisation
}

fn classify(organisation: &mut Organisation) {
    let rows: &[LevelRow] = table::rows(include_str!("../../demo/levels.csv"));
    for row in rows {
        let level = Some(row.level.as_str());
        let classified = match organisation.space_by_key(&row.space) {
            Some(space) => organisation.set_default_classification_level(space.id, level),
            None => {
                let pages = organisation.pages().map(TreeItem::Page);
                let mut content = pages.chain(organisation.tree_nodes().map(TreeItem::Node));
                let found = content.find(|item| item.title() == row.content);
                let id = found.expect("content of the demo").id();
                drop(content);
                organisation.set_classification_level(id, level)
            }
        };
        classified.expect("a level of the demo");
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
    let before = organisation.pages.last().map_or(98_306, |last| last.id);
    let id = before + 2 * (1 + random.below(50_000_000));
    let title = (organisation.titles.len() - 1) as u32 | OWN_TITLE;
    PageRecord {
        position: random.below(5_000) as u32,
        status,
        subtype: random.either(1, 15, Subtype::Live, Subtype::Unset),
        message: random.either(1, 4, Message::Text, Message::Empty),
        ..PageRecord::new(id, space as u32, title, created_at)
    }
}

/// In office hours of a day.
fn moment(days_ago: u16, random: &mut Random) -> i64 {
    NOW - i64::from(days_ago) * DAY + random.below(8 * 3_600_000) as i64
}

fn permissions(spaces: usize) -> Vec<Vec<PermissionRecord>> {
    let grants: &[Grant] = table::rows(include_str!("../../demo/grants.csv"));
    let mut id = 7_798_800;
    let mut rows = vec![Vec::new(); spaces];
    for grant in grants {
        let number = || grant.who.parse().expect("a number in a list of the demo");
        let principal = match grant.kind {
            GrantedTo::User => Principal::User(number()),
            GrantedTo::Group => Principal::Group(number()),
            GrantedTo::Role => Principal::Role(number()),
            GrantedTo::AccessClass => Principal::AccessClass(&grant.who),
        };
        for operation in grant.operations.split_whitespace() {
            let (key, target) = operation
                .split_once('/')
                .expect("an operation and a target");
            id += 2;
            rows[grant.space].push(PermissionRecord {
                id,
                principal: principal.clone(),
                operation: (key.into(), target.into()),
            });
        }
    }
    rows
}
