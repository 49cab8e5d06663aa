//! A listing of everything, cut into groups that are read side by side.
//!
//! The listing is begun as it is. If it does not come to an end soon, the objects that its rows belong to are
//! listed, and each group of them becomes a listing of its own, read from its end. Whoever has nothing else to
//! do reads the group of which most is left from its beginning, until the two meet. What is created meanwhile
//! stands behind everything else, and is read last.
//!
//! Where the two meet depends on who comes first. A statement that reads the listing in several places must ask for the
//! same pages in each, so there a long group is cut in the middle of its ids, and its halves are read like groups.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::{TryStreamExt, stream};
use tokio::sync::Notify;

use super::chain::{Pages, Shown};
use super::reader::{Reader, Scan};
use super::targets::Chain;
use super::wanted::{Key, Sort};
use crate::Error;
use crate::table::Split;

/// Pages after which a listing of unknown size is taken for a long one.
const LONG: u32 = 20;
/// Groups for each chain that is read at one time: enough that none idles while others have much left.
const GROUPS_EACH: usize = 4;
/// Pages that a group has to have left, as far as can be told, for its other end to be worth a request.
const WORTH_HELPING: f64 = 2.0;
/// The same for a group to be cut, whether or not anybody has nothing else to do.
const WORTH_CUTTING: f64 = 20.0;

/// Reads everything that a chain lists, several groups at one time.
pub(super) async fn read(
    reader: &Reader,
    chain: Chain,
    split: &'static Split,
) -> Result<(), Error> {
    let order = reader
        .wanted
        .table
        .column(split.order)
        .map(|(place, _)| place);
    let is_long = reader.wanted.is_known_to_be_long();
    // Where it is known to be long, the first page and what rows belong to are asked for together.
    let early = is_long.then(|| reader.start_source(&split.source));
    // Where it is sure to be cut, what comes first has to be known.
    let mut front = Pages::new(reader, &chain, sort(order.filter(|_| is_long), false));
    reader.expect_overlaps();
    let mut begun = Front::default();
    for _ in 0..if is_long { 1 } else { LONG } {
        let shown = match front.next(order).await {
            Err(Error::OutOfOrder { .. }) => {
                return Pages::new(reader, &chain, None).read_all().await;
            }
            shown => shown?,
        };
        if shown.is_end {
            return Ok(());
        }
        begun.note(shown);
    }
    let objects = early.unwrap_or_else(|| reader.start_source(&split.source));
    let ids = match all(objects).await {
        // Who may not list what rows belong to may read them all the same, one page after the other.
        Err(Error::ScopeMissing { .. } | Error::Forbidden { .. }) => return front.read_all().await,
        ids => ids?,
    };
    let groups = Groups::new(reader, &chain, split, order, &ids, begun.end());
    stream::iter((0..reader.abreast()).map(Ok))
        .try_for_each_concurrent(None, |_| groups.work())
        .await?;
    read_what_is_new(reader, &chain, order).await
}

/// How far the listing has been read as it is. Nobody promises that it is in order, so that is watched.
#[derive(Default)]
struct Front {
    last: Option<i64>,
    is_broken: bool,
}

impl Front {
    fn note(&mut self, shown: Shown) {
        let Some((first, last)) = shown.edges else {
            return;
        };
        self.is_broken |= !shown.ascends || self.last.is_some_and(|before| first < before);
        self.last = Some(last);
    }

    /// Up to where everything has been read.
    fn end(&self) -> Option<i64> {
        self.last.filter(|_| !self.is_broken)
    }
}

/// The values of a scan's only column.
async fn all(mut objects: Scan) -> Result<Vec<Key>, Error> {
    let mut ids = Vec::new();
    while let Some(batch) = objects.next().await? {
        ids.extend((0..batch.len()).filter_map(|row| Key::of(batch.value(row, 0))));
    }
    Ok(ids)
}

/// Reads what was created after the groups had been begun: it stands behind all that they gave.
async fn read_what_is_new(
    reader: &Reader,
    chain: &Chain,
    order: Option<usize>,
) -> Result<(), Error> {
    let mut pages = Pages::new(reader, chain, sort(order, true));
    loop {
        match pages.next(None).await {
            // Then what is new can stand anywhere.
            Err(Error::OutOfOrder { .. }) => {
                return Pages::new(reader, chain, None).read_all().await;
            }
            shown => {
                let shown = shown?;
                if shown.is_end || shown.is_known {
                    return Ok(());
                }
            }
        }
    }
}

fn sort(order: Option<usize>, descending: bool) -> Option<Sort> {
    order.map(|column| Sort {
        column,
        descending,
        relied_on: true,
    })
}

/// The groups of a listing, and how far each has been read.
struct Groups<'r> {
    reader: &'r Reader,
    order: Option<usize>,
    groups: Vec<Group>,
    /// Up to where everything has been read before.
    front: Option<i64>,
    /// Wakes up those who wait for something to do.
    changed: Notify,
}

/// What there is to do.
enum Task<'g> {
    Read(&'g Group, bool),
    /// Nothing yet: nobody can tell how much is left of what others have begun.
    Wait,
    Nothing,
}

struct Group {
    chain: Chain,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    state: State,
    /// The id at which it is cut, if it is.
    middle: Option<i64>,
    /// Whether it is read from both ends.
    is_helped: bool,
    pages: f64,
    /// Where its listing ends.
    top: Option<i64>,
    /// What has been read from the end, down to here.
    high: Option<i64>,
    /// What has been read from the beginning, up to here.
    low: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Waiting,
    Reading,
    Done,
}

impl<'r> Groups<'r> {
    fn new(
        reader: &'r Reader,
        chain: &Chain,
        split: &Split,
        order: Option<usize>,
        ids: &[Key],
        front: Option<i64>,
    ) -> Self {
        let filter = reader.wanted.table.column(split.column);
        let filter = filter.and_then(|(_, column)| column.filter);
        let most = filter.map_or(1, |filter| filter.max);
        let each = ids
            .len()
            .div_ceil(reader.abreast() * GROUPS_EACH)
            .clamp(1, most);
        let group = |ids: &[Key]| Group {
            chain: chain.narrowed(filter, ids),
            progress: Mutex::default(),
        };
        Self {
            reader,
            order,
            groups: ids.chunks(each).map(group).collect(),
            front,
            changed: Notify::new(),
        }
    }

    /// Reads groups until there is nothing left to do.
    async fn work(&self) -> Result<(), Error> {
        loop {
            match self.next_task() {
                Task::Read(group, descending) => {
                    self.read_from(group, descending).await?;
                    self.changed.notify_waiters();
                }
                Task::Wait => self.changed.notified().await,
                Task::Nothing => return Ok(()),
            }
        }
    }

    /// The next group to read, and from which side: one that nobody has begun, or the one of which most is
    /// left.
    fn next_task(&self) -> Task<'_> {
        for group in &self.groups {
            let mut progress = group.progress();
            if progress.state == State::Waiting {
                progress.state = State::Reading;
                return Task::Read(group, true);
            }
        }
        if self.reader.is_read_again {
            return self.next_half();
        }
        let left = |group: &Group| group.progress().pages_left(self.front);
        let most = self
            .groups
            .iter()
            .max_by(|one, other| left(one).total_cmp(&left(other)))
            .filter(|group| left(group) >= WORTH_HELPING);
        match most {
            Some(group) => {
                group.progress().is_helped = true;
                Task::Read(group, false)
            }
            None => self.wait_for_what_is_unknown(),
        }
    }

    /// The lower half of a group that was cut.
    fn next_half(&self) -> Task<'_> {
        for group in &self.groups {
            let mut progress = group.progress();
            if progress.middle.is_some() && !progress.is_helped {
                progress.is_helped = true;
                return Task::Read(group, false);
            }
        }
        self.wait_for_what_is_unknown()
    }

    fn wait_for_what_is_unknown(&self) -> Task<'_> {
        let mut groups = self.groups.iter();
        if groups.any(|group| group.progress().is_unknown()) {
            Task::Wait
        } else {
            Task::Nothing
        }
    }

    /// Reads a group from one of its ends, to the other or to where somebody else has come to.
    async fn read_from(&self, group: &Group, descending: bool) -> Result<(), Error> {
        let mut pages = Pages::new(self.reader, &group.chain, sort(self.order, descending));
        loop {
            let shown = match pages.next(self.order).await {
                // Nothing can be said of an end then. Read as it comes, it ends where the site says so.
                Err(Error::OutOfOrder { .. }) => {
                    Pages::new(self.reader, &group.chain, None)
                        .read_all()
                        .await?;
                    group.progress().state = State::Done;
                    return Ok(());
                }
                shown => shown?,
            };
            let mut progress = group.progress();
            if progress.state == State::Done && progress.middle.is_none() {
                return Ok(());
            }
            let is_first = progress.top.is_none();
            progress.note(shown, descending);
            if self.reader.is_read_again && is_first && !shown.is_end {
                progress.cut_if_long(self.front);
            }
            self.changed.notify_waiters();
            if shown.is_end || progress.has_met(self.front, descending) {
                progress.state = State::Done;
                return Ok(());
            }
        }
    }
}

impl Group {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn note(&mut self, shown: Shown, descending: bool) {
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

    /// Cuts it, where its first page shows that it is long. Everybody who reads that page cuts it so.
    fn cut_if_long(&mut self, front: Option<i64>) {
        if let Some(high) = self.high
            && self.pages_left(front) >= WORTH_CUTTING
        {
            self.middle = Some(i64::midpoint(front.unwrap_or(0), high));
        }
    }

    /// Whether a side has come to where the other one is, or will come.
    fn has_met(&self, front: Option<i64>, descending: bool) -> bool {
        if let Some(middle) = self.middle {
            return if descending {
                self.high.is_some_and(|high| high <= middle)
            } else {
                self.low.is_some_and(|low| low >= middle)
            };
        }
        let low = self.low.max(front);
        matches!((low, self.high), (Some(low), Some(high)) if high <= low)
    }

    /// Whether it has been begun, and nobody knows how long it is.
    fn is_unknown(&self) -> bool {
        self.state == State::Reading && !self.is_helped && self.top.is_none()
    }

    /// How many pages are left, if ids are spread evenly; nothing, where another end would not help.
    fn pages_left(&self, front: Option<i64>) -> f64 {
        if self.state != State::Reading || self.is_helped {
            return 0.0;
        }
        let (Some(top), Some(high)) = (self.top, self.high) else {
            return 0.0;
        };
        let bottom = front.unwrap_or(0);
        let read = (top - high).max(1) as f64;
        self.pages * (high - bottom).max(0) as f64 / read
    }
}
