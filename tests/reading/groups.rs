//! Groups and their members: listings that are counted off.

use std::sync::Arc;

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, literal};
use confluence_sim::{Fault, Group, Organisation, Reply, Size};

use super::sorted;

const MEMBERS_OF: &str = "/wiki/rest/api/group/{id}/membersByGroupId";
const GROUPS: &str = "/wiki/rest/api/group";

/// With a group of several hundred accounts.
fn organisation() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 2,
        pages: 10,
        permissions: 10,
        users: 700,
        seed: 5,
        largest_space_share: 0.5,
    })
}

fn largest(organisation: &Organisation) -> &Group {
    let groups = organisation.groups().iter();
    let largest = groups
        .max_by_key(|group| group.members.len())
        .expect("a group");
    assert!(largest.members.len() > 400, "more than two pages");
    largest
}

fn members(organisation: &Organisation, group: &Group) -> Vec<String> {
    let users = organisation.users();
    sorted(
        group
            .members
            .iter()
            .map(|&number| users[number].account_id.clone()),
    )
}

fn members_of(group: &Group) -> String {
    let id = literal(&group.id);
    format!("SELECT account_id FROM confluence_group_members WHERE group_id = {id}")
}

#[test]
fn a_large_group_is_complete() {
    let organisation = organisation();
    let group = largest(&organisation);
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(&members_of(group));
    assert_eq!(rows, members(&organisation, group));
    assert_eq!(asked.values().sum::<usize>(), group.members.len() / 200 + 1);
}

#[test]
fn members_of_all_groups_are_complete() {
    let organisation = organisation();
    let mut site = Site::of(organisation.clone());
    let (rows, _) = site.read_sorted("SELECT group_id, account_id FROM confluence_group_members");
    let pairs = organisation.groups().iter().flat_map(|group| {
        let members = members(&organisation, group).into_iter();
        members.map(|account| format!("{}|{account}", group.id))
    });
    assert_eq!(rows, sorted(pairs));
}

#[test]
fn pages_that_are_shorter_than_asked_for_end_nothing() {
    let organisation = organisation();
    let group = largest(&organisation);
    let mut site = Site::of(organisation.clone());
    for (reply, what) in [
        (Reply::LowerLimit(70), "a lower limit, which the site tells"),
        (Reply::ShortPageWithNext(70), "short pages with a next link"),
        (Reply::DuplicateRows(3), "rows that come again"),
    ] {
        site.sim.fault(Fault::on(MEMBERS_OF), reply);
        let (rows, _) = site.read_sorted(&members_of(group));
        assert_eq!(rows, members(&organisation, group), "{what}");
        site.sim.clear_faults();
    }
    site.sim.fault(Fault::on(GROUPS), Reply::LowerLimit(2));
    let (rows, asked) = site.read_sorted("SELECT id FROM confluence_groups");
    let groups = organisation.groups();
    assert_eq!(rows, sorted(groups.iter().map(|group| group.id.clone())));
    assert!(asked["getGroupV1"] >= groups.len().div_ceil(2));
}

#[test]
fn a_site_that_always_begins_at_the_beginning_is_an_error() {
    let organisation = organisation();
    let group = largest(&organisation);
    let mut site = Site::of(organisation.clone());
    site.sim.fault(Fault::on(MEMBERS_OF), Reply::IgnoreStart);
    let raised = error(&mut site.client, &members_of(group));
    assert_eq!(raised.code().code(), "HV000", "{raised:?}");
    assert!(site.sim.data_requests().len() <= 3);
    site.sim.clear_faults();
    let (rows, _) = site.read_sorted(&members_of(group));
    assert_eq!(rows, members(&organisation, group));
}

#[test]
fn a_group_that_nobody_knows_has_no_members() {
    let mut site = Site::of(Organisation::demo());
    for condition in [
        "confluence_group_members WHERE group_id = 'no such group'",
        "confluence_groups WHERE id = 'no such group'",
    ] {
        let (rows, requests) = site.read(&format!("SELECT * FROM {condition}"));
        assert_eq!(rows, Vec::<String>::new());
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].contains("no%20such%20group"), "{requests:?}");
    }
}

#[test]
fn the_groups_of_one_account_come_in_one_request_where_their_ids_are_enough() {
    let organisation = Organisation::demo();
    let user = &organisation.users()[1];
    let groups = organisation.groups().iter();
    let groups = groups.filter(|group| group.members.contains(&1));
    let expected = sorted(groups.map(|group| group.id.clone()));
    assert!(!expected.is_empty());
    let mut site = Site::of(organisation.clone());
    let by_account = format!("WHERE account_id = {}", literal(&user.account_id));
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT group_id FROM confluence_group_members {by_account}"
    ));
    assert_eq!(rows, expected);
    assert_eq!(asked.values().sum::<usize>(), 1);
    // Names of accounts stand in the listings of groups only.
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT group_id FROM confluence_group_members {by_account} AND display_name IS NOT NULL"
    ));
    assert_eq!(rows, expected);
    assert_eq!(
        asked["getGroupByGroupIdMembersByGroupIdV1"],
        organisation.groups().len()
    );
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT group_id FROM confluence_user_groups {by_account}"
    ));
    assert_eq!(rows, expected);
    assert_eq!(asked.values().sum::<usize>(), 1);
}
