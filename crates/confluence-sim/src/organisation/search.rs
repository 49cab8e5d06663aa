//! What a search finds.

use super::collection::Dated;
use super::random::mix;
use super::record::{NODE, PageStatus};
use super::{Content, Organisation, SpaceStatus, TreeItem, User};
use crate::cql::{Direction, Kind, Minute, Order, Query, Test, Time};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::borrow::Cow;

/// A row of a search, by its number in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    Page(u32),
    BlogPost(u32),
    Node(u32),
    FooterComment(u32),
    InlineComment(u32),
    Attachment(u32),
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
    /// What is archived is not seen, nor what is in the trash. Users are seen where they are asked for.
    pub(crate) fn search(&self, query: &Query, scope: &Scope) -> Vec<Hit> {
        let mut hits = self.candidates(query, scope);
        hits.retain(|&hit| query.condition.holds(&|test| self.passes(hit, test)));
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

    /// All that a search sees, but for the kinds of which it can find nothing.
    fn candidates(&self, query: &Query, scope: &Scope) -> Vec<Hit> {
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
                    && query.can_find_in(&space.key)
                    && (space.open_to_anonymous() || !scope.only_open_to_anonymous)
            })
            .collect();
        let is_seen = |space: usize, status| status == PageStatus::Current && in_scope[space];
        let hangs_on_seen = |record: &dyn Dated, status: PageStatus| {
            let around = self.whereabouts(record.container());
            around.is_some_and(|(space, around)| is_seen(space, status.max(around)))
        };
        let mut hits = Vec::new();
        if query.can_find(Kind::Page) {
            let pages = numbered(&self.pages)
                .filter(|(_, page)| !page.purged && is_seen(page.space as usize, page.status));
            hits.extend(pages.map(|(number, _)| Hit::Page(number)));
        }
        if query.can_find(Kind::BlogPost) {
            let posts = numbered(&self.blogposts)
                .filter(|(_, post)| !post.purged && is_seen(post.space as usize, post.status));
            hits.extend(posts.map(|(number, _)| Hit::BlogPost(number)));
        }
        let nodes = numbered(&self.nodes).filter(|(_, node)| {
            query.can_find(Kind::Node(node.kind)) && !node.archived && in_scope[node.space as usize]
        });
        hits.extend(nodes.map(|(number, _)| Hit::Node(number)));
        if query.can_find(Kind::Comment) {
            let footer = numbered(self.footer_comment_records().iter())
                .filter(|(_, record)| hangs_on_seen(*record, record.status));
            hits.extend(footer.map(|(number, _)| Hit::FooterComment(number)));
            let inline = numbered(self.inline_comment_records().iter())
                .filter(|(_, record)| hangs_on_seen(*record, record.status));
            hits.extend(inline.map(|(number, _)| Hit::InlineComment(number)));
        }
        if query.can_find(Kind::Attachment) {
            let files = numbered(self.attachment_records().iter())
                .filter(|(_, record)| hangs_on_seen(*record, record.status));
            hits.extend(files.map(|(number, _)| Hit::Attachment(number)));
        }
        if query.can_find(Kind::Space) {
            let spaces = (0..self.spaces.len()).filter(|&number| in_scope[number]);
            hits.extend(spaces.map(Hit::Space));
        }
        if query.names(Kind::User) == Some(true) && !scope.only_open_to_anonymous {
            let users = (0..self.users.len()).filter(|&number| {
                let user = &self.users[number];
                user.is_found_by_search() && (scope.users)(user)
            });
            hits.extend(users.map(Hit::User));
        }
        hits
    }

    fn sort(&self, hits: &mut [Hit], order: Order, direction: Direction) {
        match order {
            Order::By(time) => sort_by(hits, direction, |hit| self.hit_time(hit, time)),
            Order::Title => sort_by(hits, direction, |hit| self.hit_title(hit).to_lowercase()),
        }
    }

    fn passes(&self, hit: Hit, test: &Test) -> bool {
        let is_one_of = |texts: &[String], text: Option<&str>| {
            text.is_some_and(|text| texts.iter().any(|known| known == text))
        };
        match test {
            Test::Type(kinds) => kinds.contains(&self.hit_kind(hit)),
            Test::Space(keys) => {
                let space = match hit {
                    Hit::Space(number) => Some(&self.spaces[number]),
                    _ => self
                        .hit_content(hit)
                        .and_then(|content| self.space(content.space_id())),
                };
                is_one_of(keys, space.map(|space| space.key.as_str()))
            }
            Test::Id(ids) => {
                let content = self.hit_content(hit);
                content.is_some_and(|content| ids.contains(&content.written_id()))
            }
            Test::Creator(accounts) => {
                let author = match hit {
                    Hit::Space(number) => self.spaces[number].author_id.as_deref(),
                    _ => self
                        .hit_content(hit)
                        .and_then(|content| content.author_id()),
                };
                is_one_of(accounts, author)
            }
            Test::Account(accounts) => match hit {
                Hit::User(number) => is_one_of(accounts, Some(&self.users[number].account_id)),
                _ => false,
            },
            Test::Time(time, comparison, minute) => {
                comparison.holds(Minute::of(self.hit_time(hit, *time)), *minute)
            }
            Test::TitleIs(title) => self.hit_title(hit).to_lowercase() == *title,
            Test::TitleHas(words) => words.are_in(&[&self.hit_title(hit)]),
            Test::TextHas(words) => {
                let title = self.hit_title(hit);
                let mut texts: Vec<&str> = vec![&title];
                texts.extend(self.hit_text(hit));
                words.are_in(&texts)
            }
        }
    }

    fn hit_kind(&self, hit: Hit) -> Kind {
        match hit {
            Hit::Page(_) => Kind::Page,
            Hit::BlogPost(_) => Kind::BlogPost,
            Hit::Node(number) => Kind::Node(self.nodes[number as usize].kind),
            Hit::FooterComment(_) | Hit::InlineComment(_) => Kind::Comment,
            Hit::Attachment(_) => Kind::Attachment,
            Hit::Space(_) => Kind::Space,
            Hit::User(_) => Kind::User,
        }
    }

    /// None for spaces and users.
    pub(crate) fn hit_content(&self, hit: Hit) -> Option<Content<'_>> {
        match hit {
            Hit::Page(number) => Some(Content::Page(self.page_numbered(number))),
            Hit::BlogPost(number) => Some(Content::BlogPost(self.blogpost_numbered(number))),
            Hit::Node(number) => match self.item_at(number | NODE) {
                TreeItem::Node(node) => Some(Content::Node(node)),
                TreeItem::Page(page) => Some(Content::Page(page)),
            },
            Hit::FooterComment(number) => {
                let record = self.footer_comment_records().numbered(number);
                self.view_comment(record).map(Content::Comment)
            }
            Hit::InlineComment(number) => {
                let record = self.inline_comment_records().numbered(number);
                self.view_comment(record).map(Content::Comment)
            }
            Hit::Attachment(number) => {
                let record = self.attachment_records().numbered(number);
                self.view_attachment(record).map(Content::Attachment)
            }
            Hit::Space(_) | Hit::User(_) => None,
        }
    }

    /// Tells rows apart, not for certain.
    fn hit_id(&self, hit: Hit) -> u64 {
        match hit {
            Hit::Page(number) => self.pages[number as usize].id,
            Hit::BlogPost(number) => self.blogposts[number as usize].id,
            Hit::Node(number) => self.nodes[number as usize].id,
            Hit::FooterComment(number) => self.footer_comment_records().numbered(number).id,
            Hit::InlineComment(number) => self.inline_comment_records().numbered(number).id,
            Hit::Attachment(number) => self.attachment_records().numbered(number).id,
            Hit::Space(number) => self.spaces[number].id,
            Hit::User(number) => number as u64,
        }
    }

    pub(crate) fn hit_title(&self, hit: Hit) -> Cow<'_, str> {
        match hit {
            Hit::Space(number) => Cow::Borrowed(&self.spaces[number].name),
            Hit::User(number) => Cow::Borrowed(&self.users[number].display_name),
            _ => self
                .hit_content(hit)
                .map_or(Cow::Borrowed(""), |content| content.title()),
        }
    }

    /// The paragraphs below the title.
    pub(crate) fn hit_text(&self, hit: Hit) -> Vec<&str> {
        match hit {
            Hit::Space(number) => vec![&self.spaces[number].description],
            _ => self
                .hit_content(hit)
                .map_or_else(Vec::new, |content| content.paragraphs()),
        }
    }

    /// In milliseconds. Of spaces and users nobody knows when they were changed.
    pub(crate) fn hit_time(&self, hit: Hit, time: Time) -> i64 {
        let at = match (hit, time) {
            (Hit::Space(number), _) => self.spaces[number].created_at,
            (Hit::User(number), _) => {
                let day = self.users[number].added_to_org.to_zoned(TimeZone::UTC);
                day.map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
            }
            _ => self
                .hit_content(hit)
                .map_or(Timestamp::UNIX_EPOCH, |content| match time {
                    Time::Created => content.created_at(),
                    Time::LastModified => content.latest().at,
                }),
        };
        at.as_millisecond()
    }
}

fn numbered<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (u32, T)> {
    (0..).zip(items)
}

/// Rows that are equal stay as they were, in either direction.
fn sort_by<K: Ord>(hits: &mut [Hit], direction: Direction, key: impl Fn(Hit) -> K) {
    let mut keyed: Vec<(K, Hit)> = hits.iter().map(|&hit| (key(hit), hit)).collect();
    keyed.sort_by(|(left, _), (right, _)| match direction {
        Direction::Ascending => left.cmp(right),
        Direction::Descending => right.cmp(left),
    });
    for (place, (_, hit)) in keyed.into_iter().enumerate() {
        hits[place] = hit;
    }
}
