//! The program.

use confluence_sim::Organisation;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

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

/// Starts serving and returns the address from its first line.
fn serve(arguments: &[&str]) -> (Child, String) {
    let mut child = program(arguments).spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe"))
        .read_line(&mut line)
        .expect("a line");
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .expect("an address")
        .to_owned();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    (child, url)
}

fn status(url: &str, credential: &confluence_sim::Credential) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let request = agent
        .get(format!("{url}/wiki/api/v2/spaces"))
        .header("authorization", credential.header());
    request.call().expect("an answer").status().as_u16()
}

#[test]
fn it_serves_until_its_input_closes() {
    let arguments = [
        "serve",
        "--until-stdin-closes",
        "--email",
        "a@b.example",
        "--token=t",
        "--latency",
        "1ms",
    ];
    let (mut child, url) = serve(&arguments);
    assert_eq!(
        status(&url, &confluence_sim::Credential::basic("a@b.example", "t")),
        200
    );
    assert_eq!(
        status(
            &url,
            &confluence_sim::Credential::basic("a@b.example", "wrong")
        ),
        404
    );
    drop(child.stdin.take());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let sized = [
        "--organisation",
        "sized",
        "--spaces",
        "3",
        "--pages",
        "10",
        "--permissions",
        "5",
        "--users",
        "4",
    ];
    let flags = [
        "--anonymous-access",
        "--keep-answers",
        "--rate-limit",
        "1000",
        "--seed",
        "9",
    ];
    let arguments = [&["serve"][..], &sized, &flags].concat();
    let (mut child, url) = serve(&arguments);
    assert_eq!(
        status(&url, &confluence_sim::Credential::bearer("nobody")),
        200
    );
    let kill = Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status()
        .expect("kill starts");
    assert!(kill.success());
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
    let standard = run(&["export-users", "--organisation", "standard"]);
    assert_eq!(
        String::from_utf8(standard.stdout).expect("UTF-8"),
        Organisation::standard().export_users()
    );
}

#[test]
fn it_says_what_is_wrong_with_its_arguments() {
    for (arguments, wanted) in [
        (&[][..], "a command is missing"),
        (&["swerve"], "swerve"),
        (&["serve", "--port", "x"], "x"),
        (&["serve", "--port"], "port"),
        (&["serve", "--pages", "10"], "--organisation sized"),
        (&["serve", "--organisation", "huge"], "huge"),
        (&["serve", "--latency", "20"], "ms or s"),
        (&["serve", "--rate-limit", "0"], "above 0"),
        (&["serve", "more"], "more"),
        (&["serve", "--colour"], "--colour"),
        (&["export-users", "--token", "t"], "--token"),
    ] {
        let output = run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            message
                .lines()
                .next()
                .is_some_and(|line| line.contains(wanted)),
            "{arguments:?}: {message}"
        );
        assert!(message.contains("confluence-sim serve"), "{message}");
        assert!(output.stdout.is_empty());
    }
    let help = run(&["--help"]);
    assert!(help.status.success() && help.stdout.starts_with(b"A stand-in"));
}

#[test]
fn a_port_that_is_taken_is_no_panic() {
    let (mut child, url) = serve(&["serve", "--until-stdin-closes"]);
    let port = url.rsplit(':').next().expect("a port");
    let output = run(&["serve", "--port", port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("confluence-sim: "));
    drop(child.stdin.take());
    let mut rest = String::new();
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut rest)
        .expect("text");
    assert_eq!(rest, "");
    assert!(child.wait().expect("it ends").success());
}
