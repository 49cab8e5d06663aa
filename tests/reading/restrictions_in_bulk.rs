//! Restrictions of many contents at one time: what a search shows whole is taken, and all else is read one by one.

use confluence_fdw_tests::site::{Site, list, small};
use confluence_fdw_tests::{error, explain, lines, one};
use confluence_sim::{
    Credential, Fault, Options, Organisation, Page, PageStatus, Reply, RestrictedOperation, Subject,
};
use serde_json::{Value, json};

use super::governance::{ASK, RESTRICTIONS, all_rows, many_readers, rows_of};
use super::{requests_to, sorted};

const SEARCH: &str = "getContentSearchV1";
const SEARCH_PATH: &str = "/wiki/rest/api/content/search";
/// How many contents one search asks for.
const AT_ONCE: usize = 200;

/// The contents of which restrictions are listed without a condition.
fn contents(organisation: &Organisation) -> Vec<u64> {
    let posts = organisation.listed_blogposts().map(|post| post.id());
    let pages = organisation.listed_pages().map(|page| page.id());
    pages.chain(posts).collect()
}

fn rows_about(organisation: &Organisation, ids: &[u64]) -> Vec<String> {
    let rows = ids.iter().flat_map(|&id| {
        let of = |&operation: &RestrictedOperation| {
            rows_of(id, operation, organisation.restricted_to(id, operation))
        };
        RestrictedOperation::ALL
            .iter()
            .flat_map(of)
            .collect::<Vec<_>>()
    });
    sorted(rows)
}

fn of_ids(ids: &[u64]) -> String {
    format!(
        "{RESTRICTIONS} WHERE content_id IN ({})",
        list(ids.iter().copied())
    )
}

/// The rows of a query, and how many searches and requests one by one that took.
#[track_caller]
fn read(site: &mut Site, sql: &str) -> (Vec<String>, usize, usize) {
    let (rows, asked) = site.read_sorted(sql);
    let count = |operation| asked.get(operation).copied().unwrap_or(0);
    (rows, count(SEARCH), count(ASK))
}

/// What the organisation has of some contents is read in so many searches, and so many requests one by one.
#[track_caller]
fn takes(site: &mut Site, ids: &[u64], searches: usize, one_by_one: usize) {
    let organisation = site.sim.organisation();
    let (rows, searched, single) = read(site, &of_ids(ids));
    assert_eq!(rows, rows_about(&organisation, ids));
    assert_eq!((searched, single), (searches, one_by_one));
}

/// A site with the ids of its pages, those that are restricted first.
fn site() -> (Site, Vec<u64>) {
    let organisation = small();
    let is_restricted = |page: &Page| {
        let of = |&operation| !organisation.restricted_to(page.id(), operation).is_empty();
        RestrictedOperation::ALL.iter().any(of)
    };
    let mut pages: Vec<Page> = organisation.listed_pages().collect();
    pages.sort_by_key(|page| !is_restricted(page));
    let ids = pages.iter().map(|page| page.id()).collect();
    (Site::of(organisation.clone()), ids)
}

/// How many searches some contents take, and how many requests one by one: what is archived is searched for once more,
/// where it is some.
fn cost(organisation: &Organisation, ids: &[u64]) -> (usize, usize) {
    let is_archived = |id: &&u64| {
        let page = organisation.page(**id);
        page.is_some_and(|page| page.status() == PageStatus::Archived)
    };
    let searches = ids.len().div_ceil(AT_ONCE);
    match ids.iter().filter(is_archived).count() {
        archived @ ..=2 => (searches, archived),
        archived => (searches + archived.div_ceil(AT_ONCE), 0),
    }
}

/// Those of some contents that a search finds if nothing more is said.
fn current(ids: &[u64]) -> Vec<u64> {
    let organisation = small();
    let is_current = |id: &&u64| {
        let page = organisation.page(**id);
        page.is_some_and(|page| page.status() == PageStatus::Current)
    };
    ids.iter().filter(is_current).copied().collect()
}

pub fn refusal(code: u16) -> Reply {
    let said =
        "com.atlassian.confluence.api.service.exceptions.PermissionException: no searches here";
    Reply::Status {
        code,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({"statusCode": code, "message": said}).to_string(),
    }
}

#[test]
fn all_contents_are_looked_up_two_hundred_at_a_time() {
    let organisation = small();
    let contents = contents(&organisation);
    let mut site = Site::of(organisation.clone());
    let (rows, searches, single) = read(&mut site, RESTRICTIONS);
    assert!(rows == all_rows(&organisation), "{} rows", rows.len());
    assert_eq!((searches, single), cost(&organisation, &contents));
    assert_eq!(requests_to(&site.sim, "getPages").len(), 3_000 / 250);
    // What is archived is searched for by itself, when all else has come.
    let contexts = requests_to(&site.sim, SEARCH);
    let contexts: Vec<_> = contexts
        .iter()
        .filter_map(|request| request.parameter("cqlcontext"))
        .collect();
    assert!(single == 0 && !contexts.is_empty());
    for context in contexts {
        assert_eq!(context, r#"{"contentStatuses":["archived"]}"#);
    }
}

#[test]
fn one_or_two_are_read_one_by_one_and_more_by_a_search() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    takes(&mut site, &ids[..1], 0, 1);
    takes(&mut site, &ids[..2], 0, 2);
    takes(&mut site, &ids[..3], 1, 0);
    takes(&mut site, &ids[..200], 1, 0);
    takes(&mut site, &ids[..201], 2, 0);
    let shown = |site: &mut Site, count: usize| {
        let plan = explain(&mut site.client, &of_ids(&ids[..count]));
        let mut lines = plan.lines().filter(|line| line.contains("Request: "));
        lines.next().expect("a request").trim().to_owned()
    };
    let single = "Request: GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100";
    assert_eq!(shown(&mut site, 2), single);
    let many = shown(&mut site, 3);
    let begin = format!("Request: GET {SEARCH_PATH}?cql=id%20in%20%28{{content_id}}%29&expand=");
    assert!(
        many.starts_with(&begin) && many.ends_with("&limit=200"),
        "{many}"
    );
}

#[test]
fn a_join_asks_for_its_keys_in_searches() {
    let (mut site, ids) = site();
    site.execute(&format!(
        "CREATE TABLE wanted AS SELECT unnest(ARRAY[{}]::bigint[]) AS id; ANALYZE wanted",
        list(ids.iter().copied())
    ));
    let join = "SELECT content_id, operation, principal_type, principal_id, reason
        FROM wanted JOIN confluence_content_restrictions ON content_id = id";
    let (rows, searches, single) = read(&mut site, join);
    assert!(rows == rows_about(&small(), &ids), "{} rows", rows.len());
    assert_eq!((searches, single), cost(&small(), &ids));
}

#[test]
fn a_list_of_more_names_than_a_search_gives_is_read_by_itself() {
    let organisation = many_readers();
    let (longest, users) = organisation
        .restrictions()
        .map(|(id, _, subjects)| {
            let is_user = |subject: &&Subject| matches!(subject, Subject::User(_));
            (id, subjects.iter().filter(is_user).count())
        })
        .max_by_key(|(_, users)| *users)
        .expect("a restriction");
    assert!(users > AT_ONCE);
    let mut site = Site::of(organisation.clone());
    let contents = contents(&organisation);
    let (rows, searches, single) = read(&mut site, RESTRICTIONS);
    assert_eq!(rows, all_rows(&organisation));
    let (expected, archived) = cost(&organisation, &contents);
    assert_eq!((searches, single), (expected, archived + users / 100 + 1));
    assert!(contents.len() <= AT_ONCE && contents.contains(&longest));
    // One of two hundred names could be longer, too.
    let (mut site, ids) = self::site();
    let (mut names, page) = (site.sim.organisation().users().len(), ids[0]);
    site.sim.edit(|organisation| {
        let before = organisation
            .restricted_to(page, RestrictedOperation::Read)
            .len();
        names = AT_ONCE - before.min(AT_ONCE);
        for number in 0..names {
            let account = Subject::User(format!("712020:gone-{number}"));
            let restricted = organisation.restrict(page, RestrictedOperation::Read, account);
            restricted.expect("the page is there");
        }
    });
    let (rows, searches, single) = read(&mut site, &of_ids(&ids[..5]));
    assert_eq!(rows, rows_about(&site.sim.organisation(), &ids[..5]));
    assert_eq!(searches, 1);
    assert!(single >= 2, "{single} pages of the list");
}

#[test]
fn no_search_is_repeated_for_lists_that_one_has_cut() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    site.sim.edit(|organisation| {
        for (page, number) in ids[..3]
            .iter()
            .flat_map(|page| (0..AT_ONCE).map(move |n| (page, n)))
        {
            let account = Subject::User(format!("712020:gone-{number}"));
            let restricted = organisation.restrict(*page, RestrictedOperation::Read, account);
            restricted.expect("the page is there");
        }
    });
    let names = |page: &u64| {
        let organisation = site.sim.organisation();
        organisation
            .restricted_to(*page, RestrictedOperation::Read)
            .len()
    };
    let one_by_one: usize = ids[..3].iter().map(|page| names(page) / 100 + 1).sum();
    takes(&mut site, &ids[..10], 1, one_by_one);
    // What is not found is, for restrictions and labels of the same contents in one request.
    site.sim.edit(|organisation| {
        for &id in &ids[5..8] {
            organisation.unindex(id).expect("a page");
        }
    });
    takes(&mut site, &ids[..10], 2, one_by_one + 3);
    let wanted = list(ids[..10].iter().copied());
    let both = format!(
        "SELECT count(*) FROM confluence_content_restrictions WHERE content_id IN ({wanted})
         UNION ALL SELECT count(*) FROM confluence_page_labels WHERE page_id IN ({wanted})"
    );
    let (_, searches, _) = read(&mut site, &both);
    assert_eq!(searches, 2);
}

#[test]
fn what_no_search_finds_is_read_one_by_one() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    let unindex = |site: &Site, ids: &[u64]| {
        site.sim.edit(|organisation| {
            for &id in ids {
                organisation.unindex(id).expect("a page");
            }
        });
    };
    unindex(&site, &ids[..2]);
    takes(&mut site, &ids[..100], 1, 2);
    // Some are asked for once more first.
    unindex(&site, &ids[2..5]);
    takes(&mut site, &ids[..100], 2, 5);
    let searches = requests_to(&site.sim, SEARCH);
    let contexts = searches
        .iter()
        .map(|request| request.parameter("cqlcontext").is_some());
    assert_eq!(contexts.collect::<Vec<_>>(), [false, true]);
    let reasons = "SELECT reason, count(*) FROM confluence.requests()
        WHERE reason = 'remainder' AND sent_at > now() - interval '1 hour' GROUP BY 1";
    assert_eq!(lines(&mut site.client, reasons), ["remainder|8"]);
}

#[test]
fn a_site_that_searches_nothing_archived_is_asked_for_it_one_by_one() {
    let organisation = small();
    let mut site = Site::of(organisation.clone());
    let context = r#"{"contentStatuses":["archived"]}"#;
    for reply in [
        Reply::mutate(|answer: &mut Value| answer["results"] = json!([])),
        refusal(400),
    ] {
        site.sim
            .fault(Fault::on(SEARCH_PATH).with("cqlcontext", context), reply);
        let (rows, searches, single) = read(&mut site, RESTRICTIONS);
        assert!(rows == all_rows(&organisation), "{} rows", rows.len());
        let archived = organisation
            .listed_pages()
            .filter(|page| page.status() == PageStatus::Archived)
            .count();
        let contents = contents(&organisation);
        assert_eq!(
            (searches, single),
            (cost(&organisation, &contents).0, archived)
        );
        site.sim.clear_faults();
    }
}

#[test]
fn answers_that_are_not_whole_are_not_believed() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    let some = &ids[..40];
    type Change = fn(&mut Value);
    let changes: [(Change, usize); 5] = [
        (|row| row["id"] = "1".into(), 1),
        (|row| row["restrictions"] = json!({}), 1),
        (
            |row| row["restrictions"]["update"]["restrictions"]["group"] = json!({"size": 0}),
            1,
        ),
        (
            |row| row["restrictions"]["read"]["restrictions"]["user"]["size"] = 1_000.into(),
            1,
        ),
        (
            |row| {
                row["restrictions"]["read"]["restrictions"]["group"]["_links"] =
                    json!({"next": "/rest/api/more"});
            },
            1,
        ),
    ];
    for (change, single) in changes {
        let mutate = move |answer: &mut Value| change(&mut answer["results"][0]);
        site.sim
            .fault(Fault::on(SEARCH_PATH), Reply::mutate(mutate));
        takes(&mut site, some, 1, single);
        site.sim.clear_faults();
    }
    // One that ends early, with or without a word that there is more.
    for reply in [
        Reply::mutate(|answer: &mut Value| {
            answer["results"]
                .as_array_mut()
                .expect("results")
                .truncate(38);
        }),
        Reply::mutate(|answer: &mut Value| {
            answer["results"] = json!([]);
            answer["_links"]["next"] = "/rest/api/content/search?cursor=x".into();
        }),
    ] {
        site.sim.fault(Fault::on(SEARCH_PATH).times(1), reply);
        let organisation = site.sim.organisation();
        let (rows, _, _) = read(&mut site, &of_ids(some));
        assert_eq!(rows, rows_about(&organisation, some));
        site.sim.clear_faults();
    }
    site.sim
        .fault(Fault::on(SEARCH_PATH), Reply::ShortPageWithNext(15));
    takes(&mut site, some, 3, 0);
    // Pages that bring nothing more are not followed for ever.
    site.sim.clear_faults();
    site.sim
        .fault(Fault::on(SEARCH_PATH), Reply::EmptyPageWithNext);
    takes(&mut site, some, 2, 40);
}

#[test]
fn without_the_scope_for_searches_everything_is_read_one_by_one() {
    let (mut site, ids) = site();
    site.sim.revoke_all();
    let scopes = [
        "read:confluence-user",
        "read:page:confluence",
        "read:space:confluence",
        "read:confluence-content.all",
    ];
    site.sim
        .grant(Credential::basic(Options::EMAIL, Options::TOKEN).with_scopes(scopes));
    // Tokens with scopes are taken at the gateway only.
    site.execute(&format!(
        "ALTER SERVER site OPTIONS (ADD gateway_url '{}', ADD route 'gateway', ADD cloud_id '{}')",
        site.sim.url(),
        site.sim.organisation().cloud_id()
    ));
    site.client = site.database.connect();
    // One request finds out for all, and nothing is asked twice in the session.
    takes(&mut site, &ids[..450], 1, 450);
    takes(&mut site, &ids[..450], 0, 450);
    let organisation = site.sim.organisation();
    let (rows, searches, single) = read(&mut site, RESTRICTIONS);
    assert!(rows == all_rows(&organisation), "{} rows", rows.len());
    assert_eq!((searches, single), (0, contents(&organisation).len()));
}

#[test]
fn a_search_that_is_refused_is_not_asked_again_in_the_session() {
    for status in [400, 403, 404] {
        let (mut site, ids) = site();
        site.sim.fault(Fault::on(SEARCH_PATH), refusal(status));
        takes(&mut site, &ids[..450], 1, 450);
        takes(&mut site, &ids[..450], 0, 450);
        site.client = site.database.connect();
        takes(&mut site, &ids[..10], 1, 10);
    }
}

#[test]
fn a_search_that_fails_is_an_error() {
    let (mut site, ids) = site();
    site.execute("ALTER SERVER site OPTIONS (ADD max_retries '0')");
    site.client = site.database.connect();
    site.sim.fault(Fault::on(SEARCH_PATH), Reply::status(500));
    let raised = error(&mut site.client, &of_ids(&ids[..10]));
    assert!(raised.message().contains("status 500"), "{raised:?}");
    let detail = raised.detail().unwrap_or_default();
    assert!(detail.contains(SEARCH_PATH), "{raised:?}");
}

#[test]
fn names_that_are_withheld_are_unknown_and_not_none() {
    let (mut site, ids) = site();
    let organisation = site.sim.organisation();
    let find = |operation| {
        let of = |id: &&u64| !organisation.restricted_to(**id, operation).is_empty();
        *ids.iter().find(of).expect("a restricted page")
    };
    let (read, update) = (
        find(RestrictedOperation::Read),
        find(RestrictedOperation::Update),
    );
    site.sim.edit(|organisation| {
        organisation.withhold_names(read, RestrictedOperation::Read, 1_000);
        organisation.withhold_names(update, RestrictedOperation::Update, 1);
    });
    let unknown = |site: &mut Site, ids: &[u64]| {
        let sql = format!("{} AND principal_type = 'unknown'", of_ids(ids));
        let (rows, ..) = self::read(site, &sql);
        rows
    };
    let both = sorted([read, update].map(|id| id.to_string()));
    for ids in [&ids[..], &[read, update][..]] {
        let rows = unknown(&mut site, ids);
        let of: Vec<String> = rows
            .iter()
            .filter_map(|row| Some(row.split_once('|')?.0.to_owned()))
            .collect();
        assert_eq!(of, both, "{rows:?}");
        for row in rows {
            let operation = if row.starts_with(&read.to_string()) {
                "read"
            } else {
                "update"
            };
            assert!(
                row.contains(&format!(
                    "|{operation}|unknown|unknown|names withheld: the site counts "
                )),
                "{row}"
            );
        }
    }
    // Nothing of the first list is shown, and yet its page has a row.
    let shown = format!(
        "SELECT count(*) FROM confluence_content_restrictions WHERE content_id = {read} AND operation = 'read'"
    );
    assert_eq!(one(&mut site.client, &shown), "1");
}

#[test]
fn a_group_that_is_gone_is_still_on_the_list() {
    let (mut site, ids) = site();
    site.sim.edit(|organisation| {
        let gone = Subject::Group("b0a7-gone".to_owned());
        let restricted = organisation.restrict(ids[0], RestrictedOperation::Read, gone);
        restricted.expect("the page is there");
    });
    for ids in [&ids[..1], &ids[..10]] {
        let sql = format!(
            "SELECT principal_type, display_name FROM confluence_content_restrictions
            WHERE principal_id = 'b0a7-gone' AND content_id IN ({})",
            list(ids.iter().copied())
        );
        assert_eq!(lines(&mut site.client, &sql), ["group|NULL"]);
    }
}

#[test]
fn addresses_are_bounded_and_cut_where_they_are_too_long() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    // Nobody has such ids, but anybody can ask for them.
    let long: Vec<String> = (0..200).map(|n| (i64::MAX - n).to_string()).collect();
    let (_, asked) = site.read_sorted(&format!(
        "{RESTRICTIONS} WHERE content_id IN ({})",
        long.join(",")
    ));
    assert_eq!(asked[SEARCH], 2 + 2, "and once more for all of them");
    for request in requests_to(&site.sim, SEARCH) {
        assert!(
            request.path_and_query.len() < 4_700,
            "{}",
            request.path_and_query.len()
        );
    }
    site.sim.fault(
        Fault::on(SEARCH_PATH).longer_than(2_000),
        Reply::status(414),
    );
    takes(&mut site, &ids[..200], 3, 0);
    // From then on none is as long.
    takes(&mut site, &ids[..200], 2, 0);
}

#[test]
fn a_statement_asks_once_for_what_it_reads_twice() {
    let (mut site, ids) = site();
    let ids = current(&ids);
    let sql = of_ids(&ids[..100]);
    let (rows, searches, single) = read(&mut site, &format!("{sql} UNION ALL {sql}"));
    let expected = rows_about(&small(), &ids[..100]);
    assert_eq!(rows.len(), 2 * expected.len());
    assert_eq!((searches, single), (1, 0));
}

#[test]
fn a_limit_takes_no_more_searches_than_its_rows_need() {
    let (mut site, ids) = site();
    let (rows, searches, single) = read(&mut site, &format!("{} LIMIT 1", of_ids(&ids)));
    assert_eq!(rows.len(), 1);
    assert!(single == 0 && searches <= 2, "{searches} and {single}");
}
