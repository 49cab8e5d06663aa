//! The stand-in as a program: for the demo, and for whoever wants to look at it with a browser or curl.
#![forbid(unsafe_code)]

use confluence_sim::{Credential, Options, Organisation, RateLimit, Sim, Size};
use lexopt::{Arg, Parser, ValueExt};
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

const USAGE: &str = "\
A stand-in for Confluence Cloud.

  confluence-sim serve [OPTIONS]         serves an organisation until it is stopped
  confluence-sim export-users [OPTIONS]  prints the users of an organisation, as an administrator exports them

Which organisation:
  --organisation demo|standard|sized     (demo) a readable small one, a large one, or one of any size:
  --spaces N --pages N --permissions N --users N --seed N

serve:
  --port N               (0: any free one) on the loopback address
  --email TEXT           (svc@example.com)
  --token TEXT           (sim-token)
  --latency TIME         how long answers take, such as 20ms or 1s
  --rate-limit N         requests in a second
  --anonymous-access     serve whoever has no credential as nobody
  --keep-answers         work out the same question once
  --until-stdin-closes   stop when the standard input ends

While it serves, somebody can be taken out of a group:
  curl -X DELETE -u EMAIL:TOKEN 'URL/wiki/rest/api/group/userByGroupId?groupId=ID&accountId=ID'
";

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
        Command::ExportUsers(organisation) => {
            io::stdout().write_all(organisation.make().export_users().as_bytes())
        }
        Command::Serve(serve) => serve.run(),
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

#[derive(Debug)]
enum Command {
    Help,
    Serve(Serve),
    ExportUsers(Which),
}

#[derive(Debug)]
enum Which {
    Demo,
    Standard,
    Sized(Size),
}

impl Which {
    fn make(&self) -> Arc<Organisation> {
        match self {
            Self::Demo => Organisation::demo(),
            Self::Standard => Organisation::standard(),
            Self::Sized(size) => Organisation::sized(size.clone()),
        }
    }
}

#[derive(Debug)]
struct Serve {
    organisation: Which,
    port: u16,
    email: String,
    token: String,
    latency: Duration,
    rate_limit: Option<f64>,
    anonymous_access: bool,
    keep_answers: bool,
    until_stdin_closes: bool,
}

impl Serve {
    fn run(self) -> io::Result<()> {
        let sim = Sim::try_start(Options {
            organisation: self.organisation.make(),
            credentials: vec![Credential::basic(self.email, self.token)],
            clients: Vec::new(),
            anonymous_access: self.anonymous_access,
            rate_limit: self.rate_limit.map(|rate| RateLimit {
                requests_per_second: rate,
                // A second's worth at once.
                burst: rate.ceil() as u32,
            }),
            latency: self.latency,
            // Nobody reads it.
            keep_log: false,
            keep_answers: self.keep_answers,
            port: self.port,
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            // Before the line that says it is there: whoever reads it may stop it at once.
            let mut terminated = signal(SignalKind::terminate())?;
            let mut interrupted = signal(SignalKind::interrupt())?;
            println!("listening on {}", sim.url());
            io::stdout().flush()?;
            let closed = stdin_closed(self.until_stdin_closes);
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
                _ = closed => {}
            }
            Ok(())
        })
    }
}

/// Comes to an end with the standard input, if that is wanted, else never.
async fn stdin_closed(wanted: bool) {
    let (sender, receiver) = oneshot::channel::<()>();
    if !wanted {
        return std::future::pending().await;
    }
    // A thread of its own, as reading from a terminal or a pipe cannot be given up.
    std::thread::spawn(move || {
        io::stdin().lock().read_to_end(&mut Vec::new()).ok();
        drop(sender);
    });
    receiver.await.ok();
}

fn arguments(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut command = None;
    let mut organisation = "demo".to_owned();
    let mut size = Size::default();
    let mut size_option = None;
    let mut serve_option = None;
    let mut serve = Serve {
        organisation: Which::Demo,
        port: 0,
        email: Options::EMAIL.to_owned(),
        token: Options::TOKEN.to_owned(),
        latency: Duration::ZERO,
        rate_limit: None,
        anonymous_access: false,
        keep_answers: false,
        until_stdin_closes: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Value(value) if command.is_none() => command = Some(value.string()?),
            Arg::Long("organisation") => organisation = parser.value()?.string()?,
            Arg::Long(name @ ("spaces" | "pages" | "permissions" | "users" | "seed")) => {
                let name = name.to_owned();
                let number: u64 = parser.value()?.parse()?;
                match name.as_str() {
                    "spaces" => size.spaces = number as usize,
                    "pages" => size.pages = number as usize,
                    "permissions" => size.permissions = number as usize,
                    "users" => size.users = number as usize,
                    _ => size.seed = number,
                }
                size_option = Some(name);
            }
            Arg::Long(
                name @ ("port" | "email" | "token" | "latency" | "rate-limit" | "anonymous-access"
                | "keep-answers" | "until-stdin-closes"),
            ) => {
                let name = name.to_owned();
                match name.as_str() {
                    "port" => serve.port = parser.value()?.parse()?,
                    "email" => serve.email = parser.value()?.string()?,
                    "token" => serve.token = parser.value()?.string()?,
                    "latency" => serve.latency = parser.value()?.parse_with(duration)?,
                    "rate-limit" => serve.rate_limit = Some(parser.value()?.parse_with(rate)?),
                    "anonymous-access" => serve.anonymous_access = true,
                    "keep-answers" => serve.keep_answers = true,
                    _ => serve.until_stdin_closes = true,
                }
                serve_option = Some(name);
            }
            other => return Err(other.unexpected()),
        }
    }
    let organisation = match organisation.as_str() {
        "sized" => Which::Sized(size),
        _ if size_option.is_some() => {
            return Err(format!(
                "--{} needs --organisation sized",
                size_option.unwrap_or_default()
            )
            .into());
        }
        "demo" => Which::Demo,
        "standard" => Which::Standard,
        other => {
            return Err(
                format!("no organisation is called \"{other}\": demo, standard or sized").into(),
            );
        }
    };
    match command.as_deref() {
        Some("serve") => Ok(Command::Serve(Serve {
            organisation,
            ..serve
        })),
        Some("export-users") => match serve_option {
            Some(option) => Err(format!("--{option} is nothing for export-users").into()),
            None => Ok(Command::ExportUsers(organisation)),
        },
        Some(other) => {
            Err(format!("no command is called \"{other}\": serve or export-users").into())
        }
        None => Err("a command is missing: serve or export-users".into()),
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

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("a rate is a number above 0".to_owned()),
    }
}
