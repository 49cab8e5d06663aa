//! Searches with CQL.

use crate::client::{Answer, Client, start, texts};
use confluence_sim::{Fault, Options, Organisation, Page, PageStatus, Reply, Sim, SpaceStatus};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

const SEARCH: &str = "/wiki/rest/api/search";

fn path(cql: &str, more: &str) -> String {
    let cql = utf8_percent_encode(cql, NON_ALPHANUMERIC);
    format!("{SEARCH}?cql={cql}{more}")
}

/// All pages of a search, by its links.
fn chain(client: &Client, path: &str) -> Vec<Answer> {
    let mut answers = vec![client.get(path)];
    while let Some(next) = answers.last().and_then(Answer::next) {
        answers.push(client.get(&format!("/wiki{next}")));
        assert!(answers.len() < 5_000, "{path} does not end");
    }
    answers
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

#[test]
fn clauses_find_what_the_organisation_has() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let keys: Vec<&str> = organisation
        .spaces()
        .filter(|space| space.status == SpaceStatus::Current)
        .map(|space| space.key.as_str())
        .take(3)
        .collect();
    let ids: Vec<u64> = keys
        .iter()
        .map(|key| organisation.space_by_key(key).expect("a space").id)
        .collect();
    let some: Vec<Page> = searched(&organisation).step_by(5_000).take(9).collect();
    let author = some.iter().find_map(Page::author_id).expect("an author");
    let since = organisation.now() - std::time::Duration::from_secs(20 * 86_400);
    let day = since.strftime("%Y-%m-%d");
    let midnight: jiff::Timestamp = format!("{day}T00:00:00Z").parse().expect("a time");
    let minute: jiff::Timestamp = format!("{day}T10:30:00Z").parse().expect("a time");
    let next_minute = minute + std::time::Duration::from_secs(60);
    let list = some.iter().map(|page| page.id().to_string());
    let list = list.collect::<Vec<_>>().join(",");
    let expect = |cql: &str, filter: &dyn Fn(&Page) -> bool| {
        let wanted: BTreeSet<u64> = searched(&organisation)
            .filter(filter)
            .map(|page| page.id())
            .collect();
        assert!(!wanted.is_empty(), "{cql} tests nothing");
        let answers = chain(&client, &path(cql, "&limit=500"));
        let found: BTreeSet<u64> = content_ids(&answers).into_iter().collect();
        assert_eq!(found, wanted, "{cql}");
    };
    expect(
        &format!("type = page and space = \"{}\"", keys[0]),
        &|page| page.space_id() == ids[0],
    );
    expect(
        &format!(
            "space in (\"{}\", '{}', \"{}\") AND Type=page",
            keys[0], keys[1], keys[2]
        ),
        &|page| ids.contains(&page.space_id()),
    );
    expect(
        &format!("type = page and lastmodified >= \"{day}\""),
        &|page| page.modified_at() >= midnight,
    );
    expect(
        &format!("type = page and lastModified >= \"{day} 10:30\""),
        &|page| page.modified_at() >= minute,
    );
    // Seconds do not count.
    expect(
        &format!("type = page and created <= '{day} 10:30' and created > \"2026-09-01\""),
        &|page| {
            let begin: jiff::Timestamp = "2026-09-01T00:01:00Z".parse().expect("a time");
            page.created_at() < next_minute && page.created_at() >= begin
        },
    );
    expect(
        &format!("type = page and creator = \"{author}\""),
        &|page| page.author_id() == Some(author),
    );
    expect(&format!("id in ({list})"), &|page| {
        some.iter().any(|known| known.id() == page.id())
    });
    expect(&format!("id = {}", some[0].id()), &|page| {
        page.id() == some[0].id()
    });
    expect("title ~ \"POLICY payments\" and type = page", &|page| {
        let title = page.title().to_lowercase();
        let words: HashSet<&str> = title.split(|c: char| !c.is_alphanumeric()).collect();
        words.contains("policy") && words.contains("payments")
    });
    expect("title = \"runbook\"", &|page| {
        page.title().to_lowercase() == "runbook"
    });
    expect(
        "type = page and text ~ \"supplier assess*\" and lastmodified > \"2026-11-10\"",
        &|page| {
            let begin: jiff::Timestamp = "2026-11-10T00:01:00Z".parse().expect("a time");
            page.storage_body().contains("Every supplier is assessed")
                && page.modified_at() >= begin
        },
    );
    expect(
        &format!(
            "type = page and not (space = \"{}\") and (id = {} or id in ({list}))",
            keys[0],
            some[0].id()
        ),
        &|page| page.space_id() != ids[0] && some.iter().any(|known| known.id() == page.id()),
    );
}

#[test]
fn the_order_is_the_one_that_is_asked_for() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let mut pages: Vec<Page> = searched(&organisation).collect();
    for (order, descending) in [
        ("lastmodified", false),
        ("lastmodified desc", true),
        ("created asc", false),
        ("created desc", true),
        ("title", false),
        ("title desc", true),
    ] {
        match order.split(' ').next() {
            Some("lastmodified") => pages.sort_by_key(Page::modified_at),
            Some("created") => pages.sort_by_key(Page::created_at),
            _ => pages.sort_by_key(|page| page.title().to_lowercase()),
        }
        if descending {
            pages.reverse();
        }
        let answer = client.get(&path(&format!("type=page order by {order}"), "&limit=100"));
        let titles: Vec<String> = pages.iter().map(|page| page.title().into()).collect();
        let rows = answer.rows();
        let found: Vec<&str> = rows
            .iter()
            .map(|row| row["content"]["title"].as_str().expect("a title"))
            .collect();
        match order {
            // Which of two that are equal comes first is open.
            order if order.starts_with("title") => {
                let folded = |titles: Vec<&str>| -> Vec<String> {
                    titles.iter().map(|title| title.to_lowercase()).collect()
                };
                let wanted = titles.iter().map(String::as_str).collect();
                assert_eq!(folded(found), folded(wanted), "{order}");
            }
            _ => assert_eq!(found, titles, "{order}"),
        }
    }
    let ids = content_ids(&chain(&client, &path("type=page", "&limit=100")));
    assert!(!ids.is_sorted() && !ids.iter().rev().is_sorted());
}

#[test]
fn pages_of_a_search_are_short_repeat_a_row_and_promise_more_than_there_is() {
    let organisation = Organisation::standard();
    let (sim, client) = start(&organisation);
    let cql = "type = page and lastmodified >= \"2026-11-01\" order by lastmodified desc";
    let answers = chain(&client, &path(cql, "&limit=100&excerpt=none"));
    let lengths: Vec<usize> = answers.iter().map(|answer| answer.rows().len()).collect();
    assert!(lengths.len() > 4);
    let but_the_last = &lengths[..lengths.len() - 1];
    assert!(
        but_the_last
            .iter()
            .all(|&length| (90..=100).contains(&length))
    );
    assert!(
        but_the_last.iter().any(|&length| length < 100),
        "{lengths:?}"
    );
    let ids = content_ids(&answers);
    let distinct: HashSet<u64> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len() + 1, "one row comes twice");
    assert_eq!(
        ids[lengths[0] - 1],
        ids[lengths[0]],
        "at the seam of the first two pages"
    );
    let since: jiff::Timestamp = "2026-11-01T00:00:00Z".parse().expect("a time");
    let wanted = searched(&organisation).filter(|page| page.modified_at() >= since);
    assert_eq!(distinct, wanted.map(|page| page.id()).collect());
    for (place, answer) in answers.iter().enumerate() {
        let json = answer.json();
        assert_ne!(json["totalSize"], distinct.len(), "page {place}");
        assert_eq!(json["limit"], 100);
        assert_eq!(json["cqlQuery"], cql);
        let Some(next) = answer.next() else { continue };
        assert!(
            next.starts_with("/rest/api/search?next=true&cursor="),
            "{next}"
        );
        assert!(!next.contains("excerpt"), "{next}");
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
    let again = chain(&client, &path(cql, "&limit=100&start=50"));
    assert_eq!(content_ids(&again), ids);
}

#[test]
fn limits_are_lowered_without_a_word() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    for (more, limit) in [
        ("&limit=5000", 1_000),
        ("&limit=5000&expand=content.space", 200),
        ("", 25),
    ] {
        let answer = client.get(&path("type=page", more));
        assert_eq!(answer.json()["limit"], limit, "{more}");
        assert!(answer.rows().len() <= limit);
    }
}

#[test]
fn spaces_and_users_are_found_where_they_are_asked_for() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let titles = |cql: &str, more: &str| -> BTreeSet<String> {
        let answers = chain(&client, &path(cql, &format!("&limit=100{more}")));
        let rows: Vec<Value> = answers.iter().flat_map(Answer::rows).collect();
        texts(&rows, "title")
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let set = |titles: &[&str]| titles.iter().map(|&title| title.to_owned()).collect();
    assert_eq!(
        titles("type = space and title ~ \"security\"", ""),
        set(&["@@@hl@@@Security@@@endhl@@@ &amp; Compliance"])
    );
    assert_eq!(
        titles("type = user and user.fullname ~ \"bob\"", ""),
        set(&["@@@hl@@@Bob@@@endhl@@@ Brown"])
    );
    let archived = "type = space and title ~ \"Aurora\"";
    assert_eq!(titles(archived, ""), set(&[]));
    assert_eq!(
        titles(archived, "&includeArchivedSpaces=true"),
        set(&["Project @@@hl@@@Aurora@@@endhl@@@ (2023)"])
    );
    let row = &client
        .get(&path("type in (user) and title ~ \"Alice\"", ""))
        .rows()[0];
    assert_eq!(row["entityType"], "user");
    assert_eq!(row["user"]["email"], "alice.adler@acme.example");
    assert_eq!(row.get("content"), None);
    let row = &client.get(&path("type = space and space = HR", "")).rows()[0];
    assert_eq!(
        (&row["entityType"], &row["space"]["key"]),
        (&"space".into(), &"HR".into())
    );
    assert!(row["space"]["id"].is_number());
    // Without a word on types there are pages and spaces, and no users.
    let rows = client.get(&path("title ~ \"Alice\"", "")).rows();
    let kinds: BTreeSet<&str> = texts(&rows, "entityType").into_iter().collect();
    assert_eq!(kinds, BTreeSet::from(["content", "space"]));
}

#[test]
fn archived_and_trashed_pages_are_not_seen() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let cql = "type=page";
    let found = |more: &str| -> BTreeSet<u64> {
        content_ids(&chain(&client, &path(cql, more)))
            .into_iter()
            .collect()
    };
    let current = found("&limit=250");
    let with_archived = found("&limit=250&includeArchivedSpaces=true");
    let only_archived = found("&limit=250&includeArchivedSpaces=true&excludeCurrentSpaces=true");
    assert_eq!(
        current,
        searched(&organisation).map(|page| page.id()).collect()
    );
    assert_eq!(
        current
            .union(&only_archived)
            .copied()
            .collect::<BTreeSet<_>>(),
        with_archived
    );
    assert_eq!(only_archived.len(), 4);
    let gone = organisation
        .pages()
        .find(|page| page.status() == PageStatus::Trashed);
    let id = gone.expect("a page in the trash").id();
    assert_eq!(client.get(&path(&format!("id={id}"), "")).rows().len(), 0);
    assert_eq!(client.get(&path("space = NOWHERE", "")).rows().len(), 0);
}

#[test]
fn what_cannot_be_read_or_is_not_modelled_is_told() {
    let (_sim, client) = start(&Organisation::demo());
    let cql = "type = page and";
    let (status, message) = client.get(&path(cql, "")).refusal_of_v1();
    assert_eq!(
        (status, message),
        (400, format!("Could not parse cql : {cql}"))
    );
    let (status, message) = client.get(&path("status = current", "")).refusal_of_v1();
    assert_eq!(status, 400);
    assert_eq!(message, "No field exists with the name: 'status'");
    for (cql, more, status) in [
        ("label = audit", "", 501),
        ("created > now(\"-4w\")", "", 501),
        ("type = page order by space", "", 501),
        ("type = sheep", "", 400),
        ("type = page", "&expand=content.body.storage", 501),
        ("type = page", "&cqlcontext=x", 400),
        ("type = page", "&limit=0", 501),
        ("type = page", "&limit=-1", 400),
        ("type = page", "&cursor=x", 400),
        ("type = page", "&excerpt=all", 400),
        ("title ~ \"\"", "", 400),
    ] {
        let refusal = client.get(&path(cql, more)).refusal_of_v1();
        assert_eq!(refusal.0, status, "{cql}{more}: {}", refusal.1);
    }
    client.refuses_in_v1(SEARCH, 400);
    // A cursor belongs to its search.
    let first = client.get(&path("type=page", "&limit=5"));
    let next = first
        .next()
        .expect("more")
        .replace("type%3Dpage", "type%3Dspace");
    client.refuses_in_v1(&format!("/wiki{next}"), 400);
}

#[test]
fn nobody_sees_what_is_open_to_all_only() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options {
        anonymous_access: true,
        ..Options::of(organisation.clone())
    });
    let client = Client::with(&sim, None);
    let found = content_ids(&chain(&client, &path("type=page", "&limit=250")));
    let wanted = searched(&organisation).filter(|page| {
        let space = organisation.space(page.space_id()).expect("a space");
        space.open_to_anonymous()
    });
    let found: BTreeSet<u64> = found.into_iter().collect();
    assert_eq!(found, wanted.map(|page| page.id()).collect());
    assert_eq!(client.get(&path("type=user", "")).rows().len(), 0);
}

#[test]
fn faults_strike_searches() {
    let (sim, client) = start(&Organisation::demo());
    let first = path("type=page order by title", "&limit=10");
    let ids = content_ids(&chain(&client, &first));
    let in_all: HashSet<u64> = ids.iter().copied().collect();
    sim.fault(Fault::on(SEARCH).page(2).times(1), Reply::EmptyPageWithNext);
    sim.fault(
        Fault::on(SEARCH).page(4).times(1),
        Reply::ShortPageWithNext(2),
    );
    let answers = chain(&client, &first);
    assert!(answers[1].rows().len() <= 1 && answers[1].next().is_some());
    assert_eq!(answers[3].rows().len(), 2);
    let found: HashSet<u64> = content_ids(&answers).into_iter().collect();
    assert_eq!(found, in_all);
    sim.clear_faults();
    sim.fault(Fault::on(SEARCH).page(2), Reply::RepeatCursor);
    let second = client.get(&first).next().expect("more");
    let third = client.get(&format!("/wiki{second}")).next().expect("more");
    assert_eq!(client.get(&format!("/wiki{third}")).next(), Some(third));
    sim.clear_faults();
    sim.fault(Fault::on(SEARCH), Reply::LowerLimit(3));
    let lowered = client.get(&first);
    assert_eq!(
        (lowered.rows().len(), &lowered.json()["limit"]),
        (3, &3.into())
    );
}
