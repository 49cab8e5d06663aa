//! Organisations of any size from a seed.

use super::permission::{ACCESS_CLASSES, OPERATIONS, UNDOCUMENTED_OPERATIONS};
use super::prelude::*;
use super::record::{
    Message, NODE, NodeKind, NodeRecord, OWN_TITLE, PageRecord, PermissionRecord, Principal,
    Subtype,
};
use super::{
    AccountStatus, AccountType, Group, ProductAccess, Space, SpaceStatus, SpaceType, User,
    blogpost, label, role, tree, version,
};
use jiff::civil::{Date, date};

#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    pub spaces: usize,
    /// Pages of a listing that asks for no status; trashed and deleted ones, about 2 %, come on top, and so does a blog
    /// post to fifty pages.
    pub pages: usize,
    pub permissions: usize,
    pub users: usize,
    pub seed: u64,
    /// The part of the pages that lie in the largest space, where enough spaces are there to hold the rest.
    pub largest_space_share: f64,
}

impl Default for Size {
    /// That of [`Organisation::standard`].
    fn default() -> Self {
        Self {
            spaces: 500,
            pages: 100_000,
            permissions: 15_000,
            users: 2_000,
            seed: 1,
            largest_space_share: 0.08,
        }
    }
}

const AGE: i64 = 6 * 365 * DAY;
/// Moments at which many pages were changed at once, by an import or a move.
const MASS_CHANGES: [i64; 3] = [NOW - 900 * DAY, NOW - 400 * DAY, NOW - 30 * DAY];

/// Titles on which case makes the only difference.
const RUNBOOKS: [&str; 3] = ["Runbook", "runbook", "RUNBOOK"];

pub(super) fn organisation(size: &Size) -> Organisation {
    let mut random = Random::new(mix(size.seed, 0));
    let users = users(size.users.max(1), &mut random);
    let groups = groups(&users, &mut random);
    let roles = role::system_roles(&mut random);
    let cloud_id = text::uuid(&mut random);
    let mut organisation = Organisation {
        spaces: spaces(size.spaces, &users, &mut random),
        titles: RUNBOOKS.map(Into::into).into(),
        users,
        groups,
        roles,
        ..Organisation::empty(size.seed, cloud_id)
    };
    organisation.classification.by_chance = true;
    add_pages(&mut organisation, size, &mut random);
    organisation.permissions = permissions(&organisation, size.permissions, &mut random);
    role::add_custom(&mut organisation);
    tree::grow(&mut organisation);
    // From here on each on a stream of its own: what came before stays what it is.
    organisation.blogposts = blogpost::made(&organisation);
    organisation.labels = label::made(&organisation);
    organisation.history = version::made(&organisation);
    organisation.belongings.pages = organisation.pages.len();
    organisation
}

static GIVEN_NAMES: Lines =
    Lines::new(|| table::lines(include_str!("../../words/given_names.txt")));
static FAMILY_NAMES: Lines =
    Lines::new(|| table::lines(include_str!("../../words/family_names.txt")));

/// An account id in one of the forms that live sites have.
fn account_id(random: &mut Random) -> String {
    match random.below(20) {
        0..=12 => format!("712020:{}", text::uuid(random)),
        13..=15 => format!("557058:{}", text::uuid(random)),
        16 => format!("70121:{}", text::uuid(random)),
        _ => format!("{:016x}{:08x}", random.next(), random.next() as u32),
    }
}

fn users(count: usize, random: &mut Random) -> Vec<User> {
    let mut users = Vec::with_capacity(count);
    // The reader's own account: one that is not bound to a person, and hides nothing.
    users.push(User {
        account_id: format!("712020:{}", text::uuid(random)),
        account_type: AccountType::Atlassian,
        status: AccountStatus::Active,
        display_name: "Compliance reader".to_owned(),
        public_name: "compliance-reader".to_owned(),
        email: Some("svc@example.com".to_owned()),
        email_hidden: false,
        guest: false,
        org_role: "",
        added_to_org: date(2024, 1, 3),
        last_seen: Some(day_of(NOW)),
    });
    for number in 1..count {
        let given = *random.pick(&GIVEN_NAMES);
        let family = *random.pick(&FAMILY_NAMES);
        let kind = match random.below(100) {
            0..=2 => AccountType::App,
            3..=4 => AccountType::Customer,
            _ => AccountType::Atlassian,
        };
        let status = match random.below(20) {
            0 => AccountStatus::Inactive,
            1 | 2 => AccountStatus::Closed,
            _ => AccountStatus::Active,
        };
        let display_name = match kind {
            AccountType::App => format!(
                "{} for Confluence",
                random.pick(&["Diagrams", "Forms", "Backup", "Scroll"])
            ),
            // Names that a careless reader of the export trips over.
            _ if number % 97 == 0 => format!("{family}, {given} \"{given}\""),
            _ => format!("{given} {family}"),
        };
        let added = NOW - 200 * DAY - random.below(AGE as u64) as i64;
        users.push(User {
            account_id: match kind {
                AccountType::Customer => {
                    format!("qm:{}:{}", text::uuid(random), text::uuid(random))
                }
                _ => account_id(random),
            },
            account_type: kind,
            status,
            public_name: format!("user{number}"),
            display_name,
            email: (kind != AccountType::App).then(|| format!("user{number}@example.com")),
            email_hidden: random.once_in(3, 10),
            guest: kind == AccountType::Atlassian && random.once_in(1, 25),
            org_role: if number % 200 == 1 {
                "Organization admin"
            } else {
                ""
            },
            added_to_org: day_of(added),
            last_seen: (!random.once_in(1, 8))
                .then(|| day_of(NOW - random.below(200) as i64 * DAY)),
        });
    }
    users
}

pub(super) fn day_of(milliseconds: i64) -> Date {
    jiff::tz::Offset::UTC
        .to_datetime(time::timestamp(milliseconds))
        .date()
}

/// By their places: who uses the product, who administers it, guests, teams, and apps.
static GROUP_NAMES: Lines = Lines::new(|| table::lines(include_str!("../../words/groups.txt")));

fn groups(users: &[User], random: &mut Random) -> Vec<Group> {
    let groups = GROUP_NAMES.iter().map(|&name| Group {
        id: text::uuid(random),
        name: name.to_owned(),
        members: Vec::new(),
        product_access: ProductAccess::of_default_group(name),
    });
    let mut groups: Vec<Group> = groups.collect();
    for (number, user) in users.iter().enumerate() {
        let chosen: &[usize] = match user.account_type {
            AccountType::Atlassian if user.guest => &[4],
            AccountType::Atlassian if number % 50 == 0 => &[0, 1, 2],
            AccountType::Atlassian => &[0],
            AccountType::App => &[11],
            AccountType::Customer => &[],
        };
        let team = (user.account_type == AccountType::Atlassian && !user.guest)
            .then(|| 5 + random.index(6));
        for &group in chosen.iter().chain(&team) {
            groups[group].members.push(number);
        }
    }
    groups
}

static SPACE_NAMES: Lines =
    Lines::new(|| table::lines(include_str!("../../words/space_names.txt")));

fn spaces(count: usize, users: &[User], random: &mut Random) -> Vec<Space> {
    let mut id = 65_538;
    (0..count)
        .map(|number| {
            id += 2 * (1 + random.below(32_000));
            let owner = random.pick(users);
            let kind = match random.below(40) {
                // Somebody without an account always finds a space, and whoever looks at the first few sees two kinds.
                _ if number == 0 => SpaceType::Global,
                _ if number == 1 => SpaceType::Personal,
                0..=20 => SpaceType::Global,
                21..=29 => SpaceType::Personal,
                30..=33 => SpaceType::Collaboration,
                34..=36 => SpaceType::KnowledgeBase,
                37 => SpaceType::System,
                38 => SpaceType::Onboarding,
                _ => SpaceType::XflowSampleSpace,
            };
            let word = *random.pick(&SPACE_NAMES);
            let (key, name) = match kind {
                SpaceType::Personal => (
                    format!("~712020{:08x}{number:04x}", random.next() as u32),
                    owner.display_name.clone(),
                ),
                // Names repeat, and then only the id tells the order.
                _ if number % 40 == 7 => (format!("TN{number}"), "Team notes".to_owned()),
                _ => (
                    format!("{}{number}", ["ENG", "FIN", "OPS", "Doc", "kb"][number % 5]),
                    format!("{word} {number}"),
                ),
            };
            let created_at = NOW - AGE - random.below(300 * DAY as u64) as i64;
            Space {
                id,
                current_active_alias: if number % 60 == 9 {
                    format!("NEW{number}")
                } else {
                    key.clone()
                },
                key,
                description: format!("What {name} writes down & keeps"),
                name,
                kind,
                status: if number > 1 && random.once_in(2, 25) {
                    SpaceStatus::Archived
                } else {
                    SpaceStatus::Current
                },
                author_id: (!random.once_in(1, 40)).then(|| owner.account_id.clone()),
                owner_id: (!random.once_in(1, 15)).then(|| owner.account_id.clone()),
                created_at: time::timestamp(created_at),
                homepage_id: None,
                removed: false,
            }
        })
        .collect()
}

/// How many pages each space has: a few empty ones, one with exactly one full answer, one with exactly two.
fn pages_per_space(size: &Size, random: &mut Random) -> Vec<usize> {
    let spaces = size.spaces;
    let largest = (size.pages as f64 * size.largest_space_share) as usize;
    let special = spaces >= 10 && size.pages >= 5_000 && largest > 500;
    if !special {
        let weights: Vec<u64> = (0..spaces).map(|_| 1 + random.below(20)).collect();
        return distribute(size.pages, &weights, usize::MAX);
    }
    let mut weights: Vec<u64> = (0..spaces as u64)
        .map(|number| 100_000 / (number + 12) + random.below(200))
        .collect();
    random.shuffle(&mut weights[4..]);
    let mut counts = vec![0; spaces];
    let empty = 1 + spaces / 25;
    // From the third on, so that the first two spaces, which every test meets, have something in them.
    counts[2] = 250;
    counts[3] = 500;
    counts[4 + empty] = largest;
    weights.drain(2..5 + empty);
    let rest = distribute(
        size.pages - 750 - largest,
        &weights,
        largest.saturating_sub(1),
    );
    counts[0] = rest[0];
    counts[1] = rest[1];
    counts[5 + empty..].copy_from_slice(&rest[2..]);
    counts
}

/// Splits a total by weights, with no part above `most` for as long as that can be; the parts add up.
fn distribute(total: usize, weights: &[u64], most: usize) -> Vec<usize> {
    let all: u64 = weights.iter().sum();
    let mut parts: Vec<usize> = weights
        .iter()
        .map(|&weight| {
            ((u128::from(weight) * total as u128 / u128::from(all.max(1))) as usize).min(most)
        })
        .collect();
    let mut left = total - parts.iter().sum::<usize>();
    while left > 0 && !parts.is_empty() {
        let open = parts.iter().filter(|&&part| part < most).count();
        let share = left.checked_div(open).unwrap_or(left).max(1);
        for part in &mut parts {
            if *part < most || open == 0 {
                let more = if open == 0 {
                    left
                } else {
                    share.min(left).min(most - *part)
                };
                *part += more;
                left -= more;
            }
        }
    }
    parts
}

fn add_pages(organisation: &mut Organisation, size: &Size, random: &mut Random) {
    if organisation.spaces.is_empty() {
        return;
    }
    let mut places: Vec<(u32, PageStatus)> = Vec::new();
    for (space, count) in pages_per_space(size, random).into_iter().enumerate() {
        for _ in 0..count {
            let status = random.either(3, 100, PageStatus::Archived, PageStatus::Current);
            places.push((space as u32, status));
        }
        for _ in 0..count.div_ceil(50) {
            let status = random.either(3, 4, PageStatus::Trashed, PageStatus::Deleted);
            places.push((space as u32, status));
        }
    }
    random.shuffle(&mut places);

    let total = places.len().max(1);
    // Ids reach well beyond 2^31, and none is used twice: pages have even ids, folders odd ones.
    let id_step = 4_400_000_000 / total as u64;
    let mut id = 98_304;
    let mut progress = vec![Progress::default(); organisation.spaces.len()];
    organisation.pages.reserve(total);
    for (number, (space, status)) in places.into_iter().enumerate() {
        let number = number as u32;
        id += 2 * (1 + random.below(2 * id_step.max(1)) / 2);
        let progress = &mut progress[space as usize];
        let current = status == PageStatus::Current;
        let homepage = current && progress.current == 0;
        let title = match (current, progress.current, space % 4) {
            // At most one to a space, where titles must differ.
            (true, 1, which @ 0..=2) => which | OWN_TITLE,
            _ => number,
        };
        let parent = if progress.recent.is_empty() || homepage || random.once_in(1, 20) {
            NONE
        } else if random.once_in(1, 15) {
            folder(organisation, space, progress, random)
        } else {
            *random.pick(&progress.recent)
        };
        if homepage {
            organisation.spaces[space as usize].homepage_id = (space % 9 != 5).then_some(id);
        }
        if current {
            progress.current += 1;
            progress.remember(number, random);
        }
        let (created_at, modified_at, version) = times(number, total, random);
        let users = organisation.users.len();
        let author = random.user(users, 80);
        organisation.pages.push(PageRecord {
            modified_at,
            parent,
            position: random.below(5_000) as u32,
            author,
            owner: random.either(1, 12, NONE, author),
            last_owner: match random.once_in(1, 6) {
                true => random.index(users) as u32,
                false => NONE,
            },
            version_author: if version == 1 || random.once_in(1, 3) {
                author
            } else {
                random.index(users) as u32
            },
            version,
            status,
            subtype: match random.below(20) {
                0 => Subtype::Live,
                1..=9 => Subtype::Page,
                _ => Subtype::Unset,
            },
            message: Message::drawn(2, random),
            minor_edit: random.once_in(1, 10),
            ..PageRecord::new(id, space, title, created_at)
        });
    }
}

/// What is known of a space while its pages are made.
#[derive(Clone, Default)]
struct Progress {
    current: usize,
    /// Some pages that the next ones can hang under.
    recent: Vec<u32>,
    folder: Option<u32>,
}

impl Progress {
    fn remember(&mut self, page: u32, random: &mut Random) {
        if self.recent.len() < 12 {
            self.recent.push(page);
        } else {
            let place = random.index(self.recent.len());
            self.recent[place] = page;
        }
    }
}

/// The folder in use in a space, or now and then a new one.
fn folder(
    organisation: &mut Organisation,
    space: u32,
    progress: &mut Progress,
    random: &mut Random,
) -> u32 {
    let number = match progress.folder {
        Some(number) if !random.once_in(1, 10) => number,
        _ => {
            let number = organisation.nodes.len() as u32;
            // Its place is found when all pages are there.
            let (kind, id) = (NodeKind::Folder, NodeKind::Folder.id(u64::from(number)));
            let folder = NodeRecord::new(id, kind, space, NONE, 0);
            organisation.nodes.push(folder);
            number
        }
    };
    progress.folder = Some(number);
    number | NODE
}

/// When a page was created and last changed, and how often in between.
fn times(number: u32, total: usize, random: &mut Random) -> (i64, i64, u32) {
    let along = (AGE as i128 * i128::from(number) / total as i128) as i64;
    let scatter = random.below(40 * DAY as u64) as i64 - 20 * DAY;
    let mut created_at =
        (NOW - AGE + along + scatter).min(NOW - random.below(DAY as u64) as i64 - 1);
    // Whole seconds now and then, which live sites write without a fraction.
    if random.once_in(1, 50) {
        created_at -= created_at % 1_000;
    }
    if random.once_in(35, 100) {
        return (created_at, created_at, 1);
    }
    let mass_change = MASS_CHANGES[random.index(MASS_CHANGES.len())];
    let modified_at = if random.once_in(1, 200) && mass_change > created_at {
        mass_change
    } else {
        created_at + random.below((NOW - created_at) as u64) as i64
    };
    (created_at, modified_at, 2 + random.below(30) as u32)
}

fn permissions(
    organisation: &Organisation,
    total: usize,
    random: &mut Random,
) -> Vec<Vec<PermissionRecord>> {
    let spaces = organisation.spaces.len();
    let counts = if spaces >= 10 && total >= 3_000 {
        // None at all, exactly one full answer, and more than two.
        let mut counts = vec![14, 30, 0, 250, 612];
        let weights: Vec<u64> = (5..spaces)
            .map(|_| random.below(30) * random.below(30))
            .collect();
        counts.extend(distribute(
            total - counts.iter().sum::<usize>(),
            &weights,
            249,
        ));
        counts
    } else {
        distribute(total, &vec![1; spaces], usize::MAX)
    };
    let mut id = 7_798_800;
    counts
        .into_iter()
        .map(|count| {
            let mut rows: Vec<PermissionRecord> = Vec::with_capacity(count);
            for place in 0..count {
                id += 1 + random.below(9);
                let (principal, operation) = match rows.last() {
                    _ if place == 0 => (Principal::Group(0), &OPERATIONS[0]),
                    // The same grant twice, under two ids.
                    Some(last) if random.once_in(1, 40) => {
                        rows.push(PermissionRecord { id, ..last.clone() });
                        continue;
                    }
                    _ => (principal(organisation, random), operation(random)),
                };
                rows.push(PermissionRecord {
                    id,
                    principal,
                    operation: (operation.0.as_str().into(), operation.1.as_str().into()),
                });
            }
            rows
        })
        .collect()
}

fn principal(organisation: &Organisation, random: &mut Random) -> Principal {
    match random.below(100) {
        0..=4 => Principal::AccessClass(random.pick::<&'static str>(ACCESS_CLASSES)),
        5..=8 => Principal::Role(random.index(organisation.roles.len()) as u32),
        9..=49 => Principal::Group(random.index(organisation.groups.len()) as u32),
        _ => Principal::User(random.index(organisation.users.len()) as u32),
    }
}

fn operation(random: &mut Random) -> &'static (String, String) {
    let from = random.either(1, 50, *UNDOCUMENTED_OPERATIONS, *OPERATIONS);
    random.pick(from)
}
