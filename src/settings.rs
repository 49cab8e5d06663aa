//! What users set for a session or a statement: `SET confluence_fdw.… = …`; and what superusers set for roles, and for all
//! servers.

use std::ffi::CString;

use confluence::options::Prefer;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, PostgresGucEnum, pg_sys};

/// `confluence_fdw.enable_batch_join`: whether joins by batch are planned.
pub(crate) static ENABLE_BATCH_JOIN: GucSetting<bool> = GucSetting::<bool>::new(true);

/// `confluence_fdw.prefer`: what is spared where not both can be.
static PREFER: GucSetting<PreferSetting> = GucSetting::<PreferSetting>::new(PreferSetting::Time);

/// [`Prefer`], as it is written.
#[derive(Clone, Copy, PostgresGucEnum)]
enum PreferSetting {
    #[name = c"requests"]
    Requests,
    #[name = c"time"]
    Time,
}

/// `confluence_fdw.statement_cache_size`: in how many kilobytes a statement keeps answers that it may want again.
static STATEMENT_CACHE_SIZE: GucSetting<i32> = GucSetting::<i32>::new(32 * 1024);

/// `confluence_fdw.progress`: whether scans tell how far they have come.
pub(crate) static PROGRESS: GucSetting<bool> = GucSetting::<bool>::new(false);

/// `confluence_fdw.progress_interval`: how often one scan tells, in milliseconds.
pub(crate) static PROGRESS_INTERVAL: GucSetting<i32> = GucSetting::<i32>::new(5_000);

/// `confluence_fdw.max_requests`: how many requests all scans of a statement may send together; 0 for any number.
static MAX_REQUESTS: GucSetting<i32> = GucSetting::<i32>::new(0);

/// `confluence_fdw.proxy`: the proxy of servers that name none.
static PROXY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// `confluence_fdw.ca_file`: the file with authorities of servers that name none.
static CA_FILE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Settings for all servers that do not have the option of the same name. For superusers, as those options are: so nobody
/// else can take them away.
static OF_SERVERS: [(&str, &GucSetting<Option<CString>>); 2] =
    [("proxy", &PROXY), ("ca_file", &CA_FILE)];

/// Declares the settings. What a session has set before the library was loaded is taken over, if it is valid.
pub(crate) fn declare() {
    GucRegistry::define_bool_guc(
        c"confluence_fdw.enable_batch_join",
        c"Enables the planner's use of joins that ask for their keys in batches.",
        c"",
        &ENABLE_BATCH_JOIN,
        GucContext::Userset,
        GucFlags::EXPLAIN,
    );
    GucRegistry::define_enum_guc(
        c"confluence_fdw.prefer",
        c"Sets what is spared where fewer requests take longer.",
        c"With time, long listings are read in groups, side by side; with requests, one page after the other.",
        &PREFER,
        GucContext::Userset,
        GucFlags::EXPLAIN,
    );
    GucRegistry::define_int_guc(
        c"confluence_fdw.statement_cache_size",
        c"Sets the memory in which a statement keeps answers of Confluence that it may want again.",
        c"Zero keeps none. What does not fit is asked for again.",
        &STATEMENT_CACHE_SIZE,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
    GucRegistry::define_bool_guc(
        c"confluence_fdw.progress",
        c"Tells how far the reading of a foreign table has come.",
        c"Notices say how many requests were sent, how many rows have arrived, and how fast.",
        &PROGRESS,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_int_guc(
        c"confluence_fdw.progress_interval",
        c"Sets the time between two notices about one scan.",
        c"Zero tells of every answer that brings rows.",
        &PROGRESS_INTERVAL,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_MS,
    );
    // For superusers, so that a role cannot lift what was set for it.
    GucRegistry::define_int_guc(
        c"confluence_fdw.max_requests",
        c"Sets how many requests all scans of a statement may send together.",
        c"A statement that needs more fails. Zero is no limit.",
        &MAX_REQUESTS,
        0,
        i32::MAX,
        GucContext::Suset,
        GucFlags::default(),
    );
    // Their values are checked where they are used: one that is refused here would leave none, and requests would go past
    // the proxy.
    GucRegistry::define_string_guc(
        c"confluence_fdw.proxy",
        c"Sets the address of the HTTP proxy for servers that do not name one.",
        c"Servers with an option proxy use that one. An empty text is no proxy.",
        &PROXY,
        GucContext::Suset,
        GucFlags::default(),
    );
    GucRegistry::define_string_guc(
        c"confluence_fdw.ca_file",
        c"Sets the file with certificates of authorities to trust, for servers that do not name one.",
        c"They are trusted besides the system's. Servers with an option ca_file use that one.",
        &CA_FILE,
        GucContext::Suset,
        GucFlags::default(),
    );
    // Refuses all other settings of this prefix: a misspelt one would have no effect.
    // SAFETY: it is called while the library is loaded, with a string that ends with NUL.
    unsafe { pg_sys::MarkGUCPrefixReserved(c"confluence_fdw".as_ptr()) };
}

/// What is set for all servers, by the names of options.
pub(crate) fn of_servers() -> impl Iterator<Item = (&'static str, String)> {
    OF_SERVERS.iter().filter_map(|(name, setting)| {
        let value = setting.get()?.to_string_lossy().into_owned();
        (!value.is_empty()).then_some((*name, value))
    })
}

/// What is spared where not both can be.
pub(crate) fn prefer() -> Prefer {
    match PREFER.get() {
        PreferSetting::Requests => Prefer::Requests,
        PreferSetting::Time => Prefer::Time,
    }
}

/// Bytes in which a statement keeps answers that it may want again.
pub(crate) fn statement_cache_size() -> usize {
    usize::try_from(STATEMENT_CACHE_SIZE.get()).unwrap_or(0) * 1024
}

/// How many requests all scans of a statement may send together, where there is a limit.
pub(crate) fn max_requests() -> Option<u64> {
    u64::try_from(MAX_REQUESTS.get())
        .ok()
        .filter(|&most| most > 0)
}
