//! The walk through an answer's JSON.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::shape::{Node, Place};
use super::sink::Sink;
use crate::table::Kind;

/// Where a listing goes on, and where its site is.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Links {
    /// Whether the answer has them.
    #[serde(skip)]
    pub are_there: bool,
    #[serde(default)]
    pub next: Option<String>,
    #[serde(default)]
    pub base: Option<String>,
}

/// Reads an answer: rows into the sink, and its links.
pub(super) fn answer<'de, D: de::Deserializer<'de>>(
    json: D,
    sink: &mut Sink,
) -> Result<Links, D::Error> {
    let way = &sink.shape.way;
    match way.rows {
        Some(place) => json.deserialize_any(Itself { place, sink }),
        None => json.deserialize_map(Around {
            way,
            is_root: true,
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
    type Value = Links;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Links, A::Error> {
        let row = Row {
            place: self.place,
            sink: self.sink,
        };
        row.read(map)?;
        Ok(Links::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<Links, A::Error> {
        let rows_seed = Rows {
            place: self.place,
            sink: &mut *self.sink,
        };
        let length = rows_seed.visit_seq(rows)?;
        self.sink.end_list(length, None);
        Ok(Links::default())
    }
}

/// An object on the way to rows, such as `{"results": […], "limit": 25, "_links": {…}}`, in any order. All
/// that the way leads through has to be there: a list that is missing is not an empty one.
struct Around<'a, 's> {
    way: &'a Place,
    is_root: bool,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Around<'_, '_> {
    type Value = Links;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.way.inner.first() {
            Some(inner) => write!(f, "an object with {}", inner.name),
            None => f.write_str("an object"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Links, A::Error> {
        let shape = self.sink.shape;
        let mut links = Links::default();
        let mut seen = vec![false; self.way.inner.len()];
        let mut lengths = Vec::new();
        let mut most = None;
        while let Some(name) = map.next_key_seed(Name)? {
            let inner = self.way.inner.iter().position(|inner| name.is(inner.name));
            if let Some(number) = inner {
                let inner = &self.way.inner[number];
                lengths.extend(map.next_value_seed(Inner {
                    place: inner,
                    sink: &mut *self.sink,
                })?);
                seen[number] = true;
            } else if let Some(node) = shape.around.children.iter().find(|node| name.is(node.name))
            {
                self.sink.set_around(true);
                let told = map.next_value_seed(Field {
                    node,
                    sink: &mut *self.sink,
                });
                self.sink.set_around(false);
                told?;
            } else if self.is_root && name.is("_links") {
                let found = map.next_value::<Option<Links>>()?;
                links = found.map_or_else(Links::default, |links| Links {
                    are_there: true,
                    ..links
                });
            } else if name.is("limit") {
                most = map.next_value::<Option<u64>>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let Some(missing) = seen.iter().position(|seen| !seen) {
            let name = self.way.inner[missing].name;
            self.sink.lack(name);
            return Err(A::Error::custom(
                "an object without what the way leads through",
            ));
        }
        for length in lengths {
            self.sink.end_list(length, most);
        }
        Ok(links)
    }
}

/// What lies at a place on the way: a list of rows, whose length it gives, or an object or objects around one.
struct Inner<'a, 's> {
    place: &'a Place,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Inner<'_, '_> {
    type Value = Option<u64>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Option<u64>, D::Error> {
        if let Some(place) = self.place.rows {
            let rows = Rows {
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
                is_root: false,
                sink: self.sink,
            })?;
        }
        Ok(None)
    }
}

/// An array of objects around lists of rows.
struct Each<'a, 's> {
    way: &'a Place,
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
    way: &'a Place,
    sink: &'a mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for EachOne<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.sink.begin_around();
        json.deserialize_map(Around {
            way: self.way,
            is_root: false,
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
struct Rows<'a, 's> {
    place: usize,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of results")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<u64, A::Error> {
        let mut length = 0;
        while rows
            .next_element_seed(Row {
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

struct Row<'a, 's> {
    place: usize,
    sink: &'a mut Sink<'s>,
}

impl Row<'_, '_> {
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

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
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
    node: &'a Node,
    sink: &'a mut Sink<'s>,
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let children = &self.node.children;
        let mut next = 0;
        while let Some(known) = map.next_key_seed(Key { children, next })? {
            match known {
                Some(place) => {
                    map.next_value_seed(Field {
                        node: &children[place],
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
struct Key<'a> {
    children: &'a [Node],
    /// Where to look first. Columns stand mostly in the order of the site's fields, so it is mostly there.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        let (before, after) = self.children.split_at(self.next);
        let find = |nodes: &[Node]| nodes.iter().position(|node| node.name == name);
        Ok(find(after)
            .map(|place| self.next + place)
            .or_else(|| find(before)))
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
        let shape = self.sink.shape;
        if let Some(slot) = self.node.slot {
            self.sink.came(slot);
        }
        match self.node.slot {
            Some(slot) if shape.columns[slot].kind == Kind::Json => {
                let value = <&RawValue>::deserialize(json)?.get();
                if value != "null" {
                    self.sink.string(slot, value);
                }
                Ok(())
            }
            _ => json.deserialize_any(self),
        }
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
