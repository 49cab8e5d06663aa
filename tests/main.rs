//! Tests of the installed extension: a real server, a real client, and a stand-in for the site.
//!
//! One binary, one module a file, so that they link once. `make test` runs them.
#![forbid(unsafe_code)]

mod analyze;
mod answers;
mod backtraces;
mod batch_joins;
mod check;
mod clients;
mod completeness;
mod conditions;
mod contract_requests;
mod conversions;
mod create_views;
mod dashboards;
mod depth;
mod documents;
mod errors;
mod every_table;
mod execution;
mod golden_files;
mod identity;
mod import;
mod install;
mod interruption;
mod keys;
mod lengths;
mod local_columns;
mod memory;
mod oauth;
mod odd_values;
mod once;
mod pairs;
mod planning;
mod privileges;
mod progress;
mod random;
mod random_faults;
mod random_queries;
mod rate_limits;
mod reading;
mod request_log;
mod requests;
mod rounds;
mod scans;
mod scene;
mod schedule;
mod several_sites;
mod signing_in;
mod splitting;
mod standby;
mod trust;
mod user_emails;
