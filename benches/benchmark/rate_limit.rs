//! How a site's limit is met: reading as fast as it allows, without running into it.

use std::time::{Duration, Instant};

use confluence_fdw_tests::site::Site;
use confluence_sim::{Organisation, RateLimit};

use crate::cases::Truth;
use crate::measure::Measure;
use crate::report::{Report, Table, Verdict, grouped, ratio, seconds};

/// Requests a second.
const RATE: u32 = 50;
/// The part of the requests that may be rejected.
const REJECTED: f64 = 0.02;
/// What it may take, of what the limit dictates.
const LONGEST: f64 = 1.2;

pub fn run(report: &mut Report) {
    report.section("6. Rate limit");
    report.text(format!(
        "All permissions of 500 spaces, from a stand-in that serves {RATE} requests a second, and at most {RATE} at once \
         after a pause. It tells about its limit as the live site does: `X-RateLimit-Limit`, `-Remaining`, `-Reset` (to \
         the minute) and, below a fifth, `-NearLimit`, and 429 with `Retry-After` beyond it. The limit dictates \
         (requests − {RATE}) ÷ {RATE} seconds.",
    ));
    let organisation = Organisation::standard();
    let case = Truth::of(&organisation).all_permissions();
    let mut site = Site::of(organisation.clone());
    site.analyze();
    let mut table = Table::new(
        "All permissions at 50 requests a second: at most 2 % rejected, in at most 1.20 of the time",
        &[
            "latency",
            "requests",
            "rejected",
            "share",
            "measured",
            "dictated",
            "measured ÷ dictated",
        ],
    );
    for latency in [0, 100] {
        // A session that knows nothing of the limit yet, and a limit that is whole.
        site.client = site.database.connect();
        site.sim.set_latency(Duration::from_millis(latency));
        site.sim.set_rate_limit(Some(RateLimit {
            requests_per_second: f64::from(RATE),
            burst: RATE,
        }));
        site.sim.clear_log();
        let began = Instant::now();
        let rows = site.rows(&case.sql).expect("permissions");
        let took = began.elapsed();
        assert_eq!(Some(rows), case.rows);
        let log = site.sim.log();
        let rejected = log.iter().filter(|r| r.status == Some(429)).count();
        let served = log.len() - rejected;
        let share = rejected as f64 / log.len() as f64;
        let rate = f64::from(RATE);
        let dictated = Duration::from_secs_f64((served as f64 - rate).max(0.0) / rate);
        let times = took.as_secs_f64() / dictated.as_secs_f64();
        table.row(
            [
                format!("{latency} ms"),
                grouped(log.len()),
                grouped(rejected),
                format!("{:.1} %", 100.0 * share),
                seconds(took),
                seconds(dictated),
                ratio(times),
            ],
            Verdict::of(share <= REJECTED && times <= LONGEST),
        );
    }
    report.table(table);
}
