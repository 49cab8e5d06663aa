//! The kinds of faults, and what each makes of an answer.
//!
//! Every kind leaves a trace that a reader can find, or does no harm; a query then ends whole or with an error. What a
//! site can leave out or change without a trace is no kind of fault here, since nobody could tell:
//!
//! - a row that is not in its page, a last page that is cut off with its end in order (rows and links), an empty listing
//!   with status 200, a next link further on in the same listing, a page of rows without links that is not full;
//! - a value that is another one of the right kind, a nullable field that is absent, the answer to another request;
//! - the word that an object is not there, of the very object that a query named by its id;
//! - a listing counted off by numbers that is shorter than its pages say;
//! - an order by which the rows of a page are right and those that should stand before them are on no page that is read;
//! - a credential that is not taken for one request only, and is before and after; one that ends between the question who
//!   that is and a scan's first request, which leave side by side.

mod document;
mod rows;
mod spoiler;
mod status;
mod wire;

use fastrand::Rng;

use super::proxy::{Answer, Request, Shared, Wire};
pub use spoiler::{parameter, with_parameter};

/// A way to spoil an answer; None where it does not fit the answer.
pub struct Kind {
    pub name: &'static str,
    /// How often it is taken, against the others.
    weight: u32,
    spoil: fn(&mut Spoiler) -> Option<Wire>,
}

/// An answer that is to be spoilt.
pub struct Spoiler<'s> {
    pub rng: &'s mut Rng,
    pub request: &'s Request,
    /// The target as the client asked for it, with a made-up cursor.
    pub asked: &'s str,
    pub clean: &'s Answer,
    pub shared: &'s Shared,
    /// Whether the credential comes to its end here.
    pub ends: bool,
}

/// Spoils an answer by a kind that fits it.
pub fn strike(spoiler: &mut Spoiler) -> (&'static Kind, Wire) {
    let all: u32 = all().map(|kind| kind.weight).sum();
    loop {
        let mut chosen = spoiler.rng.u32(..all);
        let kind = self::all().find(|kind| match chosen.checked_sub(kind.weight) {
            Some(left) => {
                chosen = left;
                false
            }
            None => true,
        });
        let kind = kind.expect("below the sum of the weights");
        if let Some(wire) = (kind.spoil)(spoiler) {
            return (kind, wire);
        }
    }
}

const fn kind(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 4,
        spoil,
    }
}

/// One that fits few answers.
const fn seldom_fits(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 16,
        spoil,
    }
}

/// One that takes long.
const fn rare(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 1,
        spoil,
    }
}

/// All kinds.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    [wire::KINDS, status::KINDS, document::KINDS, rows::KINDS]
        .into_iter()
        .flatten()
}
