//! Demand: when a request may leave, and how many chains are read side by side.
//!
//! Where all rows are wanted from the start, nothing waits. Elsewhere the caller may stop at any row: one chain is read
//! after the other, and a request leaves when rows are asked for. But who comes back for more is not about to stop, such
//! as one who moves a cursor to its end: from then on nothing waits either. Where a limit is in sight, that takes a little
//! longer, and what is under way at one time stays in proportion to what has been taken, so that what turns out to be of no
//! use does, too.

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::request::ScanRequest;
use crate::request::access_path::LONG;

/// Batches after which a caller who comes back is taken to want all, where several chains can be read side by side, and no
/// limit is in sight.
const ONE: u64 = 1;
/// The same where one is.
const FEW: u64 = 2;
/// The same where there is one chain, or nobody knows: to read on is then all that can be done.
const MANY: u64 = LONG as u64;
/// Where a limit is in sight, how many chains are then read at one time for each batch that has been taken.
const EACH: usize = 2;
/// Where it is known how many rows will do, so many batches of them have to be left.
const MUCH: u64 = LONG as u64;

/// Who decides when a request may leave: the caller, row by row, or the reader, as fast as rows are taken.
#[derive(Debug)]
pub(super) struct Demand {
    /// A permit for each time that the caller has asked. Closed once nothing waits any more.
    asked: Semaphore,
    /// A permit for each chain that may be read at one time.
    lanes: Semaphore,
    /// How many of those there may be.
    most: usize,
    /// Whether no limit is in sight.
    open_ended: bool,
    /// How many rows will do, if that is known.
    enough: Option<u64>,
    taken: Mutex<CallerProgress>,
}

/// How far the caller has come.
#[derive(Debug)]
struct CallerProgress {
    /// Whether the reader works for a caller who has asked.
    is_granted: bool,
    batches: u64,
    rows: u64,
    /// Batches after which the caller is taken to want all.
    patience: u64,
    lanes: usize,
}

impl Demand {
    /// The demand of whoever wants these rows.
    pub fn of(scan_request: &ScanRequest) -> Self {
        let most = scan_request.reading.max_concurrency;
        let wants_all = scan_request.eager;
        let lanes = if wants_all { most } else { 1 };
        let demand = Self {
            asked: Semaphore::new(0),
            lanes: Semaphore::new(lanes),
            most,
            open_ended: scan_request.open_ended,
            enough: scan_request.enough,
            taken: Mutex::new(CallerProgress {
                is_granted: false,
                batches: 0,
                rows: 0,
                patience: MANY,
                lanes,
            }),
        };
        if wants_all {
            demand.asked.close();
        }
        demand
    }

    /// Whether nothing waits for the caller.
    pub fn is_open(&self) -> bool {
        self.asked.is_closed()
    }

    /// There are several chains, or what can be cut into several.
    pub fn may_spread(&self) {
        self.taken().patience = if self.open_ended { ONE } else { FEW };
    }

    /// The caller wants rows.
    pub fn ask(&self) {
        if self.is_open() {
            return;
        }
        let mut taken = self.taken();
        if self.wants_more_than(&taken) {
            self.widen(&mut taken);
            self.asked.close();
        } else {
            self.asked.add_permits(1);
        }
    }

    /// The caller has taken rows.
    pub fn took(&self, rows: usize) {
        let mut taken = self.taken();
        taken.batches += 1;
        taken.rows += rows as u64;
        if self.is_open() {
            self.widen(&mut taken);
        }
    }

    /// Whether the caller, who comes back, wants much more than there has been.
    fn wants_more_than(&self, taken: &CallerProgress) -> bool {
        let is_much_left = self.enough.is_none_or(|enough| {
            let left = enough.saturating_sub(taken.rows);
            left.saturating_mul(taken.batches) >= taken.rows.saturating_mul(MUCH)
        });
        self.most > 1 && taken.batches >= taken.patience && is_much_left
    }

    /// Has more chains read at one time.
    fn widen(&self, taken: &mut CallerProgress) {
        let batches = usize::try_from(taken.batches).unwrap_or(usize::MAX);
        let lanes = match self.open_ended {
            true => self.most,
            false => batches.saturating_mul(EACH).min(self.most),
        };
        if lanes > taken.lanes {
            self.lanes.add_permits(lanes - taken.lanes);
            taken.lanes = lanes;
        }
    }

    /// Waits until rows are wanted. Then any number of requests may leave until rows are handed on.
    pub async fn wanted(&self) {
        if self.is_open() || self.taken().is_granted {
            return;
        }
        // An error says that nothing waits any more.
        if let Ok(permit) = self.asked.acquire().await {
            permit.forget();
        }
        self.taken().is_granted = true;
    }

    /// Rows have been handed on.
    pub fn satisfied(&self) {
        self.taken().is_granted = false;
    }

    /// A lane for a chain, as soon as one is free. Whoever reads a chain holds it as long.
    pub async fn lane(&self) -> Option<SemaphorePermit<'_>> {
        self.lanes.acquire().await.ok()
    }

    /// How many chains are read at one time.
    pub fn abreast(&self) -> usize {
        self.taken().lanes
    }

    /// How many chains are read at one time at most, now or later.
    pub fn most_abreast(&self) -> usize {
        self.most
    }

    fn taken(&self) -> MutexGuard<'_, CallerProgress> {
        self.taken.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Prefer, Reading};
    use crate::tables::pages;

    /// A caller who may stop at any row.
    fn lazy(max_concurrency: usize) -> ScanRequest {
        let reading = Reading {
            page_size: 250,
            max_concurrency,
            max_requests: 0,
            prefer: Prefer::Time,
        };
        ScanRequest::whole(&pages::TABLE, Vec::new(), reading)
    }

    /// The demand of a caller of several chains.
    fn of_several(scan_request: &ScanRequest) -> Demand {
        let demand = Demand::of(scan_request);
        demand.may_spread();
        demand
    }

    /// The caller asks, and takes a batch of so many rows, so many times.
    fn takes(demand: &Demand, times: usize, rows: usize) {
        for _ in 0..times {
            demand.ask();
            demand.took(rows);
        }
    }

    #[test]
    fn who_wants_all_waits_for_nothing() {
        let demand = Demand::of(&ScanRequest {
            eager: true,
            ..lazy(8)
        });
        assert!(demand.is_open());
        assert_eq!(demand.abreast(), 8);
        takes(&demand, 30, 250);
        assert_eq!((demand.abreast(), demand.lanes.available_permits()), (8, 8));
    }

    #[test]
    fn who_comes_back_with_no_limit_in_sight_wants_all() {
        let demand = of_several(&ScanRequest {
            open_ended: true,
            ..lazy(8)
        });
        takes(&demand, 1, 250);
        assert!(!demand.is_open());
        assert_eq!(demand.abreast(), 1);
        demand.ask();
        assert!(demand.is_open());
        assert_eq!((demand.abreast(), demand.lanes.available_permits()), (8, 8));
    }

    #[test]
    fn where_a_limit_is_in_sight_no_more_is_under_way_than_fits_what_was_taken() {
        let demand = of_several(&lazy(8));
        takes(&demand, 2, 250);
        assert!(!demand.is_open());
        assert_eq!(demand.abreast(), 1);
        demand.ask();
        assert!(demand.is_open());
        let mut lanes = vec![demand.abreast()];
        for _ in 0..4 {
            demand.took(250);
            lanes.push(demand.abreast());
        }
        assert_eq!(lanes, [4, 6, 8, 8, 8]);
        assert_eq!(demand.lanes.available_permits(), 8);
    }

    #[test]
    fn a_single_chain_is_read_ahead_when_it_has_turned_out_to_be_long() {
        for open_ended in [false, true] {
            let demand = Demand::of(&ScanRequest {
                open_ended,
                ..lazy(8)
            });
            takes(&demand, 20, 250);
            assert!(!demand.is_open());
            takes(&demand, 1, 250);
            assert!(demand.is_open());
        }
    }

    #[test]
    fn nobody_reads_ahead_where_one_request_is_allowed_at_one_time() {
        let demand = of_several(&ScanRequest {
            open_ended: true,
            ..lazy(1)
        });
        takes(&demand, 100, 250);
        assert!(!demand.is_open());
    }

    #[test]
    fn where_it_is_known_how_many_rows_will_do_many_have_to_be_left() {
        for (enough, is_open) in [
            (501, false),
            (5_499, false),
            (5_500, true),
            (u64::MAX, true),
        ] {
            let demand = of_several(&ScanRequest {
                enough: Some(enough),
                ..lazy(8)
            });
            takes(&demand, 3, 250);
            assert_eq!(demand.is_open(), is_open, "{enough}");
        }
    }
}
