//! The bound: what does not fit is read again.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, one};

use super::{ALL, KEEP, KEEP_NOTHING, MERGE, each_came_once, read, tiny};

#[test]
fn what_does_not_fit_is_read_again() {
    let mut site = Site::of(small());
    site.execute(MERGE);
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    let (expected, _) = read(&mut site, sql);
    site.execute("SET confluence_fdw.statement_cache_size = '1kB'");
    let (rows, sent) = read(&mut site, sql);
    assert_eq!((&rows, sent.len()), (&expected, 2 * ALL));
    // A part of the listing fits, and is not read again.
    site.execute("SET confluence_fdw.statement_cache_size = '100kB'");
    let (rows, sent) = read(&mut site, sql);
    assert_eq!(rows, expected);
    assert!((ALL + 1..2 * ALL).contains(&sent.len()), "{}", sent.len());
    // Two of three answers fit, of which each is wanted four times in a row.
    let spaces: Vec<u64> = small().spaces().map(|space| space.id).take(3).collect();
    let sql = format!(
        "SELECT space, (SELECT count(*) FROM confluence_pages p WHERE p.space_id = space)
         FROM unnest('{{{}, {}, {}}}'::bigint[]) AS space, generate_series(1, 4)",
        spaces[0], spaces[1], spaces[2]
    );
    site.execute(KEEP_NOTHING);
    let (expected, _) = read(&mut site, &sql);
    site.execute(KEEP);
    let (rows, once) = read(&mut site, &sql);
    assert_eq!(rows, expected);
    each_came_once(&once);
    site.execute("SET confluence_fdw.statement_cache_size = '24kB'");
    let (rows, sent) = read(&mut site, &sql);
    assert_eq!(rows, expected);
    assert!(
        (once.len()..4 * once.len()).contains(&sent.len()),
        "{} of {}",
        sent.len(),
        once.len()
    );
}

#[test]
fn the_setting_takes_sizes_as_postgresql_writes_them() {
    let mut site = tiny();
    // The library is loaded with the first use of its objects.
    site.execute("SELECT FROM confluence_spaces LIMIT 0");
    let shown = |site: &mut Site| one(&mut site.client, "SHOW confluence_fdw.statement_cache_size");
    assert_eq!(shown(&mut site), "32MB");
    site.execute("SET confluence_fdw.statement_cache_size = '1GB'");
    assert_eq!(shown(&mut site), "1GB");
    let raised = error(
        &mut site.client,
        "SET confluence_fdw.statement_cache_size = '-1kB'",
    );
    assert_eq!(raised.code().code(), "22023");
}
