//! Blog posts.

use super::content::{BODY_FORMAT, Body, Links, TitleInLink, VersionRow};
use super::pages;
use super::row::Id;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{BlogPost, PageStatus};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use jiff::tz::Offset;
use serde::Serialize;
use std::collections::HashSet;
use std::fmt;

const STATUS: Parameter =
    Parameter::new("status", Kind::Choices(&["current", "deleted", "trashed"]));
const TITLE: Parameter = Parameter::new("title", Kind::Text);
pub(super) const SORT: Parameter = Parameter::new(
    "sort",
    Kind::Choice(&[
        "id",
        "-id",
        "created-date",
        "-created-date",
        "modified-date",
        "-modified-date",
    ]),
);

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    id: "getBlogPosts",
    path: "/wiki/api/v2/blogposts",
    scopes: &[&["read:page:confluence"]],
    parameters: &[
        Parameter::new("id", Kind::Integers { most: 250 }),
        Parameter::new("space-id", Kind::Integers { most: 100 }),
        SORT,
        STATUS,
        TITLE,
        BODY_FORMAT,
        CURSOR,
        LIMIT,
    ],
    answer: list,
}];

impl Call<'_> {
    /// The blog post that the path names. One in the trash is still shown, one that was deleted from there is not.
    pub(super) fn blogpost(&self) -> Result<BlogPost<'_>, Refusal> {
        self.blogpost_of(!PageStatus::Deleted.bit())
    }

    /// The blog post that the path names, if it has one of the statuses, which are given as bits.
    pub(super) fn blogpost_of(&self, statuses: u8) -> Result<BlogPost<'_>, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.blogpost(id))
            .filter(|post| statuses & post.status().bit() != 0)
            .filter(|post| self.sees(&self.organisation.spaces[post.record.space as usize]))
            .ok_or_else(|| {
                Refusal::NoSuchObject(format!("Cannot find a blog post with id [{text}]"))
            })
    }
}

fn list(call: &Call) -> Result<Answer, Refusal> {
    let ids: Option<HashSet<u64>> = call.arguments.ids("id").map(Iterator::collect);
    let spaces = pages::spaces(call);
    let posts = with_status_and_title(call).filter(|post| {
        ids.as_ref().is_none_or(|ids| ids.contains(&post.id()))
            && spaces
                .as_ref()
                .is_none_or(|spaces| spaces.contains(&post.record.space))
    });
    answer(call, posts)
}

/// The blog posts that have a status and the title that are asked for. As of pages, the case of a title is no matter.
fn with_status_and_title<'a>(call: &'a Call) -> impl Iterator<Item = BlogPost<'a>> {
    let statuses = pages::statuses(&call.arguments).unwrap_or(PageStatus::Current.bit());
    let title = call.arguments.text("title").map(str::to_lowercase);
    call.organisation.blogposts().filter(move |post| {
        statuses & post.status().bit() != 0
            && title
                .as_ref()
                .is_none_or(|title| post.title().to_lowercase() == *title)
    })
}

/// Those of some blog posts that the caller sees, in the order that is asked for.
pub(super) fn answer<'a>(
    call: &'a Call,
    posts: impl Iterator<Item = BlogPost<'a>>,
) -> Result<Answer, Refusal> {
    let sort = call.arguments.text("sort").unwrap_or("id");
    let by = sort.trim_start_matches('-');
    let rows = posts
        .filter(|post| call.sees(&call.organisation.spaces[post.record.space as usize]))
        .map(|post| {
            let id = post.id() as i64;
            let value = SortValue::Number(match by {
                "created-date" => post.record.created_at,
                "modified-date" => post.record.latest.created_at,
                _ => id,
            });
            (Position { value, id }, post)
        });
    let body_format = call.arguments.text("body-format");
    let row = |post| BlogPostRow::of(post, body_format);
    paging::page(call, &Sorted::new(rows, sort.starts_with('-'), row))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlogPostRow<'a> {
    id: Id,
    status: &'static str,
    title: String,
    space_id: Id,
    author_id: Option<&'a str>,
    created_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<VersionRow<'a>>,
    body: Body<'a>,
    #[serde(rename = "_links")]
    links: Links<WebLink<'a>>,
}

impl<'a> BlogPostRow<'a> {
    fn of(post: BlogPost<'a>, body_format: Option<&'a str>) -> Self {
        let version = post.latest_version();
        Self {
            id: Id(post.id()),
            status: post.status().as_str(),
            title: post.title().into_owned(),
            space_id: Id(post.space_id()),
            author_id: post.author_id(),
            created_at: Moment(post.record.created_at),
            version: Some(VersionRow::of(version)),
            body: Body {
                version,
                format: body_format,
            },
            links: Links::of(post.id(), WebLink(post)),
        }
    }
}

/// Where a blog post is for people, from the context on.
pub(super) fn web_path(post: BlogPost) -> String {
    WebLink(post).to_string()
}

/// A blog post stands under the day on which it was written.
struct WebLink<'a>(BlogPost<'a>);

impl fmt::Display for WebLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(post) = self;
        let space = &post.organisation.spaces[post.record.space as usize].key;
        let day = Offset::UTC.to_datetime(post.created_at()).date();
        write!(
            f,
            "/spaces/{space}/blog/{}/{}/{}",
            day.strftime("%Y/%m/%d"),
            post.id(),
            TitleInLink(&post.title())
        )
    }
}
