//! Pages and blog posts.

use super::prelude::*;
use crate::organisation::order::PageQuery;
use crate::organisation::record::DateSort;
use crate::organisation::time::Moment;
use crate::organisation::{Organisation, Page, PageStatus, Subtype};
use crate::server::paging::{self, Listing};
use jiff::tz::Offset;
use serde::Serialize;
use std::ops::Range;

const STATUSES: &[&str] = &["current", "archived", "deleted", "trashed"];
const STATUS: Parameter = Parameter::new("status", Kind::Choices(STATUSES));
const POST_STATUS: Parameter =
    Parameter::new("status", Kind::Choices(&["current", "deleted", "trashed"]));
pub(super) const SORT: Parameter = listing::sort(&["id", "created-date", "modified-date"]);
const IDS: Parameter = listing::ids("id", 250);
const SPACE_IDS: Parameter = listing::ids("space-id", 100);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getPages" v2 "pages", PAGE, &[
        IDS, SPACE_IDS, SORT, STATUS, TITLE, BODY_FORMAT,
        Parameter::new("subtype", Kind::Choice(&["live", "page"])),
        CURSOR, LIMIT,
    ] => list_all;
    "getPagesInSpace" v2 "spaces/{id}/pages", PAGE, &[
        Parameter::new("depth", Kind::Choice(&["all", "root"])),
        SORT, STATUS, TITLE, BODY_FORMAT, CURSOR, LIMIT,
    ] => list_of_space;
    "getBlogPosts" v2 "blogposts", PAGE,
        &[IDS, SPACE_IDS, SORT, POST_STATUS, TITLE, BODY_FORMAT, CURSOR, LIMIT] => list_posts;
};

fn list_all(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    // What does not exist is nowhere to be found; that is no error.
    let ids = call.arguments.ids("id");
    let pages = ids.map(|ids| ids.filter_map(|id| organisation.page_number(id)).collect());
    let subtype = call.arguments.text("subtype").map(|subtype| match subtype {
        "live" => Subtype::Live,
        _ => Subtype::Page,
    });
    let query = PageQuery {
        pages,
        spaces: spaces(call),
        subtype,
        ..page_query(call)
    };
    list_pages(call, query)
}

fn list_of_space(call: &Call) -> Result<Answer, Refusal> {
    let query = PageQuery {
        spaces: Some(vec![call.space_number()? as u32]),
        roots_only: call.arguments.text("depth") == Some("root"),
        ..page_query(call)
    };
    list_pages(call, query)
}

pub(super) fn of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    let query = PageQuery {
        pages: Some(call.organisation.page_numbers_of_label(label.id).to_vec()),
        spaces: spaces(call),
        ..page_query(call)
    };
    list_pages(call, query)
}

fn list_posts(call: &Call) -> Result<Answer, Refusal> {
    let statuses = statuses(&call.arguments).unwrap_or(PageStatus::Current.bit());
    // As of pages, the case of a title is no matter.
    let title = call.arguments.text("title").map(str::to_lowercase);
    let posts = call.organisation.blogposts().filter(|post| {
        let called = |title: &String| post.title().to_lowercase() == *title;
        statuses & post.status().bit() != 0
            && title.as_ref().is_none_or(called)
            && call.arguments.admits_id("id", post.id())
    });
    answer_with_posts(call, posts)
}

pub(super) fn posts_of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    answer_with_posts(call, call.organisation.blogposts_of_label(label.id))
}

/// Those of some blog posts that are in the spaces asked for and that the caller sees.
fn answer_with_posts<'a>(
    call: &Call,
    posts: impl IntoIterator<Item = Page<'a>>,
) -> Result<Answer, Refusal> {
    let asked = |post: &Page| {
        call.sees(post.space()) && call.arguments.admits_id("space-id", post.space_id())
    };
    let place = |post: Page, by: &str| match by {
        "created-date" => Position::number(post.record.created_at, post.id()),
        "modified-date" => Position::number(post.record.modified_at, post.id()),
        _ => Position::of(post.id()),
    };
    let format = call.arguments.text("body-format");
    let row = |post| PageRow::of(post, format);
    list(call, posts.into_iter().filter(asked), "id", place, row)
}

/// Numbers of the spaces that are asked for.
fn spaces(call: &Call) -> Option<Vec<u32>> {
    call.arguments.ids("space-id").map(|ids| {
        let numbers = ids.filter_map(|id| call.organisation.space_number(id));
        let mut spaces: Vec<u32> = numbers.map(|number| number as u32).collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    })
}

fn page_query(call: &Call) -> PageQuery {
    let sort = call.arguments.text("sort").unwrap_or("id");
    PageQuery {
        statuses: statuses(&call.arguments)
            .unwrap_or(PageStatus::DEFAULT.map(PageStatus::bit).iter().sum()),
        spaces: None,
        pages: None,
        title: call.arguments.text("title").map(str::to_owned),
        subtype: None,
        roots_only: false,
        open_to_anonymous: call.is_anonymous(),
        sort: DateSort::by(sort.trim_start_matches('-')),
        descending: sort.starts_with('-'),
    }
}

/// The statuses that are asked for, as bits.
fn statuses(arguments: &Arguments) -> Option<u8> {
    arguments.texts("status")?;
    let asked = |status: &PageStatus| arguments.admits("status", Some(status.as_str()));
    let statuses = PageStatus::ALL.into_iter().filter(asked);
    Some(statuses.map(PageStatus::bit).sum())
}

fn list_pages(call: &Call, query: PageQuery) -> Result<Answer, Refusal> {
    let listing = PageListing {
        organisation: call.organisation,
        query,
        body_format: call.arguments.text("body-format"),
    };
    paging::page(call, &listing)
}

/// Pages, of which there may be too many to be sorted for every request.
struct PageListing<'a> {
    organisation: &'a Organisation,
    query: PageQuery,
    body_format: Option<&'a str>,
}

impl Listing for PageListing<'_> {
    type Row = u32;

    fn len(&self) -> usize {
        self.organisation.pages.len()
    }

    fn is_descending(&self) -> bool {
        self.query.descending
    }

    fn rank(&self, position: &Position, and_at: bool) -> usize {
        let sort = self.query.sort;
        self.organisation.rank(sort, position.numbers(), and_at)
    }

    fn select(&self, ranks: Range<usize>, backwards: bool, count: usize) -> Vec<u32> {
        let pages = self.organisation.select(&self.query, ranks, backwards);
        pages.take(count).collect()
    }

    fn position(&self, row: u32) -> Position {
        let sort = self.query.sort;
        self.organisation.page_position(sort, row).into()
    }

    fn write(&self, row: u32, out: &mut Vec<u8>) {
        let page = self.organisation.page_numbered(row);
        let mut row = PageRow::of(page, self.body_format);
        if let Some(place) = &mut row.place {
            place.subtype = Some(page.subtype());
        }
        serde_json::to_writer(out, &row).expect("memory takes whatever is written to it");
    }
}

/// A page by itself.
pub(super) fn row(page: Page) -> Value {
    json!(PageRow::of(page, None))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageRow<'a> {
    id: Id,
    status: PageStatus,
    title: String,
    space_id: Id,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    author_id: Option<&'a str>,
    created_at: Moment,
    version: VersionRow<'a>,
    body: Value,
    #[serde(rename = "_links")]
    links: Value,
}

/// What blog posts do not have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    parent_id: Option<Id>,
    parent_type: Option<&'static str>,
    position: Option<u32>,
    owner_id: Option<&'a str>,
    last_owner_id: Option<&'a str>,
    /// In listings only, and null in them where it was never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtype: Option<Option<&'static str>>,
    source_template_entity_id: Option<Id>,
}

impl<'a> PageRow<'a> {
    fn of(page: Page<'a>, format: Option<&str>) -> Self {
        let version = page.latest_version();
        let parent = page.parent();
        let place = (!page.record.is_post).then(|| Place {
            parent_id: parent.map(|(_, id)| Id(id)),
            parent_type: parent.map(|(kind, _)| kind),
            position: page.position(),
            owner_id: page.owner_id(),
            last_owner_id: page.last_owner_id(),
            subtype: None,
            source_template_entity_id: page.template_id().map(Id),
        });
        Self {
            id: Id(page.id()),
            status: page.status(),
            title: page.title().into_owned(),
            space_id: Id(page.space_id()),
            place,
            author_id: page.author_id(),
            created_at: Moment(page.record.created_at),
            version: VersionRow::of_page(version.revision()),
            body: body(format, |format| {
                Some(match format {
                    "atlas_doc_format" => version.document_body(),
                    _ => version.storage_body(),
                })
            }),
            links: links(page),
        }
    }
}

fn links(page: Page) -> Value {
    let id = page.id();
    let mut links = json!({
        "editui": format!("/pages/resumedraft.action?draftId={id}"),
        "webui": web_path(page),
        "tinyui": format!("/x/{id:X}"),
    });
    if !page.record.is_post {
        links["edituiv2"] = format!("/spaces/{}/pages/edit-v2/{id}", page.space().key).into();
    }
    links
}

/// Where a page or blog post is for people, from the context on. A space's home has an address of its own, and a blog
/// post stands under the day on which it was written.
pub(super) fn web_path(page: Page) -> String {
    let (space, id) = (page.space(), page.id());
    let (key, title) = (&space.key, page.title());
    let words = title.split(' ').map(|word| query::encode(word).to_string());
    let title = Vec::from_iter(words).join("+");
    if page.record.is_post {
        let day = Offset::UTC.to_datetime(page.created_at()).date();
        let day = day.strftime("%Y/%m/%d");
        format!("/spaces/{key}/blog/{day}/{id}/{title}")
    } else if space.homepage_id == Some(id) {
        format!("/spaces/{key}/overview")
    } else {
        format!("/spaces/{key}/pages/{id}/{title}")
    }
}
