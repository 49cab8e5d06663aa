//! Restrictions of single contents, and the audit log.

use std::sync::Arc;

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{
    AuditRecord, Credential, Options, Organisation, RestrictedOperation, Size, Subject,
};

use super::{or_null, requests_to, sorted};

pub const RESTRICTIONS: &str = "SELECT content_id, operation, principal_type, principal_id, reason
    FROM confluence_content_restrictions";
pub const ASK: &str = "getContentByIdRestrictionV1";

/// With a page that several hundred accounts may read.
pub fn many_readers() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 3,
        pages: 120,
        permissions: 30,
        users: 400,
        seed: 3,
        largest_space_share: 0.5,
    })
}

pub fn rows_of(
    content_id: u64,
    operation: RestrictedOperation,
    subjects: &[Subject],
) -> Vec<String> {
    let rows = subjects.iter().map(|subject| {
        let (kind, id) = match subject {
            Subject::User(id) => ("user", id),
            Subject::Group(id) => ("group", id),
        };
        format!("{content_id}|{}|{kind}|{id}|NULL", operation.as_str())
    });
    rows.collect()
}

pub fn all_rows(organisation: &Organisation) -> Vec<String> {
    sorted(
        organisation
            .restrictions()
            .flat_map(|(id, operation, subjects)| rows_of(id, operation, subjects)),
    )
}

#[test]
fn restrictions_are_the_organisations() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(RESTRICTIONS);
    assert_eq!(rows, all_rows(&organisation));
    assert!(!rows.is_empty() && !asked.contains_key(ASK));
    // Those in use, and those in the archive.
    assert_eq!(asked["getContentSearchV1"], 2);
    assert_eq!((asked["getPages"], asked["getBlogPosts"]), (1, 1));
}

#[test]
fn a_page_that_is_not_restricted_has_no_row() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let open = organisation
        .listed_pages()
        .find(|page| {
            RestrictedOperation::ALL
                .iter()
                .all(|&operation| organisation.restricted_to(page.id(), operation).is_empty())
        })
        .expect("an open page");
    let (rows, requests) = site.read(&format!("{RESTRICTIONS} WHERE content_id = {}", open.id()));
    assert_eq!(rows, Vec::<String>::new());
    assert_eq!(requests.len(), 1);
}

#[test]
fn a_long_list_of_readers_is_complete() {
    let organisation = many_readers();
    let (id, _, longest) = organisation
        .restrictions()
        .max_by_key(|(_, _, subjects)| subjects.len())
        .expect("a restriction");
    let users = longest
        .iter()
        .filter(|subject| matches!(subject, Subject::User(_)))
        .count();
    assert!(users > 200, "more than two pages");
    let of_page = RestrictedOperation::ALL
        .iter()
        .flat_map(|&operation| rows_of(id, operation, organisation.restricted_to(id, operation)));
    let expected = sorted(of_page);
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(&format!("{RESTRICTIONS} WHERE content_id = {id}"));
    assert_eq!(rows, expected);
    assert_eq!(asked[ASK], users / 100 + 1);
    let (rows, _) = site.read_sorted(RESTRICTIONS);
    assert_eq!(rows, all_rows(&organisation));
}

#[test]
fn restrictions_that_the_site_does_not_show_are_unknown_and_not_none() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    let (hidden, forbidden) = (pages[0], pages[1]);
    site.sim.edit(|organisation| {
        organisation.hide_page(hidden).expect("a page");
        organisation.forbid_page(forbidden).expect("a page");
    });
    let (rows, _) = site.read_sorted(RESTRICTIONS);
    let is_about = |row: &str, id: u64| row.starts_with(&format!("{id}|"));
    for id in [hidden, forbidden] {
        let of_page: Vec<&String> = rows.iter().filter(|row| is_about(row, id)).collect();
        let [row] = of_page[..] else {
            panic!("one row for {id}: {of_page:?}")
        };
        let reason = row.strip_prefix(&format!("{id}|unknown|unknown|unknown|"));
        assert!(
            reason.is_some_and(|reason| !reason.is_empty() && reason != "NULL"),
            "{row}"
        );
    }
    let others = rows
        .into_iter()
        .filter(|row| !is_about(row, hidden) && !is_about(row, forbidden));
    let known = all_rows(&organisation)
        .into_iter()
        .filter(|row| !is_about(row, hidden) && !is_about(row, forbidden));
    assert!(others.eq(known), "the others are as before");

    let unknown = "SELECT count(*) FROM confluence_content_restrictions WHERE operation";
    assert_eq!(
        one(&mut site.client, &format!("{unknown} = 'unknown'")),
        "2"
    );
    assert_eq!(
        one(
            &mut site.client,
            &format!("{unknown} IN ('read', 'unknown') AND content_id = {hidden}")
        ),
        "1"
    );
}

const AUDIT: &str =
    "SELECT (extract(epoch FROM created_at) * 1000)::bigint, author_id, author_name, category,
    summary, affected_object_name, affected_object_type FROM confluence_audit_log";

fn record_row(record: &AuditRecord) -> String {
    [
        &record.created_at.as_millisecond().to_string(),
        &or_null(record.author_id.as_deref()),
        &record.author_name,
        &record.category,
        &record.summary,
        &record.affected.name,
        &record.affected.kind,
    ]
    .map(String::as_str)
    .join("|")
}

fn records(organisation: &Organisation, wanted: impl Fn(i64) -> bool) -> Vec<String> {
    let log = organisation.audit_log().iter();
    let log = log.filter(|record| wanted(record.created_at.as_millisecond()));
    sorted(log.map(record_row))
}

/// A time in SQL.
fn at(milliseconds: i64) -> String {
    format!("to_timestamp({milliseconds} / 1000.0)")
}

#[test]
fn the_audit_log_is_complete() {
    let organisation = many_readers();
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(AUDIT);
    assert_eq!(rows, records(&organisation, |_| true));
    assert_eq!(asked.values().sum::<usize>(), 1);
    site.execute("ALTER SERVER site OPTIONS (ADD page_size '100')");
    site.client = site.database.connect();
    let (rows, asked) = site.read_sorted(AUDIT);
    assert_eq!(rows, records(&organisation, |_| true));
    assert_eq!(
        asked.values().sum::<usize>(),
        organisation.audit_log().len() / 100 + 1
    );
}

#[test]
fn a_span_of_the_audit_log_is_asked_for_to_the_millisecond() {
    let organisation = many_readers();
    let mut site = Site::of(organisation.clone());
    let log = organisation.audit_log();
    let newer = log[log.len() / 4].created_at.as_millisecond();
    let older = log[log.len() / 2].created_at.as_millisecond();
    assert!(older < newer);
    let (from, to) = (at(older), at(newer));
    let both = |time: i64| (older..=newer).contains(&time);
    // The condition, whom it wants, and the first and the last millisecond that are asked for.
    type Case<'a> = (String, &'a dyn Fn(i64) -> bool, Option<i64>, Option<i64>);
    let cases: [Case; 5] = [
        (
            format!("created_at >= {from} AND created_at <= {to}"),
            &both,
            Some(older),
            Some(newer + 1),
        ),
        (
            format!("created_at BETWEEN {from} AND {to}"),
            &both,
            Some(older),
            Some(newer + 1),
        ),
        (
            format!("created_at > {from} AND created_at < {to}"),
            &|time| older < time && time < newer,
            Some(older),
            Some(newer),
        ),
        (
            format!("created_at >= {to}"),
            &|time| time >= newer,
            Some(newer),
            None,
        ),
        (
            format!("created_at = {from}"),
            &|time| time == older,
            Some(older),
            Some(older + 1),
        ),
    ];
    for (condition, wanted, first, last) in cases {
        let (rows, _) = site.read_sorted(&format!("{AUDIT} WHERE {condition}"));
        let expected = records(&organisation, wanted);
        assert!(!expected.is_empty() && expected.len() < log.len());
        assert_eq!(rows, expected, "{condition}");
        let requests = requests_to(&site.sim, "getAuditV1");
        assert_eq!(requests.len(), 1, "{condition}");
        let asked = ["startDate", "endDate"].map(|name| {
            let value = requests[0].parameter(name);
            value.map(|value| value.parse::<i64>().expect("milliseconds"))
        });
        assert_eq!(asked, [first, last], "{condition}");
    }
}

#[test]
fn who_is_no_administrator_may_not_read_the_audit_log() {
    let mut site = Site::of(Organisation::demo());
    site.sim.revoke_all();
    site.sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN).administrator(false));
    let raised = error(&mut site.client, AUDIT);
    assert_eq!(raised.code().code(), "42501", "{raised:?}");
    assert_eq!(
        lines(&mut site.client, "SELECT key FROM confluence_spaces").len(),
        8
    );
}
