//! What answers take: each of them, and all together. Beyond a budget there is an error that says so, and the server lives.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use confluence_fdw_tests::{error, lines, one, skip};
use confluence_sim::{Fault, Options, Organisation, Reply, Size};
use flate2::Compression;
use flate2::write::GzEncoder;
use postgres::Client;
use postgres::error::DbError;

use crate::scene::{ALL_PAGES, PAGES, PERMISSIONS, Scene, WHO_AM_I, listing};

const LISTING: &str = "an answer with rows is larger than its budget of 64 MB";
const OTHER: &str = "an answer without rows is larger than its budget of 1 MB";
const ROW: &str = "an answer about one row is larger than its budget of 16 MB";
const ROWS: &str = "the rows of one answer take more memory than their budget of 16 MB";
const DOCUMENT: &str = "a JSON document has more values than its budget of 1048576";
const SYSTEM: &str = "out of memory for an answer";

const MB: usize = 1 << 20;

#[track_caller]
fn is_too_large(raised: &DbError, message: &str, request: &str) {
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("53200", message),
        "{raised:?}"
    );
    let detail = raised.detail().unwrap_or_default();
    assert!(detail.contains(request), "{detail}");
    assert!(raised.hint().is_some(), "{raised:?}");
}

/// A field of a backend's status, in MiB; None where the operating system does not tell us.
fn status(client: &mut Client, field: &str) -> Option<usize> {
    let pid = one(client, "SELECT pg_backend_pid()");
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    let kib: usize = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

#[test]
fn answers_without_an_end_stay_within_what_a_session_may_hold() {
    let site = Organisation::sized(Size {
        spaces: 80,
        pages: 80,
        permissions: 80,
        users: 8,
        seed: 7,
        largest_space_share: 0.1,
    });
    let mut scene = Scene::of(Options::of(site), "max_concurrency '64'");
    let sql = "SELECT count(*) FROM confluence_permissions";
    lines(&mut scene.client, sql);
    scene.sim.fault(Fault::on(PERMISSIONS), Reply::WithoutEnd);
    let raised = error(&mut scene.client, sql);
    is_too_large(&raised, LISTING, "GET /wiki/api/v2/spaces/");
    let Some(most) = status(&mut scene.client, "VmHWM:") else {
        return skip("/proc of the server's processes is not to be read");
    };
    println!("memory: {most} MiB at most");
    assert!(most < 512, "{most} MiB");
    scene.sim.clear_faults();
    assert_eq!(one(&mut scene.client, sql), "80");
}

fn packed(body: &[u8]) -> Reply {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(body).expect("memory");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Reply::Bytes {
        headers: vec![
            header("content-type", "application/json"),
            header("content-encoding", "gzip"),
        ],
        body: packed.finish().expect("memory"),
    }
}

#[test]
fn what_is_packed_counts_as_what_it_is_unpacked() {
    let mut scene = Scene::new();
    let blanks = [&b"{\"results\":["[..], &vec![b' '; 65 * MB]].concat();
    scene.sim.fault(Fault::on(PAGES), packed(&blanks));
    let raised = scene.fails(ALL_PAGES, "53200", LISTING);
    is_too_large(&raised, LISTING, "GET /wiki/api/v2/pages");
}

#[test]
fn what_lists_nothing_is_read_no_further_than_it_can_be_long() {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(WHO_AM_I), Reply::WithoutEnd);
    let raised = scene.fails(ALL_PAGES, "53200", OTHER);
    is_too_large(&raised, OTHER, WHO_AM_I);
    // Of a failure the beginning tells enough.
    let mut scene = Scene::with("max_retries '0'");
    let status = |code| Reply::Status {
        code,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<html>".repeat(MB),
    };
    scene.sim.fault(Fault::on(PAGES), status(500));
    scene.fails(
        ALL_PAGES,
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
}

#[test]
fn an_answer_about_one_row_has_a_budget_of_its_own() {
    let mut scene = Scene::new();
    let sql = "SELECT count(like_count) FROM confluence_pages";
    scene.with_optional_columns();
    scene.sim.fault(
        Fault::on("/wiki/api/v2/pages/{id}/likes/count"),
        Reply::WithoutEnd,
    );
    let raised = scene.fails(sql, "53200", ROW);
    is_too_large(&raised, ROW, "/likes/count");
}

#[test]
fn rows_of_hardly_anything_do_not_become_more_than_they_may() {
    let mut scene = Scene::new();
    let rows = (1..700_000).map(|id| format!(r#"{{"id":{id}}}"#));
    scene.sim.fault(Fault::on(PAGES), listing(rows));
    let raised = scene.fails(
        "SELECT id, title, status, parent_id FROM confluence_pages",
        "53200",
        ROWS,
    );
    is_too_large(&raised, ROWS, "GET /wiki/api/v2/pages");
}

#[test]
fn a_document_of_endless_values_is_not_built() {
    let mut scene = Scene::new();
    scene.with_optional_columns();
    let mut adf = String::from("[0");
    for _ in 0..8 * MB {
        adf.push_str(",0");
    }
    adf.push(']');
    let row = format!(r#"{{"id":"1","body":{{"atlas_doc_format":{{"value":"{adf}"}}}}}}"#);
    scene.sim.fault(Fault::on(PAGES), listing([row]));
    let raised = scene.fails("SELECT body_adf FROM confluence_pages", "53200", DOCUMENT);
    is_too_large(&raised, DOCUMENT, "GET /wiki/api/v2/pages");
    if let Some(most) = status(&mut scene.client, "VmHWM:") {
        assert!(most < 256, "{most} MiB");
    }
}

#[test]
fn a_large_answer_is_read_like_any_other() {
    let mut scene = Scene::new();
    let long = "x".repeat(3 * MB);
    let rows = (1..=10).map(|id| format!(r#"{{"id":"{id}","title":"{long}"}}"#));
    scene.sim.fault(Fault::on(PAGES), listing(rows));
    let sql = "SELECT count(*), sum(length(title)) FROM confluence_pages";
    let expected = format!("10|{}", 30 * MB);
    assert_eq!(one(&mut scene.client, sql), expected);
}

#[test]
fn rows_that_nobody_takes_hold_their_room_and_others_read_on() {
    let mut scene = Scene::with("request_timeout '2s'");
    let body = |id: u32| {
        let mut text = String::new();
        for _ in 0..MB {
            let _ = write!(text, "{:020}", id);
        }
        listing(std::iter::once(format!(
            r#"{{"id":"{id}","title":"{text}"}}"#
        )))
    };
    for id in 1..=14 {
        let fault = Fault::on(PAGES).with("id", id.to_string());
        scene.sim.fault(fault, body(id));
    }
    let mut begin = String::from("BEGIN");
    for id in 1..=14 {
        let _ = write!(
            begin,
            "; DECLARE c{id} CURSOR FOR SELECT id, title FROM confluence_pages WHERE id = {id}"
        );
    }
    scene.execute(&begin);
    // Each cursor stands at its only row, and holds the 20 MB of its answer.
    let fetch = |scene: &mut Scene, id: u32| {
        let sql = format!("FETCH 1 FROM c{id}");
        scene.client.simple_query(&sql)
    };
    for id in 1..=9 {
        fetch(&mut scene, id).expect("there is room");
    }
    let sql = "FETCH 1 FROM c10";
    let raised = (10..=14)
        .find_map(|id| fetch(&mut scene, id).err())
        .unwrap_or_else(|| panic!("{sql}: the room has no end"));
    let raised = raised.as_db_error().expect("an error of the server");
    is_too_large(
        raised,
        "the session's answers in flight take more than their budget of 256 MB",
        "GET /wiki/api/v2/pages",
    );
    scene.execute("ROLLBACK");
    scene.sim.clear_faults();
    scene.reads_all_pages();
}

/// Limits the memory of a process, as its own user may.
fn limit(pid: &str, bytes: &str) -> bool {
    let limit = format!("--as={bytes}:");
    let prlimit = ["prlimit", "--pid", pid, &limit];
    let Ok(process) = fs::metadata(format!("/proc/{pid}")) else {
        return false;
    };
    let (user, group) = (process.uid().to_string(), process.gid().to_string());
    let as_user = ["--reuid", &user, "--regid", &group, "--clear-groups"];
    let [mut own, mut other] = [Command::new("prlimit"), Command::new("setpriv")];
    own.args(&prlimit[1..]);
    other.args(as_user).args(prlimit);
    [own, other].iter_mut().any(|command| {
        let done = command.stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    })
}

#[test]
fn a_process_that_gets_no_memory_says_so_and_goes_on() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let pid = one(&mut scene.client, "SELECT pg_backend_pid()");
    let Some(before) = status(&mut scene.client, "VmSize:") else {
        return skip("/proc of the server's processes is not to be read");
    };
    let limit = |bytes: &str| limit(&pid, bytes);
    if !limit(&((before + 80) * MB).to_string()) {
        return skip("prlimit cannot set limits of the server's processes");
    }
    let long = "x".repeat(50 * MB);
    let row = format!(r#"{{"id":"1","title":"{long}"}}"#);
    let fault = Fault::on(PAGES);
    scene.sim.fault(fault, listing([row]));
    let raised = error(&mut scene.client, "SELECT title FROM confluence_pages");
    is_too_large(&raised, SYSTEM, "GET /wiki/api/v2/pages");
    assert!(limit("unlimited"));
    scene.sim.clear_faults();
    scene.reads_all_pages();
    assert_eq!(one(&mut scene.client, "SELECT pg_backend_pid()"), pid);
}
