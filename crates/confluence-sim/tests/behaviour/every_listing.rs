//! What holds for every listing: its rows are the organisation's, whatever the length of its pages; orders and filters
//! are those that its own rows show; and what makes no sense is refused.

use crate::client::{anonymous, small, start};
use crate::patterns::each;
use confluence_sim::{Container, Content, Organisation, Page, PageStatus, Version};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::HashSet;

/// A parameter's value, and where a row has what it is about.
type Told = (&'static str, &'static str);

struct Listing {
    /// With a query, if only with one.
    path: String,
    id: &'static str,
    /// As the organisation has them, in any order.
    ids: Vec<String>,
    sorts: &'static [Told],
    filters: &'static [Told],
}

/// Listings: each by its path, with the ids of its rows, where they tell them if not as `/id`, and what it is sorted and
/// filtered by.
macro_rules! listings {
    ($($path:expr, $ids:expr $(, told by $id:literal)? $(, sorts $sorts:expr)? $(, filters $filters:expr)?;)*) => {
        vec![$(Listing {
            path: format!("/wiki/api/v2/{}", $path),
            ids: $ids.into_iter().map(|id| id.to_string()).collect(),
            $(id: $id,)?
            $(sorts: $sorts,)?
            $(filters: $filters,)?
            ..Listing::default()
        },)*]
    };
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            path: String::new(),
            id: "/id",
            ids: Vec::new(),
            sorts: &[],
            filters: &[],
        }
    }
}

impl Listing {
    fn with(&self, query: &str) -> String {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{sign}{query}", self.path)
    }

    fn id_of(&self, row: &Value) -> String {
        text(row.pointer(self.id).unwrap_or(&Value::Null))
    }
}

const BY_ID: Told = ("id", "/id");
const BY_CREATION: Told = ("created-date", "/createdAt");
const BY_CHANGE: Told = ("modified-date", "/version/createdAt");
const PAGE_SORTS: &[Told] = &[BY_ID, BY_CREATION, BY_CHANGE];
const FILE_SORTS: &[Told] = &[BY_CREATION, BY_CHANGE];
const SPACE_FILTERS: &[Told] = &[
    ("ids", "/id"),
    ("keys", "/key"),
    ("type", "/type"),
    ("status", "/status"),
];
const CONTENT_FILTERS: &[Told] = &[("id", "/id"), ("space-id", "/spaceId"), ("title", "/title")];
const FILE_FILTERS: &[Told] = &[("mediaType", "/mediaType"), ("filename", "/title")];
const TASK_FILTERS: &[Told] = &[
    ("task-id", "/id"),
    ("space-id", "/spaceId"),
    ("page-id", "/pageId"),
    ("blogpost-id", "/blogPostId"),
    ("created-by", "/createdBy"),
    ("assigned-to", "/assignedTo"),
    ("completed-by", "/completedBy"),
    ("status", "/status"),
];

/// Of every family, with what hangs on the one thing of it that has most.
fn listings(site: &Organisation) -> Vec<Listing> {
    let listed = |status: PageStatus| PageStatus::DEFAULT.contains(&status);
    let gone = |page: &Page| !listed(page.status());
    let pages = || site.listed_pages().map(|page| page.id());
    let posts = || site.listed_blogposts().map(|post| post.id());
    let page = most(pages(), |&id| {
        site.labels_of_page(id).len() + site.properties_of_page(id).len()
    });
    let popular = most(pages(), |&id| site.likes(id).len());
    let changed = most(pages(), |&id| site.versions(id).len());
    let above = most(pages(), |&id| site.children(id).len());
    let space = most(site.spaces().map(|space| space.id), |&id| {
        site.permissions(id).count()
    });
    let label = most(site.labels().iter().map(|label| label.id), |&id| {
        site.pages_of_label(id).len()
    });
    let on_page = |container: Container| matches!(container, Container::Page(_));
    let discussed = most(site.footer_comments().map(|one| one.container), |&place| {
        let here = site.footer_comments().filter(|one| one.container == place);
        usize::from(on_page(place)) * here.count()
    });
    let files = || site.listed_attachments();
    let filed = most(files().map(|one| one.container), |&place| {
        let here = files().filter(|one| one.container == place);
        usize::from(on_page(place)) * here.count()
    });
    let (Container::Page(discussed_page), Container::Page(filed_page)) = (discussed, filed) else {
        panic!("some pages have comments and files");
    };
    let pieces = || site.listed_custom_content();
    let kind = pieces().next().expect("a piece").kind;
    let footer = || site.footer_comments().filter(|one| listed(one.status));
    let inline = || site.inline_comments().filter(|one| listed(one.status));
    let roots = footer().filter(|one| one.container == discussed && one.parent_id.is_none());
    let in_space = |page: &Page| page.space_id() == space;
    let is_root = |page: &Page| in_space(page) && page.parent().is_none();
    let of_space = site.listed_pages().filter(in_space);
    let roots_of_space = site.listed_pages().filter(is_root);
    let descendants = site.descendants(above).into_iter();
    let descendants = descendants.filter(|below| below.depth <= 10);
    listings! {
        "spaces", site.spaces().map(|space| space.id), sorts &[BY_ID], filters SPACE_FILTERS;
        "pages", pages(), sorts PAGE_SORTS, filters CONTENT_FILTERS;
        "pages", pages(), filters &[("subtype", "/subtype"), ("status", "/status")];
        "pages?status=trashed,deleted", site.pages().filter(gone).map(|page| page.id()), sorts PAGE_SORTS;
        format!("spaces/{space}/pages"), of_space.map(|page| page.id()), sorts PAGE_SORTS,
            filters &[("title", "/title"), ("status", "/status")];
        format!("spaces/{space}/pages?depth=root"), roots_of_space.map(|page| page.id());
        "blogposts", posts(), sorts PAGE_SORTS, filters CONTENT_FILTERS;
        "blogposts?status=trashed&status=deleted", site.blogposts().filter(gone).map(|post| post.id());
        "labels", site.labels().iter().map(|label| label.id), sorts &[BY_ID],
            filters &[("label-id", "/id"), ("prefix", "/prefix")];
        format!("pages/{page}/labels"), site.labels_of_page(page).iter().map(|label| label.id),
            filters &[("prefix", "/prefix")];
        format!("labels/{label}/pages"), site.pages_of_label(label).iter().map(Page::id), sorts PAGE_SORTS,
            filters &[("space-id", "/spaceId")];
        format!("labels/{label}/blogposts"), site.blogposts_of_label(label).iter().map(Page::id), sorts PAGE_SORTS;
        "attachments", files().map(|file| file.id), sorts FILE_SORTS, filters FILE_FILTERS;
        format!("pages/{filed_page}/attachments"), files().filter(|file| file.container == filed).map(|file| file.id),
            sorts FILE_SORTS, filters FILE_FILTERS;
        "footer-comments", footer().map(|one| one.id), sorts &[BY_CHANGE];
        "inline-comments", inline().map(|one| one.id), sorts &[BY_CHANGE];
        format!("pages/{discussed_page}/footer-comments"), roots.map(|one| one.id), sorts &[BY_CHANGE];
        format!("custom-content?type={kind}"), pieces().filter(|piece| piece.kind == kind).map(|piece| piece.id),
            sorts PAGE_SORTS, filters &[("id", "/id"), ("space-id", "/spaceId")];
        "tasks", site.listed_tasks().map(|task| task.id), filters TASK_FILTERS;
        format!("spaces/{space}/permissions"), site.permissions(space).map(|permission| permission.id);
        format!("pages/{changed}/versions"), site.versions(changed).iter().map(Version::number), told by "/number";
        format!("pages/{page}/properties"), site.properties_of_page(page).iter().map(|one| one.id),
            filters &[("key", "/key")];
        format!("spaces/{space}/properties"), site.properties_of_space(space).iter().map(|one| one.id);
        format!("pages/{popular}/likes/users"), site.likes(popular), told by "/accountId";
        format!("pages/{above}/direct-children"), site.children(above).iter().map(Content::id), sorts &[BY_ID];
        format!("pages/{above}/descendants?depth=10"), descendants.map(|below| below.item.id());
    }
}

fn most<T>(things: impl Iterator<Item = T>, of: impl Fn(&T) -> usize) -> T {
    things.max_by_key(of).expect("there are some")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// What rows are sorted by: numbers, times, and text whatever its case.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Time(jiff::Timestamp),
    Text(String),
}

fn key(row: &Value, at: &str) -> Key {
    let text = text(row.pointer(at).unwrap_or(&Value::Null));
    match (text.parse(), text.parse()) {
        (Ok(number), _) => Key::Number(number),
        (_, Ok(time)) => Key::Time(time),
        _ => Key::Text(text.to_lowercase()),
    }
}

#[test]
fn every_listing_is_what_the_organisation_has_in_pages_of_any_length() {
    let (sim, client) = start(&small());
    for listing in listings(&sim.organisation()) {
        let path = &listing.path;
        let whole = client.all_rows(&listing.with("limit=250"));
        let mut ids: Vec<String> = whole.iter().map(|row| listing.id_of(row)).collect();
        ids.sort();
        let mut wanted = listing.ids.clone();
        wanted.sort();
        assert!(!wanted.is_empty(), "{path} shows nothing");
        assert_eq!(ids, wanted, "{path}");
        for limit in [1, 7, 100] {
            if whole.len() / limit < 200 {
                let rows = client.all_rows(&listing.with(&format!("limit={limit}")));
                assert_eq!(rows, whole, "{path} in pages of {limit}");
            }
        }
    }
}

#[test]
fn every_order_is_right_and_its_reverse_the_same_from_the_end() {
    let (sim, client) = start(&small());
    for listing in listings(&sim.organisation()) {
        for (sort, at) in listing.sorts {
            let path = listing.with(&format!("limit=90&sort={sort}"));
            let ascending = client.all_rows(&path);
            assert_eq!(ascending.len(), listing.ids.len(), "{path}");
            let place = |row: &Value| (key(row, at), key(row, listing.id));
            assert!(ascending.iter().map(place).is_sorted(), "{path}");
            let path = listing.with(&format!("limit=90&sort=-{sort}"));
            let mut descending = client.all_rows(&path);
            descending.reverse();
            assert_eq!(descending, ascending, "{path}");
        }
    }
}

#[test]
fn every_filter_leaves_the_rows_that_say_so() {
    let (sim, client) = start(&small());
    for listing in listings(&sim.organisation()) {
        let whole = client.all_rows(&listing.with("limit=250"));
        for (parameter, at) in listing.filters {
            let value = |row: &Value| row.pointer(at).filter(|value| !value.is_null()).map(text);
            let values: HashSet<String> = whole.iter().filter_map(value).collect();
            assert!(!values.is_empty(), "no row of {} has {at}", listing.path);
            let mut values: Vec<&String> = values.iter().collect();
            values.sort();
            for wanted in values.iter().step_by(values.len().div_ceil(5)) {
                let query = format!(
                    "limit=250&{parameter}={}",
                    utf8_percent_encode(wanted, NON_ALPHANUMERIC)
                );
                let rows = client.all_rows(&listing.with(&query));
                let same = |row: &&Value| {
                    value(row).is_some_and(|value| value.to_lowercase() == wanted.to_lowercase())
                };
                let left: Vec<Value> = whole.iter().filter(same).cloned().collect();
                assert_eq!(rows, left, "{query} of {}", listing.path);
            }
        }
    }
}

#[test]
fn every_listing_refuses_what_makes_no_sense() {
    let (sim, client) = start(&small());
    for listing in listings(&sim.organisation()) {
        let senseless =
            "[limit=0|limit=251|limit=x|limit=1&limit=2|cursor=x|colour=red|sort=colour]";
        let mut senseless = each(senseless);
        // Ids are numbers, and the rest is text or one of a few words.
        let is_id = |at: &str| at.ends_with("/id") || at.ends_with("Id");
        let ids = listing.filters.iter().filter(|(_, at)| is_id(at));
        senseless.extend(ids.map(|(parameter, _)| format!("{parameter}=x")));
        for query in senseless {
            let path = listing.with(&query);
            client.refuses(&path, 400);
        }
    }
}

#[test]
fn nobody_sees_but_what_is_in_open_spaces() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    let open: Vec<String> = organisation
        .spaces()
        .filter(|space| space.open_to_anonymous())
        .map(|space| space.id.to_string())
        .collect();
    let (_signed_in, reader) = start(&organisation);
    let mut looked_at = 0;
    for listing in listings(&organisation) {
        let path = listing.with("limit=250");
        let all = reader.all_rows(&path);
        if all.iter().any(|row| row.get("spaceId").is_none()) {
            continue;
        }
        let of_open = |row: &&Value| open.contains(&text(&row["spaceId"]));
        let shown: Vec<Value> = all.iter().filter(of_open).cloned().collect();
        assert_eq!(client.all_rows(&path), shown, "{path}");
        looked_at += 1;
    }
    assert!(looked_at >= 6, "{looked_at} say where their rows are");
}

/// Listings of v1 that are counted off from the beginning.
#[test]
fn every_listing_of_v1_is_complete_in_pages_of_any_length() {
    let (sim, client) = start(&small());
    let site = sim.organisation();
    let space = most(site.spaces(), |space| site.space_watchers(space.id).len());
    let page = most(site.listed_pages().map(|page| page.id()), |&id| {
        site.page_watchers(id).len()
    });
    let group = most(site.groups().iter(), |group| group.members.len());
    let (space, watchers) = (&space.key, site.space_watchers(space.id));
    let (members, watched) = (group.members.len(), site.page_watchers(page).len());
    let listings = [
        ("group".to_owned(), site.groups().len()),
        (format!("group/{}/membersByGroupId", group.id), members),
        ("audit".to_owned(), site.audit_log().len()),
        (format!("space/{space}/watch"), watchers.len()),
        (
            format!("content/{page}/notification/child-created"),
            watched,
        ),
        ("template/page".to_owned(), site.page_templates(None).len()),
        (
            "template/blueprint".to_owned(),
            site.blueprint_templates().len(),
        ),
        ("settings/theme".to_owned(), 2),
    ];
    for (path, count) in listings {
        let path = format!("/wiki/rest/api/{path}");
        let whole = client.all_rows(&path);
        assert_eq!(whole.len(), count, "{path}");
        for limit in [1, 3, 20] {
            let rows = client.all_rows(&format!("{path}?limit={limit}"));
            assert_eq!(rows, whole, "{path} in pages of {limit}");
        }
        for query in ["colour=red", "start=-1", "limit=x"] {
            let path = format!("{path}?{query}");
            client.refuses_in_v1(&path, 400);
        }
    }
}
