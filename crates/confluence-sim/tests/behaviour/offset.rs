//! What can go wrong on request with listings that are counted off.

use crate::client::{Answer, Client, sized, start, texts};
use confluence_sim::{Fault, Reply, RestrictedOperation, Sim};

/// A stand-in with a group of some members, and the members' accounts.
fn members() -> (Sim, Client, String, Vec<String>) {
    let organisation = sized([2, 40, 0, 60], 3);
    let group = &organisation.groups()[0];
    let path = format!("/wiki/rest/api/group/{}/membersByGroupId", group.id);
    let members = group.members.iter();
    let members = members.map(|&number| organisation.users()[number].account_id.clone());
    let members: Vec<String> = members.collect();
    assert!(members.len() > 35);
    let (sim, client) = start(&organisation);
    (sim, client, path, members)
}

fn accounts(answer: &Answer) -> Vec<String> {
    let rows = answer.rows();
    let accounts = texts(&rows, "accountId").into_iter();
    accounts.map(str::to_owned).collect()
}

fn all_accounts(client: &Client, path: &str) -> Vec<String> {
    client.chain(path).iter().flat_map(accounts).collect()
}

#[test]
fn short_and_empty_pages_lead_on() {
    let (sim, client, path, members) = members();
    let tens = format!("{path}?limit=10");
    sim.fault(
        Fault::on(&path).page(2).times(1),
        Reply::ShortPageWithNext(3),
    );
    sim.fault(Fault::on(&path).page(3).times(1), Reply::EmptyPageWithNext);
    for (start, rows, next) in [(10, 3, 13), (20, 0, 20)] {
        let page = client.get(&format!("{tens}&start={start}"));
        assert_eq!(accounts(&page), members[start..start + rows]);
        assert_eq!(page.json()["size"], rows);
        let wanted = format!("?limit=10&start={next}");
        assert!(page.next().expect("more").ends_with(&wanted));
    }
    sim.fault(Fault::on(&path), Reply::ShortPageWithNext(4));
    sim.clear_log();
    assert_eq!(all_accounts(&client, &tens), members);
    let pages: Vec<u32> = sim.log().iter().map(|request| request.page).collect();
    assert_eq!(pages[..4], [1, 2, 2, 3], "as far as they can be told");
}

#[test]
fn rows_come_twice_or_out_of_order() {
    let (sim, client, path, members) = members();
    sim.fault(Fault::on(&path).nth(1), Reply::DuplicateRows(2));
    sim.fault(Fault::on(&path).nth(1), Reply::OutOfOrder);
    let second = format!("{path}?limit=10&start=10");
    assert_eq!(accounts(&client.get(&second)), members[8..18]);
    let swapped = accounts(&client.get(&second));
    assert_eq!([&swapped[0], &swapped[9]], [&members[19], &members[10]]);
}

#[test]
fn the_site_ignores_where_to_start_or_lowers_the_limit() {
    let (sim, client, path, members) = members();
    sim.fault(Fault::on(&path).times(2), Reply::IgnoreStart);
    for start in [0, 20] {
        let answer = client.get(&format!("{path}?limit=10&start={start}"));
        assert_eq!(accounts(&answer), members[..10], "{start}");
        assert!(answer.next().expect("more").ends_with("start=10"));
    }
    sim.fault(Fault::on(&path), Reply::LowerLimit(7));
    let hundred = format!("{path}?limit=100");
    let lowered = client.get(&hundred);
    assert_eq!(lowered.rows().len(), 7);
    assert_eq!(lowered.json()["limit"], 7);
    assert_eq!(all_accounts(&client, &hundred), members);
    // Where no link leads on, too.
    let of_user = "/wiki/rest/api/user/memberof";
    let asked = format!("{of_user}?accountId={}&start=1", members[0]);
    let right = client.get(&asked).rows();
    sim.fault(Fault::on(of_user), Reply::IgnoreStart);
    assert_eq!(client.get(&asked).rows().len(), right.len() + 1);
    // v2 does not tell its limit.
    let pages = "/wiki/api/v2/pages?limit=250";
    let ids = client.all_ids(pages);
    sim.fault(Fault::on("/wiki/api/v2/pages"), Reply::LowerLimit(7));
    assert_eq!(client.get(pages).rows().len(), 7);
    client.lists(pages, &ids);
}

#[test]
fn lists_within_a_restriction_go_wrong_as_well() {
    let (sim, client, ..) = members();
    let organisation = sim.organisation();
    let read = RestrictedOperation::Read;
    let mut lists = organisation.restrictions();
    let long = lists.find(|(_, operation, subjects)| *operation == read && subjects.len() > 2);
    let (id, ..) = long.expect("a longer list");
    let path = format!("/wiki/rest/api/content/{id}/restriction");
    let users = |query: &str| {
        let answer = client.get(&format!("{path}?expand=restrictions.user&{query}"));
        answer.json()["results"][0]["restrictions"]["user"].clone()
    };
    let first = users("limit=1&start=0")["results"].clone();
    assert_ne!(users("limit=1&start=1")["results"], first);
    sim.fault(Fault::on(&path), Reply::IgnoreStart);
    assert_eq!(users("limit=1&start=1")["results"], first);
    sim.clear_faults();
    sim.fault(Fault::on(&path), Reply::LowerLimit(1));
    let lowered = users("limit=50");
    assert_eq!(
        (&lowered["size"], &lowered["limit"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn links_can_be_wrong() {
    let (sim, client, path, _) = members();
    let tens = format!("{path}?limit=10");
    let right = format!("{path}?limit=10&start=10");
    let relative = right.trim_start_matches("/wiki").to_owned();
    sim.fault(Fault::on(&path).page(2).times(1), Reply::RepeatCursor);
    for asked in [&tens, &format!("{tens}&start=10")] {
        assert_eq!(client.get(asked).next().as_ref(), Some(&relative));
    }
    let elsewhere = "http://127.0.0.2:8080".to_owned();
    let wrong = format!("{elsewhere}{right}");
    sim.fault(Fault::on(&path).times(1), Reply::AbsoluteNext(elsewhere));
    assert_eq!(client.get(&tens).next(), Some(wrong));
    sim.fault(Fault::on(&path).times(1), Reply::LinkHeaderOnly);
    let header_only = client.get(&tens);
    assert_eq!(header_only.next(), None);
    let link = format!("<{right}>; rel=\"next\"");
    assert_eq!(header_only.header("link"), Some(&*link));
}
