//! Searches, which are as unreliable as on live sites.

use std::sync::Arc;

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, literal};
use confluence_sim::{Fault, NewPage, Organisation, Page, PageStatus, Reply, SpaceStatus};

use super::{requests_to, sorted};

const SEARCH: &str = "getSearchV1";
const PATH: &str = "/wiki/rest/api/search";

fn found(cql: &str) -> String {
    format!(
        "SELECT id FROM confluence_search WHERE cql = {}",
        literal(cql)
    )
}

/// The pages that searches see.
fn searched(organisation: &Organisation) -> impl Iterator<Item = Page<'_>> {
    organisation.pages().filter(|page| {
        let space = organisation.space(page.space_id()).expect("a space");
        page.status() == PageStatus::Current && space.status == SpaceStatus::Current
    })
}

fn ids<'a>(pages: impl Iterator<Item = Page<'a>>) -> Vec<String> {
    sorted(pages.map(|page| page.id().to_string()))
}

/// The keys of some spaces that are in use.
fn keys(organisation: &Organisation, count: usize) -> Vec<&str> {
    let spaces = organisation.spaces();
    let spaces = spaces.filter(|space| space.status == SpaceStatus::Current);
    spaces.map(|space| &*space.key).take(count).collect()
}

fn in_space<'a>(organisation: &'a Organisation, key: &str) -> impl Iterator<Item = Page<'a>> {
    let id = organisation.space_by_key(key).expect("a space").id;
    searched(organisation).filter(move |page| page.space_id() == id)
}

#[test]
fn without_a_search_there_is_nothing_to_ask_for() {
    let mut site = Site::of(Organisation::demo());
    let raised = error(&mut site.client, "SELECT * FROM confluence_search");
    assert_eq!(raised.code().code(), "HV002", "{raised:?}");
    let hint = raised.hint().unwrap_or_default();
    assert!(hint.contains("cql"), "{hint}");
    assert_eq!(site.sim.data_requests().len(), 0);
}

#[test]
fn each_row_comes_once_though_the_site_repeats_one_and_shortens_pages() {
    let organisation = small();
    let expected = ids(searched(&organisation));
    let mut site = Site::of(organisation);
    let (rows, asked) = site.read_sorted(&found("type = page"));
    assert_eq!(rows, expected);
    let least = expected.len().div_ceil(250);
    assert!(
        (least..=least + least / 5 + 1).contains(&asked[SEARCH]),
        "{asked:?}"
    );
    assert!(asked[SEARCH] > 3, "several pages");
}

#[test]
fn how_many_there_are_said_to_be_is_not_believed() {
    let organisation = small();
    let expected = ids(searched(&organisation));
    let mut site = Site::of(organisation);
    for said in [0, 3, 251, 1_000_000] {
        site.sim.fault(
            Fault::on(PATH),
            Reply::mutate(move |answer| answer["totalSize"] = said.into()),
        );
        let (rows, _) = site.read_sorted(&found("type = page"));
        assert_eq!(rows, expected, "said to be {said}");
        site.sim.clear_faults();
    }
}

#[test]
fn pages_without_rows_do_not_end_a_search() {
    let organisation = small();
    let expected = ids(searched(&organisation));
    let mut site = Site::of(organisation);
    site.sim
        .fault(Fault::on(PATH).page(3).times(1), Reply::EmptyPageWithNext);
    let (rows, _) = site.read_sorted(&found("type = page"));
    assert_eq!(rows, expected);
}

#[test]
fn several_searches_cost_one_each() {
    let organisation = small();
    let [one, other] = keys(&organisation, 2)[..] else {
        panic!("two spaces")
    };
    let [first, second] = [one, other].map(|key| format!("type = page AND space = \"{key}\""));
    let pages = |key| in_space(&organisation, key).map(|page| page.id());
    let of = |cql: &str, key| {
        let rows: Vec<String> = pages(key).map(|id| format!("{cql}|{id}")).collect();
        rows
    };
    let expected = sorted([of(&first, one), of(&second, other)].concat());
    let mut site = Site::of(organisation.clone());
    let (first, second) = (literal(&first), literal(&second));
    for query in [
        format!("SELECT cql, id FROM confluence_search WHERE cql IN ({first}, {second}, {first})"),
        format!(
            "SELECT s.cql, s.id FROM (VALUES ({first}), ({second})) AS v (cql)
             JOIN confluence_search AS s ON s.cql = v.cql"
        ),
        format!(
            "SELECT s.cql, s.id FROM (VALUES ({first}), ({second})) AS v (cql)
             CROSS JOIN LATERAL (SELECT * FROM confluence_search WHERE cql = v.cql) AS s"
        ),
    ] {
        let (rows, asked) = site.read_sorted(&query);
        assert_eq!(rows, expected, "{query}");
        assert_eq!(asked[SEARCH], 2, "{query}");
    }
}

#[test]
fn a_search_arrives_as_it_was_written() {
    let organisation = Organisation::demo();
    let titles = [
        "Fünf Ölgemälde: 100 % & mehr?",
        "a=b&cql=c#d+e",
        r"back\slash",
        "O'Hare's „list“ 確認 🎣",
    ];
    let mut site = Site::of(organisation);
    let pages: Vec<u64> = titles
        .iter()
        .map(|title| {
            let page = site.sim.edit(|organisation| {
                let space_id = organisation.space_by_key("ENG").expect("a space").id;
                let title = (*title).to_owned();
                organisation.create_page(NewPage {
                    space_id,
                    title,
                    parent_id: None,
                })
            });
            page.expect("a page")
        })
        .collect();
    for (title, id) in titles.iter().zip(pages) {
        let written = title.replace('\\', r"\\");
        let cql = format!("type = page  and title = \"{written}\"\n order by created desc");
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT cql, id, title FROM confluence_search WHERE cql = {}",
            literal(&cql)
        ));
        assert_eq!(rows, [format!("{cql}|{id}|{title}")]);
        assert_eq!(asked[SEARCH], 1);
        let requests = requests_to(&site.sim, SEARCH);
        assert_eq!(requests[0].parameter("cql"), Some(&*cql));
    }
}

#[test]
fn a_limit_takes_one_request() {
    let organisation: Arc<Organisation> = small();
    let mut site = Site::of(organisation);
    let (rows, requests) = site.read(&format!("{} LIMIT 5", found("type = page")));
    assert_eq!(rows.len(), 5);
    assert_eq!(requests.len(), 1);
    assert!(requests[0].contains("limit=5"), "{requests:?}");
}

#[test]
fn what_is_no_search_is_an_error_that_shows_what_the_site_says() {
    let mut site = Site::of(Organisation::demo());
    let raised = error(&mut site.client, &found("type = = page"));
    assert_eq!(raised.code().code(), "HV000", "{raised:?}");
    let said = format!(
        "{} {}",
        raised.message(),
        raised.detail().unwrap_or_default()
    );
    assert!(said.contains("Could not parse cql"), "{said}");
}
