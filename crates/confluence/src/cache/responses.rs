//! The response cache: what a statement has been answered, for whoever asks the same again: compressed, and within a
//! bound. One that comes again is decoded once more, and then its rows are kept beside it, as far as there is room.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lz4_flex::block;
use parking_lot::{Mutex, MutexGuard};
use reqwest::StatusCode;
use tokio::sync::OnceCell;

use crate::decode::Page;
use crate::http::{Body, Failure, Reply, Request};
use crate::request::scan_request::Key;
use crate::schema::ColumnId;
use crate::session::Session;
use crate::{Budget, Error, Sanitized};

/// Answers that are shorter are kept as they are.
const WORTH_PACKING: usize = 1_024;

/// Answers that are longer are not kept: to pack them would keep everybody else waiting.
const TOO_LONG: usize = 8 << 20;

/// What an answer takes besides its texts, roughly: its places in the maps.
const OVERHEAD: usize = 256;

/// The answers of any number of sessions.
///
/// When it is full, those make room that have been asked for again, the longest ago first. Where none has been, it keeps
/// what it has: a listing that is read twice and fits only in part would otherwise be gone whenever it comes again.
#[derive(Debug)]
pub(super) struct ResponseCache {
    bound: usize,
    state: Mutex<CacheState>,
}

#[derive(Debug, Default)]
struct CacheState {
    /// The sessions that have asked: their places here are in the questions.
    sessions: Vec<Arc<Session>>,
    kept: HashMap<Arc<CacheKey>, CachedResponse>,
    /// The questions that have been asked again, by when that was last.
    again: BTreeMap<u64, Arc<CacheKey>>,
    clock: u64,
    size: usize,
    /// The questions that have been sent and not been answered.
    under_way: HashMap<Arc<CacheKey>, UnderWay>,
}

/// What has come for a question.
#[derive(Debug)]
pub(crate) enum Served {
    /// What the site answered, now or before.
    Reply(Reply),
    /// What it answered before, as rows.
    Page(Arc<Page>),
}

/// What makes rows of an answer: the same answer and the same form give the same rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub table: &'static str,
    pub operation: &'static str,
    /// The columns, by their places in the table.
    pub columns: Arc<[ColumnId]>,
    /// What is known of the rows beforehand, by columns' places in the table.
    pub given: Vec<(ColumnId, Key)>,
}

/// What is asked, and as whom.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CacheKey {
    session: usize,
    target: String,
    json: Option<String>,
}

#[derive(Debug)]
struct CachedResponse {
    answer: Arc<Packed>,
    /// The rows in it, in the forms in which they came again.
    pages: Vec<(Form, Arc<Page>)>,
    /// When it was asked for again last.
    again: Option<u64>,
    /// What all of this takes.
    size: usize,
}

#[derive(Debug, Default)]
struct UnderWay {
    answer: Arc<OnceCell<Arc<Packed>>>,
    /// How many wait for the answer.
    waiting: usize,
}

impl ResponseCache {
    /// Keeps so many bytes at most.
    pub fn new(bound: usize) -> Self {
        Self {
            bound,
            state: Mutex::default(),
        }
    }

    /// The answer to a request, which `ask` sends if nobody has asked the same; and whether it had come before. Rows in
    /// this form are given as such, if they are kept. Who asks while somebody else does waits for that answer; if it does
    /// not come, the next one asks. Rows are kept, and that there is no such object: no error is, and nothing else that
    /// the site refuses.
    ///
    /// # Errors
    /// If `ask` fails.
    pub async fn get(
        &self,
        session: &Arc<Session>,
        request: &Request,
        form: &Form,
        ask: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<(Served, bool), Error> {
        let question = Arc::new(self.question(session, request));
        match self.recall(&question, form) {
            Some(Recalled::Page(page)) => return Ok((Served::Page(page), true)),
            Some(Recalled::Answer(answer)) => {
                let reply = answer.reply(session, request).await?;
                return Ok((Served::Reply(reply), true));
            }
            None => {}
        }
        let turn = PlaceInLine::begin(self, question);
        let mut own = None;
        let answer = turn
            .answer
            .get_or_try_init(|| async {
                let reply = ask.await.map_err(Err)?;
                let Some(packed) = Packed::of(&reply) else {
                    return Err(Ok(reply));
                };
                let packed = Arc::new(packed);
                self.keep(&turn.question, packed.clone());
                own = Some(reply);
                Ok(packed)
            })
            .await;
        match (own, answer) {
            (Some(reply), _) => Ok((Served::Reply(reply), false)),
            (None, Ok(answer)) => {
                let reply = answer.reply(session, request).await?;
                Ok((Served::Reply(reply), true))
            }
            (None, Err(other)) => other.map(|reply| (Served::Reply(reply), false)),
        }
    }

    /// Keeps the rows of an answer that has come again, if it is kept and there is room: nothing has to go for them.
    pub fn keep_page(&self, session: &Arc<Session>, request: &Request, form: &Form, page: &Page) {
        let question = self.question(session, request);
        let size = size_of_form(form) + page.size();
        let mut state = self.state();
        if state.size + size > self.bound {
            return;
        }
        let Some(kept) = state.kept.get_mut(&question) else {
            return;
        };
        if kept.pages.iter().any(|(known, _)| known == form) {
            return;
        }
        // A copy has no more room than it needs.
        kept.pages.push((form.clone(), Arc::new(page.clone())));
        kept.size += size;
        state.size += size;
    }

    fn question(&self, session: &Arc<Session>, request: &Request) -> CacheKey {
        let mut state = self.state();
        let known = state.sessions.iter().position(|s| Arc::ptr_eq(s, session));
        let place = known.unwrap_or_else(|| {
            state.sessions.push(session.clone());
            state.sessions.len() - 1
        });
        CacheKey {
            session: place,
            target: request.target.clone(),
            json: request.json.clone(),
        }
    }

    fn recall(&self, question: &Arc<CacheKey>, form: &Form) -> Option<Recalled> {
        let mut state = self.state();
        let CacheState {
            kept, again, clock, ..
        } = &mut *state;
        let kept = kept.get_mut(question)?;
        *clock += 1;
        if let Some(before) = kept.again.replace(*clock) {
            again.remove(&before);
        }
        again.insert(*clock, question.clone());
        let page = kept.pages.iter().find(|(known, _)| known == form);
        Some(match page {
            Some((_, page)) => Recalled::Page(page.clone()),
            None => Recalled::Answer(kept.answer.clone()),
        })
    }

    fn keep(&self, question: &Arc<CacheKey>, answer: Arc<Packed>) {
        let size = size(question, &answer);
        if size > self.bound {
            return;
        }
        let mut state = self.state();
        while state.size + size > self.bound {
            let Some((_, oldest)) = state.again.pop_first() else {
                return;
            };
            if let Some(gone) = state.kept.remove(&oldest) {
                state.size -= gone.size;
            }
        }
        let kept = CachedResponse {
            answer,
            pages: Vec::new(),
            again: None,
            size,
        };
        let before = state.kept.insert(question.clone(), kept);
        state.size += size;
        if let Some(before) = before {
            state.size -= before.size;
            if let Some(again) = before.again {
                state.again.remove(&again);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock()
    }
}

/// What is kept for a question.
enum Recalled {
    Page(Arc<Page>),
    Answer(Arc<Packed>),
}

/// Takes part in waiting for an answer, for as long as it lives.
struct PlaceInLine<'a> {
    answers: &'a ResponseCache,
    question: Arc<CacheKey>,
    answer: Arc<OnceCell<Arc<Packed>>>,
}

impl<'a> PlaceInLine<'a> {
    fn begin(answers: &'a ResponseCache, question: Arc<CacheKey>) -> Self {
        let mut state = answers.state();
        let under_way = state.under_way.entry(question.clone()).or_default();
        under_way.waiting += 1;
        Self {
            answers,
            answer: under_way.answer.clone(),
            question,
        }
    }
}

impl Drop for PlaceInLine<'_> {
    fn drop(&mut self) {
        let mut state = self.answers.state();
        if let Some(under_way) = state.under_way.get_mut(&self.question) {
            under_way.waiting -= 1;
            if under_way.waiting == 0 {
                state.under_way.remove(&self.question);
            }
        }
    }
}

/// An answer as it is kept.
#[derive(Debug)]
enum Packed {
    Body {
        body: PackedBody,
        next: Option<String>,
    },
    /// There is no such object, and what the site said of it.
    Absent(StatusCode, Sanitized),
}

#[derive(Debug)]
enum PackedBody {
    Plain(Vec<u8>),
    /// With its length.
    Lz4(Vec<u8>, usize),
}

impl Packed {
    /// A reply as it is kept, if it is, and if there is memory for it.
    fn of(reply: &Reply) -> Option<Self> {
        let document = match reply {
            Ok(document) => document,
            Err((status, Failure::NotFound(said))) => {
                return Some(Packed::Absent(*status, said.clone()));
            }
            Err(_) => return None,
        };
        let body = match document.body.len() {
            ..WORTH_PACKING => PackedBody::Plain(document.body.clone()),
            length @ ..=TOO_LONG => {
                let mut packed = zeros(block::get_maximum_output_size(length))?;
                let used = block::compress_into(&document.body, &mut packed).ok()?;
                packed.truncate(used);
                packed.shrink_to_fit();
                PackedBody::Lz4(packed, length)
            }
            _ => return None,
        };
        Some(Packed::Body {
            body,
            next: document.next.clone(),
        })
    }

    /// The answer as it came.
    async fn reply(&self, session: &Session, request: &Request) -> Result<Reply, Error> {
        let (body, next) = match self {
            Packed::Body { body, next } => (body, next),
            Packed::Absent(status, said) => {
                return Ok(Err((*status, Failure::NotFound(said.clone()))));
            }
        };
        let too_large = |budget| Error::TooLarge {
            budget,
            request: request.label(),
        };
        let (body, held) = match body {
            PackedBody::Plain(body) => (body.clone(), session.in_flight().small()),
            PackedBody::Lz4(packed, length) => {
                let held = session.in_flight().room(*length).await.map_err(too_large)?;
                let mut body = zeros(*length).ok_or_else(|| too_large(Budget::System))?;
                block::decompress_into(packed, &mut body).map_err(|error| {
                    Error::Internal(format!("an answer was not kept as it was: {error}").into())
                })?;
                (body, held)
            }
        };
        Ok(Ok(Body {
            body,
            held,
            next: next.clone(),
            came_before: true,
            request: None,
        }))
    }

    fn len(&self) -> usize {
        match self {
            Packed::Body {
                body: PackedBody::Plain(body) | PackedBody::Lz4(body, _),
                next,
            } => body.len() + next.as_ref().map_or(0, String::len),
            Packed::Absent(_, said) => said.len(),
        }
    }
}

/// So many zeros, if there is memory for them.
fn zeros(length: usize) -> Option<Vec<u8>> {
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(length).ok()?;
    zeros.resize(length, 0);
    Some(zeros)
}

fn size_of_form(form: &Form) -> usize {
    let texts = form.given.iter().map(|(_, key)| match key {
        Key::Int(_) => 0,
        Key::Text(text) => text.len(),
    });
    size_of::<(Form, Arc<Page>)>()
        + form.given.len() * size_of::<(ColumnId, Key)>()
        + texts.sum::<usize>()
}

fn size(question: &CacheKey, answer: &Packed) -> usize {
    OVERHEAD + question.target.len() + question.json.as_ref().map_or(0, String::len) + answer.len()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;
    use crate::batch::{Batch, Value};
    use crate::budget::BytesHeld;
    use crate::http::Why;
    use crate::options;
    use crate::tables::pages;

    fn session() -> Arc<Session> {
        let server = [("subdomain".to_owned(), "acme".to_owned())];
        let mapping = [("access_token".to_owned(), "t".to_owned())];
        let config = options::config(&server, Some(&mapping)).expect("options");
        Arc::new(Session::new(config).expect("a session"))
    }

    fn request(target: &str) -> Request {
        Request::probe(Why::FirstPage, target, "")
    }

    fn form(columns: &[&'static str]) -> Form {
        Form {
            table: "confluence_pages",
            operation: "getPages",
            columns: columns.iter().map(|name| pages::TABLE.id(name)).collect(),
            given: Vec::new(),
        }
    }

    /// Asks for rows in no form that is kept.
    async fn get(
        answers: &ResponseCache,
        session: &Arc<Session>,
        request: &Request,
        ask: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<(Reply, bool), Error> {
        match answers.get(session, request, &form(&["id"]), ask).await? {
            (Served::Reply(reply), came_before) => Ok((reply, came_before)),
            (Served::Page(page), _) => panic!("{page:?}"),
        }
    }

    fn document(body: &[u8]) -> Body {
        Body {
            body: body.to_vec(),
            held: BytesHeld::default(),
            next: Some("/next".to_owned()),
            came_before: false,
            request: None,
        }
    }

    /// JSON that packs well, as the site's does.
    fn long(rows: usize) -> Vec<u8> {
        r#"{"id":"1","title":"Runbook"},"#.repeat(rows).into_bytes()
    }

    /// Asks, and says whether the site was asked.
    async fn ask(
        answers: &ResponseCache,
        session: &Arc<Session>,
        target: &str,
        body: &[u8],
    ) -> bool {
        let sent = Cell::new(false);
        let question = request(target);
        let reply = get(answers, session, &question, async {
            sent.set(true);
            Ok(Ok(document(body)))
        });
        let (found, came_before) = reply.await.expect("a reply");
        let found = found.expect("an answer");
        assert_eq!(came_before, found.came_before);
        assert_eq!(
            (&found.body[..], found.next.as_deref()),
            (body, Some("/next"))
        );
        assert_eq!(found.came_before, !sent.get());
        sent.get()
    }

    #[tokio::test]
    async fn an_answer_comes_back_as_it_was() {
        let answers = ResponseCache::new(1_000_000);
        let session = session();
        for body in [&b"{}"[..], &long(5_000)] {
            let target = format!("/{}", body.len());
            assert!(ask(&answers, &session, &target, body).await);
            assert!(!ask(&answers, &session, &target, body).await);
        }
        assert!(answers.state().size < long(5_000).len() / 4, "it is packed");
        // Another session, another address and another question in the same place are others.
        assert!(ask(&answers, &self::session(), "/2", b"{}").await);
        assert!(ask(&answers, &session, "/3", b"{}").await);
        let posted = Request {
            json: Some("{}".to_owned()),
            ..request("/2")
        };
        let reply = get(&answers, &session, &posted, async {
            Ok(Ok(document(b"[]")))
        });
        assert_eq!(reply.await.unwrap().0.unwrap().body, b"[]");
    }

    #[tokio::test]
    async fn who_asks_meanwhile_waits_for_the_same_answer() {
        // Even if it is too long to be kept.
        for bound in [1_000_000, 0] {
            let answers = ResponseCache::new(bound);
            let session = session();
            let question = request("/a");
            let (send, come) = oneshot::channel::<()>();
            let mut first = pin!(get(&answers, &session, &question, async {
                come.await.expect("it comes");
                Ok(Ok(document(b"{}")))
            }));
            assert!(first.as_mut().now_or_never().is_none());
            let mut second = pin!(ask(&answers, &session, "/a", b"{}"));
            assert!(second.as_mut().now_or_never().is_none());
            send.send(()).expect("somebody waits");
            assert!(!first.await.unwrap().1);
            assert!(!second.await);
            assert!(answers.state().under_way.is_empty());
        }
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_question_to_the_next() {
        let answers = ResponseCache::new(1_000_000);
        let session = session();
        let question = request("/a");
        {
            let mut second = pin!(ask(&answers, &session, "/a", b"{}"));
            {
                let mut first = pin!(get(&answers, &session, &question, std::future::pending()));
                assert!(first.as_mut().now_or_never().is_none());
                assert!(second.as_mut().now_or_never().is_none());
            }
            assert!(second.await, "it asks itself");
        }
        {
            let other = request("/b");
            let mut alone = pin!(get(&answers, &session, &other, std::future::pending()));
            assert!(alone.as_mut().now_or_never().is_none());
        }
        assert!(answers.state().under_way.is_empty());
    }

    #[tokio::test]
    async fn what_is_no_answer_is_not_kept() {
        let answers = ResponseCache::new(1_000_000);
        let session = session();
        let question = request("/a");
        let lost = async { Err(Error::Internal("lost".into())) };
        assert!(get(&answers, &session, &question, lost).await.is_err());
        let refused = async {
            let failure = Failure::Forbidden("not for you".into());
            Ok(Err((StatusCode::FORBIDDEN, failure)))
        };
        let (reply, _) = get(&answers, &session, &question, refused).await.unwrap();
        assert!(reply.is_err());
        assert!(ask(&answers, &session, "/a", b"{}").await);
        assert!(!ask(&answers, &session, "/a", b"{}").await);
    }

    #[tokio::test]
    async fn that_something_is_absent_is_an_answer() {
        let answers = ResponseCache::new(1_000_000);
        let (session, question) = (session(), request("/a"));
        for came_before in [false, true] {
            let reply = get(&answers, &session, &question, async {
                assert!(!came_before);
                let failure = Failure::NotFound("no such page".into());
                Ok(Err((StatusCode::NOT_FOUND, failure)))
            });
            let (reply, before) = reply.await.unwrap();
            assert_eq!(before, came_before);
            assert!(
                matches!(reply, Err((_, Failure::NotFound(said))) if said.as_str() == "no such page")
            );
        }
    }

    #[tokio::test]
    async fn what_came_again_longest_ago_makes_room() {
        let session = session();
        let body = [b'x'; 1_000];
        let answers = ResponseCache::new(3 * (1_000 + OVERHEAD + 10));
        for target in ["/a", "/b", "/c"] {
            assert!(ask(&answers, &session, target, &body).await);
        }
        assert!(ask(&answers, &session, "/d", &body).await);
        assert!(
            ask(&answers, &session, "/d", &body).await,
            "there is no room"
        );
        for target in ["/b", "/a", "/b"] {
            assert!(!ask(&answers, &session, target, &body).await, "{target}");
        }
        assert!(ask(&answers, &session, "/d", &body).await, "then /a goes");
        for target in ["/b", "/c", "/d"] {
            assert!(!ask(&answers, &session, target, &body).await, "{target}");
        }
        assert!(ask(&answers, &session, "/a", &body).await);
        let state = answers.state();
        assert!(state.size <= answers.bound);
        assert_eq!((state.kept.len(), state.again.len()), (3, 2));
    }

    #[tokio::test]
    async fn a_listing_that_does_not_fit_is_kept_in_part() {
        let session = session();
        let body = [b'x'; 1_000];
        let answers = ResponseCache::new(6 * (1_000 + OVERHEAD + 10));
        let targets: Vec<String> = (0..10).map(|page| format!("/{page}")).collect();
        for sent in [10, 4] {
            let mut asked = 0;
            for target in &targets {
                asked += usize::from(ask(&answers, &session, target, &body).await);
            }
            assert_eq!(asked, sent);
        }
    }

    #[tokio::test]
    async fn rows_are_kept_in_their_forms_within_the_bound() {
        let session = session();
        let question = request("/a");
        let page = Page {
            batch: Batch::of_keys(1, (0..100).map(Value::Int)).expect("room"),
            next: Some("/next".to_owned()),
            has_links: true,
            longest: 100,
            full: false,
            unread: 0,
            objects: Batch::default(),
            cut_objects: Batch::default(),
            lists: Vec::new(),
        };
        let ask_for = async |answers: &ResponseCache, columns: &[&'static str]| {
            let ask = async { Ok(Ok(document(b"{}"))) };
            let form = form(columns);
            let served = answers.get(&session, &question, &form, ask).await;
            match served.expect("it is answered").0 {
                Served::Page(page) => Some(page.batch.len()),
                Served::Reply(_) => None,
            }
        };
        let room = page.size() + 2 * OVERHEAD;
        for (bound, kept) in [(room + 1_000, Some(100)), (page.size(), None)] {
            let answers = ResponseCache::new(bound);
            // An answer that is not kept has no rows to be kept either.
            answers.keep_page(&session, &question, &form(&["id"]), &page);
            assert_eq!(answers.state().size, 0);
            assert_eq!(ask_for(&answers, &["id"]).await, None);
            answers.keep_page(&session, &question, &form(&["id"]), &page);
            assert_eq!(ask_for(&answers, &["id"]).await, kept);
            assert_eq!(
                ask_for(&answers, &["id", "space_id"]).await,
                None,
                "other columns"
            );
            // The same once more takes nothing.
            let size = answers.state().size;
            answers.keep_page(&session, &question, &form(&["id"]), &page);
            assert_eq!(answers.state().size, size);
            assert!(size <= bound);
        }
    }

    #[tokio::test]
    async fn rows_make_room_with_their_answer() {
        let session = session();
        let page = Page {
            batch: Batch::of_keys(1, (0..100).map(Value::Int)).expect("room"),
            next: None,
            has_links: true,
            longest: 100,
            full: false,
            unread: 0,
            objects: Batch::default(),
            cut_objects: Batch::default(),
            lists: Vec::new(),
        };
        let body = [b'x'; 1_000];
        let answers = ResponseCache::new(2 * (1_000 + OVERHEAD + 10) + page.size() + 200);
        for target in ["/a", "/b"] {
            assert!(ask(&answers, &session, target, &body).await);
        }
        assert!(!ask(&answers, &session, "/a", &body).await);
        answers.keep_page(&session, &request("/a"), &form(&["space_id"]), &page);
        assert!(ask(&answers, &session, "/c", &body).await, "then /a goes");
        assert!(ask(&answers, &session, "/d", &[b'x'; 900]).await);
        let state = answers.state();
        let sizes: usize = state.kept.values().map(|kept| kept.size).sum();
        assert_eq!(state.size, sizes);
        assert!(state.size <= answers.bound);
        assert!(state.kept.values().all(|kept| kept.pages.is_empty()));
    }

    #[test]
    fn what_is_packed_has_no_more_room_than_it_needs() {
        let reply = Ok(document(&long(50_000)));
        let Some(Packed::Body {
            body: PackedBody::Lz4(packed, _),
            ..
        }) = Packed::of(&reply)
        else {
            panic!("it is packed");
        };
        assert!(
            packed.capacity() < packed.len() + 64,
            "{}",
            packed.capacity()
        );
    }
}
