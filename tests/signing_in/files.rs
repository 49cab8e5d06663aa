//! Tokens in files: rotated, replaced, missing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::site::small;
use confluence_sim::{Credential, Fault, Options, Reply, Sim};

use super::{Acme, EVERYTHING, REJECTED, Sent, Way, reads_all_permissions};

#[test]
fn a_rotated_file_is_read_by_the_next_query_of_the_session() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    acme.sim.revoke_all();
    acme.sim
        .grant(Credential::basic(Options::EMAIL, "the-next-token"));
    acme.fails("28000", REJECTED, "must be an API token");
    acme.database.file("token", "the-next-token");
    let answers = acme.answers();
    assert_eq!(acme.reads(), Way::ApiTokenFile.first_query(answers));
}

#[test]
fn a_file_that_is_replaced_within_a_moment_is_noticed() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    let next: String = Options::TOKEN.chars().rev().collect();
    acme.sim.revoke_all();
    acme.sim.grant(Credential::basic(Options::EMAIL, &next));
    // Of the same length, written at the same time, and moved into place.
    let path = acme.database.file("token", Options::TOKEN);
    let written = std::fs::metadata(&path).expect("the file").modified();
    let other = acme.database.file("other", next);
    std::fs::File::options()
        .write(true)
        .open(&other)
        .and_then(|file| file.set_modified(written?))
        .expect("dated");
    std::fs::rename(other, path).expect("moved");
    acme.reads();
}

/// As an administrator does it: a new token, its file, and then the end of the old one.
fn rotate(sim: &Sim, path: &Path) {
    sim.grant(Credential::basic(Options::EMAIL, "the-next-token"));
    std::fs::write(path, "the-next-token\n").expect("written");
    sim.revoke(&Credential::basic(Options::EMAIL, Options::TOKEN));
}

#[test]
fn a_token_that_is_rotated_in_the_middle_of_a_scan_is_picked_up_there() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    let answers = acme.answers();
    let path = acme.database.file("token", Options::TOKEN);
    acme.on_page_two(move |sim| rotate(sim, &path));
    let first = Way::ApiTokenFile.first_query(answers);
    // Whose the other token is has to be asked before anything that it shows is handed on.
    let once_refused = Sent {
        data: answers + 1,
        who: first.who + 1,
        ..first
    };
    assert_eq!(acme.reads(), once_refused);
    acme.reads();
}

#[test]
fn a_token_that_is_rotated_under_eight_chains_is_read_once_more() {
    let mut acme = Acme::unknown(
        Way::ApiTokenFile,
        small(),
        ", page_size '5', max_concurrency '8'",
    );
    Way::ApiTokenFile.grant(&acme.sim, EVERYTHING);
    acme.sim.set_latency(Duration::from_millis(20));
    let path = acme.database.file("token", Options::TOKEN);
    let sim = Arc::downgrade(&acme.sim);
    acme.sim.fault(
        Fault::under("/wiki/api/v2/spaces/").nth(40),
        Reply::mutate(move |_| {
            if let Some(sim) = sim.upgrade() {
                rotate(&sim, &path);
            }
        }),
    );
    reads_all_permissions(&mut acme);
    let refused = acme.sim.data_requests();
    let refused = refused.iter().filter(|request| request.status == Some(404));
    assert!((1..=8).contains(&refused.count()));
}

#[test]
fn a_file_without_a_token_is_an_error() {
    let mut acme = Acme::new(Way::ApiTokenFile);
    acme.reads();
    let path = acme.database.file("token", "");
    let could_not =
        |cause: &str| format!("could not read the file of option \"api_token_file\": {cause}");
    let hint = "read by the server's operating system user";
    acme.fails("58030", &could_not("it is empty"), hint);
    std::fs::write(&path, " \n").expect("written");
    acme.fails("58030", &could_not("it is empty"), hint);
    std::fs::write(&path, "two tokens").expect("written");
    acme.fails("58030", &could_not("it holds more than a token"), hint);
    std::fs::write(&path, b"\xff\xfe").expect("written");
    acme.fails("58030", &could_not("it is not UTF-8 text"), hint);
    allow(&path, 0o000);
    acme.fails("58030", &could_not("Permission denied (os error 13)"), hint);
    std::fs::remove_file(&path).expect("removed");
    acme.fails(
        "58030",
        &could_not("No such file or directory (os error 2)"),
        hint,
    );
    // Nobody writes into the pipe: opening it would last for ever.
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo").success());
    acme.fails("58030", &could_not("it is not a regular file"), hint);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(acme.sim.log().len(), 0, "nothing is sent without a token");
    acme.database.file("token", Options::TOKEN);
    acme.reads();
}

fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("ours");
}
