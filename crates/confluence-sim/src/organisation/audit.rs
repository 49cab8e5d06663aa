//! The audit log: who changed what in the site's administration.

use super::random::{Random, mix};
use super::record::{AuditChange, AuditObject, AuditRecord};
use super::time::NOW;
use super::{Organisation, table, time};
use Kind::*;
use serde::Deserialize;

/// A stream of its own.
const STREAM: u64 = 0xA0D17;
const DAY: i64 = 86_400_000;
/// How far back the log goes.
const AGE: i64 = 89 * DAY;

/// What happened: kind, who did it, and numbers of the objects, which mean what the kind makes of them.
type Event = (Kind, Option<usize>, usize, usize);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SpacePermissionAdded,
    SpacePermissionRemoved,
    GlobalPermissionAdded,
    RestrictionAdded,
    RestrictionRemoved,
    GroupMemberAdded,
    GroupMemberRemoved,
    GroupCreated,
    UserDeactivated,
    SpaceCreated,
    SpaceArchived,
    SpaceExported,
    PageDeleted,
    SettingChanged,
    AppInstalled,
}

const KINDS: &[Kind] = &[
    SpacePermissionAdded,
    SpacePermissionRemoved,
    GlobalPermissionAdded,
    RestrictionAdded,
    RestrictionRemoved,
    GroupMemberAdded,
    GroupMemberRemoved,
    GroupCreated,
    UserDeactivated,
    SpaceCreated,
    SpaceArchived,
    SpaceExported,
    PageDeleted,
    SettingChanged,
    AppInstalled,
];

pub(super) fn of(organisation: &Organisation) -> Vec<AuditRecord> {
    let mut random = Random::new(mix(organisation.seed, STREAM));
    let mut log: Vec<AuditRecord> = if organisation.governance.is_demo {
        // Numbers are those of the demo's people, groups, spaces and pages.
        let rows: &[(i64, Kind, Option<usize>, usize, usize)] =
            table::rows(include_str!("../../demo/audit.csv"));
        rows.iter()
            .map(|&(days_ago, kind, author, first, second)| {
                let at = NOW - days_ago * DAY + random.below(8 * 3_600_000) as i64;
                record(organisation, at, (kind, author, first, second))
            })
            .collect()
    } else {
        generated(organisation, &mut random)
    };
    log.sort_by_key(|record| std::cmp::Reverse(record.created_at));
    log
}

/// More for more people, a few hundred at most. Some happen in the same moment, as when somebody saves a form.
fn generated(organisation: &Organisation, random: &mut Random) -> Vec<AuditRecord> {
    let count = (organisation.users.len() * 2).clamp(40, 420);
    let mut at = NOW - 1;
    let mut log = Vec::with_capacity(count);
    for number in 0..count {
        if !random.once_in(1, 10) {
            at = NOW - 1 - random.below(AGE as u64) as i64;
        }
        // Every kind for sure, and then any.
        let kind = match KINDS.get(number) {
            Some(&kind) => kind,
            None => *random.pick(KINDS),
        };
        let author = (!random.once_in(1, 12)).then(|| random.index(organisation.users.len()));
        let event = (kind, author, random.next() as usize, random.next() as usize);
        log.push(record(organisation, at, event));
    }
    log
}

fn record(
    organisation: &Organisation,
    at: i64,
    (kind, author, first, second): Event,
) -> AuditRecord {
    let author = author.map(|number| &organisation.users[number]);
    let user = |number: usize| {
        let user = &organisation.users[number % organisation.users.len()];
        object(&user.display_name, "User")
    };
    // An organisation of nothing but users has names for the rest all the same.
    let group = |number: usize| match organisation.groups.len() {
        0 => object("administrators", "Group"),
        count => {
            let group = &organisation.groups[number % count];
            object(&format!("{}:{}", group.name, group.id), "Group")
        }
    };
    let space = |number: usize| match organisation.spaces.len() {
        0 => object("Demonstration", "Space"),
        count => object(&organisation.spaces[number % count].name, "Space"),
    };
    let page = |number: usize| match organisation.pages.len() {
        0 => object("Welcome", "Page"),
        count => object(
            &organisation.page_numbered((number % count) as u32).title(),
            "Page",
        ),
    };
    let (category, summary, affected, changes, associated) = match kind {
        SpacePermissionAdded => (
            "Permissions",
            "Space permission added",
            group(second),
            vec![change("Type", "", "View")],
            vec![space(first)],
        ),
        SpacePermissionRemoved => (
            "Permissions",
            "Space permission removed",
            user(second),
            vec![change("Type", "Administer", "")],
            vec![space(first)],
        ),
        GlobalPermissionAdded => (
            "Permissions",
            "Global permission added",
            group(first),
            vec![change("Type", "", "Create space(s)")],
            Vec::new(),
        ),
        RestrictionAdded => (
            "Permissions",
            "Content restriction added",
            user(second),
            vec![change("Type", "", "View")],
            vec![page(first)],
        ),
        RestrictionRemoved => (
            "Permissions",
            "Content restriction removed",
            group(second),
            vec![change("Type", "Edit", "")],
            vec![page(first)],
        ),
        GroupMemberAdded => (
            "Users and groups",
            "User added to group",
            group(first),
            Vec::new(),
            vec![user(second)],
        ),
        GroupMemberRemoved => (
            "Users and groups",
            "User removed from group",
            group(first),
            Vec::new(),
            vec![user(second)],
        ),
        GroupCreated => (
            "Users and groups",
            "Group created",
            group(first),
            Vec::new(),
            Vec::new(),
        ),
        UserDeactivated => (
            "Users and groups",
            "User deactivated",
            user(first),
            vec![change("Active", "Yes", "No")],
            Vec::new(),
        ),
        SpaceCreated => (
            "Spaces",
            "Space created",
            space(first),
            vec![change("Status", "", "current")],
            Vec::new(),
        ),
        SpaceArchived => (
            "Spaces",
            "Space archived",
            space(first),
            vec![change("Status", "current", "archived")],
            Vec::new(),
        ),
        SpaceExported => (
            "Import/Export",
            "Space exported",
            space(first),
            Vec::new(),
            Vec::new(),
        ),
        PageDeleted => (
            "Pages",
            "Page deleted",
            page(first),
            Vec::new(),
            vec![space(second)],
        ),
        SettingChanged => (
            "Global administration",
            "Global settings changed",
            object("Security configuration", "System"),
            vec![
                change("Anonymous access to remote API", "true", "false"),
                change("Session timeout", "", "8 h"),
            ],
            Vec::new(),
        ),
        AppInstalled => (
            "Apps",
            "App installed",
            object("Diagrams for Confluence", "App"),
            vec![change("Version", "", "4.2.0")],
            Vec::new(),
        ),
    };
    AuditRecord {
        created_at: time::timestamp(at),
        author_id: author.map(|user| user.account_id.clone()),
        author_name: author
            .map_or("System", |user| &user.display_name)
            .to_owned(),
        remote_address: match author {
            // From the range that is kept for examples.
            Some(_) => format!("203.0.113.{}", at.unsigned_abs() % 250 + 1),
            None => String::new(),
        },
        summary: summary.to_owned(),
        description: String::new(),
        category: category.to_owned(),
        by_system_administrator: author.is_none(),
        affected,
        changes,
        associated,
    }
}

fn object(name: &str, kind: &str) -> AuditObject {
    AuditObject {
        name: name.to_owned(),
        kind: kind.to_owned(),
    }
}

fn change(name: &str, old: &str, new: &str) -> AuditChange {
    AuditChange {
        name: name.to_owned(),
        old: old.to_owned(),
        new: new.to_owned(),
    }
}
