//! What people look at: watches, views, and the states that they give to pages.

use super::User;
use super::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const SPACE_WATCHES: u64 = 0x5BA7C4;
const PAGE_WATCHES: u64 = 0x9A7C4;
const VIEWS: u64 = 0x71E35;
const STATES: u64 = 0x57A7E;

const DAYS_OF_VIEWS: i64 = 365;

/// A state that a page can be given, such as `In progress`.
#[derive(Debug, Deserialize, Serialize)]
pub struct ContentState {
    pub id: u64,
    pub name: String,
    /// As on the web: `#` and six digits.
    pub color: String,
}

static SUGGESTED: LazyLock<&[ContentState]> =
    LazyLock::new(|| table::rows(include_str!("../../words/states.csv")));

impl Organisation {
    pub fn space_watchers(&self, space_id: u64) -> Vec<&User> {
        self.watchers(SPACE_WATCHES, space_id)
    }

    pub fn page_watchers(&self, page_id: u64) -> Vec<&User> {
        self.watchers(PAGE_WATCHES, page_id)
    }

    fn watchers(&self, stream: u64, id: u64) -> Vec<&User> {
        let mut random = Random::new(mix(mix(self.seed, stream), id));
        let count = random.index(7).min(self.users.len());
        let first = random.index(self.users.len());
        (0..count)
            .map(|step| &self.users[(first + step) % self.users.len()])
            .collect()
    }

    /// How often a page was looked at within a year.
    pub fn views(&self, page_id: u64) -> u64 {
        let dice = mix(self.seed, VIEWS);
        (0..DAYS_OF_VIEWS)
            .map(|days_ago| NOW - days_ago * DAY)
            .map(|day| mix(mix(dice, page_id), day.unsigned_abs()) % 4)
            .sum()
    }

    pub fn viewers(&self, page_id: u64) -> u64 {
        let views = self.views(page_id);
        views.div_ceil(3).min(self.users.len() as u64)
    }

    pub fn content_states(&self) -> &'static [ContentState] {
        *SUGGESTED
    }

    /// The state that a page in use was given, and when; most have none.
    pub fn state_of(&self, page_id: u64) -> Option<(&'static ContentState, Timestamp)> {
        let page = self.page(page_id)?;
        let mut random = Random::new(mix(mix(self.seed, STATES), page_id));
        let has_one = page.status() == PageStatus::Current && random.once_in(1, 3);
        has_one.then(|| {
            let state = random.pick(*SUGGESTED);
            let at = NOW - random.below(200 * DAY.unsigned_abs()) as i64;
            (state, time::timestamp(at))
        })
    }
}
