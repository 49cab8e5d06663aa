//! Restrictions: whom a single content is kept to, beyond the permissions in its space.

use super::prelude::*;
use super::record::{RestrictedOperation, Restrictions, Subject};
use RestrictedOperation::{Read, Update};
use serde::Deserialize;

const STREAM: u64 = 0x5E_571C7;
/// More than one page of subjects, for the first page that is restricted at all where there are people enough.
const MANY: usize = 250;

/// Some of it is what an access review is made to find: somebody who left and can still read, a guest, a page whose
/// children are read by nobody else either.
#[derive(Deserialize)]
struct Rule {
    title: String,
    operation: RestrictedOperation,
    users: Numbers,
    groups: Numbers,
}

pub(super) fn of(organisation: &Organisation) -> Restrictions {
    if organisation.governance.is_demo {
        demo(organisation)
    } else {
        generated(organisation)
    }
}

fn demo(organisation: &Organisation) -> Restrictions {
    let rules: &[Rule] = table::rows(include_str!("../../demo/restrictions.csv"));
    let rules = rules.iter().flat_map(|rule| {
        let page = organisation
            .pages()
            .find(|page| page.title() == rule.title)?;
        let users = rule
            .users
            .0
            .iter()
            .map(|&number| user(organisation, number as usize));
        let groups = rule
            .groups
            .0
            .iter()
            .map(|&number| group(organisation, number as usize));
        Some(((page.id(), rule.operation), users.chain(groups).collect()))
    });
    rules.collect()
}

/// A page in fifty is restricted for reading, and one in thirty for updating.
fn generated(organisation: &Organisation) -> Restrictions {
    let seed = mix(organisation.seed, STREAM);
    let mut restrictions = Restrictions::new();
    let mut has_long_one = organisation.users.len() <= MANY;
    // What was created by an edit is restricted by an edit.
    let pages = organisation.pages().filter(|page| {
        page.record.created_at <= NOW && PageStatus::DEFAULT.contains(&page.status())
    });
    for page in pages {
        let mut random = Random::new(mix(seed, page.id()));
        let (read, update) = (random.once_in(1, 50), random.once_in(1, 30));
        if read {
            let others = match random.below(5) {
                _ if !std::mem::replace(&mut has_long_one, true) => MANY,
                few => few as usize,
            };
            let mut subjects = vec![user(organisation, 0)];
            subjects.extend(some(organisation, others, &mut random));
            restrictions.insert((page.id(), Read), subjects);
        }
        if update {
            let others = 1 + random.index(3);
            let subjects = some(organisation, others, &mut random);
            restrictions.insert((page.id(), Update), subjects);
        }
    }
    restrictions
}

/// So many users beside the first one, as far as there are so many, and up to two groups.
fn some(organisation: &Organisation, users: usize, random: &mut Random) -> Vec<Subject> {
    let others = organisation.users.len() - 1;
    let begin = random.index(others.max(1));
    let users = (0..users.min(others)).map(|step| 1 + (begin + step) % others);
    let mut subjects: Vec<Subject> = users.map(|number| user(organisation, number)).collect();
    let groups = organisation.groups.len();
    let begin = random.index(groups.max(1));
    let count = random.index(3).max(usize::from(subjects.is_empty()));
    let groups = (0..count.min(groups)).map(|step| (begin + step) % groups);
    subjects.extend(groups.map(|number| group(organisation, number)));
    subjects
}

fn user(organisation: &Organisation, number: usize) -> Subject {
    Subject::User(organisation.users[number].account_id.clone())
}

fn group(organisation: &Organisation, number: usize) -> Subject {
    Subject::Group(organisation.groups[number].id.clone())
}
