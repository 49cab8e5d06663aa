//! Rows outside of partitions: whether a listing that is cut into groups has rows that are in none of them.
//!
//! The listing of pages is cut by the spaces that another listing names, and nobody promises that this one names all of
//! them: the site may filter the two by different rules. What is read of the listing as a whole, its beginning and its
//! end, tells which spaces its rows are in. Its middle can only be reached through all that is before it, and no filter
//! asks for other spaces than some; but a search does, in one request. A hit is no proof, as the index keeps for a while
//! what is gone, so hits are read by their ids. That there is none is no proof either: no search sees what is archived, and
//! where there are more spaces than an address has room for, only some results of those that it does not name are looked
//! at. That much is taken for granted. Where there is no search, nothing is: then the listing is not cut.

use std::collections::HashSet;
use std::sync::Arc;

use super::handle::Scan;
use super::page_reader::{Next, PageReader};
use super::reader::Reader;
use super::search::{self, Found, Hit};
use crate::Error;
use crate::batch::{Slot, Value};
use crate::cache::responses::{Form, Served};
use crate::decode::Projection;
use crate::http::Why;
use crate::request::chains::Chain;
use crate::request::scan_request::{Key, Values};
use crate::schema::{Kind, Search, Split};

/// The longest condition, in bytes, before it is encoded: addresses of some 5 kB have been refused.
const LONGEST_CONDITION: usize = 2_500;
/// Results that are asked for where none is expected.
const RESULTS: u32 = 250;
/// The same where the condition cannot name all that is known.
const MORE_RESULTS: u32 = 1_000;

/// What rows of a listing belong to, as another listing has it.
#[derive(Default)]
pub(super) struct Owners {
    pub ids: Vec<Key>,
    known: HashSet<Key>,
    /// What a search calls them.
    names: Vec<String>,
}

impl Owners {
    /// Those that a scan lists: ids, and names.
    pub async fn of(mut objects: Scan) -> Result<Self, Error> {
        let mut owners = Self::default();
        while let Some(batch) = objects.next().await? {
            for row in 0..batch.len() {
                if let Some(id) = Key::of(batch.value(row, Slot::nth(0))) {
                    owners.known.insert(id.clone());
                    owners.ids.push(id);
                }
                if let Value::Text(name) = batch.value(row, Slot::nth(1)) {
                    owners.names.push(name.to_owned());
                }
            }
        }
        Ok(owners)
    }

    /// Whether all of these are among them.
    pub fn have(&self, ids: &HashSet<Key>) -> bool {
        ids.is_subset(&self.known)
    }

    /// Whether a search shows no row of the endpoint of a chain that belongs to anything else. What cannot be looked up is
    /// not shown.
    pub async fn have_all(
        &self,
        reader: &Reader,
        chain: &Chain,
        split: &Split,
    ) -> Result<bool, Error> {
        let Some(search) = &chain.endpoint.search else {
            return Ok(false);
        };
        let (condition, names_all) = self.condition(search, split);
        let limit = if names_all { RESULTS } else { MORE_RESULTS };
        let request = search::request(Why::OutsidePartitions, &condition, limit);
        let form = Form {
            table: reader.scan_request.table.name,
            operation: "getSearchV1",
            columns: Arc::default(),
            given: Vec::new(),
        };
        let document = match reader.send(&request, &form).await {
            Ok(Served::Reply(Ok(document))) => document,
            // The listing can be read without a search, so no failure of one is a failure of the listing.
            Ok(_)
            | Err(
                Error::Failing { .. }
                | Error::NoAnswer { .. }
                | Error::NotConfluence { .. }
                | Error::Throttled { .. },
            ) => return Ok(false),
            Err(error) => return Err(error),
        };
        let Ok(found) = Found::of(&request, &document) else {
            return Ok(false);
        };
        let others = self.others(found, names_all);
        self.have_owners_of(reader, chain, split, others).await
    }

    /// The ids of results that may belong to something else: all of them, where the search named all that is known.
    fn others(&self, found: Found, names_all: bool) -> Vec<String> {
        let names: HashSet<&str> = self.names.iter().map(String::as_str).collect();
        let is_known = |hit: &Hit| hit.space_key().is_some_and(|key| names.contains(key));
        let results = found.results.into_iter();
        results
            .filter(|hit| names_all || !is_known(hit))
            .filter_map(Hit::id)
            .collect()
    }

    /// The search for what belongs to nothing that has a name here; and whether it names all. If not, it leaves out the
    /// long ones, as then it can name the most.
    fn condition(&self, search: &Search, split: &Split) -> (String, bool) {
        let mut names: Vec<String> = self.names.iter().map(|name| search::quoted(name)).collect();
        names.sort_by_key(String::len);
        let mut length = 0;
        let fit = names.iter().take_while(|name| {
            length += name.len() + 1;
            length <= LONGEST_CONDITION
        });
        let fit = fit.count();
        if fit == 0 {
            return (search.cql.to_owned(), names.is_empty());
        }
        let named = names[..fit].join(",");
        let condition = format!("{} and {} not in ({named})", search.cql, split.searched_by);
        (condition, fit == names.len())
    }

    /// Whether what rows with these ids belong to is among them, as the listing itself has it. Rows that it does not have
    /// belong to nothing.
    async fn have_owners_of(
        &self,
        reader: &Reader,
        chain: &Chain,
        split: &Split,
        ids: Vec<String>,
    ) -> Result<bool, Error> {
        let table = reader.scan_request.table;
        let Some(id) = table.key.first().map(|name| table.id(name)) else {
            return Ok(false);
        };
        let owner = table.id(split.column);
        let Some(filter) = table.columns[id].filter else {
            return Ok(false);
        };
        let key = |id_of: String| match table.columns[id].kind {
            Kind::Bigint => Some(Key::Int(id_of.parse().ok()?)),
            _ => Some(Key::Text(id_of)),
        };
        let ids = Values::of(ids.into_iter().filter_map(key).take(filter.max));
        if ids.is_empty() {
            return Ok(true);
        }
        let columns = [id, owner];
        let shape = Projection::new(table, chain.endpoint, &columns);
        let whole = Chain::whole(chain.endpoint);
        let request = whole.by_keys(&reader.scan_request, filter, &ids, &columns);
        let mut listing = PageReader::new(
            reader,
            &whole,
            Arc::new(shape),
            request,
            Why::OutsidePartitions,
        );
        while let Next::Page(page) = listing.next().await? {
            let owners = (0..page.batch.len())
                .filter_map(|row| Key::of(page.batch.value(row, Slot::nth(1))));
            if !self.have(&owners.collect()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::pages;

    fn condition(names: &[String]) -> (String, bool) {
        let owners = Owners {
            names: names.to_vec(),
            ..Owners::default()
        };
        let endpoint = pages::TABLE.main();
        let (search, split) = (endpoint.search, endpoint.split);
        owners.condition(&search.expect("a search"), &split.expect("a split"))
    }

    #[test]
    fn a_search_names_all_spaces_or_as_many_as_fit() {
        let names = ["ENG1", "~712020abc", "HR"].map(str::to_owned);
        assert_eq!(
            condition(&names),
            (
                r#"type = page and space not in (ENG1,"HR","~712020abc")"#.to_owned(),
                true
            )
        );
        assert_eq!(condition(&[]), ("type = page".to_owned(), true));
        let many: Vec<String> = (0..1_000)
            .map(|n| format!("SPACE{n}"))
            .chain(["A1".to_owned()])
            .collect();
        let (condition, names_all) = condition(&many);
        assert!(!names_all && condition.len() < LONGEST_CONDITION + 40);
        assert!(condition.contains("(A1,SPACE0,"), "{condition}");
    }
}
