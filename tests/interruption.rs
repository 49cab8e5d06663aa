//! A query that waits for the site ends at once when it is told to, and leaves nothing behind.

mod cancel;
mod leftovers;
mod memory;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::one;
use confluence_sim::{Fault, Reply, Sim};
use postgres::Client;

use crate::scene::{PAGES, WHO_AM_I};

const IN_GOOD_TIME: Duration = Duration::from_secs(30);
const CANCELLED: &str = "57014";

/// What a query can wait for.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// A server that never answers.
    Answer,
    /// The end of a pause of a minute.
    Pause,
    /// A server that never says who one is.
    Identity,
}

impl Wait {
    fn begin(self, sim: &Sim) {
        match self {
            Self::Answer => sim.fault(Fault::on(PAGES), Reply::NeverAnswer),
            Self::Pause => {
                let retry_after = Some("60".to_owned());
                sim.fault(Fault::on(PAGES), Reply::TooManyRequests { retry_after });
            }
            Self::Identity => sim.fault(Fault::on(WHO_AM_I), Reply::NeverAnswer),
        }
    }

    /// Whether the site has got as far as it gets.
    fn reached(self, sim: &Sim) -> bool {
        match self {
            Self::Answer => sim.unanswered() == 1,
            // A session that was told to wait waits in later queries, too, and sends nothing.
            Self::Pause => sim.in_flight() == 0,
            Self::Identity => sim.unanswered() == 1 && !sim.probes().is_empty(),
        }
    }
}

/// How a query came to its end, and when.
type Outcome = (Instant, Result<(), postgres::Error>);

/// A session that runs queries on a thread of its own, so that somebody can watch it wait.
struct Victim {
    pid: i32,
    queries: Sender<String>,
    outcomes: Receiver<Outcome>,
}

impl Victim {
    fn new(mut client: Client) -> Self {
        let pid = pid_of(&mut client);
        let (queries, commands) = channel::<String>();
        let (results, outcomes) = channel();
        thread::spawn(move || {
            for sql in commands {
                let result = client.simple_query(&sql).map(drop);
                if results.send((Instant::now(), result)).is_err() {
                    return;
                }
            }
        });
        Self {
            pid,
            queries,
            outcomes,
        }
    }

    fn begin(&self, sql: &str) {
        self.queries
            .send(sql.to_owned())
            .expect("the session is there");
    }

    fn outcome(&self) -> Outcome {
        self.outcomes
            .recv_timeout(IN_GOOD_TIME)
            .expect("the query ends")
    }
}

fn pid_of(client: &mut Client) -> i32 {
    one(client, "SELECT pg_backend_pid()")
        .parse()
        .expect("a process id")
}

/// What the operating system knows of a backend; None where it does not tell us.
pub struct Process(i32);
