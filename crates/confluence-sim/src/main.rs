//! The stand-in as a program: for the demo, and for whoever wants to look at it with a browser or curl.
#![forbid(unsafe_code)]

use confluence_sim::{Options, Organisation, Sim};
use lexopt::{Arg, Parser, ValueExt};
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "\
A stand-in for Confluence Cloud, with a small company in it.

  confluence-sim serve [--latency TIME]  serves it, each answer after a time such as 20ms or 1s, until the input ends
  confluence-sim export-users            prints its users, as an administrator exports them

It takes the user name svc@example.com and the token sim-token. While it serves, somebody can be taken out of a group:
  curl -X DELETE -u svc@example.com:sim-token 'URL/wiki/rest/api/group/userByGroupId?groupId=ID&accountId=ID'
";

#[derive(Debug)]
enum Command {
    Help,
    Serve { latency: Duration },
    ExportUsers,
}

fn main() -> ExitCode {
    let command = match arguments(Parser::from_env()) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("confluence-sim: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = match command {
        Command::Help => io::stdout().write_all(USAGE.as_bytes()),
        Command::ExportUsers => {
            io::stdout().write_all(Organisation::demo().export_users().as_bytes())
        }
        Command::Serve { latency } => serve(latency),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("confluence-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(latency: Duration) -> io::Result<()> {
    let sim = Sim::start(Options {
        latency,
        // Nobody reads it.
        keep_log: false,
        ..Options::default()
    });
    println!("listening on {}", sim.url());
    io::stdout().flush()?;
    io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn arguments(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut command = None;
    let mut latency = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Long("latency") => latency = Some(parser.value()?.parse_with(duration)?),
            Arg::Value(value) if command.is_none() => command = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    match (command.as_deref(), latency) {
        (Some("serve"), latency) => Ok(Command::Serve {
            latency: latency.unwrap_or_default(),
        }),
        (Some("export-users"), None) => Ok(Command::ExportUsers),
        (Some("export-users"), _) => Err("--latency is nothing for export-users".into()),
        (Some(other), _) => {
            Err(format!("no command is called \"{other}\": serve or export-users").into())
        }
        (None, _) => Err("a command is missing: serve or export-users".into()),
    }
}

/// A time such as `20ms` or `1.5s`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').ok_or("a time ends in ms or s")?, 1.0),
    };
    let number: f64 = number.parse().map_err(|_| "a time begins with a number")?;
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}
