//! Answers that a statement has had, for whoever asks the same again: compressed, and within a bound.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lz4_flex::block;
use tokio::sync::OnceCell;

use crate::Error;
use crate::client::{Document, Reply, Request, Session};

/// Answers that are shorter are kept as they are.
const WORTH_PACKING: usize = 1_024;

/// What an answer takes besides its texts, roughly: its places in the maps.
const OVERHEAD: usize = 256;

/// The answers of any number of sessions.
///
/// When it is full, those make room that have been asked for again, the longest ago first. Where none has been, it keeps
/// what it has: a listing that is read twice and fits only in part would otherwise be gone whenever it comes again.
#[derive(Debug)]
pub(super) struct Answers {
    bound: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The sessions that have asked: their places here are in the questions.
    sessions: Vec<Arc<Session>>,
    kept: HashMap<Arc<Question>, Kept>,
    /// The questions that have been asked again, by when that was last.
    again: BTreeMap<u64, Arc<Question>>,
    clock: u64,
    size: usize,
    /// The questions that have been sent and not been answered.
    under_way: HashMap<Arc<Question>, UnderWay>,
    /// Room to pack answers in: as large as the worst case needs.
    room: Vec<u8>,
}

/// What is asked, and as whom.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    session: usize,
    target: String,
    json: Option<String>,
}

#[derive(Debug)]
struct Kept {
    answer: Arc<Packed>,
    /// When it was asked for again last.
    again: Option<u64>,
}

#[derive(Debug, Default)]
struct UnderWay {
    answer: Arc<OnceCell<Arc<Packed>>>,
    /// How many wait for the answer.
    waiting: usize,
}

impl Answers {
    /// Keeps so many bytes at most.
    pub fn new(bound: usize) -> Self {
        Self {
            bound,
            state: Mutex::default(),
        }
    }

    /// The answer to a request, which `ask` sends if nobody has asked the same. Who asks while somebody else
    /// does waits for that answer; if it does not come, the next one asks. Only answers are kept: no error is,
    /// and nothing that the site refuses.
    ///
    /// # Errors
    /// If `ask` fails.
    pub async fn get(
        &self,
        session: &Arc<Session>,
        request: &Request,
        ask: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<Reply, Error> {
        let question = Arc::new(self.question(session, request));
        if let Some(answer) = self.recall(&question) {
            return Ok(Ok(answer.document()?));
        }
        let turn = Turn::begin(self, question);
        let mut own = None;
        let answer = turn
            .answer
            .get_or_try_init(|| async {
                match ask.await {
                    Ok(Ok(document)) => {
                        let packed = Arc::new(self.pack(&document));
                        self.keep(&turn.question, packed.clone());
                        own = Some(document);
                        Ok(packed)
                    }
                    other => Err(other),
                }
            })
            .await;
        match (own, answer) {
            (Some(document), _) => Ok(Ok(document)),
            (None, Ok(answer)) => Ok(Ok(answer.document()?)),
            (None, Err(other)) => other,
        }
    }

    fn question(&self, session: &Arc<Session>, request: &Request) -> Question {
        let mut state = self.state();
        let known = state.sessions.iter().position(|s| Arc::ptr_eq(s, session));
        let place = known.unwrap_or_else(|| {
            state.sessions.push(session.clone());
            state.sessions.len() - 1
        });
        Question {
            session: place,
            target: request.target.clone(),
            json: request.json.clone(),
        }
    }

    fn recall(&self, question: &Arc<Question>) -> Option<Arc<Packed>> {
        let mut state = self.state();
        let State {
            kept, again, clock, ..
        } = &mut *state;
        let kept = kept.get_mut(question)?;
        *clock += 1;
        if let Some(before) = kept.again.replace(*clock) {
            again.remove(&before);
        }
        again.insert(*clock, question.clone());
        Some(kept.answer.clone())
    }

    fn pack(&self, document: &Document) -> Packed {
        let body = if document.body.len() < WORTH_PACKING {
            Body::Plain(document.body.clone())
        } else {
            let room = &mut self.state().room;
            let most = block::get_maximum_output_size(document.body.len());
            room.resize(most.max(room.len()), 0);
            match block::compress_into(&document.body, room) {
                Ok(length) => Body::Lz4(room[..length].to_vec(), document.body.len()),
                Err(_) => Body::Plain(document.body.clone()),
            }
        };
        Packed {
            body,
            next: document.next.clone(),
        }
    }

    fn keep(&self, question: &Arc<Question>, answer: Arc<Packed>) {
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
                state.size -= self::size(&oldest, &gone.answer);
            }
        }
        let again = None;
        let before = state.kept.insert(question.clone(), Kept { answer, again });
        state.size += size;
        if let Some(before) = before {
            state.size -= self::size(question, &before.answer);
            if let Some(again) = before.again {
                state.again.remove(&again);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes part in waiting for an answer, for as long as it lives.
struct Turn<'a> {
    answers: &'a Answers,
    question: Arc<Question>,
    answer: Arc<OnceCell<Arc<Packed>>>,
}

impl<'a> Turn<'a> {
    fn begin(answers: &'a Answers, question: Arc<Question>) -> Self {
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

impl Drop for Turn<'_> {
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
struct Packed {
    body: Body,
    next: Option<String>,
}

#[derive(Debug)]
enum Body {
    Plain(Vec<u8>),
    /// With its length.
    Lz4(Vec<u8>, usize),
}

impl Packed {
    /// The answer as it came.
    fn document(&self) -> Result<Document, Error> {
        let body = match &self.body {
            Body::Plain(body) => body.clone(),
            Body::Lz4(packed, length) => block::decompress(packed, *length).map_err(|error| {
                Error::Internal(format!("an answer was not kept as it was: {error}"))
            })?,
        };
        Ok(Document {
            body,
            next: self.next.clone(),
            came_before: true,
        })
    }

    fn len(&self) -> usize {
        let (Body::Plain(body) | Body::Lz4(body, _)) = &self.body;
        body.len() + self.next.as_ref().map_or(0, String::len)
    }
}

fn size(question: &Question, answer: &Packed) -> usize {
    OVERHEAD + question.target.len() + question.json.as_ref().map_or(0, String::len) + answer.len()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;

    use futures_util::FutureExt;
    use reqwest::StatusCode;
    use tokio::sync::oneshot;

    use super::*;
    use crate::client::Failure;
    use crate::options;

    fn session() -> Arc<Session> {
        let server = [("subdomain".to_owned(), "acme".to_owned())];
        let mapping = [("access_token".to_owned(), "t".to_owned())];
        let config = options::config(&server, Some(&mapping)).expect("options");
        Arc::new(Session::new(config).expect("a session"))
    }

    fn request(target: &str) -> Request {
        Request::probe(target, "")
    }

    fn document(body: &[u8]) -> Document {
        Document {
            body: body.to_vec(),
            next: Some("/next".to_owned()),
            came_before: false,
        }
    }

    /// JSON that packs well, as the site's does.
    fn long(rows: usize) -> Vec<u8> {
        r#"{"id":"1","title":"Runbook"},"#.repeat(rows).into_bytes()
    }

    /// Asks, and says whether the site was asked.
    async fn ask(answers: &Answers, session: &Arc<Session>, target: &str, body: &[u8]) -> bool {
        let sent = Cell::new(false);
        let question = request(target);
        let reply = answers.get(session, &question, async {
            sent.set(true);
            Ok(Ok(document(body)))
        });
        let found = reply.await.expect("a reply").expect("an answer");
        assert_eq!(
            (&found.body[..], found.next.as_deref()),
            (body, Some("/next"))
        );
        assert_eq!(found.came_before, !sent.get());
        sent.get()
    }

    #[tokio::test]
    async fn an_answer_comes_back_as_it_was() {
        let answers = Answers::new(1_000_000);
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
        let reply = answers.get(&session, &posted, async { Ok(Ok(document(b"[]"))) });
        assert_eq!(reply.await.unwrap().unwrap().body, b"[]");
    }

    #[tokio::test]
    async fn who_asks_meanwhile_waits_for_the_same_answer() {
        // Even if it is too long to be kept.
        for bound in [1_000_000, 0] {
            let answers = Answers::new(bound);
            let session = session();
            let question = request("/a");
            let (send, come) = oneshot::channel::<()>();
            let mut first = pin!(answers.get(&session, &question, async {
                come.await.expect("it comes");
                Ok(Ok(document(b"{}")))
            }));
            assert!(first.as_mut().now_or_never().is_none());
            let mut second = pin!(ask(&answers, &session, "/a", b"{}"));
            assert!(second.as_mut().now_or_never().is_none());
            send.send(()).expect("somebody waits");
            assert!(!first.await.unwrap().unwrap().came_before);
            assert!(!second.await);
            assert!(answers.state().under_way.is_empty());
        }
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_question_to_the_next() {
        let answers = Answers::new(1_000_000);
        let session = session();
        let question = request("/a");
        {
            let mut second = pin!(ask(&answers, &session, "/a", b"{}"));
            {
                let mut first = pin!(answers.get(&session, &question, std::future::pending()));
                assert!(first.as_mut().now_or_never().is_none());
                assert!(second.as_mut().now_or_never().is_none());
            }
            assert!(second.await, "it asks itself");
        }
        {
            let other = request("/b");
            let mut alone = pin!(answers.get(&session, &other, std::future::pending()));
            assert!(alone.as_mut().now_or_never().is_none());
        }
        assert!(answers.state().under_way.is_empty());
    }

    #[tokio::test]
    async fn what_is_no_answer_is_not_kept() {
        let answers = Answers::new(1_000_000);
        let session = session();
        let question = request("/a");
        let lost = async { Err(Error::Internal("lost".to_owned())) };
        assert!(answers.get(&session, &question, lost).await.is_err());
        let refused = async {
            let failure = Failure::NotFound("no such page".to_owned());
            Ok(Err((StatusCode::NOT_FOUND, failure)))
        };
        assert!(
            answers
                .get(&session, &question, refused)
                .await
                .unwrap()
                .is_err()
        );
        assert!(ask(&answers, &session, "/a", b"{}").await);
        assert!(!ask(&answers, &session, "/a", b"{}").await);
    }

    #[tokio::test]
    async fn what_came_again_longest_ago_makes_room() {
        let session = session();
        let body = [b'x'; 1_000];
        let answers = Answers::new(3 * (1_000 + OVERHEAD + 10));
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
        let answers = Answers::new(6 * (1_000 + OVERHEAD + 10));
        let targets: Vec<String> = (0..10).map(|page| format!("/{page}")).collect();
        for sent in [10, 4] {
            let mut asked = 0;
            for target in &targets {
                asked += usize::from(ask(&answers, &session, target, &body).await);
            }
            assert_eq!(asked, sent);
        }
    }
}
