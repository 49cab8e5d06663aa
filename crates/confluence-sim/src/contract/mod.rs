//! The published documents of the API, and whether requests and answers keep to them.
//!
//! The documents are not part of this project. They are looked for in `$CONFLUENCE_OPENAPI_DIR`, else in
//! `../shared/openapi` beside the workspace, as `confluence-v2.json` and `confluence-v1.json`.

mod deviations;
mod document;
mod schema;

use crate::log::Request;
use document::{Document, Operation};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What the documents say.
#[derive(Debug)]
pub struct Contract {
    documents: Vec<Document>,
}

/// An operation, as a document names it.
#[derive(Clone, Debug)]
pub struct Described<'c> {
    pub id: &'c str,
    /// Its method, in small letters.
    pub method: &'c str,
    /// Its path from the site's root. A segment in braces stands for something.
    pub path: String,
}

impl Contract {
    /// Reads the documents, if they are there.
    ///
    /// # Panics
    ///
    /// Where a document is there and cannot be read as one.
    pub fn load() -> Option<Self> {
        Self::load_from(&Self::directory())
    }

    /// Where [`Self::load`] looks.
    pub fn directory() -> PathBuf {
        match std::env::var_os("CONFLUENCE_OPENAPI_DIR") {
            Some(directory) => directory.into(),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/openapi"),
        }
    }

    fn load_from(directory: &Path) -> Option<Self> {
        let documents = [
            ("confluence-v2.json", "/wiki/api/v2"),
            ("confluence-v1.json", "/wiki"),
        ];
        let documents = documents.iter().map(|(file, prefix)| {
            let file = directory.join(file);
            file.exists().then(|| Document::read(&file, prefix))
        });
        Some(Self {
            documents: documents.collect::<Option<_>>()?,
        })
    }

    /// Whether a request is one that the documents allow: its path and method, every parameter, and
    /// its body.
    pub fn check_request(&self, request: &Request) -> Result<(), String> {
        if deviations::undocumented_answer(&request.path).is_some() {
            return if request.query.is_empty() {
                Ok(())
            } else {
                Err("parameters where there are none".to_owned())
            };
        }
        let operation = self.operation(request)?;
        operation.check_query(&request.query)?;
        operation.check_body(request.body.as_deref())
    }

    /// Whether an answer to a request is one that the documents allow, but for what is known to differ on live sites.
    pub fn check_response(
        &self,
        request: &Request,
        status: u16,
        body: &[u8],
    ) -> Result<(), String> {
        let body =
            || serde_json::from_slice::<Value>(body).map_err(|error| format!("no JSON: {error}"));
        if let Some(schema) = deviations::undocumented_answer(&request.path) {
            return jsonschema::validate(&schema, &body()?).map_err(|error| error.to_string());
        }
        if deviations::is_undocumented_status(status) {
            return Ok(());
        }
        let operation = self.operation(request)?;
        if deviations::is_known_status(&operation.id, status) {
            return Ok(());
        }
        operation.check_answer(status, body)
    }

    /// The name and the sets of scopes that the documents give the operation behind a method and a path.
    pub fn describe(&self, method: &str, path: &str) -> Option<(String, Vec<Vec<String>>)> {
        let (operation, _) = self
            .documents
            .iter()
            .find_map(|document| document.find(method, path))?;
        Some((operation.id.clone(), operation.scopes.clone()))
    }

    pub fn operations(&self) -> impl Iterator<Item = Described<'_>> {
        self.documents.iter().flat_map(Document::operations)
    }

    fn operation(&self, request: &Request) -> Result<&Operation, String> {
        let found = self
            .documents
            .iter()
            .find_map(|document| document.find(&request.method, &request.path));
        let (operation, segments) =
            found.ok_or_else(|| format!("no operation {} {}", request.method, request.path))?;
        operation.check_path(&segments)?;
        Ok(operation)
    }
}
