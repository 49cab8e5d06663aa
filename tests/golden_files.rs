//! What psql shows, to the letter: the scripts in `golden/`.

use confluence_fdw_tests::{Database, golden, literal, matches_golden};
use confluence_sim::{Options, Organisation, Sim};

/// Runs a script against the small company that can be read.
#[track_caller]
fn check(script: &str) {
    golden(script, &Sim::start(Options::default()));
}

#[test]
fn first_steps() {
    check("first_steps.sql");
}

#[test]
fn explain_shows_requests_and_conditions() {
    check("explain.sql");
}

#[test]
fn explain_shows_what_is_estimated() {
    check("explain_costs.sql");
}

#[test]
fn explain_analyze_shows_what_was_sent() {
    check("explain_analyze.sql");
}

#[test]
fn explain_speaks_json_yaml_and_xml() {
    check("explain_json.sql");
}

#[test]
fn psql_describes_the_tables() {
    check("describe.sql");
}

/// The README shows them as `readme.out` has them: `documents::the_readmes_queries_are_those_that_tests_run`.
#[test]
fn the_readmes_queries_and_their_plans() {
    check("readme.sql");
}

/// What happens in the company in the quarter that the page on evidence is about.
fn quarter(company: &mut Organisation) {
    let id_of = |group: &str| {
        let mut groups = company.groups().iter();
        let found = groups.find(|known| known.name == group);
        found.expect("a group of the demo").id.clone()
    };
    let page = |title: &str| {
        let mut pages = company.listed_pages();
        let found = pages.find(|page| page.title() == title);
        found.expect("a page of the demo").id()
    };
    let (engineering, finance) = (id_of("engineering"), id_of("finance"));
    let (calendar, decision) = (
        page("Patch calendar"),
        page("Decision: PostgreSQL as the source of truth"),
    );
    let hana = company
        .users()
        .iter()
        .find(|user| user.display_name == "Hana Ito");
    let hana = hana.expect("somebody of the demo").account_id.clone();
    company
        .remove_member(&engineering, &hana)
        .and_then(|()| company.delete_group(&finance))
        .and_then(|()| company.trash_page(calendar))
        .and_then(|()| company.modify_page(decision))
        .expect("all of it is there");
}

/// docs/evidence.md shows it in parts: `documents::the_evidence_page_shows_what_tests_run_and_explains_every_word`.
#[test]
fn the_evidence_pages_queries_and_their_answers() {
    const SCRIPT: &str = include_str!("golden/evidence.sql");
    const EXPORT: &str = "/srv/export-users.csv";
    let sim = Sim::start(Options::default());
    let database = Database::create();
    let export = database.file("export-users.csv", sim.organisation().export_users());
    let export = export.to_str().expect("a path in ASCII");
    database.execute(&format!(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {});
         CREATE USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (email {}, api_token {});
         IMPORT FOREIGN SCHEMA confluence FROM SERVER acme INTO public",
        literal(sim.url()),
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    ));
    let psql = |script: &str| {
        let script = script.replace(EXPORT, export);
        let run = database.run_psql(&["-a", "-q", "-v", "ON_ERROR_STOP=1"], &script);
        assert!(run.success, "{}", run.output);
        run.output.replace(export, EXPORT)
    };
    let after = SCRIPT.find("-- == quarter").expect("the quarter's end");
    let (before, after) = SCRIPT.split_at(after);
    let mut printed = psql(before);
    sim.edit(quarter);
    printed += &psql(after);
    matches_golden("evidence.sql", &printed);
}
