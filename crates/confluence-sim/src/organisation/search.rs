//! What a search finds.

use super::random::mix;
use super::{Organisation, PageStatus, SpaceStatus, User};
use crate::cql::{Direction, Kind, Minute, Order, Query, Test, Time};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A row of a search, by its number in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    Page(u32),
    Space(usize),
    User(usize),
}

/// What a search looks at.
pub(crate) struct Scope<'a> {
    pub current_spaces: bool,
    pub archived_spaces: bool,
    pub only_open_to_anonymous: bool,
    pub users: &'a dyn Fn(&User) -> bool,
}

impl Organisation {
    /// All rows of a search, in its order.
    ///
    /// Archived pages are not seen, nor those in the trash. Users are seen where they are asked for.
    pub(crate) fn search(&self, query: &Query, scope: &Scope) -> Vec<Hit> {
        let in_scope: Vec<bool> = self
            .spaces
            .iter()
            .map(|space| {
                let wanted = match space.status {
                    SpaceStatus::Current => scope.current_spaces,
                    SpaceStatus::Archived => scope.archived_spaces,
                };
                wanted
                    && !space.removed
                    && (space.open_to_anonymous() || !scope.only_open_to_anonymous)
            })
            .collect();
        let pages = (0..self.pages.len() as u32).filter(|&number| {
            let record = &self.pages[number as usize];
            record.status == PageStatus::Current
                && !record.purged
                && in_scope[record.space as usize]
        });
        let spaces = (0..self.spaces.len()).filter(|&number| in_scope[number]);
        let users = (0..self.users.len()).filter(|&number| {
            let user = &self.users[number];
            query.names(Kind::User) == Some(true)
                && user.is_found_by_search()
                && !scope.only_open_to_anonymous
                && (scope.users)(user)
        });
        let mut hits: Vec<Hit> = pages
            .map(Hit::Page)
            .chain(spaces.map(Hit::Space))
            .chain(users.map(Hit::User))
            .filter(|&hit| query.condition.holds(&|test| self.passes(hit, test)))
            .collect();
        if query.order.is_empty() {
            // By relevance, which nobody foresees.
            hits.sort_by_cached_key(|&hit| mix(self.seed, self.hit_id(hit)));
        } else {
            for &(order, direction) in query.order.iter().rev() {
                self.sort(&mut hits, order, direction);
            }
        }
        hits
    }

    fn sort(&self, hits: &mut [Hit], order: Order, direction: Direction) {
        let directed = |ordering: Ordering| match direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        };
        match order {
            Order::By(time) => hits.sort_by(|&left, &right| {
                directed(self.hit_time(left, time).cmp(&self.hit_time(right, time)))
            }),
            Order::Title => {
                let mut titled: Vec<(String, Hit)> = hits
                    .iter()
                    .map(|&hit| (self.hit_title(hit).to_lowercase(), hit))
                    .collect();
                titled.sort_by(|(left, _), (right, _)| directed(left.cmp(right)));
                for (place, (_, hit)) in titled.into_iter().enumerate() {
                    hits[place] = hit;
                }
            }
        }
    }

    fn passes(&self, hit: Hit, test: &Test) -> bool {
        let is_one_of = |texts: &[String], text: Option<&str>| {
            text.is_some_and(|text| texts.iter().any(|known| known == text))
        };
        match test {
            Test::Type(kinds) => kinds.contains(&match hit {
                Hit::Page(_) => Kind::Page,
                Hit::Space(_) => Kind::Space,
                Hit::User(_) => Kind::User,
            }),
            Test::Space(keys) => match self.hit_space(hit) {
                Some(number) => is_one_of(keys, Some(&self.spaces[number].key)),
                None => false,
            },
            Test::Id(ids) => match hit {
                Hit::Page(number) => {
                    let id = self.pages[number as usize].id;
                    ids.iter().any(|text| text.parse() == Ok(id))
                }
                Hit::Space(_) | Hit::User(_) => false,
            },
            Test::Creator(accounts) => match hit {
                Hit::Page(number) => is_one_of(accounts, self.page_numbered(number).author_id()),
                Hit::Space(number) => is_one_of(accounts, self.spaces[number].author_id.as_deref()),
                Hit::User(_) => false,
            },
            Test::Account(accounts) => match hit {
                Hit::User(number) => is_one_of(accounts, Some(&self.users[number].account_id)),
                Hit::Page(_) | Hit::Space(_) => false,
            },
            Test::Time(time, comparison, minute) => {
                comparison.holds(Minute::of(self.hit_time(hit, *time)), *minute)
            }
            Test::TitleIs(title) => self.hit_title(hit).to_lowercase() == *title,
            Test::TitleHas(words) => words.are_in(&[&self.hit_title(hit)]),
            Test::TextHas(words) => {
                let title = self.hit_title(hit);
                let mut texts: Vec<&str> = vec![&title];
                match hit {
                    Hit::Page(number) => {
                        for paragraph in self.page_numbered(number).paragraphs() {
                            texts.push(paragraph);
                        }
                    }
                    Hit::Space(number) => texts.push(&self.spaces[number].description),
                    Hit::User(_) => {}
                }
                words.are_in(&texts)
            }
        }
    }

    fn hit_id(&self, hit: Hit) -> u64 {
        match hit {
            Hit::Page(number) => self.pages[number as usize].id,
            Hit::Space(number) => self.spaces[number].id,
            Hit::User(number) => number as u64,
        }
    }

    fn hit_space(&self, hit: Hit) -> Option<usize> {
        match hit {
            Hit::Page(number) => Some(self.pages[number as usize].space as usize),
            Hit::Space(number) => Some(number),
            Hit::User(_) => None,
        }
    }

    pub(crate) fn hit_title(&self, hit: Hit) -> Cow<'_, str> {
        match hit {
            Hit::Page(number) => self.page_numbered(number).title(),
            Hit::Space(number) => Cow::Borrowed(&self.spaces[number].name),
            Hit::User(number) => Cow::Borrowed(&self.users[number].display_name),
        }
    }

    /// In milliseconds. Of spaces and users nobody knows when they were changed.
    pub(crate) fn hit_time(&self, hit: Hit, time: Time) -> i64 {
        match (hit, time) {
            (Hit::Page(number), Time::Created) => self.pages[number as usize].created_at,
            (Hit::Page(number), Time::LastModified) => self.pages[number as usize].modified_at,
            (Hit::Space(number), _) => self.spaces[number].created_at.as_millisecond(),
            (Hit::User(number), _) => {
                let day = self.users[number].added_to_org.to_zoned(TimeZone::UTC);
                day.map_or(0, |midnight| midnight.timestamp().as_millisecond())
            }
        }
    }
}
