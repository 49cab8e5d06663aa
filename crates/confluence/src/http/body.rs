//! The body of a response, read within its budget.

use reqwest::{Response, StatusCode};

use super::response::declares_json;
use crate::Budget;
use crate::budget::{BytesHeld, InFlight, SMALL};

/// Why there is no body.
pub(super) enum Lost {
    /// The connection failed, or the time was up.
    Broken(reqwest::Error),
    /// It takes more than it may.
    TooLarge(Budget),
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        Self::Broken(error)
    }
}

/// Some programs put it before UTF-8. It means nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the body of a response, unpacked: that is what counts. Of what is no answer to the question, a failure or a
/// page for people, the beginning is enough to tell who gave it.
pub(super) async fn read(
    response: &mut Response,
    budget: Budget,
    in_flight: &InFlight,
) -> Result<(Vec<u8>, BytesHeld), Lost> {
    let is_answer = response.status() == StatusCode::OK && declares_json(response.headers());
    let budget = if is_answer { budget } else { Budget::Other };
    let most = budget.limit();
    let announced = response
        .content_length()
        .map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if is_answer && announced.is_some_and(|length| length > most) {
        return Err(Lost::TooLarge(budget));
    }
    let mut held = in_flight.small();
    let mut body = Vec::new();
    reserve(&mut body, announced.unwrap_or(0).min(SMALL))?;
    let mut is_small = true;
    let mut in_a_row = 0;
    while let Some(chunk) = response.chunk().await? {
        let length = body.len() + chunk.len();
        if length > most {
            if is_answer {
                return Err(Lost::TooLarge(budget));
            }
            body.extend_from_slice(&chunk[..most - body.len()]);
            break;
        }
        if is_small && length > SMALL {
            is_small = false;
            let room = in_flight.room(announced.unwrap_or(most));
            held = room.await.map_err(Lost::TooLarge)?;
        }
        reserve(&mut body, chunk.len())?;
        body.extend_from_slice(&chunk);
        // What is packed well comes out of what has arrived already, and nobody else has a turn meanwhile.
        in_a_row += chunk.len();
        if in_a_row > SMALL {
            in_a_row = 0;
            tokio::task::yield_now().await;
        }
    }
    if body.starts_with(BYTE_ORDER_MARK) {
        body.drain(..BYTE_ORDER_MARK.len());
    }
    held.fit(body.len()).map_err(Lost::TooLarge)?;
    // The connection is free again when tasks of its own have seen the end, too. Without a turn for them, the next request
    // of a chain would find none, and open another one.
    tokio::task::yield_now().await;
    Ok((body, held))
}

fn reserve(body: &mut Vec<u8>, more: usize) -> Result<(), Lost> {
    body.try_reserve(more)
        .map_err(|_| Lost::TooLarge(Budget::System))
}
