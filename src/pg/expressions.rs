//! Expressions, taken apart and made. What is made lies in the current memory context, as lists of nodes do.

use pgrx::pg_sys;

use super::datum::TypedDatum;
use super::nodes::{Comparison, Expr, Node, Nodes};

impl<'q> Expr<'q> {
    /// The function that it calls, and with what.
    pub fn function(self) -> Option<(u32, Vec<Expr<'q>>)> {
        let call = self.read::<pg_sys::FuncExpr>()?;
        // SAFETY: the arguments are parts of this expression.
        let args: Nodes<pg_sys::Expr> = unsafe { Nodes::new(call.args) };
        Some((call.funcid.to_u32(), args.iter().collect()))
    }

    /// What all have to hold, if it is an AND.
    pub fn all_of(self) -> Option<Vec<Expr<'q>>> {
        self.joined_by(pg_sys::BoolExprType::AND_EXPR)
    }

    /// What one of has to hold, if it is an OR.
    pub fn one_of(self) -> Option<Vec<Expr<'q>>> {
        self.joined_by(pg_sys::BoolExprType::OR_EXPR)
    }

    fn joined_by(self, word: pg_sys::BoolExprType::Type) -> Option<Vec<Expr<'q>>> {
        let joined = self.read::<pg_sys::BoolExpr>()?;
        // SAFETY: the arguments are parts of this expression.
        let args: Nodes<pg_sys::Expr> = unsafe { Nodes::new(joined.args) };
        (joined.boolop == word).then(|| args.iter().collect())
    }

    /// What it says to be true.
    pub fn said_to_be_true(self) -> Option<Expr<'q>> {
        let test = self.read::<pg_sys::BooleanTest>()?;
        (test.booltesttype == pg_sys::BoolTestType::IS_TRUE)
            // SAFETY: what is tested is a part of this expression.
            .then(|| unsafe { Node::always(test.arg) })
    }

    /// Both sides of an `IS NOT DISTINCT FROM`, with the operator that compares them where neither is NULL.
    pub fn not_distinct(self) -> Option<Comparison<'q>> {
        let [distinct] = self.joined_by(pg_sys::BoolExprType::NOT_EXPR)?[..] else {
            return None;
        };
        distinct.operator_of(pg_sys::NodeTag::T_DistinctExpr)
    }

    /// What it gives, unless that equals something else, if it is a NULLIF.
    pub fn null_if(self) -> Option<Expr<'q>> {
        self.operator_of(pg_sys::NodeTag::T_NullIfExpr)
            .map(|comparison| comparison.left)
    }

    /// A node that is of an operator's struct, and has a tag of its own.
    fn operator_of(self, tag: pg_sys::NodeTag) -> Option<Comparison<'q>> {
        // SAFETY: the node begins with its tag, and both that are asked for here are of the struct.
        let expr = unsafe {
            ((*self.as_ptr()).type_ == tag).then(|| *self.as_ptr().cast::<pg_sys::OpExpr>())?
        };
        // SAFETY: the arguments are parts of this expression.
        let args: Nodes<pg_sys::Expr> = unsafe { Nodes::new(expr.args) };
        let mut sides = args.iter();
        Some(Comparison {
            left: sides.next()?,
            operator: expr.opno,
            right: sides.next()?,
            collation: expr.inputcollid,
            any: false,
        })
    }

    /// The first of what it gives the first of that is not NULL, and the others.
    pub fn coalesced(self) -> Option<(Expr<'q>, Vec<Expr<'q>>)> {
        let coalesce = self.read::<pg_sys::CoalesceExpr>()?;
        // SAFETY: the arguments are parts of this expression.
        let args: Nodes<pg_sys::Expr> = unsafe { Nodes::new(coalesce.args) };
        let mut args = args.iter();
        Some((args.next()?, args.collect()))
    }

    /// What it writes as a text.
    pub fn written_as_text(self) -> Option<Expr<'q>> {
        let written = self.plain().read::<pg_sys::CoerceViaIO>()?;
        matches!(written.resulttype, pg_sys::TEXTOID | pg_sys::VARCHAROID)
            // SAFETY: what is written is a part of this expression.
            .then(|| unsafe { Node::always(written.arg) })
    }

    /// Whether it is a constant NULL, or false.
    pub fn is_never_true(self) -> bool {
        self.is_constant() && self.constant().is_none_or(|value| !value.is_true())
    }

    fn is_constant(self) -> bool {
        self.read::<pg_sys::Const>().is_some()
    }

    /// The elements of an array of one dimension whose elements are written in the query.
    pub fn elements(self) -> Option<Vec<Expr<'q>>> {
        if let Some(array) = self.read::<pg_sys::ArrayExpr>() {
            // SAFETY: the elements are parts of this expression.
            let elements: Nodes<pg_sys::Expr> = unsafe { Nodes::new(array.elements) };
            return (!array.multidims).then(|| elements.iter().collect());
        }
        if !self.is_constant() {
            return None;
        }
        let Some(array) = self.constant() else {
            return Some(Vec::new());
        };
        array
            .elements()
            .map(|elements| elements.into_iter().map(Expr::of_value).collect())
    }

    /// A constant. What the value points to is not copied.
    pub fn of_value(value: TypedDatum<'q>) -> Self {
        let (datum, type_oid) = (value.datum(), value.type_oid());
        let (mut length, mut by_value) = (0, false);
        // SAFETY: the first looks into the catalog, for a type that there is; the datum is a value of that type, which
        // stays as long as the expression.
        unsafe {
            pg_sys::get_typlenbyval(type_oid, &mut length, &mut by_value);
            Node::always(
                pg_sys::makeConst(
                    type_oid,
                    -1,
                    pg_sys::get_typcollation(type_oid),
                    length.into(),
                    datum,
                    false,
                    by_value,
                )
                .cast(),
            )
        }
    }

    /// A column of a relation of the query.
    pub fn column(
        relation: pg_sys::Index,
        attribute: pg_sys::AttrNumber,
        type_oid: pg_sys::Oid,
    ) -> Self {
        // SAFETY: a catalog look-up; the node is a new one.
        unsafe {
            let collation = pg_sys::get_typcollation(type_oid);
            let var = pg_sys::makeVar(relation as i32, attribute, type_oid, -1, collation, 0);
            Node::always(var.cast())
        }
    }

    /// A function, by its number, called with what it takes.
    pub fn call(function: u32, args: impl IntoIterator<Item = Expr<'q>>) -> Self {
        let args: Nodes<pg_sys::Expr> = args.into_iter().collect();
        let function = pg_sys::Oid::from(function);
        let (mut types, mut count) = (std::ptr::null_mut(), 0);
        // SAFETY: a catalog look-up by oid, which raises an error where there is no such function; the list has a type for
        // each argument.
        let (gives, takes) = unsafe {
            let gives = pg_sys::get_func_signature(function, &mut types, &mut count);
            let count = usize::try_from(count).unwrap_or(0);
            let takes = (0..count).map(|place| *types.add(place));
            (gives, takes.collect::<Vec<_>>())
        };
        let given: Vec<pg_sys::Oid> = args.iter().map(Expr::type_oid).collect();
        assert_eq!(given, takes, "a function is called with what it takes");
        // SAFETY: the function takes what it is given, and gives values of that type.
        unsafe {
            let call = pg_sys::makeFuncExpr(
                function,
                gives,
                args.as_ptr(),
                pg_sys::InvalidOid,
                pg_sys::InvalidOid,
                pg_sys::CoercionForm::COERCE_EXPLICIT_CALL,
            );
            Node::always(call.cast())
        }
    }

    /// The least or the greatest of some values that have no collation, NULLs left out. None without one, or where they are of
    /// several types.
    pub fn extreme(greatest: bool, values: impl IntoIterator<Item = Expr<'q>>) -> Option<Self> {
        let mut values = values.into_iter().peekable();
        let type_oid = values.peek()?.type_oid();
        let values: Nodes<pg_sys::Expr> = values.collect();
        if values.iter().any(|value| value.type_oid() != type_oid) {
            return None;
        }
        // SAFETY: the node is allocated in the current memory context, zeroed, and gets its tag.
        unsafe {
            let node =
                pg_sys::palloc0(size_of::<pg_sys::MinMaxExpr>()).cast::<pg_sys::MinMaxExpr>();
            (*node).xpr.type_ = pg_sys::NodeTag::T_MinMaxExpr;
            (*node).minmaxtype = type_oid;
            (*node).op = match greatest {
                true => pg_sys::MinMaxOp::IS_GREATEST,
                false => pg_sys::MinMaxOp::IS_LEAST,
            };
            (*node).args = values.as_ptr();
            (*node).location = -1;
            Some(Node::always(node.cast()))
        }
    }

    /// The result of the first case whose condition holds, or else another one. All are of one type, without a collation.
    pub fn case(
        cases: impl IntoIterator<Item = (Expr<'q>, Expr<'q>)>,
        otherwise: Expr<'q>,
    ) -> Self {
        let type_oid = otherwise.type_oid();
        let cases = cases.into_iter().map(|(condition, result)| {
            assert!(
                condition.type_oid() == pg_sys::BOOLOID && result.type_oid() == type_oid,
                "all cases give the same"
            );
            // SAFETY: the node is allocated in the current memory context, zeroed, and gets its tag.
            unsafe {
                let case =
                    pg_sys::palloc0(size_of::<pg_sys::CaseWhen>()).cast::<pg_sys::CaseWhen>();
                (*case).xpr.type_ = pg_sys::NodeTag::T_CaseWhen;
                (*case).expr = condition.as_ptr();
                (*case).result = result.as_ptr();
                (*case).location = -1;
                Node::<pg_sys::CaseWhen>::always(case)
            }
        });
        let cases: Nodes<pg_sys::CaseWhen> = cases.collect();
        // SAFETY: as above.
        unsafe {
            let node = pg_sys::palloc0(size_of::<pg_sys::CaseExpr>()).cast::<pg_sys::CaseExpr>();
            (*node).xpr.type_ = pg_sys::NodeTag::T_CaseExpr;
            (*node).casetype = type_oid;
            (*node).args = cases.as_ptr();
            (*node).defresult = otherwise.as_ptr();
            (*node).location = -1;
            Node::always(node.cast())
        }
    }

    /// An array of some values, in another type where they are of another; None where they cannot become such.
    pub fn array(values: impl IntoIterator<Item = Expr<'q>>, element: pg_sys::Oid) -> Option<Self> {
        let values: Option<Vec<Expr>> = values
            .into_iter()
            .map(|value| value.coerced(element))
            .collect();
        let values: Nodes<pg_sys::Expr> = values?.into_iter().collect();
        // SAFETY: catalog look-ups; the node is allocated in the current memory context, zeroed, and gets its tag.
        unsafe {
            let node = pg_sys::palloc0(size_of::<pg_sys::ArrayExpr>()).cast::<pg_sys::ArrayExpr>();
            (*node).xpr.type_ = pg_sys::NodeTag::T_ArrayExpr;
            (*node).array_typeid = pg_sys::get_array_type(element);
            (*node).array_collid = pg_sys::get_typcollation(element);
            (*node).element_typeid = element;
            (*node).elements = values.as_ptr();
            (*node).location = -1;
            Some(Node::always(node.cast()))
        }
    }

    /// The same value in another type; None where it cannot become one.
    pub fn coerced(self, type_oid: pg_sys::Oid) -> Option<Self> {
        // SAFETY: the expression is valid; nobody parses, which may be said by NULL. What comes back is an expression over
        // this one, or NULL.
        unsafe {
            Node::new(
                pg_sys::coerce_to_target_type(
                    std::ptr::null_mut(),
                    self.as_ptr().cast(),
                    self.type_oid(),
                    type_oid,
                    -1,
                    pg_sys::CoercionContext::COERCION_EXPLICIT,
                    pg_sys::CoercionForm::COERCE_IMPLICIT_CAST,
                    -1,
                )
                .cast(),
            )
        }
    }
}

impl<'q> Comparison<'q> {
    /// The comparison as an expression, of other sides; None where its operator does not take these.
    pub fn of(self, left: Expr<'q>, right: Expr<'q>) -> Option<Expr<'q>> {
        let (mut takes_left, mut takes_right) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
        // SAFETY: catalog look-ups by oid; planning runs in a transaction.
        let can_be = unsafe {
            pg_sys::op_input_types(self.operator, &mut takes_left, &mut takes_right);
            let right = match self.any {
                true => pg_sys::get_element_type(right.type_oid()),
                false => right.type_oid(),
            };
            pg_sys::IsBinaryCoercible(left.type_oid(), takes_left)
                && pg_sys::IsBinaryCoercible(right, takes_right)
        };
        if !can_be {
            return None;
        }
        let sides: Nodes<pg_sys::Expr> = [left, right].into_iter().collect();
        // SAFETY: nodes are allocated in the current memory context, zeroed, and get their tags. The operator is one that
        // compares, and takes both sides.
        unsafe {
            if !self.any {
                return Node::new(pg_sys::make_opclause(
                    self.operator,
                    pg_sys::BOOLOID,
                    false,
                    left.as_ptr(),
                    right.as_ptr(),
                    pg_sys::InvalidOid,
                    self.collation,
                ));
            }
            let node = pg_sys::palloc0(size_of::<pg_sys::ScalarArrayOpExpr>())
                .cast::<pg_sys::ScalarArrayOpExpr>();
            (*node).xpr.type_ = pg_sys::NodeTag::T_ScalarArrayOpExpr;
            (*node).opno = self.operator;
            (*node).useOr = true;
            (*node).inputcollid = self.collation;
            (*node).args = sides.as_ptr();
            (*node).location = -1;
            Node::new(node.cast())
        }
    }
}
