//! Memory, which does not grow with what is read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::{lines, one, sqlstate_of};
use confluence_sim::{Fault, Options, Organisation, Reply, Size};

use super::{CANCELLED, IN_GOOD_TIME, Process};
use crate::scene::{ALL_PAGES, Scene, page_ids, until};

/// The most memory of its own that a process has, looked at again and again while something happens.
fn most_memory(process: &Process, happens: impl FnOnce()) -> u64 {
    let over = Arc::new(AtomicBool::new(false));
    let sampling = {
        let (over, pid) = (over.clone(), process.0);
        thread::spawn(move || {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(Process(pid).memory());
                thread::sleep(Duration::from_millis(5));
            }
            most
        })
    };
    happens();
    over.store(true, Ordering::Relaxed);
    sampling.join().expect("the sampler does not panic")
}

/// One at a time: these are large.
static LARGE: Mutex<()> = Mutex::new(());

#[test]
fn memory_does_not_grow_with_the_site() {
    let _alone = LARGE.lock();
    let site = Organisation::sized(Size {
        spaces: 1_000,
        pages: 1_000_000,
        permissions: 1_000,
        users: 100,
        ..Size::default()
    });
    let scene = Scene::of(Options::of(site.clone()), "");
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    client
        .batch_execute("SELECT id, title FROM confluence_pages LIMIT 1000")
        .unwrap();
    let before = process.memory();
    let mut found = String::new();
    let most = most_memory(&process, || {
        found = one(
            &mut client,
            "SELECT count(title), count(modified_at), sum(id) FROM confluence_pages",
        );
    });
    let ids = page_ids(&site);
    let sum: u64 = ids.iter().sum();
    assert_eq!(found, format!("{0}|{0}|{sum}", ids.len()));
    let grown = most.saturating_sub(before) >> 10;
    println!(
        "memory: {} pages read, at most {grown} MiB more than before",
        ids.len()
    );
    assert!(grown < 64, "{grown} MiB");
}

#[test]
fn memory_for_answers_that_a_statement_keeps_has_a_bound() {
    let _alone = LARGE.lock();
    let mut scene = Scene::of(Options::of(Organisation::standard()), "");
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    let mut most_with = |size: &str| {
        let setting = format!("SET confluence_fdw.statement_cache_size = '{size}'");
        scene.client.batch_execute(&setting).unwrap();
        most_memory(&process, || {
            let twice = format!("SELECT count(*) FROM ({ALL_PAGES} UNION ALL {ALL_PAGES}) AS t");
            assert_eq!(one(&mut scene.client, &twice), "200000");
        })
    };
    // What is freed is not given back at once, so the first run shows what the others begin with.
    let without = most_with("0");
    let grown = ["4MB", "1GB"].map(|size| most_with(size).saturating_sub(without) >> 10);
    println!("memory: at most {grown:?} MiB more with answers kept in 4 MB and in any room");
    assert!(grown[0] < 12, "{grown:?} MiB");
    assert!(
        grown[1] > 12,
        "{grown:?} MiB: then the bound bounds nothing"
    );
}

#[test]
fn memory_does_not_grow_with_a_reader_that_is_slow() {
    let scene = Scene::of(Options::of(Organisation::standard()), "");
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    // The first rows are taken, and then none for a while: reading ahead comes to a stop by itself.
    client
        .batch_execute("BEGIN; SET cursor_tuple_fraction = 1; DECLARE c CURSOR FOR SELECT * FROM confluence_pages; FETCH 1 FROM c")
        .unwrap();
    let sent = || scene.sim.data_requests().len();
    let mut last = (sent(), Instant::now());
    until("the reader stops reading ahead", IN_GOOD_TIME, || {
        if sent() != last.0 {
            last = (sent(), Instant::now());
        }
        last.1.elapsed() > Duration::from_millis(300)
    });
    // Half a megabyte of rows, and a page of each chain.
    assert!(last.0 < 20, "{} requests for one row", last.0);
    println!(
        "memory: {} requests for one row, {} MiB",
        last.0,
        process.memory() >> 10
    );
}

#[test]
fn memory_for_a_list_of_keys_is_that_of_the_list() {
    let _alone = LARGE.lock();
    let scene = Scene::of(Options::of(Organisation::demo()), "");
    // Asked key by key, and nothing ever comes back: all requests that may be under way stay there.
    scene
        .sim
        .fault(Fault::under("/wiki/api/v2/pages/"), Reply::NeverAnswer);
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    lines(&mut client, "SELECT id FROM confluence_pages LIMIT 1");
    let before = process.memory();
    scene.sim.clear_log();
    let token = client.cancel_token();
    let most = most_memory(&process, || {
        thread::scope(|scope| {
            scope.spawn(|| {
                until("eight keys are asked for", IN_GOOD_TIME, || {
                    scene.sim.unanswered() == 8
                });
                token.cancel_query(postgres::NoTls).expect("cancelled");
            });
            let ended = client.batch_execute(
                "SELECT count(*) FROM confluence_page_versions
                 WHERE page_id = ANY (ARRAY(SELECT generate_series(1, 3000000)))",
            );
            assert_eq!(sqlstate_of(&ended.expect_err("it never ends")), CANCELLED);
        });
    });
    assert_eq!(scene.sim.data_requests().len(), 8);
    let grown = most.saturating_sub(before) >> 10;
    println!("memory: at most {grown} MiB more for a list of 3,000,000 keys");
    assert!(grown < 100, "{grown} MiB");
}
