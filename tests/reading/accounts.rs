//! Accounts, which the site looks up and does not list.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use confluence_fdw_tests::lines;
use confluence_fdw_tests::site::Site;
use confluence_sim::{Fault, Organisation, Reply, RoleMode, Size, User};
use serde_json::Value;

use super::{array, or_null, requests_to, sorted};

const BULK: &str = "createBulkUserLookup";
const ASSIGNMENTS: &str = "/wiki/api/v2/spaces/{id}/role-assignments";
const USERS: &str =
    "SELECT account_id, account_type, account_status, email, public_name, display_name,
    is_external_collaborator FROM confluence_users";

/// Few spaces and pages, and more accounts than one request looks up.
fn many_accounts() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 4,
        pages: 20,
        permissions: 60,
        users: 700,
        seed: 5,
        largest_space_share: 0.5,
    })
}

fn row(user: &User) -> String {
    let email = Some(user.visible_email()).filter(|email| !email.is_empty());
    [
        user.account_id.as_str(),
        user.account_type.as_str(),
        user.status.as_str(),
        &or_null(email),
        &user.public_name,
        &user.display_name,
        if user.guest { "t" } else { "f" },
    ]
    .join("|")
}

/// Members of groups, and who has a permission in a space.
fn known(organisation: &Organisation) -> BTreeSet<&str> {
    let members = organisation
        .groups()
        .iter()
        .flat_map(|group| &group.members);
    let members = members.map(|&number| &*organisation.users()[number].account_id);
    let granted = organisation
        .spaces()
        .flat_map(|space| organisation.permissions(space.id))
        .filter(|permission| permission.principal_type == "user")
        .map(|permission| permission.principal_id);
    members.chain(granted).collect()
}

fn rows_of(organisation: &Organisation, accounts: &BTreeSet<&str>) -> Vec<String> {
    let users = organisation.users().iter();
    let users = users.filter(|user| accounts.contains(&*user.account_id));
    sorted(users.map(row))
}

/// The ids that each look-up asked for.
#[track_caller]
fn looked_up(site: &Site) -> Vec<Vec<String>> {
    let requests = requests_to(&site.sim, BULK);
    let ids = requests.iter().map(|request| {
        let body = request.body.as_deref().expect("a question");
        let question: BTreeMap<String, Vec<String>> = serde_json::from_str(body).expect("ids");
        assert_eq!(request.method, "POST");
        question["accountIds"].clone()
    });
    ids.collect()
}

#[test]
fn all_are_those_in_groups_and_with_permissions_or_roles() {
    let organisation = many_accounts();
    let accounts = known(&organisation);
    assert!(accounts.len() > 500 && accounts.len() < organisation.users().len());
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(USERS);
    assert_eq!(rows, rows_of(&organisation, &accounts));
    assert!(
        rows.iter().any(|row| row.contains("|NULL|")),
        "hidden e-mails"
    );
    let looked_up = looked_up(&site);
    assert!(looked_up.iter().all(|ids| ids.len() <= 250));
    let mut ids: Vec<String> = looked_up.into_iter().flatten().collect();
    ids.sort_unstable();
    assert!(ids.iter().eq(&accounts), "each is looked up once");
    let spaces = organisation.spaces().count();
    let groups = organisation.groups();
    let members = groups.iter().map(|group| group.members.len() / 200 + 1);
    let expected = [
        (BULK, accounts.len().div_ceil(250)),
        ("getGroupV1", 1),
        ("getGroupByGroupIdMembersByGroupIdV1", members.sum()),
        ("getSpaces", 1),
        ("getSpacePermissionsAssignments", spaces),
        ("getSpaceRoleAssignments", spaces),
    ];
    assert_eq!(asked, BTreeMap::from(expected));
}

#[test]
fn who_has_nothing_but_a_role_is_among_them() {
    let organisation = many_accounts();
    let accounts = known(&organisation);
    let mut users = organisation.users().iter();
    let other = users.find(|user| !accounts.contains(&*user.account_id));
    let other = other
        .expect("somebody whom nothing is granted")
        .account_id
        .clone();
    let mut site = Site::of(organisation);
    let account = other.clone();
    site.sim.fault(
        Fault::on(ASSIGNMENTS),
        Reply::mutate(move |answer| {
            for row in answer["results"].as_array_mut().expect("rows") {
                if row["principal"]["principalType"] == "USER" {
                    row["principal"]["principalId"] = Value::from(&*account);
                }
            }
        }),
    );
    let (rows, _) = site.read_sorted("SELECT account_id FROM confluence_users");
    assert_eq!(rows.iter().filter(|id| **id == other).count(), 1);
    assert_eq!(rows.len(), accounts_and_one(&site));
}

fn accounts_and_one(site: &Site) -> usize {
    known(&site.sim.organisation()).len() + 1
}

#[test]
fn a_site_without_roles_has_accounts_all_the_same() {
    let organisation = Organisation::demo();
    let expected = rows_of(&organisation, &known(&organisation));
    for refusal in [400, 404, 403, 501] {
        let mut site = Site::of(organisation.clone());
        site.sim
            .edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, refusal));
        let (rows, _) = site.read_sorted(USERS);
        assert_eq!(rows, expected, "refused with {refusal}");
    }
}

#[test]
fn accounts_that_are_named_are_looked_up_250_at_a_time() {
    let organisation = many_accounts();
    let mut site = Site::of(organisation.clone());
    let users = &organisation.users()[..290];
    let named = users.iter().map(|user| &*user.account_id);
    let unknown: Vec<String> = (0..10)
        .map(|number| format!("712020:nobody-{number}"))
        .collect();
    let ids = array(named.chain(unknown.iter().map(String::as_str)));
    let rows = sorted(lines(
        &mut site.client,
        &format!("{USERS} WHERE account_id = ANY ({ids})"),
    ));
    assert_eq!(rows, sorted(users.iter().map(row)));
    let mut sizes: Vec<usize> = looked_up(&site).iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [50, 250]);
    assert_eq!(site.sim.data_requests().len(), 2);
}

#[test]
fn authors_of_pages_are_looked_up_by_a_join() {
    let organisation = many_accounts();
    let mut site = Site::of(organisation.clone());
    let page = organisation
        .listed_pages()
        .find(|page| page.author_id().is_some())
        .expect("an author");
    let author = page.author_id().expect("an author");
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT u.account_id FROM confluence_pages p JOIN confluence_users u ON u.account_id = p.author_id
         WHERE p.id = {}",
        page.id()
    ));
    assert_eq!(rows, [author]);
    assert_eq!(asked, BTreeMap::from([("getPages", 1), (BULK, 1)]));
}
