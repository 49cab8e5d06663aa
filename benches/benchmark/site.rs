//! A stand-in, a database that reads it, and what is measured of a query.

use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{Database, requests};
use confluence_sim::{Options, Organisation, Sim};
use postgres::{Client, SimpleQueryMessage};

pub struct Site {
    pub sim: Sim,
    pub database: Database,
    pub client: Client,
}

impl Site {
    /// With the server's defaults.
    pub fn of(organisation: Arc<Organisation>) -> Self {
        Self::with(organisation, "")
    }

    /// With further options of the server.
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

    pub fn execute(&mut self, sql: &str) {
        self.client
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    /// Lets PostgreSQL count what there is, as it would in the course of time.
    pub fn analyze(&mut self) {
        self.execute("ANALYZE confluence_spaces, confluence_pages, confluence_permissions");
    }

    /// Reads a query to its end, and returns how many rows it had.
    pub fn rows(&mut self, sql: &str) -> Result<usize, postgres::Error> {
        let messages = self.client.simple_query(sql)?;
        let rows = messages.iter();
        Ok(rows
            .filter(|message| matches!(message, SimpleQueryMessage::Row(_)))
            .count())
    }

    /// The same, with the requests for data that it took, and the time.
    pub fn measure(&mut self, sql: &str) -> Result<Measured, postgres::Error> {
        self.sim.clear_log();
        let began = Instant::now();
        let rows = self.rows(sql)?;
        let took = began.elapsed();
        Ok(Measured {
            rows,
            requests: requests(&self.sim),
            took,
        })
    }
}

pub struct Measured {
    pub rows: usize,
    /// As in `GET /wiki/api/v2/pages?limit=250`.
    pub requests: Vec<String>,
    pub took: Duration,
}
