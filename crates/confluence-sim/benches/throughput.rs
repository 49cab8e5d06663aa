//! How many rows a second the stand-in serves over one connection: it must be much faster than what is measured
//! against it. `cargo bench -p confluence-sim`

use confluence_sim::{Options, Organisation, Sim, Size};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

fn main() {
    let started = Instant::now();
    let organisation = Organisation::sized(Size {
        pages: 1_000_000,
        spaces: 2_000,
        ..Size::default()
    });
    println!("1,000,000 pages made in {:?}", started.elapsed());
    let sim = Sim::start(Options::of(organisation));
    for (name, query) in [
        ("by id", ""),
        ("by latest change (first use sorts)", "&sort=-modified-date"),
        ("by title (first use sorts)", "&sort=title"),
        ("by id, again", ""),
        ("by title, again", "&sort=title"),
    ] {
        let mut reader = Reader::connect(&sim);
        let started = Instant::now();
        let (rows, bytes) =
            reader.read_chain(&format!("/wiki/api/v2/pages?limit=250{query}"), 2_000);
        let took = started.elapsed().as_secs_f64();
        println!(
            "{name}: {:.0} rows/s, {:.0} MB/s",
            rows as f64 / took,
            bytes as f64 / took / 1e6
        );
    }
    let spaces: Vec<_> = sim
        .organisation()
        .spaces()
        .take(100)
        .map(|space| space.id.to_string())
        .collect();
    let started = Instant::now();
    let path = format!("/wiki/api/v2/pages?limit=250&space-id={}", spaces.join(","));
    let (rows, _) = Reader::connect(&sim).read_chain(&path, 2_000);
    println!(
        "of 100 spaces: {:.0} rows/s",
        rows as f64 / started.elapsed().as_secs_f64()
    );
}

/// The cheapest client there is, as it runs on the same cores.
struct Reader {
    stream: BufReader<TcpStream>,
    authorization: String,
}

impl Reader {
    fn connect(sim: &Sim) -> Self {
        let stream =
            TcpStream::connect(&sim.url()["http://".len()..]).expect("the stand-in listens");
        stream.set_nodelay(true).expect("a TCP socket");
        let credential = confluence_sim::Credential::basic(Options::EMAIL, Options::TOKEN);
        Self {
            stream: BufReader::with_capacity(1 << 20, stream),
            authorization: credential.header(),
        }
    }

    /// Follows next links; returns rows and bytes.
    fn read_chain(&mut self, first: &str, requests: usize) -> (usize, usize) {
        let mut path = Some(first.to_owned());
        let (mut rows, mut bytes) = (0, 0);
        for _ in 0..requests {
            let Some(asked) = path.take() else { break };
            let (body, next) = self.read(&asked);
            rows += body
                .windows(8)
                .filter(|window| window == b"\"status\"")
                .count();
            bytes += body.len();
            path = next;
        }
        (rows, bytes)
    }

    fn read(&mut self, path: &str) -> (Vec<u8>, Option<String>) {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {}\r\n\r\n",
            self.authorization
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the connection stays open");
        let mut length = 0;
        let mut next = None;
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("an answer");
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            if let Some((link, _)) = line
                .strip_prefix("link: <")
                .and_then(|rest| rest.split_once(">; rel=\"next\""))
            {
                next = Some(link.to_owned());
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("the whole body");
        (body, next)
    }
}
