//! Answers that a statement has had, for whoever asks the same again: compressed, and within a bound.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::Error;
use crate::client::{Document, Reply, Request, Session};

/// Answers that are shorter are kept as they are.
const WORTH_PACKING: usize = 1_024;

/// What an answer takes besides its texts, roughly: its places in the maps.
const OVERHEAD: usize = 256;

/// The answers of any number of sessions. When it is full, those go that nobody has asked for longest.
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
    /// The questions, by when they were asked last.
    order: BTreeMap<u64, Arc<Question>>,
    clock: u64,
    size: usize,
    /// The questions that have been sent and not been answered.
    under_way: HashMap<Arc<Question>, UnderWay>,
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
    asked: u64,
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
                        let packed = Arc::new(Packed::of(&document));
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

    fn recall(&self, question: &Question) -> Option<Arc<Packed>> {
        let mut state = self.state();
        let State {
            kept, order, clock, ..
        } = &mut *state;
        let kept = kept.get_mut(question)?;
        *clock += 1;
        if let Some(question) = order.remove(&kept.asked) {
            order.insert(*clock, question);
        }
        kept.asked = *clock;
        Some(kept.answer.clone())
    }

    fn keep(&self, question: &Arc<Question>, answer: Arc<Packed>) {
        let size = size(question, &answer);
        if size > self.bound {
            return;
        }
        let mut state = self.state();
        state.clock += 1;
        let asked = state.clock;
        state.order.insert(asked, question.clone());
        let before = state.kept.insert(question.clone(), Kept { answer, asked });
        state.size += size;
        if let Some(before) = before {
            state.order.remove(&before.asked);
            state.size -= self::size(question, &before.answer);
        }
        while state.size > self.bound
            && let Some((_, oldest)) = state.order.pop_first()
            && let Some(gone) = state.kept.remove(&oldest)
        {
            state.size -= self::size(&oldest, &gone.answer);
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
    /// Behind its length.
    Lz4(Vec<u8>),
}

impl Packed {
    fn of(document: &Document) -> Self {
        let body = if document.body.len() < WORTH_PACKING {
            Body::Plain(document.body.clone())
        } else {
            // The room that it was packed in is as large as the worst case needs.
            let mut packed = lz4_flex::compress_prepend_size(&document.body);
            packed.shrink_to_fit();
            Body::Lz4(packed)
        };
        Self {
            body,
            next: document.next.clone(),
        }
    }

    /// The answer as it came.
    fn document(&self) -> Result<Document, Error> {
        let body = match &self.body {
            Body::Plain(body) => body.clone(),
            Body::Lz4(packed) => lz4_flex::decompress_size_prepended(packed).map_err(|error| {
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
        let (Body::Plain(body) | Body::Lz4(body)) = &self.body;
        body.len() + self.next.as_ref().map_or(0, String::len)
    }
}

fn size(question: &Question, answer: &Packed) -> usize {
    OVERHEAD + question.target.len() + question.json.as_ref().map_or(0, String::len) + answer.len()
}
