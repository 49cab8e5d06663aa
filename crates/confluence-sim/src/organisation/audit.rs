//! The audit log: who changed what in the site's administration.

use super::prelude::*;
use super::record::{AuditChange, AuditObject, AuditRecord};
use serde::Deserialize;

const STREAM: u64 = 0xA0D17;
const AGE: i64 = 89 * DAY;

/// A kind of what happens. An object is told by its type and which number of an event it has, or by its name.
#[derive(Deserialize)]
struct Kind {
    name: String,
    category: String,
    summary: String,
    affected: String,
    /// Name, old and new value.
    changes: String,
    associated: String,
}

static KINDS: LazyLock<&[Kind]> =
    LazyLock::new(|| table::rows(include_str!("../../words/audit_kinds.csv")));

/// What happened: kind, who did it, and numbers of the objects, which mean what the kind makes of them.
type Event = (&'static Kind, Option<usize>, usize, usize);

pub(super) fn of(organisation: &Organisation) -> Vec<AuditRecord> {
    let mut random = Random::new(mix(organisation.seed, STREAM));
    let mut log: Vec<AuditRecord> = if organisation.governance.is_demo {
        // Numbers are those of the demo's people, groups, spaces and pages.
        let rows: &[(i64, String, Option<usize>, usize, usize)] =
            table::rows(include_str!("../../demo/audit.csv"));
        rows.iter()
            .map(|(days_ago, kind, author, first, second)| {
                let kind = KINDS.iter().find(|known| known.name == *kind);
                let event = (
                    kind.expect("a kind that is known"),
                    *author,
                    *first,
                    *second,
                );
                let at = NOW - days_ago * DAY + random.below(8 * 3_600_000) as i64;
                record(organisation, at, event)
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
            Some(kind) => kind,
            None => random.pick(&KINDS),
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
    let object_told = |told: &str| {
        let (kind, which) = told.split_once(':').expect("a type and a number or a name");
        let number = match which {
            "first" => first,
            "second" => second,
            _ => return object(kind, which),
        };
        // An organisation of nothing but users has names for the rest all the same.
        let name = match kind {
            "User" => organisation.users[number % organisation.users.len()]
                .display_name
                .clone(),
            "Group" => one(&organisation.groups, number).map_or("administrators".into(), |group| {
                format!("{}:{}", group.name, group.id)
            }),
            "Space" => one(&organisation.spaces, number)
                .map_or("Demonstration".into(), |space| space.name.clone()),
            _ => match organisation.pages.len() {
                0 => "Welcome".into(),
                count => organisation
                    .page_numbered((number % count) as u32)
                    .title()
                    .into(),
            },
        };
        object(kind, &name)
    };
    let change = |told: &str| {
        let mut words = told.split('|').map(str::to_owned);
        let mut word = || words.next().expect("a name and two values");
        AuditChange {
            name: word(),
            old: word(),
            new: word(),
        }
    };
    let listed = |told: &'static str| told.split(';').filter(|told| !told.is_empty());
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
        summary: kind.summary.clone(),
        description: String::new(),
        category: kind.category.clone(),
        by_system_administrator: author.is_none(),
        affected: object_told(&kind.affected),
        changes: listed(&kind.changes).map(change).collect(),
        associated: listed(&kind.associated).map(object_told).collect(),
    }
}

fn one<T>(all: &[T], number: usize) -> Option<&T> {
    all.get(number.checked_rem(all.len())?)
}

fn object(kind: &str, name: &str) -> AuditObject {
    AuditObject {
        name: name.to_owned(),
        kind: kind.to_owned(),
    }
}
