//! What apps keep with users.

use super::Property;
use super::prelude::*;

const STREAM: u64 = 0x9409;
/// More than a page that nobody asked to be longer.
static KEYS: Lines = Lines::new(|| table::lines(include_str!("../../words/user_properties.txt")));

impl Organisation {
    /// The properties of a user, by their keys; nothing for an account that nobody knows.
    pub fn user_properties(&self, account_id: &str) -> Option<Vec<Property<'_>>> {
        let number = self.user_number(account_id)?;
        let seed = mix(self.seed, STREAM);
        let property = |(place, key): (usize, &'static str)| {
            let dice = mix(seed, (number * KEYS.len() + place) as u64);
            let created = NOW - (dice % (900 * DAY as u64)) as i64;
            Property {
                id: dice,
                key,
                value: serde_json::json!({"version": dice % 5, "shown": dice.is_multiple_of(2)}),
                created_at: time::timestamp(created),
                modified_at: time::timestamp(created + (NOW - created) / 2),
                author_id: None,
                version: 1,
            }
        };
        // The first user has all of them, the others any number.
        let count = if number == 0 {
            KEYS.len()
        } else {
            mix(seed, number as u64) as usize % (KEYS.len() + 1)
        };
        let keys = KEYS.iter().copied().take(count).enumerate();
        Some(keys.map(property).collect())
    }
}
