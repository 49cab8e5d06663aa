//! Bounds on what an answer may become, and decoding beside the network thread.

use std::fmt::Write;
use std::time::Duration;

use futures_util::FutureExt;

use super::*;
use crate::budget::InFlight;

/// So many rows of hardly anything.
fn rows(count: usize) -> String {
    let mut body = String::from(r#"{"results":["#);
    for row in 0..count {
        let comma = if row == 0 { "" } else { "," };
        write!(body, r#"{comma}{{"id":{}}}"#, row + 1).expect("memory");
    }
    body + "]}"
}

#[test]
fn rows_of_hardly_anything_are_bounded_by_what_they_become() {
    let columns = [
        "id",
        "title",
        "status",
        "parent_id",
        "owner_id",
        "position",
        "created_at",
        "web_url",
    ];
    let most = Budget::Rows.limit() / size_of::<crate::batch::Cell>() / columns.len();
    assert_eq!(
        pages(&columns, &rows(most)).expect("decodes").batch.len(),
        most
    );
    assert_eq!(
        pages(&columns, &rows(most + 1)).unwrap_err(),
        DecodeError::TooLarge(Budget::Rows)
    );
}

#[test]
fn documents_of_too_many_values_are_too_large() {
    let adf = json(&format!("[0{}]", ",0".repeat(Budget::Document.limit())));
    let body =
        format!(r#"{{"results":[{{"id":"1","body":{{"atlas_doc_format":{{"value":{adf}}}}}}}]}}"#);
    assert_eq!(
        pages(&["id", "body_adf"], &body).unwrap_err(),
        DecodeError::TooLarge(Budget::Document)
    );
}

fn shape_of_ids() -> Arc<Projection> {
    let endpoint = pages::TABLE.main();
    Arc::new(Projection::new(
        &pages::TABLE,
        endpoint,
        &[pages::TABLE.id("id")],
    ))
}

#[tokio::test]
async fn a_large_answer_is_decoded_elsewhere_and_its_rows_hold_their_room() {
    let room = InFlight::new(Duration::from_secs(60));
    let body = rows(400_000).into_bytes();
    assert!(body.len() > SMALL);
    let held = room.room(body.len()).await.expect("room");
    let given = [(pages::TABLE.id("id"), Value::Int(7))];
    let page = page(&shape_of_ids(), body, held, &given, "https://s.example")
        .await
        .expect("decodes");
    assert_eq!(page.batch.len(), 400_000);
    assert_eq!(page.batch.value(399_999, Slot::nth(0)), Value::Int(400_000));
    assert!(room.room(Budget::InFlight.limit()).now_or_never().is_none());
    drop(page);
    assert!(room.room(Budget::InFlight.limit()).now_or_never().is_some());
}

#[tokio::test]
async fn who_goes_away_while_a_large_answer_is_decoded_gives_its_room_back() {
    let room = InFlight::new(Duration::from_secs(60));
    let body = rows(900_000).into_bytes();
    let held = room.room(body.len()).await.expect("room");
    let shape = shape_of_ids();
    {
        let mut page = Box::pin(page(&shape, body, held, &[], "https://s.example"));
        assert!((&mut page).now_or_never().is_none(), "it does not block");
    }
    // Waits for what the thread holds.
    assert!(room.room(Budget::InFlight.limit()).await.is_ok());
}

#[test]
fn decoding_ends_when_nobody_wants_the_rows() {
    let body = rows(10).into_bytes();
    let page = shape_of_ids().page(body, BytesHeld::default(), &[], "", &AtomicBool::new(true));
    assert!(page.is_err());
}
