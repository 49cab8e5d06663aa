//! What the extension costs, and what others cost for the same: tables on the standard output, and all of them in
//! `docs/benchmark.md`.
//!
//! `make bench` runs it as a whole; `make bench PARTS="requests latency"` runs parts of it, and writes no document.

mod cases;
mod dashboards;
mod document;
mod evidence;
mod latency;
mod machine;
mod measure;
mod memory;
mod peers;
mod rate_limit;
mod report;
mod requests;
mod throughput;

use std::process::ExitCode;

use report::Report;

/// A part of the benchmark, and by which name it is asked for.
struct Part {
    name: &'static str,
    run: fn(&mut Report),
}

/// In the order of the document.
const PARTS: [Part; 8] = [
    Part {
        name: "requests",
        run: requests::run,
    },
    Part {
        name: "latency",
        run: latency::run,
    },
    Part {
        name: "throughput",
        run: throughput::run,
    },
    Part {
        name: "peers",
        run: peers::run,
    },
    Part {
        name: "memory",
        run: memory::run,
    },
    Part {
        name: "rate-limit",
        run: rate_limit::run,
    },
    Part {
        name: "dashboards",
        run: dashboards::run,
    },
    Part {
        name: "evidence",
        run: evidence::run,
    },
];

fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        // What Cargo tells every benchmark.
        .filter(|argument| argument != "--bench")
        .collect();
    if let Some(unknown) = chosen
        .iter()
        .find(|name| PARTS.iter().all(|part| part.name != **name))
    {
        let names = PARTS.map(|part| part.name).join(", ");
        eprintln!("no part is called \"{unknown}\"; there are: {names}");
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for part in &PARTS {
        if chosen.is_empty() || chosen.iter().any(|name| name == part.name) {
            (part.run)(&mut report);
        }
    }
    if chosen.is_empty() {
        let path = document::write(&report);
        println!("\nwritten: {}", path.display());
    }
    println!("\n{}", report.summary());
    for missed in report.missed() {
        println!("  missed: {missed}");
    }
    match report.missed().next() {
        None => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
    }
}
