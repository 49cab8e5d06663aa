//! What many tests begin with: a small site, a database that reads it, and a session.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, error, lines};
use confluence_sim::{Fault, Options, Organisation, Reply, Sim, Size};
use postgres::Client;
use postgres::error::DbError;

pub const PAGES: &str = "/wiki/api/v2/pages";
pub const SPACES: &str = "/wiki/api/v2/spaces";
pub const PERMISSIONS: &str = "/wiki/api/v2/spaces/{id}/permissions";
pub const WHO_AM_I: &str = "/wiki/rest/api/user/current";

/// Every page of the site.
pub const ALL_PAGES: &str = "SELECT id FROM confluence_pages";

/// Read ten rows at a time, strictly one request after the other.
pub const SMALL_STEPS: &str = "page_size '10', max_concurrency '1'";

/// A site, a database whose server `site` it is, and a session there.
pub struct Scene {
    pub client: Client,
    pub database: Database,
    pub sim: Arc<Sim>,
}

impl Scene {
    /// A site of 45 pages in 3 spaces, read in small steps.
    #[track_caller]
    pub fn new() -> Self {
        Self::with("")
    }

    /// The same, with further options of the server.
    #[track_caller]
    pub fn with(options: &str) -> Self {
        let comma = if options.is_empty() { "" } else { ", " };
        Self::of(
            Options::of(small_site()),
            &format!("{SMALL_STEPS}{comma}{options}"),
        )
    }

    /// Any site, with these options of the server and no others.
    #[track_caller]
    pub fn of(site: Options, options: &str) -> Self {
        let sim = Sim::start(site);
        let database = Database::create();
        database.site_with(&sim, options);
        Self {
            client: database.connect(),
            database,
            sim: Arc::new(sim),
        }
    }

    /// The ids of the pages that a listing has to hold, ascending.
    pub fn page_ids(&self) -> Vec<u64> {
        page_ids(&self.sim.organisation())
    }

    /// The numbers that a query of one column gives, ascending; those that come twice stand there twice.
    #[track_caller]
    pub fn numbers(&mut self, sql: &str) -> Vec<u64> {
        numbers(&mut self.client, sql)
    }

    /// Runs statements, none of which may fail.
    #[track_caller]
    pub fn execute(&mut self, sql: &str) {
        let done = self.client.batch_execute(sql);
        done.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    /// From now on, tables have the columns that are dear, too.
    #[track_caller]
    pub fn with_optional_columns(&mut self) {
        self.execute(
            "CREATE SCHEMA whole;
             IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO whole OPTIONS (optional_columns 'true');
             SET search_path = whole",
        );
    }

    /// Reads all pages, and finds each of them once.
    #[track_caller]
    pub fn reads_all_pages(&mut self) {
        let expected = self.page_ids();
        assert_eq!(self.numbers(ALL_PAGES), expected);
    }

    /// The query fails so; and when nothing is wrong with the site any more, the session goes on and gets all rows.
    #[track_caller]
    pub fn fails(&mut self, sql: &str, sqlstate: &str, message: &str) -> DbError {
        let raised = error(&mut self.client, sql);
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message),
            "{raised:?}"
        );
        self.sim.clear_faults();
        self.reads_all_pages();
        raised
    }

    /// While the stand-in makes up the answer to a request that fits, this happens to the site; once.
    pub fn when_answering(&self, fault: Fault, happens: impl Fn(&Sim) + Send + Sync + 'static) {
        let sim = Arc::downgrade(&self.sim);
        self.sim.fault(
            fault.times(1),
            Reply::mutate(move |_| {
                if let Some(sim) = sim.upgrade() {
                    happens(&sim);
                }
            }),
        );
    }

    /// How often each of the requests for data was answered with which status, in order.
    pub fn statuses(&self) -> Vec<Option<u16>> {
        let requests = self.sim.data_requests();
        requests.iter().map(|request| request.status).collect()
    }
}

/// 45 pages, 40 permissions, 3 spaces.
pub fn small_site() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 3,
        pages: 45,
        permissions: 40,
        users: 8,
        seed: 7,
        largest_space_share: 0.5,
    })
}

pub fn page_ids(site: &Organisation) -> Vec<u64> {
    site.listed_pages().map(|page| page.id()).collect()
}

#[track_caller]
pub fn numbers(client: &mut Client, sql: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> = lines(client, sql)
        .iter()
        .map(|line| line.parse().expect("a number"))
        .collect();
    numbers.sort_unstable();
    numbers
}

/// A place where nothing should ever arrive.
pub struct Elsewhere(TcpListener);

impl Elsewhere {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        Self(listener)
    }

    pub fn origin(&self) -> String {
        format!(
            "http://{}",
            self.0.local_addr().expect("a socket that is bound")
        )
    }

    /// Nobody has connected. What is under way over the loopback has arrived when it has been sent.
    #[track_caller]
    pub fn was_left_alone(&self) {
        let arrived = self.0.accept();
        assert!(
            arrived
                .as_ref()
                .is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock),
            "somebody came: {arrived:?}"
        );
    }
}

/// A listing of these rows, which has no other page.
pub fn listing(rows: impl IntoIterator<Item = String>) -> Reply {
    let rows: Vec<String> = rows.into_iter().collect();
    Reply::json(format!(
        r#"{{"results":[{}],"_links":{{}}}}"#,
        rows.join(",")
    ))
}

/// Waits until something holds, looking again and again.
#[track_caller]
pub fn until(what: &str, at_most: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < at_most, "not after {at_most:?}: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
