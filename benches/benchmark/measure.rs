//! What is measured of a query, and the stand-in that it is measured against.

use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence_fdw_tests::requests;
use confluence_fdw_tests::site::Site;
use confluence_sim::{Options, Organisation};
use postgres::SimpleQueryMessage;

/// A stand-in that takes as little of the processor as it can, since a live site takes none of it.
pub fn quick(organisation: Arc<Organisation>) -> Options {
    Options {
        keep_answers: true,
        ..Options::of(organisation)
    }
}

pub struct Measured {
    pub rows: usize,
    /// As in `GET /wiki/api/v2/pages?limit=250`.
    pub requests: Vec<String>,
    pub took: Duration,
}

pub trait Measure {
    /// Lets PostgreSQL count what there is, as it would in the course of time.
    fn analyze(&mut self);

    /// Reads a query to its end, and returns how many rows it had.
    fn rows(&mut self, sql: &str) -> Result<usize, postgres::Error>;

    /// The same, with the requests for data that it took, and the time.
    fn measure(&mut self, sql: &str) -> Result<Measured, postgres::Error>;
}

impl Measure for Site {
    fn analyze(&mut self) {
        self.execute("ANALYZE confluence_spaces, confluence_pages, confluence_permissions");
    }

    fn rows(&mut self, sql: &str) -> Result<usize, postgres::Error> {
        let messages = self.client.simple_query(sql)?;
        let rows = messages.iter();
        Ok(rows
            .filter(|message| matches!(message, SimpleQueryMessage::Row(_)))
            .count())
    }

    fn measure(&mut self, sql: &str) -> Result<Measured, postgres::Error> {
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
