//! The program.

use confluence_sim::{Credential, Options, Organisation};
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-sim"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program starts")
}

#[test]
fn it_serves_until_its_input_closes() {
    let mut child = program(&["serve", "--latency", "1ms"])
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe"))
        .read_line(&mut line)
        .expect("a line");
    let url = line.trim().strip_prefix("listening on ");
    let url = url.expect("an address");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let header = Credential::basic(Options::EMAIL, Options::TOKEN).header();
    let request = ureq::get(format!("{url}/wiki/api/v2/spaces")).header("authorization", header);
    assert_eq!(request.call().expect("an answer").status(), 200);
    drop(child.stdin.take());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn it_prints_the_users() {
    let output = run(&["export-users"]);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).expect("UTF-8"),
        Organisation::demo().export_users()
    );
}

#[test]
fn it_says_what_is_wrong_with_its_arguments() {
    for (arguments, wanted) in [
        (&[][..], "a command is missing"),
        (&["swerve"], "swerve"),
        (&["serve", "--latency", "20"], "ms or s"),
        (&["serve", "--latency"], "latency"),
        (&["serve", "more"], "more"),
        (&["serve", "--colour"], "--colour"),
        (&["export-users", "--latency", "1s"], "--latency"),
    ] {
        let output = run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        let first = message.lines().next().unwrap_or_default();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(first.contains(wanted), "{arguments:?}: {message}");
        assert!(message.contains("confluence-sim serve"), "{message}");
        assert!(output.stdout.is_empty());
    }
    let help = run(&["--help"]);
    assert!(help.status.success() && help.stdout.starts_with(b"A stand-in"));
}
