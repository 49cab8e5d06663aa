//! A proxy before the stand-in, which spoils answers by chance.
//!
//! What happens to a request follows from the seed of the round, the request, and how often it has come in the round:
//! not from when it comes, so that requests that are under way side by side do not change a round.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::kinds::{self, Kind, Spoiler};
use crate::random::chances;

/// A request, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query, with the site's own cursor.
    pub target: String,
    /// None where the client shows no credential, or shows one that has come to its end.
    pub authorization: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').filter_map(|pair| pair.split_once('='))
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// An answer of the stand-in.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON answer that no stand-in gave.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::of(status, "application/json", body)
    }

    pub fn of(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
        }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The status line and the headers, up to the empty line, without a length.
    pub fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head
    }
}

/// What goes onto the wire.
#[derive(Debug, Default)]
pub struct Wire {
    pub steps: Vec<Step>,
    /// Whether the connection is closed afterwards.
    pub close: bool,
}

#[derive(Debug)]
pub enum Step {
    Send(Vec<u8>),
    Wait(Duration),
}

impl Wire {
    /// The answer as it should be sent.
    pub fn whole(answer: &Answer) -> Self {
        let mut bytes = answer.head().into_bytes();
        bytes.extend(format!("content-length: {}\r\n\r\n", answer.body.len()).bytes());
        bytes.extend(&answer.body);
        Self::bytes(bytes)
    }

    /// These bytes, and the connection stays open.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self {
            steps: vec![Step::Send(bytes)],
            close: false,
        }
    }

    pub fn then_close(mut self) -> Self {
        self.close = true;
        self
    }

    pub fn after(mut self, pause: Duration) -> Self {
        self.steps.insert(0, Step::Wait(pause));
        self
    }
}

/// The answers of a stand-in, each asked for once. Its organisation does not change.
pub struct Answers {
    site: SocketAddr,
    known: Mutex<HashMap<String, Arc<Answer>>>,
}

impl Answers {
    /// `url` is the stand-in's, such as `http://127.0.0.1:4321`.
    pub fn of(url: &str) -> Arc<Self> {
        let site = url.trim_start_matches("http://");
        Arc::new(Self {
            site: site.parse().expect("the stand-in's address"),
            known: Mutex::default(),
        })
    }

    pub fn ask(&self, request: &Request) -> io::Result<Arc<Answer>> {
        let key = format!(
            "{} {} {:?} {:?}",
            request.method, request.target, request.authorization, request.body
        );
        if let Some(answer) = hold(&self.known).get(&key) {
            return Ok(Arc::clone(answer));
        }
        let answer = Arc::new(self.fetch(request)?);
        hold(&self.known).insert(key, Arc::clone(&answer));
        Ok(answer)
    }

    fn fetch(&self, request: &Request) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.site)?;
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: application/json\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            request.method,
            request.target,
            self.site,
            request.body.len()
        );
        if let Some(authorization) = &request.authorization {
            head.push_str(&format!("authorization: {authorization}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(&request.body)?;
        let mut reader = BufReader::new(stream);
        let (line, headers) = read_head(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let mut body = Vec::new();
        reader.read_to_end(&mut body)?;
        let wanted = |name: &str| !matches!(name, "content-length" | "connection" | "date");
        Ok(Answer {
            status,
            headers: headers
                .into_iter()
                .filter(|(name, _)| wanted(name))
                .collect(),
            body,
        })
    }
}

/// What is the same for all connections of a proxy.
pub struct Shared {
    pub answers: Arc<Answers>,
    /// An address where nobody should ever come.
    pub elsewhere: String,
    round: Mutex<Round>,
    /// Made-up cursors, and the targets that they stand for.
    aliases: Mutex<HashMap<String, String>>,
    stopped: AtomicBool,
}

/// What befalls one query.
#[derive(Debug, Default)]
struct Round {
    seed: u64,
    /// The part of the requests that something happens to.
    rate: f64,
    /// How often each request has come.
    seen: HashMap<u64, u64>,
    /// Kinds of faults that have happened, with the requests they happened to.
    struck: Vec<(&'static str, String)>,
    /// Whether the credential has come to its end.
    ended: bool,
}

/// A proxy of one session's own.
pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Proxy {
    pub fn before(answers: Arc<Answers>, elsewhere: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("a socket that is bound");
        let shared = Arc::new(Shared {
            answers,
            elsewhere,
            round: Mutex::default(),
            aliases: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let serving = Arc::clone(&serving);
                // An error here is a client that hung up.
                thread::spawn(move || stream.and_then(|stream| serving.serve(stream)).ok());
            }
        });
        Self {
            url: format!("http://{address}"),
            shared,
            address,
        }
    }

    /// From now on, this part of the requests is spoilt, as follows from the seed.
    pub fn begin(&self, seed: u64, rate: f64) {
        *hold(&self.shared.round) = Round {
            seed,
            rate,
            ..Round::default()
        };
    }

    /// What has happened since the round began.
    pub fn struck(&self) -> Vec<(&'static str, String)> {
        hold(&self.shared.round).struck.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // So that the thread that waits for somebody sees it.
        TcpStream::connect(self.address).ok();
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut writer = stream.try_clone()?;
        let mut reader = BufReader::new(stream);
        while let Some((line, headers)) = read_head(&mut reader)? {
            let mut parts = line.split(' ');
            let (method, target) = (parts.next(), parts.next());
            let header = |name: &str| {
                let found = headers.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value.clone())
            };
            let length = header("content-length").and_then(|text| text.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body)?;
            let wire = self.answer(Request {
                method: method.unwrap_or_default().to_owned(),
                target: target.unwrap_or_default().to_owned(),
                authorization: header("authorization"),
                body,
            })?;
            for step in &wire.steps {
                match step {
                    Step::Send(bytes) => writer.write_all(bytes)?,
                    Step::Wait(time) => self.wait(*time),
                }
            }
            if wire.close {
                writer.shutdown(Shutdown::Both)?;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits, but not for a test that is over.
    fn wait(&self, time: Duration) {
        const STEP: Duration = Duration::from_millis(50);
        let mut left = time;
        while !left.is_zero() && !self.stopped.load(Ordering::Relaxed) {
            thread::sleep(left.min(STEP));
            left = left.saturating_sub(STEP);
        }
    }

    fn answer(&self, mut request: Request) -> io::Result<Wire> {
        let asked = request.target.clone();
        request.target = self.without_alias(&request.target);
        let (mut rng, strikes, ended) = {
            let mut round = hold(&self.round);
            let mut hasher = DefaultHasher::new();
            (&request.method, &asked, &request.body).hash(&mut hasher);
            let hash = hasher.finish();
            let times = round.seen.entry(hash).or_default();
            *times += 1;
            let part = hash.wrapping_add(*times);
            let mut rng = chances(round.seed, part);
            let strikes = rng.f64() < round.rate;
            (rng, strikes, round.ended)
        };
        if ended {
            request.authorization = None;
        }
        let clean = self.answers.ask(&request)?;
        if strikes {
            let mut spoiler = Spoiler {
                rng: &mut rng,
                request: &request,
                asked: &asked,
                clean: &clean,
                shared: self,
                ends: false,
            };
            let (kind, wire) = kinds::strike(&mut spoiler);
            let ends = spoiler.ends;
            // Before the client can see anything of it.
            self.note(kind, &asked, ends);
            return Ok(wire);
        }
        Ok(Wire::whole(&clean))
    }

    fn note(&self, kind: &Kind, asked: &str, ends: bool) {
        let mut round = hold(&self.round);
        round.ended |= ends;
        round.struck.push((kind.name, asked.to_owned()));
    }

    /// A made-up cursor that leads to the same place as this link or target.
    pub fn alias(&self, target: &str, name: u64) -> String {
        let cursor = format!("alias-{name:x}");
        hold(&self.aliases).insert(cursor.clone(), target.to_owned());
        kinds::with_parameter(target, "cursor", Some(&cursor))
    }

    /// The target with the site's own cursor. The other parameters are those that were asked for.
    fn without_alias(&self, target: &str) -> String {
        let cursor = kinds::parameter(target, "cursor").unwrap_or_default();
        match hold(&self.aliases).get(cursor) {
            Some(real) => kinds::with_parameter(target, "cursor", kinds::parameter(real, "cursor")),
            None => target.to_owned(),
        }
    }
}

/// A first line, and headers with their names in lower case.
type Head = (String, Vec<(String, String)>);

/// None where the connection has come to its end.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None => return Ok(Some((first.trim_end().to_owned(), headers))),
        }
    }
}

pub fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
