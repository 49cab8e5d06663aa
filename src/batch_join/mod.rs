//! Joins by batch: a join of anything to a Confluence table by a column that the site can be asked for.
//!
//! The rows of the other side are taken in windows. The keys of a window are asked for together, as many in one
//! request as the site takes, and as many requests at one time as the server allows; the rows that come are joined
//! as they arrive, and kept for the windows to come as far as memory allows, so that no key is asked for twice. Where the
//! order of the other side is of use, it is kept: then the rows of a window wait for each other. PostgreSQL chooses such a
//! join by its cost.
//!
//! | file | what it is about |
//! |---|---|
//! | `paths` | when such a join can be made, and what it costs |
//! | `plan` | the plan of one that was chosen |
//! | `exec` | its execution |
//! | `window`, `inner_rows` | the rows that wait for their keys, and those that wait to be given in order, or for keys that come again |
//! | `explain` | what `EXPLAIN` shows |

mod exec;
mod explain;
mod inner_rows;
mod paths;
mod plan;
mod window;

use pgrx::pg_sys;
use serde::{Deserialize, Serialize};

/// What a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum JoinType {
    /// Each pair of rows that meets the condition.
    Inner,
    /// And each row of the outer side that is in no pair.
    Left,
    /// Each row of the outer side that is in a pair, once.
    Semi,
    /// Each row of the outer side that is in no pair.
    Anti,
}

impl JoinType {
    fn of(jointype: pg_sys::JoinType::Type) -> Option<Self> {
        match jointype {
            // Of an outer side that is made unique first, an inner join is what a semijoin would be.
            pg_sys::JoinType::JOIN_INNER | pg_sys::JoinType::JOIN_UNIQUE_OUTER => {
                Some(JoinType::Inner)
            }
            pg_sys::JoinType::JOIN_LEFT => Some(JoinType::Left),
            pg_sys::JoinType::JOIN_SEMI => Some(JoinType::Semi),
            pg_sys::JoinType::JOIN_ANTI => Some(JoinType::Anti),
            _ => None,
        }
    }

    /// Whether conditions of the join itself differ from those that are checked behind it.
    fn is_outer(self) -> bool {
        matches!(self, JoinType::Left | JoinType::Anti)
    }

    /// Whether rows of the outer side that are in no pair are wanted.
    fn wants_unmatched(self) -> bool {
        matches!(self, JoinType::Left | JoinType::Anti)
    }

    /// Whether a row of the outer side needs no second match.
    fn first_match_will_do(self) -> bool {
        matches!(self, JoinType::Semi | JoinType::Anti)
    }
}

/// Takes part in the planning of joins, and in the execution of those that are chosen.
pub(super) fn init() {
    plan::register();
    paths::install();
}
