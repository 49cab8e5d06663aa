//! `confluence.refresh`: reads the site into a mirror, and publishes all of it or nothing.
//!
//! It commits many times. Each piece of a reading is a transaction of its own, so that no snapshot is held while the site
//! answers; publishing is one. Everything runs in subtransactions that let no error through, a cancel or a time-out
//! included: what has failed is written down first, and raised then.

use std::collections::HashMap;
use std::time::Duration;

use pgrx::prelude::*;
use pgrx::spi::quote_identifier;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::form;
use super::live;
use super::lock::{self, Lock};
use super::place::MirrorSchema;
use super::read::Mode;
use super::run::{self, Earlier, Frame, Mark};
use super::steps::PlannedStep;
use super::table::MirroredTable;
use super::{create, publish};
use crate::pg::report::Report;
use crate::pg::transaction::commit;
use crate::pg::{search_path, subtransaction};

/// The step before all others: who reads which site.
const FRAME: &str = "frame";
/// The step behind all others.
const PUBLISH: &str = "publish";
/// The step that says whether those who have access to the product are known.
const PRODUCT_ACCESS: &str = "product_access";
/// What a refresh of an unknown site takes at most, as a rule.
const USUAL: Duration = Duration::from_secs(600);

/// What a refresh is asked for.
pub(crate) struct RefreshRequest {
    pub mirror: String,
    pub mode: Mode,
    pub accept: Option<i64>,
}

/// A refresh that runs.
pub(super) struct Refresh {
    place: MirrorSchema,
    server: pg_sys::Oid,
    server_name: String,
    pub(super) mode: Mode,
    pub(super) accept: Option<i64>,
    pub(super) run: i64,
    pub(super) tables: Vec<MirroredTable>,
    pub(super) live: HashMap<&'static str, String>,
    /// From where requests are counted.
    mark: Mark,
    /// Whether spaces have roles, if the site tells.
    pub(super) role_mode: Option<String>,
}

/// What went wrong, and where.
pub(super) struct StepFailure {
    pub step: String,
    pub report: Report,
    /// How many rows of the step's table would have ended, if that is what is wrong.
    pub would_end: Option<i64>,
}

/// Refreshes a mirror. The caller's connection lets it commit.
pub(crate) fn refresh(request: RefreshRequest) {
    // What the caller has done so far is not to decide what becomes of this.
    commit();
    let place = MirrorSchema::of_mirror(&request.mirror);
    form::must_be_current(&place).unwrap_or_else(|report| report.raise());
    let server_name = server_of(&place).unwrap_or_else(|report| report.raise());
    fits_in_time(&place, request.mode).unwrap_or_else(|report| report.raise());
    let Some(lock) = Lock::of_session(&place) else {
        busy(&place).raise()
    };
    let server = server_oid(&server_name);
    let begun = transaction(&place, || {
        run::begin(request.mode, &server_name, request.accept)
    });
    let run = begun.unwrap_or_else(|report| {
        report.raise();
    });
    let mut refresh = Refresh {
        place,
        server,
        server_name,
        mode: request.mode,
        accept: request.accept,
        run,
        tables: Vec::new(),
        live: HashMap::new(),
        mark: Mark::now(),
        role_mode: None,
    };
    let outcome = refresh.go();
    if let Err(failure) = outcome {
        let requests = refresh.mark.requests();
        // If not even that can be written, the run is found to be lost by the next one.
        let told = transaction(&refresh.place, || {
            if let Some(would_end) = failure.would_end {
                run::note(run, &failure.step, "would_end", would_end)?;
            }
            run::fail(run, &failure.step, requests, &failure.report)
        });
        drop(lock);
        if let Err(report) = told {
            report.warn();
        }
        failure.report.raise();
    }
    drop(lock);
}

impl Refresh {
    fn go(&mut self) -> Result<(), StepFailure> {
        let frame = self.look_at_frame().map_err(at(FRAME))?;
        self.role_mode = frame.role_mode;
        let plan = self.plan();
        self.read(&plan)?;
        let mut drift = None;
        if self.mode != Mode::Changes {
            drift = Some(self.look_again().map_err(at(FRAME))?);
            self.look_for_missing(&plan).map_err(at("pages"))?;
        }
        self.publish(&plan, drift)
    }

    /// Runs something in a transaction of its own.
    pub(super) fn transaction<T>(
        &self,
        work: impl FnOnce() -> Result<T, Report>,
    ) -> Result<T, Report> {
        transaction(&self.place, work)
    }

    /// Finds out who reads which site, whether that is as it was, and whether a failed run can be gone on with.
    fn look_at_frame(&mut self) -> Result<Frame, Report> {
        let (place, server) = (self.place.clone(), self.server);
        let (tables, live) = self.transaction(|| {
            let tables = create::tables_of(&place);
            let live = live::find(&place, server, &tables)?;
            Ok((tables, live))
        })?;
        (self.tables, self.live) = (tables, live);
        let missing = self.tables.iter().filter_map(MirroredTable::remote);
        if let Some(missing) = missing
            .map(|table| table.name)
            .find(|name| !self.live.contains_key(name))
        {
            return Err(live::missing(&self.place, &self.server_name, missing));
        }
        let frame = self.transaction(|| self.read_frame())?;
        // Kept even if it is refused: whoever accepts that, accepts what was seen.
        self.transaction(|| run::keep_frame(self.run, &frame))?;
        self.transaction(|| {
            let before = run::last_complete()?;
            if before.is_none() && self.mode == Mode::Changes {
                return Err(Report::new(
                    Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                    format!(
                        "mirror \"{}\" has no complete run that changes could follow",
                        self.place.name
                    ),
                )
                .hint("A refresh of mode full comes first."));
            }
            let accepted = self.accept.map(run::named).transpose()?.flatten();
            if let (Some(named), None) = (self.accept, &accepted) {
                return Err(Report::new(
                    Code::ERRCODE_INVALID_PARAMETER_VALUE,
                    format!(
                        "run {named} is no failed run of mirror \"{}\"",
                        self.place.name
                    ),
                )
                .hint("accept names the run whose finding is right: its message says how."));
            }
            self.is_as_before(&frame, before.as_ref(), accepted.as_ref())?;
            match run::resumable(self.run, self.mode)? {
                Some(failed) if failed.frame == frame && self.is_still_read(failed.id)? => {
                    run::take_over(self.run, failed.id)
                }
                _ => Ok(()),
            }
        })?;
        Ok(frame)
    }

    /// Asks the site who reads it. Who may not ask is told so by the site: then it is not known.
    fn read_frame(&self) -> Result<Frame, Report> {
        let site = self.live.get(live::SITE).cloned().unwrap_or_default();
        let sql = format!("SELECT base_url, cloud_id, api_account_id, role_mode FROM {site}");
        let found = subtransaction::catch(|| {
            Spi::connect(|client| {
                let mut rows = client.select(&sql, None, &[])?;
                let Some(row) = rows.next() else {
                    return Ok(Frame::default());
                };
                Ok(Frame {
                    base_url: row.get(1)?,
                    cloud_id: row.get(2)?,
                    api_account_id: row.get(3)?,
                    role_mode: row.get(4)?,
                    admin_key: None,
                })
            })
            .unwrap_or_else(|error: spi::Error| Report::from(error).raise())
        });
        let mut frame = known_or_refused(found)?.unwrap_or_default();
        let key = self.live.get(live::ADMIN_KEY).cloned().unwrap_or_default();
        let sql = format!("SELECT count(*) > 0 FROM {key}");
        let found = subtransaction::catch(|| {
            Spi::get_one::<bool>(&sql).unwrap_or_else(|error| Report::from(error).raise())
        });
        frame.admin_key = known_or_refused(found)?.flatten();
        Ok(frame)
    }

    /// Refuses what another site or another account gives: its mirror would look as if most of the site had gone.
    fn is_as_before(
        &self,
        frame: &Frame,
        before: Option<&Earlier>,
        accepted: Option<&Earlier>,
    ) -> Result<(), Report> {
        let Some(before) = before else { return Ok(()) };
        let differs = |now: &Option<String>, then: &Option<String>| matches!((now, then), (Some(now), Some(then)) if now != then);
        let of_site = differs(&frame.cloud_id, &before.frame.cloud_id);
        let of_account = differs(&frame.api_account_id, &before.frame.api_account_id)
            || frame.api_account_id.is_none() && before.frame.api_account_id.is_some();
        if !of_site && !of_account {
            return Ok(());
        }
        let is_accepted = accepted.is_some_and(|accepted| {
            accepted.frame.cloud_id == frame.cloud_id
                && accepted.frame.api_account_id == frame.api_account_id
        });
        if is_accepted && !of_site {
            return Ok(());
        }
        let told = |value: &Option<String>| {
            value
                .clone()
                .unwrap_or_else(|| "one that is not told".to_owned())
        };
        let (what, now, then) = if of_site {
            ("site", told(&frame.cloud_id), told(&before.frame.cloud_id))
        } else {
            (
                "account",
                told(&frame.api_account_id),
                told(&before.frame.api_account_id),
            )
        };
        let report = Report::new(
            Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            format!("mirror \"{}\" was read from another {what}", self.place.name),
        )
        .detail(format!(
            "The {what} is {now}; in run {} it was {then}. What the one sees and the other does not would look as if it had come or gone.",
            before.id
        ));
        Err(if of_site {
            report.hint("Another site gets a mirror of its own.")
        } else {
            report.hint(format!("If this is right: {}.", self.accepting()))
        })
    }

    /// The call that takes what this run has found as right.
    fn accepting(&self) -> String {
        format!(
            "CALL confluence.refresh({}, {}, accept => {})",
            spi::quote_literal(&self.place.name),
            spi::quote_literal(self.mode.name()),
            self.run
        )
    }

    /// Whether a failed run has whole steps, and what they have read is still there, row by row.
    fn is_still_read(&self, failed: i64) -> Result<bool, Report> {
        let mut has_any = false;
        for table in &self.tables {
            let counted = Spi::get_one_with_args::<i64>(
                "SELECT (SELECT rows_read FROM run_steps WHERE run_id = $1 AND step = $2 AND is_complete)",
                &[failed.into(), table.name.into()],
            )?;
            let Some(counted) = counted else { continue };
            let there = Spi::get_one::<i64>(&format!("SELECT count(*) FROM {}", table.staging()))?;
            if there != Some(counted) {
                return Ok(false);
            }
            has_any = true;
        }
        Ok(has_any)
    }

    /// Lists spaces and groups again. What went while the run read is taken out: what hangs on it was read as empty. What came
    /// is left to the next run, which reads all of it.
    fn look_again(&self) -> Result<bool, Report> {
        let mut watched = Vec::new();
        for table in &self.tables {
            if !matches!(table.name, "spaces" | "groups") {
                continue;
            }
            let Some(live) = table.remote().and_then(|remote| self.live.get(remote.name)) else {
                continue;
            };
            let was_read = self.transaction(|| run::step_of(self.run, table.name))?;
            if was_read.is_some_and(|step| step.is_complete) {
                watched.push((table, live));
            }
        }
        // In one statement, which lists both side by side.
        let listings = watched
            .iter()
            .map(|(table, live)| format!("SELECT '{}', id::text FROM {live}", table.name));
        let listings: Vec<String> = listings.collect();
        if listings.is_empty() {
            return Ok(false);
        }
        let listed = format!(
            "SELECT l.name, array_agg(l.id) FROM ({}) AS l (name, id) GROUP BY l.name",
            listings.join(" UNION ALL ")
        );
        self.transaction(|| {
            let ids = Spi::connect(|client| {
                let rows = client.select(&listed, None, &[])?;
                rows.map(|row| {
                    let name = row.get::<String>(1)?.unwrap_or_default();
                    Ok::<_, spi::Error>((name, row.get::<Vec<String>>(2)?.unwrap_or_default()))
                })
                .collect::<Result<HashMap<_, _>, _>>()
            })?;
            let mut drift = false;
            for (table, _) in &watched {
                drift |= Self::take_out(table, ids.get(table.name).cloned().unwrap_or_default())?;
            }
            Ok(drift)
        })
    }

    /// Takes out of what was read what is not among these ids any more. Says whether anything has come or gone.
    fn take_out(table: &MirroredTable, ids: Vec<String>) -> Result<bool, Report> {
        let staging = quote_identifier(table.staging());
        let came = Spi::get_one_with_args::<bool>(
            &format!("SELECT EXISTS (SELECT unnest($1) EXCEPT SELECT id::text FROM {staging})"),
            &[ids.clone().into()],
        )?;
        let went = Spi::connect_mut(|client| {
            client
                .update(
                    &format!("DELETE FROM {staging} WHERE id::text <> ALL ($1)"),
                    None,
                    &[ids.into()],
                )
                .map(|rows| rows.len())
        })?;
        Ok(came == Some(true) || went > 0)
    }

    /// Asks for each content that the listings no longer have by its id: in the trash, purged, or moved while they were
    /// read.
    fn look_for_missing(&self, plan: &[PlannedStep]) -> Result<(), Report> {
        self.transaction(|| Ok(Spi::run("TRUNCATE found_elsewhere")?))?;
        for table in plan.iter().map(|step| step.table) {
            if !matches!(table.name, "pages" | "blogposts") {
                continue;
            }
            let Some(live) = table.remote().and_then(|remote| self.live.get(remote.name)) else {
                continue;
            };
            let (history, staging, columns) = (
                table.history(),
                table.staging(),
                super::ddl::list(&table.names()),
            );
            let missing = self.transaction(|| {
                Ok(Spi::get_one::<Vec<i64>>(&format!(
                    "SELECT array_agg(h.id ORDER BY h.id) FROM {history} AS h
                     WHERE h.run_to IS NULL AND NOT EXISTS (SELECT FROM {staging} AS s WHERE s.id = h.id)"
                ))?
                .unwrap_or_default())
            })?;
            for ids in missing.chunks(10_000) {
                let mark = Mark::now();
                self.transaction(|| {
                    Spi::run_with_args(
                        &format!(
                            "INSERT INTO found_elsewhere SELECT id, status FROM {live}
                             WHERE id = ANY ($1) AND status IN ('trashed', 'deleted') ON CONFLICT DO NOTHING"
                        ),
                        &[ids.to_vec().into()],
                    )?;
                    let moved = Spi::connect_mut(|client| {
                        client
                            .update(
                                &format!(
                                    "INSERT INTO {staging} ({columns}) SELECT {columns} FROM {live} WHERE id = ANY ($1)"
                                ),
                                None,
                                &[ids.to_vec().into()],
                            )
                            .map(|rows| rows.len())
                    })?;
                    run::count_piece(self.run, table.name, moved as i64, &mark.spent())
                })?;
            }
        }
        Ok(())
    }

    /// Publishes what was read: all of it, in one transaction. `drift` is whether groups or spaces came or went meanwhile.
    fn publish(&self, plan: &[PlannedStep], drift: Option<bool>) -> Result<(), StepFailure> {
        let mut step = PUBLISH.to_owned();
        let mut would_end = None;
        let published = self.transaction(|| {
            for PlannedStep { table, is_whole, .. } in plan {
                table.name.clone_into(&mut step);
                self.publish_table(table, *is_whole, &mut would_end)?;
            }
            PUBLISH.clone_into(&mut step);
            if run::last_complete()?.is_none() {
                // In little memory, and in this process, however many rows there are.
                Spi::run("SET LOCAL maintenance_work_mem = '16MB'; SET LOCAL max_parallel_maintenance_workers = 0")?;
                create::create_indexes(&self.tables)?;
            }
            if self.mode != Mode::Changes {
                Spi::run_with_args(
                    &format!(
                        "INSERT INTO run_steps (run_id, step, rows_read, expected, is_reconciled, is_complete, started_at, finished_at, read_at)
                         SELECT $1, '{PRODUCT_ACCESS}', c.members, c.expected, c.is_reconciled, true, now(), now(), now()
                         FROM product_access_check() AS c
                         WHERE 4 = (SELECT count(*) FROM run_steps WHERE run_id = $1 AND is_complete
                                    AND step IN ('product_groups', 'product_users', 'group_members', 'users'))"
                    ),
                    &[self.run.into()],
                )?;
                Spi::run_with_args("SELECT publish_access($1)", &[self.run.into()])?;
            }
            Spi::run_with_args(
                "UPDATE runs SET head_sha256 = chain_head() WHERE id = $1",
                &[self.run.into()],
            )?;
            run::complete(self.run, self.mark.requests(), drift)
        });
        published.map_err(|report| StepFailure {
            step,
            report,
            would_end,
        })
    }

    fn publish_table(
        &self,
        table: &MirroredTable,
        is_whole: bool,
        would_end: &mut Option<i64>,
    ) -> Result<(), Report> {
        let ends = |accepted| run::accepted_ends(accepted, table.name);
        let accepted = self.accept.map(ends).transpose()?;
        let accepted = accepted.map(|ends| ends + publish::FEW);
        let Some(reading) = run::reading_of(self.run, table.name, is_whole, accepted)? else {
            return Ok(());
        };
        match table.publish(&reading)? {
            Ok(published) => run::keep_published(self.run, table.name, &published),
            Err(shrinking) => {
                *would_end = Some(shrinking.ending);
                Err(self.shrinks(table, &shrinking))
            }
        }
    }

    fn shrinks(&self, table: &MirroredTable, shrinking: &publish::Shrinking) -> Report {
        Report::new(
            Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            format!(
                "{} of the {} rows of \"{}\" would end",
                shrinking.ending, shrinking.open, table.name
            ),
        )
        .detail("So much at once is rather a right or a scope that the reading account has lost. Nothing was published.")
        .hint(format!("If this is right: {}.", self.accepting()))
    }
}

/// Runs something in a transaction of its own, and commits if it went well. An error undoes it, and is given back: cancels and
/// time-outs, too.
fn transaction<T>(
    place: &MirrorSchema,
    work: impl FnOnce() -> Result<T, Report>,
) -> Result<T, Report> {
    let path = place.search_path();
    let done = subtransaction::catch(|| {
        // SAFETY: a snapshot for queries that take none of their own; it is taken off below, or by the subtransaction's end.
        unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot()) };
        let done = search_path::with(&path, || {
            super::settings::fix();
            work().unwrap_or_else(|report| report.raise())
        });
        // SAFETY: the one from above.
        unsafe { pg_sys::PopActiveSnapshot() };
        done
    })?;
    commit();
    Ok(done)
}

pub(super) fn at(step: &str) -> impl Fn(Report) -> StepFailure {
    move |report| StepFailure {
        step: step.to_owned(),
        report,
        would_end: None,
    }
}

/// What was found, or None where the site does not let the account see it.
fn known_or_refused<T>(found: Result<T, Report>) -> Result<Option<T>, Report> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(report) if report.code == Code::ERRCODE_INSUFFICIENT_PRIVILEGE => Ok(None),
        Err(report) => Err(report),
    }
}

pub(super) fn server_of(place: &MirrorSchema) -> Result<String, Report> {
    let sql = format!("SELECT server FROM {}.mirror", place.quoted());
    Ok(Spi::get_one::<String>(&sql)?.unwrap_or_default())
}

pub(super) fn server_oid(name: &str) -> pg_sys::Oid {
    let name = crate::pg::list::pstrdup(name);
    // SAFETY: a look-up in the catalog, which raises an error where there is no such server.
    unsafe { (*pg_sys::GetForeignServerByName(name, false)).serverid }
}

/// Refuses a statement time-out that the refresh would most likely run into, before anything is sent.
fn fits_in_time(place: &MirrorSchema, mode: Mode) -> Result<(), Report> {
    // SAFETY: a setting of the session, in milliseconds.
    let limit = u64::try_from(unsafe { pg_sys::StatementTimeout }).unwrap_or(0);
    if limit == 0 {
        return Ok(());
    }
    let took = Spi::get_one_with_args::<f64>(
        &format!(
            "SELECT (SELECT CAST(extract(epoch FROM finished_at - started_at) * 1000 AS float8) FROM {}.runs
                     WHERE status = 'complete' AND mode = $1 ORDER BY id DESC LIMIT 1)",
            place.quoted()
        ),
        &[mode.name().into()],
    )?;
    let needed = took.map_or(USUAL, |took| {
        Duration::from_secs_f64(took.max(0.0) / 1000.0 * 1.5)
    });
    if Duration::from_millis(limit) >= needed {
        return Ok(());
    }
    let known = match took {
        Some(took) => format!("The last one of this mode took {:.0} s.", took / 1000.0),
        None => "Nobody knows yet how long this site takes.".to_owned(),
    };
    Err(Report::new(
        Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "statement_timeout would cut the refresh off",
    )
    .detail(format!("It is {} s. {known} Nothing was sent.", limit as f64 / 1000.0))
    .hint("SET statement_timeout = 0 before the CALL; in a job of pg_cron, ALTER ROLE ... SET statement_timeout = 0."))
}

/// Says who refreshes the mirror, and since when.
fn busy(place: &MirrorSchema) -> Report {
    let sql = format!(
        "SELECT format('Run %s, by role \"%s\", since %s.', id, db_user, started_at) FROM {}.runs
         WHERE status = 'running' ORDER BY id DESC LIMIT 1",
        place.quoted()
    );
    match Spi::get_one::<String>(&sql) {
        Ok(Some(who)) => Report::new(
            Code::ERRCODE_OBJECT_IN_USE,
            format!("mirror \"{}\" is being refreshed", place.name),
        )
        .detail(who),
        _ => lock::held(place),
    }
}
