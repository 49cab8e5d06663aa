//! What a refresh reads and publishes.

use std::time::Duration;

use confluence_fdw_tests::{lines, one};
use confluence_sim::{Organisation, RestrictedOperation, Subject};

use super::{latest_run, mirrored, refresh};
use crate::scene::Scene;

#[test]
fn the_mirror_has_what_the_site_has() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    for table in [
        "spaces",
        "pages",
        "blogposts",
        "permissions",
        "groups",
        "group_members",
        "content_restrictions",
        "folders",
    ] {
        let keys = match table {
            "permissions" => "id, space_id, principal_id, operation_key",
            "group_members" => "group_id, account_id",
            "content_restrictions" => "content_id, operation, principal_id",
            _ => "id",
        };
        let of = |from: &str| format!("SELECT {keys} FROM {from} ORDER BY {keys}");
        let live = lines(&mut scene.client, &of(&format!("confluence_{table}")));
        let kept = lines(&mut scene.client, &of(&format!("acme.{table}")));
        assert_eq!(kept, live, "{table}");
    }
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT status, mode, drift FROM acme.runs"
        ),
        ["complete|full|f"]
    );
}

#[test]
fn a_refresh_tells_what_it_has_sent_and_read() {
    let mut scene = mirrored();
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    let sent = scene.sim.log().len();
    let told = one(&mut scene.client, "SELECT requests FROM acme.runs");
    assert_eq!(told, sent.to_string());
    let pages = lines(
        &mut scene.client,
        "SELECT rows_read, rows_opened, rows_changed, rows_ended, is_complete, detail -> 'requests' IS NOT NULL
         FROM acme.run_steps WHERE step = 'pages'",
    );
    let count = scene.page_ids().len();
    assert_eq!(pages, [format!("{count}|{count}|0|0|t|t")]);
}

#[test]
fn a_refresh_without_changes_writes_nothing_but_its_run() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let states = |scene: &mut Scene| {
        super::histories(scene)
            .iter()
            .map(|table| {
                one(
                    &mut scene.client,
                    &format!("SELECT count(*) || ' ' || coalesce(md5(string_agg(h.ctid::text || h.xmin::text, ',' ORDER BY h.ctid)), '') FROM acme.{table}_history h"),
                )
            })
            .collect::<Vec<_>>()
    };
    let before = states(&mut scene);
    refresh(&mut scene, "full");
    assert_eq!(states(&mut scene), before);
    assert_eq!(latest_run(&mut scene), "2");
}

#[test]
fn what_is_current_can_be_asked_for_without_a_request() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    scene.sim.clear_log();
    lines(
        &mut scene.client,
        "SELECT id FROM acme.pages WHERE modified_at > now() - interval '30 days'",
    );
    assert!(scene.sim.log().is_empty());
}

#[test]
fn what_is_in_the_trees_is_one_relation_now_and_at_any_time() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = |scene: &mut Scene, from: &str| {
        lines(
            &mut scene.client,
            &format!("SELECT c::text FROM {from} AS c ORDER BY 1"),
        )
    };
    let before = ids(&mut scene, "acme.content");
    assert!(before.len() > scene.page_ids().len(), "more than pages");
    let page = scene.page_ids()[0];
    scene.sim.edit(|site| site.trash_page(page).unwrap());
    refresh(&mut scene, "full");
    let first = "acme.content_as_of((SELECT published_at FROM acme.runs WHERE id = 1))";
    assert_eq!(ids(&mut scene, first), before);
    assert_eq!(ids(&mut scene, "acme.content_at(1)"), before);
    let now = ids(&mut scene, "acme.content");
    assert_eq!(now.len(), before.len() - 1);
    assert_eq!(ids(&mut scene, "acme.content_as_of()"), now);
}

#[test]
fn short_tables_are_read_beside_long_ones() {
    let mut scene = mirrored();
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    let log = scene.sim.log();
    let place = |is_one: &dyn Fn(&str) -> bool| {
        let found = log
            .iter()
            .position(|request| is_one(&request.path_and_query));
        found.expect("a request")
    };
    let pages = place(&|path| path.starts_with("/wiki/api/v2/pages?"));
    for kind in ["folder", "whiteboard", "database", "embed"] {
        let found = place(&|path| {
            path.contains("/content/search?") && path.contains(&format!("type%20%3D%20{kind}"))
        });
        assert!(found < pages, "{kind}: {found}, {pages}");
    }
    // Each is told of by itself, and nothing is counted twice: what the steps have sent, and what came before and behind them.
    let steps = one(
        &mut scene.client,
        "SELECT sum(requests) FROM acme.run_steps",
    );
    let steps: usize = steps.parse().unwrap();
    let before = place(&|path| path.starts_with("/wiki/rest/api/group?"));
    let behind = 2;
    assert_eq!(before + steps + behind, log.len());
}

/// An account that owns no space, and from which all groups and grants are taken.
fn left_alone(site: &mut Organisation) -> String {
    let spaces: Vec<u64> = site.spaces().map(|space| space.id).collect();
    let has_space = |account: &str| {
        let mut of = site
            .spaces()
            .flat_map(|space| [&space.owner_id, &space.author_id]);
        of.any(|id| id.as_deref() == Some(account))
    };
    let mut accounts = site.users().iter().map(|user| user.account_id.clone());
    let account = accounts
        .find(|account| !has_space(account))
        .expect("an account");
    let groups: Vec<String> = site.groups().iter().map(|group| group.id.clone()).collect();
    for group in groups {
        // Most groups do not have it.
        site.remove_member(&group, &account).ok();
    }
    let granted = spaces.iter().flat_map(|space| site.permissions(*space));
    let granted = granted
        .filter(|grant| grant.principal_id == account)
        .map(|grant| grant.id);
    for grant in granted.collect::<Vec<_>>() {
        site.remove_permission(grant).expect("a grant");
    }
    account
}

/// The accounts that each look-up since the last refresh has asked for.
fn looked_up(scene: &Scene) -> Vec<Vec<String>> {
    let asked = |body: &Option<String>| {
        let body: serde_json::Value = serde_json::from_str(body.as_deref()?).ok()?;
        serde_json::from_value(body["accountIds"].clone()).ok()
    };
    let log = scene.sim.log();
    let look_ups = log
        .iter()
        .filter(|request| request.path == "/wiki/api/v2/users-bulk");
    look_ups
        .map(|request| asked(&request.body).expect("ids"))
        .collect()
}

#[test]
fn accounts_are_looked_up_beside_restrictions_and_those_that_only_contents_name_behind_them() {
    let mut scene = mirrored();
    let pages = scene.page_ids();
    let mut account = String::new();
    scene.sim.edit(|site| {
        account = left_alone(site);
        for reader in [account.clone(), "712020:nobody-knows-them".to_owned()] {
            let restricted =
                site.restrict(pages[0], RestrictedOperation::Read, Subject::User(reader));
            restricted.expect("a page");
        }
    });
    scene.sim.clear_log();
    scene.sim.set_latency(Duration::from_millis(30));
    refresh(&mut scene, "full");
    scene.sim.set_latency(Duration::ZERO);
    let asked = looked_up(&scene);
    let [most, others] = &asked[..] else {
        panic!("{asked:?}");
    };
    assert!(!most.contains(&account) && most.len() > others.len());
    assert!(others.contains(&account) && others.iter().all(|other| !most.contains(other)));
    let kept = format!("SELECT count(*) FROM acme.users WHERE account_id = '{account}'");
    assert_eq!(one(&mut scene.client, &kept), "1");
    let log = scene.sim.log();
    let is_search = |path: &str| path.contains("/content/search?cql=id%20in");
    let look_up = log
        .iter()
        .find(|request| request.path == "/wiki/api/v2/users-bulk");
    let search = log
        .iter()
        .rfind(|request| is_search(&request.path_and_query));
    let (look_up, search) = (look_up.expect("a look-up"), search.expect("a search"));
    assert!(
        search
            .answered
            .is_some_and(|answered| look_up.received < answered)
    );
    // By then it is known. Whom the site does not tell of, it is asked for again.
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    let asked = looked_up(&scene);
    assert!(asked[0].contains(&account), "{asked:?}");
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(asked[1], ["712020:nobody-knows-them"]);
}

#[test]
fn whom_a_grant_and_a_list_name_and_the_site_tells_nothing_of_is_asked_for_once() {
    let mut scene = mirrored();
    let page = scene.page_ids()[0];
    let unknown = "712020:nobody-knows-them";
    scene.sim.edit(|site| {
        let space = site.spaces().next().expect("a space").id;
        let granted = site.add_permission(space, ("user", unknown), ("read", "space"));
        granted.expect("a space");
        let reader = Subject::User(unknown.to_owned());
        let restricted = site.restrict(page, RestrictedOperation::Read, reader);
        restricted.expect("a page");
    });
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    let asked = looked_up(&scene);
    let naming = asked.iter().flatten().filter(|id| *id == unknown);
    assert_eq!(naming.count(), 1, "{asked:?}");
}
