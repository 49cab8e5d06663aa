//! Searches with CQL.

use super::v1::{content, space, user, web_path};
use crate::cql::{self, Query, Time, Words, Wrong};
use crate::organisation::random::mix;
use crate::organisation::record::SortValue;
use crate::organisation::time::timestamp;
use crate::organisation::{Container, Content, Hit, PageStatus, Scope, User};
use crate::server::answer::{Answer, Refusal};
use crate::server::offset::{START, Slice};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{Cursor, Position};
use crate::server::parameters::{CURSOR, Kind, Parameter};
use crate::server::tampering::Tampering;
use crate::server::{offset, paging};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

pub(super) const CQL: Parameter = Parameter::new("cql", Kind::Text);
pub(super) const EXPAND: Parameter = Parameter::new("expand", Kind::Texts { most: 50 });
pub(super) const LIMIT: Parameter = offset::limit(25, 1_000);
/// The most rows on a page of which more is expanded.
pub(super) const MOST_EXPANDED: usize = 200;
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
        Parameter::new("excludeCurrentSpaces", Kind::Flag),
        Parameter::new(
            "excerpt",
            Kind::Choice(&[
                "highlight",
                "indexed",
                "none",
                "highlight_unescaped",
                "indexed_unescaped",
            ]),
        ),
        WHICH_USERS,
        EXPAND,
    ] => search;
};

fn search(call: &Call) -> Result<Answer, Refusal> {
    check_expand(call, &["content.space", "content.version"])?;
    let query = query(call)?;
    let flag = |name: &str| call.arguments.flag(name) == Some(true);
    let scope = Scope {
        statuses: &[PageStatus::Current],
        current_spaces: !flag("excludeCurrentSpaces"),
        archived_spaces: flag("includeArchivedSpaces"),
        only_open_to_anonymous: call.is_anonymous(),
        users: &which_users(call),
    };
    let hits = call.organisation.search(&query, &scope);
    let page = Page::of(call, hits.len())?;
    let words = query.words();
    let mut more = Map::new();
    more.insert("totalSize".to_owned(), page.estimate.into());
    more.insert("cqlQuery".to_owned(), call.required("cql")?.into());
    more.insert("searchDuration".to_owned(), 17.into());
    let next = page.next(call, &[("next", "true".to_owned())]);
    let row = |place: usize| row(call, hits[place], &words);
    Ok(offset::answer(call, &page.slice, row, more, next))
}

pub(super) fn query(call: &Call) -> Result<Query, Refusal> {
    let text = call.required("cql")?;
    Query::parse(text).map_err(|wrong| match wrong {
        Wrong::Syntax => Refusal::BadParameter(format!("Could not parse cql : {text}")),
        Wrong::Refused(why) => Refusal::BadParameter(why),
        Wrong::NotModelled(what) => {
            Refusal::NotModelled(format!("The stand-in does not model {what} in CQL"))
        }
    })
}

pub(super) fn check_expand(call: &Call, modelled: &[&str]) -> Result<(), Refusal> {
    let asked = call.arguments.texts("expand").unwrap_or_default();
    match asked.iter().find(|part| !modelled.contains(&part.as_str())) {
        Some(part) => Err(Refusal::NotModelled(format!(
            "The stand-in does not expand '{part}'"
        ))),
        None => Ok(()),
    }
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

/// One page of a search: as unreliable as on live sites, but every time in the same way.
struct Page {
    slice: Slice,
    /// How many rows there are in all, more or less.
    estimate: usize,
    /// The search that cursors belong to, whatever is expanded or left out of its rows.
    search: u64,
    number: u32,
}

impl Page {
    fn of(call: &Call, total: usize) -> Result<Self, Refusal> {
        let path = call.path_and_query.split('?').next().unwrap_or_default();
        let mut what = vec![("cql".to_owned(), call.required("cql")?.to_owned())];
        for name in ["includeArchivedSpaces", "excludeCurrentSpaces"] {
            let is_set = call.arguments.flag(name) == Some(true);
            what.push((name.to_owned(), is_set.to_string()));
        }
        let search = paging::fingerprint(path, &what);
        let cursor = call.arguments.text("cursor").map(|text| {
            let cursor = Cursor::decode(text).filter(|cursor| cursor.query == search);
            let place = cursor.as_ref().and_then(|cursor| match cursor.after {
                Some(Position {
                    value: SortValue::Number(place),
                    ..
                }) => place.try_into().ok(),
                _ => None,
            });
            let cursor: Option<(u32, usize)> = cursor.map(|cursor| cursor.page).zip(place);
            cursor.ok_or_else(|| {
                Refusal::BadParameter("The cursor does not belong to this search".to_owned())
            })
        });
        let (number, start) = cursor.transpose()?.unwrap_or((1, 0));
        let limit = call
            .arguments
            .count("limit")
            .expect("the limit has a default");
        let limit = match call.arguments.texts("expand") {
            Some(_) => limit.min(MOST_EXPANDED),
            None => limit,
        };
        // A page may be shorter than it could be by a tenth.
        let short_by = mix(call.organisation.seed, number.into()) as usize % (limit / 10 + 1);
        // And the last row of the first page comes once more, if there is room for another one.
        let repeats = number == 2 && limit - short_by > 1;
        let length = limit - short_by - usize::from(repeats);
        let mut slice = Slice::cut(call.tampering.as_ref(), start, length, total);
        if repeats && !slice.places.is_empty() {
            slice.places.insert(0, start - 1);
        }
        if !matches!(call.tampering, Some(Tampering::LowerLimit(_))) {
            slice.limit = limit;
        }
        let alone = number == 1 && slice.next.is_none();
        let estimate = match alone {
            true => total,
            false => total + total / 50 + 4 - number.min(3) as usize,
        };
        Ok(Self {
            slice,
            estimate,
            search,
            number,
        })
    }

    /// The next link, which loses what is to be expanded and left out.
    fn next(&self, call: &Call, more: &[(&str, String)]) -> Option<String> {
        let start = self.slice.next?;
        let cursor = match (&call.tampering, call.arguments.text("cursor")) {
            (Some(Tampering::RepeatCursor), Some(this)) => this.to_owned(),
            _ => {
                let place = Position {
                    value: SortValue::Number(start as i64),
                    id: 0,
                };
                Cursor::new(place, self.search, self.number + 1).encode()
            }
        };
        let mut parameters = more.to_vec();
        parameters.push(("cursor", cursor));
        parameters.push(("limit", self.slice.limit.to_string()));
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
            let [with_space, with_version] =
                ["content.space", "content.version"].map(|part| call.expands(part));
            let object = content(call, found, with_space, with_version);
            ("content", object, web_path(call, found))
        }
    };
    let text = hit.text();
    let text = text.first().copied().unwrap_or_default();
    let title = cql::marked(&hit.title(), words, escape);
    let excerpt = match call.arguments.text("excerpt").unwrap_or("highlight") {
        "none" => String::new(),
        "indexed" => escape(text),
        "indexed_unescaped" => text.to_owned(),
        "highlight_unescaped" => cql::marked(text, words, str::to_owned),
        _ => cql::marked(text, words, escape),
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
        let space = call.organisation.space(found.space_id());
        let space = space.expect("content is in a space");
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

/// A text as it stands in HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
