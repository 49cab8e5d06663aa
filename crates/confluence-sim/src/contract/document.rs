//! One document: its operations, and the checks against each.

use super::Described;
use super::deviations::{self, Finding};
use super::schema;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

pub(super) struct Document {
    operations: Vec<Operation>,
}

pub(super) struct Operation {
    pub id: String,
    pub scopes: Vec<Vec<String>>,
    method: String,
    /// The path's segments, from the site's root.
    template: Vec<String>,
    parameters: Vec<Parameter>,
    /// What a request has to send, if anything.
    body: Option<Value>,
    /// By status; none where the document shows no shape.
    answers: HashMap<u16, Option<Value>>,
    /// Built when the first answer is checked: building is slow, and few operations are met in a run.
    answer_check: OnceLock<Validator>,
}

/// The segments of a path that stand for something, by name.
pub(super) type Variables<'d, 'p> = Vec<(&'d str, &'p str)>;

struct Parameter {
    name: String,
    place: String,
    required: bool,
    /// Whether a list may be given as several parameters of one name.
    repeatable: bool,
    schema: Value,
    check: OnceLock<Validator>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("operations", &self.operations.len())
            .finish()
    }
}

impl Document {
    pub(super) fn read(file: &Path, prefix: &str) -> Self {
        let broken = |why: &dyn fmt::Display| -> ! { panic!("{}: {why}", file.display()) };
        let text = std::fs::read(file).unwrap_or_else(|error| broken(&error));
        let document: Value = serde_json::from_slice(&text).unwrap_or_else(|error| broken(&error));
        let Some(paths) = document["paths"].as_object() else {
            broken(&"no paths")
        };
        let mut operations = Vec::new();
        for (path, methods) in paths {
            for (method, described) in methods.as_object().into_iter().flatten() {
                if described.get("responses").is_some() {
                    operations.push(Operation::read(
                        &document,
                        method,
                        &format!("{prefix}{path}"),
                        described,
                    ));
                }
            }
        }
        Self { operations }
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = Described<'_>> {
        self.operations.iter().map(|operation| Described {
            id: &operation.id,
            method: &operation.method,
            path: operation.template.join("/"),
        })
    }

    /// The operation for a path, and the path's segments by the names of its parameters.
    pub(super) fn find<'d, 'p>(
        &'d self,
        method: &str,
        path: &'p str,
    ) -> Option<(&'d Operation, Variables<'d, 'p>)> {
        let segments: Vec<&str> = path.split('/').collect();
        let fitting = self.operations.iter().filter(|operation| {
            operation.method.eq_ignore_ascii_case(method)
                && operation.template.len() == segments.len()
                && operation
                    .template
                    .iter()
                    .zip(&segments)
                    .all(|(wanted, is)| variable(wanted).is_some() || wanted == is)
        });
        // Of several the one that leaves least open.
        let operation = fitting.min_by_key(|operation| {
            operation
                .template
                .iter()
                .filter(|part| variable(part).is_some())
                .count()
        })?;
        let variables = operation.template.iter().zip(segments);
        Some((
            operation,
            variables
                .filter_map(|(part, segment)| Some((variable(part)?, segment)))
                .collect(),
        ))
    }
}

/// What a part of a document says, there or in the place that it refers to.
fn follow<'d>(document: &'d Value, part: &'d Value) -> &'d Value {
    match part["$ref"].as_str() {
        Some(target) => document
            .pointer(target.trim_start_matches('#'))
            .expect("a part that is described"),
        None => part,
    }
}

/// The name in a segment such as `{id}`.
fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

impl Operation {
    fn read(document: &Value, method: &str, path: &str, described: &Value) -> Self {
        let none = Map::new();
        let components = document["components"]["schemas"]
            .as_object()
            .unwrap_or(&none);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let scopes = list(&described["x-atlassian-oauth2-scopes"]);
        let mut answers = HashMap::new();
        for (status, answer) in described["responses"].as_object().into_iter().flatten() {
            let shape = answer.pointer("/content/application~1json/schema");
            if let Ok(status) = status.parse() {
                answers.insert(
                    status,
                    shape.map(|shape| schema::standalone(shape, components)),
                );
            }
        }
        let body = follow(document, &described["requestBody"])
            .pointer("/content/application~1json/schema")
            .map(|shape| schema::standalone(shape, components));
        Self {
            id: described["operationId"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            body,
            scopes: scopes
                .iter()
                .map(|set| {
                    list(&set["scopes"])
                        .iter()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect()
                })
                .collect(),
            method: method.to_owned(),
            template: path.split('/').map(str::to_owned).collect(),
            parameters: list(&described["parameters"])
                .iter()
                .map(|parameter| Parameter::read(document, components, parameter))
                .collect(),
            answers,
            answer_check: OnceLock::new(),
        }
    }

    pub(super) fn check_path(&self, variables: &[(&str, &str)]) -> Result<(), String> {
        for (name, segment) in variables {
            if deviations::is_known_segment(&self.id, name, segment) {
                continue;
            }
            let parameter = self
                .parameters
                .iter()
                .find(|known| known.place == "path" && known.name == *name);
            let parameter =
                parameter.ok_or_else(|| format!("the document does not describe {{{name}}}"))?;
            parameter.check(&[segment])?;
        }
        Ok(())
    }

    pub(super) fn check_query(&self, pairs: &[(String, String)]) -> Result<(), String> {
        let known = || {
            self.parameters
                .iter()
                .filter(|parameter| parameter.place == "query")
        };
        if let Some((name, _)) = pairs
            .iter()
            .find(|(name, _)| !known().any(|known| known.name == *name))
        {
            return Err(format!("{} has no parameter {name}", self.id));
        }
        for parameter in known() {
            let given: Vec<&str> = pairs
                .iter()
                .filter(|(name, _)| *name == parameter.name)
                .map(|(_, value)| value.as_str())
                .collect();
            match given[..] {
                [] if parameter.required => {
                    return Err(format!("{} needs {}", self.id, parameter.name));
                }
                [] => {}
                _ => parameter.check(&given)?,
            }
        }
        Ok(())
    }

    pub(super) fn check_body(&self, body: Option<&str>) -> Result<(), String> {
        match (&self.body, body) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(format!("{} takes no body", self.id)),
            (Some(_), None) => Err(format!("{} needs a body", self.id)),
            (Some(schema), Some(body)) => {
                let body =
                    serde_json::from_str(body).map_err(|error| format!("no JSON: {error}"))?;
                let checked = validator(schema)
                    .validate(&body)
                    .map_err(|error| error.to_string());
                checked.map_err(|why| format!("{}: {why}", self.id))
            }
        }
    }

    pub(super) fn check_answer(
        &self,
        status: u16,
        body: impl FnOnce() -> Result<Value, String>,
    ) -> Result<(), String> {
        match self.answers.get(&status) {
            None => Err(format!("{} has no answer with status {status}", self.id)),
            Some(None) => Ok(()),
            Some(Some(schema)) => self.check_shape(schema, &body()?),
        }
    }

    fn check_shape(&self, schema: &Value, body: &Value) -> Result<(), String> {
        let check = self.answer_check.get_or_init(|| validator(schema));
        let found: Vec<String> = check
            .iter_errors(body)
            .filter(|error| !self.is_known(error))
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .take(5)
            .collect();
        if found.is_empty() {
            Ok(())
        } else {
            Err(format!("{}: {}", self.id, found.join("; ")))
        }
    }

    /// Whether live sites are known to differ in this way.
    fn is_known(&self, error: &ValidationError) -> bool {
        let known = |finding| {
            deviations::is_known(
                &self.id,
                error.instance_path().as_str(),
                error.instance(),
                &finding,
            )
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unexpected.iter().all(|name| known(Finding::Property(name)))
            }
            ValidationErrorKind::Enum { .. } => known(Finding::Word),
            _ => known(Finding::Other),
        }
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true);
    options
        .build(schema)
        .unwrap_or_else(|error| panic!("the document has a schema that is none: {error}"))
}

impl Parameter {
    fn read(document: &Value, components: &Map<String, Value>, described: &Value) -> Self {
        let described = follow(document, described);
        Self {
            name: described["name"].as_str().unwrap_or_default().to_owned(),
            place: described["in"].as_str().unwrap_or_default().to_owned(),
            required: described["required"] == true,
            repeatable: described["explode"] != false,
            schema: schema::standalone(&described["schema"], components),
            check: OnceLock::new(),
        }
    }

    fn check(&self, given: &[&str]) -> Result<(), String> {
        let schema = follow(&self.schema, &self.schema);
        let value = if schema["type"] == "array" {
            if given.len() > 1 && !self.repeatable {
                return Err(format!("{} is given more than once", self.name));
            }
            let kind = &schema["items"]["type"];
            given
                .iter()
                .flat_map(|list| list.split(','))
                .map(|item| typed(kind, item))
                .collect()
        } else {
            let [single] = given else {
                return Err(format!("{} is given more than once", self.name));
            };
            typed(&schema["type"], single)
        };
        let check = self.check.get_or_init(|| validator(&self.schema));
        check
            .validate(&value)
            .map_err(|error| format!("{}: {error}", self.name))
    }
}

/// Text as a value of a type, or as text where it is none.
fn typed(kind: &Value, text: &str) -> Value {
    let parsed = match kind.as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}
