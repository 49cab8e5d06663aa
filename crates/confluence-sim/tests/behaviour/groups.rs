//! Groups and their members.

use crate::client::{Client, start, texts};
use crate::patterns::each;
use confluence_sim::Organisation;
use serde_json::Value;

const GROUPS: &str = "/wiki/rest/api/group";

#[test]
fn a_page_of_v1_says_where_it_stands() {
    let (sim, client) = start(&Organisation::demo());
    let page = client.get(&format!("{GROUPS}?limit=3&start=3")).json();
    for name in ["start", "limit", "size"] {
        assert_eq!(page[name], 3);
    }
    let links = &page["_links"];
    assert_eq!(links["next"], "/rest/api/group?limit=3&start=6");
    assert_eq!(links["base"], format!("{}/wiki", sim.url()));
    assert_eq!(links["context"], "/wiki");
    assert_eq!(page.get("totalSize"), None);
    // The seventh is the last one.
    let last = client.get(&format!("{GROUPS}?start=6&limit=1"));
    assert_eq!((last.rows().len(), last.next()), (1, None));
    let beyond = client.get(&format!("{GROUPS}?start=99"));
    assert_eq!((beyond.rows().len(), beyond.next()), (0, None));
    // Nothing is said when a limit is too high but what it is lowered to.
    let lowered = client.get(&format!("{GROUPS}?limit=1000")).json();
    assert_eq!(lowered["limit"], 200);
    for query in each("[start=-1|start=x|limit=-1|limit=x|start=9999999999|cursor=x]") {
        client.refuses_in_v1(&format!("{GROUPS}?{query}"), 400);
    }
}

#[test]
fn members_are_users_and_at_most_200_on_a_page() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    for group in organisation.groups() {
        let path = format!("{GROUPS}/{}/membersByGroupId", group.id);
        let rows = client.all_rows(&path);
        let members = group
            .members
            .iter()
            .map(|&number| &organisation.users()[number]);
        let wanted: Vec<&str> = members.map(|user| user.account_id.as_str()).collect();
        assert_eq!(texts(&rows, "accountId"), wanted, "{}", group.name);
    }
    let everybody = &organisation.groups()[0];
    assert!(everybody.members.len() > 1_000);
    let path = format!("{GROUPS}/{}/membersByGroupId", everybody.id);
    assert_eq!(client.get(&format!("{path}?limit=200")).rows().len(), 200);
    client.refuses_in_v1(&format!("{path}?limit=201"), 400);
    // A group that nobody knows has no members.
    let nobody = client.get(&format!("{GROUPS}/no-such-group/membersByGroupId"));
    assert_eq!((nobody.rows(), nobody.next()), (Vec::<Value>::new(), None));
}

#[test]
fn whoever_administers_takes_somebody_out_of_a_group() {
    let (sim, client) = start(&Organisation::demo());
    let (group, account) = {
        let organisation = sim.organisation();
        let group = &organisation.groups()[2];
        let account = &organisation.users()[group.members[0]];
        (group.id.clone(), account.account_id.clone())
    };
    let members = format!("{GROUPS}/{group}/membersByGroupId");
    let before = client.get(&members).rows().len();
    let path = |group: &str| format!("{GROUPS}/userByGroupId?groupId={group}&accountId={account}");
    assert_eq!(client.get(&path(&group)).header("allow"), Some("DELETE"));
    assert_eq!(client.delete(&path("none")).refusal_of_v1().0, 404);
    assert_eq!(Client::with(&sim, None).delete(&path(&group)).status, 403);
    assert_eq!(client.get(&members).rows().len(), before);
    assert_eq!(client.delete(&path(&group)).status, 204);
    let left = client.get(&members).rows();
    assert_eq!(left.len(), before - 1);
    assert!(!texts(&left, "accountId").contains(&account.as_str()));
}
