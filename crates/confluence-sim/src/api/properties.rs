//! Properties of pages, blog posts and spaces.

use super::row::Id;
use crate::organisation::Property;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use jiff::Timestamp;
use serde_json::{Value, json};

const KEY: Parameter = Parameter::new("key", Kind::Text);
const SORT: Parameter = Parameter::new("sort", Kind::Choice(&["key", "-key"]));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPageContentProperties",
        path: "/wiki/api/v2/pages/{id}/properties",
        scopes: &[&["read:page:confluence"]],
        parameters: &[KEY, SORT, CURSOR, LIMIT],
        answer: |call| list(call, of_page, on_content),
    },
    Operation {
        id: "getPageContentPropertiesById",
        path: "/wiki/api/v2/pages/{id}/properties/{property}",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: |call| single(call, of_page, on_content),
    },
    Operation {
        id: "getBlogpostContentProperties",
        path: "/wiki/api/v2/blogposts/{id}/properties",
        scopes: &[&["read:page:confluence"]],
        parameters: &[KEY, SORT, CURSOR, LIMIT],
        answer: |call| list(call, of_blogpost, on_content),
    },
    Operation {
        id: "getBlogpostContentPropertiesById",
        path: "/wiki/api/v2/blogposts/{id}/properties/{property}",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: |call| single(call, of_blogpost, on_content),
    },
    Operation {
        id: "getSpaceProperties",
        path: "/wiki/api/v2/spaces/{id}/properties",
        scopes: &[&["read:space:confluence"]],
        parameters: &[KEY, CURSOR, LIMIT],
        answer: |call| list(call, of_space, on_space),
    },
    Operation {
        id: "getSpacePropertyById",
        path: "/wiki/api/v2/spaces/{id}/properties/{property}",
        scopes: &[&["read:space:confluence"]],
        parameters: &[],
        answer: |call| single(call, of_space, on_space),
    },
];

fn of_page<'a>(call: &'a Call) -> Result<Vec<Property<'a>>, Refusal> {
    Ok(call.organisation.properties_of_page(call.page()?.id()))
}

fn of_blogpost<'a>(call: &'a Call) -> Result<Vec<Property<'a>>, Refusal> {
    let post = call.blogpost()?;
    Ok(call.organisation.properties_of_blogpost(post.id()))
}

fn of_space<'a>(call: &'a Call) -> Result<Vec<Property<'a>>, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    Ok(call.organisation.properties_of_space(space.id))
}

/// The properties of the object that a path names.
type Properties = for<'a> fn(&'a Call) -> Result<Vec<Property<'a>>, Refusal>;

fn list(
    call: &Call,
    properties: Properties,
    row: fn(&Property) -> Value,
) -> Result<Answer, Refusal> {
    let properties = properties(call)?;
    let key = call.arguments.text("key");
    let sort = call.arguments.text("sort").unwrap_or("id");
    let rows = properties
        .iter()
        .filter(|property| key.is_none_or(|key| key == property.key))
        .map(|property| {
            let id = property.id as i64;
            let value = match sort {
                "id" => SortValue::Number(id),
                _ => SortValue::Text(property.key.to_owned()),
            };
            (Position { value, id }, property)
        });
    paging::page(call, &Sorted::new(rows, sort.starts_with('-'), row))
}

fn single(
    call: &Call,
    properties: Properties,
    row: fn(&Property) -> Value,
) -> Result<Answer, Refusal> {
    // An id that is none is found out before anything is looked for.
    let (text, id) = call.id_at(1)?;
    let properties = properties(call)?;
    let property = properties
        .iter()
        .find(|property| Some(property.id) == id)
        .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find a property with id [{text}]")))?;
    Ok(Answer::ok(&row(property)))
}

fn on_content(property: &Property) -> Value {
    json!({
        "id": Id(property.id),
        "key": property.key,
        "value": property.value,
        "version": {
            "number": property.version,
            "message": "",
            "minorEdit": false,
            "authorId": property.author_id,
            "createdAt": moment(property.modified_at),
        },
    })
}

fn on_space(property: &Property) -> Value {
    json!({
        "id": Id(property.id),
        "key": property.key,
        "value": property.value,
        "createdAt": moment(property.created_at),
        "createdBy": property.author_id,
        "version": {
            "number": property.version,
            "message": "",
            "createdBy": property.author_id,
            "createdAt": moment(property.modified_at),
        },
    })
}

fn moment(time: Timestamp) -> Moment {
    Moment(time.as_millisecond())
}
