//! Effort: what reading takes, in requests and in rounds of such as are under way together.

use crate::options::Prefer;

/// What reading takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// How many requests are sent.
    pub requests: f64,
    /// How long that takes, in answers that are waited for one after the other.
    pub rounds: f64,
    /// How many requests are under way at one time at most.
    pub in_flight: f64,
}

/// The share of a request's cost that it has because it is sent; the rest is the round that it takes by itself. Where time
/// is preferred, both are worth the same: eight requests at one time cost as much as four and a half in a row. The site
/// counts requests, so that time is not all that there is. Where requests are preferred, a round only decides between ways
/// that take as many.
const fn share_of_sending(prefer: Prefer) -> f64 {
    match prefer {
        Prefer::Time => 0.5,
        Prefer::Requests => 0.99,
    }
}

impl Effort {
    /// No request at all.
    pub const NONE: Self = Self {
        requests: 0.0,
        rounds: 0.0,
        in_flight: 1.0,
    };

    /// Requests of which so many are under way at one time, behind some rounds in which they cannot be. What follows each
    /// other in one chain takes as many rounds at least.
    pub(super) fn of(requests: f64, in_flight: f64, lead: f64, longest: f64) -> Self {
        let in_flight = in_flight.max(1.0);
        let lead = lead.min(requests - 1.0).max(0.0);
        let rounds = ((requests - lead) / in_flight).max(longest.min(requests - lead));
        Self {
            requests,
            rounds: lead + rounds.ceil(),
            in_flight,
        }
    }

    /// The same, given up after a share of the rows: each request brings as many as on average.
    pub fn share(self, share: f64) -> Self {
        let most = (self.requests * share.min(1.0)).ceil().max(1.0);
        Self {
            requests: self.requests.min(most),
            rounds: self.rounds.min(most),
            in_flight: self.in_flight.min(most),
        }
    }

    /// The cost, in requests that each wait for the one before. This is the one measure by which ways are compared, while a
    /// query is planned and when it is read.
    pub fn cost(&self, prefer: Prefer) -> f64 {
        let share = share_of_sending(prefer);
        self.requests * share + self.rounds * (1.0 - share)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_in_a_row_costs_one() {
        for prefer in [Prefer::Time, Prefer::Requests] {
            for requests in [1.0, 7.0, 400.0] {
                let in_a_row = Effort::of(requests, 1.0, 0.0, requests);
                assert_eq!(in_a_row.rounds, requests);
                assert!((in_a_row.cost(prefer) - requests).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_is_preferred_decides_between_fewer_requests_and_fewer_rounds() {
        let in_a_row = Effort::of(82.0, 1.0, 0.0, 82.0);
        let abreast = Effort::of(97.0, 8.0, 1.0, 2.0);
        assert_eq!(abreast.rounds, 13.0);
        assert!(abreast.cost(Prefer::Time) < in_a_row.cost(Prefer::Time));
        assert!(abreast.cost(Prefer::Requests) > in_a_row.cost(Prefer::Requests));
        // Of as many requests, those side by side are cheaper for everybody.
        let same = Effort::of(82.0, 8.0, 0.0, 1.0);
        assert!(same.cost(Prefer::Requests) < in_a_row.cost(Prefer::Requests));
    }

    proptest! {
        #[test]
        fn rounds_are_neither_more_than_requests_nor_fewer_than_they_can_be(
            requests in 1_u32..1_000,
            in_flight in 1_u32..64,
            lead in 0_u32..3,
            longest in 1_u32..100,
        ) {
            let requests = f64::from(requests);
            let effort = Effort::of(requests, f64::from(in_flight), f64::from(lead), f64::from(longest));
            prop_assert!(effort.rounds <= requests && effort.rounds >= 1.0);
            prop_assert!(effort.rounds >= (requests / f64::from(in_flight)).floor().min(requests));
        }
    }
}
