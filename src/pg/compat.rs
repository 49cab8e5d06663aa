//! Versions of PostgreSQL: every difference between those that are supported, one function each.
//!
//! `build.rs` sets `pg_ge_16` for PostgreSQL 16 and everything later, and so on. A difference is told by such a lower
//! bound alone: the branch without one is for versions that are known and older. So a new major version takes the
//! newest branch of each, where it compiles as before or does not compile at all. No `cfg` about versions stands
//! anywhere else.

use std::ptr::null_mut;

use pgrx::pg_sys;
use serde::Serialize;

use super::execution;
use super::list;
use super::nodes::{Expr, Node, Nodes, Set};
use super::planning::{EqualClass, PathKey, QueryTree, Rel, Root, TableEntry};

/// What a path over a foreign table is made of.
pub(crate) struct ScanPath<'q, T> {
    pub rows: f64,
    pub startup_cost: f64,
    pub total_cost: f64,
    pub pathkeys: Nodes<'q, pg_sys::PathKey>,
    pub required_outer: Set<'q>,
    /// What the path keeps, for the plan that is made of it.
    pub private: T,
}

impl<'q, T: Serialize> ScanPath<'q, T> {
    /// Makes the path, with the relation's own target, no path beside it and, since 17, no conditions of its own.
    /// Since 18 a path counts the nodes in it that settings disable: there is no setting for foreign scans.
    pub fn create(self, root: Root<'q>, rel: Rel<'q>) -> Node<'q, pg_sys::ForeignPath> {
        // Its wrapper is asked for the plan.
        assert!(
            rel.get_foreign_rel_size().is_some(),
            "a foreign path is one of a foreign table"
        );
        // SAFETY: all nodes are of one query, and the relation is a foreign table of it; where NULL is given, it stands
        // for none.
        unsafe {
            Node::always(pg_sys::create_foreignscan_path(
                root.as_ptr(),
                rel.as_ptr(),
                null_mut(),
                self.rows,
                #[cfg(pg_ge_18)]
                0,
                self.startup_cost,
                self.total_cost,
                self.pathkeys.as_ptr(),
                self.required_outer.as_ptr(),
                null_mut(),
                #[cfg(pg_ge_17)]
                null_mut(),
                list::of_value(&self.private),
            ))
        }
    }
}

/// Lets a path count the disabled nodes of the path that it is made over. Before 18 their cost tells.
pub(crate) fn take_disabled_nodes(path: Node<'_, pg_sys::Path>, over: Node<'_, pg_sys::Path>) {
    #[cfg(pg_ge_18)]
    // SAFETY: both are valid paths.
    unsafe {
        (*path.as_ptr()).disabled_nodes = (*over.as_ptr()).disabled_nodes;
    }
    #[cfg(not(pg_ge_18))]
    let _ = (path, over);
}

/// Whether a path key sorts from the largest value down. Before 18 it is told by the strategy of B-trees.
pub(crate) fn is_descending(pathkey: PathKey) -> bool {
    // SAFETY: the node is valid.
    unsafe {
        #[cfg(pg_ge_18)]
        let descending = (*pathkey.as_ptr()).pk_cmptype == pg_sys::CompareType::COMPARE_GT;
        #[cfg(not(pg_ge_18))]
        let descending = (*pathkey.as_ptr()).pk_strategy == pg_sys::BTGreaterStrategyNumber as i32;
        descending
    }
}

/// The members of a class that are of a child. Since 18 they are kept apart from the others.
pub(super) fn child_members<'q>(
    class: EqualClass<'q>,
    rel: pg_sys::Index,
) -> Nodes<'q, pg_sys::EquivalenceMember> {
    #[cfg(pg_ge_18)]
    // SAFETY: the node is valid; its array has a place for each relation below its size, with a list of members or NIL.
    unsafe {
        let class = class.as_ptr();
        let has_place = !(*class).ec_childmembers.is_null()
            && i64::from(rel) < i64::from((*class).ec_childmembers_size);
        match has_place {
            true => Nodes::new(*(*class).ec_childmembers.add(rel as usize)),
            false => Nodes::default(),
        }
    }
    #[cfg(not(pg_ge_18))]
    {
        let _ = (class, rel);
        Nodes::default()
    }
}

/// Whether some plans of a MergeAppend may turn out to be of no use while it runs. Since 18 what tells is elsewhere.
pub(crate) fn may_leave_out(append: Node<'_, pg_sys::MergeAppend>) -> bool {
    // SAFETY: the node is valid.
    unsafe {
        #[cfg(pg_ge_18)]
        let may = (*append.as_ptr()).part_prune_index >= 0;
        #[cfg(not(pg_ge_18))]
        let may = !(*append.as_ptr()).part_prune_info.is_null();
        may
    }
}

/// Makes a column's name that of a target which is the same column, or the same placeholder. Since 16 a name says, too,
/// which outer joins may have made it NULL.
pub(crate) fn join_names(name: Expr, target: Expr) {
    #[cfg(pg_ge_16)]
    // SAFETY: both nodes are valid, and are of the structs that they were asked about.
    unsafe {
        if name.var().is_some() && target.var().is_some() {
            (*name.as_ptr().cast::<pg_sys::Var>()).varnullingrels =
                (*target.as_ptr().cast::<pg_sys::Var>()).varnullingrels;
        } else if name.placeholder().is_some() && target.placeholder().is_some() {
            (*name.as_ptr().cast::<pg_sys::PlaceHolderVar>()).phnullingrels =
                (*target.as_ptr().cast::<pg_sys::PlaceHolderVar>()).phnullingrels;
        }
    }
    #[cfg(not(pg_ge_16))]
    let _ = (name, target);
}

/// The role that a query checks a table's permissions as: its `checkAsUser`, else the current one. Since 16 that is
/// kept apart from the range table.
pub(super) fn checked_role<'q>(query: QueryTree<'q>, entry: TableEntry<'q>) -> pg_sys::Oid {
    #[cfg(pg_ge_16)]
    // SAFETY: both nodes are valid, and of one query, whose list of permissions has one for each that is asked for. They
    // are counted from 1; 0 is where none are checked.
    let role = unsafe {
        let infos: Nodes<pg_sys::RTEPermissionInfo> = Nodes::new((*query.as_ptr()).rteperminfos);
        let place = ((*entry.as_ptr()).perminfoindex as usize).checked_sub(1);
        place
            .and_then(|place| infos.iter().nth(place))
            .map_or(pg_sys::InvalidOid, |info| (*info.as_ptr()).checkAsUser)
    };
    #[cfg(not(pg_ge_16))]
    // SAFETY: the node is valid.
    let role = unsafe {
        let _ = query;
        (*entry.as_ptr()).checkAsUser
    };
    or_current(role)
}

/// The role that a scan's plan checks the table's permissions as, which for a view is its owner: its user mapping
/// counts. Since 16 the plan itself says it.
///
/// # Safety
/// `scan` is the plan of a node that is being initialised in `estate`.
pub(crate) unsafe fn checked_role_of_scan(
    scan: *const pg_sys::ForeignScan,
    estate: *mut pg_sys::EState,
) -> pg_sys::Oid {
    // SAFETY: both are valid, and the scan's entry is in the range table of what is executed.
    unsafe {
        #[cfg(pg_ge_16)]
        let role = {
            let _ = estate;
            (*scan).checkAsUser
        };
        #[cfg(not(pg_ge_16))]
        let role = (*pg_sys::exec_rt_fetch((*scan).scan.scanrelid, estate)).checkAsUser;
        or_current(role)
    }
}

/// The role that a `checkAsUser` stands for.
pub(crate) fn or_current(role: pg_sys::Oid) -> pg_sys::Oid {
    if role == pg_sys::InvalidOid {
        // SAFETY: tells the current user.
        unsafe { pg_sys::GetUserId() }
    } else {
        role
    }
}

/// Whether a role may use a server: ACLCHECK_OK, or why not. Since 16 one function checks objects of all kinds.
pub(crate) fn may_use_server(server: pg_sys::Oid, role: pg_sys::Oid) -> pg_sys::AclResult::Type {
    // SAFETY: a catalog look-up by oid, which raises an error where there is no such server.
    unsafe {
        #[cfg(pg_ge_16)]
        let allowed = pg_sys::object_aclcheck(
            pg_sys::ForeignServerRelationId,
            server,
            role,
            pg_sys::ACL_USAGE.into(),
        );
        #[cfg(not(pg_ge_16))]
        let allowed = pg_sys::pg_foreign_server_aclcheck(server, role, pg_sys::ACL_USAGE);
        allowed
    }
}

/// Whether Append looks for a cancel while it waits: in early minor releases it sleeps until a site answers.
pub(crate) fn append_can_be_interrupted() -> bool {
    // SAFETY: a setting that is always there; its text is valid until the next change of it, which there is none of.
    let version = unsafe {
        let version = pg_sys::GetConfigOption(c"server_version_num".as_ptr(), true, false);
        list::text(version)
    };
    let version: u32 = version.parse().unwrap_or(0);
    let first_minor = match version / 10_000 {
        15 => 13,
        16 => 9,
        17 => 5,
        _ => 0,
    };
    version % 10_000 >= first_minor
}

/// What `pg_stat_activity` shows while a backend waits for the site. Before 17 the waits of extensions have no names.
pub(crate) fn wait_event() -> u32 {
    #[cfg(pg_ge_17)]
    {
        thread_local! {
            // SAFETY: the name is a string that ends with NUL; PostgreSQL gives one number for one name.
            static EVENT: u32 = unsafe { pg_sys::WaitEventExtensionNew(c"ConfluenceAnswer".as_ptr()) };
        }
        EVENT.with(|event| *event)
    }
    #[cfg(not(pg_ge_17))]
    pg_sys::PG_WAIT_EXTENSION
}

#[cfg(not(pg_ge_18))]
unsafe extern "C-unwind" {
    /// PostgreSQL's own, as it is: pgrx catches the errors of the one that it declares.
    fn standard_ExecutorRun(
        query: *mut pg_sys::QueryDesc,
        direction: pg_sys::ScanDirection::Type,
        count: u64,
        execute_once: bool,
    );
}

#[cfg(pg_ge_18)]
unsafe extern "C-unwind" {
    /// As above.
    fn standard_ExecutorRun(
        query: *mut pg_sys::QueryDesc,
        direction: pg_sys::ScanDirection::Type,
        count: u64,
    );
}

/// A query runs, or goes on. Since 18 nobody is told whether it does so once.
#[cfg(not(pg_ge_18))]
pub(super) unsafe extern "C-unwind" fn executor_run(
    query: *mut pg_sys::QueryDesc,
    direction: pg_sys::ScanDirection::Type,
    count: u64,
    execute_once: bool,
) {
    // SAFETY: PostgreSQL passes a query that is being executed. Nothing here is dropped when an error jumps over it.
    unsafe {
        execution::begin((*query).estate);
        match execution::run_before() {
            Some(before) => before(query, direction, count, execute_once),
            None => standard_ExecutorRun(query, direction, count, execute_once),
        }
    }
    execution::end();
}

/// As above.
#[cfg(pg_ge_18)]
pub(super) unsafe extern "C-unwind" fn executor_run(
    query: *mut pg_sys::QueryDesc,
    direction: pg_sys::ScanDirection::Type,
    count: u64,
) {
    // SAFETY: as above.
    unsafe {
        execution::begin((*query).estate);
        match execution::run_before() {
            Some(before) => before(query, direction, count),
            None => standard_ExecutorRun(query, direction, count),
        }
    }
    execution::end();
}
