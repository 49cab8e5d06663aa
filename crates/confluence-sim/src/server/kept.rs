//! Answers that are kept, so that the same question is not worked out twice: a benchmark that shares its processor with
//! the stand-in is to measure the reader.

use super::answer::{Answer, Refusal};
use super::credentials::Identity;
use super::operation::Call;
use crate::lock::Lock;
use crate::organisation::Organisation;
use hyper::Method;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How many bytes of bodies are kept at most. What comes later is worked out each time.
const ROOM: usize = 512 << 20;

type Question = (Identity, String);

/// What was answered. Everything else that an answer depends on is the
/// organisation, which it is kept with.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    answers: HashMap<Question, Answer>,
    bytes: usize,
    /// That the answers are about. An edit makes another one of it, as long as it is held here.
    organisation: Option<Arc<Organisation>>,
}

impl Kept {
    /// The answer to a call, which is not refused for anything that an operation has in common with others.
    pub(crate) fn answer(
        kept: &Mutex<Self>,
        organisation: &Arc<Organisation>,
        method: &Method,
        call: &Call,
        answer: fn(&Call) -> Result<Answer, Refusal>,
    ) -> Result<Answer, Refusal> {
        if *method != Method::GET || call.tampering.is_some() {
            return answer(call);
        }
        let question = (call.identity.clone(), call.path_and_query.to_owned());
        if let Some(known) = kept.hold().of(organisation).answers.get(&question) {
            return Ok(known.clone());
        }
        let answer = answer(call)?;
        kept.hold().of(organisation).keep(question, &answer);
        Ok(answer)
    }

    /// What is kept about this organisation, and nothing of another one.
    fn of(&mut self, organisation: &Arc<Organisation>) -> &mut Self {
        let is_known = self
            .organisation
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, organisation));
        if !is_known {
            *self = Self {
                organisation: Some(Arc::clone(organisation)),
                ..Self::default()
            };
        }
        self
    }

    fn keep(&mut self, question: Question, answer: &Answer) {
        let bytes = self.bytes + answer.body.len();
        if bytes <= ROOM && self.answers.insert(question, answer.clone()).is_none() {
            self.bytes = bytes;
        }
    }
}
