//! Bodies: of requests, and of answers, whole or broken off.

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

pub(crate) enum AnswerBody {
    Whole(Option<Bytes>),
    /// Announces more than it sends; then the connection is closed.
    BrokenOff {
        rest: Option<Bytes>,
        announced: u64,
        pause: Pin<Box<Sleep>>,
    },
    /// Blanks follow, for as long as somebody reads them.
    WithoutEnd {
        beginning: Option<Bytes>,
    },
}

impl AnswerBody {
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::Whole((!body.is_empty()).then_some(body))
    }

    pub(crate) fn without_end(beginning: Bytes) -> Self {
        Self::WithoutEnd {
            beginning: Some(beginning),
        }
    }

    pub(crate) fn half(mut body: Bytes) -> Self {
        let announced = body.len() as u64;
        body.truncate(body.len() / 2);
        // A moment to get the first half onto the wire: with the error at its heels it would never leave.
        let pause = Box::pin(tokio::time::sleep(Duration::from_millis(20)));
        Self::BrokenOff {
            rest: Some(body),
            announced,
            pause,
        }
    }
}

/// The connection is to be closed here and now.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed as a fault asked for")
    }
}

impl std::error::Error for Closed {}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Self::WithoutEnd { beginning } => {
                let blanks = || Bytes::from_static(&[b' '; 64 << 10]);
                let more = beginning.take().unwrap_or_else(blanks);
                Poll::Ready(Some(Ok(Frame::data(more))))
            }
            Self::BrokenOff { rest, pause, .. } => match rest.take() {
                Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
                None => {
                    ready!(pause.as_mut().poll(context));
                    Poll::Ready(Some(Err(Closed)))
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => {
                SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64))
            }
            Self::BrokenOff { announced, .. } => SizeHint::with_exact(*announced),
            Self::WithoutEnd { .. } => SizeHint::default(),
        }
    }
}

/// More than any question of the API takes.
const MOST: usize = 1 << 20;

/// The body of a request, as far as it comes; none where it is longer than any question.
pub(crate) async fn read(mut body: Incoming) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut fits = true;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let data = frame.data_ref().map_or(&[][..], |data| data);
        fits &= bytes.len() + data.len() <= MOST;
        // The rest is read and let go, so that the client gets to read the answer.
        if fits {
            bytes.extend_from_slice(data);
        }
    }
    fits.then_some(bytes)
}
