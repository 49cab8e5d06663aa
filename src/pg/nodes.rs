//! Nodes of PostgreSQL's, which are safe to look at: expressions, lists and sets of a query that is being planned, or of
//! a plan.
//!
//! The lifetime of a [`Node`] stands for one query, or one plan. Whoever makes a node from a pointer promises that it is
//! one of theirs and stays as long. All that it leads to is then of the same query and stays, too, so looking at it and
//! handing it to PostgreSQL together with other nodes of the query is safe. A lifetime cannot become another one, neither
//! longer nor shorter, so nodes of two queries do not get mixed up. Where a node leads to another query, a closure gets
//! that one's nodes, under a lifetime of their own.
//!
//! PostgreSQL may change nodes while it plans, so no reference to one is ever held: what is looked at is copied out.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::fmt;
use std::iter;
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};

use pgrx::{pg_guard, pg_sys};

use super::datum::TypedDatum;
use super::list;

/// What ties a value to the query `'q` and to no other.
type Of<'q> = PhantomData<fn(&'q ()) -> &'q ()>;

/// A node of the query `'q`.
pub(crate) struct Node<'q, T> {
    at: NonNull<T>,
    of: Of<'q>,
}

impl<T> Clone for Node<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<'_, T> {}

impl<T> fmt::Debug for Node<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}

impl<'q, T> Node<'q, T> {
    /// The node at an address; None where that is NULL.
    ///
    /// # Safety
    /// The address is NULL, or that of a valid `T` of the query or plan that `'q` stands for: all other nodes of `'q` are
    /// of the same one. While `'q` lasts, no part of the query is freed, nobody but PostgreSQL changes it, and the
    /// memory context that is the current one is not reset.
    pub unsafe fn new(at: *mut T) -> Option<Self> {
        NonNull::new(at).map(|at| Self {
            at,
            of: PhantomData,
        })
    }

    /// The same, where PostgreSQL always has a node.
    ///
    /// # Safety
    /// The address is that of a valid `T` of the query or plan that `'q` stands for, and what [`Node::new`] asks for the
    /// time that `'q` lasts is given: nothing of the query is freed, nobody but PostgreSQL changes it, and the current
    /// memory context is not reset.
    pub unsafe fn always(at: *mut T) -> Self {
        Self {
            // SAFETY: the caller has said that it is not NULL.
            at: unsafe { NonNull::new_unchecked(at) },
            of: PhantomData,
        }
    }

    /// The node's address, for PostgreSQL.
    pub fn as_ptr(self) -> *mut T {
        self.at.as_ptr()
    }
}

/// A field of a node, copied.
macro_rules! field {
    ($node:expr, $field:ident) => {
        // SAFETY: the node is valid.
        unsafe { (*$node.as_ptr()).$field }
    };
}
pub(super) use field;

/// The nodes in a list that a node keeps in a field, of which PostgreSQL's headers say the struct: it stands beside the
/// field. They are of the same query.
macro_rules! nodes {
    ($node:expr, $field:ident: $struct:ident) => {
        // SAFETY: the node is valid, so that its list is one of such nodes. PostgreSQL takes none off it.
        unsafe { Nodes::<pg_sys::$struct>::new((*$node.as_ptr()).$field) }
    };
}
pub(super) use nodes;

/// The set that a node keeps in a field. It is of the same query.
macro_rules! set {
    ($node:expr, $field:ident) => {
        // SAFETY: a field of that type holds a set, or NULL.
        unsafe { Set::new((*$node.as_ptr()).$field) }
    };
}
pub(super) use set;

/// Structs that begin with a tag of their own, by which they are told from others.
///
/// # Safety
/// Every node with the tag is of the struct.
pub(super) unsafe trait Tagged: Copy {
    const TAG: pg_sys::NodeTag;
}

macro_rules! tagged {
    ($($name:ident $tag:ident,)*) => {
        // SAFETY: PostgreSQL names its tags after its structs.
        $(unsafe impl Tagged for pg_sys::$name {
            const TAG: pg_sys::NodeTag = pg_sys::NodeTag::$tag;
        })*
    };
}

tagged! {
    ArrayExpr T_ArrayExpr,
    BoolExpr T_BoolExpr,
    BooleanTest T_BooleanTest,
    CoalesceExpr T_CoalesceExpr,
    CoerceViaIO T_CoerceViaIO,
    Const T_Const,
    FuncExpr T_FuncExpr,
    NullTest T_NullTest,
    OpExpr T_OpExpr,
    Param T_Param,
    PlaceHolderVar T_PlaceHolderVar,
    RelabelType T_RelabelType,
    ScalarArrayOpExpr T_ScalarArrayOpExpr,
    Var T_Var,
}

/// A list of nodes of a query.
pub(crate) struct Nodes<'q, T> {
    list: *mut pg_sys::List,
    of: PhantomData<Node<'q, T>>,
}

impl<T> Clone for Nodes<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Nodes<'_, T> {}

impl<T> fmt::Debug for Nodes<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<T> Default for Nodes<'_, T> {
    fn default() -> Self {
        Self {
            list: null_mut(),
            of: PhantomData,
        }
    }
}

impl<'q, T> Nodes<'q, T> {
    /// The nodes in a list.
    ///
    /// # Safety
    /// The list is NIL, or a valid list of pointers. Each is NULL or that of a valid `T` of the query or plan that `'q`
    /// stands for. While `'q` lasts, no node is taken off the list, and what [`Node::new`] asks for that time is given.
    pub unsafe fn new(list: *mut pg_sys::List) -> Self {
        Self {
            list,
            of: PhantomData,
        }
    }

    /// The nodes. Places without one are passed over.
    pub fn iter(self) -> impl Iterator<Item = Node<'q, T>> {
        // SAFETY: as `new` was promised.
        unsafe { list::iter::<T>(self.list).filter_map(|at| Node::new(at)) }
    }

    /// How many places the list has.
    pub fn len(self) -> usize {
        // SAFETY: as `new` was promised.
        unsafe { list::iter::<T>(self.list).len() }
    }

    pub fn is_empty(self) -> bool {
        self.list.is_null()
    }

    /// The list, for PostgreSQL.
    pub fn as_ptr(self) -> *mut pg_sys::List {
        self.list
    }
}

impl<'q, T> FromIterator<Node<'q, T>> for Nodes<'q, T> {
    /// A new list, in the current memory context.
    fn from_iter<I: IntoIterator<Item = Node<'q, T>>>(nodes: I) -> Self {
        Self {
            list: list::from_pointers(nodes.into_iter().map(Node::as_ptr)),
            of: PhantomData,
        }
    }
}

/// A set of small numbers, such as those of the relations of a query. It is never changed: what makes another of it
/// takes a copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set<'q> {
    at: *mut pg_sys::Bitmapset,
    of: Of<'q>,
}

impl<'q> Set<'q> {
    /// The set at an address. NULL is the empty one.
    ///
    /// # Safety
    /// The address is NULL, or that of a valid set, which stays and which nobody changes while `'q` lasts.
    pub unsafe fn new(at: *mut pg_sys::Bitmapset) -> Self {
        Self {
            at,
            of: PhantomData,
        }
    }

    /// The empty set.
    pub fn empty() -> Self {
        Self {
            at: null_mut(),
            of: PhantomData,
        }
    }

    pub fn is_empty(self) -> bool {
        self.membership() == pg_sys::BMS_Membership::BMS_EMPTY_SET
    }

    /// Whether it has one member.
    pub fn is_single(self) -> bool {
        self.membership() == pg_sys::BMS_Membership::BMS_SINGLETON
    }

    fn membership(self) -> pg_sys::BMS_Membership::Type {
        // SAFETY: the set is valid, or NULL.
        unsafe { pg_sys::bms_membership(self.at) }
    }

    pub fn contains(self, member: u32) -> bool {
        // SAFETY: the set is valid, or NULL. PostgreSQL refuses numbers below 0, which nothing is that is in a set.
        i32::try_from(member).is_ok_and(|member| unsafe { pg_sys::bms_is_member(member, self.at) })
    }

    pub fn is_subset_of(self, other: Set<'_>) -> bool {
        // SAFETY: both are valid, or NULL.
        unsafe { pg_sys::bms_is_subset(self.at, other.at) }
    }

    /// The members, from the least on.
    pub fn iter(self) -> impl Iterator<Item = i32> {
        let mut last = -1;
        iter::from_fn(move || {
            // SAFETY: the set is valid, or NULL; after the greatest member it says a number below 0.
            last = unsafe { pg_sys::bms_next_member(self.at, last) };
            (last >= 0).then_some(last)
        })
    }

    pub fn union(self, other: Set<'q>) -> Self {
        // SAFETY: both are valid, or NULL; the union is a set of its own, in the current memory context.
        unsafe { Self::new(pg_sys::bms_union(self.at, other.at)) }
    }

    pub fn without(self, member: u32) -> Self {
        let Ok(member) = i32::try_from(member) else {
            return self;
        };
        // SAFETY: the set is valid, or NULL; what is changed is a copy, in the current memory context.
        unsafe { Self::new(pg_sys::bms_del_member(pg_sys::bms_copy(self.at), member)) }
    }

    /// The set, for PostgreSQL.
    pub fn as_ptr(self) -> *mut pg_sys::Bitmapset {
        self.at
    }
}

impl PartialEq for Set<'_> {
    fn eq(&self, other: &Self) -> bool {
        // SAFETY: both are valid, or NULL.
        unsafe { pg_sys::bms_equal(self.at, other.at) }
    }
}

/// Attributes of a relation, by their numbers; 0 is the whole row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(BTreeSet<pg_sys::AttrNumber>);

impl Attributes {
    /// Whether an attribute is there, by itself or with the whole row.
    pub fn has(&self, attribute: pg_sys::AttrNumber) -> bool {
        self.has_whole_row() || self.0.contains(&attribute)
    }

    pub fn has_whole_row(&self) -> bool {
        self.0.contains(&0)
    }

    /// Whether there are none besides this one.
    pub fn are_at_most(&self, attribute: Option<pg_sys::AttrNumber>) -> bool {
        self.0.iter().all(|known| Some(*known) == attribute)
    }

    /// Adds the attributes of a relation that an expression, or a list of such, looks at.
    ///
    /// # Safety
    /// The tree is NULL, or a valid one.
    pub unsafe fn add_those_in(&mut self, tree: *mut pg_sys::Node, relation: pg_sys::Index) {
        let mut used = null_mut();
        // SAFETY: the tree is valid, as the caller says; the set is our own.
        let used = unsafe {
            pg_sys::pull_varattnos(tree, relation, &mut used);
            Set::new(used)
        };
        // Sets have no numbers below 0, as those of system columns are.
        self.0.extend(used.iter().map(|member| {
            (member + pg_sys::FirstLowInvalidHeapAttributeNumber) as pg_sys::AttrNumber
        }));
    }
}

impl Extend<Attributes> for Attributes {
    fn extend<I: IntoIterator<Item = Attributes>>(&mut self, others: I) {
        self.0.extend(others.into_iter().flat_map(|other| other.0));
    }
}

/// An expression.
pub(crate) type Expr<'q> = Node<'q, pg_sys::Expr>;

/// A column of a relation of a query, as an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Var {
    /// The relation's number in the query's range table.
    pub relation: pg_sys::Index,
    pub attribute: pg_sys::AttrNumber,
    /// How many queries further out the relation is.
    pub level: pg_sys::Index,
}

/// `left operator right`, or `left operator ANY (right)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison<'q> {
    pub left: Expr<'q>,
    pub operator: pg_sys::Oid,
    pub right: Expr<'q>,
    pub collation: pg_sys::Oid,
    /// Whether the right side is an array, of which one element will do.
    pub any: bool,
}

impl<'q> Expr<'q> {
    pub(super) fn read<T: Tagged>(self) -> Option<T> {
        // SAFETY: every node begins with its tag, and is of the struct that the tag names.
        unsafe { ((*self.as_ptr()).type_ == T::TAG).then(|| *self.as_ptr().cast::<T>()) }
    }

    /// The same as a node of no special kind.
    pub fn as_node(self) -> Node<'q, pg_sys::Node> {
        Node {
            at: self.at.cast(),
            of: PhantomData,
        }
    }

    /// The expression without what only renames its type.
    pub fn plain(self) -> Self {
        let mut expr = self;
        while let Some(relabel) = expr.read::<pg_sys::RelabelType>() {
            // SAFETY: what is renamed is a part of this expression.
            expr = unsafe { Node::always(relabel.arg) };
        }
        expr
    }

    /// The column that it is.
    pub fn var(self) -> Option<Var> {
        let var = self.read::<pg_sys::Var>()?;
        Some(Var {
            relation: var.varno as pg_sys::Index,
            attribute: var.varattno,
            level: var.varlevelsup,
        })
    }

    /// Whether it is this column of this query.
    pub fn is_var(self, relation: pg_sys::Index, attribute: pg_sys::AttrNumber) -> bool {
        self.var()
            == Some(Var {
                relation,
                attribute,
                level: 0,
            })
    }

    /// The comparison that it is.
    pub fn comparison(self) -> Option<Comparison<'q>> {
        let (operator, collation, args, any) = if let Some(expr) = self.read::<pg_sys::OpExpr>() {
            (expr.opno, expr.inputcollid, expr.args, false)
        } else {
            let expr = self.read::<pg_sys::ScalarArrayOpExpr>()?;
            if !expr.useOr {
                return None;
            }
            (expr.opno, expr.inputcollid, expr.args, true)
        };
        // SAFETY: the arguments of an operator are parts of this expression.
        let args: Nodes<pg_sys::Expr> = unsafe { Nodes::new(args) };
        let mut sides = args.iter();
        let (left, right) = (sides.next()?, sides.next()?);
        sides.next().is_none().then_some(Comparison {
            left,
            operator,
            right,
            collation,
            any,
        })
    }

    /// What it says is not NULL, if it says that.
    pub fn not_null(self) -> Option<Self> {
        let test = self.read::<pg_sys::NullTest>()?;
        (test.nulltesttype == pg_sys::NullTestType::IS_NOT_NULL)
            // SAFETY: what is tested is a part of this expression.
            .then(|| unsafe { Node::always(test.arg) })
    }

    /// The number of the executor's parameter that it is.
    pub fn executor_param(self) -> Option<i32> {
        let param = self.read::<pg_sys::Param>()?;
        (param.paramkind == pg_sys::ParamKind::PARAM_EXEC).then_some(param.paramid)
    }

    /// The value of a constant. None where it is NULL, or no constant.
    pub fn constant(self) -> Option<TypedDatum<'q>> {
        let constant = self.read::<pg_sys::Const>()?;
        // SAFETY: a constant holds a value of its type, which is a part of this expression.
        unsafe {
            TypedDatum::new(
                constant.constvalue,
                constant.constisnull,
                constant.consttype,
            )
        }
    }

    /// Whether it is the constant NULL.
    pub fn is_null_constant(self) -> bool {
        self.read::<pg_sys::Const>()
            .is_some_and(|constant| constant.constisnull)
    }

    /// The number of elements of an array, where it is known before the array is evaluated. NULL has none.
    pub fn array_length(self) -> Option<usize> {
        if self.read::<pg_sys::Const>().is_some() {
            return self.constant().map_or(Some(0), TypedDatum::array_length);
        }
        let array = self.read::<pg_sys::ArrayExpr>()?;
        // SAFETY: the elements are parts of this expression.
        let elements: Nodes<pg_sys::Expr> = unsafe { Nodes::new(array.elements) };
        (!array.multidims).then(|| elements.len())
    }

    /// The number of the placeholder that it is, and what that stands for.
    pub fn placeholder(self) -> Option<(pg_sys::Index, Self)> {
        let placeholder = self.read::<pg_sys::PlaceHolderVar>()?;
        // SAFETY: what it stands for is a part of this expression.
        Some((placeholder.phid, unsafe {
            Node::always(placeholder.phexpr)
        }))
    }

    pub fn type_oid(self) -> pg_sys::Oid {
        // SAFETY: the expression is valid.
        unsafe { pg_sys::exprType(self.as_ptr().cast()) }
    }

    /// The relations that it looks at. Placeholders count as what they are evaluated at.
    pub fn relations(self) -> Set<'q> {
        // SAFETY: the expression is valid, and PostgreSQL does without its planner's information. The set is a new one.
        unsafe { Set::new(pg_sys::pull_varnos(null_mut(), self.as_ptr().cast())) }
    }

    /// The attributes of a relation that it looks at.
    pub fn attributes(self, relation: pg_sys::Index) -> Attributes {
        let mut attributes = Attributes::default();
        // SAFETY: the expression is valid.
        unsafe { attributes.add_those_in(self.as_ptr().cast(), relation) };
        attributes
    }

    /// Whether it gives the same each time that it is evaluated within a statement, and needs no plan of its own.
    pub fn is_stable(self) -> bool {
        // SAFETY: both walk over an expression, which is valid.
        unsafe {
            !pg_sys::contain_volatile_functions(self.as_ptr().cast())
                && !pg_sys::contain_subplans(self.as_ptr().cast())
        }
    }

    /// Whether it looks at any column of its query.
    pub fn has_vars(self) -> bool {
        // SAFETY: walks over an expression, which is valid.
        unsafe { pg_sys::contain_var_clause(self.as_ptr().cast()) }
    }

    /// The executor's parameters in it, by their numbers.
    pub fn executor_params(self) -> Vec<i32> {
        let mut numbers: Vec<i32> = Vec::new();
        // SAFETY: the expression is valid, and the walker takes the address of such a list.
        unsafe { add_executor_params(self.as_ptr().cast(), (&raw mut numbers).cast()) };
        numbers
    }

    /// Whether the two are the same expression, written in two places or not.
    pub fn equals(self, other: Expr<'_>) -> bool {
        // SAFETY: both are valid.
        unsafe { pg_sys::equal(self.as_ptr().cast(), other.as_ptr().cast()) }
    }

    /// A copy, in the current memory context.
    pub fn copied(self) -> Self {
        // SAFETY: the expression is valid, and a copy of a node is one of the same kind.
        unsafe { Node::always(pg_sys::copyObjectImpl(self.as_ptr().cast()).cast()) }
    }

    /// A copy of a comparison with its sides turned; None where that cannot be.
    pub fn commuted(self) -> Option<Self> {
        let comparison = self.read::<pg_sys::OpExpr>()?;
        self.comparison()?;
        // SAFETY: a catalog look-up.
        if unsafe { pg_sys::get_commutator(comparison.opno) } == pg_sys::InvalidOid {
            return None;
        }
        let copy = self.copied();
        // SAFETY: the copy is a comparison of two sides, nobody else's yet, and its operator has a commutator.
        unsafe { pg_sys::CommuteOpExpr(copy.as_ptr().cast()) };
        Some(copy)
    }
}

impl<'q> Nodes<'q, pg_sys::Expr> {
    /// The columns and placeholders in some expressions, which are free of aggregates, as all below the grouping are.
    pub fn names(self) -> impl Iterator<Item = Expr<'q>> {
        // SAFETY: PostgreSQL takes a list of expressions for one; what it finds are parts of them.
        let names: Nodes<pg_sys::Expr> = unsafe {
            Nodes::new(pg_sys::pull_var_clause(
                self.as_ptr().cast(),
                pg_sys::PVC_INCLUDE_PLACEHOLDERS as i32,
            ))
        };
        names.iter()
    }
}

/// Adds the numbers of the executor's parameters in an expression to a list, and says that it has not seen enough.
#[pg_guard]
unsafe extern "C-unwind" fn add_executor_params(
    node: *mut pg_sys::Node,
    numbers: *mut c_void,
) -> bool {
    // SAFETY: called for nodes of a valid expression, or NULL, with the address of a list of numbers that nobody else
    // looks at meanwhile; a tag names its struct.
    unsafe {
        if node.is_null() {
            return false;
        }
        if (*node).type_ == pg_sys::NodeTag::T_Param {
            let param = node.cast::<pg_sys::Param>();
            if (*param).paramkind == pg_sys::ParamKind::PARAM_EXEC {
                (*numbers.cast::<Vec<i32>>()).push((*param).paramid);
            }
            return false;
        }
        pg_sys::expression_tree_walker(node, Some(add_executor_params), numbers)
    }
}
