//! From the bytes of an answer straight into the wanted columns: no value is built on the way.

use std::fmt;

use jiff::Timestamp;
use serde::Deserializer as _;
use serde::de::{self, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::batch::{Batch, Cell, Span};
use crate::table::{Column, Kind, Table};

/// A page of a listing, decoded.
#[derive(Debug)]
pub(crate) struct Page {
    pub batch: Batch,
    /// The next link, as the site wrote it.
    pub next: Option<String>,
}

/// Why an answer is not a page of rows.
#[derive(Debug, PartialEq)]
pub(crate) enum Problem {
    /// The JSON ends too early.
    CutOff,
    /// It is no listing, or no JSON.
    Shape(String),
    /// A row lacks a required value, or has one that the column cannot hold.
    Value {
        field: &'static str,
        id: Option<String>,
        found: String,
    },
}

/// Which fields of a row go into which slots.
#[derive(Debug)]
pub(crate) struct Shape {
    columns: Vec<&'static Column>,
    /// The slot that is filled with the parent's id.
    parent: Option<usize>,
    /// The slot that names a row in messages.
    id: Option<usize>,
    fields: Node,
}

#[derive(Debug, Default)]
struct Node {
    name: &'static str,
    slot: Option<usize>,
    children: Vec<Node>,
}

impl Node {
    fn child(&mut self, name: &'static str) -> &mut Node {
        let place = self
            .children
            .iter()
            .position(|child| child.name == name)
            .unwrap_or_else(|| {
                self.children.push(Node {
                    name,
                    ..Node::default()
                });
                self.children.len() - 1
            });
        &mut self.children[place]
    }
}

impl Shape {
    /// The shape of a table's rows with these columns (by their place in the table), slot by slot.
    pub fn new(table: &'static Table, columns: &[usize]) -> Self {
        let columns: Vec<&Column> = columns.iter().map(|&place| &table.columns[place]).collect();
        let mut fields = Node::default();
        let mut parent = None;
        for (slot, column) in columns.iter().enumerate() {
            if column.at.is_empty() {
                parent = Some(slot);
                continue;
            }
            let leaf = column.at.split('.').fold(&mut fields, Node::child);
            leaf.slot = Some(slot);
        }
        let id = columns.iter().position(|column| column.at == "id");
        Self {
            columns,
            parent,
            id,
            fields,
        }
    }

    /// How many slots a row has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Decodes one answer. `parent` is the id in the path; `site` is the address to put before links
    /// where the answer does not tell it.
    pub fn page(&self, body: &[u8], parent: Option<i64>, site: &str) -> Result<Page, Problem> {
        if u32::try_from(body.len()).is_err() {
            return Err(Problem::Shape("more than 4 GiB in one answer".to_owned()));
        }
        let mut sink = Sink {
            shape: self,
            parent,
            batch: Batch::new(self.width()),
            problem: None,
        };
        let mut json = serde_json::Deserializer::from_slice(body);
        let listing = json
            .deserialize_map(Listing { sink: &mut sink })
            .and_then(|listing| json.end().map(|()| listing));
        let listing = match listing {
            Ok(listing) => listing,
            Err(error) => return Err(sink.problem.unwrap_or_else(|| json_problem(&error))),
        };
        if !listing.results {
            return Err(Problem::Shape("an object without results".to_owned()));
        }
        let mut batch = sink.batch;
        batch.site = listing
            .base
            // The gateway's address is for programs: nobody can open it in a browser.
            .filter(|base| !base.contains("/ex/confluence/"))
            .unwrap_or_else(|| format!("{site}/wiki"));
        Ok(Page {
            batch,
            next: listing.next,
        })
    }
}

fn json_problem(error: &serde_json::Error) -> Problem {
    if error.is_eof() {
        Problem::CutOff
    } else {
        Problem::Shape(error.to_string())
    }
}

/// Where rows go while they are decoded.
struct Sink<'s> {
    shape: &'s Shape,
    parent: Option<i64>,
    batch: Batch,
    problem: Option<Problem>,
}

impl Sink<'_> {
    fn begin_row(&mut self) {
        let width = self.shape.width();
        self.batch
            .cells
            .resize(self.batch.cells.len() + width, Cell::Null);
        if let (Some(slot), Some(id)) = (self.shape.parent, self.parent) {
            self.put(slot, Cell::Int(id));
        }
    }

    fn put(&mut self, slot: usize, cell: Cell) {
        let row = self.batch.cells.len() - self.shape.width();
        self.batch.cells[row + slot] = cell;
    }

    /// Ends a row: a problem is told with the row's id, which may stand behind the broken field.
    fn end_row(&mut self) -> bool {
        if self.problem.is_none() {
            let row = self.batch.cells.len() - self.shape.width();
            let missing = self
                .shape
                .columns
                .iter()
                .zip(&self.batch.cells[row..])
                .find(|(column, cell)| column.required && **cell == Cell::Null);
            if let Some((column, _)) = missing {
                self.problem = Some(Problem::Value {
                    field: column.at,
                    id: None,
                    found: "nothing".to_owned(),
                });
            }
        }
        let id = self.row_id();
        if let Some(Problem::Value { id: place, .. }) = &mut self.problem {
            *place = id;
        }
        self.problem.is_none()
    }

    fn row_id(&self) -> Option<String> {
        let slot = self.shape.id?;
        let row = self.batch.len().checked_sub(1)?;
        match self.batch.value(row, slot) {
            crate::batch::Value::Int(id) => Some(id.to_string()),
            crate::batch::Value::Text(id) => Some(id.to_owned()),
            _ => None,
        }
    }

    fn refuse(&mut self, slot: usize, found: impl fmt::Display) {
        if self.problem.is_none() {
            let mut found = found.to_string();
            if found.len() > 80 {
                let cut = (0..=80).rev().find(|&at| found.is_char_boundary(at));
                found.truncate(cut.unwrap_or(0));
                found.push('…');
            }
            self.problem = Some(Problem::Value {
                field: self.shape.columns[slot].at,
                id: None,
                found,
            });
        }
    }

    fn text(&mut self, text: &str) -> Span {
        let start = self.batch.text.len();
        if text.contains('\0') {
            self.batch
                .text
                .extend(text.chars().map(|c| if c == '\0' { '\u{fffd}' } else { c }));
        } else {
            self.batch.text.push_str(text);
        }
        // An answer is below 4 GiB. A replaced U+0000 stands in it as six bytes, and here as three.
        Span {
            start: start as u32,
            length: (self.batch.text.len() - start) as u32,
        }
    }

    fn json(&mut self, document: &str) -> Span {
        if document.contains("\\u0000") {
            self.text(&without_nul_escapes(document))
        } else {
            self.text(document)
        }
    }

    fn string(&mut self, slot: usize, value: &str) {
        let cell = match self.shape.columns[slot].kind {
            Kind::Text => Some(Cell::Text(self.text(value))),
            Kind::JsonInString => is_json(value).then(|| Cell::Text(self.json(value))),
            Kind::Link => Some(Cell::Link(self.text(value))),
            Kind::Bigint => value.parse().ok().map(Cell::Int),
            Kind::Integer => value.parse::<i32>().ok().map(|n| Cell::Int(n.into())),
            Kind::Timestamp => value
                .parse::<Timestamp>()
                .ok()
                .map(|time| Cell::Timestamp(time.as_microsecond())),
            Kind::Boolean => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.refuse(slot, format_args!("\"{value}\"")),
        }
    }

    fn integer(&mut self, slot: usize, value: i64) {
        let cell = match self.shape.columns[slot].kind {
            Kind::Bigint => Some(Cell::Int(value)),
            Kind::Integer => i32::try_from(value).ok().map(|n| Cell::Int(n.into())),
            // Version 1 of the API writes some ids as numbers.
            Kind::Text => Some(Cell::Text(self.text(&value.to_string()))),
            _ => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.refuse(slot, value),
        }
    }

    fn boolean(&mut self, slot: usize, value: bool) {
        match self.shape.columns[slot].kind {
            Kind::Boolean => self.put(slot, Cell::Boolean(value)),
            _ => self.refuse(slot, value),
        }
    }
}

/// Whether a database will take it: a value is built, since merely skipping over one lets through halves of
/// characters and numbers beyond all bounds.
fn is_json(document: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(document).is_ok()
}

/// A JSON document in which the escape for U+0000 is one for U+FFFD, as U+0000 in text is.
fn without_nul_escapes(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (replaced, length) = if escape.starts_with("\\u0000") {
            ("\\ufffd", 6)
        } else {
            // An escaped character is one byte, so that \\\\u0000 stays what it is: a backslash and letters.
            (&escape[..2], 2)
        };
        out.push_str(replaced);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out
}

/// The envelope: `{"results": […], "_links": {"next": …, "base": …}}`, in any order.
struct Listing<'a, 's> {
    sink: &'a mut Sink<'s>,
}

struct Envelope {
    results: bool,
    next: Option<String>,
    base: Option<String>,
}

impl<'de> Visitor<'de> for Listing<'_, '_> {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with results")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope {
            results: false,
            next: None,
            base: None,
        };
        while let Some(key) = map.next_key::<EnvelopeKey>()? {
            match key {
                EnvelopeKey::Results => {
                    map.next_value_seed(Rows { sink: self.sink })?;
                    envelope.results = true;
                }
                EnvelopeKey::Links => {
                    if let Some(links) = map.next_value::<Option<Links>>()? {
                        envelope.next = links.next;
                        envelope.base = links.base;
                    }
                }
                EnvelopeKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(envelope)
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier)]
enum EnvelopeKey {
    #[serde(rename = "results")]
    Results,
    #[serde(rename = "_links")]
    Links,
    #[serde(other)]
    Other,
}

#[derive(serde::Deserialize)]
struct Links {
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    base: Option<String>,
}

struct Rows<'a, 's> {
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of results")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows
            .next_element_seed(Row {
                sink: &mut *self.sink,
            })?
            .is_some()
        {}
        Ok(())
    }
}

struct Row<'a, 's> {
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let shape = self.sink.shape;
        self.sink.begin_row();
        json.deserialize_map(Fields {
            node: &shape.fields,
            sink: &mut *self.sink,
        })?;
        if self.sink.end_row() {
            Ok(())
        } else {
            Err(D::Error::custom("a value that its column cannot hold"))
        }
    }
}

/// An object of which some fields are wanted.
struct Fields<'a, 's> {
    node: &'a Node,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(child) = map.next_key_seed(Key { node: self.node })? {
            match child {
                Some(node) => map.next_value_seed(Field {
                    node,
                    sink: &mut *self.sink,
                })?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A field's name: known, or not.
struct Key<'a> {
    node: &'a Node,
}

impl<'de, 'a> DeserializeSeed<'de> for Key<'a> {
    type Value = Option<&'a Node>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl<'a> Visitor<'_> for Key<'a> {
    type Value = Option<&'a Node>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.node.children.iter().find(|child| child.name == name))
    }
}

/// The value of a wanted field.
struct Field<'a, 's> {
    node: &'a Node,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Field<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl Field<'_, '_> {
    /// Gives a scalar to the field's slot. A scalar where an object should be spoils what is below it.
    fn give(self, found: impl fmt::Display, take: impl FnOnce(&mut Sink, usize)) {
        match self.node.slot.or_else(|| first_slot(self.node)) {
            Some(slot) if self.node.slot.is_some() => take(self.sink, slot),
            Some(slot) => self.sink.refuse(slot, found),
            None => {}
        }
    }
}

fn first_slot(node: &Node) -> Option<usize> {
    node.slot
        .or_else(|| node.children.iter().find_map(first_slot))
}

impl<'de> Visitor<'de> for Field<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.give(value, |sink, slot| sink.boolean(slot, value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.give(value, |sink, slot| sink.integer(slot, value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.give(value, |sink, slot| match i64::try_from(value) {
            Ok(value) => sink.integer(slot, value),
            Err(_) => sink.refuse(slot, value),
        });
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.give(value, |sink, slot| sink.refuse(slot, value));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.give(format_args!("\"{value}\""), |sink, slot| {
            sink.string(slot, value);
        });
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        if let Some(slot) = first_slot(self.node) {
            self.sink.refuse(slot, "an array");
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        if let Some(slot) = self.node.slot {
            self.sink.refuse(slot, "an object");
        }
        Fields {
            node: self.node,
            sink: self.sink,
        }
        .visit_map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Value;
    use crate::tables::{pages, permissions};

    fn pages(columns: &[&str], body: &str) -> Result<Page, Problem> {
        let places: Vec<usize> = columns
            .iter()
            .map(|name| pages::TABLE.column(name).expect("a column").0)
            .collect();
        Shape::new(&pages::TABLE, &places).page(body.as_bytes(), None, "https://acme.example")
    }

    #[test]
    fn a_page_of_pages() {
        let page = pages(
            &[
                "id",
                "title",
                "modified_at",
                "web_url",
                "version_minor_edit",
                "owner_id",
            ],
            r#"{"_links":{"next":"/wiki/api/v2/pages?cursor=x","base":"https://s.example/wiki"},
                "results":[{"ownerId":null,"extra":{"a":[1]},"title":"A\u0000\"é","id":"2182288832",
                "version":{"minorEdit":true,"createdAt":"2024-05-12T09:31:07.123Z"},
                "_links":{"webui":"/x"}}]}"#,
        )
        .expect("decodes");
        assert_eq!(page.next.as_deref(), Some("/wiki/api/v2/pages?cursor=x"));
        let row: Vec<Value> = (0..6).map(|slot| page.batch.value(0, slot)).collect();
        assert_eq!(
            row,
            [
                Value::Int(2_182_288_832),
                Value::Text("A\u{fffd}\"é"),
                Value::Timestamp(1_715_506_267_123_000),
                Value::Link("https://s.example/wiki", "/x"),
                Value::Boolean(true),
                Value::Null,
            ]
        );
    }

    #[test]
    fn addresses_are_the_sites_and_never_the_gateways() {
        let page = pages(
            &["id", "web_url"],
            r#"{"_links":{"base":"https://api.example/ex/confluence/1-2/wiki"},
                "results":[{"id":"5","_links":{"webui":"/x"}}]}"#,
        )
        .expect("decodes");
        assert_eq!(
            page.batch.value(0, 1),
            Value::Link("https://acme.example/wiki", "/x")
        );
    }

    #[test]
    fn the_parents_id_is_the_paths() {
        let shape = Shape::new(&permissions::TABLE, &[0, 1]);
        let page = shape
            .page(br#"{"results":[{"id":7}]}"#, Some(42), "https://s.example")
            .expect("decodes");
        assert_eq!(page.batch.value(0, 0), Value::Text("7"));
        assert_eq!(page.batch.value(0, 1), Value::Int(42));
        assert_eq!(page.next, None);
    }

    #[test]
    fn a_row_without_its_key_is_an_error() {
        assert_eq!(
            pages(&["id", "space_id"], r#"{"results":[{"id":"5"}]}"#).unwrap_err(),
            Problem::Value {
                field: "spaceId",
                id: Some("5".to_owned()),
                found: "nothing".to_owned()
            }
        );
    }

    #[test]
    fn a_value_that_does_not_fit_names_field_and_id_even_before_the_id() {
        for (json, found) in [
            (r#""abc""#, "\"abc\""),
            ("9.5", "9.5"),
            ("true", "true"),
            ("{}", "an object"),
            ("[1]", "an array"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            let body = format!(r#"{{"results":[{{"parentId":{json},"id":"5"}}]}}"#);
            assert_eq!(
                pages(&["id", "parent_id"], &body).unwrap_err(),
                Problem::Value {
                    field: "parentId",
                    id: Some("5".to_owned()),
                    found: found.to_owned()
                }
            );
        }
    }

    #[test]
    fn a_document_in_a_string_is_json_without_nul() {
        let body = |value: &str| {
            let value = serde_json::to_string(value).expect("a string");
            format!(
                r#"{{"results":[{{"id":"5","body":{{"atlas_doc_format":{{"value":{value}}}}}}}]}}"#
            )
        };
        let page = pages(&["id", "body_adf"], &body(r#"{"a":"\u0000\\u0000é"}"#)).expect("decodes");
        assert_eq!(
            page.batch.value(0, 1),
            Value::Text(r#"{"a":"\ufffd\\u0000é"}"#)
        );
        assert!(matches!(
            pages(&["id", "body_adf"], &body("{broken")),
            Err(Problem::Value {
                field: "body.atlas_doc_format.value",
                ..
            })
        ));
    }

    #[test]
    fn what_is_no_listing_is_said_so() {
        assert_eq!(
            pages(&["id"], r#"{"results":[{"id":"#).unwrap_err(),
            Problem::CutOff
        );
        assert_eq!(pages(&["id"], "").unwrap_err(), Problem::CutOff);
        for body in [
            "<html>",
            "[]",
            "null",
            "{}",
            r#"{"results":null}"#,
            r#"{"results":{}}"#,
            r#"{"results":[]} x"#,
        ] {
            assert!(
                matches!(pages(&["id"], body).unwrap_err(), Problem::Shape(_)),
                "{body}"
            );
        }
    }
}
