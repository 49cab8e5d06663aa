//! Which requests are sent for a wish: its chains, and what their first requests look like.

use super::wanted::{Condition, Sort, Values, Wanted};
use crate::Error;
use crate::client::percent_encode;
use crate::table::{Filter, Table};

/// Rows asked for at first when bodies come with them: the site fails on more.
const PAGE_SIZE_WITH_BODIES: u32 = 50;

/// What to begin with.
#[derive(Debug, PartialEq)]
pub(super) enum Start {
    /// Nothing can match; nothing is sent.
    Nothing,
    /// These chains.
    Chains(Vec<Chain>),
    /// A chain for each parent that the site lists.
    Parents,
}

/// One listing that is followed to its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chain {
    /// Query parameters that say which rows, encoded.
    filters: Vec<(&'static str, String)>,
    /// The parent whose id is in the path.
    pub parent: Option<i64>,
    /// Whether the site itself has just listed this parent.
    pub parent_is_listed: bool,
}

impl Chain {
    pub fn of_listed_parent(id: i64) -> Self {
        Self {
            filters: Vec::new(),
            parent: Some(id),
            parent_is_listed: true,
        }
    }

    /// The path and the query of the chain's first request.
    pub fn target(&self, wanted: &Wanted, sort: Option<Sort>) -> String {
        let path = match (wanted.table.parent, self.parent) {
            (Some(parent), Some(id)) => wanted
                .table
                .path
                .replace(&format!("{{{}}}", parent.column), &id.to_string()),
            _ => wanted.table.path.to_owned(),
        };
        let limit = first_limit(wanted, sort.is_some() || wanted.range.is_none());
        query(
            wanted.table,
            path,
            &self.filters,
            sort,
            &wanted.columns,
            limit,
        )
    }
}

/// The request for rows of a chain by their keys.
pub(super) fn by_keys(wanted: &Wanted, chain: &Chain, keys: &[i64], columns: &[usize]) -> String {
    let by = wanted
        .table
        .column(wanted.table.key[0])
        .and_then(|(_, key)| key.filter)
        .map_or("id", |filter| filter.param);
    let mut filters: Vec<(&'static str, String)> = chain
        .filters
        .iter()
        .filter(|(param, _)| *param != by)
        .cloned()
        .collect();
    filters.insert(0, (by, encode(&Values::ints(keys.to_vec()), 0..keys.len())));
    let path = wanted.table.path.to_owned();
    query(
        wanted.table,
        path,
        &filters,
        None,
        columns,
        keys.len() as u32,
    )
}

/// How many rows the first request asks for.
fn first_limit(wanted: &Wanted, enough_holds: bool) -> u32 {
    let page = page_size(wanted.table, &wanted.columns, wanted.reading.page_size);
    match wanted.enough {
        Some(enough) if enough_holds => page.min(u32::try_from(enough.max(1)).unwrap_or(u32::MAX)),
        _ => page,
    }
}

/// How many rows a request asks for when more are wanted, given the columns and what the user allows.
pub fn page_size(table: &Table, columns: &[usize], allowed: u32) -> u32 {
    if columns
        .iter()
        .any(|&column| table.columns[column].is_body())
    {
        allowed.min(PAGE_SIZE_WITH_BODIES)
    } else {
        allowed
    }
}

fn query(
    table: &Table,
    mut target: String,
    filters: &[(&'static str, String)],
    sort: Option<Sort>,
    columns: &[usize],
    limit: u32,
) -> String {
    let mut mark = '?';
    let mut add = |name: &str, value: &str| {
        target.push(mark);
        target.push_str(name);
        target.push('=');
        target.push_str(value);
        mark = '&';
    };
    for (name, value) in filters {
        add(name, value);
    }
    if let Some(sort) = sort {
        let by = table.columns[sort.column].sort.unwrap_or_default();
        add(
            "sort",
            &format!("{}{by}", if sort.descending { "-" } else { "" }),
        );
    }
    for (name, value) in asked_with(table, columns) {
        add(name, value);
    }
    add("limit", &limit.to_string());
    target
}

/// The parameters that the columns need, each once.
fn asked_with(table: &Table, columns: &[usize]) -> Vec<(&'static str, &'static str)> {
    let mut params: Vec<(&str, &str)> = Vec::new();
    for &column in columns {
        if let Some((name, value)) = table.columns[column].asked_with
            && !params.iter().any(|(known, _)| *known == name)
        {
            params.push((name, value));
        }
    }
    params
}

/// The chains of a wish.
///
/// # Errors
/// If a condition asks for what the API cannot list.
pub(super) fn start(wanted: &Wanted) -> Result<Start, Error> {
    if wanted.is_empty() {
        return Ok(Start::Nothing);
    }
    if let Some((column, _)) = wanted.table.parent_column() {
        return Ok(match condition(wanted, column) {
            Some(Values::Ints(ids)) => Start::Chains(
                ids.iter()
                    .map(|&id| Chain {
                        filters: Vec::new(),
                        parent: Some(id),
                        parent_is_listed: false,
                    })
                    .collect(),
            ),
            Some(Values::Texts(_)) => Start::Nothing,
            None => Start::Parents,
        });
    }
    let mut filters = Vec::new();
    let mut cut: Option<(Filter, &Values)> = None;
    for Condition { column, values } in &wanted.conditions {
        let Some(filter) = wanted.table.columns[*column].filter else {
            continue;
        };
        if !can_be_asked(wanted.table, *column, filter, values)? {
            continue;
        }
        let pieces = values.len().div_ceil(filter.max);
        if pieces <= 1 {
            filters.push((filter.param, encode(values, 0..values.len())));
        } else if pieces as f64 > pages_of_everything(wanted) {
            // The plain listing is shorter. What is not wanted is sorted out from it.
        } else if cut.is_none_or(|(other, known)| pieces < known.len().div_ceil(other.max)) {
            // One list is cut; cutting two would ask for every pair of pieces.
            cut = Some((filter, values));
        }
    }
    let Some((filter, values)) = cut else {
        return Ok(Start::Chains(vec![chain(filters)]));
    };
    let pieces = (0..values.len()).step_by(filter.max).map(|from| {
        let piece = encode(values, from..values.len().min(from + filter.max));
        let mut filters = filters.clone();
        filters.insert(0, (filter.param, piece));
        chain(filters)
    });
    Ok(Start::Chains(pieces.collect()))
}

/// How many requests the plain listing is expected to take.
fn pages_of_everything(wanted: &Wanted) -> f64 {
    wanted.table.rows / f64::from(wanted.reading.page_size)
}

fn chain(filters: Vec<(&'static str, String)>) -> Chain {
    Chain {
        filters,
        parent: None,
        parent_is_listed: false,
    }
}

fn condition(wanted: &Wanted, column: usize) -> Option<&Values> {
    wanted
        .conditions
        .iter()
        .find(|condition| condition.column == column)
        .map(|condition| &condition.values)
}

/// Whether these values can stand in a request. What cannot is sorted out from the rows; but a listing
/// that lacks the rows in question would be falsely empty, and that is an error.
fn can_be_asked(
    table: &'static Table,
    column: usize,
    filter: Filter,
    values: &Values,
) -> Result<bool, Error> {
    if filter.choices.is_empty() {
        return Ok(true);
    }
    let Values::Texts(texts) = values else {
        return Ok(false);
    };
    match texts
        .iter()
        .find(|text| !filter.choices.contains(&text.as_str()))
    {
        None => Ok(texts.len() <= filter.max),
        Some(_) if !filter.widens => Ok(false),
        Some(value) => Err(Error::CannotList {
            table: table.name,
            column: table.columns[column].name,
            value: value.clone(),
            choices: filter.choices,
        }),
    }
}

fn encode(values: &Values, piece: std::ops::Range<usize>) -> String {
    let mut out = String::new();
    for place in piece {
        if !out.is_empty() {
            out.push(',');
        }
        match values {
            Values::Ints(ints) => out.push_str(&ints[place].to_string()),
            Values::Texts(texts) => percent_encode(&texts[place], &mut out),
        }
    }
    out
}

/// Whether rows of one chain may be rows of another, too: where an answer holds more than was asked for.
pub(super) fn may_overlap(wanted: &Wanted) -> bool {
    wanted.conditions.iter().any(|condition| {
        let column = &wanted.table.columns[condition.column];
        column
            .filter
            .is_some_and(|filter| !filter.exact && condition.values.len() > filter.max)
    })
}

/// The first request of a wish whose values are not known yet, as readers of a plan see it: the values
/// of the n-th condition stand as `{n}`.
pub fn template(
    table: &'static Table,
    columns: &[usize],
    conditions: &[usize],
    sort: Option<Sort>,
    allowed: u32,
    enough: Option<u64>,
) -> String {
    let place_of = |column: usize| {
        conditions
            .iter()
            .position(|&known| known == column)
            .map(|place| format!("{{{}}}", place + 1))
    };
    let mut path = format!("GET {}", table.path);
    if let Some((column, parent)) = table.parent_column()
        && let Some(place) = place_of(column)
    {
        path = path.replace(&format!("{{{}}}", parent.column), &place);
    }
    let mut filters: Vec<(&'static str, String)> = Vec::new();
    for &column in conditions {
        if let Some(filter) = table.columns[column].filter
            && !filters.iter().any(|(known, _)| *known == filter.param)
        {
            filters.extend(place_of(column).map(|place| (filter.param, place)));
        }
    }
    let page = page_size(table, columns, allowed);
    let limit = enough.map_or(page, |enough| {
        page.min(u32::try_from(enough.max(1)).unwrap_or(u32::MAX))
    });
    query(table, path, &filters, sort, columns, limit)
}

#[cfg(test)]
mod tests {
    use super::super::wanted::Range;
    use super::*;
    use crate::options::Reading;
    use crate::tables::{pages, permissions, spaces};

    fn wanted(table: &'static Table, conditions: &[(&str, Values)]) -> Wanted {
        Wanted {
            table,
            columns: vec![0],
            conditions: conditions
                .iter()
                .map(|(name, values)| Condition {
                    column: table.column(name).expect("a column").0,
                    values: values.clone(),
                })
                .collect(),
            sort: None,
            range: None,
            enough: None,
            eager: true,
            reading: Reading {
                page_size: 250,
                max_concurrency: 8,
                max_requests: 0,
            },
            spent: 0,
        }
    }

    fn targets(wanted: &Wanted) -> Vec<String> {
        match start(wanted).expect("can be listed") {
            Start::Chains(chains) => chains
                .iter()
                .map(|chain| chain.target(wanted, wanted.sort))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    fn texts(values: &[&str]) -> Values {
        Values::texts(values.iter().map(|&value| value.to_owned()).collect())
    }

    #[test]
    fn a_plain_listing() {
        assert_eq!(
            targets(&wanted(&pages::TABLE, &[])),
            ["/wiki/api/v2/pages?limit=250"]
        );
    }

    #[test]
    fn lists_are_cut() {
        let many = wanted(&pages::TABLE, &[("id", Values::ints((0..501).collect()))]);
        let targets = targets(&many);
        assert_eq!(targets.len(), 3);
        assert!(targets[0].starts_with("/wiki/api/v2/pages?id=0,1,2,"));
        assert_eq!(targets[2], "/wiki/api/v2/pages?id=500&limit=250");
    }

    #[test]
    fn only_the_list_with_fewer_pieces_is_cut() {
        let both = wanted(
            &pages::TABLE,
            &[
                ("space_id", Values::ints((0..150).collect())),
                ("id", Values::ints((0..251).collect())),
                ("subtype", texts(&["live"])),
            ],
        );
        let targets = targets(&both);
        assert_eq!(targets.len(), 2);
        assert!(targets[0].starts_with("/wiki/api/v2/pages?space-id=0,"));
        assert!(targets[0].ends_with(",99&subtype=live&limit=250"));
    }

    #[test]
    fn a_list_that_takes_more_requests_than_the_listing_is_not_sent() {
        let titles: Vec<String> = (0..401).map(|n| n.to_string()).collect();
        assert_eq!(
            targets(&wanted(&pages::TABLE, &[("title", Values::texts(titles))])),
            ["/wiki/api/v2/pages?limit=250"]
        );
    }

    #[test]
    fn titles_are_asked_one_by_one_and_encoded() {
        assert_eq!(
            targets(&wanted(
                &pages::TABLE,
                &[("title", texts(&["b & c", "a,b"]))]
            )),
            [
                "/wiki/api/v2/pages?title=a%2Cb&limit=250",
                "/wiki/api/v2/pages?title=b%20%26%20c&limit=250"
            ]
        );
    }

    #[test]
    fn choices_that_the_site_may_not_know_are_not_sent() {
        for values in [&["mars"][..], &["global", "personal"]] {
            assert_eq!(
                targets(&wanted(&spaces::TABLE, &[("type", texts(values))])),
                ["/wiki/api/v2/spaces?limit=250"]
            );
        }
        assert_eq!(
            targets(&wanted(&spaces::TABLE, &[("type", texts(&["global"]))])),
            ["/wiki/api/v2/spaces?type=global&limit=250"]
        );
    }

    #[test]
    fn a_status_that_cannot_be_listed_is_an_error() {
        assert_eq!(
            targets(&wanted(
                &pages::TABLE,
                &[("status", texts(&["trashed", "current"]))]
            )),
            ["/wiki/api/v2/pages?status=current,trashed&limit=250"]
        );
        assert!(matches!(
            start(&wanted(&pages::TABLE, &[("status", texts(&["draft"]))])),
            Err(Error::CannotList {
                column: "status",
                ..
            })
        ));
    }

    #[test]
    fn nothing_is_sent_for_what_cannot_match() {
        let mut none = wanted(&pages::TABLE, &[("id", Values::ints(vec![]))]);
        assert_eq!(start(&none).expect("fine"), Start::Nothing);
        none.conditions.clear();
        none.range = Some(Range {
            from: Some(2),
            to: Some(1),
        });
        assert_eq!(start(&none).expect("fine"), Start::Nothing);
    }

    #[test]
    fn parents_come_from_the_condition_or_from_the_site() {
        let given = wanted(
            &permissions::TABLE,
            &[("space_id", Values::ints(vec![7, 5]))],
        );
        assert_eq!(
            targets(&given),
            [
                "/wiki/api/v2/spaces/5/permissions?limit=250",
                "/wiki/api/v2/spaces/7/permissions?limit=250"
            ]
        );
        assert_eq!(
            start(&wanted(&permissions::TABLE, &[])).expect("fine"),
            Start::Parents
        );
    }

    #[test]
    fn a_template_shows_where_values_go() {
        let column = |name| pages::TABLE.column(name).expect("a column").0;
        let sort = Sort {
            column: column("modified_at"),
            descending: true,
            relied_on: false,
        };
        assert_eq!(
            template(
                &pages::TABLE,
                &[column("body_storage")],
                &[column("space_id"), column("modified_at")],
                Some(sort),
                250,
                Some(20)
            ),
            "GET /wiki/api/v2/pages?space-id={1}&sort=-modified-date&body-format=storage&limit=20"
        );
        assert_eq!(
            template(&permissions::TABLE, &[0], &[1], None, 250, None),
            "GET /wiki/api/v2/spaces/{1}/permissions?limit=250"
        );
        assert_eq!(
            template(&permissions::TABLE, &[0], &[], None, 250, None),
            "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250"
        );
    }
}
