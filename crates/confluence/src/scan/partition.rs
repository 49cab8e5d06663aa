//! Partitions: a listing of everything, cut into groups that are read side by side.
//!
//! The listing is begun as it is, and goes on like that for as long as the caller may stop at any row. If it does not come
//! to an end soon, the objects that its rows belong to are listed, and each group of them becomes a listing of its own,
//! read from its end. First one page of each, which shows how long it is; then, page by page, the one of which most is left,
//! so that all come to their ends together and none is waited for alone. Whoever has nothing else to do reads such a group
//! from its beginning, until the two meet. What is created meanwhile stands behind everything else, and is read last.
//!
//! Whether the groups hold all that the listing does is looked up while they are read. If not, or if that cannot be looked
//! up, the listing itself is read from both of its ends.
//!
//! Where the two meet depends on who comes first. A statement that reads the listing in several places must ask for the
//! same pages in each, so there a long group is cut in the middle of its ids, and its halves are read like groups.
//!
//! Groups of a range are read in the range's order, each to where the range ends in it.

use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};

use futures_util::future::try_join_all;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::chain::{ChainReader, PageShown};
use super::outside_partitions::Owners;
use super::reader::Reader;
use crate::Error;
use crate::http::Why;
use crate::request::chains::{self, Chain};
use crate::request::grouping::LONG;
use crate::request::scan_request::{Key, Sort};
use crate::schema::{ColumnId, Filter, Split};

/// Groups for each chain that is read at one time: enough that none idles while others have much left.
const GROUPS_EACH: usize = 4;
/// So many groups are begun at most before those are read on of which most is left.
const MOST_BEGUN: usize = 128;
/// Pages that a group has to have left, as far as can be told, for its other end to be worth a request.
const WORTH_HELPING: f64 = 2.0;
/// The same for a group to be cut, whether or not anybody has nothing else to do.
const WORTH_CUTTING: f64 = 20.0;

/// Pages that are read from the beginning before somebody begins at the end, where nothing tells how long a listing is. What
/// that may cost is the page on which both meet.
const BEFORE_THE_END: u32 = 2;

/// Rows that are in order by no chance: where so many of a listing ascend, it is in that order, though nobody has asked for
/// it.
const SURE: usize = 200;

/// Reads everything that a chain lists, several groups at one time.
pub(super) async fn read(
    reader: &Reader,
    chain: Chain,
    split: &'static Split,
    is_long: bool,
) -> Result<(), Error> {
    let table = reader.scan_request.table;
    let (order, owner) = (table.id(split.order), table.id(split.column));
    let start = || reader.start_source(Why::PartitionKeys, &split.source, &[split.name]);
    // Where it is sure to be cut, what comes first has to be known.
    let is_cut_at_once = is_long && reader.scan_request.eager;
    let in_order = chains::order_before_cut(order, is_cut_at_once);
    let mut front = ChainReader::new(reader, &chain, in_order, Why::FirstPage).noting(owner);
    reader.expect_overlaps();
    let mut begun = Prefix::default();
    let mut pages = 0;
    let mut owners = None;
    loop {
        reader.demand.wanted().await;
        // As long as the caller may stop at any row, it is read as it is.
        let is_wanted = reader.demand.is_open();
        // Where it is known to be long, a page and what rows belong to are asked for together.
        if is_wanted && is_long {
            owners = Some(start());
        }
        let shown = match front.next(Some(order)).await {
            Err(Error::OutOfOrder { .. }) => {
                return read_as_it_comes(reader, &chain).await;
            }
            shown => shown?,
        };
        if shown.is_end {
            return Ok(());
        }
        begun.note(shown);
        pages += 1;
        if is_wanted && (is_long || pages >= LONG) {
            break;
        }
    }
    let owners = match Owners::of(owners.unwrap_or_else(start)).await {
        // Who may not list what rows belong to may read them all the same.
        Err(Error::ScopeMissing { .. } | Error::Forbidden { .. }) => None,
        owners => Some(owners?).filter(|owners| owners.have(front.noted())),
    };
    if let Some(owners) = owners {
        let filter = table.columns[owner].filter;
        let each = owners
            .ids
            .len()
            .div_ceil(reader.demand.most_abreast() * GROUPS_EACH);
        let chains = in_groups(&chain, filter, &owners.ids, each);
        let mut groups = Partitions::new(reader, GroupOrder::BothEnds(order));
        groups.add(chains, begun.end());
        let look = async {
            let hold_all = owners.have_all(reader, &chain, split).await?;
            if !hold_all {
                groups.give_up();
            }
            Ok(hold_all)
        };
        let ((), hold_all) = tokio::try_join!(groups.read(), look)?;
        let by = Some(sort(order, true));
        let newest = ChainReader::new(reader, &chain, by, Why::NewRows).noting(owner);
        if hold_all && read_what_is_new(reader, &chain, newest, &owners).await? {
            return Ok(());
        }
    }
    read_from_both_ends(reader, &chain, front, begun, order, Ties::Never).await
}

/// Reads everything that a chain lists, in an order of times that it is asked for in, from both ends once it has turned
/// out to be long.
pub(super) async fn read_ends(
    reader: &Reader,
    chain: Chain,
    order: Sort,
    is_long: bool,
) -> Result<(), Error> {
    let mut front = ChainReader::new(reader, &chain, Some(order), Why::FirstPage);
    reader.expect_overlaps();
    let mut begun = Prefix::default();
    let mut pages = 0;
    while !(reader.demand.is_open() && (is_long || pages >= BEFORE_THE_END)) {
        match front.next(Some(order.column)).await {
            Err(Error::OutOfOrder { .. }) => return read_as_it_comes(reader, &chain).await,
            shown => {
                let shown = shown?;
                if shown.is_end {
                    return Ok(());
                }
                begun.note(shown);
                pages += 1;
            }
        }
    }
    read_from_both_ends(reader, &chain, front, begun, order.column, Ties::May).await
}

/// How far a listing has been read from its beginning and from its end.
#[derive(Debug)]
struct Ends {
    up: AtomicI64,
    down: AtomicI64,
    ties: Ties,
}

/// Whether several rows may stand at one place of an order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ties {
    Never,
    /// Then one of the ends has to come past a place: each may have begun with other rows of it.
    May,
}

impl Ends {
    fn new(ties: Ties) -> Self {
        Self {
            up: AtomicI64::new(i64::MIN),
            down: AtomicI64::new(i64::MAX),
            ties,
        }
    }

    /// Notes up to where all has been read from the beginning.
    fn come_up_to(&self, place: Option<i64>) {
        self.up.store(place.unwrap_or(i64::MIN), Relaxed);
    }

    /// Notes down to where all has been read from the end; no place where nothing can be said of it.
    fn come_down_to(&self, place: Option<i64>) {
        self.down.store(place.unwrap_or(i64::MAX), Relaxed);
    }

    /// Whether nothing is left between them.
    fn have_met(&self) -> bool {
        let (up, down) = (self.up.load(Relaxed), self.down.load(Relaxed));
        up > down || up == down && self.ties == Ties::Never
    }
}

/// Reads all of a listing in the order in which it comes, whatever that is. It ends where the site says so.
pub(super) async fn read_as_it_comes(reader: &Reader, chain: &Chain) -> Result<(), Error> {
    ChainReader::new(reader, chain, None, Why::AsItComes)
        .read_all()
        .await
}

/// Reads what is left of a listing from both of its ends, until they meet.
async fn read_from_both_ends(
    reader: &Reader,
    chain: &Chain,
    mut front: ChainReader<'_>,
    mut begun: Prefix,
    order: ColumnId,
    ties: Ties,
) -> Result<(), Error> {
    // Where they meet depends on who is faster, and then the statement would ask for other pages in each place.
    if reader.is_read_again {
        return match front.read_all().await {
            Err(Error::OutOfOrder { .. }) => read_as_it_comes(reader, chain).await,
            result => result,
        };
    }
    let ends = Ends::new(ties);
    ends.come_up_to(begun.end());
    // Whether one of them has read all, or has to.
    let is_over = AtomicBool::new(false);
    let read_front = async {
        loop {
            let shown = match front.next(Some(order)).await {
                Err(Error::OutOfOrder { .. }) => {
                    is_over.store(true, Relaxed);
                    return read_as_it_comes(reader, chain).await;
                }
                shown => shown?,
            };
            begun.note(shown);
            ends.come_up_to(begun.end());
            if is_over.fetch_or(shown.is_end, Relaxed) || shown.is_end || ends.have_met() {
                return Ok(());
            }
            if begun.is_broken {
                // Nothing can be said of where they meet.
                is_over.store(true, Relaxed);
                return front.read_all().await;
            }
        }
    };
    let read_back = async {
        let mut back = ChainReader::new(reader, chain, Some(sort(order, true)), Why::FromTheEnd);
        while !is_over.load(Relaxed) && !ends.have_met() {
            let shown = match back.next(Some(order)).await {
                Err(Error::OutOfOrder { .. }) => {
                    ends.come_down_to(None);
                    return Ok(());
                }
                shown => shown?,
            };
            if let Some((_, last)) = shown.edges {
                ends.come_down_to(Some(last));
            }
            is_over.fetch_or(shown.is_end, Relaxed);
        }
        Ok(())
    };
    tokio::try_join!(read_front, read_back)?;
    Ok(())
}

/// How far the listing has been read as it is. Nobody promises that it is in order, so that is watched.
#[derive(Default)]
pub(super) struct Prefix {
    rows: usize,
    first: Option<i64>,
    last: Option<i64>,
    is_broken: bool,
}

impl Prefix {
    pub fn note(&mut self, shown: PageShown) {
        self.rows += shown.rows;
        let Some((first, last)) = shown.edges else {
            return;
        };
        self.is_broken |= !shown.ascends || self.last.is_some_and(|before| first < before);
        self.first = self.first.or(Some(first));
        self.last = Some(last);
    }

    /// Up to where everything has been read.
    pub fn end(&self) -> Option<i64> {
        self.last.filter(|_| !self.is_broken)
    }

    /// From where and up to where, if there are so many rows that they are in order by no chance.
    pub fn sure_span(&self) -> Option<(i64, i64)> {
        self.first.zip(self.end()).filter(|_| self.rows >= SURE)
    }
}

/// Reads what was created after the groups had been begun: it stands behind all that they gave. Tells whether all of it
/// belongs to what is known.
async fn read_what_is_new(
    reader: &Reader,
    chain: &Chain,
    mut pages: ChainReader<'_>,
    owners: &Owners,
) -> Result<bool, Error> {
    loop {
        match pages.next(None).await {
            // Then what is new can stand anywhere.
            Err(Error::OutOfOrder { .. }) => {
                read_as_it_comes(reader, chain).await?;
                return Ok(true);
            }
            shown => {
                let shown = shown?;
                if !owners.have(pages.noted()) {
                    return Ok(false);
                }
                if shown.is_end || shown.is_known {
                    return Ok(true);
                }
            }
        }
    }
}

pub(super) fn sort(column: ColumnId, descending: bool) -> Sort {
    Sort { column, descending }
}

/// This chain for so many objects each time.
pub(super) fn in_groups(
    chain: &Chain,
    filter: Option<Filter>,
    objects: &[Key],
    each: usize,
) -> Vec<Chain> {
    let most = filter.map_or(1, |filter| filter.max);
    let groups = objects.chunks(each.clamp(1, most));
    groups.map(|group| chain.narrowed(filter, group)).collect()
}

/// How the groups of a listing are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum GroupOrder {
    /// By a column that tells rows apart, from the end, and from the beginning where somebody helps.
    BothEnds(ColumnId),
    /// In the order of a range, to its end.
    Range(Sort),
}

/// The groups of a listing, and how far each has been read.
pub(super) struct Partitions<'r> {
    reader: &'r Reader,
    order: GroupOrder,
    groups: Vec<Partition>,
    /// The first of them that nobody has begun.
    next: AtomicUsize,
    /// Whether nobody is to begin anything any more.
    is_given_up: AtomicBool,
    /// Wakes up those who wait for something to do.
    changed: Notify,
}

/// How somebody can help who has nothing else to do.
enum GroupHelp<'g> {
    /// By reading this group from its other end.
    With(&'g Partition),
    /// Nobody can tell yet how much is left of what others have begun.
    Unknown,
    Unneeded,
}

/// A group's listing from one of its ends.
struct PartitionListing<'g> {
    group: &'g Partition,
    descending: bool,
    pages: ChainReader<'g>,
}

struct Partition {
    chain: Chain,
    progress: Mutex<PartitionProgress>,
}

#[derive(Debug, Default)]
struct PartitionProgress {
    state: PartitionState,
    /// The id at which it is cut, if it is.
    middle: Option<i64>,
    /// Whether it is read from both ends.
    is_helped: bool,
    /// Up to where everything has been read before, or is read by somebody else.
    front: Option<i64>,
    pages: f64,
    /// Where its listing ends.
    top: Option<i64>,
    /// What has been read from the end, down to here.
    high: Option<i64>,
    /// What has been read from the beginning, up to here.
    low: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum PartitionState {
    #[default]
    Waiting,
    Reading,
    Done,
}

impl<'r> Partitions<'r> {
    pub fn new(reader: &'r Reader, order: GroupOrder) -> Self {
        Self {
            reader,
            order,
            groups: Vec::new(),
            next: AtomicUsize::new(0),
            is_given_up: AtomicBool::new(false),
            changed: Notify::new(),
        }
    }

    /// These groups besides, of which everything has been read up to `front`. Gives their places.
    pub fn add(&mut self, chains: Vec<Chain>, front: Option<i64>) -> Range<usize> {
        let first = self.groups.len();
        self.groups
            .extend(chains.into_iter().map(|chain| Partition {
                chain,
                progress: Mutex::new(PartitionProgress {
                    front,
                    ..PartitionProgress::default()
                }),
            }));
        first..self.groups.len()
    }

    /// Notes up to where everything of some groups has been read meanwhile.
    pub fn note_front(&self, groups: Range<usize>, front: Option<i64>) {
        for group in &self.groups[groups] {
            group.progress().front = front;
        }
    }

    /// Lets nobody read on in some groups: everything of them has been read.
    pub fn end(&self, groups: Range<usize>) {
        for group in &self.groups[groups] {
            group.progress().state = PartitionState::Done;
        }
        self.changed.notify_waiters();
    }

    /// Reads all groups, as many at one time as there are lanes for.
    pub async fn read(&self) -> Result<(), Error> {
        let lanes = 0..self.reader.demand.most_abreast();
        match self.order {
            GroupOrder::Range(sort) => {
                try_join_all(lanes.map(|_| self.read_ranges(sort))).await?;
            }
            GroupOrder::BothEnds(order) => {
                let begun = Mutex::default();
                try_join_all(lanes.map(|_| self.read_listings(order, &begun))).await?;
            }
        }
        Ok(())
    }

    /// Lets everybody come to an end with the page that they are at. None is left in the middle of one: its rows count as
    /// given as soon as they have been looked at.
    pub fn give_up(&self) {
        self.is_given_up.store(true, Relaxed);
        self.changed.notify_waiters();
    }

    fn is_given_up(&self) -> bool {
        self.is_given_up.load(Relaxed)
    }

    /// Reads groups until there is nothing left to do.
    async fn read_listings<'g>(
        &'g self,
        order: ColumnId,
        begun: &Mutex<Vec<PartitionListing<'g>>>,
    ) -> Result<(), Error> {
        let demand = &self.reader.demand;
        while !self.is_given_up() {
            // To read on comes before helping, in other lists, too.
            let has_own = self.has_waiting() || !begun.lock().is_empty();
            let lane = match has_own {
                true => demand.lane().await,
                false => demand.spare_lane().await,
            };
            let own = self.next_listing(order, &mut begun.lock());
            let mut listing = match own {
                Some(listing) => listing,
                // Somebody else has taken it meanwhile.
                None if has_own => continue,
                None => match self.next_to_help() {
                    GroupHelp::With(group) => self.other_end(group, order),
                    GroupHelp::Unknown => {
                        drop(lane);
                        self.changed.notified().await;
                        continue;
                    }
                    GroupHelp::Unneeded => return Ok(()),
                },
            };
            if self.read_page(&mut listing, order).await? {
                begun.lock().push(listing);
            }
            self.changed.notify_waiters();
        }
        Ok(())
    }

    /// Whether a group waits to be begun.
    fn has_waiting(&self) -> bool {
        self.next.load(Relaxed) < self.groups.len()
    }

    /// A group that nobody has begun.
    fn next_waiting(&self) -> Option<&Partition> {
        while let Some(group) = self.groups.get(self.next.load(Relaxed)) {
            self.next.fetch_add(1, Relaxed);
            let mut progress = group.progress();
            if progress.state == PartitionState::Waiting {
                progress.state = PartitionState::Reading;
                drop(progress);
                return Some(group);
            }
        }
        None
    }

    /// What to read next: a group that nobody has begun; or of those that have been begun, which are as many as tell enough,
    /// the one of which most is left.
    fn next_listing<'g>(
        &'g self,
        order: ColumnId,
        begun: &mut Vec<PartitionListing<'g>>,
    ) -> Option<PartitionListing<'g>> {
        begun.retain(|listing| !listing.group.progress().is_over());
        if begun.len() < MOST_BEGUN
            && let Some(group) = self.next_waiting()
        {
            return Some(self.listing(group, order, true));
        }
        let left = |place: &usize| begun[*place].group.progress().rounds_left();
        let longest = (0..begun.len()).max_by(|one, other| left(one).total_cmp(&left(other)))?;
        let longest = begun.swap_remove(longest);
        if self.will_be_waited_for(longest.group) {
            begun.push(self.other_end(longest.group, order));
        }
        Some(longest)
    }

    /// Whether a group takes more rounds than all of them together, though it gets the first lane each time: then it is read from
    /// both of its ends at once. Where groups are many, none is so long.
    fn will_be_waited_for(&self, group: &Partition) -> bool {
        if self.reader.is_read_again || self.has_waiting() || self.groups.len() > MOST_BEGUN {
            return false;
        }
        let mut left = 0.0;
        for group in &self.groups {
            let progress = group.progress();
            if progress.is_unknown() {
                return false;
            }
            left += progress.pages_left();
        }
        let rounds = left / self.reader.demand.most_abreast() as f64;
        let progress = group.progress();
        !progress.is_helped && progress.rounds_left() >= rounds + WORTH_HELPING
    }

    /// The group of which most is left, of those that are read from one end; where a long one was cut, its lower half.
    fn next_to_help(&self) -> GroupHelp<'_> {
        let left = |group: &&Partition| group.progress().pages_left();
        let mut alone = self
            .groups
            .iter()
            .filter(|group| !group.progress().is_helped);
        let most = match self.reader.is_read_again {
            true => alone.find(|group| group.progress().middle.is_some()),
            false => alone
                .max_by(|one, other| left(one).total_cmp(&left(other)))
                .filter(|group| left(group) >= WORTH_HELPING),
        };
        let mut groups = self.groups.iter();
        match most {
            Some(group) => GroupHelp::With(group),
            None if groups.any(|group| group.progress().is_unknown()) => GroupHelp::Unknown,
            None => GroupHelp::Unneeded,
        }
    }

    /// A group's listing from its beginning, while others read it from its end.
    fn other_end<'g>(&'g self, group: &'g Partition, order: ColumnId) -> PartitionListing<'g> {
        group.progress().is_helped = true;
        self.listing(group, order, false)
    }

    /// A group's listing from one of its ends.
    fn listing<'g>(
        &'g self,
        group: &'g Partition,
        order: ColumnId,
        descending: bool,
    ) -> PartitionListing<'g> {
        let why = match descending {
            true => Why::Partition,
            false => Why::PartitionBeginning,
        };
        let by = Some(sort(order, descending));
        PartitionListing {
            group,
            descending,
            pages: ChainReader::new(self.reader, &group.chain, by, why),
        }
    }

    /// Reads the next page of a listing, and says whether there is more: not where it has come to its other end, or to where
    /// somebody else has come to.
    async fn read_page(
        &self,
        listing: &mut PartitionListing<'_>,
        order: ColumnId,
    ) -> Result<bool, Error> {
        let (group, descending) = (listing.group, listing.descending);
        let shown = match listing.pages.next(Some(order)).await {
            // Nothing can be said of an end then. Read as it comes, it ends where the site says so.
            Err(Error::OutOfOrder { .. }) => {
                read_as_it_comes(self.reader, &group.chain).await?;
                group.progress().state = PartitionState::Done;
                return Ok(false);
            }
            shown => shown?,
        };
        let mut progress = group.progress();
        if progress.is_over() {
            return Ok(false);
        }
        let is_first = progress.top.is_none();
        progress.note(shown, descending);
        if self.reader.is_read_again && is_first && !shown.is_end {
            progress.cut_if_long();
        }
        if shown.is_end || progress.has_met(descending) {
            progress.state = PartitionState::Done;
            return Ok(false);
        }
        Ok(!self.is_given_up())
    }
}

impl Partitions<'_> {
    /// Reads groups in the order of a range, until none is left to begin.
    async fn read_ranges(&self, sort: Sort) -> Result<(), Error> {
        while self.has_waiting() && !self.is_given_up() {
            let _lane = self.reader.demand.lane().await;
            if let Some(group) = self.next_waiting() {
                self.read_range(group, sort).await?;
            }
        }
        Ok(())
    }

    /// Reads a group to the end of its range.
    async fn read_range(&self, group: &Partition, sort: Sort) -> Result<(), Error> {
        let mut pages = ChainReader::new(self.reader, &group.chain, Some(sort), Why::Partition);
        while !self.is_given_up() {
            match pages.next(None).await {
                // Nothing can be said of an end then, or the order cannot be asked for.
                Err(Error::OutOfOrder { .. } | Error::TooLong { .. }) => {
                    return read_as_it_comes(self.reader, &group.chain).await;
                }
                shown => {
                    if shown?.is_end {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

impl Partition {
    fn progress(&self) -> MutexGuard<'_, PartitionProgress> {
        self.progress.lock()
    }
}

impl PartitionProgress {
    fn note(&mut self, shown: PageShown, descending: bool) {
        self.pages += 1.0;
        let Some((first, last)) = shown.edges else {
            return;
        };
        if descending {
            self.top = self.top.or(Some(first));
            self.high = Some(last);
        } else {
            self.low = Some(last);
        }
    }

    /// Whether all of it has been read. A half that is at its end says nothing of the other one.
    fn is_over(&self) -> bool {
        self.state == PartitionState::Done && self.middle.is_none()
    }

    /// Cuts it, where its first page shows that it is long. Everybody who reads that page cuts it so.
    fn cut_if_long(&mut self) {
        if let Some(high) = self.high
            && self.pages_left() >= WORTH_CUTTING
        {
            self.middle = Some(i64::midpoint(self.front.unwrap_or(0), high));
        }
    }

    /// Whether a side has come to where the other one is, or will come.
    fn has_met(&self, descending: bool) -> bool {
        if let Some(middle) = self.middle {
            return if descending {
                self.high.is_some_and(|high| high <= middle)
            } else {
                self.low.is_some_and(|low| low >= middle)
            };
        }
        let low = self.low.max(self.front);
        matches!((low, self.high), (Some(low), Some(high)) if high <= low)
    }

    /// Whether it has been begun, and nobody knows how long it is.
    fn is_unknown(&self) -> bool {
        self.state == PartitionState::Reading && !self.is_helped && self.top.is_none()
    }

    /// How many are left for each who reads it.
    fn rounds_left(&self) -> f64 {
        self.pages_left() / if self.is_helped { 2.0 } else { 1.0 }
    }

    /// How many pages are left, if ids are spread evenly; nothing, where nobody can tell.
    fn pages_left(&self) -> f64 {
        if self.state != PartitionState::Reading {
            return 0.0;
        }
        let (Some(top), Some(high)) = (self.top, self.high) else {
            return 0.0;
        };
        let bottom = self.front.unwrap_or(0);
        let low = self.low.unwrap_or(bottom).max(bottom);
        let read = ((top - high) + (low - bottom)).max(1) as f64;
        self.pages * (high - low).max(0) as f64 / read
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// The rows of a listing in an order, those of one place as they come.
    fn in_order(rows: &[(i64, usize)], descending: bool) -> Vec<(i64, usize)> {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|(place, _)| if descending { -place } else { *place });
        rows
    }

    proptest! {
        #[test]
        fn once_both_ends_have_met_nothing_is_left_between_them(
            places in proptest::collection::vec(0..6_i64, 1..30),
            page in 1..5_usize,
            turns in proptest::collection::vec(any::<bool>(), 60),
            seed in any::<u64>(),
        ) {
            let mut rows: Vec<(i64, usize)> = places.into_iter().zip(0..).collect();
            let up = in_order(&rows, false);
            // From the other end, rows of one place come in any order.
            fastrand::Rng::with_seed(seed).shuffle(&mut rows);
            let down = in_order(&rows, true);
            let ends = Ends::new(Ties::May);
            let mut read: HashSet<(i64, usize)> = HashSet::new();
            let (mut from_beginning, mut from_end) = (up.chunks(page), down.chunks(page));
            for is_up in turns {
                let next = if is_up { from_beginning.next() } else { from_end.next() };
                // A listing that is at its end is over.
                let Some(rows) = next.filter(|_| !ends.have_met()) else { break };
                read.extend(rows);
                let last = rows.last().map(|(place, _)| *place);
                if is_up { ends.come_up_to(last) } else { ends.come_down_to(last) }
            }
            prop_assert!(!ends.have_met() || read.len() == up.len());
        }
    }

    #[test]
    fn where_rows_are_told_apart_by_their_places_one_that_both_have_read_is_enough() {
        for (ties, have_met) in [(Ties::Never, true), (Ties::May, false)] {
            let ends = Ends::new(ties);
            ends.come_up_to(Some(7));
            ends.come_down_to(Some(7));
            assert_eq!(ends.have_met(), have_met);
        }
    }
}
