//! What the executor gets to know: data that survives being copied and kept. No pointers, no secrets.

use confluence::options::Reading;
use confluence::scan::{self, Sort};
use confluence::table::{Split, Table};
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::list;
use super::paths::Choice;
use super::quals::{self, Shape};
use super::relation::Relation;

/// A planned read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The columns that the query uses.
    pub outputs: Vec<Output>,
    /// The conditions that the site answers. The n-th one's value is the plan's n-th expression.
    pub conditions: Vec<Condition>,
    pub choice: Choice,
}

/// A column that the query uses.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Output {
    /// The local attribute number.
    pub attribute: i16,
    /// The remote column's place.
    pub place: usize,
}

/// A condition that the site answers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Condition {
    /// The remote column's place.
    pub place: usize,
    pub shape: Shape,
    pub clause: ClauseAt,
}

/// Where the plan keeps a condition's clause.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum ClauseAt {
    /// Among those that the site answers: in `fdw_recheck_quals`, at this place.
    Answered(usize),
    /// Among those that PostgreSQL checks: in `qual`, at this place.
    Checked(usize),
}

impl Plan {
    /// A read of some columns, with no conditions.
    pub fn of_columns(outputs: Vec<Output>) -> Self {
        Self {
            outputs,
            conditions: Vec::new(),
            choice: Choice::default(),
        }
    }

    /// The order that the site is asked for.
    pub fn sort(&self) -> Option<Sort> {
        self.choice.sort.map(|(column, descending)| Sort {
            column,
            descending,
            relied_on: self.choice.ordered,
        })
    }

    /// The first request, as readers of a plan see it.
    pub fn template(&self, table: &'static Table, reading: &Reading) -> String {
        let columns: Vec<usize> = self.outputs.iter().map(|output| output.place).collect();
        let keyed = self.choice.keyed.map(|keyed| keyed.place);
        let conditions: Vec<usize> = self
            .conditions
            .iter()
            .map(|c| c.place)
            .chain(keyed)
            .collect();
        let windows: Vec<(usize, bool, bool)> = self
            .conditions
            .iter()
            .enumerate()
            .filter(|(_, c)| c.shape.is_range() && self.window_of(table, c))
            .map(|(place, c)| (place, c.shape.ends(true), c.shape.ends(false)))
            .collect();
        scan::Template {
            table,
            endpoint: &table.endpoints[self.choice.endpoint],
            columns: &columns,
            conditions: &conditions,
            windows: &windows,
            sort: self.sort(),
            allowed: reading.page_size,
            enough: self.choice.enough,
        }
        .request()
    }

    /// How the listing is cut into groups, if it turns out to be long.
    pub fn split(&self, table: &'static Table, reading: &Reading) -> Option<&'static Split> {
        let split = table.endpoints[self.choice.endpoint].split.as_ref()?;
        let reads_all = self.choice.eager
            && self.choice.sort.is_none()
            && self.choice.enough.is_none()
            && self.choice.keyed.is_none()
            && self.choice.expected.is_none_or(scan::is_long)
            && reading.max_concurrency > 1;
        let mut conditions = self.conditions.iter();
        let is_whole = !split.is_narrowed(table, conditions.clone().map(|c| c.place))
            && conditions.all(|c| !c.shape.is_range());
        (reads_all && is_whole).then_some(split)
    }

    /// Whether a range is one that the site is asked for as such, and not the end of an ordered reading.
    pub fn window_of(&self, table: &Table, condition: &Condition) -> bool {
        table.columns[condition.place].window.is_some()
            && self
                .choice
                .sort
                .is_none_or(|(column, _)| column != condition.place)
    }

    /// From a plan tree.
    ///
    /// # Safety
    /// `scan` is a ForeignScan that [`get_foreign_plan`] made, or a copy of one.
    pub unsafe fn of(scan: *const pg_sys::ForeignScan) -> Self {
        // SAFETY: by the caller's promise.
        unsafe { list::value_of((*scan).fdw_private) }
    }
}

/// Makes the plan of the path that was chosen. Clauses that the site answers exactly are only kept for
/// rechecks of locked rows; those that it merely narrows, and all others, PostgreSQL checks itself.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn get_foreign_plan(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
    best_path: *mut pg_sys::ForeignPath,
    tlist: *mut pg_sys::List,
    scan_clauses: *mut pg_sys::List,
    outer_plan: *mut pg_sys::Plan,
) -> *mut pg_sys::ForeignScan {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes valid nodes; the path is one that get_foreign_paths made.
    unsafe {
        let choice: Choice = list::value_of((*best_path).fdw_private);
        let rel = (*baserel).relid;
        let mut plan = Plan {
            outputs: Vec::new(),
            conditions: Vec::new(),
            choice,
        };
        let mut values: Vec<*mut pg_sys::Expr> = Vec::new();
        let mut answered: Vec<*mut pg_sys::Expr> = Vec::new();
        let mut checked: Vec<*mut pg_sys::Expr> = Vec::new();
        for rinfo in list::iter::<pg_sys::RestrictInfo>(scan_clauses) {
            // Pseudoconstant clauses are checked once, by a node of their own.
            if (*rinfo).pseudoconstant {
                continue;
            }
            let clause = (*rinfo).clause;
            if quals::is_given(clause, rel, &relation, choice.sort) {
                answered.push(clause);
                continue;
            }
            let own = pg_sys::bms_equal((*rinfo).clause_relids, (*baserel).relids);
            let usable = quals::admitted(root, rinfo, rel, &relation).filter(|usable| {
                choice.answers(&relation, usable) && (own || quals::can_drive(&relation, usable))
            });
            let Some(usable) = usable else {
                checked.push(clause);
                continue;
            };
            let clause = if usable.turned {
                turned(clause)
            } else {
                clause
            };
            let column = &relation.table.columns[usable.place];
            let (list, place): (_, fn(usize) -> ClauseAt) =
                if relation.table.answers_exactly(column) {
                    (&mut answered, ClauseAt::Answered)
                } else {
                    (&mut checked, ClauseAt::Checked)
                };
            plan.conditions.push(Condition {
                place: usable.place,
                shape: usable.shape,
                clause: place(list.len()),
            });
            values.push(usable.value);
            list.push(clause);
        }
        plan.outputs = outputs(baserel, &relation, checked.iter().copied());
        pg_sys::make_foreignscan(
            tlist,
            list::from_pointers(checked),
            rel,
            list::from_pointers(values),
            list::of_value(&plan),
            std::ptr::null_mut(),
            list::from_pointers(answered),
            outer_plan,
        )
    }
}

/// A copy of a comparison, with its sides turned: readers of a plan look for the column on the left.
///
/// # Safety
/// `clause` is an OpExpr of two arguments, whose operator has a commutator.
unsafe fn turned(clause: *mut pg_sys::Expr) -> *mut pg_sys::Expr {
    // SAFETY: by the caller's promise; the original may be shared with other paths, so it stays.
    unsafe {
        let copy = pg_sys::copyObjectImpl(clause.cast()).cast::<pg_sys::OpExpr>();
        pg_sys::CommuteOpExpr(copy);
        copy.cast()
    }
}

/// The columns that the query, or a condition that PostgreSQL checks, uses.
///
/// # Safety
/// `baserel` and the clauses are valid.
pub(super) unsafe fn outputs(
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    local: impl Iterator<Item = *mut pg_sys::Expr>,
) -> Vec<Output> {
    // SAFETY: expression trees are valid, and the bitmap set is our own.
    unsafe {
        let rel = (*baserel).relid;
        let mut used: *mut pg_sys::Bitmapset = std::ptr::null_mut();
        pg_sys::pull_varattnos((*(*baserel).reltarget).exprs.cast(), rel, &mut used);
        for clause in local {
            pg_sys::pull_varattnos(clause.cast(), rel, &mut used);
        }
        let is_used = |attribute: i16| {
            let member = i32::from(attribute) - pg_sys::FirstLowInvalidHeapAttributeNumber;
            pg_sys::bms_is_member(member, used)
        };
        // Attribute number 0 stands for the whole row.
        let everything = is_used(0);
        relation
            .columns
            .iter()
            .zip(1i16..)
            .filter(|(_, attribute)| everything || is_used(*attribute))
            .filter_map(|(local, attribute)| {
                Some(Output {
                    attribute,
                    place: local.as_ref()?.place,
                })
            })
            .collect()
    }
}
