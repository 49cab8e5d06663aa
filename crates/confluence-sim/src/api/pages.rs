//! Pages.

use super::belongings;
use super::content::{BODY_FORMAT, Body, Links, TitleInLink, VersionRow};
use super::row::Id;
use crate::organisation::order::PageQuery;
use crate::organisation::record::PageSort;
use crate::organisation::time::Moment;
use crate::organisation::{Organisation, Page, PageStatus, Subtype};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Listing, Position};
use crate::server::parameters::{Arguments, CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use std::fmt;

const STATUSES: &[&str] = &[
    PageStatus::Current.as_str(),
    PageStatus::Archived.as_str(),
    PageStatus::Deleted.as_str(),
    PageStatus::Trashed.as_str(),
];
const SORTS: &[&str] = &[
    "id",
    "-id",
    "created-date",
    "-created-date",
    "modified-date",
    "-modified-date",
    "title",
    "-title",
];
const STATUS: Parameter = Parameter::new("status", Kind::Choices(STATUSES));
pub(super) const SORT: Parameter = Parameter::new("sort", Kind::Choice(SORTS));
const TITLE: Parameter = Parameter::new("title", Kind::Text);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPages",
        path: "/wiki/api/v2/pages",
        scopes: &[&["read:page:confluence"]],
        parameters: &[
            Parameter::new("id", Kind::Integers { most: 250 }),
            Parameter::new("space-id", Kind::Integers { most: 100 }),
            SORT,
            STATUS,
            TITLE,
            BODY_FORMAT,
            Parameter::new("subtype", Kind::Choice(&["live", "page"])),
            CURSOR,
            LIMIT,
        ],
        answer: list,
    },
    Operation {
        id: "getPagesInSpace",
        path: "/wiki/api/v2/spaces/{id}/pages",
        scopes: &[&["read:page:confluence"]],
        parameters: &[
            Parameter::new("depth", Kind::Choice(&["all", "root"])),
            SORT,
            STATUS,
            TITLE,
            BODY_FORMAT,
            CURSOR,
            LIMIT,
        ],
        answer: list_of_space,
    },
    Operation {
        id: "getPageById",
        path: "/wiki/api/v2/pages/{id}",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: single,
    },
];

fn list(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let mut query = page_query(call);
    // What does not exist is nowhere to be found; that is no error.
    query.pages = call
        .arguments
        .ids("id")
        .map(|ids| ids.filter_map(|id| organisation.page_number(id)).collect());
    query.spaces = spaces(call);
    query.subtype = call.arguments.text("subtype").map(|subtype| match subtype {
        "live" => Subtype::Live,
        _ => Subtype::Page,
    });
    answer(call, query)
}

/// Numbers of the spaces that are asked for.
pub(super) fn spaces(call: &Call) -> Option<Vec<u32>> {
    call.arguments.ids("space-id").map(|ids| {
        let mut spaces: Vec<u32> = ids
            .filter_map(|id| call.organisation.space_number(id))
            .map(|number| number as u32)
            .collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    })
}

fn list_of_space(call: &Call) -> Result<Answer, Refusal> {
    let mut query = page_query(call);
    query.spaces = Some(vec![call.space_number()? as u32]);
    query.roots_only = call.arguments.text("depth") == Some("root");
    answer(call, query)
}

/// What the listings of pages have in common.
pub(super) fn page_query(call: &Call) -> PageQuery {
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
        sort: match sort.trim_start_matches('-') {
            "created-date" => PageSort::CreatedDate,
            "modified-date" => PageSort::ModifiedDate,
            "title" => PageSort::Title,
            _ => PageSort::Id,
        },
        descending: sort.starts_with('-'),
    }
}

/// The statuses that are asked for, as bits.
pub(super) fn statuses(arguments: &Arguments) -> Option<u8> {
    let asked = arguments.texts("status")?;
    let named = |status: &PageStatus| asked.iter().any(|asked| asked == status.as_str());
    Some(
        PageStatus::ALL
            .into_iter()
            .filter(named)
            .map(PageStatus::bit)
            .sum(),
    )
}

pub(super) fn answer(call: &Call, query: PageQuery) -> Result<Answer, Refusal> {
    let body_format = call.arguments.text("body-format");
    paging::page(
        call,
        &PageListing {
            organisation: call.organisation,
            query,
            body_format,
        },
    )
}

struct PageListing<'a> {
    organisation: &'a Organisation,
    query: PageQuery,
    body_format: Option<&'a str>,
}

impl PageListing<'_> {
    /// How many pages, of all and in ascending order, come before a position; with it, if it is to be on that side.
    fn rank(&self, position: &Position, and_at: bool) -> usize {
        self.organisation
            .rank(self.query.sort, &position.value, position.id, and_at)
    }
}

impl Listing for PageListing<'_> {
    type Row = u32;

    fn after(&self, position: Option<&Position>, count: usize) -> Vec<u32> {
        let descending = self.query.descending;
        let ranks = match position {
            None => 0..self.organisation.pages.len(),
            Some(position) if descending => 0..self.rank(position, false),
            Some(position) => self.rank(position, true)..self.organisation.pages.len(),
        };
        self.organisation
            .select(&self.query, ranks, descending)
            .take(count)
            .collect()
    }

    fn up_to(&self, position: &Position, count: usize) -> Vec<u32> {
        let descending = self.query.descending;
        let ranks = if descending {
            self.rank(position, false)..self.organisation.pages.len()
        } else {
            0..self.rank(position, true)
        };
        let mut rows: Vec<u32> = self
            .organisation
            .select(&self.query, ranks, !descending)
            .take(count)
            .collect();
        rows.reverse();
        rows
    }

    fn position(&self, row: u32) -> Position {
        let id = self.organisation.pages[row as usize].id as i64;
        Position {
            value: self.organisation.page_sort_value(self.query.sort, row),
            id,
        }
    }

    fn write(&self, row: u32, out: &mut Vec<u8>) {
        let page = self.organisation.page_numbered(row);
        let title = page.title();
        let row = PageRow {
            subtype: Some(page.subtype()),
            ..PageRow::of(page, &title, self.body_format)
        };
        serde_json::to_writer(out, &row).expect("memory takes whatever is written to it");
    }
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let page = call.page()?;
    let title = page.title();
    let row = PageRow::of(page, &title, None);
    Ok(belongings::single(call, &row))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageRow<'a> {
    id: Id,
    status: &'static str,
    title: &'a str,
    space_id: Id,
    parent_id: Option<Id>,
    parent_type: Option<&'static str>,
    position: Option<u32>,
    author_id: Option<&'a str>,
    owner_id: Option<&'a str>,
    last_owner_id: Option<&'a str>,
    /// In listings only, and null in them where it was never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtype: Option<Option<&'static str>>,
    source_template_entity_id: Option<Id>,
    created_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<VersionRow<'a>>,
    body: Body<'a>,
    #[serde(rename = "_links")]
    links: Links<WebLink<'a>>,
}

impl<'a> PageRow<'a> {
    fn of(page: Page<'a>, title: &'a str, body_format: Option<&'a str>) -> Self {
        let space = &page.organisation.spaces[page.record.space as usize];
        let parent = page.parent();
        let version = page.latest_version();
        let web = WebLink {
            space: &space.key,
            page: page.id(),
            title,
            home: space.homepage_id == Some(page.id()),
        };
        let mut links = Links::of(page.id(), web);
        links.edituiv2 = Some(format!("/spaces/{}/pages/edit-v2/{}", space.key, page.id()));
        Self {
            id: Id(page.id()),
            status: page.status().as_str(),
            title,
            space_id: Id(space.id),
            parent_id: parent.map(|(_, id)| Id(id)),
            parent_type: parent.map(|(kind, _)| kind),
            position: page.position(),
            author_id: page.author_id(),
            owner_id: page.owner_id(),
            last_owner_id: page.last_owner_id(),
            subtype: None,
            source_template_entity_id: page.template_id().map(Id),
            created_at: Moment(page.record.created_at),
            version: Some(VersionRow::of(version)),
            body: Body {
                version,
                format: body_format,
            },
            links,
        }
    }
}

struct WebLink<'a> {
    space: &'a str,
    page: u64,
    title: &'a str,
    /// A space's home has an address of its own.
    home: bool,
}

impl fmt::Display for WebLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.home {
            return write!(f, "/spaces/{}/overview", self.space);
        }
        let title = TitleInLink(self.title);
        write!(f, "/spaces/{}/pages/{}/{title}", self.space, self.page)
    }
}

/// Where a page is for people, from the context on.
pub(super) fn web_path(page: Page) -> String {
    let space = &page.organisation.spaces[page.record.space as usize];
    let link = WebLink {
        space: &space.key,
        page: page.id(),
        title: &page.title(),
        home: space.homepage_id == Some(page.id()),
    };
    link.to_string()
}
