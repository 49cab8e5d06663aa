//! Searches for content, with more of each than other searches give.

use crate::client::{Answer, Client, id, search, small, start};
use confluence_sim::{Content, Organisation, PageStatus, RestrictedOperation, Subject};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeSet;

const SEARCH: &str = "/wiki/rest/api/content/search";
const RESTRICTIONS: &str = "&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group";
const ARCHIVED: &str = r#"{"contentStatuses":["archived"]}"#;
const BOTH: &str = r#"{"contentStatuses":["current","archived"]}"#;

fn path(cql: &str, more: &str) -> String {
    search(SEARCH, cql, more)
}

fn context(context: &str) -> String {
    let context = utf8_percent_encode(context, NON_ALPHANUMERIC);
    format!("&cqlcontext={context}")
}

/// All rows of a search, by its links, and how many pages it had.
fn rows(client: &Client, path: &str, more: &str) -> (Vec<Value>, usize) {
    let mut answers = vec![client.get(path)];
    while let Some(next) = answers.last().and_then(Answer::next) {
        // What is to be expanded gets lost.
        answers.push(client.get(&format!("/wiki{next}{more}")));
    }
    let rows = answers.iter().flat_map(Answer::rows).collect();
    (rows, answers.len())
}

fn ids(rows: &[Value]) -> BTreeSet<u64> {
    rows.iter().map(id).collect()
}

fn list(ids: &BTreeSet<u64>) -> String {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    format!("id in ({})", ids.join(","))
}

/// The contents in the tree with one of some statuses.
fn with(organisation: &Organisation, statuses: &[PageStatus]) -> BTreeSet<u64> {
    let pages = organisation.pages().map(Content::Page);
    let all = pages.chain(organisation.tree_nodes().map(Content::Node));
    all.filter(|content| statuses.contains(&content.status()))
        .map(|content| content.id())
        .collect()
}

#[test]
fn statuses_are_searched_that_the_context_names() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let (current, archived) = (PageStatus::Current, PageStatus::Archived);
    let types = "type in (page, folder, whiteboard, database, embed)";
    for (named, statuses) in [
        (String::new(), &[current][..]),
        (context(ARCHIVED), &[archived]),
        (context(BOTH), &[current, archived]),
    ] {
        let expected = with(&organisation, statuses);
        assert!(expected.len() > 20, "{statuses:?}");
        let (found, pages) = rows(&client, &path(types, &format!("{named}&limit=100")), "");
        assert_eq!(ids(&found), expected, "{statuses:?}");
        assert_eq!(pages, expected.len().div_ceil(100));
        // The same by ids, whatever else is asked for.
        let all = with(&organisation, &[current, archived, PageStatus::Trashed]);
        let some: BTreeSet<u64> = all.into_iter().take(150).collect();
        let by_ids = path(&list(&some), &format!("{named}&limit=200"));
        let (found, pages) = rows(&client, &by_ids, "");
        assert_eq!(ids(&found), &some & &expected, "{statuses:?}");
        assert_eq!(pages, 1);
    }
    for wrong in ["x", r#"{"contentStatuses":"archived"}"#] {
        client.refuses_in_v1(&path("id = 1", &context(wrong)), 400);
    }
}

#[test]
fn restrictions_come_with_what_is_found() {
    let organisation = small();
    let (sim, client) = start(&organisation);
    let page = organisation.page_at(5).expect("a page").id();
    let (read, update) = (RestrictedOperation::Read, RestrictedOperation::Update);
    let before = organisation.restricted_to(page, read).len();
    let group = organisation.groups()[0].id.clone();
    sim.edit(|organisation| {
        for number in 0..203 {
            let gone = Subject::User(format!("712020:gone{number}"));
            organisation.restrict(page, read, gone).expect("a page");
        }
        let group = Subject::Group(group.clone());
        organisation.restrict(page, update, group).expect("a page");
        organisation.withhold_names(page, update, 1);
    });
    let answer = client.get(&path(&format!("id = {page}"), RESTRICTIONS));
    let rows = answer.rows();
    let both = &rows[0]["restrictions"];
    let users = &both["read"]["restrictions"]["user"];
    assert_eq!(users["results"].as_array().expect("a list").len(), 200);
    assert_eq!(
        (&users["size"], &users["limit"]),
        (&200.into(), &200.into())
    );
    assert!(before < 100);
    let groups = &both["update"]["restrictions"]["group"];
    let shown = groups["results"].as_array().expect("a list").len();
    let counted = groups["size"].as_u64().expect("a number") as usize;
    assert_eq!(counted, shown + 1, "one is withheld");
    let plain = client.get(&path(&format!("id = {page}"), "")).rows();
    assert_eq!(plain[0]["restrictions"], Value::Null);
}

#[test]
fn what_is_above_and_who_made_it_come_with_what_is_found() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let expand = "&expand=space,version,ancestors,history.ownedBy&limit=200";
    let more = &expand[..expand.len() - "&limit=200".len()];
    let (rows, _) = rows(&client, &path("type in (folder, embed)", expand), more);
    assert!(rows.len() > 5);
    for row in rows {
        let node = organisation.tree_node(id(&row)).expect("a node");
        let above = row["ancestors"].as_array().expect("ancestors");
        let parent = above
            .last()
            .map(|last| (last["type"].as_str().expect("a type"), id(last)));
        assert_eq!(parent, node.parent());
        assert_eq!(row["history"]["createdBy"]["accountId"], node.author_id());
        assert_eq!(row["history"]["ownedBy"]["accountId"], node.owner_id());
        assert_eq!(row["version"]["number"], node.version());
        assert_eq!(row["space"]["id"], node.space_id());
        let position = node.position().map_or("none".into(), Value::from);
        assert_eq!(row["extensions"]["position"], position);
    }
}

#[test]
fn what_is_not_in_the_index_or_not_shown_is_not_found() {
    let organisation = small();
    let (sim, client) = start(&organisation);
    let ids: BTreeSet<u64> = with(&organisation, &[PageStatus::Current]);
    let three: Vec<u64> = ids.iter().copied().take(3).collect();
    sim.edit(|organisation| {
        organisation.unindex(three[0]).expect("a page");
        organisation.hide_page(three[1]).expect("a page");
    });
    let some = three.iter().copied().collect();
    let found = client.get(&path(&list(&some), "")).rows();
    assert_eq!(self::ids(&found), BTreeSet::from([three[2]]));
}
