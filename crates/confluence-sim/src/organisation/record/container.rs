//! What attachments, comments, tasks and custom content hang on.

use crate::organisation::random::{Random, mix};

/// What something hangs on, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Container {
    Page(u64),
    BlogPost(u64),
    CustomContent(u64),
    /// By the number in its id.
    Attachment(u64),
    Space(u64),
}

impl Container {
    /// The number in its id.
    pub(crate) fn id(self) -> u64 {
        match self {
            Self::Page(id)
            | Self::BlogPost(id)
            | Self::CustomContent(id)
            | Self::Attachment(id)
            | Self::Space(id) => id,
        }
    }

    /// Chance for what hangs on this container, whatever hangs on others.
    pub(crate) fn random(self, seed: u64, stream: u64) -> Random {
        Random::new(mix(mix(seed, stream), self.id()))
    }
}
