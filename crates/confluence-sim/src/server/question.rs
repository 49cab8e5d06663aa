//! Bodies of requests.

use hyper::body::{Body, Incoming};
use std::future::poll_fn;
use std::pin::Pin;

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
