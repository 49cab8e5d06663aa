//! What all versions have, and those of what hangs on pages.

use super::prelude::*;
use super::record::Revisions;
use jiff::Timestamp;

/// What is told of a version of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision<'a> {
    pub number: u32,
    pub created_at: Timestamp,
    /// None where it was written without an account.
    pub author_id: Option<&'a str>,
    /// Of pages and blog posts alone it is ever none.
    pub message: Option<&'static str>,
    pub minor_edit: bool,
}

const MESSAGES: &[&str] = &["", "", "", "Corrected a typo", "As agreed on Tuesday"];

impl Revisions {
    /// What began at some time after a moment.
    pub(super) fn since(moment: i64, organisation: &Organisation, random: &mut Random) -> Self {
        Self::from(between(moment, NOW, random), organisation, random)
    }

    /// What began at a moment, and went on as chance has it.
    pub(super) fn from(created_at: i64, organisation: &Organisation, random: &mut Random) -> Self {
        let users = organisation.users.len();
        let author = random.user(users, 50);
        let mut revisions = Self {
            created_at,
            modified_at: created_at,
            author,
            last_author: author,
            versions: 1,
        };
        if random.once_in(1, 4) {
            revisions.versions = 2 + random.below(4) as u32;
            revisions.modified_at = between(created_at, NOW, random);
            revisions.last_author = random.index(users) as u32;
        }
        revisions
    }

    /// A task is changed when it is completed.
    pub(super) fn of_task(author: u32, created_at: i64, completed: Option<(u32, i64)>) -> Self {
        Self {
            created_at,
            modified_at: completed.map_or(created_at, |(_, at)| at),
            author,
            last_author: completed.map_or(author, |(by, _)| by),
            versions: 1,
        }
    }

    pub(super) fn version<'a>(&self, organisation: &'a Organisation, number: u32) -> Revision<'a> {
        let last = self.versions;
        let passed = i64::from(number - 1) * (self.modified_at - self.created_at);
        let author = match number {
            1 => self.author,
            _ if number == last || number.is_multiple_of(2) => self.last_author,
            _ => self.author,
        };
        let dice = mix(self.created_at as u64, u64::from(number));
        Revision {
            number,
            created_at: time::timestamp(self.created_at + passed / i64::from(last - 1).max(1)),
            author_id: organisation.account(author),
            message: Some(match number {
                1 => "",
                _ => MESSAGES[dice as usize % MESSAGES.len()],
            }),
            minor_edit: number > 1 && dice.is_multiple_of(7),
        }
    }

    pub(super) fn latest<'a>(&self, organisation: &'a Organisation) -> Revision<'a> {
        self.version(organisation, self.versions)
    }

    /// All versions, from the first.
    pub(super) fn all<'a>(
        &self,
        organisation: &'a Organisation,
    ) -> impl Iterator<Item = Revision<'a>> {
        (1..=self.versions).map(|number| self.version(organisation, number))
    }
}

/// A moment between two. Many are whole seconds, so that some are tied.
pub(super) fn between(from: i64, until: i64, random: &mut Random) -> i64 {
    let at = from + random.below((until - from).max(0) as u64 + 1) as i64;
    random.either(1, 3, (at / 1000 * 1000).max(from), at)
}
