//! Versions of PostgreSQL: every difference between those that are supported, one function each.
//!
//! `build.rs` sets `pg_ge_16` for PostgreSQL 16 and everything later, and so on. A difference is told by such a lower
//! bound alone: the branch without one is for versions that are known and older. So a new major version takes the
//! newest branch of each, where it compiles as before or does not compile at all. No `cfg` about versions stands
//! anywhere else.

use std::ptr::null_mut;

use pgrx::pg_sys;

/// What a path over a foreign table is made of.
pub(crate) struct ScanPath {
    pub rows: f64,
    pub startup_cost: f64,
    pub total_cost: f64,
    pub pathkeys: *mut pg_sys::List,
    pub required_outer: pg_sys::Relids,
    pub private: *mut pg_sys::List,
}

impl ScanPath {
    /// Makes the path, with the relation's own target, no path beside it and, since 17, no conditions of its own.
    /// Since 18 a path counts the nodes in it that settings disable: there is no setting for foreign scans.
    ///
    /// # Safety
    /// `root` and `rel` are valid, `rel` is a foreign table, and the pointers are what PostgreSQL takes for such a path.
    pub unsafe fn create(
        self,
        root: *mut pg_sys::PlannerInfo,
        rel: *mut pg_sys::RelOptInfo,
    ) -> *mut pg_sys::ForeignPath {
        // SAFETY: by the caller's promise; where NULL is given, it stands for none.
        unsafe {
            pg_sys::create_foreignscan_path(
                root,
                rel,
                null_mut(),
                self.rows,
                #[cfg(pg_ge_18)]
                0,
                self.startup_cost,
                self.total_cost,
                self.pathkeys,
                self.required_outer,
                null_mut(),
                #[cfg(pg_ge_17)]
                null_mut(),
                self.private,
            )
        }
    }
}

/// Lets a path count the disabled nodes of the path that it is made over. Before 18 their cost tells.
///
/// # Safety
/// Both are valid paths, and `path` is nobody else's.
pub(crate) unsafe fn take_disabled_nodes(path: *mut pg_sys::Path, over: *const pg_sys::Path) {
    #[cfg(pg_ge_18)]
    // SAFETY: by the caller's promise.
    unsafe {
        (*path).disabled_nodes = (*over).disabled_nodes;
    }
    #[cfg(not(pg_ge_18))]
    let _ = (path, over);
}

/// Whether a path key sorts from the largest value down. Before 18 it is told by the strategy of B-trees.
///
/// # Safety
/// `pathkey` is valid, and its operator family is one of B-trees.
pub(crate) unsafe fn is_descending(pathkey: *const pg_sys::PathKey) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        #[cfg(pg_ge_18)]
        let descending = (*pathkey).pk_cmptype == pg_sys::CompareType::COMPARE_GT;
        #[cfg(not(pg_ge_18))]
        let descending = (*pathkey).pk_strategy == pg_sys::BTGreaterStrategyNumber as i32;
        descending
    }
}

/// The members of a class that are of a child. Since 18 they are kept apart from the others.
///
/// # Safety
/// `class` is valid.
pub(crate) unsafe fn child_members(
    class: *const pg_sys::EquivalenceClass,
    rel: pg_sys::Index,
) -> impl Iterator<Item = *mut pg_sys::EquivalenceMember> {
    // SAFETY: by the caller's promise; the array has a place for each relation below its size.
    unsafe {
        #[cfg(pg_ge_18)]
        let members = {
            let has_place = !(*class).ec_childmembers.is_null()
                && i64::from(rel) < i64::from((*class).ec_childmembers_size);
            match has_place {
                true => *(*class).ec_childmembers.add(rel as usize),
                false => null_mut(),
            }
        };
        #[cfg(not(pg_ge_18))]
        let members = {
            let _ = (class, rel);
            null_mut()
        };
        super::list::iter(members)
    }
}

/// Whether some plans of a MergeAppend may turn out to be of no use while it runs. Since 18 what tells is elsewhere.
///
/// # Safety
/// `append` is valid.
pub(crate) unsafe fn may_leave_out(append: *const pg_sys::MergeAppend) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        #[cfg(pg_ge_18)]
        let may = (*append).part_prune_index >= 0;
        #[cfg(not(pg_ge_18))]
        let may = !(*append).part_prune_info.is_null();
        may
    }
}

/// Makes a column's name that of a target which is the same column. Since 16 a name says, too, which outer joins may
/// have made the column NULL.
///
/// # Safety
/// Both are columns or both placeholders, and the first is nobody else's.
pub(crate) unsafe fn join_names(name: *mut pg_sys::Expr, target: *mut pg_sys::Expr) {
    #[cfg(pg_ge_16)]
    // SAFETY: by the caller's promise; the tag names the struct.
    unsafe {
        if (*name).type_ == pg_sys::NodeTag::T_Var {
            (*name.cast::<pg_sys::Var>()).varnullingrels =
                (*target.cast::<pg_sys::Var>()).varnullingrels;
        } else {
            (*name.cast::<pg_sys::PlaceHolderVar>()).phnullingrels =
                (*target.cast::<pg_sys::PlaceHolderVar>()).phnullingrels;
        }
    }
    #[cfg(not(pg_ge_16))]
    let _ = (name, target);
}

/// The role that a query checks a table's permissions as: its `checkAsUser`, else the current one. Since 16 that is
/// kept apart from the range table.
///
/// # Safety
/// `entry` is a table in the query's range table.
pub(crate) unsafe fn checked_role(
    query: *const pg_sys::Query,
    entry: *const pg_sys::RangeTblEntry,
) -> pg_sys::Oid {
    // SAFETY: by the caller's promise.
    unsafe {
        #[cfg(pg_ge_16)]
        let role = {
            // Counted from 1; 0 where no permissions are checked.
            let place = ((*entry).perminfoindex as usize).checked_sub(1);
            let mut all = super::list::iter::<pg_sys::RTEPermissionInfo>((*query).rteperminfos);
            place
                .and_then(|place| all.nth(place))
                .map_or(pg_sys::InvalidOid, |info| (*info).checkAsUser)
        };
        #[cfg(not(pg_ge_16))]
        let role = {
            let _ = query;
            (*entry).checkAsUser
        };
        or_current(role)
    }
}

/// The role that a scan's plan checks the table's permissions as, which for a view is its owner: its user mapping
/// counts. Since 16 the plan itself says it.
///
/// # Safety
/// `scan` and `estate` are those of a node that is being initialised.
pub(crate) unsafe fn checked_role_of_scan(
    scan: *const pg_sys::ForeignScan,
    estate: *mut pg_sys::EState,
) -> pg_sys::Oid {
    // SAFETY: by the caller's promise, the scan's entry is in the range table.
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
///
/// # Safety
/// It runs in a transaction.
pub(crate) unsafe fn may_use_server(
    server: pg_sys::Oid,
    role: pg_sys::Oid,
) -> pg_sys::AclResult::Type {
    // SAFETY: by the caller's promise; a catalog look-up.
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
        super::list::text(version)
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
