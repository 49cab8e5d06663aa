//! Demand: when a request may leave, and how many chains are read side by side.
//!
//! Where all rows are wanted from the start, nothing waits. Elsewhere the caller may stop at any row: one chain is read
//! after the other, and a request leaves when rows are asked for. But who comes back for more is not about to stop, such
//! as one who moves a cursor to its end: from then on nothing waits either. Where a limit is in sight, that takes a little
//! longer, and what is under way at one time stays in proportion to what has been taken, so that what turns out to be of no
//! use does, too. Where it is known how many rows will do, chains for the last of them are read one by one again.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::ahead;
use crate::request::ScanRequest;
use crate::request::grouping::LONG;

/// Batches after which a caller who comes back is taken to want all, where several chains can be read side by side, and no
/// limit is in sight.
const ONE: u64 = 1;
/// The same where one is.
const FEW: u64 = 2;
/// The same where there is one chain, or nobody knows: to read on is then all that can be done.
const MANY: u64 = LONG as u64;
/// Where a limit is in sight, how many chains are then read at one time for each batch that has been taken.
const EACH: usize = 2;
/// Where it is known how many rows will do, so many times as many batches have to be left as can be under way.
const MUCH: u64 = 4;
/// The same for what has begun to go on: batches differ in size, and those that are under way are not to be too many.
const LITTLE: u64 = 2;

/// Who decides when a request may leave: the caller, row by row, or the reader, as fast as rows are taken.
#[derive(Debug)]
pub(super) struct Demand {
    /// A permit for each time that the caller has asked.
    asked: Semaphore,
    /// A permit for each chain that may be read at one time.
    lanes: Semaphore,
    /// How many wait for a lane who have something of their own to read.
    waiting: AtomicUsize,
    /// How many lanes there may be.
    most: usize,
    /// Whether all rows are wanted from the start.
    wants_all: bool,
    /// Whether no limit is in sight.
    open_ended: bool,
    /// How many rows will do, if that is known.
    enough: Option<u64>,
    taken: Mutex<CallerProgress>,
}

/// How far the caller has come.
#[derive(Debug)]
struct CallerProgress {
    /// Whether nothing waits for the caller.
    is_open: bool,
    /// Whether the caller has asked, and has taken nothing since.
    is_waiting: bool,
    /// Whether the reader works for a caller who has asked.
    is_granted: bool,
    batches: u64,
    rows: u64,
    /// Batches after which the caller is taken to want all.
    patience: u64,
    lanes: usize,
    /// Lanes that are to be no more as soon as they are free.
    surplus: usize,
    /// Whether what is read side by side is chains, and not groups of one.
    has_chains: bool,
}

impl Demand {
    /// The demand of whoever wants these rows.
    pub fn of(scan_request: &ScanRequest) -> Self {
        let most = scan_request.reading.max_concurrency;
        let wants_all = scan_request.eager;
        let lanes = if wants_all { most } else { 1 };
        Self {
            asked: Semaphore::new(0),
            lanes: Semaphore::new(lanes),
            waiting: AtomicUsize::new(0),
            most,
            wants_all,
            open_ended: scan_request.open_ended,
            enough: scan_request.enough,
            taken: Mutex::new(CallerProgress {
                is_open: wants_all,
                is_waiting: false,
                is_granted: false,
                batches: 0,
                rows: 0,
                patience: MANY,
                lanes,
                surplus: 0,
                has_chains: false,
            }),
        }
    }

    /// Whether nothing waits for the caller.
    pub fn is_open(&self) -> bool {
        self.taken().is_open
    }

    /// There are several chains.
    pub fn has_chains(&self) {
        self.may_spread();
        self.taken().has_chains = true;
    }

    /// There is what can be cut into several.
    pub fn may_spread(&self) {
        self.taken().patience = if self.open_ended { ONE } else { FEW };
    }

    /// The caller wants rows.
    pub fn ask(&self) {
        let mut taken = self.taken();
        taken.is_waiting = true;
        if taken.is_open {
            return;
        }
        if self.most > 1 && taken.batches >= taken.patience && self.are_left(&taken, MUCH) {
            self.widen(&mut taken);
            taken.is_open = true;
        }
        self.asked.add_permits(1);
    }

    /// The caller has taken rows.
    pub fn took(&self, rows: usize) {
        let mut taken = self.taken();
        taken.is_waiting = false;
        taken.batches += 1;
        taken.rows += rows as u64;
        if !taken.is_open || self.wants_all || taken.surplus > 0 {
            return;
        }
        if self.are_left(&taken, LITTLE) {
            self.widen(&mut taken);
        } else if taken.has_chains {
            // Those that are under way go on.
            taken.surplus = taken.lanes - 1;
            taken.lanes = 1;
        }
    }

    /// Whether so many times as many batches are wanted as can be under way, judging by those that were taken. Unless
    /// somebody knows better, they are.
    fn are_left(&self, taken: &CallerProgress, times: u64) -> bool {
        let under_way = (self.most + ahead::FEW) as u64;
        self.enough.is_none_or(|enough| {
            let left = enough.saturating_sub(taken.rows);
            let wanted = taken.rows.saturating_mul(times.saturating_mul(under_way));
            left.saturating_mul(taken.batches) >= wanted
        })
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
        {
            let taken = self.taken();
            if taken.is_open || taken.is_granted {
                return;
            }
        }
        // Only one chain waits here: more are read at one time only where nothing waits.
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
        let _waits = Waiting::of(&self.waiting);
        self.any_lane().await
    }

    /// A lane for somebody who could help others, once nobody waits for one to read something of their own.
    pub async fn spare_lane(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            let lane = self.any_lane().await;
            if self.waiting.load(Relaxed) == 0 {
                return lane;
            }
            // To the end of the queue.
            drop(lane);
            tokio::task::yield_now().await;
        }
    }

    async fn any_lane(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            let lane = self.lanes.acquire().await.ok()?;
            let mut taken = self.taken();
            if taken.surplus == 0 {
                return Some(lane);
            }
            taken.surplus -= 1;
            lane.forget();
            if taken.surplus == 0 {
                taken.is_open = false;
                taken.is_granted = false;
                self.asked.forget_permits(usize::MAX);
                // What was asked for while nothing waited for it.
                self.asked.add_permits(usize::from(taken.is_waiting));
            }
        }
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

/// Somebody who waits, for as long as it lives: who gives up does not wait any more.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::options::Reading;
    use crate::tables::pages;

    /// A caller who may stop at any row.
    fn lazy(max_concurrency: usize) -> ScanRequest {
        let reading = Reading {
            max_concurrency,
            ..Reading::USUAL
        };
        ScanRequest::whole(&pages::TABLE, Vec::new(), reading)
    }

    /// The demand of a caller of several chains.
    fn of_several(scan_request: &ScanRequest) -> Demand {
        let demand = Demand::of(scan_request);
        demand.has_chains();
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
            (10_499, false),
            (10_500, true),
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

    #[test]
    fn chains_for_the_last_of_them_are_read_one_by_one() {
        let demand = of_several(&ScanRequest {
            enough: Some(100),
            ..lazy(8)
        });
        let begin = || demand.lane().now_or_never().flatten();
        let mut chains = vec![begin().expect("a lane")];
        assert!(begin().is_none());
        takes(&demand, 80, 1);
        while let Some(chain) = begin() {
            chains.push(chain);
        }
        assert_eq!((demand.is_open(), chains.len()), (true, 8));
        // Fewer are left than twice as many as can be under way.
        takes(&demand, 1, 1);
        while chains.len() > 1 {
            assert!(demand.is_open());
            chains.pop();
            assert!(begin().is_none());
        }
        assert!(!demand.is_open());
        chains.pop();
        assert!(begin().is_some());
        assert!(demand.wanted().now_or_never().is_none());
        demand.ask();
        assert!(demand.wanted().now_or_never().is_some());
    }

    #[test]
    fn who_asked_while_nothing_waited_is_not_forgotten() {
        let demand = of_several(&ScanRequest {
            enough: Some(100),
            ..lazy(2)
        });
        takes(&demand, 80, 1);
        let chains = [demand.lane(), demand.lane()].map(|lane| lane.now_or_never().flatten());
        takes(&demand, 15, 1);
        demand.ask();
        assert!(demand.is_open());
        drop(chains);
        assert!(demand.lane().now_or_never().flatten().is_some());
        assert!(!demand.is_open());
        assert!(demand.wanted().now_or_never().is_some());
    }

    #[test]
    fn who_could_help_comes_behind_those_who_have_something_to_read() {
        let demand = Demand::of(&ScanRequest {
            eager: true,
            ..lazy(1)
        });
        let held = demand.lane().now_or_never();
        let mut helper = Box::pin(demand.spare_lane());
        assert!(helper.as_mut().now_or_never().is_none());
        let mut other = Box::pin(demand.lane());
        assert!(other.as_mut().now_or_never().is_none());
        drop(held);
        // The lane comes to the helper, who has waited longer, and who gives it back.
        assert!(helper.as_mut().now_or_never().is_none());
        let other = other.as_mut().now_or_never();
        assert!(other.is_some());
        assert!(helper.as_mut().now_or_never().is_none());
        drop(other);
        assert!(helper.as_mut().now_or_never().is_some());
    }
}
