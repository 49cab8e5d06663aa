//! Operations that a session can do without: whether the site answers them.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::Session;

/// What is known of operations, by their operationIds.
#[derive(Debug, Default)]
pub(super) struct Answered {
    known: Mutex<HashMap<&'static str, bool>>,
    /// Held by the one who asks first.
    turn: tokio::sync::Mutex<()>,
}

impl Session {
    /// Whether the site answers an operation to this account, if that is known.
    pub(crate) fn is_answered(&self, operation: &'static str) -> Option<bool> {
        self.answered().known.lock().get(operation).copied()
    }

    /// Notes whether the site has answered an operation. Once it has, it does.
    pub(crate) fn note_answered(&self, operation: &'static str, is_answered: bool) {
        let mut known = self.answered().known.lock();
        let known = known.entry(operation).or_insert(is_answered);
        *known |= is_answered;
    }

    /// Waits for the turn to ask, as long as it is not known whether the site answers the operation: whoever has the turn
    /// finds it out for all others.
    pub(crate) async fn turn_to_ask(
        &self,
        operation: &'static str,
    ) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.is_answered(operation).is_some() {
            return None;
        }
        let turn = self.answered().turn.lock().await;
        self.is_answered(operation).is_none().then_some(turn)
    }
}
