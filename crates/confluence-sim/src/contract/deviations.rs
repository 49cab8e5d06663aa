//! Where live sites are known to differ from the documents. Nothing else may.

use crate::organisation::table;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A name for several operations, with blanks between them.
#[derive(Deserialize)]
struct Family {
    name: String,
    operations: String,
}

#[derive(Deserialize)]
struct Deviation {
    /// An operation, or a family of them.
    operations: String,
    /// In a row of a listing, or in a single object. `*` stands for a place in a list.
    place: String,
    allows: Allows,
    /// The property, or the words.
    what: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allows {
    /// Null where the document wants something.
    Null,
    /// A property that the document does not have.
    Property,
    /// A number where the document wants text.
    Number,
    /// Words that the document does not list.
    Words,
}

static FAMILIES: LazyLock<&[Family]> =
    LazyLock::new(|| table::rows(include_str!("../../deviations/operations.csv")));
static DEVIATIONS: LazyLock<&[Deviation]> =
    LazyLock::new(|| table::rows(include_str!("../../deviations/answers.csv")));
const ROLES: &[&str] = &[
    "getAvailableSpacePermissions",
    "getAvailableSpaceRoles",
    "getSpaceRolesById",
    "getSpaceRoleAssignments",
];

impl Deviation {
    fn is_about(&self, operation: &str) -> bool {
        let family = FAMILIES.iter().find(|known| known.name == self.operations);
        let operations = family.map_or(&self.operations, |family| &family.operations);
        operations.split(' ').any(|known| known == operation)
    }
}

/// What a check found wrong with a value.
pub(super) enum Finding<'a> {
    Property(&'a str),
    Word,
    Other,
}

pub(super) fn is_known(operation: &str, pointer: &str, value: &Value, finding: &Finding) -> bool {
    let place = place(pointer);
    DEVIATIONS.iter().any(|deviation| {
        let words = || deviation.what.split(' ');
        deviation.place == place
            && deviation.is_about(operation)
            && match (&deviation.allows, finding) {
                (Allows::Null, Finding::Word | Finding::Other) => value.is_null(),
                (Allows::Number, Finding::Other) => value.is_number(),
                (Allows::Property, Finding::Property(name)) => deviation.what == *name,
                (Allows::Words, Finding::Word) => value
                    .as_str()
                    .is_some_and(|word| words().any(|known| known == word)),
                _ => false,
            }
    })
}

/// A pointer into an answer, from the row on and without numbers.
fn place(pointer: &str) -> String {
    let mut segments: Vec<&str> = pointer.split('/').skip(1).collect();
    if let ["results", _, ..] = segments[..] {
        segments.drain(..2);
    }
    segments
        .iter()
        .map(|segment| format!("/{}", if is_number(segment) { "*" } else { segment }))
        .collect()
}

/// Whether a segment of a path is one that live sites take, whatever the document says.
pub(super) fn is_known_segment(operation: &str, name: &str, segment: &str) -> bool {
    match operation {
        // The document has a number here, and text where it shows roles.
        "getSpaceRolesById" => name == "id",
        // The document has such an id as a number here, or describes its digits with a slip in the expression.
        "getAttachmentLabels"
        | "getAttachmentContentPropertiesById"
        | "getAttachmentVersionDetails" => segment.strip_prefix("att").is_some_and(is_number),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an operation can answer with a status that is not documented for it.
pub(super) fn is_known_status(operation: &str, status: u16) -> bool {
    match status {
        // Sites without roles refuse with many a status.
        403 | 500 if ROLES.contains(&operation) => true,
        // To a caller without the right to a key the document has the same 404 as to one without a key. The stand-in
        // tells them apart.
        403 => operation == "getAdminKey",
        _ => false,
    }
}

/// Statuses that every operation can answer with, documented for it or not.
pub(super) fn is_undocumented_status(status: u16) -> bool {
    match status {
        // How v2 refuses a credential, also where nothing is asked for by id.
        404 => true,
        // A method that no operation has; the rate limiter.
        405 | 429 => true,
        // The stand-in's own: something that it does not model.
        501 => true,
        _ => false,
    }
}

/// The shape of answers on paths that live sites have and no document does.
pub(super) fn undocumented_answer(path: &str) -> Option<Value> {
    (path == "/_edge/tenant_info").then(|| {
        json!({
            "type": "object",
            "properties": {"cloudId": {"type": "string"}},
            "required": ["cloudId"],
            "additionalProperties": false,
        })
    })
}
