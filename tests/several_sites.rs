//! Several sites in one query: PostgreSQL waits for all of them at once, and gets what each of them has.

mod at_once;
mod exactly;
mod faults;
mod latest;
mod site_column;

use std::sync::Arc;

use confluence_fdw_tests::{Database, lines, literal};
use confluence_sim::{Barrier, Fault, Options, Organisation, Reply, Sim, Size};
use postgres::Client;

use crate::scene::{PAGES, page_ids};

const NAMES: [&str; 3] = ["acme", "globex", "initech"];

/// Enough for anything but a wait that never ends.
const GUARD: &str = "SET statement_timeout = '60s'";

/// Some sites, each a server of the same name, and a database that reads all of them as one.
struct Sites {
    client: Client,
    database: Database,
    sims: Vec<Arc<Sim>>,
}

impl Sites {
    /// Three sites of 40, 45 and 50 pages, read ten rows at a time; a partitioned table of their pages.
    #[track_caller]
    fn partitioned() -> Self {
        let mut sites = Self::named(&NAMES);
        sites.execute(
            "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER acme INTO public;
             CREATE TABLE pages (site text NOT NULL, LIKE confluence_pages) PARTITION BY LIST (site)",
        );
        for name in NAMES {
            sites.execute(&format!(
                "CREATE FOREIGN TABLE pages_{name} PARTITION OF pages FOR VALUES IN ('{name}')
                 SERVER {name} OPTIONS (table 'confluence_pages', site '{name}')"
            ));
        }
        sites
    }

    /// Sites without tables.
    #[track_caller]
    fn named(names: &[&str]) -> Self {
        let database = Database::create();
        let mut client = database.connect();
        client.batch_execute(GUARD).expect("a setting");
        let mut sites = Self {
            client,
            database,
            sims: Vec::new(),
        };
        for (name, pages) in names.iter().zip((40..).step_by(5)) {
            let sim = Sim::start(Options::of(organisation(pages)));
            let (url, email, token) = (sim.url(), Options::EMAIL, Options::TOKEN);
            sites.execute(&format!(
                "CREATE SERVER {name} FOREIGN DATA WRAPPER confluence_fdw
                     OPTIONS (base_url '{url}', page_size '10', max_concurrency '1');
                 CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (email '{email}', api_token {})",
                literal(token)
            ));
            sites.sims.push(Arc::new(sim));
        }
        sites
    }

    #[track_caller]
    fn execute(&mut self, sql: &str) {
        self.client
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    /// The rows of a query in ascending order, and how many requests each of the sites got for them.
    #[track_caller]
    fn read(&mut self, sql: &str) -> (Vec<String>, Vec<usize>) {
        for sim in &self.sims {
            sim.clear_log();
        }
        let mut rows = lines(&mut self.client, sql);
        rows.sort_unstable();
        (rows, self.requests())
    }

    fn requests(&self) -> Vec<usize> {
        let sims = self.sims.iter();
        sims.map(|sim| sim.data_requests().len()).collect()
    }

    /// `site|id` for every page of every site, in ascending order.
    fn truth(&self) -> Vec<String> {
        let mut truth: Vec<String> = NAMES
            .iter()
            .zip(&self.sims)
            .flat_map(|(name, sim)| {
                let ids = page_ids(&sim.organisation());
                ids.into_iter().map(move |id| format!("{name}|{id}"))
            })
            .collect();
        truth.sort_unstable();
        truth
    }

    /// From now on, the first answer of each site waits until all sites have been asked.
    fn answer_when_all_are_asked(&self) -> Barrier {
        let barrier = Barrier::of(self.sims.len());
        for sim in &self.sims {
            sim.fault(Fault::on(PAGES).times(1), Reply::Hold(barrier.clone()));
        }
        barrier
    }
}

fn organisation(pages: usize) -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 3,
        pages,
        permissions: 0,
        users: 8,
        seed: 7,
        largest_space_share: 0.5,
    })
}

const ALL: &str = "SELECT site, id FROM pages";

/// How many scans of a plan PostgreSQL waits for together.
fn asynchronous(plan: &str) -> usize {
    plan.matches("Async Foreign Scan").count()
}
