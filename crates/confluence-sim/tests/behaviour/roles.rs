//! Roles: which there are, who has them, and sites that have none.

use crate::client::{SPACES, start};
use confluence_sim::{Organisation, RoleMode, RoleType, Size};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const ROLES: &str = "/wiki/api/v2/space-roles";
const CATALOGUE: &str = "/wiki/api/v2/space-permissions";
const MODE: &str = "/wiki/api/v2/space-role-mode";

fn small() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 12,
        pages: 50,
        permissions: 3_200,
        users: 400,
        seed: 3,
        ..Size::default()
    })
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["name"].as_str().expect("a name"))
        .collect()
}

#[test]
fn assignments_follow_from_what_each_principal_may() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let name = |id: &Value| {
        let role = organisation.role(id.as_str().expect("an id"));
        role.expect("a role of the organisation").name.as_str()
    };
    let (mut seen, mut longest) = (BTreeSet::new(), 0);
    for space in organisation.spaces() {
        let path = format!("{SPACES}/{}/role-assignments?limit=100", space.id);
        let rows = client.all_rows(&path);
        longest = longest.max(rows.len());
        let mut principals = BTreeSet::new();
        for row in &rows {
            let kind = row["principal"]["principalType"].as_str().expect("a type");
            let id = row["principal"]["principalId"].as_str().expect("an id");
            assert!(principals.insert((kind, id)), "{id} twice");
            let may: BTreeSet<(&str, &str)> = organisation
                .permissions(space.id)
                .filter(|row| match kind {
                    "USER" => row.principal_type == "user" && row.principal_id == id,
                    "GROUP" => row.principal_type == "group" && row.principal_id == id,
                    _ => {
                        row.principal_type == "access-class"
                            && row.principal_id.eq_ignore_ascii_case(&id.replace('-', "_"))
                    }
                })
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
            assert_eq!(name(&row["roleId"]), wanted, "{may:?}");
            assert!(!may.is_empty());
            seen.insert((kind.to_owned(), wanted));
        }
        // Everybody but the roles, which are no principals here.
        let of_permissions: BTreeSet<(&str, &str)> = organisation
            .permissions(space.id)
            .filter(|row| row.principal_type != "role")
            .map(|row| (row.principal_type, row.principal_id))
            .collect();
        assert_eq!(principals.len(), of_permissions.len());
        let truth: Vec<Value> = organisation
            .role_assignments(space.id)
            .iter()
            .map(|row| {
                json!({
                    "principal": {"principalType": row.principal_type, "principalId": row.principal_id},
                    "roleId": row.role_id,
                })
            })
            .collect();
        assert_eq!(rows, truth);
    }
    assert!(longest > 200);
    let kinds: BTreeSet<&str> = seen.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["ACCESS_CLASS", "GROUP", "USER"]));
    let roles: BTreeSet<&str> = seen.iter().map(|(_, role)| *role).collect();
    assert_eq!(roles.len(), 5);
}

#[test]
fn assignments_are_filtered() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let space = organisation
        .spaces()
        .max_by_key(|space| organisation.role_assignments(space.id).len())
        .expect("a space");
    let path = format!("{SPACES}/{}/role-assignments?limit=250", space.id);
    let all = client.all_rows(&path);
    let custom: Vec<&str> = organisation
        .roles()
        .iter()
        .filter(|role| role.kind == RoleType::Custom)
        .map(|role| role.id.as_str())
        .collect();
    let expect = |query: &str, filter: &dyn Fn(&Value) -> bool| {
        let wanted: Vec<Value> = all.iter().filter(|row| filter(row)).cloned().collect();
        assert!(
            !wanted.is_empty() && wanted.len() < all.len(),
            "{query} tests nothing"
        );
        assert_eq!(
            client.all_rows(&format!("{path}&{query}")),
            wanted,
            "{query}"
        );
    };
    let is_custom = |row: &Value| custom.contains(&row["roleId"].as_str().expect("an id"));
    expect("role-type=CUSTOM", &is_custom);
    expect("role-type=SYSTEM", &|row| !is_custom(row));
    for role in organisation.roles() {
        expect(&format!("role-id={}", role.id), &|row| {
            row["roleId"] == role.id
        });
    }
    for row in [&all[0], &all[all.len() / 2], &all[all.len() - 1]] {
        let principal = &row["principal"];
        let (kind, id) = (&principal["principalType"], &principal["principalId"]);
        let (kind, id) = (kind.as_str().expect("text"), id.as_str().expect("text"));
        expect(
            &format!("principal-type={kind}&principal-id={id}"),
            &|row| row["principal"] == *principal,
        );
        let other = if kind == "USER" { "GROUP" } else { "USER" };
        let none = client.all_rows(&format!("{path}&principal-type={other}&principal-id={id}"));
        assert!(none.is_empty());
        for half in [
            format!("principal-type={kind}"),
            format!("principal-id={id}"),
        ] {
            for path in [path.as_str(), &format!("{ROLES}?limit=5")] {
                let (status, title) = client.get(&format!("{path}&{half}")).refusal();
                assert_eq!((status, title.contains("together")), (400, true), "{half}");
            }
        }
    }
    client.answers(&format!("{path}&role-type=OTHER"), 400);
    client.answers(&format!("{path}&principal-type=ROLE&principal-id=x"), 400);
    let missing = client
        .get(&format!("{SPACES}/9/role-assignments"))
        .refusal();
    assert_eq!(missing, (404, "Cannot find a space with id [9]".to_owned()));
}

#[test]
fn roles_are_filtered_by_type_space_and_holder() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let rows = |query: &str| client.all_rows(&format!("{ROLES}?{query}"));
    assert_eq!(names(&rows("role-type=CUSTOM")), ["Auditor"]);
    assert_eq!(rows("role-type=SYSTEM").len(), 4);
    let of_key = |key: &str| organisation.space_by_key(key).expect("a space").id;
    assert_eq!(rows(&format!("space-id={}", of_key("ENG"))).len(), 5);
    client.answers(&format!("{ROLES}?space-id=9"), 404);
    let niamh = organisation
        .users()
        .iter()
        .find(|user| user.display_name.contains("Niamh"))
        .expect("a person of the demo");
    let holder = format!("principal-type=USER&principal-id={}", niamh.account_id);
    assert_eq!(names(&rows(&holder)), ["Viewer"]);
    let everybody = "principal-type=ACCESS_CLASS&principal-id=all-licensed-users";
    assert_eq!(names(&rows(everybody)), ["Viewer"]);
    let administrators = "principal-type=ACCESS_CLASS&principal-id=all-product-admins";
    assert_eq!(names(&rows(administrators)), ["Admin"]);
    let elsewhere = format!("{administrators}&space-id={}", of_key("ENG"));
    assert!(rows(&elsewhere).is_empty());
    assert!(rows("principal-type=ACCESS_CLASS&principal-id=anonymous-users").is_empty());
}

#[test]
fn a_site_without_roles_says_so_with_the_status_that_is_wanted() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let space = organisation.spaces().next().expect("a space").id;
    let role = &organisation.roles()[0].id;
    let paths = [
        ROLES.to_owned(),
        format!("{ROLES}/{role}"),
        CATALOGUE.to_owned(),
        format!("{SPACES}/{space}/role-assignments"),
    ];
    assert_eq!(client.get(MODE).json(), json!({"mode": "ROLES_TRANSITION"}));
    sim.edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, None));
    assert_eq!(client.get(MODE).json(), json!({"mode": "PRE_ROLES"}));
    let wanted = |status: u16| {
        (
            status,
            "Space roles are not available on this site".to_owned(),
        )
    };
    for path in &paths {
        assert_eq!(client.get(path).refusal(), wanted(400), "{path}");
    }
    for status in [400, 403, 404, 405, 500, 501] {
        sim.edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, status));
        for path in &paths {
            assert_eq!(client.get(path).refusal(), wanted(status), "{path}");
        }
    }
    sim.edit(|organisation| organisation.set_role_mode(RoleMode::Roles, None));
    assert_eq!(client.get(MODE).json(), json!({"mode": "ROLES"}));
    for path in &paths {
        client.answers(path, 200);
    }
}
