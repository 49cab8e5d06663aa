//! What PostgreSQL's planner knows of a query: its tables, clauses, classes of equal expressions and sort keys, as
//! [nodes](super::nodes) that are safe to look at.

use std::ffi::c_void;

use pgrx::{pg_guard, pg_sys};

use super::compat;
use super::list;
use super::nodes::{Attributes, Expr, Node, Nodes, Set, field, nodes, set};

/// The planner's information about a query.
pub(crate) type Root<'q> = Node<'q, pg_sys::PlannerInfo>;

/// A relation of a query: a table, or tables joined.
pub(crate) type Rel<'q> = Node<'q, pg_sys::RelOptInfo>;

/// A clause of a query.
pub(crate) type Clause<'q> = Node<'q, pg_sys::RestrictInfo>;

/// A class of expressions that a query says are equal.
pub(crate) type EqualClass<'q> = Node<'q, pg_sys::EquivalenceClass>;

/// One of them.
pub(crate) type EqualMember<'q> = Node<'q, pg_sys::EquivalenceMember>;

/// A sort key.
pub(crate) type PathKey<'q> = Node<'q, pg_sys::PathKey>;

/// A query, as it was parsed and rewritten.
pub(crate) type QueryTree<'q> = Node<'q, pg_sys::Query>;

/// An entry of a query's range table.
pub(crate) type TableEntry<'q> = Node<'q, pg_sys::RangeTblEntry>;

/// What a query or subquery gives.
pub(crate) type Target<'q> = Node<'q, pg_sys::TargetEntry>;

impl<'q> Root<'q> {
    pub fn query(self) -> QueryTree<'q> {
        // SAFETY: a query that is planned is there.
        unsafe { Node::always((*self.as_ptr()).parse) }
    }

    /// The order that the query wants of its rows as a whole.
    pub fn query_pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, query_pathkeys: PathKey)
    }

    pub fn group_pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, group_pathkeys: PathKey)
    }

    /// That of the first of the windows over it.
    pub fn window_pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, window_pathkeys: PathKey)
    }

    pub fn distinct_pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, distinct_pathkeys: PathKey)
    }

    pub fn sort_pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, sort_pathkeys: PathKey)
    }

    /// The query's tables.
    pub fn base_rels(self) -> Set<'q> {
        set!(self, all_baserels)
    }

    /// How many rows of its joins the query takes at least, where it says so and may stop behind them: what `LIMIT` and
    /// `OFFSET` leave, and where these count what is made of the rows, no less than that.
    pub fn wanted_rows(self) -> Option<f64> {
        let fraction: f64 = field!(self, tuple_fraction);
        self.limit()
            .or_else(|| (fraction >= 1.0).then_some(fraction))
    }

    /// Whether the rows that tie with the last one of a `LIMIT` are wanted, too.
    pub fn wants_ties(self) -> bool {
        field!(self.query(), limitOption) == pg_sys::LimitOption::LIMIT_OPTION_WITH_TIES
    }

    /// The sort keys by which rows of a join come where its outer side gives them by these, as far as they are of use.
    pub fn join_pathkeys(
        self,
        joinrel: Rel<'q>,
        jointype: pg_sys::JoinType::Type,
        outer: Nodes<'q, pg_sys::PathKey>,
    ) -> Nodes<'q, pg_sys::PathKey> {
        // SAFETY: all are of one query; what comes back are the first of these sort keys.
        unsafe {
            Nodes::new(pg_sys::build_join_pathkeys(
                self.as_ptr(),
                joinrel.as_ptr(),
                jointype,
                outer.as_ptr(),
            ))
        }
    }

    /// How many rows `LIMIT` and `OFFSET` leave, if they are known.
    pub fn limit(self) -> Option<f64> {
        let rows: f64 = field!(self, limit_tuples);
        (rows > 0.0).then_some(rows)
    }

    /// How many of its rows whoever asks for them is expected to take: 0 for all, a share below 1, or a number. Not known
    /// yet of a query whose subqueries are still being prepared.
    pub fn tuple_fraction(self) -> f64 {
        field!(self, tuple_fraction)
    }

    /// Whether its relations have their places: then what is planned inside of it is one of them. Before, it is a `WITH` of
    /// the query, or a subquery in one of its expressions.
    pub fn has_places(self) -> bool {
        !field!(self, simple_rel_array).is_null()
    }

    /// Whether it is a `WITH RECURSIVE`.
    pub fn is_recursive(self) -> bool {
        field!(self, hasRecursion)
    }

    /// The name of the `WITH` of the query that is being planned; None once all are.
    pub fn cte_in_planning(self) -> Option<String> {
        // SAFETY: a list of integers, to which each `WITH` adds one when it is planned, in their order.
        let planned = unsafe { list::integers((*self.as_ptr()).cte_plan_ids) }.count();
        let cte = self.query().ctes().iter().nth(planned)?;
        Some(cte.name())
    }

    /// Whether a subquery in an expression, which is being planned, depends on rows of this query.
    pub fn gives_params(self) -> bool {
        !field!(self, plan_params).is_null()
    }

    /// The first thing that is found in a query around this one, from the next on.
    pub fn find_around<T>(self, mut find: impl FnMut(Root<'_>) -> Option<T>) -> Option<T> {
        let mut around = field!(self, parent_root);
        // SAFETY: a query's planner information stays as long as that of the queries inside of it. What is found there is
        // of another query, so it gets a lifetime of its own.
        while let Some(root) = unsafe { Node::new(around) } {
            if let Some(found) = find(root) {
                return Some(found);
            }
            around = field!(root, parent_root);
        }
        None
    }

    /// What an executor's parameter stands for that queries inside of this one are given.
    pub fn parameter(self, number: i32) -> Option<Expr<'q>> {
        let mut items = nodes!(self, plan_params: PlannerParamItem).iter();
        let item = items.find(|item| field!(item, paramId) == number)?;
        // SAFETY: an item is an expression of the query.
        unsafe { Node::new((*item.as_ptr()).item.cast()) }
    }

    /// The executor's parameters that subqueries give once, before the query gives its first row.
    pub fn initial_params(self) -> Vec<i32> {
        let plans = nodes!(self, init_plans: SubPlan);
        plans
            .iter()
            // SAFETY: a list of integers.
            .flat_map(|plan| unsafe { list::integers((*plan.as_ptr()).setParam) })
            .collect()
    }

    /// How many rows the subquery is expected to give whose array an executor's parameter is, once.
    pub fn rows_of_initial(self, parameter: i32) -> Option<f64> {
        let plans = nodes!(self, init_plans: SubPlan);
        let mut plans = plans
            .iter()
            .filter(|plan| field!(plan, subLinkType) == pg_sys::SubLinkType::ARRAY_SUBLINK);
        // SAFETY: a list of integers.
        let plan = plans.find(|plan| unsafe {
            list::integers((*plan.as_ptr()).setParam).any(|number| number == parameter)
        })?;
        let place = usize::try_from(field!(plan, plan_id))
            .ok()?
            .checked_sub(1)?;
        let statement = field!(self, glob);
        // SAFETY: the plans of the statement's subqueries; NULL stands for one that is not there.
        unsafe {
            let plan: *mut pg_sys::Plan = list::iter((*statement).subplans).nth(place)?;
            plan.as_ref().map(|plan| plan.plan_rows)
        }
    }

    /// A relation by its number, where it takes part in joins or is a part of one that does.
    pub fn rel(self, number: pg_sys::Index) -> Option<Rel<'q>> {
        if !self.has_place(number) || field!(self, simple_rel_array).is_null() {
            return None;
        }
        // SAFETY: the array has a place for each relation of the query, which is NULL where it is not planned by itself.
        unsafe { Node::new(*(*self.as_ptr()).simple_rel_array.add(number as usize)) }
    }

    /// A relation's entry in the range table, by its number, once the query's joins are planned.
    pub fn entry(self, number: pg_sys::Index) -> Option<TableEntry<'q>> {
        if !self.has_place(number) || field!(self, simple_rte_array).is_null() {
            return None;
        }
        // SAFETY: the array has a place for each relation of the query.
        unsafe { Node::new(*(*self.as_ptr()).simple_rte_array.add(number as usize)) }
    }

    fn has_place(self, number: pg_sys::Index) -> bool {
        let size: i32 = field!(self, simple_rel_array_size);
        usize::try_from(size).is_ok_and(|size| (number as usize) < size)
    }

    /// The relation that an entry of the range table is of, where it is planned by itself.
    pub fn rel_of_entry(self, entry: *const pg_sys::RangeTblEntry) -> Option<Rel<'q>> {
        let size: i32 = field!(self, simple_rel_array_size);
        let number = (1..size.max(0) as pg_sys::Index).find(|&number| {
            self.entry(number)
                .is_some_and(|known| std::ptr::eq(known.as_ptr(), entry))
        })?;
        self.rel(number)
    }

    /// The marks of rows that PostgreSQL locks or keeps copies of.
    pub fn row_marks(self) -> Nodes<'q, pg_sys::PlanRowMark> {
        nodes!(self, rowMarks: PlanRowMark)
    }

    /// The memory context that the planner's information about the query lies in.
    pub fn context(self) -> pg_sys::MemoryContext {
        field!(self, planner_cxt)
    }

    /// The equalities of a table's column with other relations that follow from the query's classes.
    pub fn implied_equalities(
        self,
        rel: Rel<'q>,
        mut attribute: pg_sys::AttrNumber,
    ) -> Nodes<'q, pg_sys::RestrictInfo> {
        // SAFETY: both are of one query, whose classes are there when paths are wanted; the callback takes the address of
        // such a number. What comes back are clauses of the same query.
        unsafe {
            Nodes::new(pg_sys::generate_implied_equalities_for_column(
                self.as_ptr(),
                rel.as_ptr(),
                Some(is_column),
                (&raw mut attribute).cast(),
                rel.lateral_referencers().as_ptr(),
            ))
        }
    }

    /// The clauses about a table and others that hold for its rows once these others have given their values.
    pub fn clauses_given(self, rel: Rel<'q>, outer: Set<'q>) -> Nodes<'q, pg_sys::RestrictInfo> {
        // SAFETY: all are of one query; for others than none, there is such information.
        unsafe {
            let info =
                pg_sys::get_baserel_parampathinfo(self.as_ptr(), rel.as_ptr(), outer.as_ptr());
            match info.as_ref() {
                Some(info) => Nodes::new(info.ppi_clauses),
                None => Nodes::default(),
            }
        }
    }

    /// Which share of a relation's rows some conditions leave, by what PostgreSQL knows. They are clauses of the query, or
    /// expressions of the relation alone.
    pub fn selectivity(
        self,
        rel: Rel<'q>,
        conditions: impl Iterator<Item = Node<'q, pg_sys::Node>>,
    ) -> f64 {
        let clauses: Nodes<pg_sys::Node> = conditions.collect();
        // SAFETY: all are of one query, and PostgreSQL takes both kinds. Of this relation alone: clauses of joins are estimated as such elsewhere, and what
        // is found here must not be kept for there.
        unsafe {
            pg_sys::clauselist_selectivity(
                self.as_ptr(),
                clauses.as_ptr(),
                rel.number() as i32,
                pg_sys::JoinType::JOIN_INNER,
                std::ptr::null_mut(),
            )
        }
    }

    /// An expression in which everything is evaluated that always gives the same.
    pub fn folded(self, expr: Expr<'q>) -> Expr<'q> {
        // SAFETY: both are of one query; what comes back is an expression, of the same one.
        unsafe {
            Node::always(pg_sys::eval_const_expressions(self.as_ptr(), expr.as_ptr().cast()).cast())
        }
    }

    /// An expression as far as planning can evaluate it.
    pub fn estimated(self, expr: Expr<'q>) -> Expr<'q> {
        // SAFETY: both are of one query; what comes back is an expression, of the same one.
        unsafe {
            Node::always(
                pg_sys::estimate_expression_value(self.as_ptr(), expr.as_ptr().cast()).cast(),
            )
        }
    }

    /// How many different values an expression has in so many rows.
    pub fn distinct_values(self, expr: Expr<'q>, rows: f64) -> f64 {
        let exprs: Nodes<pg_sys::Expr> = std::iter::once(expr).collect();
        // SAFETY: all are of one query; NULL stands for no grouping sets and for nobody who wants to know how.
        unsafe {
            pg_sys::estimate_num_groups(
                self.as_ptr(),
                exprs.as_ptr(),
                rows,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        }
    }
}

impl<'q> Rel<'q> {
    /// Its number in the range table; 0 for tables joined.
    pub fn number(self) -> pg_sys::Index {
        field!(self, relid)
    }

    /// The numbers of the tables that it is made of.
    pub fn relids(self) -> Set<'q> {
        set!(self, relids)
    }

    /// The relations that it can only be read after.
    pub fn lateral_relids(self) -> Set<'q> {
        set!(self, lateral_relids)
    }

    /// The relations that can only be read after it.
    pub fn lateral_referencers(self) -> Set<'q> {
        set!(self, lateral_referencers)
    }

    /// The tables or subqueries at the top of those that it is a part of; none where it is a part of nothing.
    pub fn top_parents(self) -> Set<'q> {
        set!(self, top_parent_relids)
    }

    /// What it gives.
    pub fn target(self) -> Nodes<'q, pg_sys::Expr> {
        // SAFETY: a relation has a target, which is a list of expressions.
        unsafe { Nodes::new((*(*self.as_ptr()).reltarget).exprs) }
    }

    /// How wide its rows are, in bytes.
    pub fn width(self) -> usize {
        // SAFETY: a relation has a target.
        let width: i32 = unsafe { (*(*self.as_ptr()).reltarget).width };
        usize::try_from(width).unwrap_or(0)
    }

    /// The clauses that are about it alone.
    pub fn restrictions(self) -> Nodes<'q, pg_sys::RestrictInfo> {
        nodes!(self, baserestrictinfo: RestrictInfo)
    }

    /// The clauses that are about it and others, besides those that follow from classes.
    pub fn join_clauses(self) -> Nodes<'q, pg_sys::RestrictInfo> {
        nodes!(self, joininfo: RestrictInfo)
    }

    /// Whether classes have it equal to others.
    pub fn has_class_joins(self) -> bool {
        field!(self, has_eclass_joins)
    }

    /// Its cheapest path, once all its paths are there.
    pub fn cheapest_path(self) -> Option<Node<'q, pg_sys::Path>> {
        // SAFETY: a path of the relation, or NULL; it stays, since no further paths of the relation replace it.
        unsafe { Node::new((*self.as_ptr()).cheapest_total_path) }
    }

    /// The paths that are still worth something.
    pub fn paths(self) -> Nodes<'q, pg_sys::Path> {
        nodes!(self, pathlist: Path)
    }

    /// Keeps those of its paths for which something holds. Of a relation whose paths are being collected: nobody has chosen
    /// from them yet.
    pub fn retain_paths(self, keep: impl Fn(Node<'q, pg_sys::Path>) -> bool) {
        let kept: Nodes<pg_sys::Path> = self.paths().iter().filter(|&path| keep(path)).collect();
        // SAFETY: the node is valid; the list is a new one, of paths of the relation in the order in which they were.
        unsafe { (*self.as_ptr()).pathlist = kept.as_ptr() };
    }

    /// How many rows its clauses leave.
    pub fn rows(self) -> f64 {
        field!(self, rows)
    }

    /// What a wrapper has told PostgreSQL to call for the size of a foreign table; None for a relation of another kind.
    pub fn get_foreign_rel_size(self) -> pg_sys::GetForeignRelSize_function {
        let routine: *const pg_sys::FdwRoutine = field!(self, fdwroutine);
        // SAFETY: a foreign table's relation has its wrapper's callbacks, others have NULL.
        unsafe { routine.as_ref() }.and_then(|routine| routine.GetForeignRelSize)
    }

    /// Says how many rows a foreign table has. PostgreSQL's estimates of clauses count on it.
    pub fn set_tuples(self, tuples: f64) {
        // SAFETY: the node is valid.
        unsafe { (*self.as_ptr()).tuples = tuples };
    }

    /// Says how many rows a foreign table's clauses leave, and how wide these are.
    pub fn set_size(self, rows: f64, width: i32) {
        // SAFETY: the node is valid, and has a target.
        unsafe {
            (*self.as_ptr()).rows = rows;
            (*(*self.as_ptr()).reltarget).width = width;
        }
    }

    /// The server of a foreign table.
    pub fn server(self) -> pg_sys::Oid {
        field!(self, serverid)
    }

    /// The role that a foreign table is read as; none is the current one.
    pub fn user(self) -> pg_sys::Oid {
        field!(self, userid)
    }

    /// Whether it is a table or subquery that is named in the query.
    pub fn is_base(self) -> bool {
        field!(self, reloptkind) == pg_sys::RelOptKind::RELOPT_BASEREL
    }

    /// Whether it is a table.
    pub fn is_table(self) -> bool {
        field!(self, rtekind) == pg_sys::RTEKind::RTE_RELATION
    }

    /// What of it is used elsewhere than in its own clauses, for each attribute: the relations of the query, of which 0 is
    /// the output. None for relations that are part of another.
    pub fn users_of(self, attribute: pg_sys::AttrNumber) -> Option<Set<'q>> {
        let needed = field!(self, attr_needed);
        let least: pg_sys::AttrNumber = field!(self, min_attr);
        let most: pg_sys::AttrNumber = field!(self, max_attr);
        if needed.is_null() || !(least..=most).contains(&attribute) {
            return None;
        }
        // SAFETY: there is a set for each attribute number from the least to the greatest.
        unsafe {
            Some(Set::new(
                *needed.add(usize::from(attribute.abs_diff(least))),
            ))
        }
    }

    /// Whether a clause may be checked where the relation is read, once others give their values.
    pub fn can_take(self, clause: Clause<'q>) -> bool {
        // SAFETY: both are of one query, and the relation is a table.
        unsafe { pg_sys::join_clause_is_movable_to(clause.as_ptr(), self.as_ptr()) }
    }
}

impl<'q> Clause<'q> {
    /// The same as a node of no special kind.
    pub fn as_node(self) -> Node<'q, pg_sys::Node> {
        // SAFETY: it is a node, of the same query.
        unsafe { Node::always(self.as_ptr().cast()) }
    }

    pub fn expr(self) -> Expr<'q> {
        // SAFETY: a clause has its expression.
        unsafe { Node::always((*self.as_ptr()).clause) }
    }

    /// The relations that it looks at.
    pub fn relids(self) -> Set<'q> {
        set!(self, clause_relids)
    }

    /// The relations that have to be there before it is checked.
    pub fn required_relids(self) -> Set<'q> {
        set!(self, required_relids)
    }

    /// Whether it is checked once, by a node of its own.
    pub fn is_pseudoconstant(self) -> bool {
        field!(self, pseudoconstant)
    }

    /// Whether it comes from above the join that it is checked at.
    pub fn is_pushed_down(self) -> bool {
        field!(self, is_pushed_down)
    }

    /// The class of what it says to be equal. An equality of the query is in one, and so are those that PostgreSQL derives.
    pub fn class(self) -> Option<EqualClass<'q>> {
        let (derived_from, left, right) = (
            field!(self, parent_ec),
            field!(self, left_ec),
            field!(self, right_ec),
        );
        let class = match derived_from.is_null() {
            // Otherwise its sides are in classes without each other.
            true if left == right => left,
            _ => derived_from,
        };
        // SAFETY: the class is of the same query, or NULL.
        let mut class: EqualClass = unsafe { Node::new(class)? };
        // SAFETY: a class that was merged into another one says so, and that one is of the same query, too.
        while let Some(merged) = unsafe { Node::new((*class.as_ptr()).ec_merged) } {
            class = merged;
        }
        Some(class)
    }
}

impl<'q> Nodes<'q, pg_sys::RestrictInfo> {
    /// The clauses' expressions, but for those that are checked once, by nodes of their own.
    pub fn exprs(self) -> Nodes<'q, pg_sys::Expr> {
        // SAFETY: a list of clauses, of which comes one of expressions.
        unsafe { Nodes::new(pg_sys::extract_actual_clauses(self.as_ptr(), false)) }
    }

    /// Those of an outer join that gives a relation: the conditions under which two rows are a pair, and what is checked
    /// behind it.
    pub fn of_outer_join(self, rel: Rel<'q>) -> (Nodes<'q, pg_sys::Expr>, Nodes<'q, pg_sys::Expr>) {
        let (mut conditions, mut filters) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: a list of clauses and the relations of the same query that are joined; what comes are two lists of
        // expressions.
        unsafe {
            pg_sys::extract_actual_join_clauses(
                self.as_ptr(),
                rel.relids().as_ptr(),
                &mut conditions,
                &mut filters,
            );
            (Nodes::new(conditions), Nodes::new(filters))
        }
    }
}

impl<'q> EqualClass<'q> {
    /// Whether one of its expressions may give another value each time.
    pub fn is_volatile(self) -> bool {
        field!(self, ec_has_volatile)
    }

    /// The clauses of the query that it was made of.
    pub fn sources(self) -> Nodes<'q, pg_sys::RestrictInfo> {
        nodes!(self, ec_sources: RestrictInfo)
    }

    /// Its members that are of a relation alone, and not what an outer join above it may have made of it.
    pub fn members_of(self, rel: Rel<'q>) -> Vec<EqualMember<'q>> {
        let own = nodes!(self, ec_members: EquivalenceMember);
        let of_children = compat::child_members(self, rel.number());
        own.iter()
            .chain(of_children.iter())
            .filter(|&member| {
                let relids = set!(member, em_relids);
                !field!(member, em_is_const)
                    && !relids.is_empty()
                    && relids.is_subset_of(rel.relids())
            })
            .collect()
    }
}

impl<'q> EqualMember<'q> {
    pub fn expr(self) -> Expr<'q> {
        // SAFETY: a member has its expression.
        unsafe { Node::always((*self.as_ptr()).em_expr) }
    }
}

impl<'q> PathKey<'q> {
    pub fn class(self) -> EqualClass<'q> {
        // SAFETY: a sort key has its class.
        unsafe { Node::always((*self.as_ptr()).pk_eclass) }
    }

    /// The operator family that says what comes first.
    pub fn family(self) -> pg_sys::Oid {
        field!(self, pk_opfamily)
    }
}

impl<'q> Nodes<'q, pg_sys::PathKey> {
    /// How many of these sort keys, from the first on, are the first of another list; and whether all are.
    pub fn shared_with(self, other: Nodes<'q, pg_sys::PathKey>) -> (usize, bool) {
        let mut shared = 0;
        // SAFETY: both are lists of sort keys of one query.
        let all = unsafe {
            pg_sys::pathkeys_count_contained_in(self.as_ptr(), other.as_ptr(), &mut shared)
        };
        (usize::try_from(shared).unwrap_or(0), all)
    }
}

impl<'q> QueryTree<'q> {
    pub fn is_select(self) -> bool {
        field!(self, commandType) == pg_sys::CmdType::CMD_SELECT
    }

    /// Whether it puts the rows of others together.
    pub fn has_set_operations(self) -> bool {
        !field!(self, setOperations).is_null()
    }

    /// Whether all set operations of the query are `UNION ALL`.
    pub fn only_appends(self) -> bool {
        let mut waiting = vec![field!(self, setOperations)];
        while let Some(part) = waiting.pop() {
            // SAFETY: NULL, or a part of the query's set operations, whose tag names its struct. A part that is another
            // operation has two parts.
            unsafe {
                if part.is_null() || (*part).type_ != pg_sys::NodeTag::T_SetOperationStmt {
                    continue;
                }
                let operation = part.cast::<pg_sys::SetOperationStmt>();
                if (*operation).op != pg_sys::SetOperation::SETOP_UNION || !(*operation).all {
                    return false;
                }
                waiting.extend([(*operation).larg, (*operation).rarg]);
            }
        }
        true
    }

    /// Whether it has a `LIMIT` that says how many rows.
    pub fn has_limit(self) -> bool {
        // SAFETY: an expression of the query, or NULL.
        let limit: Option<Expr> = unsafe { Node::new((*self.as_ptr()).limitCount.cast()) };
        limit.is_some_and(|limit| !limit.is_null_constant())
    }

    /// Whether it has a window whose rows have to be brought into an order first.
    pub fn has_sorted_windows(self) -> bool {
        let windows = nodes!(self, windowClause: WindowClause);
        windows.iter().any(|window| {
            !field!(window, partitionClause).is_null() || !field!(window, orderClause).is_null()
        })
    }

    /// Its `WITH`s.
    fn ctes(self) -> Nodes<'q, pg_sys::CommonTableExpr> {
        nodes!(self, cteList: CommonTableExpr)
    }

    /// Looks at the queries of its `WITH`s.
    pub fn in_ctes<T>(self, mut look: impl FnMut(QueryTree<'_>) -> Option<T>) -> Option<T> {
        self.ctes().iter().find_map(|cte| cte.in_query(&mut look))
    }

    pub fn has_aggregates(self) -> bool {
        field!(self, hasAggs)
    }

    pub fn has_grouping_sets(self) -> bool {
        !field!(self, groupingSets).is_null()
    }

    pub fn group_clause(self) -> Nodes<'q, pg_sys::SortGroupClause> {
        nodes!(self, groupClause: SortGroupClause)
    }

    pub fn distinct_clause(self) -> Nodes<'q, pg_sys::SortGroupClause> {
        nodes!(self, distinctClause: SortGroupClause)
    }

    pub fn has_sort_clause(self) -> bool {
        !field!(self, sortClause).is_null()
    }

    pub fn targets(self) -> Nodes<'q, pg_sys::TargetEntry> {
        nodes!(self, targetList: TargetEntry)
    }

    /// Its range table.
    pub fn entries(self) -> Nodes<'q, pg_sys::RangeTblEntry> {
        nodes!(self, rtable: RangeTblEntry)
    }

    /// An entry of its range table, by its number.
    pub fn entry(self, number: pg_sys::Index) -> Option<TableEntry<'q>> {
        self.entries().iter().nth((number as usize).checked_sub(1)?)
    }

    /// The role that an entry's permissions are checked as.
    pub fn checked_role(self, entry: TableEntry<'q>) -> pg_sys::Oid {
        compat::checked_role(self, entry)
    }

    /// Looks at the query of a `WITH` of this one, by its name.
    pub fn in_cte<T>(self, name: &str, look: impl FnOnce(QueryTree<'_>) -> Option<T>) -> Option<T> {
        let cte = self.ctes().iter().find(|cte| cte.name() == name)?;
        cte.in_query(look)
    }

    /// The attributes of one of its relations that it looks at anywhere but in its targets.
    pub fn attributes_besides_targets(self, relation: pg_sys::Index) -> Attributes {
        let mut used = Attributes::default();
        let parts: [*mut pg_sys::Node; 4] = [
            field!(self, returningList).cast(),
            field!(self, mergeActionList).cast(),
            field!(self, jointree).cast(),
            field!(self, havingQual),
        ];
        for part in parts {
            // SAFETY: each is NULL, or a tree of expressions.
            unsafe { used.add_those_in(part, relation) };
        }
        used
    }
}

impl<'q> Nodes<'q, pg_sys::SortGroupClause> {
    /// Whether rows can be sorted by all of them.
    pub fn are_sortable(self) -> bool {
        // SAFETY: a list of such clauses.
        unsafe { pg_sys::grouping_is_sortable(self.as_ptr()) }
    }
}

impl<'q> TableEntry<'q> {
    pub fn kind(self) -> pg_sys::RTEKind::Type {
        field!(self, rtekind)
    }

    /// The table's oid.
    pub fn table(self) -> pg_sys::Oid {
        field!(self, relid)
    }

    /// Looks at a subquery.
    pub fn in_subquery<T>(self, look: impl FnOnce(QueryTree<'_>) -> Option<T>) -> Option<T> {
        if self.kind() != pg_sys::RTEKind::RTE_SUBQUERY {
            return None;
        }
        // SAFETY: an entry of that kind has a query, which is another one than the entry's.
        look(unsafe { Node::new((*self.as_ptr()).subquery)? })
    }

    /// The name of a `WITH` of the same query that it reads, where that does not read itself.
    pub fn cte_name(self) -> Option<String> {
        self.cte_name_of(0)
    }

    /// The same for a `WITH` of a query that is so many further out.
    pub fn cte_name_of(self, level: pg_sys::Index) -> Option<String> {
        let is_plain = self.kind() == pg_sys::RTEKind::RTE_CTE
            && field!(self, ctelevelsup) == level
            && !field!(self, self_reference);
        // SAFETY: a name is a string.
        is_plain.then(|| unsafe { list::text((*self.as_ptr()).ctename) })
    }

    /// The expression behind a column of a join.
    pub fn join_column(self, attribute: pg_sys::AttrNumber) -> Option<Expr<'q>> {
        let columns: Nodes<pg_sys::Expr> = match self.kind() {
            pg_sys::RTEKind::RTE_JOIN => nodes!(self, joinaliasvars: Expr),
            _ => return None,
        };
        let place = usize::try_from(attribute).ok()?.checked_sub(1)?;
        // A column that is gone has no expression, but a place.
        // SAFETY: the list is one of expressions, or NULL, of the same query.
        unsafe {
            let at = list::iter::<pg_sys::Expr>(columns.as_ptr()).nth(place)?;
            Node::new(at)
        }
    }
}

impl Node<'_, pg_sys::CommonTableExpr> {
    fn name(self) -> String {
        // SAFETY: a name is a string.
        unsafe { list::text((*self.as_ptr()).ctename) }
    }

    /// Looks at its query.
    fn in_query<T>(self, look: impl FnOnce(QueryTree<'_>) -> Option<T>) -> Option<T> {
        // SAFETY: it is a query, part of the one that the `WITH` is of, and other than it.
        look(unsafe { Node::new((*self.as_ptr()).ctequery.cast::<pg_sys::Query>())? })
    }
}

impl<'q> Target<'q> {
    /// A new one, in the current memory context.
    pub fn new_of(expr: Expr<'q>, number: pg_sys::AttrNumber) -> Self {
        // SAFETY: the expression is valid; a target may be without a name.
        unsafe {
            Node::always(pg_sys::makeTargetEntry(
                expr.as_ptr(),
                number,
                std::ptr::null_mut(),
                false,
            ))
        }
    }

    /// Has it give another expression.
    pub fn set_expr(self, expr: Expr<'q>) {
        // SAFETY: both are of the same query.
        unsafe { (*self.as_ptr()).expr = expr.as_ptr() };
    }

    pub fn expr(self) -> Expr<'q> {
        // SAFETY: a target has its expression.
        unsafe { Node::always((*self.as_ptr()).expr) }
    }

    /// Its number among the targets, from 1.
    pub fn number(self) -> pg_sys::AttrNumber {
        field!(self, resno)
    }

    /// Whether it is for PostgreSQL's own use.
    pub fn is_junk(self) -> bool {
        field!(self, resjunk)
    }

    /// Its name, which may be empty.
    pub fn name(self) -> String {
        // SAFETY: a name is a string, or NULL.
        unsafe { list::text((*self.as_ptr()).resname) }
    }
}

impl<'q> Node<'q, pg_sys::Path> {
    /// The sort keys by which its rows come.
    pub fn pathkeys(self) -> Nodes<'q, pg_sys::PathKey> {
        nodes!(self, pathkeys: PathKey)
    }

    /// The relation that it reads.
    pub fn rel(self) -> Rel<'q> {
        // SAFETY: a path has its relation.
        unsafe { Node::always((*self.as_ptr()).parent) }
    }

    /// The same rows of a relation, sorted. PostgreSQL takes the sort of a hundred thousand rows to cost as much as a hundred
    /// requests, where it takes less time than one; so what is counted is the sort of those `rows` that are wanted first.
    pub fn sorted_by(
        self,
        root: Root<'q>,
        rel: Rel<'q>,
        pathkeys: Nodes<'q, pg_sys::PathKey>,
        rows: f64,
    ) -> Self {
        // SAFETY: all are of one query, and the path is one of the relation. The path that is made begins with a plain one.
        unsafe {
            Node::always(
                pg_sys::create_sort_path(
                    root.as_ptr(),
                    rel.as_ptr(),
                    self.as_ptr(),
                    pathkeys.as_ptr(),
                    rows,
                )
                .cast(),
            )
        }
    }

    /// The path over a foreign table that a nested loop runs again and again, whether or not its answers are kept by
    /// parameters. None for other paths, and where the inner side is not such a path.
    pub fn scan_in_loop(self) -> Option<Self> {
        // SAFETY: every path begins with its tag, and is of the struct that the tag names; its parts are of the same query.
        unsafe {
            if (*self.as_ptr()).type_ != pg_sys::NodeTag::T_NestPath {
                return None;
            }
            let join = self.as_ptr().cast::<pg_sys::NestPath>();
            let mut inner = (*join).jpath.innerjoinpath;
            if (*inner).type_ == pg_sys::NodeTag::T_MemoizePath {
                inner = (*inner.cast::<pg_sys::MemoizePath>()).subpath;
            }
            ((*inner).type_ == pg_sys::NodeTag::T_ForeignPath).then(|| Node::always(inner))
        }
    }

    /// Whether it needs values from elsewhere.
    pub fn is_parameterized(self) -> bool {
        !field!(self, param_info).is_null()
    }

    pub fn rows(self) -> f64 {
        field!(self, rows)
    }

    pub fn startup_cost(self) -> f64 {
        field!(self, startup_cost)
    }

    pub fn total_cost(self) -> f64 {
        field!(self, total_cost)
    }

    /// How wide its rows are, in bytes.
    pub fn width(self) -> usize {
        // SAFETY: a path has a target.
        let width: i32 = unsafe { (*(*self.as_ptr()).pathtarget).width };
        usize::try_from(width).unwrap_or(0)
    }
}

/// A mark of a relation whose rows are locked, or kept copies of.
impl<'q> Node<'q, pg_sys::PlanRowMark> {
    /// The relation's number.
    pub fn relation(self) -> pg_sys::Index {
        field!(self, rti)
    }

    /// The mark's own number.
    pub fn number(self) -> pg_sys::Index {
        field!(self, rowmarkId)
    }

    /// Whether whole rows are copied.
    pub fn copies(self) -> bool {
        let kinds: i32 = field!(self, allMarkTypes);
        kinds & (1 << pg_sys::RowMarkType::ROW_MARK_COPY) != 0
    }
}

/// Says whether a member of a class is the column of a relation that is looked for.
#[pg_guard]
unsafe extern "C-unwind" fn is_column(
    _root: *mut pg_sys::PlannerInfo,
    rel: *mut pg_sys::RelOptInfo,
    _class: *mut pg_sys::EquivalenceClass,
    member: *mut pg_sys::EquivalenceMember,
    attribute: *mut c_void,
) -> bool {
    // SAFETY: PostgreSQL passes a relation and a member of one query, and the number that the call above has passed.
    let (rel, member, attribute) = unsafe {
        (
            Rel::new(rel),
            EqualMember::new(member),
            *attribute.cast::<pg_sys::AttrNumber>(),
        )
    };
    let var = member.and_then(|member| member.expr().plain().var());
    rel.zip(var)
        .is_some_and(|(rel, var)| var.relation == rel.number() && var.attribute == attribute)
}
