//! Keys that must exist, by where a join's keys come from. An object that the site itself has listed in the same query,
//! and then cannot show, is not one that does not exist: its rows are unknown, and that is an error.

use confluence::schema::ColumnId;
use pgrx::pg_sys;

use super::pushdown;
use crate::catalog::relation::Relation;
use crate::pg::{compat, list};

/// Whether the values of an expression are objects that the site has listed: those of a column that names what the
/// rows of this relation belong to, in another table of the same server that is read as the same user.
///
/// # Safety
/// `root` and `baserel` are valid, and `value` is an expression of that query.
pub(crate) unsafe fn must_exist(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    place: ColumnId,
    value: *mut pg_sys::Expr,
) -> bool {
    // SAFETY: by the caller's promise. A foreign table has a server.
    unsafe {
        let Some(origin) = origin_of(root, value.cast()) else {
            return false;
        };
        let kind = pg_sys::get_rel_relkind(origin.table);
        if kind as u8 != pg_sys::RELKIND_FOREIGN_TABLE
            || (*pg_sys::GetForeignTable(origin.table)).serverid != (*baserel).serverid
            || origin.user != compat::or_current((*baserel).userid)
        {
            return false;
        }
        let other = Relation::of(origin.table);
        let own = relation.table.columns[place].name;
        let names_objects = other
            .column(origin.attribute)
            .is_some_and(|(_, column)| relation.table.belongs_to(own, other.table, column.name));
        names_objects && !is_widened(&origin, &other)
    }
}

/// Whether the query asks for more of a table than it has by itself, such as pages that are deleted. Of those, nothing
/// may be left to read.
///
/// # Safety
/// `origin` is of a query that is being planned, and `relation` is its table.
unsafe fn is_widened(origin: &KeySource, relation: &Relation) -> bool {
    // SAFETY: by the caller's promise. A query has places for its tables when its paths are made; one around it, whose
    // expressions are still being prepared, has none yet.
    unsafe {
        let Some((root, number)) = origin.place else {
            return false;
        };
        if (*root).simple_rel_array.is_null() || number >= (*root).simple_rel_array_size as usize {
            return false;
        }
        let rel = *(*root).simple_rel_array.add(number);
        !rel.is_null()
            && pushdown::quals(root, (*rel).baserestrictinfo, (*rel).relid, relation)
                .iter()
                .filter_map(|qual| qual.pushdown)
                .any(|pushdown| !pushdown::can_drive(relation, &pushdown))
    }
}

/// A column of a table, and the user as whom that is read: none means the current one.
struct KeySource {
    table: pg_sys::Oid,
    attribute: pg_sys::AttrNumber,
    user: pg_sys::Oid,
    /// The query that is being planned with it, and its number there. None within a query that is planned apart.
    place: Option<(*mut pg_sys::PlannerInfo, usize)>,
}

/// The column that an expression hands on, if that is all that it does.
///
/// # Safety
/// As for [`is_listed`].
unsafe fn origin_of(root: *mut pg_sys::PlannerInfo, expr: *mut pg_sys::Node) -> Option<KeySource> {
    // SAFETY: by the caller's promise; tags name the structs. While a subquery is planned, the queries around it keep
    // what its parameters stand for.
    unsafe {
        let expr = plain(expr);
        if (*expr).type_ != pg_sys::NodeTag::T_Param {
            return of_planned(root, expr);
        }
        let param = expr.cast::<pg_sys::Param>();
        if (*param).paramkind != pg_sys::ParamKind::PARAM_EXEC {
            return None;
        }
        let number = (*param).paramid;
        let mut around = (*root).parent_root;
        while !around.is_null() {
            let mut items = list::iter::<pg_sys::PlannerParamItem>((*around).plan_params);
            if let Some(item) = items.find(|item| (**item).paramId == number) {
                return of_planned(around, plain((*item).item));
            }
            around = (*around).parent_root;
        }
        None
    }
}

/// The column behind an expression of a query that is being planned.
///
/// # Safety
/// As for [`is_listed`].
unsafe fn of_planned(root: *mut pg_sys::PlannerInfo, expr: *mut pg_sys::Node) -> Option<KeySource> {
    // SAFETY: by the caller's promise; the tag names the struct.
    unsafe {
        let mut origin = of_query((*root).parse, expr)?;
        let number = (*expr.cast::<pg_sys::Var>()).varno as usize;
        let entry = list::iter::<pg_sys::RangeTblEntry>((*(*root).parse).rtable).nth(number - 1)?;
        if (*entry).rtekind == pg_sys::RTEKind::RTE_RELATION {
            origin.place = Some((root, number));
        }
        Some(origin)
    }
}

/// The column behind an expression of a query.
///
/// # Safety
/// Both are valid, and the expression is one of the query's.
unsafe fn of_query(query: *const pg_sys::Query, expr: *mut pg_sys::Node) -> Option<KeySource> {
    // SAFETY: by the caller's promise; tags and kinds of entries name what is there.
    unsafe {
        if (*expr).type_ != pg_sys::NodeTag::T_Var {
            return None;
        }
        let var = expr.cast::<pg_sys::Var>();
        if (*var).varlevelsup != 0 || (*var).varattno <= 0 {
            return None;
        }
        let place = ((*var).varno as usize).checked_sub(1)?;
        let attribute = (*var).varattno;
        let entry = list::iter::<pg_sys::RangeTblEntry>((*query).rtable).nth(place)?;
        match (*entry).rtekind {
            pg_sys::RTEKind::RTE_RELATION => Some(KeySource {
                table: (*entry).relid,
                attribute,
                user: compat::checked_role(query, entry),
                place: None,
            }),
            pg_sys::RTEKind::RTE_SUBQUERY => of_output((*entry).subquery, attribute),
            pg_sys::RTEKind::RTE_CTE if (*entry).ctelevelsup == 0 && !(*entry).self_reference => {
                let name = list::text((*entry).ctename);
                let mut all = list::iter::<pg_sys::CommonTableExpr>((*query).cteList);
                let cte = all.find(|cte| list::text((**cte).ctename) == name)?;
                of_output((*cte).ctequery.cast(), attribute)
            }
            pg_sys::RTEKind::RTE_JOIN => {
                let mut columns = list::iter::<pg_sys::Node>((*entry).joinaliasvars);
                of_query(query, plain(columns.nth(attribute as usize - 1)?))
            }
            _ => None,
        }
    }
}

/// The column behind one that a subquery gives.
///
/// # Safety
/// `query` is valid, or NULL.
unsafe fn of_output(
    query: *const pg_sys::Query,
    attribute: pg_sys::AttrNumber,
) -> Option<KeySource> {
    // SAFETY: by the caller's promise. What a query gives that puts others together comes from several columns.
    unsafe {
        if query.is_null()
            || (*query).commandType != pg_sys::CmdType::CMD_SELECT
            || !(*query).setOperations.is_null()
        {
            return None;
        }
        let mut targets = list::iter::<pg_sys::TargetEntry>((*query).targetList);
        let target = targets.find(|target| (**target).resno == attribute)?;
        of_query(query, plain((*target).expr.cast()))
    }
}

/// An expression without what only renames its type.
///
/// # Safety
/// `expr` is valid.
unsafe fn plain(mut expr: *mut pg_sys::Node) -> *mut pg_sys::Node {
    // SAFETY: by the caller's promise; the tag names the struct.
    unsafe {
        while (*expr).type_ == pg_sys::NodeTag::T_RelabelType {
            expr = (*expr.cast::<pg_sys::RelabelType>()).arg.cast();
        }
    }
    expr
}
