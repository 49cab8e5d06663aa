//! Says which version of PostgreSQL the extension is built for, by lower bounds: `pg_ge_16` for 16 and later.

use std::env;
use std::process::exit;

/// The oldest version that is supported.
const OLDEST: u32 = 15;

/// The newest version that src/pg/compat.rs knows a difference of.
const NEWEST_DIFFERENCE: u32 = 18;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo tells a feature pg15 by CARGO_FEATURE_PG15.
    let mut versions: Vec<u32> = env::vars()
        .filter_map(|(name, _)| name.strip_prefix("CARGO_FEATURE_PG")?.parse().ok())
        .collect();
    versions.sort_unstable();
    let [version] = versions[..] else {
        println!(
            "cargo::error=exactly one feature says which PostgreSQL to build for, and here are {versions:?}: \
             --no-default-features --features pg{OLDEST}"
        );
        exit(1);
    };
    for bound in OLDEST + 1..=version.max(NEWEST_DIFFERENCE) {
        println!("cargo::rustc-check-cfg=cfg(pg_ge_{bound})");
        if bound <= version {
            println!("cargo::rustc-cfg=pg_ge_{bound}");
        }
    }
}
