//! Waiting: where the backend and the network thread meet.
//!
//! The network thread never touches PostgreSQL: it writes a byte into a socket pair. The backend waits on
//! its latch and on the other end of that pair, so a cancel, a time-out or the end of the server gets
//! through at once, whatever the network does.

use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

use confluence::Error;
use confluence::engine::{Engine, Task};
use pgrx::{PgSqlErrorCode as Code, check_for_interrupts, pg_guard, pg_sys};

use super::fds::Descriptors;
use super::wakeup::{Wake, WakeupPipe};
use crate::pg::compat;
use crate::pg::report::Report;

/// What the network thread's event loop has open: its queue, a copy of that, and what wakes it up.
const EVENT_LOOP: usize = 3;

/// The backend's network thread, and where it rings for whoever waits here.
struct Link {
    engine: Engine,
    inbox: WakeupPipe,
    _counted: Descriptors,
}

thread_local! {
    /// Made when the backend first needs it, so never inherited through a fork.
    static LINK: RefCell<Option<Link>> = const { RefCell::new(None) };
}

/// Runs `f` with the network thread, and with what wakes the backend up.
pub(crate) fn with_engine<T>(f: impl FnOnce(&Engine, Wake) -> T) -> T {
    LINK.with_borrow_mut(|link| {
        let link = match link {
            Some(link) => link,
            None => link.insert(start().unwrap_or_else(|error| {
                Report::new(
                    Code::ERRCODE_INSUFFICIENT_RESOURCES,
                    format!("could not start the network thread: {error}"),
                )
                .raise()
            })),
        };
        f(&link.engine, link.inbox.ring())
    })
}

fn start() -> io::Result<Link> {
    let inbox = WakeupPipe::open()?;
    let counted = Descriptors::reserve(EVENT_LOOP);
    let engine = with_signals_blocked(Engine::start)?;
    // SAFETY: the callback is a function of this library, which is never unloaded.
    unsafe { pg_sys::on_proc_exit(Some(stop), pg_sys::Datum::null()) };
    Ok(Link {
        engine,
        inbox,
        _counted: counted,
    })
}

/// Ends the network thread before the process takes itself apart.
#[pg_guard]
unsafe extern "C-unwind" fn stop(_code: i32, _arg: pg_sys::Datum) {
    // A backend that exits inside of with_engine leaves its thread to the end of the process.
    let link = LINK.with(|link| link.try_borrow_mut().ok().and_then(|mut link| link.take()));
    drop(link);
}

/// Starts threads that take no signals: PostgreSQL's handlers are written for the backend's own.
fn with_signals_blocked<T>(f: impl FnOnce() -> T) -> T {
    // SAFETY: sigset_t is plain data that sigfillset fills; the old mask is put back on this thread.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let result = f();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        result
    }
}

/// Waits until the network thread rings, or PostgreSQL wants something. Raises what PostgreSQL wants to
/// have raised: a cancel, a time-out, the end of the session.
pub(super) fn wait() {
    wait_at_most(None);
}

/// The same, or until the time is over.
pub(crate) fn wait_at_most(time: Option<Duration>) {
    sleep(time);
    check_for_interrupts!();
    drain();
}

/// Runs work on the network thread, and waits for what comes of it. Can be interrupted.
pub(crate) fn run<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Error> {
    let mut task = with_engine(|engine, ring| Task::start(engine, work, ring));
    loop {
        if let Some(outcome) = task.look() {
            return outcome;
        }
        wait();
    }
}

/// The same for work whose outcome is lost with what it has changed elsewhere: a cancel, a time-out or the end of the
/// session waits for it, but not longer than `patience`. None where that is over: then the interrupt is still to be
/// raised.
pub(crate) fn run_patiently<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    patience: Duration,
) -> Result<Option<T>, Error> {
    let mut task = with_engine(|engine, ring| Task::start(engine, work, ring));
    let _held = InterruptHold::cancels();
    let mut interrupted: Option<Instant> = None;
    loop {
        if let Some(outcome) = task.look() {
            return outcome.map(Some);
        }
        if is_interrupted() {
            interrupted.get_or_insert_with(Instant::now);
        }
        let left = interrupted.map(|since| patience.saturating_sub(since.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        sleep(left);
        drain();
        if interrupted.is_none() && !is_interrupted() {
            // Other sessions wait for some of what is done here.
            check_for_interrupts!();
        }
    }
}

/// Whether the statement, or the session, is to end.
fn is_interrupted() -> bool {
    // SAFETY: flags that signal handlers set; an old value is as good as one of a moment ago.
    unsafe {
        (&raw const pg_sys::QueryCancelPending).read_volatile() != 0
            || (&raw const pg_sys::ProcDiePending).read_volatile() != 0
    }
}

/// Interrupts wait as long as this lives.
pub(crate) struct InterruptHold(*mut u32);

impl InterruptHold {
    /// All of them.
    pub(crate) fn interrupts() -> Self {
        Self::counting(&raw mut pg_sys::InterruptHoldoffCount)
    }

    /// Cancels and time-outs; others are looked at.
    fn cancels() -> Self {
        Self::counting(&raw mut pg_sys::QueryCancelHoldoffCount)
    }

    fn counting(count: *mut u32) -> Self {
        // SAFETY: the backend's own counter, which only its one thread changes.
        unsafe { *count += 1 };
        Self(count)
    }
}

impl Drop for InterruptHold {
    fn drop(&mut self) {
        // An error sets the counters to zero before it unwinds.
        // SAFETY: as above.
        unsafe { *self.0 = (*self.0).saturating_sub(1) };
    }
}

/// Sleeps until the network thread rings, PostgreSQL wants something, or the time is over.
fn sleep(at_most: Option<Duration>) {
    let socket = LINK.with_borrow(|link| link.as_ref().map(|link| link.inbox.socket()));
    let Some(socket) = socket else {
        Report::new(
            Code::ERRCODE_INTERNAL_ERROR,
            "there is no network thread to wait for",
        )
        .raise()
    };
    let (timeout, timed) = match at_most {
        Some(time) => (time.as_millis() as i64 + 1, pg_sys::WL_TIMEOUT),
        None => (-1, 0),
    };
    let events =
        pg_sys::WL_LATCH_SET | pg_sys::WL_SOCKET_READABLE | pg_sys::WL_EXIT_ON_PM_DEATH | timed;
    // SAFETY: MyLatch is the backend's own latch, and the socket lives as long as the backend.
    unsafe {
        let happened = pg_sys::WaitLatchOrSocket(
            pg_sys::MyLatch,
            events as i32,
            socket,
            timeout,
            compat::wait_event(),
        );
        if happened & pg_sys::WL_LATCH_SET as i32 != 0 {
            pg_sys::ResetLatch(pg_sys::MyLatch);
        }
    }
}

/// Empties the inbox. What was rung for is looked at afterwards, so no ring is lost.
fn drain() {
    LINK.with_borrow(|link| {
        if let Some(link) = link {
            link.inbox.drain();
        }
    });
}
