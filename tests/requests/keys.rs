//! Ids, spaces and titles.

use confluence_fdw_tests::literal;
use confluence_fdw_tests::site::{Site, answers, ids, list};
use confluence_sim::{Organisation, Page};

use super::{page_counts, standard};

/// The listed pages of a space.
fn pages_of(organisation: &Organisation, space: u64) -> Vec<Page<'_>> {
    let pages = organisation.listed_pages();
    pages.filter(|page| page.space_id() == space).collect()
}

#[test]
fn one_id_takes_one_request() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let page = organisation.page_at(12_345).expect("a page");
    let (rows, requests) = site.read(&format!(
        "SELECT id, title FROM confluence_pages WHERE id = {}",
        page.id()
    ));
    assert_eq!(rows, [format!("{}|{}", page.id(), page.title())]);
    assert_eq!(
        requests,
        [format!("GET /wiki/api/v2/pages?id={}&limit=250", page.id())]
    );
}

#[test]
fn an_id_that_does_not_exist_takes_one_request_and_gives_no_row() {
    let mut site = standard();
    for (table, column) in [
        ("confluence_pages", "id"),
        ("confluence_pages", "space_id"),
        ("confluence_spaces", "id"),
        ("confluence_permissions", "space_id"),
    ] {
        let (rows, requests) = site.read(&format!("SELECT id FROM {table} WHERE {column} = 3"));
        assert_eq!((rows.len(), requests.len()), (0, 1), "{table}.{column}");
    }
}

#[test]
fn a_thousand_ids_take_four_requests() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let wanted: Vec<Page> = organisation
        .listed_pages()
        .step_by(97)
        .take(1_000)
        .collect();
    let mut numbers: Vec<u64> = wanted.iter().map(Page::id).collect();
    numbers.sort_unstable();
    let (mut rows, mut requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE id = ANY('{{{}}}')",
        list(numbers.iter().copied())
    ));
    rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
    assert_eq!(rows, ids(wanted));
    let mut expected: Vec<String> = numbers
        .chunks(250)
        .map(|cut| {
            format!(
                "GET /wiki/api/v2/pages?id={}&limit=250",
                list(cut.iter().copied())
            )
        })
        .collect();
    requests.sort_unstable();
    expected.sort_unstable();
    assert_eq!(requests, expected);
}

#[test]
fn a_space_takes_one_request_for_each_250_of_its_pages() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    let largest = counts
        .iter()
        .map(|(_, count)| *count)
        .max()
        .expect("spaces");
    for wanted in [0, 1, 250, 500, largest] {
        let Some((space, count)) = counts.iter().find(|(_, count)| *count == wanted) else {
            // Not every organisation has a space with just one page.
            assert_eq!(wanted, 1, "a space with {wanted} pages");
            continue;
        };
        let (mut rows, requests) = site.read(&format!(
            "SELECT id FROM confluence_pages WHERE space_id = {space}"
        ));
        rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
        assert_eq!(rows, ids(pages_of(&organisation, *space)));
        assert_eq!(requests.len(), answers(*count), "{count} pages");
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/pages?space-id={space}&limit=250")
        );
    }
}

#[test]
fn a_space_with_one_page_takes_one_request() {
    let mut site = standard();
    let (space, page) = site.sim.edit(|organisation| {
        let counts = page_counts(organisation);
        let (space, _) = counts
            .iter()
            .find(|(_, count)| *count == 0)
            .expect("an empty space");
        let page = organisation.create_page(confluence_sim::NewPage {
            space_id: *space,
            title: "Alone".to_owned(),
            parent_id: None,
        });
        (*space, page.expect("the space is there"))
    });
    let (rows, requests) = site.read(&format!(
        "SELECT id, title FROM confluence_pages WHERE space_id = {space}"
    ));
    assert_eq!(rows, [format!("{page}|Alone")]);
    assert_eq!(requests.len(), 1);
}

#[test]
fn a_list_of_spaces_is_cut_at_a_hundred() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    let chosen: Vec<(u64, usize)> = counts.iter().step_by(3).take(150).copied().collect();
    let (rows, requests) = site.read(&format!(
        "SELECT count(*) FROM confluence_pages WHERE space_id IN ({})",
        list(chosen.iter().map(|(space, _)| *space))
    ));
    let of_cut = |cut: &[(u64, usize)]| -> usize { cut.iter().map(|(_, count)| count).sum() };
    let (a, b) = (of_cut(&chosen[..100]), of_cut(&chosen[100..]));
    assert_eq!(rows, [(a + b).to_string()]);
    // Both are long, and each is cut further: into as many as are read at one time, where who is done helps another.
    let least = answers(a) + answers(b);
    assert!(
        (least..=least + 2 * 8 + 6).contains(&requests.len()),
        "{}",
        requests.len()
    );
    let first = list(chosen[..100].iter().map(|(space, _)| *space));
    assert!(requests.contains(&format!(
        "GET /wiki/api/v2/pages?space-id={first}&limit=250"
    )));
}

#[test]
fn a_title_is_asked_for_and_only_its_exact_case_is_returned() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for title in ["Runbook", "runbook", "RUNBOOK", "rUNBOOK"] {
        let (mut rows, requests) = site.read(&format!(
            "SELECT id FROM confluence_pages WHERE title = {}",
            literal(title)
        ));
        rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
        let exact = organisation
            .listed_pages()
            .filter(|page| page.title() == title);
        assert_eq!(rows, ids(exact), "{title}");
        // The site's own filter knows no case.
        let sent = organisation
            .listed_pages()
            .filter(|page| page.title().to_lowercase() == "runbook")
            .count();
        assert_eq!(requests.len(), answers(sent), "{title}");
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/pages?title={title}&limit=250")
        );
    }
}

#[test]
fn a_title_that_few_pages_have_takes_one_request() {
    let mut site = Site::of(Organisation::demo());
    let (rows, requests) = site.read("SELECT title FROM confluence_pages WHERE title = 'Runbook'");
    assert_eq!(rows, ["Runbook"]);
    assert_eq!(requests, ["GET /wiki/api/v2/pages?title=Runbook&limit=250"]);
}
