//! What can go wrong on request with listings that are counted off.

use crate::client::{Client, start, texts};
use confluence_sim::{Fault, Organisation, Reply, RestrictedOperation, Sim, Size};
use serde_json::Value;

/// A stand-in with a group of some members, and the members' accounts.
fn members() -> (Sim, Client, String, Vec<String>) {
    let organisation = Organisation::sized(Size {
        spaces: 2,
        pages: 40,
        permissions: 0,
        users: 60,
        seed: 3,
        ..Size::default()
    });
    let group = &organisation.groups()[0];
    let path = format!("/wiki/rest/api/group/{}/membersByGroupId", group.id);
    let members = group.members.iter();
    let members = members.map(|&number| organisation.users()[number].account_id.clone());
    let members: Vec<String> = members.collect();
    assert!(members.len() > 35);
    let (sim, client) = start(&organisation);
    (sim, client, path, members)
}

fn accounts(rows: &[Value]) -> Vec<&str> {
    texts(rows, "accountId")
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
    let second = client.get(&format!("{tens}&start=10"));
    assert_eq!(accounts(&second.rows()), members[10..13]);
    assert_eq!(second.json()["size"], 3);
    assert!(second.next().expect("more").ends_with("?limit=10&start=13"));
    let third = client.get(&format!("{tens}&start=20"));
    assert_eq!(third.rows().len(), 0);
    assert!(third.next().expect("more").ends_with("?limit=10&start=20"));
    sim.fault(Fault::on(&path), Reply::ShortPageWithNext(4));
    assert_eq!(accounts(&client.all_rows(&tens)), members);
}

#[test]
fn rows_come_twice_or_out_of_order() {
    let (sim, client, path, members) = members();
    sim.fault(Fault::on(&path).nth(1), Reply::DuplicateRows(2));
    sim.fault(Fault::on(&path).nth(1), Reply::OutOfOrder);
    let second = format!("{path}?limit=10&start=10");
    assert_eq!(accounts(&client.get(&second).rows()), members[8..18]);
    let rows = client.get(&second).rows();
    assert_eq!(accounts(&rows)[0], members[19]);
    assert_eq!(accounts(&rows)[9], members[10]);
}

#[test]
fn the_site_ignores_where_to_start_or_lowers_the_limit() {
    let (sim, client, path, members) = members();
    sim.fault(Fault::on(&path).times(2), Reply::IgnoreStart);
    for start in [0, 20] {
        let answer = client.get(&format!("{path}?limit=10&start={start}"));
        assert_eq!(accounts(&answer.rows()), members[..10], "{start}");
        assert!(answer.next().expect("more").ends_with("start=10"));
    }
    sim.fault(Fault::on(&path), Reply::LowerLimit(7));
    let lowered = client.get(&format!("{path}?limit=100"));
    assert_eq!(
        (lowered.rows().len(), &lowered.json()["limit"]),
        (7, &7.into())
    );
    let all = client.all_rows(&format!("{path}?limit=100"));
    assert_eq!(accounts(&all), members);
    // Where no link leads on, too.
    let of_user = "/wiki/rest/api/user/memberof";
    let asked = format!("{of_user}?accountId={}&start=1", members[0]);
    let right = client.get(&asked).rows();
    sim.fault(Fault::on(of_user), Reply::IgnoreStart);
    assert_eq!(client.get(&asked).rows().len(), right.len() + 1);
    // v2 does not tell its limit.
    let pages = "/wiki/api/v2/pages";
    let ids = client.all_ids(&format!("{pages}?limit=250"));
    sim.fault(Fault::on(pages), Reply::LowerLimit(7));
    assert_eq!(client.get(&format!("{pages}?limit=250")).rows().len(), 7);
    client.lists(&format!("{pages}?limit=250"), &ids);
}

#[test]
fn lists_within_a_restriction_go_wrong_as_well() {
    let (sim, client, ..) = members();
    let organisation = sim.organisation();
    let long = organisation
        .restrictions()
        .find(|(_, operation, subjects)| {
            *operation == RestrictedOperation::Read && subjects.len() > 2
        });
    let (id, ..) = long.expect("a longer list");
    let path = format!("/wiki/rest/api/content/{id}/restriction");
    let query = "?expand=restrictions.user&limit=1";
    let user = |start: usize| {
        let answer = client.get(&format!("{path}{query}&start={start}")).json();
        answer["results"][0]["restrictions"]["user"].clone()
    };
    let first = user(0)["results"].clone();
    assert_ne!(user(1)["results"], first);
    sim.fault(Fault::on(&path), Reply::IgnoreStart);
    assert_eq!(user(1)["results"], first);
    sim.clear_faults();
    sim.fault(Fault::on(&path), Reply::LowerLimit(1));
    let lowered = client.get(&format!("{path}?expand=restrictions.user&limit=50"));
    let lowered = &lowered.json()["results"][0]["restrictions"]["user"];
    assert_eq!(
        (&lowered["size"], &lowered["limit"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn links_can_be_wrong() {
    let (sim, client, path, _) = members();
    let tens = format!("{path}?limit=10");
    let relative = path.trim_start_matches("/wiki");
    sim.fault(Fault::on(&path).page(2).times(1), Reply::RepeatCursor);
    assert!(
        client
            .get(&tens)
            .next()
            .expect("more")
            .ends_with("start=10")
    );
    let again = client.get(&format!("{tens}&start=10"));
    assert_eq!(again.next(), Some(format!("{relative}?limit=10&start=10")));
    let elsewhere = "http://127.0.0.2:8080".to_owned();
    sim.fault(Fault::on(&path).times(1), Reply::AbsoluteNext(elsewhere));
    assert_eq!(
        client.get(&tens).next(),
        Some(format!("http://127.0.0.2:8080{path}?limit=10&start=10"))
    );
    sim.fault(Fault::on(&path).times(1), Reply::LinkHeaderOnly);
    let header_only = client.get(&tens);
    assert_eq!(header_only.next(), None);
    assert_eq!(
        header_only.header("link"),
        Some(format!("<{path}?limit=10&start=10>; rel=\"next\"").as_str())
    );
    sim.fault(Fault::on(&path).times(1), Reply::Html200);
    assert!(client.get(&tens).text.starts_with("<!DOCTYPE html>"));
}

#[test]
fn the_log_tells_which_page_was_asked_for() {
    let (sim, client, path, _) = members();
    sim.clear_log();
    client.all_rows(&format!("{path}?limit=10"));
    let pages: Vec<u32> = sim.log().iter().map(|request| request.page).collect();
    assert_eq!(pages[..4], [1, 2, 3, 4]);
}
