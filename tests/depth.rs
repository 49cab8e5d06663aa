//! Threads of replies and content trees are read however deep they are, and a circle is an error.

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, one};
use confluence_sim::{Fault, Organisation, Reply};
use serde_json::{Value, json};

/// Far more than a stack holds, if each level took a part of it.
const LEVELS: u64 = 5_000;

/// One listing of the content tree reaches so far down.
const REACH: u64 = 10;

const COMMENTS: [&str; 2] = ["footer-comments", "inline-comments"];

/// The number in a path.
fn id_in(path: &str) -> u64 {
    let mut parts = path.split('/').filter_map(|part| part.parse().ok());
    parts.next().expect("a number in the path")
}

fn listing(rows: Vec<Value>) -> Value {
    json!({"results": rows, "_links": {"base": "https://acme.atlassian.net/wiki"}})
}

fn comment(id: u64) -> Value {
    json!({"id": id.to_string(), "status": "current", "title": "Re: all of it"})
}

/// Something in the content tree, so far below what is asked about.
fn node(id: u64, depth: i64) -> Value {
    json!({"id": id.to_string(), "type": "page", "status": "current", "title": "Down", "depth": depth})
}

/// A site where page 1 has one comment, and `replies` says which ones each comment has.
fn thread(replies: impl Fn(u64) -> Vec<u64> + Clone + Send + Sync + 'static) -> Site {
    let site = Site::of(Organisation::demo());
    for comments in COMMENTS {
        site.sim.fault(
            Fault::on(format!("/wiki/api/v2/pages/{{id}}/{comments}")),
            Reply::made(|_| listing(vec![comment(1)])),
        );
        let replies = replies.clone();
        site.sim.fault(
            Fault::on(format!("/wiki/api/v2/{comments}/{{id}}/children")),
            Reply::made(move |path| {
                listing(replies(id_in(path)).into_iter().map(comment).collect())
            }),
        );
    }
    site
}

/// A site where `below` says what lies below each page.
fn tree(below: impl Fn(u64) -> Vec<Value> + Send + Sync + 'static) -> Site {
    let site = Site::of(Organisation::demo());
    site.sim.fault(
        Fault::on("/wiki/api/v2/pages/{id}/descendants"),
        Reply::made(move |path| listing(below(id_in(path)))),
    );
    site
}

#[test]
fn a_thread_of_thousands_of_replies_to_replies_is_read_to_its_end() {
    let mut site = thread(|id| if id < LEVELS { vec![id + 1] } else { vec![] });
    for comments in COMMENTS {
        let table = format!("confluence_{}", comments.replace('-', "_"));
        let (rows, requests) = site.read(&format!(
            "SELECT count(*), min(id), max(id) FROM {table} WHERE page_id = 1"
        ));
        assert_eq!(rows, [format!("{LEVELS}|1|{LEVELS}")]);
        assert_eq!(requests.len() as u64, 1 + LEVELS);
    }
}

#[test]
fn replies_come_below_the_comment_that_they_reply_to() {
    // Two replies to each comment, three levels down.
    let mut site = thread(|id| match id {
        1..8 => vec![2 * id, 2 * id + 1],
        _ => vec![],
    });
    let (rows, requests) = site.read("SELECT id FROM confluence_footer_comments WHERE page_id = 1");
    let expected = [1, 2, 3, 4, 5, 8, 9, 10, 11, 6, 7, 12, 13, 14, 15].map(|id| id.to_string());
    assert_eq!(rows, expected);
    assert_eq!(requests.len(), 16);
}

#[test]
fn a_comment_that_replies_to_itself_is_an_error() {
    type Replies = fn(u64) -> Vec<u64>;
    let alone: (Replies, u64) = (|_| vec![1], 1);
    let of_three: (Replies, u64) = (|id| vec![id % 3 + 1], 3);
    let wide: (Replies, u64) = (|_| (1..=250).collect(), 1);
    for (replies, last) in [alone, of_three, wide] {
        let mut site = thread(replies);
        for comments in COMMENTS {
            let table = format!("confluence_{}", comments.replace('-', "_"));
            let sql = format!("SELECT count(*) FROM {table} WHERE page_id = 1");
            let raised = error(&mut site.client, &sql);
            assert_eq!(
                (raised.code().code(), raised.message()),
                (
                    "HV000",
                    "unexpected answer from Confluence: a listing that goes in circles: row 1 has led further down before"
                )
            );
            let detail = raised.detail().unwrap_or_default();
            let request = format!("GET /wiki/api/v2/{comments}/{last}/children?");
            assert!(detail.contains(&request), "{detail}");
            // The session goes on.
            assert_eq!(one(&mut site.client, "SELECT 1"), "1");
        }
    }
}

#[test]
fn a_tree_of_thousands_of_levels_is_read_to_its_end() {
    let mut site = tree(|id| {
        (1..=REACH)
            .map(|depth| (id + depth, depth))
            .filter(|(id, _)| *id <= LEVELS)
            .map(|(id, depth)| node(id, depth as i64))
            .collect()
    });
    for (table, above) in [
        ("confluence_page_descendants", "page_id"),
        ("confluence_content_tree", "root_page_id"),
    ] {
        let (rows, requests) = site.read(&format!(
            "SELECT count(*), min(id), max(id), count(*) FILTER (WHERE depth = id - 1) FROM {table} WHERE {above} = 1"
        ));
        let count = LEVELS - 1;
        assert_eq!(rows, [format!("{count}|2|{LEVELS}|{count}")]);
        assert_eq!(requests.len() as u64, LEVELS / REACH);
    }
}

#[test]
fn a_tree_that_goes_in_circles_is_an_error() {
    // The last of each listing is the page at the beginning.
    let mut site = tree(|_| {
        let mut rows: Vec<Value> = (2..=9).map(|id| node(id, id as i64 - 1)).collect();
        rows.push(node(1, 10));
        rows
    });
    let raised = error(
        &mut site.client,
        "SELECT count(*) FROM confluence_page_descendants WHERE page_id = 1",
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "HV000",
            "unexpected answer from Confluence: a listing that goes in circles: row 1 has led further down before"
        )
    );
    let detail = raised.detail().unwrap_or_default();
    assert!(
        detail.contains("GET /wiki/api/v2/pages/1/descendants?depth=10"),
        "{detail}"
    );
}

#[test]
fn one_page_below_another_that_is_asked_about_is_no_circle() {
    // What lies below page 11 is listed for page 1, too, and is gone into for both.
    let mut site = tree(|id| {
        (1..=REACH)
            .map(|depth| (id + depth, depth))
            .filter(|(id, _)| *id <= 40)
            .map(|(id, depth)| node(id, depth as i64))
            .collect()
    });
    let (rows, _) = site.read(
        "SELECT page_id, count(*) FROM confluence_page_descendants WHERE page_id IN (1, 11) GROUP BY 1 ORDER BY 1",
    );
    assert_eq!(rows, ["1|39", "11|29"]);
    // And where rows are kept, those of one are not taken for the other's.
    site.execute("SET enable_material = off; SET enable_memoize = off");
    let (rows, _) = site.read(
        "SELECT g, page_id, count(*) FROM generate_series(1, 3) AS g
         CROSS JOIN LATERAL (SELECT page_id FROM confluence_page_descendants
                             WHERE page_id IN (1, 11) OFFSET 0 * g) AS d
         GROUP BY 1, 2 ORDER BY 1, 2",
    );
    assert_eq!(
        rows,
        [
            "1|1|39", "1|11|29", "2|1|39", "2|11|29", "3|1|39", "3|11|29"
        ]
    );
}

#[test]
fn a_depth_that_its_column_cannot_hold_is_an_error() {
    let mut site = tree(|id| match id {
        1 => vec![node(2, 10)],
        _ => vec![node(3, i32::MAX.into())],
    });
    let raised = error(
        &mut site.client,
        "SELECT id FROM confluence_page_descendants WHERE page_id = 1",
    );
    assert_eq!(
        (raised.code().code(), raised.message()),
        (
            "HV000",
            "unexpected answer from Confluence: a depth of 2147483647 below a depth of 10"
        )
    );
}
