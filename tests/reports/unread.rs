//! What reports say of what was not read.

use super::SINCE_NIGHT_ONE;
use crate::evidence::Company;

#[test]
fn what_a_report_rests_on_and_was_not_read_is_said() {
    const CONTENTS: &str = "pages blogposts folders whiteboards databases smart_links";
    let mut company = Company::new();
    for (report, steps) in [
        ("space_admins()", "spaces permissions"),
        ("group_space_matrix()", "groups permissions"),
        ("open_spaces()", "permissions"),
        ("external_access()", "permissions"),
        ("app_access()", "permissions"),
        (
            "dormant_grants()",
            &format!("{CONTENTS} permissions groups group_members content_restrictions"),
        ),
        ("orphaned_spaces()", "spaces permissions"),
        (
            "restricted_content()",
            &format!("{CONTENTS} content_restrictions"),
        ),
        (
            "access_changes(P)",
            &format!("{CONTENTS} content_restrictions permissions groups group_members audit_log"),
        ),
        ("group_changes(P)", "groups group_members audit_log"),
        (
            "content_changes(P)",
            "pages blogposts page_versions blogpost_versions page_labels",
        ),
        ("content_removed(P)", &format!("{CONTENTS} audit_log")),
        ("leaver_ownership()", &format!("{CONTENTS} spaces users")),
        ("coverage()", &format!("{CONTENTS} spaces users audit_log")),
    ] {
        let call = report.replace('P', SINCE_NIGHT_ONE);
        let reasons = format!(
            "SELECT coalesce(string_agg(concat_ws(' ', r.reason, r.detail), '; ' ORDER BY r.reason, r.detail), '') FROM {call} AS r WHERE reason IS NOT NULL"
        );
        let before = company.one(&reasons);
        for step in steps.split(' ') {
            company.rows(&format!(
                "BEGIN; UPDATE run_steps SET is_complete = false, why_not = 'a scope is missing' WHERE run_id = 3 AND step = '{step}'"
            ));
            let said = company.one(&reasons);
            assert_ne!(said, before, "{report} without {step}");
            // What no run has tried is said where it is missed; coverage is of what a run has tried.
            if report != "coverage()" {
                company.rows(&format!("DELETE FROM run_steps WHERE step = '{step}'"));
                assert_ne!(company.one(&reasons), before, "{report} never with {step}");
            }
            company.rows("ROLLBACK");
        }
    }
    company.rows(
        "UPDATE run_steps SET is_complete = false, why_not = 'scope read:group:confluence is missing' WHERE run_id = 3 AND step = 'group_members';
         DELETE FROM run_steps WHERE step = 'groups'",
    );
    assert_eq!(
        company.rows(&format!("SELECT until::date, detail FROM group_changes({SINCE_NIGHT_ONE}) WHERE reason = 'not_read'")),
        [
            "2026-07-01|groups was never read",
            "2026-07-03|group_members was not read whole by run 3: scope read:group:confluence is missing",
            "2026-07-03|groups was never read",
        ]
    );
}

#[test]
fn what_was_removed_since_a_full_refresh_is_pending() {
    let mut company = Company::new();
    let said = |company: &mut Company, to: &str| {
        company.rows(&format!(
            "SELECT after::date, until::date, reason, detail FROM content_removed('2026-07-01 12:00Z', '{to}') WHERE reason IS NOT NULL"
        ))
    };
    assert_eq!(said(&mut company, "2026-08-01"), Vec::<String>::new());
    company.rows("UPDATE runs SET mode = 'changes' WHERE id = 3");
    assert_eq!(
        said(&mut company, "2026-08-01"),
        ["2026-07-02|2026-07-03|pending|a run of mode changes does not see what is gone"]
    );
    assert_eq!(said(&mut company, "2026-07-02"), Vec::<String>::new());
}

#[test]
fn what_leavers_own_since_a_full_refresh_is_pending() {
    let mut company = Company::new();
    let said = |company: &mut Company, as_of: &str| {
        company.rows(&format!(
            "SELECT reason, detail FROM leaver_ownership({as_of}) WHERE account_id IS NULL"
        ))
    };
    assert_eq!(said(&mut company, ""), Vec::<String>::new());
    company.rows("UPDATE runs SET mode = 'changes' WHERE id = 3");
    assert_eq!(
        said(&mut company, ""),
        [
            "pending|a run of mode changes does not see who owns what nobody edited, nor what is gone"
        ]
    );
    assert_eq!(
        said(&mut company, "'2026-07-02 12:00Z'"),
        Vec::<String>::new()
    );
}

#[test]
fn what_could_not_be_seen() {
    let mut company = Company::new();
    company.rows(
        "UPDATE run_steps SET is_complete = false, why_not = 'scope read:confluence-groups is missing' WHERE run_id = 3 AND step = 'product_groups';
         UPDATE run_steps SET is_reconciled = false, expected = 12 WHERE run_id = 3 AND step = 'product_access'",
    );
    assert_eq!(
        company.rows("SELECT kind, reason, step, occurrences, last_complete = (SELECT published_at FROM runs WHERE id = 2), detail FROM coverage() WHERE step IS NOT NULL"),
        [
            "gap|not_read|product_groups|1|t|scope read:confluence-groups is missing",
            "gap|not_reconciled|product_access|2|t|10 were read, and 12 expected",
        ]
    );
    let both = "SELECT (SELECT count(*) FROM coverage() WHERE step IS NULL) = (SELECT count(*) FROM unknowns()), (SELECT count(*) FROM unknowns()) > 4";
    assert_eq!(company.one(both), "t|t");
}

#[test]
fn labels_that_were_not_read_since_a_change_tell_nothing_of_it() {
    let mut company = Company::new();
    let changes = "SELECT version, labels, is_approved, reason, detail
                   FROM content_changes('2026-06-30', '2026-08-01', approved_label => 'approved') WHERE content_id = 201";
    // Approved before it was changed, and no more when labels were next read.
    company.rows(
        "UPDATE page_labels_history SET run_from = 1, run_to = 3, valid_to = pg_temp.night(3), end_reason = 'removed' WHERE page_id = 201;
         UPDATE run_steps SET is_complete = false, why_not = 'a scope is missing' WHERE run_id = 2 AND step = 'page_labels'",
    );
    assert_eq!(company.rows(changes), ["2|{}|f|NULL|NULL"]);
    // What was gone by then has none because it was gone.
    company.rows("BEGIN; UPDATE pages_history SET run_to = 3, valid_to = pg_temp.night(3), end_reason = 'trashed' WHERE id = 201 AND run_to IS NULL");
    assert_eq!(
        company.rows(changes),
        ["2|NULL|NULL|not_read|its labels were not read since run 2"]
    );
    company.rows("ROLLBACK");
    // A run of mode changes reads versions, and no labels.
    company.rows("DELETE FROM run_steps WHERE run_id IN (2, 3) AND step = 'page_labels'");
    assert_eq!(
        company.rows(changes),
        ["2|NULL|NULL|not_read|its labels were not read since run 2"]
    );
    assert_eq!(
        company.rows(&changes.replace(", approved_label => 'approved'", "")),
        ["2|NULL|NULL|NULL|NULL"],
        "nobody has asked whether it was approved"
    );
}
