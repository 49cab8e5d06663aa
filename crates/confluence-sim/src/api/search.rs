//! Searches with CQL.

use super::prelude::*;
use super::v1::{content, space, space_of, user, web_path};
use crate::cql::{self, Query, Time, Words, Wrong};
use crate::fault::Reply;
use crate::organisation::random::mix;
use crate::organisation::record::SortValue;
use crate::organisation::time::timestamp;
use crate::organisation::{Container, Content, Hit, PageStatus, Scope, User};
use crate::server::paging::{self, Cursor};
use jiff::tz::TimeZone;

pub(super) const CQL: Parameter = Parameter::new("cql", Kind::Text);
pub(super) const LIMIT: Parameter = offset::limit(25, 1_000);
const WHICH_USERS: Parameter = Parameter::new(
    "sitePermissionTypeFilter",
    Kind::Choice(&["all", "externalCollaborator", "none"]),
);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSearchV1" v1 "search", &[&["search:confluence"], &["read:content-details:confluence"]], &[
        CQL,
        CURSOR,
        // Both are taken and mean nothing.
        Parameter::new("next", Kind::Flag),
        START,
        LIMIT,
        Parameter::new("includeArchivedSpaces", Kind::Flag),
        Parameter::new("excerpt", Kind::Choice(&["highlight", "none"])),
        WHICH_USERS,
    ] => search;
};

fn search(call: &Call) -> Result<Answer, Refusal> {
    let query = query(call)?;
    let archived = call.arguments.flag("includeArchivedSpaces") == Some(true);
    let scope = Scope {
        statuses: &[PageStatus::Current],
        archived_spaces: archived,
        only_open_to_anonymous: call.is_anonymous(),
        users: &which_users(call),
    };
    let hits = call.organisation.search(&query, &scope);
    let chain = Chain::of(call, &[("archived", &archived.to_string())])?;
    let (slice, estimate) = unreliable(call, &chain, hits.len());
    let words = query.words();
    let mut more = Map::new();
    more.insert("totalSize".to_owned(), estimate.into());
    more.insert("cqlQuery".to_owned(), call.required("cql")?.into());
    more.insert("searchDuration".to_owned(), 17.into());
    let next = chain.next(call, &slice, &[("next", "true".to_owned())]);
    let row = |place: usize| row(call, hits[place], &words);
    Ok(offset::answer(call, &slice, row, more, next))
}

pub(super) fn query(call: &Call) -> Result<Query, Refusal> {
    let text = call.required("cql")?;
    cql::query(text).map_err(|wrong| match wrong {
        Wrong::Syntax => Refusal::BadParameter(format!("Could not parse cql : {text}")),
        Wrong::Refused(why) => Refusal::BadParameter(why),
        Wrong::NotModelled(what) => Refusal::not_modelled(format!("model {what} in CQL")),
    })
}

/// Guests are left out where nothing is said of them.
fn which_users(call: &Call) -> impl Fn(&User) -> bool + use<> {
    let (licensed, guests) = match call.arguments.text("sitePermissionTypeFilter") {
        Some("all") => (true, true),
        Some("externalCollaborator") => (false, true),
        _ => (true, false),
    };
    move |user| if user.guest { guests } else { licensed }
}

/// A page of a search as unreliable as on live sites, but every time in the same way; and how many rows there are in all,
/// more or less.
fn unreliable(call: &Call, chain: &Chain, total: usize) -> (Slice, usize) {
    let limit = call.arguments.count("limit").unwrap_or_default();
    // A page may be shorter than it could be by a tenth.
    let short_by = mix(call.organisation.seed, chain.page.into()) as usize % (limit / 10 + 1);
    // And the last row of the first page comes once more, if there is room for another one.
    let repeats = chain.page == 2 && limit - short_by > 1;
    let length = limit - short_by - usize::from(repeats);
    let mut slice = Slice::cut(call.tampering, chain.start, length, total);
    if repeats && !slice.places.is_empty() {
        slice.places.insert(0, chain.start - 1);
    }
    if !matches!(call.tampering, Some(Reply::LowerLimit(_))) {
        slice.limit = limit;
    }
    let alone = chain.page == 1 && slice.next.is_none();
    let estimate = match alone {
        true => total,
        false => total + total / 50 + 4 - chain.page.min(3) as usize,
    };
    (slice, estimate)
}

/// Where a request stands in the chain of the pages of a search.
pub(super) struct Chain {
    /// The search that cursors belong to, whatever is expanded or left out of its rows.
    search: u64,
    page: u32,
    pub start: usize,
}

impl Chain {
    /// A search is told by its query and by what else narrows it.
    pub(super) fn of(call: &Call, narrowed: &[(&str, &str)]) -> Result<Self, Refusal> {
        let path = call.path_and_query.split('?').next().unwrap_or_default();
        let what = [("cql", call.required("cql")?)].into_iter();
        let what = what.chain(narrowed.iter().copied());
        let what: Vec<_> = what
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let search = paging::fingerprint(path, &what);
        let Some(text) = call.arguments.text("cursor") else {
            return Ok(Self {
                search,
                page: 1,
                start: 0,
            });
        };
        let cursor = Cursor::decode(text).filter(|cursor| cursor.query == search);
        let found = cursor.and_then(|cursor| match cursor.after?.value {
            SortValue::Number(start) => Some((cursor.page, start.try_into().ok()?)),
            SortValue::Text(_) => None,
        });
        let (page, start) = found.ok_or_else(|| {
            Refusal::BadParameter("The cursor does not belong to this search".to_owned())
        })?;
        Ok(Self {
            search,
            page,
            start,
        })
    }

    /// The next link, which loses what is to be expanded and left out.
    pub(super) fn next(
        &self,
        call: &Call,
        slice: &Slice,
        more: &[(&str, String)],
    ) -> Option<String> {
        let start = slice.next?;
        let cursor = match (call.tampering, call.arguments.text("cursor")) {
            (Some(Reply::RepeatCursor), Some(this)) => this.to_owned(),
            _ => Cursor::new(
                Position::number(start as i64, 0),
                self.search,
                self.page + 1,
            )
            .encode(),
        };
        let mut parameters = more.to_vec();
        parameters.push(("cursor", cursor));
        parameters.push(("limit", slice.limit.to_string()));
        Some(offset::link(
            call,
            &parameters,
            &["excerpt", "expand", "start"],
        ))
    }
}

fn row(call: &Call, hit: Hit, words: &[&Words]) -> Value {
    let at = timestamp(hit.time(Time::LastModified)).to_zoned(TimeZone::UTC);
    let (kind, object, url) = match hit {
        Hit::Space(found) => (
            "space",
            space(call, found),
            format!("/spaces/{}", found.key),
        ),
        Hit::User(_, found) => (
            "user",
            user(call, found),
            format!("/people/{}", found.account_id),
        ),
        Hit::Content(found) => {
            let object = content(call, found);
            ("content", object, web_path(call, found))
        }
    };
    let text = hit.text();
    let text = text.first().copied().unwrap_or_default();
    let title = cql::marked(&hit.title(), words, escape);
    let excerpt = match call.arguments.text("excerpt") {
        Some("none") => String::new(),
        // The index has each half of a character beyond the first 65,536 by itself.
        _ => cql::marked(text, words, escape)
            .replace(|each: char| each > '\u{FFFF}', "\u{FFFD}\u{FFFD}"),
    };
    let mut row = json!({
        "title": title,
        "excerpt": excerpt,
        "url": url,
        "breadcrumbs": [],
        "entityType": kind,
        "iconCssClass": format!("aui-icon content-type-{kind}"),
        // Never a part of a second, though the site knows it.
        "lastModified": at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "friendlyLastModified": at.strftime("%b %d, %Y").to_string(),
        "score": 0.0,
    });
    row[kind] = object;
    if let Hit::Content(found) = hit {
        let space = space_of(call, found);
        row["resultGlobalContainer"] =
            json!({"title": space.name, "displayUrl": format!("/spaces/{}", space.key)});
        if let Some(around) = around(call, found) {
            row["resultParentContainer"] =
                json!({"title": around.title(), "displayUrl": web_path(call, around)});
        }
    }
    row
}

/// The page or blog post that content hangs on.
fn around<'a>(call: &Call<'a>, content: Content) -> Option<Content<'a>> {
    match content.container() {
        Container::Page(id) | Container::BlogPost(id) => call.organisation.content(id),
        Container::CustomContent(_) | Container::Attachment(_) | Container::Space(_) => None,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
