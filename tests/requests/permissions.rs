//! Spaces with their pages and permissions.

use confluence_fdw_tests::literal;
use confluence_fdw_tests::site::{answers, list};
use confluence_sim::Organisation;

use super::{page_counts, standard};

/// All requests but for what comes after the question mark.
fn paths(requests: &[String]) -> Vec<&str> {
    let path = |request: &'_ str| request.split('?').next().map(str::len).unwrap_or(0);
    requests.iter().map(|r| &r[..path(r)]).collect()
}

#[test]
fn one_space_joined_to_its_pages_costs_the_space_and_its_pages() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    for (space, count) in counts
        .iter()
        .filter(|(_, count)| [250, 500].contains(count))
    {
        let key = &organisation.space(*space).expect("a space").key;
        for join in [
            "confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id",
            "confluence_pages AS p JOIN confluence_spaces AS s ON s.id = p.space_id",
            "confluence_spaces AS s LEFT JOIN confluence_pages AS p ON p.space_id = s.id",
        ] {
            let (rows, requests) = site.read(&format!(
                "SELECT count(p.id) FROM {join} WHERE s.key = {}",
                literal(key)
            ));
            assert_eq!(rows, [count.to_string()], "{join}");
            assert_eq!(requests.len(), 1 + answers(*count), "{join}");
            assert_eq!(
                requests[..2],
                [
                    format!("GET /wiki/api/v2/spaces?keys={key}&limit=250"),
                    format!("GET /wiki/api/v2/pages?space-id={space}&limit=250"),
                ],
                "{join}"
            );
        }
    }
}

#[test]
fn the_permissions_of_a_space_take_one_request_for_each_250() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for wanted in [0, 14, 30, 250, 612] {
        let space = organisation
            .spaces()
            .find(|space| organisation.permissions(space.id).count() == wanted)
            .unwrap_or_else(|| panic!("a space with {wanted} permissions"))
            .id;
        let (rows, requests) = site.read(&format!(
            "SELECT id, space_id, principal_type, principal_id, operation_key, operation_target_type
             FROM confluence_permissions WHERE space_id = {space}"
        ));
        let truth: Vec<String> = organisation
            .permissions(space)
            .map(|p| {
                format!(
                    "{}|{space}|{}|{}|{}|{}",
                    p.id, p.principal_type, p.principal_id, p.operation_key, p.target_type
                )
            })
            .collect();
        assert_eq!(rows, truth);
        assert_eq!(requests.len(), answers(wanted));
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/spaces/{space}/permissions?limit=250")
        );
    }
}

#[test]
fn all_permissions_take_the_listing_of_spaces_and_at_least_one_request_for_each() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let (rows, requests) = site.read("SELECT count(*) FROM confluence_permissions");
    assert_eq!(rows, [organisation.permission_count().to_string()]);
    let of_spaces: usize = organisation
        .spaces()
        .map(|space| answers(organisation.permissions(space.id).count()))
        .sum();
    assert_eq!(requests.len(), 2 + of_spaces);
    let listings = paths(&requests)
        .into_iter()
        .filter(|path| *path == "GET /wiki/api/v2/spaces")
        .count();
    assert_eq!(listings, 2);
}

#[test]
fn the_permissions_of_some_spaces_ask_for_each_of_them_once() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let spaces: Vec<u64> = organisation
        .spaces()
        .map(|space| space.id)
        .take(5)
        .collect();
    let (rows, requests) = site.read(&format!(
        "SELECT count(*) FROM confluence_permissions WHERE space_id = ANY('{{{0},{0},NULL,3}}')",
        list(spaces.iter().copied())
    ));
    let counts = spaces
        .iter()
        .map(|&space| organisation.permissions(space).count());
    assert_eq!(rows, [counts.clone().sum::<usize>().to_string()]);
    assert_eq!(requests.len(), 1 + counts.map(answers).sum::<usize>());
}
