//! Steps: the tables that a run reads, one behind the other, each piece by piece; short ones begin together.

use std::collections::{HashMap, HashSet};

use pgrx::PgSqlErrorCode as Code;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use super::piece::{self, Piece};
use super::read::{self, Portion};
use super::refresh::{Refresh, StepFailure, at};
use super::run::{self, Mark};
use super::table::MirroredTable;
use crate::pg::report::Report;

/// A table that a run reads.
pub(super) struct PlannedStep<'a> {
    pub table: &'a MirroredTable,
    pub portion: Portion,
    /// Whether all of its rows are read.
    pub is_whole: bool,
}

/// What there is to do for a step that has begun.
struct BegunStep {
    pieces: Vec<Piece>,
    /// Whether the account could not read it the last time.
    was_refused: bool,
    /// Why the account may not read it.
    refused: Option<String>,
}

impl PlannedStep<'_> {
    /// Whether all has been read that it follows from.
    fn can_begin(&self, unread: &HashSet<&str>) -> bool {
        let mut needed = self.portion.follows_from().iter();
        !needed.any(|table| unread.contains(table))
    }

    /// Whether all has been read that its last piece follows from besides.
    fn can_end(&self, unread: &HashSet<&str>) -> bool {
        let mut needed = self.portion.ends_after().iter();
        !needed.any(|table| unread.contains(table))
    }

    /// That it was begun, or ended, too early: it would be read as if there were nothing.
    fn too_early(&self) -> Report {
        let said = format!(
            "\"{}\" was read before what it follows from",
            self.table.name
        );
        Report::new(Code::ERRCODE_INTERNAL_ERROR, said)
    }
}

impl Refresh {
    /// What is read, in this order.
    pub(super) fn plan(&self) -> Vec<PlannedStep<'_>> {
        let tables = self.tables.iter();
        let planned = tables.filter_map(|table| {
            let (portion, is_whole) = self.mode.reading(table, self.role_mode.as_deref())?;
            Some(PlannedStep {
                table,
                portion,
                is_whole,
            })
        });
        planned.collect()
    }

    /// Reads all that is planned.
    pub(super) fn read(&self, plan: &[PlannedStep]) -> Result<(), StepFailure> {
        let mut begun = HashMap::new();
        // What has not been read yet: nothing that follows from it can be begun.
        let mut unread: HashSet<&str> = plan.iter().map(|step| step.table.name).collect();
        for step in plan {
            let name = step.table.name;
            if !unread.contains(name) {
                continue;
            }
            if !begun.contains_key(name)
                && let Some(names) = read::BESIDE.iter().find(|names| names.contains(&name))
            {
                let beside = plan.iter().filter(|step| {
                    let name = step.table.name;
                    let is_new = unread.contains(name) && !begun.contains_key(name);
                    names.contains(&name) && is_new && step.can_begin(&unread)
                });
                let mut beside: Vec<&PlannedStep> = beside.collect();
                beside.sort_by_key(|step| names.iter().position(|name| *name == step.table.name));
                for step in &beside {
                    let name = step.table.name;
                    begun.insert(name, self.begin(step, &unread).map_err(at(name))?);
                }
                self.read_first_pieces(&beside, &mut begun)?;
                // What is read whole by now lets others begin.
                for step in beside {
                    let name = step.table.name;
                    let is_whole = |begun: &Option<BegunStep>| {
                        begun.as_ref().is_none_or(|begun| begun.pieces.is_empty())
                    };
                    if begun.get(name).is_some_and(is_whole) && step.can_end(&unread) {
                        let begun = begun.remove(name).flatten();
                        self.end(step, begun, &mut unread)?;
                    }
                }
            }
            if unread.contains(name) {
                let begun = match begun.remove(name) {
                    Some(begun) => begun,
                    None => self.begin(step, &unread).map_err(at(name))?,
                };
                self.end(step, begun, &mut unread)?;
            }
        }
        Ok(())
    }

    /// Reads what is left of a step, if anything.
    fn end(
        &self,
        step: &PlannedStep,
        begun: Option<BegunStep>,
        unread: &mut HashSet<&str>,
    ) -> Result<(), StepFailure> {
        let name = step.table.name;
        if !step.can_end(unread) {
            return Err(at(name)(step.too_early()));
        }
        if let Some(begun) = begun {
            self.read_step(step, begun).map_err(at(name))?;
        }
        unread.remove(name);
        Ok(())
    }

    /// Begins a step, if an earlier run has not read it.
    fn begin(
        &self,
        step: &PlannedStep,
        unread: &HashSet<&str>,
    ) -> Result<Option<BegunStep>, Report> {
        let (table, name) = (step.table, step.table.name);
        if !step.can_begin(unread) {
            return Err(step.too_early());
        }
        self.transaction(|| {
            if run::step_of(self.run, name)?.is_some_and(|step| step.is_complete) {
                return Ok(None);
            }
            run::begin_step(self.run, name)?;
            if let Portion::With(other) = &step.portion {
                run::take_reading(self.run, name, other, &table.staging())?;
                return Ok(None);
            }
            for table in self.tables_of(step) {
                self.empty(table)?;
            }
            let portion = match &step.portion {
                Portion::Since(column, _) => {
                    &Portion::Since(column, self.watermark(table, column)?)
                }
                portion => portion,
            };
            Ok(Some(BegunStep {
                pieces: read::pieces(table, portion, &self.tables, &self.live)?,
                was_refused: run::was_complete(self.run, name)? == Some(false),
                refused: None,
            }))
        })
    }

    /// Reads the first pieces of several steps in one statement. What the account may not read is left out of it, and so is
    /// what it could not read the last time: a refusal is met once, and not in everybody's way.
    fn read_first_pieces(
        &self,
        steps: &[&PlannedStep],
        begun: &mut HashMap<&'static str, Option<BegunStep>>,
    ) -> Result<(), StepFailure> {
        let mut together: Vec<&PlannedStep> = steps.to_vec();
        together.retain(|step| {
            let begun = begun.get(step.table.name).and_then(Option::as_ref);
            begun.is_some_and(|begun| {
                !begun.was_refused && begun.pieces.first().is_some_and(Piece::is_copy)
            })
        });
        while together.len() > 1 {
            let first = |step: &&PlannedStep| begun.get(step.table.name)?.as_ref()?.pieces.first();
            let pieces: Vec<&Piece> = together.iter().filter_map(first).collect();
            let mark = Mark::now();
            let read = self.transaction(|| {
                let counts = piece::read_beside(&pieces)?;
                for (step, rows) in together.iter().zip(counts) {
                    let spent = mark.spent_on(&self.tables_of(step));
                    run::count_piece(self.run, step.table.name, rows, &spent)?;
                }
                Ok(())
            });
            let Err(report) = read else {
                for step in together {
                    if let Some(Some(begun)) = begun.get_mut(step.table.name) {
                        begun.pieces.remove(0);
                    }
                }
                return Ok(());
            };
            let failed = together
                .iter()
                .position(|step| mark.has_failed(&self.tables_of(step)));
            let failed = failed.unwrap_or(0);
            let table = together.remove(failed).table;
            let is_refused = self.may_be_refused(table, &report);
            if !is_refused.map_err(at(table.name))? {
                return Err(at(table.name)(report));
            }
            if let Some(Some(begun)) = begun.get_mut(table.name) {
                begun.pieces.clear();
                begun.refused = Some(report.message);
            }
        }
        Ok(())
    }

    /// The tables that a step reads: its own, and the one whose rows the same requests tell of.
    fn tables_of<'t>(&'t self, step: &PlannedStep<'t>) -> Vec<&'t MirroredTable> {
        let other = match &step.portion {
            Portion::Looked { with } => self.tables.iter().find(|table| Some(table.name) == *with),
            _ => None,
        };
        other.into_iter().chain([step.table]).collect()
    }

    /// Reads what is left of a step, and ends it.
    fn read_step(&self, step: &PlannedStep, begun: BegunStep) -> Result<(), Report> {
        let (table, name) = (step.table, step.table.name);
        let mut refused = begun.refused;
        for piece in begun.pieces {
            let mark = Mark::now();
            let outcome = self.transaction(|| {
                let rows = piece.read()?;
                run::count_piece(self.run, name, rows, &mark.spent())
            });
            match outcome {
                Err(report) if self.may_be_refused(table, &report)? => {
                    refused = Some(report.message);
                    break;
                }
                outcome => outcome?,
            }
        }
        self.transaction(|| {
            if refused.is_some() {
                self.empty(table)?;
            } else {
                // How many rows there are is what counts: a small sample tells.
                Spi::run("SET LOCAL default_statistics_target = 10")?;
                Spi::run(&format!("ANALYZE {}", quote_identifier(table.staging())))?;
            }
            if let Portion::Nothing(said) = &step.portion {
                run::note(self.run, name, "note", *said)?;
            }
            run::end_step(self.run, name, refused.as_deref())
        })
    }

    /// Throws away what an earlier refresh has read.
    fn empty(&self, table: &MirroredTable) -> Result<(), Report> {
        Spi::run(&format!("TRUNCATE {}", quote_identifier(table.staging())))?;
        Ok(())
    }

    /// Whether the mirror goes on without what the account may not read. Not where it could before.
    fn may_be_refused(&self, table: &MirroredTable, report: &Report) -> Result<bool, Report> {
        // A site that does not say whether it has space roles may answer about them with an error.
        let may_have_none = self.role_mode.is_none()
            && read::OF_ROLES.contains(&table.name)
            && report.code == Code::ERRCODE_FDW_ERROR;
        let is_refused = report.code == Code::ERRCODE_INSUFFICIENT_PRIVILEGE || may_have_none;
        if !is_refused || read::REQUIRED.contains(&table.name) {
            return Ok(false);
        }
        self.transaction(|| {
            let has_accepted = match self.accept {
                Some(accepted) => run::accepts(accepted, table.name)?,
                None => false,
            };
            Ok(has_accepted || run::was_complete(self.run, table.name)? != Some(true))
        })
    }

    /// From when on rows have to be read to see all that have changed: with an overlap, as a site tells of changes late.
    fn watermark(
        &self,
        table: &MirroredTable,
        column: &str,
    ) -> Result<Option<TimestampWithTimeZone>, Report> {
        let sql = if table.is_append_only() {
            format!(
                "SELECT max(s.read_at) - interval '30 minutes' FROM run_steps AS s JOIN runs AS r ON r.id = s.run_id
                 WHERE s.step = '{}' AND s.is_complete AND r.status = 'complete'",
                table.name
            )
        } else {
            format!(
                "SELECT max({}) - interval '5 minutes' FROM {} WHERE run_to IS NULL",
                quote_identifier(column),
                quote_identifier(table.history())
            )
        };
        Ok(Spi::get_one(&sql)?)
    }
}
