//! What stays behind: descriptors, threads, connections, signals.

use std::fs;

use confluence_fdw_tests::{one, skip, sqlstate_of};
use postgres::Client;

use super::{CANCELLED, IN_GOOD_TIME, Process, Victim, Wait, pid_of};
use crate::scene::{ALL_PAGES, Scene, until};

impl Process {
    pub fn of(client: &mut Client) -> Option<Self> {
        let process = Self(pid_of(client));
        let readable = process.entries("fd").is_some() && process.status("RssAnon:").is_some();
        if !readable {
            skip("/proc of the server's processes is not to be read: run as root or as their user");
        }
        readable.then_some(process)
    }

    fn entries(&self, what: &str) -> Option<impl Iterator<Item = fs::DirEntry>> {
        let entries = fs::read_dir(format!("/proc/{}/{what}", self.0)).ok()?;
        Some(entries.flatten())
    }

    fn status(&self, field: &str) -> Option<String> {
        field_of(&format!("/proc/{}/status", self.0), field)
    }

    /// Memory that is its own, in KiB.
    pub fn memory(&self) -> u64 {
        let field = self.status("RssAnon:").expect("the process is there");
        field.trim_end_matches(" kB").parse().expect("a number")
    }

    /// Without the files that PostgreSQL has opened: of these it keeps as many as it likes.
    pub fn descriptors_and_threads(&self) -> (usize, usize) {
        let of_us = |entry: &fs::DirEntry| {
            let target = fs::read_link(entry.path());
            target.is_ok_and(|target| !target.is_absolute())
        };
        let descriptors = self.entries("fd").expect("the process is there");
        let threads = self.entries("task").expect("the process is there");
        (descriptors.filter(of_us).count(), threads.count())
    }
}

fn field_of(path: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    Some(line[field.len()..].trim().to_owned())
}

#[test]
fn a_thousand_cancelled_scans_leave_nothing_behind() {
    let scene = Scene::new();
    let mut watcher = scene.database.connect();
    let mut client = scene.database.connect();
    let Some(process) = Process::of(&mut client) else {
        return;
    };
    client.batch_execute(ALL_PAGES).unwrap();
    Wait::Answer.begin(&scene.sim);
    let victim = Victim::new(client);
    let mut before = None;
    for round in 0..1_000 {
        until("the site is at rest", IN_GOOD_TIME, || {
            scene.sim.in_flight() == 0
        });
        if round == 100 {
            before = Some((process.descriptors_and_threads(), process.memory()));
        }
        victim.begin(ALL_PAGES);
        until("the request is there", IN_GOOD_TIME, || {
            scene.sim.unanswered() == 1
        });
        // The request may be on its way before the backend has gone to sleep: either way the cancel arrives.
        one(
            &mut watcher,
            &format!("SELECT pg_cancel_backend({})", victim.pid),
        );
        assert_eq!(sqlstate_of(&victim.outcome().1.unwrap_err()), CANCELLED);
    }
    until("the site is at rest", IN_GOOD_TIME, || {
        scene.sim.in_flight() == 0
    });
    let (before, memory) = before.unwrap();
    until(
        "descriptors are closed, threads ended",
        IN_GOOD_TIME,
        || {
            let now = process.descriptors_and_threads();
            now.0 <= before.0 && now.1 <= before.1
        },
    );
    let grown = process.memory().saturating_sub(memory);
    println!(
        "cancel: 900 cancelled scans, {before:?} descriptors and threads before and after, {grown} KiB more memory"
    );
    assert!(grown < 4 << 10, "{grown} KiB");
    scene.sim.clear_faults();
    victim.begin(ALL_PAGES);
    assert!(victim.outcome().1.is_ok());
}

#[test]
fn a_session_that_reads_again_and_again_uses_one_connection() {
    let mut scene = Scene::new();
    for _ in 0..50 {
        scene.reads_all_pages();
    }
    let mut connections: Vec<u64> = scene
        .sim
        .log()
        .iter()
        .map(|request| request.connection)
        .collect();
    connections.sort_unstable();
    connections.dedup();
    // Two: who one is was asked beside the first page.
    assert!(connections.len() <= 2, "{connections:?}");
}

#[test]
fn threads_beside_the_backends_own_take_no_signals() {
    let mut scene = Scene::new();
    // A name, so that a thread that looks names up is there, too.
    let url = scene.sim.url().replace("127.0.0.1", "localhost");
    scene
        .client
        .batch_execute(&format!("ALTER SERVER site OPTIONS (SET base_url '{url}')"))
        .unwrap();
    scene.reads_all_pages();
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    let tasks = fs::read_dir(format!("/proc/{}/task", process.0)).unwrap();
    let others: Vec<String> = tasks
        .map(|task| task.unwrap().file_name().into_string().unwrap())
        .filter(|task| *task != process.0.to_string())
        .collect();
    assert!(!others.is_empty());
    // All but KILL and STOP, which nobody can block.
    let blockable = 0x7fff_ffff_u64 & !(1 << 8) & !(1 << 18);
    for task in others {
        let path = format!("/proc/{}/task/{task}/status", process.0);
        let Some(blocked) = field_of(&path, "SigBlk:") else {
            continue; // it has ended
        };
        let blocked = u64::from_str_radix(&blocked, 16).unwrap();
        assert_eq!(blocked & blockable, blockable, "{blocked:x}");
    }
}

#[test]
fn the_backends_own_signals_are_as_before() {
    let mut scene = Scene::new();
    let Some(process) = Process::of(&mut scene.client) else {
        return;
    };
    // Signals above 31 are the C library's own, for its threads.
    let masks = || {
        ["SigBlk:", "SigIgn:", "SigCgt:"].map(|field| {
            let mask = process.status(field).expect("the process is there");
            u64::from_str_radix(&mask, 16).expect("a mask") & 0x7fff_ffff
        })
    };
    let before = masks();
    scene.reads_all_pages();
    assert_eq!(masks(), before);
}
