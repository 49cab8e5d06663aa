//! ANALYZE as a statement: columns, owners, cancels, limits of requests.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Reply};

use super::{analyze, known};
use crate::scene::{PAGES, PERMISSIONS, SPACES, WHO_AM_I, until};

#[test]
fn it_tells_what_it_took_if_it_is_asked_to() {
    let site = Site::of(small());
    let (mut client, notices) = site.database.connect_with_notices();
    let mut said = |sql: &str| {
        lines(&mut client, sql);
        let notices = notices.take().into_iter();
        let ours = notices.filter(|notice| notice.message().contains("in sample"));
        ours.map(|notice| (notice.severity().to_owned(), notice.message().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(said("ANALYZE confluence_spaces"), []);
    let whole =
        "\"confluence_spaces\": 1 requests for 60 rows in sample, 60 rows and 1 requests in all";
    assert_eq!(
        said("ANALYZE VERBOSE confluence_spaces"),
        [("INFO".to_owned(), whole.to_owned())]
    );
}

#[test]
fn columns_can_be_named() {
    let mut site = Site::of(small());
    site.execute("ANALYZE confluence_spaces (key, type)");
    assert_eq!(
        one(
            &mut site.client,
            "SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_stats WHERE tablename = 'confluence_spaces'"
        ),
        "key,type"
    );
}

#[test]
fn it_reads_as_the_owner() {
    let mut site = Site::of(small());
    let role = format!("owner_{}", site.database.name());
    site.execute(&format!(
        "CREATE ROLE {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'svc@example.com', api_token 'other');
         GRANT CREATE ON SCHEMA public TO {role};
         ALTER FOREIGN TABLE confluence_spaces OWNER TO {role}"
    ));
    let raised = error(&mut site.client, "ANALYZE confluence_spaces");
    assert_eq!(raised.code().code(), "28000");
    let detail = raised.detail().expect("a detail");
    assert!(detail.contains(&role), "{detail}");
    site.execute(&format!(
        "ALTER FOREIGN TABLE confluence_spaces OWNER TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}"
    ));
}

#[test]
fn a_failure_in_the_middle_is_an_error_and_changes_nothing() {
    let mut site = Site::with(small(), "max_retries '0'");
    analyze(&mut site, "confluence_permissions");
    let before = known(&mut site.client, "permissions");
    for (path, nth) in [(SPACES, 1), (PERMISSIONS, 7)] {
        site.sim.fault(Fault::on(path).nth(nth), Reply::status(500));
        let raised = error(&mut site.client, "ANALYZE confluence_permissions");
        assert_eq!(
            raised.message(),
            "Confluence failed with status 500 after 1 attempts"
        );
        site.sim.clear_faults();
        assert_eq!(known(&mut site.client, "permissions"), before);
    }
    site.sim.fault(Fault::on(WHO_AM_I), Reply::status(403));
    let fresh = &mut site.database.connect();
    let raised = error(fresh, "ANALYZE confluence_permissions");
    assert_eq!(raised.code().code(), "28000");
}

#[test]
fn a_cancel_ends_it() {
    let site = Site::of(small());
    site.sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    let mut client = site.database.connect();
    let pid = one(&mut client, "SELECT pg_backend_pid()");
    std::thread::scope(|scope| {
        let analyzing = scope.spawn(move || {
            let raised = error(&mut client, "ANALYZE confluence_pages");
            (client, raised)
        });
        until("it waits", Duration::from_secs(30), || {
            site.sim.unanswered() == 1 && !site.sim.probes().is_empty()
        });
        let mut other = site.database.connect();
        one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
        let (mut client, raised) = analyzing.join().expect("it ended");
        assert_eq!(raised.code().code(), "57014");
        assert_eq!(known(&mut client, "pages").0, -1.0);
        // The session goes on.
        site.sim.clear_faults();
        lines(&mut client, "ANALYZE confluence_pages");
    });
}

#[test]
fn it_stays_within_the_requests_that_are_allowed() {
    let mut site = Site::with(small(), "max_requests '9'");
    for table in ["pages", "permissions", "tasks", "page_versions"] {
        let sent = analyze(&mut site, &format!("confluence_{table}"));
        assert!(sent.len() <= 9, "{table}: {sent:#?}");
        assert!(known(&mut site.client, table).0 > 0.0, "{table}");
    }
}

#[test]
fn a_table_that_too_few_requests_are_allowed_for_is_skipped() {
    let site = Site::with(small(), "max_requests '1'");
    let (mut client, notices) = site.database.connect_with_notices();
    // What one request has shown of pages is not how many there are.
    lines(
        &mut client,
        "ANALYZE confluence_permissions, confluence_pages, confluence_spaces",
    );
    let told = notices.take();
    let told: Vec<_> = told
        .iter()
        .map(|told| (told.code().code(), told.message(), told.hint()))
        .collect();
    let hint = Some(
        "Raise the option max_requests of the table or of its server. A look takes at most 60 requests.",
    );
    assert_eq!(
        told,
        [
            (
                "54000",
                "the scan of \"confluence_permissions\" needs more than 1 request",
                hint
            ),
            (
                "01000",
                "skipping \"confluence_permissions\" --- cannot analyze this foreign table",
                None
            ),
            (
                "54000",
                "the scan of \"confluence_pages\" needs more than 1 request",
                hint
            ),
            (
                "01000",
                "skipping \"confluence_pages\" --- cannot analyze this foreign table",
                None
            ),
        ]
    );
    assert_eq!(known(&mut client, "permissions").0, -1.0);
    assert_eq!(known(&mut client, "pages").0, -1.0);
    assert_eq!(known(&mut client, "spaces"), (60.0, 1.0));
}
