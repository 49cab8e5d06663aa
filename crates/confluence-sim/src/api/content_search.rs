//! Searches with CQL for content alone, with more of each than other searches give.

use super::on_content::is_shown;
use super::prelude::*;
use super::restrictions;
use super::search::{CQL, Chain, LIMIT, query};
use super::v1::{self, user};
use crate::organisation::time::Moment;
use crate::organisation::{Content, Hit, PageStatus, Scope};
use serde::Deserialize;

const CONTEXT: Parameter = Parameter::new("cqlcontext", Kind::Text);
const EXPAND: Parameter = Parameter::new("expand", Kind::Choices(EXPANDED));
const MOST_EXPANDED: usize = 200;
const EXPANDED: &[&str] = &[
    "space",
    "version",
    "ancestors",
    "history",
    "history.ownedBy",
    "metadata.labels",
    "restrictions.read.restrictions.user",
    "restrictions.read.restrictions.group",
    "restrictions.update.restrictions.user",
    "restrictions.update.restrictions.group",
];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getContentSearchV1" v1 "content/search",
        &[&["search:confluence"], &["read:content-details:confluence"]],
        &[CQL, CONTEXT, CURSOR, LIMIT, EXPAND] => search;
};

/// What a search looks at, besides what the query says. A space or a content that it may name is not modelled.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Context {
    content_statuses: Option<Vec<String>>,
}

impl Context {
    fn of(call: &Call) -> Result<Self, Refusal> {
        let Some(text) = call.arguments.text("cqlcontext") else {
            return Ok(Self::default());
        };
        serde_json::from_str(text)
            .map_err(|_| Refusal::BadParameter(format!("Could not parse cqlcontext : {text}")))
    }

    /// Without a word, what is in use.
    fn statuses(&self) -> Result<Vec<PageStatus>, Refusal> {
        let Some(names) = &self.content_statuses else {
            return Ok(vec![PageStatus::Current]);
        };
        let status = |name: &String| match name.as_str() {
            "current" => Ok(PageStatus::Current),
            "archived" => Ok(PageStatus::Archived),
            other => Err(Refusal::not_modelled(format!("search what is {other}"))),
        };
        names.iter().map(status).collect()
    }
}

fn search(call: &Call) -> Result<Answer, Refusal> {
    let query = query(call)?;
    let scope = Scope {
        statuses: &Context::of(call)?.statuses()?,
        archived_spaces: true,
        only_open_to_anonymous: call.is_anonymous(),
        users: &|_| false,
    };
    let hits = call.organisation.search(&query, &scope).into_iter();
    let contents: Vec<Content> = hits
        .filter_map(|hit| match hit {
            Hit::Content(content) => Some(content),
            Hit::Space(_) | Hit::User(..) => None,
        })
        .collect();
    let context = call.arguments.text("cqlcontext").unwrap_or_default();
    let chain = Chain::of(call, &[("cqlcontext", context)])?;
    let limit = call.arguments.count("limit").unwrap_or_default();
    let limit = match call.arguments.texts("expand") {
        Some(_) => limit.min(MOST_EXPANDED),
        None => limit,
    };
    let slice = Slice::cut(call.tampering, chain.start, limit, contents.len());
    let next = chain.next(call, &slice, &[]);
    let row = |place: usize| row(call, contents[place]);
    Ok(offset::answer(call, &slice, row, Map::new(), next))
}

fn row(call: &Call, content: Content) -> Value {
    let mut row = v1::content(call, content);
    let mut expanded = |part: &str, value: Value| {
        row[part] = value;
        if let Some(expandable) = row["_expandable"].as_object_mut() {
            expandable.remove(part);
        }
    };
    let parts = call.arguments.texts("expand").unwrap_or_default();
    if call.expands("space") {
        expanded("space", v1::space(call, v1::space_of(call, content)));
    }
    if call.expands("version") {
        expanded("version", v1::version(call, content));
    }
    if parts.iter().any(|part| part.starts_with("restrictions.")) {
        expanded("restrictions", restrictions::by_operation(call, content));
    }
    if call.expands("ancestors") {
        expanded("ancestors", ancestors(call, content));
    }
    if parts.iter().any(|part| part.starts_with("history")) {
        expanded("history", history(call, content));
    }
    if call.expands("metadata.labels") {
        expanded(
            "metadata",
            json!({"labels": labels(call, content), "_expandable": {}}),
        );
    }
    let position = content.position().map_or("none".into(), Value::from);
    row["extensions"] = json!({"position": position});
    row
}

/// The labels on it, as far as they are for everybody to see.
fn labels(call: &Call, content: Content) -> Value {
    const MOST: usize = 200;
    let labels = content.labels();
    let slice = Slice::cut(None, 0, MOST, labels.len());
    let shown = slice.places.iter().map(|place| labels[*place]);
    let rows = shown.filter(|label| is_shown(call, label)).map(|label| {
        let (name, prefix) = (&label.name, label.prefix.as_str());
        json!({"id": label.id.to_string(), "name": name, "prefix": prefix, "label": name})
    });
    let rows: Vec<Value> = rows.collect();
    json!({"start": 0, "limit": MOST, "size": rows.len(), "results": rows})
}

/// What is above, from top to bottom.
fn ancestors(call: &Call, content: Content) -> Value {
    let above = call.organisation.ancestors(content.id()).into_iter();
    above.map(|ancestor| v1::content(call, ancestor)).collect()
}

fn history(call: &Call, content: Content) -> Value {
    let organisation = call.organisation;
    let account = |id: Option<&str>| {
        let known = id.and_then(|id| organisation.user(id));
        known.map(|known| user(call, known))
    };
    let this = format!("/rest/api/content/{}", content.written_id());
    let mut history = json!({
        "latest": true,
        "createdDate": Moment(content.created_at().as_millisecond()),
        "_expandable": {"lastUpdated": "", "previousVersion": "", "contributors": "", "nextVersion": ""},
        "_links": {"self": format!("{}/wiki{this}/history", call.site)},
    });
    if let Some(author) = account(content.author_id()) {
        history["createdBy"] = author;
    }
    if call.expands("history.ownedBy") {
        if let Some(owner) = account(content.owner_id()) {
            history["ownedBy"] = owner;
        }
    } else {
        history["_expandable"]["ownedBy"] = "".into();
    }
    history
}
