//! Labels, and what carries them.

use super::content::BODY_FORMAT;
use super::row::Id;
use super::{blogposts, pages};
use crate::organisation::record::SortValue;
use crate::organisation::{Label, LabelPrefix, Organisation, Space};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use std::collections::HashSet;

const PREFIX: Parameter =
    Parameter::new("prefix", Kind::Choice(&["my", "team", "global", "system"]));
const SPACE_PREFIX: Parameter = Parameter::new("prefix", Kind::Choice(&["my", "team"]));
const SORT: Parameter = Parameter::new(
    "sort",
    Kind::Choice(&[
        "created-date",
        "-created-date",
        "id",
        "-id",
        "name",
        "-name",
    ]),
);
/// Of the labels on a piece of content.
pub(super) const PARAMETERS: &[Parameter] = &[PREFIX, SORT, CURSOR, LIMIT];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getLabels",
        path: "/wiki/api/v2/labels",
        scopes: &[&["read:label:confluence"]],
        parameters: &[
            Parameter::new("label-id", Kind::Integers { most: usize::MAX }),
            Parameter::new("prefix", Kind::Texts { most: usize::MAX }),
            SORT,
            CURSOR,
            LIMIT,
        ],
        answer: list,
    },
    Operation {
        id: "getPageLabels",
        path: "/wiki/api/v2/pages/{id}/labels",
        scopes: &[&["read:page:confluence"]],
        parameters: PARAMETERS,
        answer: of_page,
    },
    Operation {
        id: "getBlogPostLabels",
        path: "/wiki/api/v2/blogposts/{id}/labels",
        scopes: &[&["read:page:confluence"]],
        parameters: PARAMETERS,
        answer: of_blogpost,
    },
    Operation {
        id: "getSpaceLabels",
        path: "/wiki/api/v2/spaces/{id}/labels",
        scopes: &[&["read:space:confluence"]],
        parameters: &[SPACE_PREFIX, SORT, CURSOR, LIMIT],
        answer: of_space,
    },
    Operation {
        id: "getSpaceContentLabels",
        path: "/wiki/api/v2/spaces/{id}/content/labels",
        scopes: &[&["read:space:confluence"]],
        parameters: &[SPACE_PREFIX, SORT, CURSOR, LIMIT],
        answer: of_space_content,
    },
    Operation {
        id: "getLabelPages",
        path: "/wiki/api/v2/labels/{id}/pages",
        scopes: &[&["read:page:confluence"]],
        parameters: &[
            Parameter::new("space-id", Kind::Integers { most: 100 }),
            BODY_FORMAT,
            pages::SORT,
            CURSOR,
            LIMIT,
        ],
        answer: pages_of_label,
    },
    Operation {
        id: "getLabelBlogPosts",
        path: "/wiki/api/v2/labels/{id}/blogposts",
        scopes: &[&["read:page:confluence"]],
        parameters: &[
            Parameter::new("space-id", Kind::Integers { most: 100 }),
            BODY_FORMAT,
            blogposts::SORT,
            CURSOR,
            LIMIT,
        ],
        answer: blogposts_of_label,
    },
];

impl Call<'_> {
    /// The label that the path names.
    pub(super) fn label(&self) -> Result<&Label, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.label(id))
            .filter(|label| self.sees_label(label))
            .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find a label with id [{text}]")))
    }

    /// Without an account one sees the labels of what is open to all, but nobody's own.
    fn sees_label(&self, label: &Label) -> bool {
        !self.is_anonymous()
            || is_shown(self, label) && is_on_something_open(self.organisation, label)
    }
}

fn is_on_something_open(organisation: &Organisation, label: &Label) -> bool {
    let is_open = |space_id: u64| {
        let space = organisation.space(space_id);
        space.is_some_and(Space::open_to_anonymous)
    };
    // The smallest lists last: most labels are found on some page.
    let on_pages = || organisation.pages_of_label(label.id).into_iter();
    let on_posts = || organisation.blogposts_of_label(label.id).into_iter();
    let on_files = || organisation.attachments_of_label(label.id).into_iter();
    let on_pieces = || organisation.custom_content_of_label(label.id).into_iter();
    let on_space = |space: &Space| organisation.labels_of_space(space.id).contains(&label);
    on_pages().any(|page| is_open(page.space_id()))
        || on_posts().any(|post| is_open(post.space_id()))
        || on_files().any(|file| is_open(file.space_id))
        || on_pieces().any(|piece| is_open(piece.space_id))
        || organisation
            .spaces()
            .any(|space| space.open_to_anonymous() && on_space(space))
}

fn list(call: &Call) -> Result<Answer, Refusal> {
    let ids: Option<HashSet<u64>> = call.arguments.ids("label-id").map(Iterator::collect);
    let prefixes = call.arguments.texts("prefix");
    let labels = call.organisation.labels().iter().filter(|label| {
        ids.as_ref().is_none_or(|ids| ids.contains(&label.id))
            && prefixes
                .is_none_or(|asked| asked.iter().any(|prefix| prefix == label.prefix.as_str()))
            && call.sees_label(label)
    });
    answer(call, labels)
}

fn of_page(call: &Call) -> Result<Answer, Refusal> {
    list_on(call, call.organisation.labels_of_page(call.page()?.id()))
}

fn of_blogpost(call: &Call) -> Result<Answer, Refusal> {
    let post = call.blogpost()?;
    list_on(call, call.organisation.labels_of_blogpost(post.id()))
}

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    let labels = call.organisation.labels_of_space(space.id);
    answer(call, with_prefix(call, labels, is_my_or_team))
}

fn of_space_content(call: &Call) -> Result<Answer, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    let labels = call.organisation.labels_of_content(space.id);
    answer(call, with_prefix(call, labels, is_my_or_team))
}

/// Lists the labels on a piece of content.
pub(super) fn list_on(call: &Call, labels: Vec<&Label>) -> Result<Answer, Refusal> {
    answer(call, with_prefix(call, labels, |_| true))
}

/// Somebody's own labels are not shown to nobody.
fn is_shown(call: &Call, label: &Label) -> bool {
    !call.is_anonymous() || label.prefix != LabelPrefix::My
}

/// All that the listings of a space can hold.
fn is_my_or_team(label: &Label) -> bool {
    matches!(label.prefix, LabelPrefix::My | LabelPrefix::Team)
}

/// The labels of the prefix that is asked for, or else of those that an operation has without being asked.
fn with_prefix<'a>(
    call: &'a Call,
    labels: Vec<&'a Label>,
    unasked: fn(&Label) -> bool,
) -> impl Iterator<Item = &'a Label> {
    let prefix = call.arguments.text("prefix");
    labels.into_iter().filter(move |label| match prefix {
        Some(prefix) => label.prefix.as_str() == prefix,
        None => unasked(label),
    })
}

fn answer<'a>(call: &'a Call, labels: impl Iterator<Item = &'a Label>) -> Result<Answer, Refusal> {
    let sort = call.arguments.text("sort").unwrap_or("id");
    let by = sort.trim_start_matches('-');
    let shown = labels.filter(|label| is_shown(call, label));
    let rows = shown.map(|label| {
        let id = label.id as i64;
        let value = match by {
            "name" => SortValue::Text(label.name.to_lowercase()),
            // Ids are given in the order of creation.
            _ => SortValue::Number(id),
        };
        (Position { value, id }, label)
    });
    paging::page(
        call,
        &Sorted::new(rows, sort.starts_with('-'), LabelRow::of),
    )
}

fn pages_of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    let mut query = pages::page_query(call);
    query.pages = Some(call.organisation.page_numbers_of_label(label.id).to_vec());
    query.spaces = pages::spaces(call);
    pages::answer(call, query)
}

fn blogposts_of_label(call: &Call) -> Result<Answer, Refusal> {
    let label = call.label()?;
    let spaces = pages::spaces(call);
    let posts = call.organisation.blogposts_of_label(label.id);
    let posts = posts.into_iter().filter(|post| {
        spaces
            .as_ref()
            .is_none_or(|spaces| spaces.contains(&post.record.space))
    });
    blogposts::answer(call, posts)
}

#[derive(Serialize)]
pub(super) struct LabelRow<'a> {
    id: Id,
    name: &'a str,
    prefix: &'static str,
}

impl<'a> LabelRow<'a> {
    fn of(label: &'a Label) -> Self {
        Self {
            id: Id(label.id),
            name: &label.name,
            prefix: label.prefix.as_str(),
        }
    }
}
