//! A query costs the requests that it must cost, to the number.

mod keys;
mod listings;
mod permissions;
mod ranges;
mod sessions;

use confluence_fdw_tests::site::Site;
use confluence_sim::Organisation;

#[track_caller]
fn standard() -> Site {
    Site::of(Organisation::standard())
}

/// How many listed pages each space has.
fn page_counts(organisation: &Organisation) -> Vec<(u64, usize)> {
    let mut counts: std::collections::BTreeMap<u64, usize> =
        organisation.spaces().map(|space| (space.id, 0)).collect();
    for page in organisation.listed_pages() {
        *counts.entry(page.space_id()).or_default() += 1;
    }
    counts.into_iter().collect()
}
