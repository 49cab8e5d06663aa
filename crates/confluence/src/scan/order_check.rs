//! The order check: whether rows arrive in the order that a read relies on.

/// Watches the values of one column go by.
#[derive(Debug)]
pub(super) struct OrderCheck {
    descending: bool,
    last: Option<i64>,
}

impl OrderCheck {
    pub fn new(descending: bool) -> Self {
        Self {
            descending,
            last: None,
        }
    }

    /// Takes the next value, and says whether it is in order. A value that is not there never is:
    /// nobody can say where it belongs.
    pub fn follows(&mut self, value: Option<i64>) -> bool {
        let Some(value) = value else { return false };
        let follows = self.last.is_none_or(|last| {
            if self.descending {
                value <= last
            } else {
                value >= last
            }
        });
        self.last = Some(value);
        follows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_values_follow_just_where_they_are_sorted(
            values in proptest::collection::vec(-3..3_i64, 0..6),
            descending in any::<bool>(),
        ) {
            let mut check = OrderCheck::new(descending);
            let follow = values.iter().all(|&value| check.follows(Some(value)));
            let is_sorted = if descending {
                values.is_sorted_by(|one, next| one >= next)
            } else {
                values.is_sorted()
            };
            prop_assert_eq!(follow, is_sorted);
        }
    }

    #[test]
    fn order_is_watched_both_ways() {
        let mut down = OrderCheck::new(true);
        assert!(
            [5, 5, 3]
                .map(|n| down.follows(Some(n)))
                .iter()
                .all(|&ok| ok)
        );
        assert!(!down.follows(Some(4)));
        let mut up = OrderCheck::new(false);
        assert!(up.follows(Some(1)) && up.follows(Some(2)) && !up.follows(None));
    }
}
