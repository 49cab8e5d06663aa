//! The address, and what is there.

use confluence_sim::{Fault, Reply};

use super::{BASIC, Checked, NOT_FOUND, TENANT_INFO, after, answer, json};
use crate::scene::Elsewhere;

#[test]
fn an_address_where_nothing_answers() {
    let mut checked = Checked::new();
    let nowhere = Elsewhere::new().origin();
    checked.set(&format!("SET base_url '{nowhere}'"));
    checked.finds(
        "address",
        "fail",
        "Connection refused",
        "subdomain",
        after("address"),
    );
    checked.set("SET base_url 'https://nowhere.invalid'");
    checked.finds(
        "address",
        "fail",
        "could not connect to \"nowhere.invalid\"",
        "subdomain",
        after("address"),
    );
}

#[test]
fn an_address_that_never_answers() {
    let mut checked = Checked::with(", request_timeout '300ms'", BASIC);
    checked
        .sim
        .fault(Fault::on(TENANT_INFO), Reply::NeverAnswer);
    checked.finds(
        "address",
        "fail",
        "no end after 300ms",
        "",
        after("address"),
    );
}

#[test]
fn something_else_than_tls() {
    let mut checked = Checked::new();
    let url = checked.sim.url().replace("http://", "https://");
    checked.set(&format!("SET base_url '{url}'"));
    checked.finds("tls", "fail", "", "ca_file", after("tls"));
}

#[test]
fn what_is_no_site_of_confluence_cloud() {
    const STATUS: &str = "/status";
    for (tenant_info, status, found, remedy) in [
        // A name that no site has.
        (
            answer(404, &[("content-type", "text/html")], "<html>"),
            json(404, NOT_FOUND),
            "answered with status 404, and without a cloudId",
            "Check the server's option subdomain",
        ),
        (
            answer(302, &[("location", "https://www.atlassian.com/")], ""),
            json(404, NOT_FOUND),
            "a redirect (status 302)",
            "Check the server's option subdomain",
        ),
        (
            Reply::Html200,
            Reply::Html200,
            "answered with status 200, and without a cloudId",
            "Check the server's option subdomain",
        ),
        (
            json(200, r#"{"id":"x"}"#),
            Reply::DropBeforeHead,
            "without a cloudId",
            "Check the server's option subdomain",
        ),
        // One that somebody runs, by what it says, and by its headers.
        (
            answer(404, &[("content-type", "text/html")], "<html>"),
            json(200, r#"{"state":"RUNNING"}"#),
            "Confluence Data Center or Server",
            "only Cloud is",
        ),
        (
            answer(404, &[("x-confluence-request-time", "1794000000000")], ""),
            json(404, NOT_FOUND),
            "Confluence Data Center or Server",
            "only Cloud is",
        ),
    ] {
        let mut checked = Checked::new();
        checked.sim.fault(Fault::on(TENANT_INFO), tenant_info);
        checked.sim.fault(Fault::on(STATUS), status);
        checked.finds("site", "fail", found, remedy, after("clock"));
        let asked = checked.sim.log();
        assert!(
            asked
                .iter()
                .all(|request| request.header("authorization").is_none()),
            "no credential goes to what is no site"
        );
    }
}

#[test]
fn a_cloud_id_that_is_another_sites() {
    let mut checked = Checked::with(", cloud_id '11111111-2222-3333-4444-555555555555'", BASIC);
    checked.finds(
        "site",
        "fail",
        "the server's option says 1111",
        "drop it",
        after("clock"),
    );
    let id = checked.sim.organisation().cloud_id().to_uppercase();
    checked.set(&format!("SET cloud_id '{id}'"));
    assert_eq!(checked.report()["site"].0, "ok");
}

#[test]
fn a_clock_that_is_wrong() {
    let mut checked = Checked::new();
    let body = format!(
        r#"{{"cloudId":"{}"}}"#,
        checked.sim.organisation().cloud_id()
    );
    checked.sim.fault(
        Fault::on(TENANT_INFO),
        answer(
            200,
            &[
                ("content-type", "application/json"),
                ("date", "Tue, 01 Jan 2002 00:00:00 GMT"),
            ],
            &body,
        ),
    );
    checked.finds("clock", "warn", "s ahead of the site's", "NTP", &[]);
}
