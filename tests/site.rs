//! A site, a connection to the database that reads it, and the truth to compare with.

use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use confluence_fdw_tests::{Database, lines, requests};
use confluence_sim::{Options, Organisation, Page, Permission, Sim, Size, Space};
use postgres::Client;

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
        let sim = Sim::start(Options::of(organisation));
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

    /// Makes the copy. Its columns are those of an import, but for the addresses.
    fn copy(&mut self) {
        self.execute(
            "CREATE SCHEMA copy;
             CREATE TABLE copy.confluence_spaces (id bigint, key text, name text, type text, status text,
                author_id text, created_at timestamptz, homepage_id bigint, description text,
                current_active_alias text);
             CREATE TABLE copy.confluence_pages (id bigint, space_id bigint, title text, status text, subtype text,
                parent_id bigint, parent_type text, position int, author_id text, owner_id text, last_owner_id text,
                created_at timestamptz, version_number int, modified_at timestamptz, version_author_id text,
                version_message text, version_minor_edit boolean, body_storage text);
             CREATE TABLE copy.confluence_permissions (id text, space_id bigint, principal_type text,
                principal_id text, operation_key text, operation_target_type text)",
        );
        let organisation = self.sim.organisation();
        self.fill("confluence_spaces", organisation.spaces().map(space_row));
        self.fill(
            "confluence_pages",
            organisation.listed_pages().map(page_row),
        );
        let permissions = organisation.spaces().flat_map(|space| {
            let permissions = organisation.permissions(space.id);
            permissions.map(|permission| permission_row(space.id, permission))
        });
        self.fill("confluence_permissions", permissions);
        self.execute(
            "ANALYZE copy.confluence_spaces, copy.confluence_pages, copy.confluence_permissions",
        );
    }

    fn fill(&mut self, table: &str, rows: impl Iterator<Item = Vec<Option<String>>>) {
        let mut writer = self
            .client
            .copy_in(&format!("COPY copy.{table} FROM STDIN"))
            .expect("a copy begins");
        for row in rows {
            let cells: Vec<String> = row.into_iter().map(cell).collect();
            writeln!(writer, "{}", cells.join("\t")).expect("a copy goes on");
        }
        writer.finish().expect("a copy ends");
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

/// A cell in COPY's text format.
fn cell(value: Option<String>) -> String {
    let Some(value) = value else {
        return "\\N".to_owned();
    };
    value
        .replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn some(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn space_row(space: &Space) -> Vec<Option<String>> {
    vec![
        some(space.id),
        some(&space.key),
        some(&space.name),
        some(space.kind.as_str()),
        some(space.status.as_str()),
        space.author_id.clone(),
        some(space.created_at),
        space.homepage_id.map(|id| id.to_string()),
        some(&space.description),
        some(&space.current_active_alias),
    ]
}

fn page_row(page: Page) -> Vec<Option<String>> {
    let parent = page.parent();
    vec![
        some(page.id()),
        some(page.space_id()),
        some(page.title()),
        some(page.status().as_str()),
        page.subtype().map(str::to_owned),
        parent.map(|(_, id)| id.to_string()),
        parent.map(|(kind, _)| kind.to_owned()),
        page.position().map(|position| position.to_string()),
        page.author_id().map(str::to_owned),
        page.owner_id().map(str::to_owned),
        page.last_owner_id().map(str::to_owned),
        some(page.created_at()),
        some(page.version()),
        some(page.modified_at()),
        page.version_author_id().map(str::to_owned),
        page.version_message().map(str::to_owned),
        some(page.minor_edit()),
        some(page.storage_body()),
    ]
}

fn permission_row(space_id: u64, permission: Permission) -> Vec<Option<String>> {
    vec![
        some(permission.id),
        some(space_id),
        some(permission.principal_type),
        some(permission.principal_id),
        some(permission.operation_key),
        some(permission.target_type),
    ]
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
