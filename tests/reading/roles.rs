//! Space roles, which not every site has.

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{error, one};
use confluence_sim::{Organisation, RoleMode};

use super::sorted;

const TABLES: [&str; 3] = [
    "confluence_space_roles",
    "confluence_space_role_assignments",
    "confluence_space_permission_types",
];
const MODE: &str = "SELECT role_mode FROM confluence_site";

#[test]
fn a_site_without_roles_says_so_in_whatever_way_it_refuses() {
    for refusal in [400, 404, 403, 501] {
        let mut site = Site::of(Organisation::demo());
        site.sim
            .edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, refusal));
        for table in TABLES {
            let raised = error(&mut site.client, &format!("SELECT * FROM {table}"));
            assert_eq!(
                raised.code().code(),
                "HV000",
                "{refusal} {table}: {raised:?}"
            );
            let hint = raised.hint().unwrap_or_default();
            assert!(
                hint.contains("role_mode") && hint.contains("confluence_site"),
                "{refusal} {table}: {hint}"
            );
        }
    }
}

#[test]
fn the_site_says_how_far_it_has_come() {
    let mut site = Site::of(Organisation::demo());
    for mode in [
        RoleMode::PreRoles,
        RoleMode::RolesTransition,
        RoleMode::Roles,
    ] {
        site.sim
            .edit(|organisation| organisation.set_role_mode(mode, None));
        assert_eq!(one(&mut site.client, MODE), mode.as_str());
    }
}

#[test]
fn roles_are_the_organisations() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(
        "SELECT id, type, name, description, array_to_string(ARRAY(
             SELECT jsonb_array_elements_text(space_permissions)), ' ')
         FROM confluence_space_roles",
    );
    let roles = organisation.roles().iter().map(|role| {
        let permissions = role.permissions.join(" ");
        let kind = role.kind.as_str();
        format!(
            "{}|{kind}|{}|{}|{permissions}",
            role.id, role.name, role.description
        )
    });
    assert_eq!(rows, sorted(roles));
    assert_eq!(asked.values().sum::<usize>(), 1);

    let (custom, requests) =
        site.read("SELECT name FROM confluence_space_roles WHERE type = 'CUSTOM'");
    assert_eq!(custom, ["Auditor"]);
    assert!(requests[0].contains("role-type=CUSTOM"), "{requests:?}");
}

#[test]
fn assignments_are_those_of_every_space() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let all = "SELECT space_id, principal_type, principal_id, role_id FROM confluence_space_role_assignments";
    let (rows, asked) = site.read_sorted(all);
    let of_space = |space_id| {
        organisation
            .role_assignments(space_id)
            .into_iter()
            .map(|given| {
                format!(
                    "{space_id}|{}|{}|{}",
                    given.principal_type, given.principal_id, given.role_id
                )
            })
            .collect::<Vec<_>>()
    };
    let spaces = || organisation.spaces().map(|space| space.id);
    assert_eq!(rows, sorted(spaces().flat_map(of_space)));
    assert_eq!(asked["getSpaceRoleAssignments"], spaces().count());
    assert_eq!(asked["getSpaces"], 1);

    let space = spaces().next().expect("a space");
    let (rows, asked) = site.read_sorted(&format!("{all} WHERE space_id = {space}"));
    assert_eq!(rows, sorted(of_space(space)));
    assert_eq!(asked.values().sum::<usize>(), 1);
}

#[test]
fn what_can_be_allowed_is_complete() {
    let organisation = Organisation::demo();
    let mut site = Site::with(organisation.clone(), "page_size '10'");
    let (rows, asked) = site.read_sorted("SELECT id FROM confluence_space_permission_types");
    let types = organisation.space_permissions();
    assert_eq!(rows, sorted(types.iter().map(|known| known.id.to_owned())));
    assert_eq!(asked.values().sum::<usize>(), types.len().div_ceil(10));
}
