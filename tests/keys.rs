//! Keys that no object has: -1 and 0 stand for "unknown" in tables of dimensions, and lists that were imported have
//! empty ones.

use confluence::schema::{Column, Kind, Table};
use confluence::tables;
use confluence_fdw_tests::site::Site;
use confluence_sim::{Organisation, RoleMode};

/// The columns by whose values the site can be asked, with the values that none has.
fn impossible() -> impl Iterator<Item = (&'static Table, &'static Column, &'static [&'static str])>
{
    let of_table = |table: &'static &'static Table| {
        let asked = table.columns.iter().filter(|c| table.can_ask_for(c));
        asked.filter_map(|column| {
            let values: &[&str] = match column.kind {
                Kind::Bigint => &["-1", "0", "-9223372036854775808"],
                // A search for nothing is for the site to judge.
                _ if column.name == "cql" => return None,
                _ if column.required || column.numbered.is_some() => &["''"],
                _ => return None,
            };
            Some((*table, column, values))
        })
    };
    tables::ALL.iter().flat_map(of_table)
}

#[test]
fn nothing_is_asked_for_a_key_that_no_object_has() {
    let mut site = Site::of(Organisation::demo());
    let mut held = 0;
    for (table, column, values) in impossible() {
        let (table, name) = (table.name, column.name);
        let all = values.join(", ");
        let mut conditions: Vec<String> = values
            .iter()
            .map(|value| format!("{name} = {value}"))
            .collect();
        conditions.push(format!("{name} IN ({all})"));
        conditions.push(format!(
            "{name} = ANY (ARRAY(SELECT v FROM unnest(ARRAY[{all}]) AS v))"
        ));
        for condition in conditions {
            held += 1;
            let (rows, requests) = site.read(&format!("SELECT FROM {table} WHERE {condition}"));
            assert!(
                rows.is_empty() && requests.is_empty(),
                "{table}: {condition}: {} rows, {requests:#?}",
                rows.len()
            );
        }
    }
    assert!(held > 500, "{held}");
}

const PLANS: [&str; 4] = [
    "RESET ALL",
    "RESET ALL; SET confluence_fdw.enable_batch_join = off",
    "RESET ALL; SET confluence_fdw.enable_batch_join = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
    "RESET ALL; SET enable_nestloop = off",
];

#[test]
fn such_a_key_costs_a_join_nothing() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE TABLE facts AS SELECT k.id, k.text FROM
             (VALUES (-1::bigint, ''), (0, NULL), (NULL, 'unknown')) AS k(id, text)",
    );
    for (table, key) in [
        ("confluence_pages", "id"),
        ("confluence_page_versions", "page_id"),
        ("confluence_permissions", "space_id"),
        ("confluence_tasks", "page_id"),
        ("confluence_labels", "id"),
        ("confluence_content_restrictions", "content_id"),
        ("confluence_footer_comments", "id"),
    ] {
        let sql = format!(
            "SELECT f.id, t.{key} FROM facts f LEFT JOIN {table} t ON t.{key} = f.id AND f.id <= 0 ORDER BY f.id"
        );
        for plan in PLANS {
            site.execute(plan);
            let (rows, requests) = site.read(&sql);
            assert_eq!(rows, ["-1|NULL", "0|NULL", "NULL|NULL"], "{plan}: {sql}");
            let by_key = plan == PLANS[0];
            assert!(
                !by_key || requests.is_empty(),
                "{plan}: {sql}: {requests:#?}"
            );
        }
    }
    // One that is there is found beside them, in as many requests.
    site.execute("RESET ALL; INSERT INTO facts SELECT min(id) FROM confluence_pages");
    let (rows, requests) = site.read(
        "SELECT f.id, p.id FROM facts f LEFT JOIN confluence_pages p ON p.id = f.id WHERE f.id IS NOT NULL",
    );
    assert_eq!((rows.len(), requests.len()), (3, 1), "{requests:#?}");
    assert!(!requests[0].contains("-1"), "{requests:#?}");
}

#[test]
fn an_empty_account_is_no_account() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE TABLE authors AS SELECT '' AS account UNION ALL SELECT max(account_id) FROM confluence_users",
    );
    for plan in PLANS {
        site.execute(plan);
        let (rows, _) = site.read(
            "SELECT a.account, u.account_id = a.account FROM authors a
             LEFT JOIN confluence_users u ON u.account_id = a.account ORDER BY 1 LIMIT 1",
        );
        assert_eq!(rows, ["|NULL"], "{plan}");
    }
    let (rows, requests) = site.read("SELECT FROM confluence_tasks WHERE assigned_to = ''");
    assert!(rows.is_empty() && requests.is_empty(), "{requests:#?}");
}

#[test]
fn an_attachment_goes_by_one_id() {
    let mut site = Site::of(Organisation::demo());
    let id = "(SELECT min(attachment_id) FROM confluence_attachment_versions)";
    let (rows, _) = site.read(&format!(
        "SELECT FROM confluence_attachment_versions WHERE attachment_id = {id}"
    ));
    assert!(!rows.is_empty());
    for other in [
        "ltrim({id}, 'at')",
        "replace({id}, 'att', 'att0')",
        "upper({id})",
        "{id} || ' '",
    ] {
        let other = other.replace("{id}", id);
        let (rows, _) = site.read(&format!(
            "SELECT FROM confluence_attachment_versions WHERE attachment_id = {other}"
        ));
        assert!(rows.is_empty(), "{other}");
    }
}

#[test]
fn a_space_that_is_not_there_has_no_roles_in_any_plan() {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE TABLE own AS SELECT 999999999::bigint AS id");
    for mode in [
        RoleMode::Roles,
        RoleMode::RolesTransition,
        RoleMode::PreRoles,
    ] {
        site.sim
            .edit(|organisation| organisation.set_role_mode(mode, Some(404)));
        for plan in PLANS {
            site.execute(plan);
            for sql in [
                "SELECT * FROM confluence_space_role_assignments WHERE space_id = 999999999",
                "SELECT * FROM confluence_space_role_assignments WHERE space_id + 0 = 999999999",
                "SELECT r.* FROM own JOIN confluence_space_role_assignments r ON r.space_id = own.id",
            ] {
                if mode == RoleMode::PreRoles {
                    let raised = confluence_fdw_tests::error(&mut site.client, sql);
                    assert_eq!(raised.code().code(), "HV000", "{plan}: {sql}: {raised:?}");
                } else {
                    let (rows, _) = site.read(sql);
                    assert!(rows.is_empty(), "{plan}: {sql}");
                }
            }
        }
    }
}
