//! Pushdown: which conditions the site can answer.

use confluence::request::Sort;
use confluence::schema::{Column, ColumnId, Kind};
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use crate::catalog::column::LocalColumn;
use crate::catalog::relation::Relation;
use crate::pg::list;

/// The operator family of dates and times. PostgreSQL gives it no symbol.
pub(super) const DATETIME_BTREE_FAMILY: pg_sys::Oid = pg_sys::Oid::from_u32(434);

/// A condition that the site can answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pushdown {
    /// The column, by its place in the remote table.
    pub place: ColumnId,
    pub shape: Op,
    /// The expression for the value. It does not look at the table.
    pub value: *mut pg_sys::Expr,
    /// Whether the column is on the right of the operator.
    pub turned: bool,
}

/// What a condition says about its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Op {
    /// It equals the value.
    Equal,
    /// It equals one of the array's elements.
    AnyOf,
    /// It is not below the value, or not at or below it.
    From { strict: bool },
    /// It is not above the value, or not at or above it.
    To { strict: bool },
    /// It equals the value, in a column that only ranges can be asked of.
    At,
}

impl Op {
    /// Whether it bounds a range of an ordered listing, rather than being asked for as a value.
    pub fn is_range(self) -> bool {
        !matches!(self, Op::Equal | Op::AnyOf)
    }

    /// Whether a listing in this order can stop behind it.
    pub fn ends(self, descending: bool) -> bool {
        match self {
            Op::Equal | Op::AnyOf => false,
            Op::At => true,
            Op::From { .. } => descending,
            Op::To { .. } => !descending,
        }
    }
}

/// A clause, and what it means to the site.
#[derive(Clone, Copy)]
pub(crate) struct Qual {
    pub rinfo: *mut pg_sys::RestrictInfo,
    pub pushdown: Option<Pushdown>,
    /// The equality that it is, whether the site can answer it or not: some are estimated by what the
    /// table's declaration says.
    pub equality: Option<Pushdown>,
}

/// The clauses of a list of RestrictInfo nodes.
///
/// # Safety
/// `root` is valid, and `list` is NIL or a valid list of RestrictInfo nodes of the relation.
pub(crate) unsafe fn quals(
    root: *mut pg_sys::PlannerInfo,
    list: *mut pg_sys::List,
    rel: pg_sys::Index,
    relation: &Relation,
) -> Vec<Qual> {
    // SAFETY: by the caller's promise.
    unsafe {
        list::iter::<pg_sys::RestrictInfo>(list)
            .map(|rinfo| Qual {
                rinfo,
                pushdown: pushdown_of_qual(root, rinfo, rel, relation),
                equality: equality_of((*rinfo).clause, rel, relation),
            })
            .collect()
    }
}

/// Whether a condition from a join may decide what is asked for. One that widens what is listed may not:
/// the rows of a table do not depend on how it is joined.
pub(crate) fn can_drive(relation: &Relation, pushdown: &Pushdown) -> bool {
    relation.table.columns[pushdown.place]
        .filter
        .is_none_or(|filter| !filter.widens)
}

/// What a clause of a query means to the site, if anything. A condition that widens what is listed counts only where it
/// stands in the query with a value of its own. One that PostgreSQL derives from a join, or that compares with a column of
/// a query around this one, is there in some plans and not in others, and the rows must not depend on that.
///
/// # Safety
/// `root` and `rinfo` are valid; otherwise as for [`pushdown`].
pub(super) unsafe fn pushdown_of_qual(
    root: *mut pg_sys::PlannerInfo,
    rinfo: *mut pg_sys::RestrictInfo,
    rel: pg_sys::Index,
    relation: &Relation,
) -> Option<Pushdown> {
    // SAFETY: by the caller's promise. Members of an equivalence class come from clauses of the query, which it keeps.
    unsafe {
        let admitted = pushdown_of_clause((*rinfo).clause, rel, relation)?;
        if can_drive(relation, &admitted) {
            return Some(admitted);
        }
        let has_own_value = |rinfo: *mut pg_sys::RestrictInfo| {
            pushdown_of_clause((*rinfo).clause, rel, relation).is_some_and(|pushdown| {
                pushdown.place == admitted.place
                    && pg_sys::bms_membership((*rinfo).clause_relids)
                        == pg_sys::BMS_Membership::BMS_SINGLETON
                    && !looks_outside(root, pushdown.value)
            })
        };
        let stands_there = match class_of(rinfo) {
            Some(class) => {
                list::iter::<pg_sys::RestrictInfo>((*class).ec_sources).any(has_own_value)
            }
            None => has_own_value(rinfo),
        };
        stands_there.then_some(admitted)
    }
}

/// The class of what a clause says to be equal. An equality of the query is in one, and so are those that PostgreSQL
/// derives.
///
/// # Safety
/// `rinfo` is valid.
unsafe fn class_of(rinfo: *const pg_sys::RestrictInfo) -> Option<*const pg_sys::EquivalenceClass> {
    // SAFETY: by the caller's promise; a class that was merged into another one says so.
    unsafe {
        let derived_from = (*rinfo).parent_ec;
        let mut class = match derived_from.is_null() {
            // Otherwise its sides are in classes without each other.
            true if (*rinfo).left_ec == (*rinfo).right_ec => (*rinfo).left_ec,
            _ => derived_from,
        };
        while !class.is_null() && !(*class).ec_merged.is_null() {
            class = (*class).ec_merged;
        }
        (!class.is_null()).then_some(class.cast_const())
    }
}

/// Whether a value depends on a row of a query around this one.
///
/// # Safety
/// As for [`admitted`].
unsafe fn looks_outside(root: *mut pg_sys::PlannerInfo, value: *mut pg_sys::Expr) -> bool {
    let mut used: *mut pg_sys::Bitmapset = std::ptr::null_mut();
    // SAFETY: by the caller's promise. A parameter of the executor is a column of a query around this one, unless a
    // subquery of this one's own gives it, once for all rows. The set is our own.
    unsafe {
        add_params(value.cast(), (&raw mut used).cast());
        for plan in list::iter::<pg_sys::SubPlan>((*root).init_plans) {
            for number in list::integers((*plan).setParam) {
                used = pg_sys::bms_del_member(used, number);
            }
        }
        pg_sys::bms_membership(used) != pg_sys::BMS_Membership::BMS_EMPTY_SET
    }
}

/// Adds the numbers of the executor's parameters in an expression to a set, and says that it has not seen enough.
#[pg_guard]
unsafe extern "C-unwind" fn add_params(
    node: *mut pg_sys::Node,
    set: *mut std::ffi::c_void,
) -> bool {
    // SAFETY: called for the nodes of a valid expression, with the address of a set; tags name the structs.
    unsafe {
        if node.is_null() {
            return false;
        }
        if (*node).type_ == pg_sys::NodeTag::T_Param {
            let param = node.cast::<pg_sys::Param>();
            if (*param).paramkind == pg_sys::ParamKind::PARAM_EXEC {
                let set = set.cast::<*mut pg_sys::Bitmapset>();
                *set = pg_sys::bms_add_member(*set, (*param).paramid);
            }
            return false;
        }
        pg_sys::expression_tree_walker(node, Some(add_params), set)
    }
}

/// What a clause means to the site, if anything.
///
/// # Safety
/// `clause` is a valid expression tree in which Vars with number `rel` and level 0 are of `relation`.
pub(crate) unsafe fn pushdown_of_clause(
    clause: *mut pg_sys::Expr,
    rel: pg_sys::Index,
    relation: &Relation,
) -> Option<Pushdown> {
    // SAFETY: by the caller's promise.
    unsafe {
        classify(clause, rel, relation, |column| {
            relation.table.can_ask_for(column)
        })
    }
}

/// The equality that a clause is, if it is one.
///
/// # Safety
/// As for [`pushdown`].
unsafe fn equality_of(
    clause: *mut pg_sys::Expr,
    rel: pg_sys::Index,
    relation: &Relation,
) -> Option<Pushdown> {
    // SAFETY: by the caller's promise.
    unsafe { classify(clause, rel, relation, |_| true) }
        .filter(|pushdown| !pushdown.shape.is_range())
}

/// What a clause says about a column. `asks` tells whether an equality on the column is of interest.
///
/// # Safety
/// As for [`pushdown`].
unsafe fn classify(
    clause: *mut pg_sys::Expr,
    rel: pg_sys::Index,
    relation: &Relation,
    asks: impl Fn(&Column) -> bool,
) -> Option<Pushdown> {
    if clause.is_null() {
        return None;
    }
    // SAFETY: every node begins with its tag, and is of the struct that the tag names.
    unsafe {
        match (*clause).type_ {
            pg_sys::NodeTag::T_OpExpr => {
                let clause = clause.cast::<pg_sys::OpExpr>();
                let mut args = list::iter::<pg_sys::Expr>((*clause).args);
                if args.len() != 2 {
                    return None;
                }
                let (left, right) = (args.next()?, args.next()?);
                let collation = (*clause).inputcollid;
                let operator = (*clause).opno;
                let compare = |column, operator, value| {
                    comparison(column, operator, value, collation, rel, relation, &asks)
                };
                compare(left, operator, right).or_else(|| {
                    compare(right, pg_sys::get_commutator(operator), left).map(|pushdown| {
                        Pushdown {
                            turned: true,
                            ..pushdown
                        }
                    })
                })
            }
            pg_sys::NodeTag::T_ScalarArrayOpExpr => {
                let clause = clause.cast::<pg_sys::ScalarArrayOpExpr>();
                let mut args = list::iter::<pg_sys::Expr>((*clause).args);
                if !(*clause).useOr || args.len() != 2 {
                    return None;
                }
                let (left, right) = (args.next()?, args.next()?);
                let (local, column) = own_column(left, rel, relation)?;
                let element = pg_sys::get_element_type(pg_sys::exprType(right.cast()));
                let strategy = strategy((*clause).opno, column, element, (*clause).inputcollid)?;
                let fits = strategy == pg_sys::BTEqualStrategyNumber
                    && asks(column)
                    && is_value(right, rel);
                fits.then_some(Pushdown {
                    place: local.place,
                    shape: Op::AnyOf,
                    value: right,
                    turned: false,
                })
            }
            _ => None,
        }
    }
}

/// `column operator value`.
///
/// # Safety
/// As for [`pushdown`].
unsafe fn comparison(
    column: *mut pg_sys::Expr,
    operator: pg_sys::Oid,
    value: *mut pg_sys::Expr,
    collation: pg_sys::Oid,
    rel: pg_sys::Index,
    relation: &Relation,
    asks: &impl Fn(&Column) -> bool,
) -> Option<Pushdown> {
    // SAFETY: by the caller's promise.
    unsafe {
        let (local, column) = own_column(column, rel, relation)?;
        let value_type = pg_sys::exprType(value.cast());
        let strategy = strategy(operator, column, value_type, collation)?;
        let is_asked = asks(column);
        let ranges =
            column.kind == Kind::Timestamp && (column.sort.is_some() || column.window.is_some());
        let shape = match strategy {
            pg_sys::BTEqualStrategyNumber if is_asked => Op::Equal,
            pg_sys::BTEqualStrategyNumber if ranges => Op::At,
            pg_sys::BTGreaterStrategyNumber if ranges => Op::From { strict: true },
            pg_sys::BTGreaterEqualStrategyNumber if ranges => Op::From { strict: false },
            pg_sys::BTLessStrategyNumber if ranges => Op::To { strict: true },
            pg_sys::BTLessEqualStrategyNumber if ranges => Op::To { strict: false },
            _ => return None,
        };
        is_value(value, rel).then_some(Pushdown {
            place: local.place,
            shape,
            value,
            turned: false,
        })
    }
}

/// Whether a clause says of a column that it is not NULL, where no row that arrives has NULL there: a row
/// without a required value is an error, and so is one without a value that the listing is ordered by.
///
/// # Safety
/// As for [`pushdown`].
pub(super) unsafe fn is_given(
    clause: *mut pg_sys::Expr,
    rel: pg_sys::Index,
    relation: &Relation,
    sort: Option<Sort>,
) -> bool {
    // SAFETY: the tag names the struct.
    unsafe {
        if (*clause).type_ != pg_sys::NodeTag::T_NullTest {
            return false;
        }
        let test = clause.cast::<pg_sys::NullTest>();
        (*test).nulltesttype == pg_sys::NullTestType::IS_NOT_NULL
            && own_column((*test).arg, rel, relation).is_some_and(|(local, column)| {
                column.required || sort.is_some_and(|sort| sort.column == local.place)
            })
    }
}

/// The column that an expression is, if it is one of the table's, in its natural type.
///
/// # Safety
/// As for [`pushdown`].
pub(super) unsafe fn own_column(
    mut expr: *mut pg_sys::Expr,
    rel: pg_sys::Index,
    relation: &Relation,
) -> Option<(&LocalColumn, &'static Column)> {
    // SAFETY: tags name the structs; a RelabelType changes nothing but the name of a type.
    unsafe {
        while (*expr).type_ == pg_sys::NodeTag::T_RelabelType {
            expr = (*expr.cast::<pg_sys::RelabelType>()).arg;
        }
        if (*expr).type_ != pg_sys::NodeTag::T_Var {
            return None;
        }
        let var = expr.cast::<pg_sys::Var>();
        if (*var).varno as pg_sys::Index != rel || (*var).varlevelsup != 0 {
            return None;
        }
        let (local, column) = relation.column((*var).varattno)?;
        local.is_natural(column.kind).then_some((local, column))
    }
}

/// What an operator does in the order of the column's type; None if it has nothing to do with it, or
/// compares with a type or under a collation for which the site's equality is another.
///
/// # Safety
/// Looks up catalogs, so it must run in a transaction.
unsafe fn strategy(
    operator: pg_sys::Oid,
    column: &Column,
    value_type: pg_sys::Oid,
    collation: pg_sys::Oid,
) -> Option<u32> {
    let (family, types): (pg_sys::Oid, &[pg_sys::Oid]) = match column.kind {
        Kind::Bigint | Kind::Integer => (
            pg_sys::INTEGER_BTREE_FAM_OID,
            &[pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID],
        ),
        Kind::Text => (
            pg_sys::TEXT_BTREE_FAM_OID,
            &[pg_sys::TEXTOID, pg_sys::VARCHAROID],
        ),
        Kind::Timestamp => (
            DATETIME_BTREE_FAMILY,
            &[
                pg_sys::TIMESTAMPTZOID,
                pg_sys::TIMESTAMPOID,
                pg_sys::DATEOID,
            ],
        ),
        Kind::Boolean | Kind::JsonInString | Kind::Json | Kind::Link => return None,
    };
    if operator == pg_sys::InvalidOid || !types.contains(&value_type) {
        return None;
    }
    // SAFETY: catalog look-ups by oid.
    unsafe {
        // Under a nondeterministic collation, different texts can be equal. The site does not know them.
        if column.kind == Kind::Text
            && (collation == pg_sys::InvalidOid
                || !pg_sys::get_collation_isdeterministic(collation))
        {
            return None;
        }
        match pg_sys::get_op_opfamily_strategy(operator, family) {
            0 => None,
            strategy => Some(strategy as u32),
        }
    }
}

/// Whether an expression can be evaluated before the table is read: it does not look at the table, gives
/// the same for every row, and needs no plan of its own.
///
/// # Safety
/// As for [`pushdown`].
unsafe fn is_value(expr: *mut pg_sys::Expr, rel: pg_sys::Index) -> bool {
    // SAFETY: walks over a valid expression tree.
    unsafe {
        !pg_sys::bms_is_member(rel as i32, varnos(expr))
            && !pg_sys::contain_volatile_functions(expr.cast())
            && !pg_sys::contain_subplans(expr.cast())
    }
}

/// The relations that an expression looks at.
///
/// # Safety
/// `expr` is a valid expression tree.
pub(crate) unsafe fn varnos(expr: *mut pg_sys::Expr) -> pg_sys::Relids {
    // SAFETY: with no planner information, placeholders count as what they are evaluated at, which no
    // restriction of a base relation has in a value.
    unsafe { pg_sys::pull_varnos(std::ptr::null_mut(), expr.cast()) }
}
