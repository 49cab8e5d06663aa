//! Columns that one request cannot give together, such as a body in two formats: the rows of a page are
//! asked for once more, by their keys, in each further format.

use std::collections::HashMap;

use super::listing::{Listing, Next};
use super::reader::Reader;
use super::targets::{self, Chain};
use super::wanted::Wanted;
use crate::Error;
use crate::batch::{Batch, Value};
use crate::decode::Shape;

/// Columns that are asked for with a request of their own.
#[derive(Debug)]
pub(super) struct Companion {
    /// The key's place in the table, and then the columns'.
    places: Vec<usize>,
    /// The slots of the columns in the scan's batches.
    slots: Vec<usize>,
    shape: Shape,
}

/// The companions of a wish: one for each value, beyond the first, of a parameter that takes only one.
pub(super) fn of(wanted: &Wanted) -> Vec<Companion> {
    let asked = |slot: usize| wanted.table.columns[wanted.columns[slot]].asked_with;
    let mut companions: Vec<(&str, Vec<usize>)> = Vec::new();
    for slot in 0..wanted.columns.len() {
        let Some((name, value)) = asked(slot) else {
            continue;
        };
        let first = (0..slot)
            .filter_map(asked)
            .find(|(known, _)| *known == name);
        if first.is_none_or(|(_, known)| known == value) {
            continue;
        }
        match companions.iter_mut().find(|(known, _)| *known == value) {
            Some((_, slots)) => slots.push(slot),
            None => companions.push((value, vec![slot])),
        }
    }
    companions
        .into_iter()
        .filter_map(|(_, slots)| {
            let (key, _) = wanted.table.column(wanted.table.key[0])?;
            let places: Vec<usize> = std::iter::once(key)
                .chain(slots.iter().map(|&slot| wanted.columns[slot]))
                .collect();
            Some(Companion {
                shape: Shape::new(wanted.table, &places),
                places,
                slots,
            })
        })
        .collect()
}

impl Companion {
    /// Fills the columns of a batch's rows.
    ///
    /// # Errors
    /// If a request fails, or a row is not there any more: what it held cannot be told.
    pub async fn fill(
        &self,
        reader: &Reader,
        chain: &Chain,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let mut missing: HashMap<i64, usize> = (0..batch.len())
            .filter_map(|row| match batch.value(row, reader.slots.key) {
                Value::Int(key) => Some((key, row)),
                _ => None,
            })
            .collect();
        let keys: Vec<i64> = missing.keys().copied().collect();
        let target = targets::by_keys(&reader.wanted, chain, &keys, &self.places);
        let label = format!("GET {}", reader.wanted.table.path);
        let mut listing = Listing::new(
            &reader.session,
            &reader.counters,
            reader.wanted.table,
            &self.shape,
            None,
            target,
        )
        .shrinking(true);
        while !listing.is_at_end() {
            reader.allow_request()?;
            let Next::Page(page) = listing.next().await? else {
                break;
            };
            for row in 0..page.batch.len() {
                if let Value::Int(key) = page.batch.value(row, 0)
                    && let Some(into) = missing.remove(&key)
                {
                    for (from, &slot) in (1..).zip(&self.slots) {
                        batch.take(into, slot, page.batch.value(row, from));
                    }
                }
            }
        }
        match missing.keys().min() {
            None => Ok(()),
            Some(key) => Err(Error::Malformed {
                request: label,
                page: listing.page(),
                found: format!("row {key} was listed, but is gone when it is asked for by its id"),
            }),
        }
    }
}
