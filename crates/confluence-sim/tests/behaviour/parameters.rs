//! What may be asked, and what is refused.

use crate::client::{Client, PAGES, SPACES};
use confluence_sim::{Options, Sim};

fn many(count: u64) -> String {
    (1..=count)
        .map(|number| number.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

#[test]
fn a_bad_parameter_is_a_400_that_says_which() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let space = sim.organisation().spaces().next().expect("a space").id;
    let page = sim.organisation().pages().next().expect("a page").id();
    let (too_many, hundred_and_one) = (many(251), many(101));
    let of_spaces = [
        "unknown=1",
        "limit=0",
        "limit=251",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1&limit=2",
        "sort=created-date",
        "sort=",
        "sort=ID",
        "type=blog",
        "type=global,personal",
        "status=trashed",
        "status=current,archived",
        "description-format=storage",
        "ids=1,x",
        "ids=",
        "ids=1,,2",
        "ids=1.5",
        "keys=",
        "Limit=5",
        "cursor=garbage",
        "cursor=",
        "keys=%zz",
        "keys=%e4",
        "keys=%2",
        &format!("ids={too_many}"),
        &format!("keys={too_many}"),
    ]
    .map(|query| format!("{SPACES}?{query}"));
    let of_pages = [
        "status=draft",
        "status=current,draft",
        "status=any",
        "status=",
        "subtype=blog",
        "body-format=view",
        "sort=name",
        "sort=modified",
        "id=x",
        "space-id=ENG",
        "depth=root",
        "title=a&title=b",
        "limit=999",
        &format!("id={too_many}"),
        &format!("space-id={hundred_and_one}"),
    ]
    .map(|query| format!("{PAGES}?{query}"));
    let others = [
        format!("{SPACES}/{space}/pages?depth=deep"),
        format!("{SPACES}/{space}/pages?space-id=1"),
        format!("{SPACES}/{space}/permissions?sort=id"),
        format!("{SPACES}/ENG/permissions"),
        format!("{SPACES}/1.5/permissions"),
        format!("{PAGES}/x/labels"),
        format!("{PAGES}/{page}/labels?limit=0"),
        format!("{PAGES}/99999999999999999999/labels"),
    ];
    for path in of_spaces.iter().chain(&of_pages).chain(&others) {
        let answer = client.get(path);
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
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    for path in [
        format!("{PAGES}?limit=1"),
        format!("{PAGES}?limit=250"),
        format!("{PAGES}?id={}", many(250)),
        format!("{PAGES}?space-id={}", many(100)),
        format!("{SPACES}?ids={}", many(250)),
        format!("{SPACES}?keys={}", many(250)),
        format!("{PAGES}?id=-1"),
    ] {
        assert_eq!(client.get(&path).status, 200, "{path}");
    }
}

#[test]
fn lists_come_with_commas_or_repeated() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let ids: Vec<u64> = sim
        .organisation()
        .listed_pages()
        .take(3)
        .map(|page| page.id())
        .collect();
    for query in [
        format!("id={},{},{}", ids[0], ids[1], ids[2]),
        format!("id={}%2C{}%2c{}", ids[0], ids[1], ids[2]),
        format!("id={}&id={}&id={}", ids[2], ids[1], ids[0]),
        format!("id={},{}&id={}&id={}", ids[1], ids[0], ids[2], ids[2]),
    ] {
        assert_eq!(
            client.get(&format!("{PAGES}?{query}")).ids(),
            ids,
            "{query}"
        );
    }
}

#[test]
fn values_are_decoded() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let personal = sim
        .organisation()
        .spaces()
        .find(|space| space.key.starts_with('~'))
        .expect("a personal space")
        .id;
    let key = sim
        .organisation()
        .space(personal)
        .expect("just found")
        .key
        .clone();
    for key in [key.clone(), key.replace('~', "%7E")] {
        assert_eq!(
            client.get(&format!("{SPACES}?keys={key}")).ids(),
            [personal]
        );
    }
    for title in [
        "%22Definition+of+done%22",
        "%22Definition%20of%20done%22",
        "100%25+test_page",
        "VPN+%E2%80%93+%E5%B8%B8%E8%A7%81%E9%97%AE%E9%A2%98",
        "Glossary%0A(draft+of+2024)",
    ] {
        assert_eq!(
            client.get(&format!("{PAGES}?title={title}")).ids().len(),
            1,
            "{title}"
        );
    }
    // A comma in a title is no list.
    assert_eq!(
        client
            .get(&format!("{PAGES}?title=Runbook,Onboarding"))
            .ids()
            .len(),
        0
    );
}

#[test]
fn unknown_paths_methods_and_objects_are_told_apart() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    for path in [
        "/wiki/api/v2/nothing",
        "/wiki/api/v2/pages/1/nothing",
        "/wiki/api/v2/pages/",
        "/wiki/wiki/api/v2/pages",
        "/api/v2/pages",
        "/",
    ] {
        let (status, title) = client.get(path).refusal();
        assert_eq!(status, 404, "{path}");
        assert_ne!(title, "Not Found", "{path}");
    }
    let v1 = client.get("/wiki/rest/api/space");
    assert_eq!((v1.status, &v1.json()["statusCode"]), (404, &404.into()));
    for (path, named) in [
        (
            "/wiki/api/v2/spaces/999/permissions",
            "Cannot find a space with id [999]",
        ),
        (
            "/wiki/api/v2/spaces/999/pages",
            "Cannot find a space with id [999]",
        ),
        (
            "/wiki/api/v2/spaces/-1/labels",
            "Cannot find a space with id [-1]",
        ),
        (
            "/wiki/api/v2/pages/999/labels",
            "Cannot find a page with id [999]",
        ),
    ] {
        assert_eq!(client.get(path).refusal(), (404, named.to_owned()));
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let header = confluence_sim::Credential::basic(Options::EMAIL, Options::TOKEN).header();
    let url = format!("{}{PAGES}", sim.url());
    let posted = agent
        .post(&url)
        .header("authorization", &header)
        .send("{}")
        .expect("an answer");
    assert_eq!(
        (posted.status().as_u16(), &posted.headers()["allow"]),
        (405, &"GET".parse().expect("a value"))
    );
    assert_eq!(
        agent
            .delete(&url)
            .header("authorization", &header)
            .call()
            .expect("an answer")
            .status(),
        405
    );
}
