//! Options: what users set on servers, user mappings, tables and columns.

use confluence::options::{self, OptionPlace};
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};

use crate::errors::option_report;
use crate::pg::list;
use crate::pg::report::Report;

/// Options as they are written.
pub(crate) type OptionList = Vec<(String, String)>;

/// `confluence_fdw_validator(text[], oid)`: refuses options that nobody knows, values that are none, and
/// sets that make no sense. PostgreSQL calls it with everything that would be set on the object.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn confluence_fdw_validator(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: PostgreSQL calls the function as it is declared: a text array and an oid, neither NULL.
    let (array, catalog) = unsafe {
        let args = (*fcinfo).args.as_slice(2);
        (args[0].value, pg_sys::Oid::from_datum(args[1].value, false))
    };
    // SAFETY: the first argument is a text array, which is what untransformRelOptions takes.
    let written = unsafe { written(pg_sys::untransformRelOptions(array)) };
    match catalog {
        Some(pg_sys::ForeignServerRelationId) => validate(OptionPlace::Server, &written),
        Some(pg_sys::UserMappingRelationId) => validate(OptionPlace::UserMapping, &written),
        Some(pg_sys::ForeignTableRelationId) => validate(OptionPlace::Table, &written),
        Some(pg_sys::AttributeRelationId) => validate(OptionPlace::Column, &written),
        // The wrapper itself has none.
        _ => {
            if let Some((name, _)) = written.first() {
                Report::new(
                    Code::ERRCODE_FDW_INVALID_OPTION_NAME,
                    format!("invalid option \"{name}\""),
                )
                .hint("There are no valid options in this context.")
                .raise();
            }
        }
    }
    pg_sys::Datum::null()
}

fn validate(place: OptionPlace, written: &OptionList) {
    for (name, value) in written {
        let spec = match options::check(place, name, value) {
            Ok(spec) => spec,
            Err(problem) => option_report(&problem, place).raise(),
        };
        // SAFETY: superuser() looks at the current user only.
        if spec.superuser && !unsafe { pg_sys::superuser() } {
            Report::new(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("permission denied to set option \"{name}\""),
            )
            .hint("Only superusers may set it: it decides to which host secrets go, or which file the server reads.")
            .raise();
        }
    }
    if let Err(problem) = options::check_together(place, written) {
        option_report(&problem, place).raise();
    }
}

/// Options from a list of DefElem nodes.
///
/// # Safety
/// `options` is NIL or a valid list of DefElem nodes, as catalogs and parsers give options.
pub(crate) unsafe fn written(options: *mut pg_sys::List) -> OptionList {
    // SAFETY: each element is a DefElem, whose name is a string; defGetString gives a string for any value.
    unsafe {
        list::iter::<pg_sys::DefElem>(options)
            .map(|option| {
                (
                    list::text((*option).defname),
                    list::text(pg_sys::defGetString(option)),
                )
            })
            .collect()
    }
}
