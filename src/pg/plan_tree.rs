//! Plans, as [nodes](super::nodes) that are safe to look at. A lifetime stands for one planned statement.

use std::ffi::CStr;

use pgrx::pg_sys;
use pgrx::pg_sys::NodeTag;

use super::nodes::{Node, Nodes, Set, field, nodes, set};

/// A plan.
pub(crate) type Plan<'s> = Node<'s, pg_sys::Plan>;

impl<'s> Plan<'s> {
    /// The tag that says which struct a plan is of.
    pub fn tag(self) -> NodeTag {
        field!(self, type_)
    }

    fn as_a<T>(self, tag: NodeTag) -> Option<Node<'s, T>> {
        // SAFETY: every use below names the tag of the struct.
        (self.tag() == tag).then(|| unsafe { Node::always(self.as_ptr().cast()) })
    }

    /// The plan's number in the statement.
    pub fn number(self) -> i32 {
        field!(self, plan_node_id)
    }

    /// How many rows it is expected to give each time.
    pub fn rows(self) -> f64 {
        field!(self, plan_rows)
    }

    /// How many different runs of what is below it a node that keeps their rows expects; None if it is no such node.
    pub fn kept_runs(self) -> Option<f64> {
        let memoize = self.as_a::<pg_sys::Memoize>(NodeTag::T_Memoize)?;
        Some(field!(memoize, est_entries).into())
    }

    /// What it gives.
    pub fn targets(self) -> Nodes<'s, pg_sys::TargetEntry> {
        nodes!(self, targetlist: TargetEntry)
    }

    pub fn left(self) -> Option<Self> {
        // SAFETY: a plan of the same statement, or NULL.
        unsafe { Node::new((*self.as_ptr()).lefttree) }
    }

    pub fn right(self) -> Option<Self> {
        // SAFETY: a plan of the same statement, or NULL.
        unsafe { Node::new((*self.as_ptr()).righttree) }
    }

    /// The executor's parameters that it depends on, and whose values come from outside of it.
    pub fn outer_params(self) -> Set<'s> {
        set!(self, extParam)
    }

    /// All executor's parameters that it depends on.
    pub fn params(self) -> Set<'s> {
        set!(self, allParam)
    }

    /// Whether it is a nested loop that gives values to its right side.
    pub fn gives_params(self) -> bool {
        self.as_a::<pg_sys::NestLoop>(NodeTag::T_NestLoop)
            .is_some_and(|nested_loop| !field!(nested_loop, nestParams).is_null())
    }

    /// Whether it takes all rows of what is on its left before it gives one.
    pub fn takes_all(self) -> bool {
        if let Some(aggregate) = self.as_a::<pg_sys::Agg>(NodeTag::T_Agg) {
            let strategy = field!(aggregate, aggstrategy);
            return matches!(
                strategy,
                pg_sys::AggStrategy::AGG_PLAIN | pg_sys::AggStrategy::AGG_HASHED
            );
        }
        if let Some(set) = self.as_a::<pg_sys::SetOp>(NodeTag::T_SetOp) {
            return field!(set, strategy) == pg_sys::SetOpStrategy::SETOP_HASHED;
        }
        matches!(
            self.tag(),
            NodeTag::T_Hash | NodeTag::T_Sort | NodeTag::T_ModifyTable
        )
    }

    /// Whether it is a join of which one partner of a row is enough.
    pub fn wants_one_partner(self) -> bool {
        if !matches!(
            self.tag(),
            NodeTag::T_NestLoop | NodeTag::T_MergeJoin | NodeTag::T_HashJoin
        ) {
            return false;
        }
        // SAFETY: the tags are those of joins, whose structs begin with this one.
        let join: Node<pg_sys::Join> = unsafe { Node::always(self.as_ptr().cast()) };
        let kind = field!(join, jointype);
        let is_semi = kind == pg_sys::JoinType::JOIN_SEMI || kind == pg_sys::JoinType::JOIN_ANTI;
        field!(join, inner_unique) || is_semi
    }

    pub fn merge_append(self) -> Option<Node<'s, pg_sys::MergeAppend>> {
        self.as_a(NodeTag::T_MergeAppend)
    }

    /// The name of a custom plan's kind.
    pub fn custom_name(self) -> Option<&'s CStr> {
        let custom = self.as_a::<pg_sys::CustomScan>(NodeTag::T_CustomScan)?;
        // SAFETY: a custom plan has its methods, and their name lives as long as the library that they are of.
        Some(unsafe { CStr::from_ptr((*(*custom.as_ptr()).methods).CustomName) })
    }

    /// The plans below it that are neither on its left nor on its right.
    pub fn parts(self) -> Nodes<'s, pg_sys::Plan> {
        if let Some(append) = self.as_a::<pg_sys::Append>(NodeTag::T_Append) {
            nodes!(append, appendplans: Plan)
        } else if let Some(append) = self.merge_append() {
            nodes!(append, mergeplans: Plan)
        } else if let Some(custom) = self.as_a::<pg_sys::CustomScan>(NodeTag::T_CustomScan) {
            nodes!(custom, custom_plans: Plan)
        } else if let Some(scan) = self.as_a::<pg_sys::SubqueryScan>(NodeTag::T_SubqueryScan) {
            // SAFETY: a plan of the same statement.
            let plan: Option<Plan> = unsafe { Node::new((*scan.as_ptr()).subplan) };
            plan.into_iter().collect()
        } else {
            Nodes::default()
        }
    }
}
