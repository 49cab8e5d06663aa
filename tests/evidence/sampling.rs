//! A sample of a report, checked against the site.

use confluence_fdw_tests::{error, one, requests};
use confluence_sim::{Options, RestrictedOperation, Subject};

use super::Company;

/// The demo's company, read by a refresh.
fn refreshed() -> Company {
    let mut company = Company::of(Options::default(), "");
    company
        .owner
        .batch_execute("CALL confluence.refresh('acme')")
        .unwrap_or_else(|error| panic!("{error:?}"));
    company.sim.clear_log();
    company
}

fn checks(company: &Company) -> usize {
    let sent = requests(&company.sim);
    sent.iter()
        .filter(|request| request.ends_with("/permission/check"))
        .count()
}

/// Pairs of a manifest on which site and mirror differ.
fn differing(company: &mut Company, id: &str) -> Vec<String> {
    company.rows(&format!(
        "SELECT line FROM evidence, unnest(lines) AS line WHERE manifest_id = {id} AND part = 'sample' AND line LIKE '%,false'"
    ))
}

#[test]
fn the_site_is_asked_once_for_each_pair_and_agrees() {
    let mut company = refreshed();
    let id = company
        .one("SELECT confluence.attest('acme', 'effective_space_access_as_of', sample => 20)");
    let told = company.one(&format!(
        "SELECT sample_asked, sample_agreed = sample_checked, sample_checked > 10, (sample_chunks -> 0 ->> 'rows')::integer FROM manifests WHERE id = {id}"
    ));
    let (asked, rows) = told.rsplit_once('|').expect("columns");
    assert_eq!(differing(&mut company, &id), Vec::<String>::new());
    assert_eq!(asked, "20|t|t");
    assert_eq!(checks(&company), rows.parse::<usize>().expect("a number"));
    let drawn = company.one(
        "SELECT count(*) FILTER (WHERE drawn_from = 'rows'), bool_or(drawn_from = 'accounts')
         FROM sample_pairs('effective_space_access_as_of', '{}', 20)",
    );
    assert_eq!(drawn, "10|t");
    assert_eq!(company.faults(""), Vec::<String>::new());
    company.forge("UPDATE evidence SET lines[1] = replace(lines[1], 'true', 'false') WHERE part = 'sample'; UPDATE evidence SET lines[2] = '' WHERE part = 'sample'");
    assert_eq!(
        company.faults(""),
        [format!("{id}|sample|chunk 1 is not what was attested")]
    );
}

#[test]
fn the_same_pairs_come_each_time_for_a_run_and_others_for_another_report() {
    let mut company = refreshed();
    let pairs = "SELECT string_agg(p::text, ' ' ORDER BY p::text) FROM sample_pairs('effective_space_access_as_of', '{}', 10) AS p";
    let first = company.one(pairs);
    assert_eq!(company.one(pairs), first);
    assert_ne!(
        company.one(&pairs.replace(
            "effective_space_access_as_of', '{}'",
            "external_access', '{\"internal_domains\": [\"x\"]}'"
        )),
        first
    );
    company
        .owner
        .batch_execute("CALL confluence.refresh('acme')")
        .unwrap();
    assert_ne!(company.one(pairs), first);
}

#[test]
fn what_changed_on_the_site_since_the_run_shows_as_a_difference() {
    let mut company = refreshed();
    // One content is closed to all but its reader.
    let (content, account) = company
        .one("SELECT content_id, account_id FROM content_people_at(ARRAY(SELECT id FROM content WHERE type = 'page' AND status = 'current'), 1) WHERE view_rank = 2 ORDER BY 1, 2 LIMIT 1")
        .split_once('|')
        .map(|(content, account)| (content.parse::<u64>().expect("an id"), account.to_owned()))
        .expect("somebody may view something");
    let parameters = format!(r#"{{"content": {content}}}"#);
    let attest = format!("SELECT confluence.attest('acme', 'content_access', '{parameters}', 10)");
    let id = company.one(&attest);
    assert_eq!(differing(&mut company, &id), Vec::<String>::new());
    company.sim.edit(|site| {
        let somebody = site.users().iter().find(|user| user.account_id != account);
        let somebody = somebody.expect("somebody else").account_id.clone();
        site.restrict(content, RestrictedOperation::Read, Subject::User(somebody))
            .expect("a page");
    });
    company.one(&attest);
    let told = company.rows(
        "SELECT sample_checked > 0, sample_agreed = sample_checked FROM manifests ORDER BY id",
    );
    assert_eq!(told, ["t|t", "t|f"]);
    let differing = differing(&mut company, "2");
    assert!(
        differing
            .iter()
            .all(|line| line.contains(",allowed,denied,")),
        "{differing:?}"
    );
}

#[test]
fn answers_to_other_questions_are_not_taken() {
    let mut company = refreshed();
    for (answers, message) in [
        ("NULL", "a sample needs the answers of the site"),
        (
            "'[]'",
            "the answers are not those for the pairs of this sample",
        ),
        (
            "(SELECT jsonb_agg(to_jsonb(p) || '{\"allowed\": true}') FROM sample_pairs('space_admins', '{}', 6) AS p)",
            "the answers are not those for the pairs of this sample",
        ),
        (
            "(SELECT jsonb_agg(to_jsonb(p) || '{\"allowed\": true}') || jsonb_agg(to_jsonb(p)) FROM sample_pairs('effective_space_access_as_of', '{}', 6) AS p)",
            "the answers are not those for the pairs of this sample",
        ),
    ] {
        let raised = error(
            &mut company.owner,
            &format!("SELECT attest_report('effective_space_access_as_of', '{{}}', 6, {answers})"),
        );
        assert_eq!(raised.message(), message);
    }
    assert_eq!(
        one(&mut company.owner, "SELECT count(*) FROM acme.evidence"),
        "0"
    );
    for (call, message) in [
        (
            "'coverage', '{}', 5",
            "report \"coverage\" does not say which account reaches what",
        ),
        (
            "'space_admins', '{}', -1",
            "sample must be a number from 0 to 1000",
        ),
        (
            "'space_admins', '{}', NULL",
            "sample must be a number from 0 to 1000",
        ),
    ] {
        let raised = error(
            &mut company.owner,
            &format!("SELECT confluence.attest('acme', {call})"),
        );
        assert_eq!(raised.message(), message);
    }
    assert_eq!(checks(&company), 0);
}
