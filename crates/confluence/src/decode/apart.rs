//! The decoding thread for large responses: the network thread serves everybody meanwhile, and lets go of what is
//! cancelled at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use super::{DecodeError, Given, Page, Projection};
use crate::Budget;
use crate::batch::Value;
use crate::budget::BytesHeld;
use crate::schema::ColumnId;

/// One at a time, for the sake of memory. Nobody waits for anything else while it is their turn.
static TURN: Semaphore = Semaphore::const_new(1);

/// As [`super::page`].
pub(super) async fn page(
    shape: &Arc<Projection>,
    body: Vec<u8>,
    held: BytesHeld,
    given: Given<'_>,
    site: &str,
) -> Result<Page, DecodeError> {
    let no_thread = |_| DecodeError::TooLarge(Budget::System);
    let turn = TURN.acquire().await.map_err(|_| stopped())?;
    let given = Owned::all(given);
    let (shape, site) = (shape.clone(), site.to_owned());
    let wanted = StillWanted::default();
    let stop = wanted.0.clone();
    let (tell, page) = oneshot::channel();
    let work = move || {
        let given: Vec<_> = given.iter().map(Owned::value).collect();
        let page = shape.page(body, held, &given, &site, &stop);
        drop(turn);
        // Nobody may be there any more to hear it.
        let _ = tell.send(page);
    };
    // It inherits the signal mask of the network thread, which takes none.
    let thread = thread::Builder::new().name("confluence-rows".to_owned());
    thread.spawn(work).map_err(no_thread)?;
    page.await.unwrap_or_else(|_| Err(stopped()))
}

fn stopped() -> DecodeError {
    DecodeError::Shape("what could not be decoded".to_owned())
}

/// Says that nobody wants the rows any more when it is dropped.
#[derive(Default)]
struct StillWanted(Arc<AtomicBool>);

impl Drop for StillWanted {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// What is given, for another thread.
enum Owned {
    Int(i64),
    Text(String),
    Null,
}

impl Owned {
    fn all(given: Given) -> Vec<(ColumnId, Self)> {
        let own = |value| match value {
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            _ => Self::Null,
        };
        given
            .iter()
            .map(|&(place, value)| (place, own(value)))
            .collect()
    }

    fn value((place, owned): &(ColumnId, Self)) -> (ColumnId, Value<'_>) {
        let value = match owned {
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Null => Value::Null,
        };
        (*place, value)
    }
}
