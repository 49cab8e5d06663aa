//! Visitors: the walk through a response's JSON.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess,
    SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::number;
use super::projection::{FieldNode, FieldPlace, Incomplete};
use super::sink::Sink;
use crate::batch::Slot;
use crate::schema::Kind;

/// Where a listing goes on, and where its site is.
#[derive(Debug, Default)]
pub(super) struct PageLinks {
    /// Whether the answer has them.
    pub are_there: bool,
    pub next: Option<String>,
    pub base: Option<String>,
}

/// What the object around a list of rows says of the list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ListClaims {
    /// How many rows an answer has at most.
    pub most: Option<u64>,
    /// How many there should be.
    pub size: Option<u64>,
    /// Whether there are more behind them.
    pub goes_on: bool,
}

/// Reads an answer: rows into the sink, and its links.
pub(super) fn answer<'de, D: de::Deserializer<'de>>(
    json: D,
    sink: &mut Sink,
) -> Result<PageLinks, D::Error> {
    let way = &sink.shape.way;
    match way.rows {
        Some(place) => json.deserialize_any(Itself { place, sink }),
        None => json.deserialize_map(Around {
            way,
            nesting: Nesting::Answer,
            sink,
        }),
    }
}

/// An answer that is a row, or an array of rows.
struct Itself<'a, 's> {
    place: usize,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Itself<'_, '_> {
    type Value = PageLinks;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PageLinks, A::Error> {
        let row = RowVisitor {
            place: self.place,
            sink: self.sink,
        };
        row.read(map)?;
        Ok(PageLinks::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<PageLinks, A::Error> {
        let rows_seed = RowsVisitor {
            place: self.place,
            sink: &mut *self.sink,
        };
        let length = rows_seed.visit_seq(rows)?;
        self.sink
            .end_list(self.place, length, ListClaims::default());
        Ok(PageLinks::default())
    }
}

/// An object on the way to rows, such as `{"results": […], "limit": 25, "_links": {…}}`, in any order. All
/// that the way leads through has to be there: a list that is missing is not an empty one.
struct Around<'a, 's> {
    way: &'a FieldPlace,
    nesting: Nesting,
    sink: &'a mut Sink<'s>,
}

/// What an object on the way to rows is.
#[derive(Clone, Copy, PartialEq)]
enum Nesting {
    /// The answer itself.
    Answer,
    /// One of several that each have lists of rows.
    Element,
    /// A part of one of these.
    Part,
}

impl<'de> Visitor<'de> for Around<'_, '_> {
    type Value = PageLinks;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.way.inner.first() {
            Some(inner) => write!(f, "an object with {}", inner.name),
            None => f.write_str("an object"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PageLinks, A::Error> {
        let shape = self.sink.shape;
        let mut links = PageLinks::default();
        let mut seen = Names::default();
        let mut lengths = Vec::new();
        let mut claims = ListClaims::default();
        let (ways, fields) = (&self.way.inner, &shape.around.children);
        let beside = ways.len() + fields.len();
        let (links_at, limit_at, size_at) = (beside, beside + 1, beside + 2);
        let is_answer = self.nesting == Nesting::Answer;
        let kind = shape.kind.filter(|_| self.nesting == Nesting::Element);
        // What is said of lists is looked at where it makes a difference.
        let is_counted = shape.incomplete != Incomplete::Refused;
        while let Some(name) = map.next_key_seed(Name)? {
            if let Some(number) = ways.iter().position(|inner| name.is(inner.name)) {
                let inner = &ways[number];
                seen.take(number, inner.name, self.sink)?;
                let length = map.next_value_seed(InnerVisitor {
                    place: inner,
                    sink: &mut *self.sink,
                })?;
                lengths.extend(inner.rows.zip(length));
            } else if let Some(number) = fields.iter().position(|node| name.is(node.name)) {
                let node = &fields[number];
                seen.take(ways.len() + number, node.name, self.sink)?;
                self.sink.set_around(true);
                let told = map.next_value_seed(Field {
                    node,
                    sink: &mut *self.sink,
                });
                self.sink.set_around(false);
                told?;
            } else if let Some((at, kind)) = kind.filter(|(at, _)| name.is(at)) {
                seen.take(beside + 3, at, self.sink)?;
                let found: &RawValue = map.next_value()?;
                // What is no text tells no kind.
                if let Ok(found) = serde_json::from_str::<String>(found.get()) {
                    self.sink.take_kind(found == kind);
                }
            } else if (is_answer || is_counted) && name.is("_links") {
                seen.take(links_at, "_links", self.sink)?;
                links = map.next_value_seed(LinksOf {
                    sink: &mut *self.sink,
                })?;
            } else if name.is("limit") {
                seen.take(limit_at, "limit", self.sink)?;
                claims.most = map.next_value_seed(Count("a limit"))?;
            } else if is_counted && name.is("size") {
                seen.take(size_at, "size", self.sink)?;
                claims.size = map.next_value_seed(Count("a size"))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let Some(missing) = (0..ways.len()).find(|number| !seen.has(*number)) {
            let name = ways[missing].name;
            if !self.sink.may_lack() {
                self.sink.lack(name);
                return Err(A::Error::custom(
                    "an object without what the way leads through",
                ));
            }
        }
        claims.goes_on = !is_answer && links.next.is_some();
        for (place, length) in lengths {
            self.sink.end_list(place, length, claims);
        }
        Ok(links)
    }
}

/// The names that an object had so far, of those that mean something: one that comes twice has no value.
#[derive(Default)]
struct Names(u64);

impl Names {
    #[inline]
    fn has(&self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }

    #[inline]
    fn take<E: de::Error>(&mut self, number: usize, name: &str, sink: &mut Sink) -> Result<(), E> {
        if self.has(number) {
            return Err(twice(name, sink));
        }
        self.0 |= 1 << number;
        Ok(())
    }
}

#[cold]
fn twice<E: de::Error>(name: &str, sink: &mut Sink) -> E {
    sink.have_twice(name);
    E::custom("a name that comes twice")
}

/// The links of an answer.
struct LinksOf<'a, 's> {
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for LinksOf<'_, '_> {
    type Value = PageLinks;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<PageLinks, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LinksOf<'_, '_> {
    type Value = PageLinks;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of links")
    }

    fn visit_unit<E>(self) -> Result<PageLinks, E> {
        Ok(PageLinks::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PageLinks, A::Error> {
        let mut seen = Names::default();
        let mut links = PageLinks {
            are_there: true,
            ..PageLinks::default()
        };
        while let Some(name) = map.next_key_seed(Name)? {
            if name.is("next") {
                seen.take(0, "next", self.sink)?;
                links.next = map.next_value()?;
            } else if name.is("base") {
                seen.take(1, "base", self.sink)?;
                links.base = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(links)
    }
}

/// How many rows a list holds, or holds at most, as the site says; with what messages call it.
struct Count(&'static str);

impl<'de> DeserializeSeed<'de> for Count {
    type Value = Option<u64>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Option<u64>, D::Error> {
        let value = <&RawValue>::deserialize(json)?.get();
        if value == "null" {
            return Ok(None);
        }
        number::whole(value)
            .and_then(|limit| u64::try_from(limit).ok())
            .map(Some)
            .ok_or_else(|| D::Error::custom(format_args!("{} that is no number of rows", self.0)))
    }
}

/// What lies at a place on the way: a list of rows, whose length it gives, or an object or objects around one.
struct InnerVisitor<'a, 's> {
    place: &'a FieldPlace,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for InnerVisitor<'_, '_> {
    type Value = Option<u64>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Option<u64>, D::Error> {
        if let Some(place) = self.place.rows {
            let rows = RowsVisitor {
                place,
                sink: self.sink,
            };
            return json.deserialize_seq(rows).map(Some);
        }
        if self.place.each {
            json.deserialize_seq(Each {
                way: self.place,
                sink: self.sink,
            })?;
        } else {
            json.deserialize_map(Around {
                way: self.place,
                nesting: Nesting::Part,
                sink: self.sink,
            })?;
        }
        Ok(None)
    }
}

/// An array of objects around lists of rows.
struct Each<'a, 's> {
    way: &'a FieldPlace,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Each<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items
            .next_element_seed(EachOne {
                way: self.way,
                sink: &mut *self.sink,
            })?
            .is_some()
        {}
        Ok(())
    }
}

struct EachOne<'a, 's> {
    way: &'a FieldPlace,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for EachOne<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.sink.begin_around();
        json.deserialize_map(Around {
            way: self.way,
            nesting: Nesting::Element,
            sink: &mut *self.sink,
        })?;
        if self.sink.end_around() {
            Ok(())
        } else {
            Err(D::Error::custom("a value that its column cannot hold"))
        }
    }
}

/// A field's name. Names that matter are short, and no longer one is kept.
struct Name;

#[derive(Default)]
struct ShortName {
    bytes: [u8; 24],
    length: usize,
}

impl ShortName {
    fn is(&self, name: &str) -> bool {
        &self.bytes[..self.length] == name.as_bytes()
    }
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = ShortName;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<ShortName, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = ShortName;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<ShortName, E> {
        let mut short = ShortName::default();
        if let Some(bytes) = short.bytes.get_mut(..name.len()) {
            bytes.copy_from_slice(name.as_bytes());
            short.length = name.len();
        }
        Ok(short)
    }
}

/// A list of rows; gives its length.
struct RowsVisitor<'a, 's> {
    place: usize,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for RowsVisitor<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of results")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<u64, A::Error> {
        let mut length = 0;
        while rows
            .next_element_seed(RowVisitor {
                place: self.place,
                sink: &mut *self.sink,
            })?
            .is_some()
        {
            length += 1;
        }
        Ok(length)
    }
}

struct RowVisitor<'a, 's> {
    place: usize,
    sink: &'a mut Sink<'s>,
}

impl RowVisitor<'_, '_> {
    fn read<'de, A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let shape = self.sink.shape;
        self.sink.begin_row(Some(self.place));
        Fields {
            node: &shape.fields,
            sink: &mut *self.sink,
        }
        .visit_map(map)?;
        if self.sink.end_row() {
            Ok(())
        } else {
            Err(A::Error::custom("a value that its column cannot hold"))
        }
    }
}

impl<'de> DeserializeSeed<'de> for RowVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.read(map)
    }
}

/// An object of which some fields are wanted.
struct Fields<'a, 's> {
    node: &'a FieldNode,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let children = &self.node.children;
        let mut seen = Names::default();
        let mut next = 0;
        while let Some(known) = map.next_key_seed(KeyVisitor { children, next })? {
            match known {
                Some(place) => {
                    let node = &children[place];
                    seen.take(place, node.name, self.sink)?;
                    map.next_value_seed(Field {
                        node,
                        sink: &mut *self.sink,
                    })?;
                    next = place + 1;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A field's name: the place of the child that it names, if one has it.
struct KeyVisitor<'a> {
    children: &'a [FieldNode],
    /// Where to look first. Columns stand mostly in the order of the site's fields, so it is mostly there.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for KeyVisitor<'_> {
    type Value = Option<usize>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyVisitor<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        let (before, after) = self.children.split_at(self.next);
        let find = |nodes: &[FieldNode]| nodes.iter().position(|node| node.name == name);
        Ok(find(after)
            .map(|place| self.next + place)
            .or_else(|| find(before)))
    }
}

/// The value of a wanted field.
struct Field<'a, 's> {
    node: &'a FieldNode,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Field<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let shape = self.sink.shape;
        if let Some(slot) = self.node.slot {
            self.sink.came(slot);
        }
        match self.node.slot {
            Some(slot) if shape.column(slot).kind == Kind::Json => {
                let value = <&RawValue>::deserialize(json)?.get();
                if value != "null" {
                    self.sink.value(slot, value);
                }
                Ok(())
            }
            _ if self.sink.with_care => {
                let value = <&RawValue>::deserialize(json)?.get();
                if value.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
                    self.give(value, |sink, slot| sink.number(slot, value));
                    return Ok(());
                }
                let mut value = serde_json::Deserializer::from_str(value);
                value.deserialize_any(self).map_err(D::Error::custom)
            }
            _ => json.deserialize_any(self),
        }
    }
}

impl Field<'_, '_> {
    /// Gives a scalar to the field's slot. A scalar where an object should be spoils what is below it.
    fn give(self, found: impl fmt::Display, take: impl FnOnce(&mut Sink, Slot)) {
        match self.node.slot.or_else(|| first_slot(self.node)) {
            Some(slot) if self.node.slot.is_some() => take(self.sink, slot),
            Some(slot) => self.sink.refuse(slot, found),
            None => {}
        }
    }
}

fn first_slot(node: &FieldNode) -> Option<Slot> {
    node.slot
        .or_else(|| node.children.iter().find_map(first_slot))
}

/// An element of an array of which the last one is wanted: it takes the place of the one before it.
struct LastOf<'a, 's> {
    node: &'a FieldNode,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for LastOf<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.sink.forget_all(self.node);
        json.deserialize_map(Fields {
            node: self.node,
            sink: self.sink,
        })
    }
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

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(self.sink.be_careful()),
        }
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        // Which number it is only its text can tell.
        Err(self.sink.be_careful())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.give(format_args!("\"{value}\""), |sink, slot| {
            sink.string(slot, value);
        });
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.node.is_last {
            self.sink.came_all(self.node);
            while items
                .next_element_seed(LastOf {
                    node: self.node,
                    sink: &mut *self.sink,
                })?
                .is_some()
            {}
            return Ok(());
        }
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
