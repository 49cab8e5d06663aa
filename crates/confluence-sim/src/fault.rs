//! Faults that a test asks for.

use crate::barrier::Barrier;
use crate::server::entrance::Entrance;
use crate::server::paging::Cursor;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// When something is to go wrong.
///
/// ```
/// # use confluence_sim::{Fault, Organisation, Options, Reply, Sim};
/// # let sim = Sim::start(Options::default());
/// // The second page of every listing of pages, once:
/// sim.fault(Fault::on("/wiki/api/v2/pages").page(2).times(1), Reply::status(503));
/// // Every listing of permissions, whatever the space:
/// sim.fault(Fault::on("/wiki/api/v2/spaces/{id}/permissions"), Reply::TruncatedJson);
/// // The third request of any kind:
/// sim.fault(Fault::under("/").nth(3), Reply::DropBeforeHead);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    path: PathPattern,
    entrance: Option<Entrance>,
    query: Vec<(String, String)>,
    page: Option<u32>,
    longer_than: usize,
    skip: u64,
    times: Option<u64>,
    as_nobody: bool,
}

#[derive(Clone, Debug)]
enum PathPattern {
    Exactly(String),
    Under(String),
}

impl Fault {
    /// On a path. A segment in braces, as in `/wiki/api/v2/pages/{id}`, stands for anything.
    pub fn on(path: impl Into<String>) -> Self {
        Self::new(PathPattern::Exactly(path.into()))
    }

    /// On every path that begins so.
    pub fn under(prefix: impl Into<String>) -> Self {
        Self::new(PathPattern::Under(prefix.into()))
    }

    fn new(path: PathPattern) -> Self {
        Self {
            path,
            entrance: None,
            query: Vec::new(),
            page: None,
            longer_than: 0,
            skip: 0,
            times: None,
            as_nobody: false,
        }
    }

    /// Only on requests that come in this way. Paths at the gateway are as at the site.
    pub fn through(mut self, entrance: Entrance) -> Self {
        self.entrance = Some(entrance);
        self
    }

    /// Only on the question without a credential who one is, which leaves beside others, in any order: no other fault takes
    /// place on it.
    pub fn as_nobody(mut self) -> Self {
        self.as_nobody = true;
        self
    }

    /// Only on requests with this (decoded) parameter.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Only on this page of a chain: 1 for requests without a cursor, 2 for the first next link, and so on. Where rows
    /// are counted off, `start` tells the page by the `limit` beside it.
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Only on requests whose address and body have more bytes than this together.
    pub fn longer_than(mut self, bytes: usize) -> Self {
        self.longer_than = bytes;
        self
    }

    /// From the n-th matching request on (1 is the first); once, unless [`Self::times`] says otherwise.
    pub fn nth(mut self, n: u64) -> Self {
        self.skip = n.saturating_sub(1);
        self.times.get_or_insert(1);
        self
    }

    /// So many times, then never again. Without it: until [`Sim::clear_faults`](crate::Sim::clear_faults).
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Without end, also after [`Self::nth`].
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    fn matches(
        &self,
        entrance: Entrance,
        path: &str,
        pairs: &[(String, String)],
        page: u32,
        length: usize,
        asks_as_nobody: bool,
    ) -> bool {
        let path_matches = match &self.path {
            PathPattern::Exactly(pattern) => {
                let mut segments = path.split('/');
                let same = pattern.split('/').all(|wanted| {
                    segments
                        .next()
                        .is_some_and(|segment| wanted == segment || wanted.starts_with('{'))
                });
                same && segments.next().is_none()
            }
            PathPattern::Under(prefix) => path.starts_with(prefix),
        };
        path_matches
            && length > self.longer_than
            && self.as_nobody == asks_as_nobody
            && self.entrance.is_none_or(|wanted| wanted == entrance)
            && self.page.is_none_or(|wanted| wanted == page)
            && self.query.iter().all(|pair| pairs.contains(pair))
    }
}

/// What comes instead of the right answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Any status with any headers and body. See [`Reply::status`] for the short form.
    Status {
        code: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The 404 of v2 that a bad credential gets: `Not Found` and nothing more.
    BareNotFound,
    /// A 404 that names the object that was asked for: the last one in the path, or one that nobody asked for.
    NamedNotFound,
    /// A 429 with, or without, a `Retry-After`.
    TooManyRequests { retry_after: Option<String> },
    /// 200 and a page to log in on.
    Html200,
    /// The right answer cut in the middle of its JSON, with lengths that agree.
    TruncatedJson,
    /// `Content-Length` as it should be, and the connection closed half-way.
    DropMidBody,
    /// The connection closed without an answer.
    DropBeforeHead,
    /// Nothing, until the client gives up.
    NeverAnswer,
    /// The right answer, so much later. Other faults on the same request still take place.
    Delay(Duration),
    /// The right answer, when the barrier is open.
    Hold(Barrier),
    /// From the second page on, the next link leads to the page it stands on.
    RepeatCursor,
    /// No rows, and a next link to the ones left out.
    EmptyPageWithNext,
    /// So many rows at most, and a next link to the others.
    ShortPageWithNext(usize),
    /// The last so many rows of the page before stand at the head of this one.
    DuplicateRows(usize),
    /// First and last row exchanged.
    OutOfOrder,
    /// JSON that begins like a listing and has no end.
    WithoutEnd,
    /// 200 and these bytes, with these headers.
    Bytes {
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// The answer's JSON changed by a function. See [`Reply::mutate`].
    MutateJson(Mutation),
    /// What a function makes of the path, whoever asks. See [`Reply::made`].
    Made(Maker),
    /// The next link leads to another origin, such as `http://127.0.0.2:8080`.
    AbsoluteNext(String),
    /// The next link lacks its `/wiki`.
    RelativeNextWithoutWiki,
    /// The next link stands in the `Link` header only.
    LinkHeaderOnly,
    /// A listing that is counted off begins at its beginning, whatever `start` says.
    IgnoreStart,
    /// So many rows at most, as if the site's limit were that low; v1 says so in its `limit`.
    LowerLimit(usize),
}

/// A function of a test.
pub struct Function<F: ?Sized>(pub(crate) Arc<F>);

impl<F: ?Sized> Clone for Function<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}

/// Changes the JSON of an answer.
pub type Mutation = Function<dyn Fn(&mut serde_json::Value) + Send + Sync>;

/// Makes the JSON of an answer from the path that is asked for.
pub type Maker = Function<dyn Fn(&str) -> serde_json::Value + Send + Sync>;

impl Reply {
    /// A status with an empty body.
    pub fn status(code: u16) -> Self {
        Self::Status {
            code,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub fn retry_after(code: u16, value: impl Into<String>) -> Self {
        Self::Status {
            code,
            headers: vec![("retry-after".to_owned(), value.into())],
            body: String::new(),
        }
    }

    /// 200 and this JSON, as it is written here.
    pub fn json(body: impl Into<String>) -> Self {
        Self::Bytes {
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into().into_bytes(),
        }
    }

    /// The right answer, changed.
    pub fn mutate(mutation: impl Fn(&mut serde_json::Value) + Send + Sync + 'static) -> Self {
        Self::MutateJson(Function(Arc::new(mutation)))
    }

    /// What no organisation has, such as a thread without an end: made from the path that is asked for.
    pub fn made(make: impl Fn(&str) -> serde_json::Value + Send + Sync + 'static) -> Self {
        Self::Made(Function(Arc::new(make)))
    }
}

#[derive(Default)]
pub(crate) struct Faults(Vec<Armed>);

struct Armed {
    fault: Fault,
    reply: Reply,
    /// Matching requests so far.
    seen: u64,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, reply: Reply) {
        self.0.push(Armed {
            fault,
            reply,
            seen: 0,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What happens to a request of so many bytes: delays add up, and of the rest the first one that was asked for takes
    /// place.
    pub(crate) fn strike(
        &mut self,
        entrance: Entrance,
        path: &str,
        pairs: &[(String, String)],
        length: usize,
        asks_as_nobody: bool,
    ) -> (Duration, Option<Reply>) {
        let mut delay = Duration::ZERO;
        let mut reply = None;
        if self.0.is_empty() {
            return (delay, reply);
        }
        let page = page_of_chain(pairs);
        for armed in &mut self.0 {
            let is_delay = matches!(armed.reply, Reply::Delay(_));
            if (reply.is_some() && !is_delay)
                || !armed
                    .fault
                    .matches(entrance, path, pairs, page, length, asks_as_nobody)
            {
                continue;
            }
            armed.seen += 1;
            let fired = armed.seen > armed.fault.skip
                && armed
                    .fault
                    .times
                    .is_none_or(|times| armed.seen <= armed.fault.skip + times);
            match &armed.reply {
                _ if !fired => {}
                Reply::Delay(by) => delay += *by,
                other => reply = Some(other.clone()),
            }
        }
        (delay, reply)
    }
}

/// Which page of a chain a request asks for. A cursor that is none of ours belongs to no page.
pub(crate) fn page_of_chain(pairs: &[(String, String)]) -> u32 {
    let value = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let number = |name: &str| value(name).and_then(|text| text.parse::<u32>().ok());
    match (value("cursor"), number("start"), number("limit")) {
        (Some(text), ..) => Cursor::decode(text).map_or(0, |cursor| cursor.page),
        (None, Some(start), Some(limit)) if limit > 0 => 1 + start.div_ceil(limit),
        (None, Some(start), _) if start > 0 => 2,
        _ => 1,
    }
}
