//! From the schemas of OpenAPI 3.0 to JSON Schema, which they nearly are.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const SCHEMAS: &str = "#/components/schemas/";

/// A schema that stands alone, with all that it refers to.
pub(super) fn standalone(schema: &Value, components: &Map<String, Value>) -> Value {
    let mut root = convert(schema, components);
    let mut included = BTreeMap::new();
    let mut open = references(&root);
    while let Some(name) = open.pop() {
        included.entry(name).or_insert_with_key(|name| {
            let component = components
                .get(name)
                .unwrap_or_else(|| panic!("no schema {name} in the document"));
            let component = convert(component, components);
            open.extend(references(&component));
            component
        });
    }
    root["components"] = json!({"schemas": included});
    root
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let here = map
                .get("$ref")
                .and_then(Value::as_str)
                .map(|target| target[SCHEMAS.len()..].to_owned());
            here.into_iter()
                .chain(map.values().flat_map(references))
                .collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Only what stands where a schema stands is touched: a property may be called "nullable".
fn convert(schema: &Value, components: &Map<String, Value>) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    let nullable = map.get("nullable") == Some(&Value::Bool(true));
    if let Some(target) = map.get("$ref") {
        let reference = json!({"$ref": target});
        return if nullable {
            json!({"anyOf": [{"type": "null"}, reference]})
        } else {
            reference
        };
    }
    // An object made of several is made one, as only then it is known which properties it has.
    let merged;
    let map = match map.get("allOf") {
        Some(Value::Array(parts)) => {
            merged = parts
                .iter()
                .fold(Map::new(), |all, part| merge(all, part, components));
            &merged
        }
        _ => map,
    };
    let mut out = Map::new();
    for (keyword, value) in map {
        let value = match (keyword.as_str(), value) {
            ("nullable" | "example" | "description" | "title" | "default" | "discriminator", _) => {
                continue;
            }
            ("properties", Value::Object(properties)) => properties
                .iter()
                .map(|(name, schema)| (name.clone(), convert(schema, components)))
                .collect(),
            ("items" | "additionalProperties" | "not", schema) => convert(schema, components),
            ("oneOf" | "anyOf", Value::Array(parts)) => {
                parts.iter().map(|part| convert(part, components)).collect()
            }
            ("type", kind) if nullable => json!([kind, "null"]),
            ("enum", Value::Array(words)) if nullable => {
                words.iter().cloned().chain([Value::Null]).collect()
            }
            (_, value) => value.clone(),
        };
        out.insert(keyword.clone(), value);
    }
    match out.get("format").and_then(Value::as_str) {
        Some("int32") => bound(&mut out, i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => bound(&mut out, i64::MIN, i64::MAX),
        _ => {}
    }
    // The documents close no object, and then nothing would ever be superfluous.
    if out.contains_key("properties") && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    Value::Object(out)
}

fn bound(schema: &mut Map<String, Value>, least: i64, most: i64) {
    schema.entry("minimum").or_insert_with(|| least.into());
    schema.entry("maximum").or_insert_with(|| most.into());
}

/// Adds the properties of a schema to those of an object, also where both have one of the same name.
fn merge(
    mut all: Map<String, Value>,
    part: &Value,
    components: &Map<String, Value>,
) -> Map<String, Value> {
    let part = resolve(part, components);
    for (keyword, value) in part.as_object().into_iter().flatten() {
        match (keyword.as_str(), all.get_mut(keyword), value) {
            ("allOf", _, Value::Array(parts)) => {
                all = parts
                    .iter()
                    .fold(all, |all, part| merge(all, part, components));
            }
            ("properties", Some(Value::Object(known)), Value::Object(properties)) => {
                for (name, schema) in properties {
                    let both = match known.get(name) {
                        Some(known) => Value::Object(merge(
                            merge(Map::new(), known, components),
                            schema,
                            components,
                        )),
                        None => schema.clone(),
                    };
                    known.insert(name.clone(), both);
                }
            }
            ("required", Some(Value::Array(known)), Value::Array(names)) => {
                known.extend(names.iter().cloned())
            }
            _ => {
                all.insert(keyword.clone(), value.clone());
            }
        }
    }
    all
}

fn resolve<'a>(schema: &'a Value, components: &'a Map<String, Value>) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(target) => resolve(&components[&target[SCHEMAS.len()..]], components),
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(schema: &Value, components: &Value, value: &Value) -> bool {
        let components = components.as_object().expect("a map of schemas");
        jsonschema::is_valid(&standalone(schema, components), value)
    }

    #[test]
    fn null_is_allowed_where_it_says_so() {
        let components = json!({"Word": {"type": "string", "enum": ["a", "b"]}});
        let schema = json!({"type": "object", "properties": {
            "plain": {"type": "string"},
            "open": {"type": "string", "enum": ["x"], "nullable": true},
            "refers": {"$ref": "#/components/schemas/Word", "nullable": true},
            "nullable": {"$ref": "#/components/schemas/Word"},
        }});
        for (value, valid) in [
            (
                json!({"plain": "", "open": "x", "refers": "a", "nullable": "b"}),
                true,
            ),
            (json!({"open": null, "refers": null}), true),
            (json!({"plain": null}), false),
            (json!({"open": "y"}), false),
            (json!({"refers": "c"}), false),
            (json!({"nullable": null}), false),
        ] {
            assert_eq!(is_valid(&schema, &components, &value), valid, "{value}");
        }
    }

    #[test]
    fn objects_are_closed_also_where_they_have_several_parts() {
        let components = json!({
            "Links": {"type": "object", "properties": {"webui": {"type": "string"}}},
            "Page": {"type": "object", "properties": {
                "id": {"type": "string"}, "_links": {"$ref": "#/components/schemas/Links"},
            }},
        });
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Page"},
            {"type": "object", "properties": {"_links": {"type": "object", "properties": {"base": {"type": "string"}}}}},
        ]});
        for (value, valid) in [
            (
                json!({"id": "1", "_links": {"webui": "/x", "base": "http://x"}}),
                true,
            ),
            (json!({"id": 1}), false),
            (json!({"more": 1}), false),
            (json!({"_links": {"more": "x"}}), false),
            (json!({"_links": {"webui": 1}}), false),
        ] {
            assert_eq!(is_valid(&schema, &components, &value), valid, "{value}");
        }
    }

    #[test]
    fn integers_have_the_bounds_of_their_format() {
        let schema = json!({"type": "integer", "format": "int32"});
        assert!(is_valid(&schema, &json!({}), &json!(2_147_483_647)));
        assert!(!is_valid(&schema, &json!({}), &json!(2_147_483_648_u32)));
    }
}
