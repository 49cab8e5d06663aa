//! Requests that would be too long for what stands before the API, and such that turn out to be.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, explain_with, lines};
use confluence_sim::{Fault, Organisation, Reply};

/// As much of an address as is sent at once.
const ADDRESS: usize = 4_100;

/// What a server before the API answers: a page, or nothing at all.
fn refusals() -> Vec<Reply> {
    let page =
        "<!doctype html><title>HTTP Status 400 – Bad Request</title>Request header is too large";
    [(400, page), (400, ""), (413, page), (414, page), (431, "")]
        .into_iter()
        .map(|(code, body)| Reply::Status {
            code,
            headers: vec![("content-type".into(), "text/html;charset=utf-8".into())],
            body: body.to_owned(),
        })
        .collect()
}

/// 250 keys as those of personal spaces, and those of the site.
const PEOPLE: &str = "CREATE TABLE people AS
    SELECT '~712020' || md5(i::text) AS key FROM generate_series(1, 250) AS i
    UNION ALL SELECT key FROM confluence_spaces";

fn longest(requests: &[String]) -> usize {
    requests.iter().map(String::len).max().unwrap_or(0)
}

#[test]
fn keys_of_personal_spaces_are_asked_for_in_pieces() {
    let mut site = Site::of(small());
    site.execute(PEOPLE);
    // Of a site with few spaces, all of them would be listed.
    site.execute(
        "UPDATE pg_class SET reltuples = 5000, relpages = 20 WHERE oid = 'confluence_spaces'::regclass",
    );
    let keys = lines(&mut site.client, "SELECT count(*) FROM confluence_spaces");
    for sql in [
        "SELECT count(s.id) FROM people p LEFT JOIN confluence_spaces s ON s.key = p.key",
        "SELECT count(*) FROM confluence_spaces WHERE key = ANY (ARRAY(SELECT key FROM people))",
    ] {
        let (rows, requests) = site.read(sql);
        assert_eq!(rows, keys, "{sql}");
        assert!(longest(&requests) < ADDRESS, "{sql}: {requests:#?}");
        let by_key = requests
            .iter()
            .filter(|request| request.contains("keys="))
            .count();
        assert!((3..=4).contains(&by_key), "{sql}: {requests:#?}");
    }
}

#[test]
fn the_estimate_goes_by_the_length_too() {
    let mut site = Site::of(small());
    let keys = lines(
        &mut site.client,
        "SELECT string_agg(quote_literal('~712020' || md5(i::text)), ', ') FROM generate_series(1, 250) AS i",
    );
    let sql = format!(
        "SELECT id FROM confluence_spaces WHERE key IN ({})",
        keys[0]
    );
    let plan = explain_with(&mut site.client, "COSTS", &sql);
    assert!(plan.contains("Estimated Requests: 3"), "{plan}");
    let (_, requests) = site.read(&sql);
    assert_eq!(requests.len(), 3);
}

#[test]
fn as_many_ids_as_an_operation_takes_go_into_one_request() {
    let mut site = Site::of(small());
    let ids = "ARRAY(SELECT generate_series(2182288832, 2182288832 + 249))";
    let (rows, requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE id = ANY ({ids})"
    ));
    assert!(rows.is_empty());
    assert_eq!(requests.len(), 1, "{requests:#?}");
}

#[test]
fn what_is_refused_for_its_length_is_asked_for_in_halves() {
    for refusal in refusals() {
        let mut site = Site::of(small());
        site.execute(
            "CREATE TABLE listed AS SELECT id FROM confluence_pages ORDER BY id LIMIT 100;
             CREATE TABLE asked AS SELECT id FROM listed
                 UNION ALL SELECT generate_series(2182288832, 2182288832 + 149)",
        );
        let listed = lines(&mut site.client, "SELECT id FROM listed ORDER BY id");
        let limit = || Fault::under("/wiki/api/v2/").longer_than(1_500);
        site.sim.fault(limit(), refusal.clone());
        let sql = "SELECT id FROM confluence_pages WHERE id = ANY (ARRAY(SELECT id FROM asked)) ORDER BY id + 0";
        let (rows, requests) = site.read(sql);
        assert_eq!(rows, listed, "{refusal:?}");
        let refused = |site: &Site| {
            let requests = site.sim.data_requests();
            requests
                .iter()
                .filter(|request| request.status != Some(200))
                .count()
        };
        assert_eq!(
            (refused(&site), requests.len()),
            (1, 3),
            "{refusal:?}: {requests:#?}"
        );
        // What is taken is known now.
        let (rows, requests) = site.read(sql);
        assert_eq!(rows, listed, "{refusal:?}");
        assert_eq!(
            (refused(&site), requests.len()),
            (0, 2),
            "{refusal:?}: {requests:#?}"
        );
        // Also where the listing is to stop early, which the halves cannot.
        let (rows, _) = site.read(&format!(
            "SELECT id FROM ({}) AS x ORDER BY id",
            sql.replace("ORDER BY id + 0", "AND modified_at > '2000-01-01'")
        ));
        assert_eq!(rows, listed, "{refusal:?}");
    }
}

#[test]
fn it_is_halved_until_it_is_short_enough() {
    let mut site = Site::of(small());
    let limit = Fault::under("/wiki/api/v2/").longer_than(1_000);
    site.sim.fault(limit, refusals().remove(0));
    let ids = "ARRAY(SELECT generate_series(2182288832, 2182288832 + 249))";
    let (rows, requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE id = ANY ({ids})"
    ));
    assert!(rows.is_empty());
    let refused = requests
        .iter()
        .filter(|request| request.len() > 1_010)
        .count();
    assert_eq!((refused, requests.len()), (2, 6), "{requests:#?}");
}

#[test]
fn so_is_what_is_posted() {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE TABLE people AS SELECT account_id FROM confluence_users");
    let known = lines(&mut site.client, "SELECT count(*) FROM people");
    site.execute(
        "INSERT INTO people SELECT '712020:' || md5(i::text) FROM generate_series(1, 100) AS i",
    );
    let limit = Fault::on("/wiki/api/v2/users-bulk").longer_than(3_000);
    site.sim.fault(limit, refusals().remove(2));
    let (rows, requests) = site.read(
        "SELECT count(u.account_id) FROM people p LEFT JOIN confluence_users u ON u.account_id = p.account_id",
    );
    assert_eq!(rows, known);
    assert!(requests.len() > 2, "{requests:#?}");
}

#[test]
fn where_nothing_can_be_cut_the_length_is_named() {
    let mut site = Site::of(Organisation::demo());
    let limit = Fault::under("/wiki/").longer_than(1_500);
    for refusal in refusals() {
        site.sim.clear_faults();
        site.sim.fault(limit.clone(), refusal.clone());
        let raised = error(
            &mut site.client,
            "SELECT id FROM confluence_search WHERE cql = 'type = page AND text ~ \"' || repeat('x', 2000) || '\"'",
        );
        let said = format!("{raised:?}");
        assert_eq!(raised.code().code(), "54000", "{said}");
        assert!(raised.message().contains("length"), "{said}");
        assert!(
            !said.contains("subdomain") && !said.contains("not from Confluence"),
            "{said}"
        );
    }
}

#[test]
fn one_value_that_is_too_long_is_looked_for_in_the_listing() {
    let mut site = Site::of(Organisation::demo());
    let long = "repeat('Ünïcode ', 400)";
    let (rows, requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE title = {long}"
    ));
    assert!(rows.is_empty());
    assert!(
        requests.iter().all(|request| !request.contains("title=")),
        "{requests:#?}"
    );
    let title = "A title that goes on and on";
    site.sim.fault(
        Fault::on("/wiki/api/v2/pages"),
        Reply::mutate(|answer| {
            answer["results"][0]["title"] = "Ünïcode ".repeat(400).into();
        }),
    );
    let (rows, _) = site.read(&format!(
        "SELECT count(*) FROM confluence_pages WHERE title IN ({long}, '{title}')"
    ));
    assert_eq!(rows, ["1"]);
}
