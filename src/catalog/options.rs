//! Options: what users set on servers, user mappings, tables and columns.

use confluence::options::OptionProblem;
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};

use super::option_list::{self, MisplacedOption, OptionPlace};
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
        let option = match option_list::find(place, name) {
            Ok(option) => option,
            Err(misplaced) => misplaced_report(name, &misplaced, place).raise(),
        };
        if let Err(problem) = option.spec.check(value) {
            problem_report(&problem, place).raise();
        }
        // SAFETY: superuser() looks at the current user only.
        if option.superuser && !unsafe { pg_sys::superuser() } {
            Report::new(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("permission denied to set option \"{name}\""),
            )
            .hint("Only superusers may set it: it decides to which host secrets go, or which file the server reads.")
            .raise();
        }
    }
    if let Err(problem) = option_list::check_together(place, written) {
        problem_report(&problem, place).raise();
    }
}

/// What an option that cannot be set there is to its user.
fn misplaced_report(name: &str, misplaced: &MisplacedOption, place: OptionPlace) -> Report {
    match misplaced {
        MisplacedOption::Unknown { nearest, valid } => Report::new(
            Code::ERRCODE_FDW_INVALID_OPTION_NAME,
            format!("invalid option \"{name}\" of a {}", place.name()),
        )
        .hint(match nearest {
            Some(nearest) => format!("Perhaps you meant the option \"{nearest}\"."),
            None if valid.is_empty() => "There are no valid options in this context.".to_owned(),
            None => format!("Valid options in this context are: {}.", valid.join(", ")),
        }),
        MisplacedOption::Elsewhere {
            place: right,
            secret,
        } => Report::new(
            Code::ERRCODE_FDW_INVALID_OPTION_NAME,
            format!("option \"{name}\" does not belong to a {}", place.name()),
        )
        .hint(if *secret {
            format!(
                "Secrets belong to the {}: everybody can read other options.",
                right.name()
            )
        } else {
            format!("Set it on the {}.", right.name())
        }),
    }
}

/// What a wrong option is to its user.
pub(crate) fn problem_report(problem: &OptionProblem, place: OptionPlace) -> Report {
    match problem {
        OptionProblem::Value { name, expected } => Report::new(
            Code::ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
            format!("invalid value for option \"{name}\""),
        )
        .hint(format!("Expected {expected}.")),
        OptionProblem::Conflict(one, other) => Report::new(
            Code::ERRCODE_FDW_INVALID_OPTION_NAME,
            format!("options \"{one}\" and \"{other}\" exclude each other"),
        )
        .hint(match place {
            OptionPlace::UserMapping => "A user mapping holds one way to sign in: email with api_token or api_token_file, or client_id with client_secret, or access_token, or what confluence.oauth_exchange has set. DROP what belongs to another.",
            _ => "DROP one of them.",
        }),
        OptionProblem::Missing(missing) => Report::new(
            Code::ERRCODE_FDW_OPTION_NAME_NOT_FOUND,
            format!("option \"{}\" is required", missing.name()),
        )
        .hint(option_list::how_to_add(*missing)),
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
