//! Pages.

use super::row::{Formatted, Id};
use super::{Call, Operation};
use crate::organisation::order::{PageQuery, PageSort};
use crate::organisation::time::Moment;
use crate::organisation::{Organisation, Page, PageStatus, Subtype};
use crate::server::answer::{Answer, Refusal};
use crate::server::paging::{self, Listing, Position};
use crate::server::parameters::{Arguments, CURSOR, Kind, LIMIT, Parameter};
use crate::server::query;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::fmt;

const STATUSES: &[&str] = &[
    PageStatus::Current.as_str(),
    PageStatus::Archived.as_str(),
    PageStatus::Deleted.as_str(),
    PageStatus::Trashed.as_str(),
];
const SINGLE_STATUSES: &[&str] = &[
    "current",
    "archived",
    "trashed",
    "deleted",
    "historical",
    "draft",
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
const BODY_FORMATS: &[&str] = &["storage", "atlas_doc_format"];
const SINGLE_BODY_FORMATS: &[&str] = &[
    "storage",
    "atlas_doc_format",
    "view",
    "export_view",
    "anonymous_export_view",
    "styled_view",
    "editor",
];

const STATUS: Parameter = Parameter::new("status", Kind::Choices(STATUSES));
const SORT: Parameter = Parameter::new("sort", Kind::Choice(SORTS));
const TITLE: Parameter = Parameter::new("title", Kind::Text);
const BODY_FORMAT: Parameter = Parameter::new("body-format", Kind::Choice(BODY_FORMATS));

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
        parameters: &[
            Parameter::new("body-format", Kind::Choice(SINGLE_BODY_FORMATS)),
            Parameter::new("status", Kind::Choices(SINGLE_STATUSES)),
            Parameter::new("version", Kind::Integer),
            Parameter::new("include-version", Kind::Flag),
            Parameter::new("get-draft", Kind::FlagNotModelled),
            Parameter::new("include-labels", Kind::FlagNotModelled),
            Parameter::new("include-properties", Kind::FlagNotModelled),
            Parameter::new("include-operations", Kind::FlagNotModelled),
            Parameter::new("include-likes", Kind::FlagNotModelled),
            Parameter::new("include-versions", Kind::FlagNotModelled),
            Parameter::new(
                "include-favorited-by-current-user-status",
                Kind::FlagNotModelled,
            ),
            Parameter::new("include-webresources", Kind::FlagNotModelled),
            Parameter::new("include-collaborators", Kind::FlagNotModelled),
            Parameter::new("include-direct-children", Kind::FlagNotModelled),
        ],
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
    query.spaces = call.arguments.ids("space-id").map(|ids| {
        let mut spaces: Vec<u32> = ids
            .filter_map(|id| organisation.space_number(id))
            .map(|number| number as u32)
            .collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    });
    query.subtype = call.arguments.text("subtype").map(|subtype| match subtype {
        "live" => Subtype::Live,
        _ => Subtype::Page,
    });
    answer(call, query)
}

fn list_of_space(call: &Call) -> Result<Answer, Refusal> {
    let mut query = page_query(call);
    query.spaces = Some(vec![call.space_number()? as u32]);
    query.roots_only = call.arguments.text("depth") == Some("root");
    answer(call, query)
}

/// What the listings of pages have in common.
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
fn statuses(arguments: &Arguments) -> Option<u8> {
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

fn answer(call: &Call, query: PageQuery) -> Result<Answer, Refusal> {
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
    let page = match statuses(&call.arguments) {
        Some(statuses) => call.page_of(statuses)?,
        None => call.page()?,
    };
    if let Some(version) = call.arguments.integer("version") {
        let latest = i64::from(page.version());
        if version > latest || version < 1 {
            return Err(Refusal::NoSuchObject(format!(
                "Cannot find version [{version}] of the page with id [{}]",
                page.id()
            )));
        }
        if version < latest {
            return Err(Refusal::NotModelled(
                "The stand-in does not model older versions of a page".to_owned(),
            ));
        }
    }
    let title = page.title();
    let mut row = PageRow::of(page, &title, call.arguments.text("body-format"));
    row.links.base = Some(format!("{}/wiki", call.site));
    if call.arguments.flag("include-version") == Some(false) {
        row.version = None;
    }
    Ok(Answer::ok(&row))
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
    source_template_entity_id: Option<&'static str>,
    created_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version<'a>>,
    body: Body<'a>,
    #[serde(rename = "_links")]
    links: Links<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Version<'a> {
    number: u32,
    message: Option<&'static str>,
    minor_edit: bool,
    author_id: Option<&'a str>,
    created_at: Moment,
    ncs_step_version: Option<&'static str>,
}

#[derive(Serialize)]
struct Links<'a> {
    editui: EditLink,
    webui: WebLink<'a>,
    tinyui: TinyLink,
    /// On a single page only; a listing has it once.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
}

impl<'a> PageRow<'a> {
    fn of(page: Page<'a>, title: &'a str, body_format: Option<&'a str>) -> Self {
        let space = &page.organisation.spaces[page.record.space as usize];
        let parent = page.parent();
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
            source_template_entity_id: None,
            created_at: Moment(page.record.created_at),
            version: Some(Version {
                number: page.version(),
                message: page.version_message(),
                minor_edit: page.minor_edit(),
                author_id: page.version_author_id(),
                created_at: Moment(page.record.modified_at),
                ncs_step_version: None,
            }),
            body: Body {
                page,
                format: body_format,
            },
            links: Links {
                editui: EditLink(page.id()),
                webui: WebLink {
                    space: &space.key,
                    page: page.id(),
                    title,
                    home: space.homepage_id == Some(page.id()),
                },
                tinyui: TinyLink(page.id()),
                base: None,
            },
        }
    }
}

/// Empty, or the body in the format that was asked for.
struct Body<'a> {
    page: Page<'a>,
    format: Option<&'a str>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        if let Some(representation) = self.format {
            let value = match representation {
                "atlas_doc_format" => self.page.document_body(),
                // The bodies here have no macros, and then the rendered formats are as the stored one.
                _ => self.page.storage_body(),
            };
            body.serialize_entry(
                representation,
                &Formatted {
                    representation,
                    value,
                },
            )?;
        }
        body.end()
    }
}

struct EditLink(u64);

impl fmt::Display for EditLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/pages/resumedraft.action?draftId={}", self.0)
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
        write!(f, "/spaces/{}/pages/{}/", self.space, self.page)?;
        for (place, word) in self.title.split(' ').enumerate() {
            if place > 0 {
                f.write_str("+")?;
            }
            write!(f, "{}", query::encode(word))?;
        }
        Ok(())
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

struct TinyLink(u64);

impl fmt::Display for TinyLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/x/{:X}", self.0)
    }
}

/// Links are written where they stand, without a string for each.
macro_rules! serialize_as_text {
    ($($link:ty),*) => {$(
        impl Serialize for $link {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}
serialize_as_text!(EditLink, WebLink<'_>, TinyLink);
