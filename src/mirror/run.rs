//! A run: what `runs` and `run_steps` tell of a refresh while it works, and for ever after.

use pgrx::datum::{DatumWithOid, JsonB, TimestampWithTimeZone};
use pgrx::prelude::*;

use super::publish::{Published, StepReading};
use super::read::Mode;
use super::table::MirroredTable;
use crate::observe::history::{self, ScanRecord};
use crate::observe::request_log;
use crate::pg::report::Report;

/// Who reads which site, as that tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub base_url: Option<String>,
    pub cloud_id: Option<String>,
    pub api_account_id: Option<String>,
    pub role_mode: Option<String>,
    pub admin_key: Option<bool>,
}

/// A complete run, or a failed one, that another follows.
#[derive(Clone, Debug)]
pub(super) struct Earlier {
    pub id: i64,
    pub frame: Frame,
}

/// A step that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadStep {
    pub is_complete: bool,
    pub read_at: TimestampWithTimeZone,
}

/// Begins a run. What is left of earlier ones that ended without a word is lost.
pub(super) fn begin(mode: Mode, server: &str, accept: Option<i64>) -> Result<i64, Report> {
    Spi::run(
        "UPDATE runs SET status = 'lost', finished_at = clock_timestamp(),
             message = 'its session ended before it did' WHERE status = 'running'",
    )?;
    let run = Spi::get_one_with_args::<i64>(
        "INSERT INTO runs (mode, status, started_at, db_user, session_user_name, client_address, server, product_version,
                           server_started_at, previous_run, accepts_run)
         VALUES ($1, 'running', clock_timestamp(), current_user, session_user, host(inet_client_addr()), $2, $3,
                 pg_postmaster_start_time(),
                 (SELECT max(id) FROM runs WHERE status = 'complete'), $4)
         RETURNING id",
        &[mode.name().into(), server.into(), env!("CARGO_PKG_VERSION").into(), accept.into()],
    )?;
    Ok(run.unwrap_or_default())
}

/// Says that a run has failed, and at what.
pub(super) fn fail(run: i64, step: &str, requests: u64, report: &Report) -> Result<(), Report> {
    // SAFETY: it gives a string that ends with NUL, which is copied at once.
    let sqlstate = unsafe { crate::pg::list::text(pg_sys::unpack_sql_state(report.code as i32)) };
    Spi::run_with_args(
        "UPDATE runs SET status = 'failed', finished_at = clock_timestamp(), requests = $2, failed_step = $3, sqlstate = $4, message = $5
         WHERE id = $1",
        &[run.into(), number(requests).into(), step.into(), sqlstate.into(), report.message.as_str().into()],
    )?;
    Ok(())
}

/// Says that a run is published.
pub(super) fn complete(run: i64, requests: u64, drift: Option<bool>) -> Result<(), Report> {
    Spi::run_with_args(
        "UPDATE runs SET status = 'complete', finished_at = clock_timestamp(), published_at = clock_timestamp(), requests = $2, drift = $3
         WHERE id = $1",
        &[run.into(), number(requests).into(), drift.into()],
    )?;
    Ok(())
}

/// Keeps who reads which site.
pub(super) fn keep_frame(run: i64, frame: &Frame) -> Result<(), Report> {
    let args: [DatumWithOid; 6] = [
        run.into(),
        frame.base_url.clone().into(),
        frame.cloud_id.clone().into(),
        frame.api_account_id.clone().into(),
        frame.role_mode.clone().into(),
        frame.admin_key.into(),
    ];
    Spi::run_with_args(
        "UPDATE runs SET base_url = $2, cloud_id = $3, api_account_id = $4, role_mode = $5, admin_key = $6 WHERE id = $1",
        &args,
    )?;
    Ok(())
}

/// The last complete run before this one.
pub(super) fn last_complete() -> Result<Option<Earlier>, Report> {
    earlier("status = 'complete'", &[])
}

/// The failed run right before this one that it may go on from: the same version has read the same, a short while ago, and
/// what it has read is still there.
pub(super) fn resumable(run: i64, mode: Mode) -> Result<Option<Earlier>, Report> {
    earlier(
        "id = (SELECT max(p.id) FROM runs AS p WHERE p.id < $1) AND status IN ('failed', 'lost') AND mode = $2
         AND server_started_at = pg_postmaster_start_time() AND started_at > clock_timestamp() - interval '1 hour'
         AND product_version = $3",
        &[run.into(), mode.name().into(), env!("CARGO_PKG_VERSION").into()],
    )
}

/// A failed run that somebody names, to take as right what it found.
pub(super) fn named(run: i64) -> Result<Option<Earlier>, Report> {
    earlier("status = 'failed' AND id = $1", &[run.into()])
}

/// A failed run that is accepted, with those that it had accepted itself: each finds one thing, and all of them are right.
const ACCEPTED: &str = "
    WITH RECURSIVE accepted AS (
        SELECT r.id, r.accepts_run, r.failed_step FROM runs AS r WHERE r.id = $1 AND r.status = 'failed'
      UNION
        SELECT r.id, r.accepts_run, r.failed_step FROM runs AS r JOIN accepted AS a ON r.id = a.accepts_run
    )";

/// Whether what somebody accepts is that this step failed.
pub(super) fn accepts(run: i64, step: &str) -> Result<bool, Report> {
    let failed = Spi::get_one_with_args::<bool>(
        &format!("{ACCEPTED} SELECT EXISTS (SELECT FROM accepted WHERE failed_step = $2)"),
        &[run.into(), step.into()],
    )?;
    Ok(failed == Some(true))
}

/// How many rows of this step somebody accepts to end; 0 where that was not found.
pub(super) fn accepted_ends(run: i64, step: &str) -> Result<i64, Report> {
    let ends = Spi::get_one_with_args::<i64>(
        &format!(
            "{ACCEPTED} SELECT max((s.detail ->> 'would_end')::bigint)
             FROM accepted AS a JOIN run_steps AS s ON s.run_id = a.id WHERE s.step = $2"
        ),
        &[run.into(), step.into()],
    )?;
    Ok(ends.unwrap_or(0))
}

fn earlier(condition: &str, args: &[DatumWithOid]) -> Result<Option<Earlier>, Report> {
    let sql = format!(
        "SELECT id, base_url, cloud_id, api_account_id, role_mode, admin_key FROM runs WHERE {condition} ORDER BY id DESC LIMIT 1"
    );
    Spi::connect(|client| {
        let mut rows = client.select(&sql, None, args)?;
        let Some(row) = rows.next() else {
            return Ok(None);
        };
        Ok(Some(Earlier {
            id: row.get(1)?.unwrap_or_default(),
            frame: Frame {
                base_url: row.get(2)?,
                cloud_id: row.get(3)?,
                api_account_id: row.get(4)?,
                role_mode: row.get(5)?,
                admin_key: row.get(6)?,
            },
        }))
    })
    .map_err(|error: spi::Error| error.into())
}

/// Begins a step: what it reads, it reads from now on.
pub(super) fn begin_step(run: i64, step: &str) -> Result<(), Report> {
    Spi::run_with_args(
        "INSERT INTO run_steps (run_id, step, started_at, read_at) VALUES ($1, $2, clock_timestamp(), clock_timestamp())",
        &[run.into(), step.into()],
    )?;
    Ok(())
}

/// Ends a step whose rows were read with those of another one, by the same requests.
pub(super) fn take_reading(run: i64, step: &str, other: &str, staging: &str) -> Result<(), Report> {
    Spi::run_with_args(
        &format!(
            "UPDATE run_steps AS s SET rows_read = (SELECT count(*) FROM {staging}), is_complete = o.is_complete, why_not = o.why_not,
                 started_at = o.started_at, read_at = o.read_at, finished_at = clock_timestamp(),
                 detail = jsonb_build_object('note', 'read with ' || o.step)
             FROM run_steps AS o
             WHERE s.run_id = $1 AND s.step = $2 AND o.run_id = $1 AND o.step = $3"
        ),
        &[run.into(), step.into(), other.into()],
    )?;
    Ok(())
}

/// Counts what a piece of a step has read.
pub(super) fn count_piece(run: i64, step: &str, rows: i64, spent: &Spent) -> Result<(), Report> {
    Spi::run_with_args(
        "UPDATE run_steps SET rows_read = rows_read + $3, requests = requests + $4, retries = retries + $5,
             detail = jsonb_build_object('requests', (
                 SELECT coalesce(jsonb_object_agg(e.key, e.sent), '{}')
                 FROM (SELECT b.key, sum(b.value::bigint) AS sent
                       FROM (SELECT * FROM jsonb_each_text(coalesce(detail -> 'requests', '{}'))
                             UNION ALL SELECT * FROM jsonb_each_text($6)) AS b GROUP BY b.key) AS e))
         WHERE run_id = $1 AND step = $2",
        &[
            run.into(),
            step.into(),
            rows.into(),
            number(spent.requests).into(),
            number(spent.retries).into(),
            JsonB(serde_json::json!(spent.by_template)).into(),
        ],
    )?;
    Ok(())
}

/// Notes what there is to say of a step.
pub(super) fn note(
    run: i64,
    step: &str,
    what: &str,
    said: impl Into<serde_json::Value>,
) -> Result<(), Report> {
    Spi::run_with_args(
        "UPDATE run_steps SET detail = coalesce(detail, '{}') || jsonb_build_object($3::text, $4::jsonb) WHERE run_id = $1 AND step = $2",
        &[
            run.into(),
            step.into(),
            what.into(),
            JsonB(said.into()).into(),
        ],
    )?;
    Ok(())
}

/// Ends a step, complete or with the reason why not.
pub(super) fn end_step(run: i64, step: &str, why_not: Option<&str>) -> Result<(), Report> {
    Spi::run_with_args(
        "UPDATE run_steps SET finished_at = clock_timestamp(), is_complete = $3 IS NULL, why_not = $3 WHERE run_id = $1 AND step = $2",
        &[run.into(), step.into(), why_not.into()],
    )?;
    Ok(())
}

/// Keeps what publishing has made of a step.
pub(super) fn keep_published(run: i64, step: &str, published: &Published) -> Result<(), Report> {
    Spi::run_with_args(
        "UPDATE run_steps SET rows_opened = $3, rows_changed = $4, rows_ended = $5 WHERE run_id = $1 AND step = $2",
        &[
            run.into(),
            step.into(),
            published.opened.into(),
            published.changed.into(),
            published.ended.into(),
        ],
    )?;
    Ok(())
}

/// How a step was read in this run; None where it was not.
pub(super) fn step_of(run: i64, step: &str) -> Result<Option<ReadStep>, Report> {
    let (is_complete, read_at) = Spi::connect(|client| {
        let mut rows = client.select(
            "SELECT is_complete, read_at FROM run_steps WHERE run_id = $1 AND step = $2",
            None,
            &[run.into(), step.into()],
        )?;
        match rows.next() {
            Some(row) => {
                Ok::<_, spi::Error>((row.get::<bool>(1)?, row.get::<TimestampWithTimeZone>(2)?))
            }
            None => Ok((None, None)),
        }
    })?;
    let (Some(is_complete), Some(read_at)) = (is_complete, read_at) else {
        return Ok(None);
    };
    Ok(Some(ReadStep {
        is_complete,
        read_at,
    }))
}

/// What publishing needs to know of a step: when it was read, and when it was the last time before.
pub(super) fn reading_of(
    run: i64,
    step: &str,
    is_whole: bool,
    accepted: Option<i64>,
) -> Result<Option<StepReading>, Report> {
    let Some(read) = step_of(run, step)?.filter(|read| read.is_complete) else {
        return Ok(None);
    };
    let before = last_read(run, step)?;
    Ok(Some(StepReading {
        run,
        at: read.read_at,
        before,
        is_whole,
        accepted,
    }))
}

/// When a step was read completely the last time before this run.
pub(super) fn last_read(run: i64, step: &str) -> Result<Option<TimestampWithTimeZone>, Report> {
    Ok(Spi::get_one_with_args(
        "SELECT max(s.read_at) FROM run_steps AS s JOIN runs AS r ON r.id = s.run_id
         WHERE s.step = $2 AND s.is_complete AND r.status = 'complete' AND r.id < $1",
        &[run.into(), step.into()],
    )?)
}

/// Whether a step was complete in the last complete run that had it; if not, the account could not read it. None where no run
/// had it.
pub(super) fn was_complete(run: i64, step: &str) -> Result<Option<bool>, Report> {
    Ok(Spi::get_one_with_args(
        "SELECT (SELECT s.is_complete FROM run_steps AS s JOIN runs AS r ON r.id = s.run_id
                 WHERE s.step = $2 AND r.status = 'complete' AND r.id < $1 ORDER BY r.id DESC LIMIT 1)",
        &[run.into(), step.into()],
    )?)
}

/// Takes the whole steps of a failed run over.
pub(super) fn take_over(run: i64, from: i64) -> Result<(), Report> {
    Spi::run_with_args(
        "INSERT INTO run_steps (run_id, step, requests, retries, rows_read, is_complete, started_at, finished_at, read_at, detail)
         SELECT $1, step, requests, retries, rows_read, is_complete, started_at, finished_at, read_at, detail
         FROM run_steps WHERE run_id = $2 AND is_complete",
        &[run.into(), from.into()],
    )?;
    Spi::run_with_args(
        "UPDATE runs SET resumes_run = $2 WHERE id = $1",
        &[run.into(), from.into()],
    )?;
    Ok(())
}

/// What requests cost since a moment of the session.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    pub requests: u64,
    pub retries: u64,
    pub by_template: std::collections::BTreeMap<String, u64>,
}

/// A moment of the session, from which requests are counted.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    sent: u64,
    scans: u64,
}

impl Mark {
    pub fn now() -> Self {
        Self {
            sent: request_log::sent(),
            scans: history::begun(),
        }
    }

    pub fn requests(self) -> u64 {
        request_log::sent() - self.sent
    }

    pub fn spent(self) -> Spent {
        let mut spent = Spent::of(self.scans());
        spent.requests = self.requests();
        spent
    }

    /// What those of some tables cost, where others were sent, too.
    pub fn spent_on(self, tables: &[&MirroredTable]) -> Spent {
        Spent::of(self.scans().filter(|scan| is_of(scan, tables)))
    }

    /// Whether a scan of these tables is what an error came from.
    pub fn has_failed(self, tables: &[&MirroredTable]) -> bool {
        self.scans().any(|scan| {
            let error = scan.error.as_ref();
            is_of(&scan, tables) && error.is_some_and(|error| error.sqlstate.is_some())
        })
    }

    /// The scans that have begun since.
    fn scans(self) -> impl Iterator<Item = ScanRecord> {
        // SAFETY: tells who runs the statement.
        let scans = history::seen_by(unsafe { pg_sys::GetUserId() });
        scans
            .into_iter()
            .filter(move |scan| scan.number > self.scans)
    }
}

impl Spent {
    fn of(scans: impl Iterator<Item = ScanRecord>) -> Self {
        let mut spent = Self::default();
        for scan in scans {
            spent.requests += scan.tally.requests + scan.tally.probes;
            spent.retries += scan.tally.retries;
            *spent.by_template.entry(scan.request).or_default() += scan.tally.requests;
        }
        spent
    }
}

fn is_of(scan: &ScanRecord, tables: &[&MirroredTable]) -> bool {
    let mut remotes = tables.iter().filter_map(|table| table.remote());
    remotes.any(|remote| remote.name == scan.remote_table)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
