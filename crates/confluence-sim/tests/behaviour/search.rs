//! Searches with CQL.

use crate::client::{Answer, anonymous, search, start, texts};
use confluence_sim::{Fault, Organisation, Page, PageStatus, Reply, SpaceStatus};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

const SEARCH: &str = "/wiki/rest/api/search";

fn path(cql: &str, more: &str) -> String {
    search(SEARCH, cql, more)
}

/// The ids of contents in the order they come, with those that come twice.
fn content_ids(answers: &[Answer]) -> Vec<u64> {
    let rows = answers.iter().flat_map(Answer::rows);
    rows.map(|row| crate::client::id(&row["content"])).collect()
}

/// The pages that searches see.
fn searched(organisation: &Organisation) -> impl Iterator<Item = Page<'_>> {
    organisation.pages().filter(|page| {
        let space = organisation.space(page.space_id()).expect("a space");
        page.status() == PageStatus::Current && space.status == SpaceStatus::Current
    })
}

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

#[test]
fn clauses_find_what_the_organisation_has() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let spaces = organisation.spaces();
    let spaces: Vec<_> = spaces
        .filter(|space| space.status == SpaceStatus::Current)
        .take(3)
        .collect();
    let [first, second, third] = [0, 1, 2].map(|place| spaces[place].key.as_str());
    let in_first = |page: &Page| page.space_id() == spaces[0].id;
    let in_some = |page: &Page| spaces.iter().any(|space| space.id == page.space_id());
    let some: Vec<Page> = searched(&organisation).step_by(5_000).take(9).collect();
    let list = some.iter().map(|page| page.id().to_string());
    let list = list.collect::<Vec<_>>().join(",");
    let among = |page: &Page| some.iter().any(|known| known.id() == page.id());
    let (one, author) = (some[0].id(), some.iter().find_map(Page::author_id));
    let writer = author.expect("an author");
    let (midnight, minute) = (at("2026-10-31T00:00:00Z"), at("2026-10-31T10:30:00Z"));
    type Filter<'a> = &'a dyn Fn(&Page) -> bool;
    let cases: [(String, Filter); 12] = [
        (format!("type = page and space = \"{first}\""), &in_first),
        (
            format!("space in (\"{first}\", '{second}', \"{third}\") AND Type=page"),
            &in_some,
        ),
        (
            "type = page and lastmodified >= \"2026-10-31\"".to_owned(),
            &|page| page.modified_at() >= midnight,
        ),
        (
            "type = page and lastModified >= \"2026-10-31 10:30\"".to_owned(),
            &|page| page.modified_at() >= minute,
        ),
        // Seconds do not count.
        (
            "type = page and created <= '2026-10-31 10:30' and created > \"2026-09-01\"".to_owned(),
            &|page| {
                (at("2026-09-01T00:01:00Z")..at("2026-10-31T10:31:00Z"))
                    .contains(&page.created_at())
            },
        ),
        (format!("type = page and creator = \"{writer}\""), &|page| {
            page.author_id() == author
        }),
        (format!("id in ({list})"), &among),
        (format!("id = {one}"), &|page| page.id() == one),
        (
            "title ~ \"POLICY payments\" and type = page".to_owned(),
            &|page| {
                let title = page.title().to_lowercase();
                let words: HashSet<&str> = title.split(|c: char| !c.is_alphanumeric()).collect();
                words.contains("policy") && words.contains("payments")
            },
        ),
        ("title = \"runbook\"".to_owned(), &|page| {
            page.title().to_lowercase() == "runbook"
        }),
        (
            "type = page and text ~ \"supplier assess*\" and lastmodified > \"2026-11-10\""
                .to_owned(),
            &|page| {
                page.storage_body().contains("Every supplier is assessed")
                    && page.modified_at() >= at("2026-11-10T00:01:00Z")
            },
        ),
        (
            format!("type = page and not (space = \"{first}\") and (id = {one} or id in ({list}))"),
            &|page| !in_first(page) && among(page),
        ),
    ];
    for (cql, filter) in cases {
        let wanted = searched(&organisation).filter(|page| filter(page));
        let wanted: BTreeSet<u64> = wanted.map(|page| page.id()).collect();
        assert!(!wanted.is_empty(), "{cql} tests nothing");
        let found = content_ids(&client.chain(&path(&cql, "&limit=500")));
        assert_eq!(BTreeSet::from_iter(found), wanted, "{cql}");
    }
}

#[test]
fn the_order_is_the_one_that_is_asked_for() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let mut pages: Vec<Page> = searched(&organisation).collect();
    for order in ["lastmodified", "created asc", "title"] {
        match order {
            "lastmodified" => pages.sort_by_key(Page::modified_at),
            "title" => pages.sort_by_key(|page| page.title().to_lowercase()),
            _ => pages.sort_by_key(Page::created_at),
        }
        let field = order.trim_end_matches(" asc");
        for (order, from_the_end) in [(order, false), (&format!("{field} desc"), true)] {
            let mut wanted: Vec<String> = pages
                .iter()
                .map(|page| page.title().to_lowercase())
                .collect();
            if from_the_end {
                wanted.reverse();
            }
            let rows = client.get(&path(&format!("type=page order by {order}"), "&limit=100"));
            let rows: Vec<Value> = rows
                .rows()
                .iter()
                .map(|row| row["content"].clone())
                .collect();
            // Which of two whose titles differ by case only comes first is open.
            let found = texts(&rows, "title").into_iter().map(str::to_lowercase);
            assert_eq!(found.collect::<Vec<_>>(), wanted, "{order}");
        }
    }
    let ids = content_ids(&client.chain(&path("type=page", "&limit=100")));
    assert!(!ids.is_sorted() && !ids.iter().rev().is_sorted());
}

#[test]
fn pages_of_a_search_are_short_repeat_a_row_and_promise_more_than_there_is() {
    let organisation = Organisation::standard();
    let (sim, client) = start(&organisation);
    let cql = "type = page and lastmodified >= \"2026-11-01\" order by lastmodified desc";
    let answers = client.chain(&path(cql, "&limit=100&excerpt=none"));
    let lengths: Vec<usize> = answers.iter().map(|answer| answer.rows().len()).collect();
    assert!(lengths.len() > 4);
    let but_the_last = &lengths[..lengths.len() - 1];
    assert!(
        but_the_last
            .iter()
            .all(|length| (90..=100).contains(length))
    );
    assert!(
        but_the_last.iter().any(|&length| length < 100),
        "{lengths:?}"
    );
    let ids = content_ids(&answers);
    let distinct: HashSet<u64> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len() + 1, "one row comes twice");
    let seam = lengths[0];
    assert_eq!(ids[seam - 1], ids[seam], "of the first two pages");
    let since = at("2026-11-01T00:00:00Z");
    let wanted = searched(&organisation).filter(|page| page.modified_at() >= since);
    assert_eq!(distinct, wanted.map(|page| page.id()).collect());
    for (place, answer) in answers.iter().enumerate() {
        let json = answer.json();
        assert_ne!(json["totalSize"], distinct.len(), "page {place}");
        assert_eq!(json["limit"], 100);
        assert_eq!(json["cqlQuery"], cql);
        let Some(next) = answer.next() else { continue };
        let begins = next.starts_with("/rest/api/search?next=true&cursor=");
        assert!(begins && !next.contains("excerpt"), "{next}");
        assert!(
            next.contains("cql=") && next.contains("limit=100"),
            "{next}"
        );
    }
    // The first page was asked for without excerpts, and the next link has lost that.
    assert!(answers[0].rows().iter().all(|row| row["excerpt"] == ""));
    assert!(answers[1].rows().iter().any(|row| row["excerpt"] != ""));
    let pages: Vec<u32> = sim.log().iter().map(|request| request.page).collect();
    assert_eq!(pages[..4], [1, 2, 3, 4]);
    // Every time the same, wherever it is to start.
    let again = client.chain(&path(cql, "&limit=100&start=50"));
    assert_eq!(content_ids(&again), ids);
}

#[test]
fn spaces_and_users_are_found_where_they_are_asked_for() {
    let (_sim, client) = start(&Organisation::demo());
    for (cql, more, wanted) in [
        (
            "type = space and title ~ \"security\"",
            "",
            Some("@@@hl@@@Security@@@endhl@@@ &amp; Compliance"),
        ),
        (
            "type = user and user.fullname ~ \"bob\"",
            "",
            Some("@@@hl@@@Bob@@@endhl@@@ Brown"),
        ),
        ("type = space and title ~ \"Aurora\"", "", None),
        (
            "type = space and title ~ \"Aurora\"",
            "&includeArchivedSpaces=true",
            Some("Project @@@hl@@@Aurora@@@endhl@@@ (2023)"),
        ),
    ] {
        let rows = client.get(&path(cql, more)).rows();
        assert_eq!(texts(&rows, "title"), Vec::from_iter(wanted), "{cql}{more}");
    }
    let row = &client
        .get(&path("type in (user) and title ~ \"Alice\"", ""))
        .rows()[0];
    assert_eq!(row["entityType"], "user");
    assert_eq!(row["user"]["email"], "alice.adler@acme.example");
    assert_eq!(row.get("content"), None);
    let row = &client.get(&path("type = space and space = HR", "")).rows()[0];
    assert_eq!(row["entityType"], "space");
    assert_eq!(row["space"]["key"], "HR");
    assert!(row["space"]["id"].is_number());
    // Without a word on types there are pages and spaces, and no users.
    let rows = client.get(&path("title ~ \"Alice\"", "")).rows();
    let kinds = BTreeSet::from_iter(texts(&rows, "entityType"));
    assert_eq!(kinds, BTreeSet::from(["content", "space"]));
}

#[test]
fn archived_and_trashed_pages_are_not_seen() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let found = |cql: &str, more: &str| -> BTreeSet<u64> {
        let ids = content_ids(&client.chain(&path(cql, more)));
        ids.into_iter().collect()
    };
    let current = found("type=page", "&limit=250");
    let with_archived = found("type=page", "&limit=250&includeArchivedSpaces=true");
    assert_eq!(
        current,
        searched(&organisation).map(|page| page.id()).collect()
    );
    assert_eq!(with_archived.difference(&current).count(), 4);
    let mut pages = organisation.pages();
    let gone = pages.find(|page| page.status() == PageStatus::Trashed);
    let id = gone.expect("a page in the trash").id();
    for nothing in [&format!("id={id}"), "space = NOWHERE"] {
        assert_eq!(found(nothing, ""), BTreeSet::new());
    }
}

#[test]
fn what_cannot_be_read_or_is_not_modelled_is_told() {
    let (_sim, client) = start(&Organisation::demo());
    for (cql, said) in [
        ("type = page and", "Could not parse cql : type = page and"),
        (
            "status = current",
            "No field exists with the name: 'status'",
        ),
    ] {
        let refusal = client.get(&path(cql, "")).refusal_of_v1();
        assert_eq!(refusal, (400, said.to_owned()));
    }
    for (cql, more, status) in [
        ("label = audit", "", 501),
        ("created > now(\"-4w\")", "", 501),
        ("type = page order by space", "", 501),
        ("type = sheep", "", 400),
        ("type = page", "&expand=content.space", 400),
        ("type = page", "&cqlcontext=x", 400),
        ("type = page", "&limit=0", 501),
        ("type = page", "&limit=-1", 400),
        ("type = page", "&cursor=x", 400),
        ("type = page", "&excerpt=all", 400),
        ("title ~ \"\"", "", 400),
    ] {
        client.refuses_in_v1(&path(cql, more), status);
    }
    client.refuses_in_v1(SEARCH, 400);
    // What is too high is lowered without a word.
    for (more, limit) in [("&limit=5000", 1_000), ("", 25)] {
        let answer = client.get(&path("type=page", more));
        assert_eq!(answer.json()["limit"], limit, "{more}");
    }
    // A cursor belongs to its search.
    let first = client.get(&path("type=page", "&limit=5"));
    let next = first.next().expect("more");
    let next = next.replace("type%3Dpage", "type%3Dspace");
    client.refuses_in_v1(&format!("/wiki{next}"), 400);
}

#[test]
fn nobody_sees_what_is_open_to_all_only() {
    let organisation = Organisation::demo();
    let (_sim, client) = anonymous(&organisation);
    let found = content_ids(&client.chain(&path("type=page", "&limit=250")));
    let wanted = searched(&organisation).filter(|page| {
        let space = organisation.space(page.space_id()).expect("a space");
        space.open_to_anonymous()
    });
    let wanted: BTreeSet<u64> = wanted.map(|page| page.id()).collect();
    assert_eq!(BTreeSet::from_iter(found), wanted);
    assert_eq!(client.get(&path("type=user", "")).rows().len(), 0);
}

#[test]
fn faults_strike_searches() {
    let (sim, client) = start(&Organisation::demo());
    let first = path("type=page order by title", "&limit=10");
    let in_all: HashSet<u64> = content_ids(&client.chain(&first)).into_iter().collect();
    for (page, reply) in [
        (2, Reply::EmptyPageWithNext),
        (4, Reply::ShortPageWithNext(2)),
    ] {
        sim.fault(Fault::on(SEARCH).page(page).times(1), reply);
    }
    let answers = client.chain(&first);
    assert!(answers[1].rows().len() <= 1 && answers[1].next().is_some());
    assert_eq!(answers[3].rows().len(), 2);
    assert_eq!(HashSet::from_iter(content_ids(&answers)), in_all);
    sim.clear_faults();
    sim.fault(Fault::on(SEARCH).page(2), Reply::RepeatCursor);
    let second = client.get(&first).next().expect("more");
    let third = client.get(&format!("/wiki{second}")).next().expect("more");
    assert_eq!(client.get(&format!("/wiki{third}")).next(), Some(third));
    sim.clear_faults();
    sim.fault(Fault::on(SEARCH), Reply::LowerLimit(3));
    let lowered = client.get(&first);
    assert_eq!(lowered.rows().len(), 3);
    assert_eq!(lowered.json()["limit"], 3);
}

#[test]
fn excerpts_have_halves_of_emoji() {
    let (_sim, client) = start(&Organisation::demo());
    let found = client.get(&path("type = comment", "&limit=100"));
    let excerpts = texts(&found.rows(), "excerpt").concat();
    assert!(excerpts.contains("\u{FFFD}\u{FFFD}") && excerpts.chars().all(|c| c <= '\u{FFFF}'));
}
