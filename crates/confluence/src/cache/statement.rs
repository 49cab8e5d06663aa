//! The statement's cache: what the scans of one statement share.
//!
//! An answer is kept where what it lists is read in more than one place of the statement: by two of its scans, by a
//! scan whose parents another one lists, by two sources of one scan, or by a scan that can be run again. A scan
//! that is alone keeps nothing: that would cost time for nothing.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::responses::{Form, ResponseCache, Served};
use crate::Error;
use crate::decode::Page;
use crate::http::{Reply, Request};
use crate::schema::{Endpoint, Table};
use crate::session::Session;

/// One statement, with its scans on any servers.
#[derive(Debug)]
pub struct StatementCache {
    answers: ResponseCache,
    /// In how many places each operation is read, by server and path.
    places: Mutex<HashMap<(u32, &'static str), u32>>,
}

impl StatementCache {
    /// A statement that keeps answers in so many bytes at most.
    pub fn new(bound: usize) -> Self {
        Self {
            answers: ResponseCache::new(bound),
            places: Mutex::default(),
        }
    }
}

/// A statement, as its scans on one server see it.
#[derive(Clone, Debug)]
pub struct CacheHandle {
    statement: Arc<StatementCache>,
    server: u32,
}

impl CacheHandle {
    /// The scans of a statement on a server, which the caller gives a number.
    pub fn new(statement: Arc<StatementCache>, server: u32) -> Self {
        Self { statement, server }
    }

    /// Says that the statement has a scan of this table, and whether it can be run more than once. All scans have to
    /// be announced before the first of them starts.
    pub fn announce(&self, table: &'static Table, runs_again: bool) {
        let mut places = self.places();
        for (path, times) in paths_of(table) {
            let times = if runs_again { times + 1 } else { times };
            *places.entry((self.server, path)).or_default() += times;
        }
    }

    /// Whether anything that lists a table is read in more than one place.
    pub(crate) fn is_read_again(&self, table: &'static Table) -> bool {
        let places = self.places();
        own_paths(table).any(|path| {
            places
                .get(&(self.server, path))
                .is_some_and(|times| *times > 1)
        })
    }

    /// What there is for a request, as rows in this form if they are kept, and whether it had come before.
    pub(crate) async fn answer(
        &self,
        session: &Arc<Session>,
        request: &Request,
        form: &Form,
        ask: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<(Served, bool), Error> {
        let answers = &self.statement.answers;
        answers.get(session, request, form, ask).await
    }

    /// Keeps the rows of an answer that has come again.
    pub(crate) fn keep_page(
        &self,
        session: &Arc<Session>,
        request: &Request,
        form: &Form,
        page: &Page,
    ) {
        let answers = &self.statement.answers;
        answers.keep_page(session, request, form, page);
    }

    fn places(&self) -> MutexGuard<'_, HashMap<(u32, &'static str), u32>> {
        self.statement.places.lock()
    }
}

/// The paths that one scan of a table may read, its parents' among them, and in how many places it reads each at most:
/// it takes one of the table's endpoints.
fn paths_of(table: &'static Table) -> HashMap<&'static str, u32> {
    let mut most = HashMap::new();
    for endpoint in table.endpoints {
        let mut paths: HashMap<&str, u32> = HashMap::new();
        for path in paths_at(endpoint) {
            paths.insert(path, 1);
        }
        let split = endpoint.split.iter().map(|split| &split.source);
        for source in endpoint.sources.iter().chain(split) {
            for (path, times) in paths_of(source.table) {
                *paths.entry(path).or_default() += times;
            }
        }
        for (path, times) in paths {
            let known = most.entry(path).or_insert(times);
            *known = times.max(*known);
        }
    }
    // Where a shortcut lacks a column, its objects are read one by one; and so they are listed, where nobody may take it.
    let mut endpoints = table.endpoints.iter();
    if endpoints.any(|endpoint| endpoint.shortcut.is_some() && !endpoint.lacks.is_empty()) {
        for path in paths_at(table.main()) {
            *most.entry(path).or_default() += 1;
        }
    }
    for path in parts(table) {
        most.entry(path).or_insert(1);
    }
    most
}

/// The paths at which rows of a table are read.
fn own_paths(table: &'static Table) -> impl Iterator<Item = &'static str> {
    table
        .endpoints
        .iter()
        .flat_map(paths_at)
        .chain(parts(table))
}

fn paths_at(endpoint: &'static Endpoint) -> impl Iterator<Item = &'static str> {
    let below = endpoint.deeper.iter().flat_map(|deeper| deeper.paths);
    std::iter::once(endpoint.path).chain(below.map(|(_, _, path)| *path))
}

fn parts(table: &'static Table) -> impl Iterator<Item = &'static str> {
    table
        .columns
        .iter()
        .filter_map(|column| column.part)
        .map(|part| part.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::content_restrictions;
    use crate::tables::pages;
    use crate::tables::permissions;
    use crate::tables::spaces;
    use crate::tables::users;

    fn server(number: u32, statement: &Arc<StatementCache>) -> CacheHandle {
        CacheHandle::new(statement.clone(), number)
    }

    fn statement() -> Arc<StatementCache> {
        Arc::new(StatementCache::new(1_000_000))
    }

    #[test]
    fn a_scan_that_is_alone_keeps_nothing() {
        let site = server(1, &statement());
        site.announce(&pages::TABLE, false);
        assert!(!site.is_read_again(&pages::TABLE));
        assert!(!site.is_read_again(&spaces::TABLE));
    }

    #[test]
    fn what_two_scans_read_is_kept_and_nothing_else() {
        let statement = statement();
        let site = server(1, &statement);
        site.announce(&permissions::TABLE, false);
        site.announce(&spaces::TABLE, false);
        assert!(site.is_read_again(&spaces::TABLE));
        assert!(!site.is_read_again(&permissions::TABLE));
        let other = server(2, &statement);
        other.announce(&permissions::TABLE, false);
        assert!(!other.is_read_again(&permissions::TABLE));
        assert!(!other.is_read_again(&spaces::TABLE));
    }

    #[test]
    fn what_runs_again_is_kept_with_its_parents() {
        let site = server(1, &statement());
        site.announce(&permissions::TABLE, true);
        assert!(site.is_read_again(&permissions::TABLE));
        assert!(site.is_read_again(&spaces::TABLE));
    }

    #[test]
    fn what_two_sources_of_one_scan_list_is_kept() {
        let site = server(1, &statement());
        site.announce(&users::TABLE, false);
        assert!(site.is_read_again(&spaces::TABLE));
        assert!(!site.is_read_again(&permissions::TABLE));
        let site = server(1, &statement());
        site.announce(&content_restrictions::TABLE, false);
        assert!(!site.is_read_again(&pages::TABLE));
    }
}
