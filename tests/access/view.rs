//! The view of the access review, which reads the live tables, against the mirror's `space_access`: the same people.
//!
//! The view has a row for whatever is given, to whomever; the mirror says who is let through by it. So what the view gives to
//! classes and roles is resolved to people here, and those are left out whom nothing helps: deactivated accounts, people
//! without access to the product, and guests where it is about administering.

use std::sync::Arc;

use confluence_fdw_tests::{corpus, lines, one};
use confluence_sim::{Options, Organisation, Size};

use crate::scene::Scene;

/// What the view gives, resolved to operations and accounts: a row for each space, account, principal and operation.
const MAKE: &str = "
    CREATE TABLE access_rows AS SELECT * FROM space_access;

    CREATE TABLE given AS
    WITH roles AS (
        SELECT id, 'role ' || name AS may, space_permissions FROM acme.space_roles
    ), operations AS (
        SELECT space, account_id, given_to, principal_id, replace(may, ' ', '/') AS operation
        FROM access_rows WHERE may NOT LIKE 'role %' AND given_to <> 'role'
      UNION
        SELECT v.space, v.account_id, v.given_to, v.principal_id, o.operation
        FROM access_rows AS v JOIN roles AS r USING (may)
        CROSS JOIN LATERAL jsonb_array_elements_text(r.space_permissions) AS o (operation)
      UNION
        -- What a space gives to a role, whoever has the role has.
        SELECT h.space, h.account_id, h.given_to, h.principal_id, replace(v.may, ' ', '/')
        FROM access_rows AS v JOIN roles AS r ON r.id = v.principal_id
        JOIN access_rows AS h ON h.space = v.space AND h.may = r.may
        WHERE v.given_to = 'role'
    ), through AS (
        SELECT space, account_id, operation,
               CASE given_to WHEN 'user' THEN 'user' WHEN 'group' THEN principal_id ELSE lower(replace(principal_id, '_', '-')) END AS through
        FROM operations
    ), classes AS (
        SELECT c.class, m.account_id
        FROM acme.product_groups AS p JOIN acme.group_members AS m ON m.group_id = p.id
        CROSS JOIN LATERAL (SELECT 'all-licensed-users' UNION ALL SELECT 'all-product-admins' WHERE p.access_type <> 'user') AS c (class)
        JOIN acme.users AS u ON u.account_id = m.account_id AND u.is_external_collaborator IS NOT TRUE
      UNION
        SELECT c.class, u.account_id FROM acme.users AS u CROSS JOIN (VALUES ('authenticated-users'), ('anonymous-users')) AS c (class)
    )
    SELECT DISTINCT t.space, coalesce(t.account_id, c.account_id) AS account_id, t.through, t.operation
    FROM through AS t
    LEFT JOIN classes AS c ON t.account_id IS NULL AND c.class = t.through
    WHERE coalesce(t.account_id, c.account_id) IS NOT NULL;

    -- Those whom it helps.
    DELETE FROM given AS g USING acme.users AS u
    WHERE u.account_id = g.account_id
      AND (u.account_status IN ('inactive', 'closed')
           OR g.operation = 'administer/space' AND u.is_external_collaborator
           OR u.account_status = 'active' AND u.account_type <> 'app' AND u.is_external_collaborator IS NOT TRUE
              AND g.through NOT IN ('authenticated-users', 'anonymous-users')
              AND u.account_id NOT IN (SELECT m.account_id FROM acme.product_groups AS p JOIN acme.group_members AS m ON m.group_id = p.id));
    -- Whoever edits has to view, by whatever path.
    DELETE FROM given AS g
    WHERE g.operation = 'create/page'
      AND NOT EXISTS (SELECT FROM given AS v WHERE (v.space, v.account_id, v.operation) = (g.space, g.account_id, 'read/space'));

    CREATE TABLE told AS
    SELECT a.* FROM acme.spaces AS s CROSS JOIN LATERAL acme.space_access(s.id) AS a WHERE a.verdict <> 'potential'";

/// One operation for each kind of access is compared.
const GIVEN: &str = "SELECT space, account_id, through, operation FROM given
    WHERE operation IN ('read/space', 'create/page', 'administer/space')";
const SAID: &str = "SELECT t.space_key, t.account_id, coalesce(t.group_id, t.access_class, 'user'), o.operation
    FROM told AS t CROSS JOIN LATERAL unnest(t.operations) AS o (operation)
    WHERE t.account_id IS NOT NULL AND o.operation IN ('read/space', 'create/page', 'administer/space')";

#[track_caller]
fn agree(company: Arc<Organisation>) {
    let export = company.export_users();
    let mut scene = Scene::of(Options::of(company), "");
    let load = "SELECT * FROM confluence.import_user_emails($1)";
    scene.client.query(load, &[&export]).expect("the export");
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    scene.execute("CALL confluence.refresh('acme')");
    scene.execute(corpus::access_view());
    scene.execute(MAKE);

    for (some, others) in [(SAID, GIVEN), (GIVEN, SAID)] {
        let differing = lines(&mut scene.client, &format!("{some} EXCEPT {others}"));
        assert_eq!(differing, Vec::<String>::new(), "{some}");
    }
    let count = |scene: &mut Scene, what: &str| -> u64 {
        let counted = one(&mut scene.client, &format!("SELECT count(*) FROM {what}"));
        counted.parse().expect("a number")
    };
    assert!(count(&mut scene, "given WHERE operation = 'administer/space'") > 0);
    // Each grant once, whether it came as a permission, as a role, or as both.
    let paths = "(SELECT space_id, access, account_id, path_type, group_id, access_class FROM told WHERE account_id IS NOT NULL)";
    assert_eq!(
        count(&mut scene, &format!("{paths} AS each")),
        count(
            &mut scene,
            &format!("(SELECT DISTINCT * FROM {paths} AS each) AS one")
        )
    );
}

#[test]
fn the_view_of_the_access_review_and_the_mirror_name_the_same_people_in_the_readable_company() {
    agree(Organisation::demo());
}

#[test]
fn the_view_of_the_access_review_and_the_mirror_name_the_same_people_in_a_generated_company() {
    agree(Organisation::sized(Size {
        spaces: 20,
        pages: 200,
        permissions: 800,
        users: 60,
        seed: 12,
        ..Size::default()
    }));
}
