//! What a search finds.

use super::prelude::*;
use super::{AttachmentId, Content, Space, SpaceStatus, User};
use crate::cql::{Direction, Kind, Minute, Order, Query, Test, Time};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::collections::HashSet;

/// A row of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hit<'a> {
    Content(Content<'a>),
    Space(&'a Space),
    /// With the number of the user.
    User(usize, &'a User),
}

/// What a search looks at.
pub(crate) struct Scope<'a> {
    /// What is in one of these.
    pub statuses: &'a [PageStatus],
    pub archived_spaces: bool,
    pub only_open_to_anonymous: bool,
    pub users: &'a dyn Fn(&User) -> bool,
}

impl Organisation {
    /// All rows of a search, in its order.
    ///
    /// What is archived is seen where it is asked for, and what is in the trash is not. So are users where they are asked for.
    pub(crate) fn search(&self, query: &Query, scope: &Scope) -> Vec<Hit<'_>> {
        let mut hits = self.candidates(query, scope);
        hits.retain(|hit| query.condition.holds(&|test| self.passes(hit, test)));
        if query.order.is_empty() {
            // By relevance, which nobody foresees.
            hits.sort_by_cached_key(|hit| mix(self.seed, hit.id()));
        }
        for &(order, direction) in query.order.iter().rev() {
            match order {
                Order::By(time) => sort_by(&mut hits, direction, |hit| hit.time(time)),
                Order::Title => sort_by(&mut hits, direction, |hit| hit.title().to_lowercase()),
            }
        }
        hits
    }

    /// All that a search sees, but for the kinds of which it can find nothing.
    fn candidates(&self, query: &Query, scope: &Scope) -> Vec<Hit<'_>> {
        let is_in_scope = |space: &&Space| {
            (space.status == SpaceStatus::Current || scope.archived_spaces)
                && (space.open_to_anonymous() || !scope.only_open_to_anonymous)
        };
        let in_scope = || self.spaces().filter(is_in_scope);
        let spaces: HashSet<u64> = in_scope().map(|space| space.id).collect();
        let is_seen = |content: &Content| {
            scope.statuses.contains(&content.status())
                && spaces.contains(&content.space_id())
                && self.is_found(content.id())
        };
        // Who asks for some ids is not to wait until all contents have been looked at.
        if let Some(ids) = query.ids() {
            let named: HashSet<&String> = ids.iter().collect();
            let named = named.into_iter().filter_map(|id| self.content_written(id));
            return named.filter(is_seen).map(Hit::Content).collect();
        }
        let mut found: Vec<Content> = Vec::new();
        if query.can_find(Kind::Page) {
            found.extend(self.pages().map(Content::Page));
        }
        if query.can_find(Kind::BlogPost) {
            found.extend(self.blogposts().map(Content::Page));
        }
        let nodes = self.tree_nodes();
        let nodes = nodes.filter(|node| query.can_find(Kind::Node(node.kind())));
        found.extend(nodes.map(Content::Node));
        if query.can_find(Kind::Comment) {
            let comments = self.footer_comments().chain(self.inline_comments());
            found.extend(comments.map(Content::Comment));
        }
        if query.can_find(Kind::Attachment) {
            found.extend(self.attachments().map(Content::Attachment));
        }
        found.retain(is_seen);
        let mut hits: Vec<Hit> = found.into_iter().map(Hit::Content).collect();
        if query.can_find(Kind::Space) {
            hits.extend(in_scope().map(Hit::Space));
        }
        if query.condition.names(Kind::User) == Some(true) && !scope.only_open_to_anonymous {
            // By the groups that give access, whether they are shown or not.
            let groups = self.whole().groups.iter();
            let licensed: HashSet<usize> = groups
                .filter(|group| group.product_access.is_some())
                .flat_map(|group| group.members.iter().copied())
                .collect();
            let users = self.users.iter().enumerate().filter(|(number, user)| {
                user.is_found_by_search()
                    && (user.guest || licensed.contains(number))
                    && (scope.users)(user)
            });
            hits.extend(users.map(|(number, user)| Hit::User(number, user)));
        }
        hits
    }

    /// The content that has an id, as the API writes it.
    fn content_written(&self, id: &str) -> Option<Content<'_>> {
        if id.starts_with("att") {
            let file = self.attachment(AttachmentId::parse(id)?);
            return file.map(Content::Attachment);
        }
        let id = id.parse().ok()?;
        let comment = || self.footer_comment(id).or_else(|| self.inline_comment(id));
        self.content(id)
            .or_else(|| self.page(id).map(Content::Page))
            .or_else(|| comment().map(Content::Comment))
    }

    fn passes(&self, hit: &Hit, test: &Test) -> bool {
        let is_one_of = |texts: &[String], text: Option<&str>| {
            text.is_some_and(|text| texts.iter().any(|known| known == text))
        };
        match test {
            Test::Type(kinds) => kinds.contains(&hit.kind()),
            Test::Space(keys) => {
                let space = match hit {
                    Hit::Content(content) => self.space(content.space_id()),
                    Hit::Space(space) => Some(*space),
                    Hit::User(..) => None,
                };
                is_one_of(keys, space.map(|space| space.key.as_str()))
            }
            Test::Id(ids) => match hit {
                Hit::Content(content) => ids.contains(&content.written_id()),
                _ => false,
            },
            Test::Creator(accounts) => match hit {
                Hit::Content(content) => is_one_of(accounts, content.author_id()),
                Hit::Space(space) => is_one_of(accounts, space.author_id.as_deref()),
                Hit::User(..) => false,
            },
            Test::Account(accounts) => match hit {
                Hit::User(_, user) => is_one_of(accounts, Some(&user.account_id)),
                _ => false,
            },
            Test::Time(time, comparison, minute) => {
                comparison.holds(Minute::of(hit.time(*time)), *minute)
            }
            Test::TitleIs(title) => hit.title().to_lowercase() == *title,
            Test::TitleHas(words) => words.are_in(&[&hit.title()]),
            Test::TextHas(words) => {
                let title = hit.title();
                let mut texts: Vec<&str> = vec![&title];
                texts.extend(hit.text());
                words.are_in(&texts)
            }
        }
    }
}

impl<'a> Hit<'a> {
    fn kind(&self) -> Kind {
        match self {
            Self::Content(Content::Page(page)) if page.record.is_post => Kind::BlogPost,
            Self::Content(Content::Page(_)) => Kind::Page,
            Self::Content(Content::Node(node)) => Kind::Node(node.kind()),
            Self::Content(Content::Comment(_)) => Kind::Comment,
            // There is no search for custom content.
            Self::Content(Content::Attachment(_) | Content::CustomContent(_)) => Kind::Attachment,
            Self::Space(_) => Kind::Space,
            Self::User(..) => Kind::User,
        }
    }

    /// Tells rows apart, not for certain.
    fn id(&self) -> u64 {
        match self {
            Self::Content(content) => content.id(),
            Self::Space(space) => space.id,
            Self::User(number, _) => *number as u64,
        }
    }

    pub(crate) fn title(&self) -> Cow<'a, str> {
        match self {
            Self::Content(content) => content.title(),
            Self::Space(space) => Cow::Borrowed(&space.name),
            Self::User(_, user) => Cow::Borrowed(&user.display_name),
        }
    }

    /// The paragraphs below the title.
    pub(crate) fn text(&self) -> Vec<&'a str> {
        match self {
            Self::Content(content) => content.paragraphs(),
            Self::Space(space) => vec![&space.description],
            Self::User(..) => Vec::new(),
        }
    }

    /// In milliseconds. Of spaces and users nobody knows when they were changed.
    pub(crate) fn time(&self, time: Time) -> i64 {
        let at = match (self, time) {
            (Self::Content(content), Time::Created) => content.created_at(),
            (Self::Content(content), Time::LastModified) => content.modified_at(),
            (Self::Space(space), _) => space.created_at,
            (Self::User(_, user), _) => {
                let day = user.added_to_org.to_zoned(TimeZone::UTC);
                day.map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
            }
        };
        at.as_millisecond()
    }
}

/// Rows that are equal stay as they were, in either direction.
fn sort_by<K: Ord>(hits: &mut [Hit], direction: Direction, key: impl Fn(&Hit) -> K) {
    let mut keyed: Vec<(K, Hit)> = hits.iter().map(|hit| (key(hit), *hit)).collect();
    keyed.sort_by(|(left, _), (right, _)| match direction {
        Direction::Ascending => left.cmp(right),
        Direction::Descending => right.cmp(left),
    });
    for (place, (_, hit)) in keyed.into_iter().enumerate() {
        hits[place] = hit;
    }
}
