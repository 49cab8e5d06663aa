//! What attachments, comments, tasks and custom content have in common: how they are listed, and the pieces of rows.

use super::row::{Formatted, Id};
use crate::organisation::collection::{DateSort, Dated, Part};
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{AttachmentId, Container, ContentProperty, PageStatus, Revision};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::Call;
use crate::server::paging::{self, Listing, Position, Sorted};
use crate::server::parameters::{Arguments, CURSOR, Kind, LIMIT, Parameter};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

const DATE_SORTS: &[&str] = &[
    "created-date",
    "-created-date",
    "modified-date",
    "-modified-date",
];
pub(super) const SORT: Parameter = Parameter::new("sort", Kind::Choice(DATE_SORTS));

pub(super) const VERSION_SORT: Parameter =
    Parameter::new("sort", Kind::Choice(&["modified-date", "-modified-date"]));

pub(super) const PROPERTY_PARAMETERS: &[Parameter] = &[
    Parameter::new("key", Kind::Text),
    Parameter::new("sort", Kind::Choice(&["key", "-key"])),
    CURSOR,
    LIMIT,
];

/// Whether a listing that asks for no status holds what has this one.
pub(super) fn is_listed(status: PageStatus) -> bool {
    PageStatus::DEFAULT.contains(&status)
}

/// Whether one of the statuses that are asked for is this one; without a word on them, whether it is listed.
pub(super) fn has_status(arguments: &Arguments, status: PageStatus) -> bool {
    match arguments.texts("status") {
        Some(asked) => asked.iter().any(|asked| asked == status.as_str()),
        None => is_listed(status),
    }
}

/// What a listing is sorted by, and whether from the end.
pub(super) fn sort(arguments: &Arguments) -> (DateSort, bool) {
    let sort = arguments.text("sort").unwrap_or("id");
    let by = match sort.trim_start_matches('-') {
        "created-date" => DateSort::CreatedDate,
        "modified-date" => DateSort::ModifiedDate,
        _ => DateSort::Id,
    };
    (by, sort.starts_with('-'))
}

impl Call<'_> {
    pub(super) fn sees_space(&self, id: u64) -> bool {
        self.organisation
            .space(id)
            .is_some_and(|space| self.sees(space))
    }
}

/// Some of the things of one kind, of which a listing shows those that can be viewed.
pub(super) struct Things<'a, T, V, W> {
    pub part: Part<'a, T>,
    pub descending: bool,
    pub view: V,
    pub row: W,
}

impl<'a, T, D, S, V, W> Things<'a, T, V, W>
where
    T: Dated,
    S: Serialize,
    V: Fn(&'a T) -> Option<D>,
    W: Fn(D) -> S,
{
    fn is_shown(&self, rank: usize) -> bool {
        (self.view)(self.part.at(rank)).is_some()
    }

    fn rank(&self, position: &Position, and_at: bool) -> usize {
        match position.value {
            SortValue::Number(value) => self.part.rank((value, position.id), and_at),
            // In no cursor that was given out: nothing here is sorted by text.
            SortValue::Text(_) => self.part.len(),
        }
    }
}

impl<'a, T, D, S, V, W> Listing for Things<'a, T, V, W>
where
    T: Dated,
    S: Serialize,
    V: Fn(&'a T) -> Option<D>,
    W: Fn(D) -> S,
{
    type Row = usize;

    fn after(&self, position: Option<&Position>, count: usize) -> Vec<usize> {
        let shown = |rank: &usize| self.is_shown(*rank);
        if self.descending {
            let end = position.map_or(self.part.len(), |position| self.rank(position, false));
            (0..end).rev().filter(shown).take(count).collect()
        } else {
            let start = position.map_or(0, |position| self.rank(position, true));
            (start..self.part.len()).filter(shown).take(count).collect()
        }
    }

    fn up_to(&self, position: &Position, count: usize) -> Vec<usize> {
        let shown = |rank: &usize| self.is_shown(*rank);
        let mut rows: Vec<usize> = if self.descending {
            let start = self.rank(position, false);
            (start..self.part.len()).filter(shown).take(count).collect()
        } else {
            let end = self.rank(position, true);
            (0..end).rev().filter(shown).take(count).collect()
        };
        rows.reverse();
        rows
    }

    fn position(&self, rank: usize) -> Position {
        let (value, id) = self.part.position(rank);
        Position {
            value: SortValue::Number(value),
            id,
        }
    }

    fn write(&self, rank: usize, out: &mut Vec<u8>) {
        let thing = (self.view)(self.part.at(rank)).expect("only what is shown is written");
        serde_json::to_writer(out, &(self.row)(thing))
            .expect("memory takes whatever is written to it");
    }
}

/// Ids of what something hangs on, under the name of its kind. A space is told by the space's own id.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerIds {
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blog_post_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_content_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_id: Option<AttachmentId>,
}

impl ContainerIds {
    pub(super) fn of(container: Container) -> Self {
        let mut ids = Self::default();
        match container {
            Container::Page(id) => ids.page_id = Some(Id(id)),
            Container::BlogPost(id) => ids.blog_post_id = Some(Id(id)),
            Container::CustomContent(id) => ids.custom_content_id = Some(Id(id)),
            Container::Attachment(number) => ids.attachment_id = Some(AttachmentId(number)),
            Container::Space(_) => {}
        }
        ids
    }
}

pub(super) fn moment(time: Timestamp) -> Moment {
    Moment(time.as_millisecond())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionRow<'a> {
    number: u32,
    message: &'static str,
    minor_edit: bool,
    author_id: Option<&'a str>,
    created_at: Moment,
}

impl<'a> VersionRow<'a> {
    pub(super) fn of(version: Revision<'a>) -> Self {
        Self {
            number: version.number,
            message: version.message,
            minor_edit: version.minor_edit,
            author_id: version.author_id,
            created_at: moment(version.created_at),
        }
    }
}

/// A body in the representation that is asked for, if it is had in that one; else empty.
pub(super) fn body(call: &Call, value: impl Fn(&str) -> Option<String>) -> Value {
    let mut body = Map::new();
    if let Some(representation) = call.arguments.text("body-format")
        && let Some(value) = value(representation)
    {
        let formatted = Formatted {
            representation,
            value,
        };
        body.insert(representation.to_owned(), json!(formatted));
    }
    Value::Object(body)
}

fn no_version(number: &str, thing: &str) -> Refusal {
    Refusal::NoSuchObject(format!("Cannot find version [{number}] of {thing}"))
}

/// Lists versions, the latest first unless it is asked otherwise. `entity` is the versioned thing under its name.
pub(super) fn versions<'a>(
    call: &Call,
    versions: impl Iterator<Item = Revision<'a>>,
    (name, entity): (&str, impl Fn(Revision<'a>) -> Value),
) -> Result<Answer, Refusal> {
    let rows = versions.map(|version| {
        let position = Position {
            value: SortValue::Number(version.created_at.as_millisecond()),
            id: i64::from(version.number),
        };
        (position, version)
    });
    let descending = call.arguments.text("sort") != Some("modified-date");
    let row = |version| {
        let mut row = json!(VersionRow::of(version));
        row[name] = entity(version);
        row
    };
    paging::page(call, &Sorted::new(rows, descending, row))
}

/// One version, whose number is the path's second id.
pub(super) fn version_details<'a>(
    call: &Call,
    versions: impl Iterator<Item = Revision<'a>>,
    thing: &str,
) -> Result<Answer, Refusal> {
    let (text, number) = call.id_at(1)?;
    let versions: Vec<_> = versions.collect();
    let version = versions
        .iter()
        .find(|version| Some(u64::from(version.number)) == number)
        .ok_or_else(|| no_version(&text, thing))?;
    let latest = versions.len() as u32;
    Ok(Answer::ok(&DetailedVersion {
        version: VersionRow::of(*version),
        content_type_modified: false,
        collaborators: version.author_id.into_iter().collect(),
        prev_version: (version.number > 1).then(|| version.number - 1),
        next_version: (version.number < latest).then(|| version.number + 1),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailedVersion<'a> {
    #[serde(flatten)]
    version: VersionRow<'a>,
    content_type_modified: bool,
    collaborators: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_version: Option<u32>,
}

pub(super) fn properties<'a>(
    call: &Call,
    properties: impl Iterator<Item = ContentProperty<'a>>,
) -> Result<Answer, Refusal> {
    let key = call.arguments.text("key");
    let sort = call.arguments.text("sort");
    let properties: Vec<_> = properties
        .filter(|property| key.is_none_or(|key| key == property.key))
        .collect();
    let rows = properties.iter().map(|property| {
        let mut position = by_id(property.id);
        if sort.is_some() {
            position.value = SortValue::Text(property.key.to_owned());
        }
        (position, property)
    });
    paging::page(
        call,
        &Sorted::new(rows, sort == Some("-key"), PropertyRow::of),
    )
}

/// One property, whose id is the path's second one.
pub(super) fn property<'a>(
    call: &Call,
    mut properties: impl Iterator<Item = ContentProperty<'a>>,
) -> Result<Answer, Refusal> {
    let (text, id) = call.id_at(1)?;
    let property = properties
        .find(|property| Some(property.id) == id)
        .ok_or_else(|| {
            Refusal::NoSuchObject(format!("Cannot find a content property with id [{text}]"))
        })?;
    Ok(Answer::ok(&PropertyRow::of(&property)))
}

#[derive(Serialize)]
pub(super) struct PropertyRow<'p> {
    id: Id,
    key: &'static str,
    value: &'p Value,
    version: VersionRow<'p>,
}

impl<'p> PropertyRow<'p> {
    pub(super) fn of(property: &'p ContentProperty) -> Self {
        Self {
            id: Id(property.id),
            key: property.key,
            value: &property.value,
            version: VersionRow::of(property.version),
        }
    }
}

/// What the caller may do with something: read it, and change it if it is the caller's own.
pub(super) fn operations(call: &Call, target: &str, author: Option<&str>) -> Vec<Value> {
    let own = !call.is_anonymous() && author == Some(&*call.organisation.users[0].account_id);
    let operations: &[&str] = if own {
        &["read", "update", "delete"]
    } else {
        &["read"]
    };
    let row = |operation: &&str| json!({"operation": operation, "targetType": target});
    operations.iter().map(row).collect()
}

pub(super) fn by_id(id: u64) -> Position {
    let id = id as i64;
    Position {
        value: SortValue::Number(id),
        id,
    }
}

/// A single thing, which says where the site is.
pub(super) fn single(call: &Call, row: &impl Serialize) -> Answer {
    let mut row = json!(row);
    row["_links"]["base"] = format!("{}/wiki", call.site).into();
    Answer::ok(&row)
}
