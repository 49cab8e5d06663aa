//! What reading costs. Requests are what counts: one round trip is worth ten thousand rows.

use confluence::table::Table;

/// The cost of a request. Against PostgreSQL's own constants this makes a full listing of a large site
/// expensive, but not so expensive that it turns on JIT compilation.
const REQUEST: f64 = 100.0;
/// What a request costs when others are under way at the same time, as a share of one that has to wait for
/// the one before. Time would say an eighth; but fewer requests go before faster ones.
const ABREAST: f64 = 0.8;
/// The cost of a row that arrived, on top of what PostgreSQL counts for a row that it looks at.
const ROW: f64 = 0.01;

/// What a read is expected to bring and to cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// Rows that the site sends.
    pub received: f64,
    pub requests: f64,
    /// What one of the requests costs.
    request: f64,
}

impl Estimate {
    /// A read of `rows` rows by `chains` chains, side by side or one after the other.
    pub fn new(table: &Table, rows: f64, chains: Chains, page_size: u32, abreast: bool) -> Self {
        let page = f64::from(page_size);
        let requests = match chains {
            Chains::Listed => {
                let parents = table.parent.map_or(1.0, |parent| parent.table.rows);
                pages(parents, page) + parents * pages(rows / parents.max(1.0), page)
            }
            Chains::Known(chains) => chains * pages(rows / chains.max(1.0), page),
        };
        let has_company = abreast && chains != Chains::Known(1.0);
        Self {
            received: rows,
            requests,
            request: if has_company {
                REQUEST * ABREAST
            } else {
                REQUEST
            },
        }
    }

    /// The same read, given up after so many rows.
    pub fn limited(self, rows: f64, page_size: u32) -> Self {
        let page = f64::from(page_size);
        Self {
            received: self.received.min(rows),
            requests: self.requests.min(pages(rows, page)),
            ..self
        }
    }

    /// Before the first row: one round trip, or two where parents are listed first.
    pub fn startup_cost(&self) -> f64 {
        REQUEST.min(self.total_cost())
    }

    pub fn total_cost(&self) -> f64 {
        self.requests * self.request + self.received * ROW
    }
}

/// Which chains a read has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Chains {
    /// One for each parent that is listed first.
    Listed,
    /// So many.
    Known(f64),
}

fn pages(rows: f64, page: f64) -> f64 {
    (rows / page).ceil().max(1.0)
}
