//! Who likes what.

use super::prelude::*;

const STREAM: u64 = 0x11CE;

impl Organisation {
    /// The accounts that like a page or blog post, in the order of [`Self::users`].
    pub fn likes(&self, id: u64) -> Vec<&str> {
        if self.page_or_post(id).is_none() {
            return Vec::new();
        }
        let users = self.annotations.likes.on(id, || made(self, id));
        users
            .iter()
            .filter_map(|&user| self.account(user))
            .collect()
    }
}

/// Most are liked by nobody, a few by many.
fn made(organisation: &Organisation, id: u64) -> Vec<u32> {
    let mut random = Random::new(mix(organisation.seed ^ STREAM, id));
    let most = match random.below(100) {
        0 => 60,
        1..=24 => 5,
        _ => return Vec::new(),
    };
    let count = 1 + random.index(most);
    let mut users: Vec<u32> = (0..count)
        .map(|_| random.index(organisation.users.len()) as u32)
        .collect();
    users.sort_unstable();
    users.dedup();
    users
}
