//! What each report says of a small company, as three nightly runs have seen it.

#[path = "reports/unread.rs"]
mod unread;

use confluence_fdw_tests::{error, lines};

use crate::evidence::Company;

/// Night by night: 2, 3 and 4 July 2026, a little after two.
const SINCE_NIGHT_ONE: &str = "'2026-07-01 12:00Z', '2026-08-01'";

#[track_caller]
fn says(sql: &str, expected: &[&str]) {
    let mut company = Company::new();
    company.rows("SET TimeZone = 'UTC'");
    let said = company.rows(sql);
    assert_eq!(said, expected, "\n{}", said.join("\n"));
}

#[test]
fn every_report_is_listed_with_its_question_parameters_and_controls() {
    says(
        "SELECT number, name, parameters FROM reports ORDER BY number, name",
        &[
            "1|content_access|content bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "2|space_access|space bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "3|person_access|account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "4|space_admins|space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "5|group_space_matrix|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "6|external_access|internal_domains text[] DEFAULT '{}'::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "7|open_spaces|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "8|dormant_grants|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "9|orphaned_spaces|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "11|restricted_content|space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "12|app_access|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "13|access_changes|\"from\" timestamp with time zone, \"to\" timestamp with time zone, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "14|group_changes|\"from\" timestamp with time zone, \"to\" timestamp with time zone, groups text[] DEFAULT NULL::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "15|content_changes|\"from\" timestamp with time zone, \"to\" timestamp with time zone, space bigint DEFAULT NULL::bigint, approved_label text DEFAULT NULL::text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "16|content_removed|\"from\" timestamp with time zone, \"to\" timestamp with time zone, space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "18|leaver_ownership|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "20|coverage|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
            "NULL|effective_space_access_as_of|as_of timestamp with time zone DEFAULT NULL::timestamp with time zone",
        ],
    );
    says(
        "SELECT name FROM reports WHERE question NOT LIKE '%?' OR controls = '{}'",
        &[],
    );
}

#[test]
fn words_for_what_is_not_known_are_those_of_words() {
    let mut company = Company::new();
    let calls = company.rows(
        r#"SELECT format('%I(%s)', name,
               CASE WHEN parameters LIKE '"from"%' THEN '''2020-01-01'', ''2027-01-01''' WHEN name = 'external_access' THEN '''{acme.example}'''
                    WHEN parameters LIKE 'content%' THEN '102' WHEN parameters LIKE 'space bigint, as_of%' THEN '2'
                    WHEN parameters LIKE 'account%' THEN '''acct-dan''' END)
           FROM reports WHERE name <> 'effective_space_access_as_of' ORDER BY number"#,
    );
    assert_eq!(calls.len(), 17);
    for call in calls {
        let others = company.rows(&format!(
            "SELECT DISTINCT reason FROM {call} AS r WHERE reason IS NOT NULL
             AND EXISTS (SELECT FROM regexp_split_to_table(reason, ', ') AS said WHERE said NOT IN (SELECT word FROM words WHERE kind = 'reason'))"
        ));
        assert_eq!(others, Vec::<String>::new(), "{call}");
    }
}

#[test]
fn words_for_changes_causes_and_findings_are_those_of_words() {
    for (column, kind, calls) in [
        (
            "change",
            "change",
            [
                "access_changes(P)",
                "group_changes(P)",
                "content_removed(P)",
            ]
            .as_slice(),
        ),
        ("cause", "cause", &["access_changes(P)"]),
        (
            "finding",
            "finding",
            &[
                "restricted_content()",
                "(SELECT unnest(findings) AS finding FROM orphaned_spaces())",
            ],
        ),
    ] {
        for call in calls {
            let call = call.replace('P', SINCE_NIGHT_ONE);
            says(
                &format!(
                    "SELECT {column} FROM {call} AS r WHERE {column} NOT IN (SELECT word FROM words WHERE kind = '{kind}')"
                ),
                &[],
            );
        }
    }
}

#[test]
fn administrators_with_those_who_are_gone_or_unknown_and_those_of_the_product() {
    says(
        "SELECT space_key, account_id, email, account_status, last_active, verdict, path_type, operations, since::date, reason FROM space_admins()",
        &[
            "HR|acct-ann|ann@acme.example|active|2026-06-29|allowed|user|{administer/space}|2026-07-01|NULL",
            "ENG|acct-bob|bob@acme.example|active|2026-06-28|allowed|user|{administer/space}|2026-07-01|NULL",
            "OPEN|acct-gus|NULL|NULL|NULL|unknown|user|{administer/space}|2026-07-01|account_unknown",
            "OLD|acct-dan|dan@acme.example|inactive|NULL|denied|user|{administer/space}|2026-07-01|account_inactive",
            "NULL|acct-ann|ann@acme.example|active|2026-06-29|potential|product_admin|NULL|NULL|NULL",
        ],
    );
    says(
        "SELECT space_id, account_id, verdict, reason FROM space_admins(4, '2026-07-01 12:00Z')",
        &["4|acct-dan|allowed|NULL", "NULL|acct-ann|potential|NULL"],
    );
    says(
        "SELECT space_id, verdict, reason FROM space_admins(77) WHERE account_id IS NULL",
        &["77|unknown|space_hidden"],
    );
}

#[test]
fn groups_and_spaces_and_a_group_that_nobody_can_resolve() {
    says(
        "SELECT group_name, group_id, members, space_key, access, operations, sources, reason FROM group_space_matrix()",
        &[
            "developers|g-devs|1|ENG|{edit,view}|{create/page,read/space}|{permission}|NULL",
            "people-team|g-hr|2|HR|{edit,view}|{create/page,read/space}|{permission}|NULL",
            "NULL|g-ext|NULL|ENG|{view}|{read/space}|{permission}|group_unresolved",
        ],
    );
    says(
        "SELECT group_name, members, space_key, reason FROM group_space_matrix('2026-07-01 12:00Z')",
        &[
            "contractors|1|ENG|NULL",
            "developers|3|ENG|NULL",
            "people-team|1|HR|NULL",
        ],
    );
}

#[test]
fn people_from_outside_and_people_of_whom_no_address_is_known() {
    says(
        "SELECT account_id, domain, kind, space_key, access, verdict, paths, reason FROM external_access('{ACME.example}')",
        &[
            "acct-eve|partner.example|guest|OPEN|view|allowed|{anonymous}|NULL",
            "acct-cat|NULL|unknown|HR|edit|unknown|{\"group people-team\"}|email_hidden",
            "acct-cat|NULL|unknown|HR|view|unknown|{\"group people-team\"}|email_hidden",
            "acct-cat|NULL|unknown|OPEN|edit|unknown|{\"class all-licensed-users\"}|email_hidden",
            "acct-cat|NULL|unknown|OPEN|view|unknown|{anonymous}|email_hidden",
            "acct-gus|NULL|unknown|OPEN|administer|unknown|{user}|email_hidden",
            "NULL|NULL|NULL|ENG|edit|unknown|NULL|group_unresolved",
            "NULL|NULL|NULL|ENG|view|unknown|NULL|group_unresolved",
            "NULL|NULL|NULL|OPEN|edit|unknown|NULL|class_open_ended",
            "NULL|NULL|NULL|OPEN|view|unknown|NULL|class_open_ended",
        ],
    );
    // Without the organisation's own domains, guests and customers alone are known to be from outside.
    says(
        "SELECT account_id, space_key, access, kind FROM external_access(as_of => '2026-07-01 12:00Z') WHERE account_id IS NOT NULL",
        &["acct-eve|ENG|view|guest", "acct-eve|OPEN|view|guest"],
    );
}

#[test]
fn spaces_that_are_open_to_classes_of_people() {
    says(
        "SELECT space_key, access_class, access, people, effect, reason FROM open_spaces()",
        &[
            "OPEN|all-licensed-users|{edit}|3|everybody with a licence, but guests|NULL",
            "OPEN|anonymous-users|{view}|5|everybody who signs in, and the public where the site lets it in|anonymous_switch",
        ],
    );
}

#[test]
fn what_is_still_given_to_people_who_are_gone() {
    says(
        "SELECT account_id, account_status, status_not_before::date, status_since::date, kind, space_key, title, group_name, operations, since::date, reason FROM dormant_grants()",
        &[
            "acct-dan|inactive|2026-07-01|2026-07-02|group|NULL|NULL|developers|NULL|2026-07-01|NULL",
            "acct-dan|inactive|2026-07-01|2026-07-02|group|NULL|NULL|confluence-users|NULL|2026-07-01|NULL",
            "acct-dan|inactive|2026-07-01|2026-07-02|restriction|ENG|Secrets|NULL|{read}|2026-07-01|NULL",
            "acct-dan|inactive|2026-07-01|2026-07-02|space_grant|OLD|NULL|NULL|{administer/space,read/space}|2026-07-01|NULL",
            "acct-gus|unknown|NULL|NULL|space_grant|OPEN|NULL|NULL|{administer/space}|2026-07-01|account_unknown",
        ],
    );
    says(
        "SELECT account_id FROM dormant_grants('2026-07-01 12:00Z')",
        &["acct-gus"],
    );
}

#[test]
fn spaces_that_nobody_looks_after() {
    says(
        "SELECT space_key, findings, administrators, active_administrators, owner_name, owner_status, last_change::date, reason FROM orphaned_spaces()",
        &[
            "OLD|{no_active_administrator,owner_left}|1|0|Dan Day|inactive|2025-01-01|NULL",
            "OPEN|{no_known_administrator}|1|0|Ann Admin|active|2026-06-01|account_unknown",
        ],
    );
}

#[test]
fn contents_that_are_restricted_and_one_that_nobody_reaches() {
    says(
        "SELECT space_key, content_id, title, view_list, edit_list, viewers, editors, finding, not_before::date, since::date, reason FROM restricted_content()",
        &[
            "HR|102|Salaries|{\"group people-team\"}|NULL|2|2|NULL|2026-07-02|2026-07-03|NULL",
            "ENG|203|Secrets|{\"user acct-dan\"}|NULL|0|0|nobody_views|NULL|2026-07-01|NULL",
        ],
    );
    says(
        "SELECT content_id, viewers, editors, finding FROM restricted_content(2, '2026-07-01 12:00Z')",
        &["203|1|1|NULL"],
    );
}

#[test]
fn apps_and_what_they_are_granted() {
    says(
        "SELECT name, space_key, access, verdict, operations, paths, reason FROM app_access()",
        &[
            "Build Bot|ENG|view|allowed|{read/space}|{user}|NULL",
            "Build Bot|OPEN|view|allowed|{read/space}|{anonymous}|NULL",
            "NULL|ENG|edit|unknown|NULL|NULL|group_unresolved",
            "NULL|ENG|view|unknown|NULL|NULL|group_unresolved",
        ],
    );
}

#[test]
fn who_gained_and_lost_access_in_effect_and_who_did_it() {
    says(
        &format!(
            "SELECT account_id, change, access, space_key, title, after::date, until::date, cause, group_name, author_name, audit_summary, reason
             FROM access_changes({SINCE_NIGHT_ONE})"
        ),
        &[
            "acct-cat|gained|edit|HR|NULL|2026-07-01|2026-07-02|group|people-team|Ann Admin|User added to group|NULL",
            "acct-cat|gained|view|HR|NULL|2026-07-01|2026-07-02|group|people-team|Ann Admin|User added to group|NULL",
            "acct-cat|lost|edit|ENG|NULL|2026-07-01|2026-07-02|group|developers|Ann Admin|User removed from group|NULL",
            "acct-dan|lost|edit|ENG|NULL|2026-07-01|2026-07-02|status|developers|System|User deactivated|NULL",
            "acct-dan|lost|view|ENG|NULL|2026-07-01|2026-07-02|status|developers|System|User deactivated|NULL",
            "acct-dan|lost|edit|OPEN|NULL|2026-07-01|2026-07-02|status|NULL|System|User deactivated|NULL",
            "acct-dan|lost|view|OPEN|NULL|2026-07-01|2026-07-02|status|NULL|System|User deactivated|NULL",
            "acct-dan|lost|administer|OLD|NULL|2026-07-01|2026-07-02|status|NULL|System|User deactivated|NULL",
            "acct-dan|lost|view|OLD|NULL|2026-07-01|2026-07-02|status|NULL|System|User deactivated|NULL",
            // Bob views Engineering by a grant of his own since the second night: he has lost editing alone.
            "acct-bob|lost|view|HR|Salaries|2026-07-02|2026-07-03|restriction|NULL|Ann Admin|Content restriction added|NULL",
            "acct-bob|lost|edit|ENG|NULL|2026-07-02|2026-07-03|group|developers|NULL|NULL|NULL",
            // Nobody knows whether Cat is one of the contractors, who may view Engineering and are not seen any more.
            "acct-cat|not_seen|view|ENG|NULL|2026-07-01|2026-07-02|group|developers|Ann Admin|User removed from group|group_unresolved",
            "acct-eve|not_seen|view|ENG|NULL|2026-07-02|2026-07-03|group|contractors|NULL|NULL|not_seen",
            "NULL|pending|NULL|NULL|NULL|NULL|2026-07-03|NULL|NULL|Ann Admin|Space permission added|pending",
        ],
    );
}

#[test]
fn a_period_before_the_mirror_says_so_and_as_of_an_earlier_run_it_says_what_was_known_then() {
    says(
        "SELECT account_id, change, access, space_key, after::date, until::date, reason FROM access_changes('2026-01-01', '2026-08-01', '2026-07-02 12:00Z') WHERE space_id = 2 OR account_id IS NULL",
        &[
            "acct-cat|lost|edit|ENG|2026-07-01|2026-07-02|NULL",
            "acct-cat|lost|view|ENG|2026-07-01|2026-07-02|NULL",
            "acct-dan|lost|edit|ENG|2026-07-01|2026-07-02|NULL",
            "acct-dan|lost|view|ENG|2026-07-01|2026-07-02|NULL",
            "NULL|NULL|NULL|NULL|2026-01-01|2026-07-01|before_first_run",
        ],
    );
    // Between two nights that are one, nothing changed.
    says(
        "SELECT change FROM access_changes('2026-07-03 12:00Z', '2026-08-01') WHERE change <> 'pending'",
        &[],
    );
    let mut company = Company::new();
    let raised = error(
        &mut company.owner,
        "SELECT * FROM access_changes('2026-08-01', '2026-07-01')",
    );
    assert_eq!(raised.message(), "the period ends before it begins");
}

#[test]
fn whoever_still_gets_in_by_another_path_has_lost_nothing() {
    let mut company = Company::new();
    // Ann leaves the people team, and gets all that it has by herself, in the same night; and another way round for the handbook.
    company.rows(
        "UPDATE group_members_history SET run_to = 3, valid_to = pg_temp.night(3), seen_until = pg_temp.night(2), end_reason = 'removed'
             WHERE group_id = 'g-hr' AND account_id = 'acct-ann';
         INSERT INTO permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, not_before, run_from)
             SELECT 'a' || n, 1, 'user', 'acct-ann', CASE n WHEN 1 THEN 'read' ELSE 'create' END, CASE n WHEN 1 THEN 'space' ELSE 'page' END,
                    pg_temp.night(3), pg_temp.night(2), 3 FROM generate_series(1, 2) AS n;
         UPDATE permissions_history SET run_to = 3, valid_to = pg_temp.night(3), seen_until = pg_temp.night(2), end_reason = 'removed' WHERE id = '11'",
    );
    let changes = format!(
        "SELECT account_id, change, access, space_key, title FROM access_changes({SINCE_NIGHT_ONE}) WHERE account_id = 'acct-ann'"
    );
    assert_eq!(
        lines(&mut company.owner, &changes),
        [
            "acct-ann|lost|edit|HR|Salaries",
            "acct-ann|lost|view|HR|Salaries",
            "acct-ann|lost|edit|OPEN|NULL",
            "acct-ann|lost|view|OPEN|NULL",
        ],
        "in the people's space nothing changed for her, but in what was closed to all but the team; whoever cannot view cannot edit"
    );
}

#[test]
fn whoever_leaves_or_joins_a_group_that_a_list_names_loses_or_gains_the_content() {
    let mut company = Company::new();
    // Bob views both spaces by grants of his own, before and after.
    company.rows(
        "INSERT INTO content_restrictions_history (content_id, operation, principal_type, principal_id, display_name, valid_from, run_from) VALUES
             (203, 'read', 'group', 'g-devs', 'developers', pg_temp.night(1), 1),
             (101, 'read', 'group', 'g-hr', 'people-team', pg_temp.night(1), 1);
         INSERT INTO group_members_history (group_id, account_id, valid_from, not_before, run_from)
             VALUES ('g-hr', 'acct-bob', pg_temp.night(3), pg_temp.night(2), 3)",
    );
    assert_eq!(
        company.rows(
            "SELECT account_id, change, access, space_key, title, after::date, until::date, cause, path_type, group_id, group_name, reason, detail
             FROM access_changes('2026-07-02 12:00Z', '2026-08-01') WHERE content_id IN (203, 101)"
        ),
        [
            "acct-bob|gained|view|HR|People|2026-07-02|2026-07-03|group|group|g-hr|people-team|NULL|and what is below it",
            "acct-bob|lost|view|ENG|Secrets|2026-07-02|2026-07-03|group|group|g-devs|developers|NULL|and what is below it",
        ]
    );
}

#[test]
fn what_was_gained_and_lost_again_within_the_period_has_no_row() {
    let mut company = Company::new();
    company.rows(
        "INSERT INTO permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, not_before, run_from, run_to, valid_to, seen_until, end_reason)
         VALUES ('t', 4, 'user', 'acct-ann', 'read', 'space', pg_temp.night(2), pg_temp.night(1), 2, 3, pg_temp.night(3), pg_temp.night(2), 'removed')",
    );
    let changes = |company: &mut Company, period: &str| {
        company.rows(&format!("SELECT change, access, cause FROM access_changes({period}) WHERE account_id = 'acct-ann' AND space_id = 4"))
    };
    assert_eq!(changes(&mut company, SINCE_NIGHT_ONE), Vec::<String>::new());
    assert_eq!(
        changes(&mut company, "'2026-07-01 12:00Z', '2026-07-02 12:00Z'"),
        ["gained|view|grant"]
    );
    assert_eq!(
        changes(&mut company, "'2026-07-02 12:00Z', '2026-07-03 12:00Z'"),
        ["lost|view|grant"]
    );
}

#[test]
fn a_space_that_is_not_listed_any_more_is_not_lost() {
    let mut company = Company::new();
    company.rows(
        "UPDATE spaces_history SET run_to = 3, valid_to = pg_temp.night(3), seen_until = pg_temp.night(2), end_reason = 'gone_or_hidden' WHERE id = 3;
         UPDATE permissions_history SET run_to = 3, valid_to = pg_temp.night(3), seen_until = pg_temp.night(2), end_reason = 'gone_or_hidden' WHERE space_id = 3",
    );
    assert_eq!(
        company.rows("SELECT DISTINCT account_id, change, reason, space_key FROM access_changes('2026-07-02 12:00Z', '2026-08-01') WHERE space_id = 3 ORDER BY 1"),
        [
            "acct-ann|not_seen|not_seen|OPEN",
            "acct-app|not_seen|not_seen|OPEN",
            "acct-bob|not_seen|not_seen|OPEN",
            "acct-cat|not_seen|not_seen|OPEN",
            "acct-eve|not_seen|not_seen|OPEN",
            "acct-gus|not_seen|account_unknown|OPEN",
        ]
    );
}

#[test]
fn why_it_is_not_known_whether_an_account_has_it_is_said_of_the_run_where_it_is_not_known() {
    let mut company = Company::new();
    // Gus is told of at last, and Ann no more.
    company.rows(
        "INSERT INTO users_history (account_id, account_type, account_status, valid_from, not_before, run_from)
             VALUES ('acct-gus', 'app', 'active', pg_temp.night(3), pg_temp.night(2), 3);
         UPDATE users_history SET run_to = 3, valid_to = pg_temp.night(3), seen_until = pg_temp.night(2), end_reason = 'gone_or_hidden'
         WHERE account_id = 'acct-ann'",
    );
    assert_eq!(
        company.rows(
            "SELECT account_id, change, access, reason FROM access_changes('2026-07-02 12:00Z', '2026-08-01')
             WHERE space_key = 'OPEN' AND account_id IN ('acct-ann', 'acct-gus') ORDER BY 1, 3"
        ),
        [
            "acct-ann|not_seen|edit|not_seen",
            "acct-ann|not_seen|view|not_seen",
            "acct-gus|first_seen|administer|account_unknown",
            "acct-gus|gained|view|NULL",
        ]
    );
}

#[test]
fn roles_that_are_given_and_roles_that_change_are_causes_of_their_own() {
    let mut company = Company::new();
    company.rows(
        "UPDATE runs SET role_mode = 'ROLES_TRANSITION';
         INSERT INTO run_steps (run_id, step, is_complete) SELECT r.id, s, true FROM runs AS r, unnest('{space_roles,space_role_assignments}'::text[]) AS s;
         INSERT INTO space_roles_history (id, type, name, space_permissions, valid_from, not_before, run_from, run_to, valid_to, seen_until, end_reason) VALUES
             ('r1', 'SYSTEM', 'Viewer', '[\"read/space\"]', pg_temp.night(1), NULL, 1, 3, pg_temp.night(3), pg_temp.night(2), 'changed'),
             ('r1', 'SYSTEM', 'Viewer', '[\"read/space\", \"create/page\"]', pg_temp.night(3), pg_temp.night(2), 3, NULL, NULL, NULL, NULL);
         INSERT INTO space_role_assignments_history (space_id, principal_type, principal_id, role_id, valid_from, not_before, run_from) VALUES
             (4, 'USER', 'acct-ann', 'r1', pg_temp.night(2), pg_temp.night(1), 2)",
    );
    let changes = |company: &mut Company, period: &str| {
        company.rows(&format!("SELECT change, access, cause, until::date FROM access_changes({period}) WHERE account_id = 'acct-ann' AND space_id = 4"))
    };
    assert_eq!(
        changes(&mut company, "'2026-07-01 12:00Z', '2026-07-02 12:00Z'"),
        ["gained|view|role|2026-07-02"]
    );
    assert_eq!(
        changes(&mut company, "'2026-07-02 12:00Z', '2026-07-03 12:00Z'"),
        ["gained|edit|role|2026-07-03"]
    );
}

#[test]
fn a_role_that_is_not_listed_lets_in_by_what_is_granted_to_it() {
    let mut company = Company::new();
    company.rows(
        "UPDATE runs SET role_mode = 'ROLES_TRANSITION';
         INSERT INTO run_steps (run_id, step, is_complete) SELECT r.id, s, true FROM runs AS r, unnest('{space_roles,space_role_assignments}'::text[]) AS s;
         INSERT INTO permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, not_before, run_from) VALUES
             ('of-role', 4, 'ROLE', 'r9', 'read', 'space', pg_temp.night(1), NULL, 1);
         INSERT INTO space_role_assignments_history (space_id, principal_type, principal_id, role_id, valid_from, not_before, run_from) VALUES
             (4, 'USER', 'acct-ann', 'r9', pg_temp.night(2), pg_temp.night(1), 2)",
    );
    assert_eq!(
        company.rows("SELECT change, access, cause, after::date, until::date FROM access_changes('2026-07-01 12:00Z', '2026-07-02 12:00Z') WHERE account_id = 'acct-ann' AND space_id = 4"),
        ["gained|view|role|2026-07-01|2026-07-02"]
    );
}

#[test]
fn who_joined_and_left_groups() {
    says(
        &format!(
            "SELECT group_name, gives_product_access, account_id, change, after::date, until::date, author_name, audit_summary, reason FROM group_changes({SINCE_NIGHT_ONE})"
        ),
        &[
            "developers|f|acct-cat|left|2026-07-01|2026-07-02|Ann Admin|User removed from group|NULL",
            "people-team|f|acct-cat|joined|2026-07-01|2026-07-02|Ann Admin|User added to group|NULL",
            "developers|f|acct-bob|left|2026-07-02|2026-07-03|NULL|NULL|NULL",
            "contractors|f|acct-eve|not_seen|2026-07-02|2026-07-03|NULL|NULL|not_seen",
        ],
    );
    says(
        &format!(
            "SELECT account_id, change FROM group_changes({SINCE_NIGHT_ONE}, '{{people-team,g-ext}}')"
        ),
        &["acct-cat|joined", "acct-eve|not_seen"],
    );
}

#[test]
fn what_was_changed_by_whom_and_whether_it_was_approved() {
    says(
        "SELECT content_id, title, space_key, version, changed_at, name, message, labels, is_approved, reason
         FROM content_changes('2026-06-30', '2026-08-01', approved_label => 'approved')",
        &[
            "201|Engineering|ENG|2|2026-07-01 09:30:00+00|Cat \"C\" Cole|new process|{approved}|t|NULL",
            "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|before_first_run",
        ],
    );
    says(
        "SELECT version, labels, is_approved FROM content_changes('2026-06-01', '2026-06-30', 2, 'approved') WHERE reason IS NULL",
        &["1|{}|f"],
    );
}

#[test]
fn what_was_there_and_is_no_more() {
    says(
        &format!(
            "SELECT content_id, title, space_key, change, after::date, until::date, is_back, author_name, audit_summary, reason FROM content_removed({SINCE_NIGHT_ONE})"
        ),
        &["202|=Old runbook|ENG|trashed|2026-07-02|2026-07-03|f|Ann Admin|Page deleted|NULL"],
    );
}

#[test]
fn what_belongs_to_people_who_have_left() {
    says(
        "SELECT account_id, account_status, kind, space_key, content_id, title, status, reason FROM leaver_ownership()",
        &[
            "acct-dan|inactive|page|HR|103|Salaries 2026|current|NULL",
            "acct-dan|inactive|page|OLD|401|Attic|archived|NULL",
            "acct-dan|inactive|space|OLD|NULL|Attic|archived|NULL",
        ],
    );
}
