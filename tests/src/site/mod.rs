//! A site, a connection to the database that reads it, and the truth to compare with.

mod copy;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use confluence_sim::{Options, Organisation, Page, Sim, Size};
use postgres::Client;

use crate::query::asked;
use crate::{Database, lines, requests};

/// The stand-in, a database with its tables in schema `public`, and a connection.
pub struct Site {
    pub sim: Sim,
    pub database: Database,
    pub client: Client,
}

/// How many requests list so many rows: one answer holds 250, and an empty one is an answer, too.
pub fn answers(rows: usize) -> usize {
    rows.div_ceil(250).max(1)
}

/// Some numbers, as in the list of an `IN` or of a request.
pub fn list(numbers: impl IntoIterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|n| n.to_string()).collect();
    numbers.join(",")
}

/// Ids of pages as lines, in ascending order.
pub fn ids<'a>(pages: impl IntoIterator<Item = Page<'a>>) -> Vec<String> {
    let mut ids: Vec<u64> = pages.into_iter().map(|page| page.id()).collect();
    ids.sort_unstable();
    ids.iter().map(u64::to_string).collect()
}

/// 60 spaces, 3,000 pages and 900 permissions: enough for several answers to each question, and quick to copy.
pub fn small() -> Arc<Organisation> {
    static SMALL: LazyLock<Arc<Organisation>> = LazyLock::new(|| {
        Organisation::sized(Size {
            spaces: 60,
            pages: 3_000,
            permissions: 900,
            users: 50,
            seed: 7,
            largest_space_share: 0.08,
        })
    });
    SMALL.clone()
}

impl Site {
    #[track_caller]
    pub fn of(organisation: Arc<Organisation>) -> Self {
        Self::with(organisation, "")
    }

    /// With further options of the server.
    #[track_caller]
    pub fn with(organisation: Arc<Organisation>, options: &str) -> Self {
        Self::serving(Options::of(organisation), options)
    }

    /// With a stand-in that is set up otherwise, too.
    #[track_caller]
    pub fn serving(stand_in: Options, options: &str) -> Self {
        let sim = Sim::start(stand_in);
        let database = Database::create();
        database.site_with(&sim, options);
        let client = database.connect();
        Self {
            sim,
            database,
            client,
        }
    }

    /// With a copy of its tables in schema `copy`, for [`Self::same`].
    #[track_caller]
    pub fn copied(organisation: Arc<Organisation>) -> Self {
        let mut site = Self::of(organisation);
        site.copy();
        site
    }

    /// Runs statements that set something up.
    #[track_caller]
    pub fn execute(&mut self, sql: &str) {
        self.client
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    /// The rows of a query, and the requests for data that it took.
    #[track_caller]
    pub fn read(&mut self, sql: &str) -> (Vec<String>, Vec<String>) {
        self.sim.clear_log();
        let rows = lines(&mut self.client, sql);
        (rows, requests(&self.sim))
    }

    /// The rows of a query in an order of their own, and how many requests each operation was asked for.
    #[track_caller]
    pub fn read_sorted(&mut self, sql: &str) -> (Vec<String>, BTreeMap<&'static str, usize>) {
        self.sim.clear_log();
        let mut rows = lines(&mut self.client, sql);
        rows.sort_unstable();
        (rows, asked(&self.sim))
    }

    /// Holds the rows of a query against those of the same query of the copy, and returns the requests. Without an
    /// `ORDER BY`, rows may come in any order.
    #[track_caller]
    pub fn same(&mut self, sql: &str) -> Vec<String> {
        self.same_after("", sql)
    }

    /// The same after some settings, which hold for the site only.
    #[track_caller]
    pub fn same_after(&mut self, settings: &str, sql: &str) -> Vec<String> {
        self.execute(&format!("SET search_path = public; {settings}"));
        let (mut rows, requests) = self.read(sql);
        self.execute("SET search_path = copy, public");
        let mut expected = lines(&mut self.client, sql);
        self.execute("SET search_path = public");
        if !is_ordered(sql) {
            rows.sort_unstable();
            expected.sort_unstable();
        }
        assert!(
            rows == expected,
            "{sql}\ngave {} rows where the copy has {}; requests: {requests:#?}\n{}",
            rows.len(),
            expected.len(),
            first_difference(&rows, &expected),
        );
        requests
    }
}

/// Whether a query, and not only a part of it in parentheses, has an `ORDER BY`.
fn is_ordered(sql: &str) -> bool {
    let mut depth = 0;
    let outer: String = sql
        .chars()
        .filter(|&c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        })
        .collect();
    outer.contains("ORDER BY")
}

fn first_difference(rows: &[String], expected: &[String]) -> String {
    let place = rows
        .iter()
        .zip(expected)
        .position(|(row, expected)| row != expected)
        .unwrap_or(rows.len().min(expected.len()));
    format!(
        "row {place}:\n  got      {:?}\n  expected {:?}",
        rows.get(place),
        expected.get(place)
    )
}
