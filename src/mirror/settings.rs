//! Settings under which a mirror is written, so that the same rows are written, and as fast, whatever the session has set.

use pgrx::prelude::*;

use crate::pg::report::Report;

/// Fixes, until the transaction ends, what the form of times and numbers in texts depends on, and who reads whose rows; and that
/// no time goes into compiling statements that run once.
pub(super) fn fix() {
    let fixed = "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
                        set_config('extra_float_digits', '1', true), set_config('row_security', 'off', true),
                        set_config('jit', 'off', true)";
    Spi::run(fixed).unwrap_or_else(|error| Report::from(error).raise());
}
