//! Roles: which there are, who has them, and sites that have none.

use crate::client::{SPACES, sized, start};
use confluence_sim::{Organisation, RoleMode};
use serde_json::json;
use std::collections::BTreeSet;

const ROLES: &str = "/wiki/api/v2/space-roles";
const MODE: &str = "/wiki/api/v2/space-role-mode";

#[test]
fn assignments_follow_from_what_each_principal_may() {
    let organisation = sized([12, 50, 3_200, 400], 3);
    let (_sim, client) = start(&organisation);
    let (mut seen, mut longest) = (BTreeSet::new(), 0);
    for space in organisation.spaces() {
        let path = format!("{SPACES}/{}/role-assignments?limit=100", space.id);
        let rows = client.all_rows(&path);
        longest = longest.max(rows.len());
        // In the words of roles. The roles are no principals here.
        let principal = |kind: &str, id: &str| match kind {
            "access-class" => (
                "ACCESS_CLASS".to_owned(),
                id.to_lowercase().replace('_', "-"),
            ),
            kind => (kind.to_uppercase(), id.to_owned()),
        };
        let permissions = || {
            let given = organisation.permissions(space.id);
            given.filter(|row| row.principal_type != "role")
        };
        let wanted: BTreeSet<(String, String)> = permissions()
            .map(|row| principal(row.principal_type, row.principal_id))
            .collect();
        let found = rows.iter().map(|row| {
            let part = |name: &str| row["principal"][name].as_str().expect("text").to_owned();
            (part("principalType"), part("principalId"))
        });
        assert!(found.clone().is_sorted() && found.clone().eq(wanted.iter().cloned()));
        for (row, found) in rows.iter().zip(found) {
            let may: BTreeSet<(&str, &str)> = permissions()
                .filter(|row| principal(row.principal_type, row.principal_id) == found)
                .map(|row| (row.operation_key, row.target_type))
                .collect();
            let wanted = if may.contains(&("administer", "space")) {
                "Admin"
            } else if may.contains(&("manage_users", "space")) {
                "Manager"
            } else if may == BTreeSet::from([("read", "space")]) {
                "Viewer"
            } else if may.iter().all(|(key, _)| ["read", "export"].contains(key)) {
                "Auditor"
            } else {
                "Collaborator"
            };
            let role = organisation.role(row["roleId"].as_str().expect("an id"));
            assert_eq!(role.expect("a role").name, wanted, "{may:?}");
            seen.extend([found.0, wanted.to_owned()]);
        }
    }
    assert!(longest > 200);
    assert_eq!(seen.len(), 3 + 5, "{seen:?}");
}

#[test]
fn roles_are_filtered_by_type() {
    let (_sim, client) = start(&Organisation::demo());
    let rows = |kind: &str| client.all_rows(&format!("{ROLES}?role-type={kind}"));
    assert_eq!(rows("CUSTOM")[0]["name"], "Auditor");
    assert_eq!((rows("CUSTOM").len(), rows("SYSTEM").len()), (1, 4));
}

#[test]
fn a_site_without_roles_says_so_with_the_status_that_is_wanted() {
    let (sim, client) = start(&Organisation::demo());
    let space = sim.organisation().spaces().next().expect("a space").id;
    let paths = [
        ROLES.to_owned(),
        "/wiki/api/v2/space-permissions".to_owned(),
        format!("{SPACES}/{space}/role-assignments"),
    ];
    let title = "Space roles are not available on this site";
    for (mode, refused_with, status) in [
        (RoleMode::PreRoles, None, 400),
        (RoleMode::PreRoles, Some(404), 404),
        (RoleMode::PreRoles, Some(501), 501),
        (RoleMode::RolesTransition, None, 200),
        (RoleMode::Roles, None, 200),
    ] {
        sim.edit(|organisation| organisation.set_role_mode(mode, refused_with));
        assert_eq!(client.get(MODE).json(), json!({"mode": mode.as_str()}));
        for path in &paths {
            let answer = client.get(path);
            assert_eq!(answer.status, status, "{path}");
            let said = &answer.json()["errors"][0]["title"];
            assert_eq!(said == title, status != 200, "{path}");
        }
    }
}
