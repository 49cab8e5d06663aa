//! How much memory a session takes to read a site that is much larger.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::site::Site;
use confluence_sim::{Organisation, Size};

use crate::machine;
use crate::measure::Measure;
use crate::report::{Report, Table, Verdict, grouped};

/// In MiB.
const LIMIT: u64 = 48;
const PAGES: usize = 1_000_000;

pub fn run(report: &mut Report) {
    report.section("5. Memory");
    report.text(
        "How much the session's process grows while it reads a million pages of a site with 1,000 spaces, in eight chains: \
         the most memory of its own that is resident (`RssAnon`), looked at every 5 ms, beyond what it had after a \
         first small query.",
    );
    let mut site = Site::of(Organisation::sized(Size {
        spaces: 1_000,
        pages: PAGES,
        permissions: 1_000,
        users: 100,
        ..Size::default()
    }));
    site.analyze();
    site.rows("SELECT id, title FROM confluence_pages LIMIT 1000")
        .expect("pages");
    let query = "SELECT count(title), count(modified_at), sum(id) FROM confluence_pages";
    let (memory, pages) = watched(&mut site, |site| site.client.query_one(query, &[]));
    let pages: i64 = pages.expect("pages").get(0);
    assert_eq!(pages as usize, PAGES);
    let Memory {
        before,
        most,
        grown,
    } = memory;
    let mut table = Table::new(
        format!("Growth over a million pages: under {LIMIT} MiB"),
        &["pages", "before", "at most", "growth"],
    );
    table.row(
        [
            grouped(PAGES),
            format!("{before} MiB"),
            format!("{most} MiB"),
            format!("{grown} MiB"),
        ],
        Verdict::of(grown < LIMIT),
    );
    report.table(table);
}

/// Memory of a session's process, in MiB.
pub struct Memory {
    pub before: u64,
    pub most: u64,
    pub grown: u64,
}

/// Watches a session's process while it does something, which does not panic: the watch would go on.
pub fn watched<T>(site: &mut Site, work: impl FnOnce(&mut Site) -> T) -> (Memory, T) {
    let process = site.client.query_one("SELECT pg_backend_pid()", &[]);
    let process: i32 = process.expect("a process").get(0);
    let before = resident(process);
    let over = AtomicBool::new(false);
    let (most, done) = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(resident(process));
                thread::sleep(Duration::from_millis(5));
            }
            most
        });
        let done = work(site);
        over.store(true, Ordering::Relaxed);
        (watch.join().expect("the watch does not panic"), done)
    });
    let memory = Memory {
        before: before >> 10,
        most: most >> 10,
        grown: most.saturating_sub(before) >> 10,
    };
    (memory, done)
}

/// Memory of a process that is its own and resident, in KiB.
fn resident(process: i32) -> u64 {
    machine::field(&format!("/proc/{process}/status"), "RssAnon:")
        .and_then(|text| text.trim_end_matches(" kB").parse().ok())
        .expect("the server's processes can be looked at: run as root or as their user")
}
