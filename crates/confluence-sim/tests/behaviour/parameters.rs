//! What may be asked, and what is refused.

use crate::client::{Answer, PAGES, SPACES, start};
use crate::patterns::each;
use confluence_sim::Organisation;

fn many(count: u64) -> String {
    let numbers = (1..=count).map(|number| number.to_string());
    Vec::from_iter(numbers).join(",")
}

#[test]
fn a_bad_parameter_is_a_400_that_says_which() {
    let (sim, client) = start(&Organisation::demo());
    let space = sim.organisation().spaces().next().expect("a space").id;
    let page = sim.organisation().pages().next().expect("a page").id();
    let (too_many, hundred_and_one) = (many(251), many(101));
    let patterns = [
        format!("{SPACES}?[unknown=1|Limit=5|cursor=|cursor=garbage|keys=%zz|keys=%e4|keys=%2]"),
        format!("{SPACES}?limit=[0|251|-1|ten||1&limit=2]"),
        format!("{SPACES}?[sort=created-date|sort=|sort=ID|type=blog|type=global,personal]"),
        format!("{SPACES}?[status=trashed|status=current,archived|description-format=storage]"),
        format!("{SPACES}?[ids=1,x|ids=|ids=1,,2|ids=1.5|keys=|ids={too_many}|keys={too_many}]"),
        format!("{PAGES}?[status=draft|status=current,draft|status=any|status=|subtype=blog]"),
        format!("{PAGES}?[body-format=view|sort=name|sort=modified|id=x|space-id=ENG|depth=root]"),
        format!("{PAGES}?[title=a&title=b|limit=999|id={too_many}|space-id={hundred_and_one}]"),
        format!("{SPACES}/{space}/[pages?depth=deep|pages?space-id=1|permissions?sort=id]"),
        format!("{SPACES}/[ENG|1.5]/permissions"),
        format!("{PAGES}/[x/labels|{page}/labels?limit=0|99999999999999999999/labels]"),
    ];
    for path in patterns.iter().flat_map(|pattern| each(pattern)) {
        let answer = client.get(&path);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert_eq!(
            answer.json()["errors"][0]["code"],
            "INVALID_REQUEST_PARAMETER"
        );
        assert!(answer.refusal().1.len() > 10, "{path}: {}", answer.text);
    }
    let v1 = client.get("/wiki/rest/api/user/current?who=me");
    assert_eq!((v1.status, &v1.json()["statusCode"]), (400, &400.into()));
}

#[test]
fn the_bounds_themselves_are_served() {
    let (_sim, client) = start(&Organisation::demo());
    let (few, many) = (many(100), many(250));
    let of_pages = format!("{PAGES}?[limit=1|limit=250|id={many}|space-id={few}|id=-1]");
    let of_spaces = format!("{SPACES}?[ids={many}|keys={many}]");
    for path in each(&of_pages).iter().chain(&each(&of_spaces)) {
        client.answers(path, 200);
    }
}

#[test]
fn lists_come_with_commas_or_repeated() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let pages = organisation.listed_pages().take(3).map(|page| page.id());
    let ids: Vec<u64> = pages.collect();
    let [a, b, c] = ids[..] else {
        panic!("three pages")
    };
    for query in [
        format!("id={a},{b},{c}"),
        format!("id={a}%2C{b}%2c{c}"),
        format!("id={c}&id={b}&id={a}"),
        format!("id={b},{a}&id={c}&id={c}"),
    ] {
        client.shows(&format!("{PAGES}?{query}"), &ids);
    }
}

#[test]
fn values_are_decoded() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let mut spaces = organisation.spaces();
    let personal = spaces.find(|space| space.key.starts_with('~'));
    let personal = personal.expect("a personal space");
    for key in [personal.key.clone(), personal.key.replace('~', "%7E")] {
        client.shows(&format!("{SPACES}?keys={key}"), [personal.id]);
    }
    for (title, pages) in [
        ("%22Definition+of+done%22", 1),
        ("%22Definition%20of%20done%22", 1),
        ("100%25+test_page", 1),
        ("VPN+%E2%80%93+%E5%B8%B8%E8%A7%81%E9%97%AE%E9%A2%98", 1),
        ("Glossary%0A(draft+of+2024)", 1),
        // A comma in a title is no list.
        ("Runbook,Onboarding", 0),
    ] {
        let found = client.get(&format!("{PAGES}?title={title}")).ids();
        assert_eq!(found.len(), pages, "{title}");
    }
}

#[test]
fn unknown_paths_methods_and_objects_are_told_apart() {
    let (_sim, client) = start(&Organisation::demo());
    let unknown =
        "wiki/api/v2/nothing|wiki/api/v2/pages/1/nothing|wiki/api/v2/pages/|wiki/wiki/api/v2/pages";
    for path in each(&format!("/[{unknown}|api/v2/pages|]")) {
        let (status, title) = client.get(&path).refusal();
        assert_eq!(status, 404, "{path}");
        assert_ne!(title, "Not Found", "{path}");
    }
    let v1 = client.get("/wiki/rest/api/space");
    assert_eq!((v1.status, &v1.json()["statusCode"]), (404, &404.into()));
    for (kind, id, below) in [
        ("space", "999", "permissions"),
        ("space", "999", "pages"),
        ("space", "-1", "labels"),
        ("page", "999", "labels"),
    ] {
        let path = format!("/wiki/api/v2/{kind}s/{id}/{below}");
        let refusal = client.get(&path).refusal();
        let named = format!("Cannot find a {kind} with id [{id}]");
        assert_eq!(refusal, (404, named));
    }
    let allow = |answer: &Answer| answer.header("allow").map(str::to_owned);
    for answer in [client.post(PAGES, &"{}".into()), client.delete(PAGES)] {
        assert_eq!(
            (answer.status, allow(&answer)),
            (405, Some("GET".to_owned()))
        );
    }
}
