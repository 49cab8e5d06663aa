//! Queries by chance, in pieces that can be left out one by one.

mod maker;

use fastrand::Rng;

use super::schema::Subject;
use crate::random::pick;
use maker::Maker;

/// A query, and how it is run.
#[derive(Clone, Debug)]
pub struct Query {
    pub body: Select,
    /// UNION and the like, with a query that has the same columns.
    pub other: Option<(&'static str, Select)>,
    /// Whether the query is behind WITH, and whether that is MATERIALIZED.
    pub with: Option<&'static str>,
    /// Positions with their directions; with all columns, it is one order only.
    pub order: Vec<String>,
    pub limit: Option<String>,
    pub offset: Option<String>,
    pub way: Way,
    /// The values of a prepared statement's parameters.
    pub parameters: Vec<String>,
    /// Which of the sites' schemas is asked.
    pub schema: &'static str,
    pub settings: Vec<String>,
}

/// How a query gets to the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Plain,
    /// With parameters, and a plan that is made for all of their values.
    Prepared,
    /// A few rows at a time.
    Cursor,
}

#[derive(Clone, Debug, Default)]
pub struct Select {
    pub distinct: String,
    pub items: Vec<String>,
    pub from: Vec<From>,
    pub conditions: Vec<String>,
    pub group: Vec<String>,
    pub having: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct From {
    pub join: &'static str,
    pub item: String,
    pub on: Vec<String>,
}

pub const SCHEMAS: [&str; 3] = ["public", "small", "serial"];

const SETTINGS: [&str; 16] = [
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "enable_nestloop = off",
    "enable_material = off",
    "enable_memoize = off",
    "enable_hashagg = off",
    "enable_sort = off",
    "enable_incremental_sort = off",
    "enable_seqscan = off",
    "from_collapse_limit = 1",
    "join_collapse_limit = 1",
    "cursor_tuple_fraction = 0.001",
    "work_mem = '64kB'",
    "confluence_fdw.enable_batch_join = off",
    "confluence_fdw.statement_cache_size = 0",
    "plan_cache_mode = force_custom_plan",
];

impl Query {
    pub fn by_chance(rng: &mut Rng, subjects: &[Subject]) -> Self {
        let way = match rng.u8(..8) {
            0 | 1 => Way::Prepared,
            2 => Way::Cursor,
            _ => Way::Plain,
        };
        let mut maker = Maker {
            rng,
            subjects,
            parameters: (way == Way::Prepared).then(Vec::new),
            tables: Vec::new(),
            next_alias: 0,
        };
        let (body, other) = match maker.rng.u8(..8) {
            0 => {
                let (one, other) = maker.same_columns();
                let op = *pick(
                    maker.rng,
                    &[
                        "UNION",
                        "UNION ALL",
                        "EXCEPT",
                        "EXCEPT ALL",
                        "INTERSECT",
                        "INTERSECT ALL",
                    ],
                );
                (one, Some((op, other)))
            }
            1 | 2 => (maker.grouped(), None),
            3 => (maker.windowed(), None),
            _ => (maker.plain(), None),
        };
        let with = match maker.rng.u8(..8) {
            0 => Some("MATERIALIZED"),
            1 => Some("NOT MATERIALIZED"),
            _ => None,
        };
        let (mut order, mut limit, mut offset) = (Vec::new(), None, None);
        if maker.rng.u8(..3) > 0 {
            let mut positions: Vec<usize> = (1..=body.items.len()).collect();
            // By its first column, a listing can come in order from the site.
            if maker.rng.u8(..3) == 0 {
                maker.rng.shuffle(&mut positions);
            }
            for position in positions {
                let way = *pick(
                    maker.rng,
                    &["", "", " DESC", " DESC NULLS LAST", " NULLS FIRST"],
                );
                order.push(format!("{position}{way}"));
            }
            if maker.rng.bool() {
                limit = Some(maker.rng.u32(..30).to_string());
            }
            if maker.rng.u8(..4) == 0 {
                offset = Some(maker.rng.u32(..10).to_string());
            }
        }
        let mut body = body;
        // Of rows that begin alike, which one is first has to be known.
        let can_be = other.is_none() && with.is_none() && body.distinct.is_empty();
        if can_be && !order.is_empty() && maker.once_in(4) {
            body.distinct_on(&order, maker.rng.usize(1..=order.len()));
        }
        let parameters = maker.parameters.take().unwrap_or_default();
        let settings = match rng.u8(..3) {
            0 => Vec::new(),
            _ => (0..rng.usize(1..5))
                .map(|_| (*pick(rng, &SETTINGS)).to_owned())
                .collect(),
        };
        Self {
            body,
            other,
            with,
            order,
            limit,
            offset,
            way: if parameters.is_empty() && way == Way::Prepared {
                Way::Plain
            } else {
                way
            },
            parameters,
            schema: SCHEMAS[rng.usize(..SCHEMAS.len())],
            settings,
        }
    }

    /// Whether its rows come in one order only.
    pub fn is_ordered(&self) -> bool {
        self.order.len() == self.body.items.len()
    }

    pub fn sql(&self) -> String {
        let mut sql = self.body.sql();
        if let Some((op, other)) = &self.other {
            sql = format!("({sql})\n{op}\n({})", other.sql());
        }
        if let Some(with) = self.with {
            let columns: Vec<String> = (1..=self.body.items.len())
                .map(|n| format!("c{n}"))
                .collect();
            let columns = columns.join(", ");
            sql = format!("WITH w ({columns}) AS {with} ({sql})\nSELECT {columns} FROM w");
        }
        let mut more = |word: &str, text: Option<String>| {
            if let Some(text) = text {
                sql.push_str(&format!("\n{word} {text}"));
            }
        };
        more(
            "ORDER BY",
            (!self.order.is_empty()).then(|| self.order.join(", ")),
        );
        more("LIMIT", self.limit.clone());
        more("OFFSET", self.offset.clone());
        if self.way != Way::Prepared {
            // The last first: $12 begins like $1.
            for (number, value) in self.parameters.iter().enumerate().rev() {
                sql = sql.replace(&format!("${}", number + 1), value);
            }
        }
        sql
    }

    /// The statements that it is run by.
    pub fn statements(&self) -> Vec<String> {
        let sql = self.sql();
        match self.way {
            Way::Plain => vec![sql],
            Way::Prepared => vec![
                format!("PREPARE q AS {sql}"),
                format!("EXECUTE q ({})", self.parameters.join(", ")),
                "DEALLOCATE q".to_owned(),
            ],
            Way::Cursor => {
                let fetches = [
                    "FETCH 1 FROM c",
                    "FETCH 3 FROM c",
                    "FETCH 7 FROM c",
                    "FETCH ALL FROM c",
                ];
                let mut statements = vec![
                    "BEGIN".to_owned(),
                    format!("DECLARE c NO SCROLL CURSOR FOR {sql}"),
                ];
                statements.extend(fetches.map(str::to_owned));
                statements.push("COMMIT".to_owned());
                statements
            }
        }
    }

    /// Settings that hold for the site only.
    pub fn set(&self) -> Vec<String> {
        let mut settings: Vec<String> = self
            .settings
            .iter()
            .map(|setting| format!("SET {setting}"))
            .collect();
        if self.way == Way::Prepared {
            settings.push("SET plan_cache_mode = force_generic_plan".to_owned());
        }
        settings
    }

    /// The same with one piece less, for each piece that can be left out.
    pub fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut smaller = self.clone();
            change(&mut smaller);
            all.push(smaller);
        };
        for at in 0..self.settings.len() {
            with(&|q| drop(q.settings.remove(at)));
        }
        if self.other.is_some() {
            with(&|q| q.other = None);
        }
        if self.with.is_some() {
            with(&|q| q.with = None);
        }
        if self.way != Way::Plain {
            with(&|q| q.way = Way::Plain);
        }
        if self.limit.is_some() || self.offset.is_some() {
            with(&|q| (q.limit, q.offset) = (None, None));
        }
        if self.limit.is_none() && !self.order.is_empty() && !self.body.is_distinct_on() {
            with(&|q| q.order = Vec::new());
        }
        if !self.body.distinct.is_empty() {
            with(&|q| q.body.distinct = String::new());
        }
        for at in 0..self.body.conditions.len() {
            with(&|q| drop(q.body.conditions.remove(at)));
        }
        if !self.body.having.is_empty() {
            with(&|q| q.body.having.clear());
        }
        for at in 1..self.body.from.len() {
            with(&|q| drop(q.body.from.remove(at)));
            if self.body.from[at].on.len() > 1 {
                with(&|q| drop(q.body.from[at].on.pop()));
            }
        }
        if self.order.is_empty() && self.body.items.len() > 1 && self.other.is_none() {
            for at in 0..self.body.items.len() {
                with(&|q| drop(q.body.items.remove(at)));
            }
        }
        if self.schema != SCHEMAS[0] {
            with(&|q| q.schema = SCHEMAS[0]);
        }
        all
    }
}

/// How a query begins that takes the first of the rows which begin alike.
const DISTINCT_ON: &str = "DISTINCT ON";

impl Select {
    /// Takes the first of the rows that have the same in so many of the columns by which they are ordered.
    fn distinct_on(&mut self, order: &[String], columns: usize) {
        let positions: Vec<&str> = order[..columns]
            .iter()
            .filter_map(|by| by.split(' ').next())
            .collect();
        self.distinct = format!("{DISTINCT_ON} ({}) ", positions.join(", "));
    }

    fn is_distinct_on(&self) -> bool {
        self.distinct.starts_with(DISTINCT_ON)
    }

    fn sql(&self) -> String {
        let mut sql = format!("SELECT {}{}\nFROM ", self.distinct, self.items.join(", "));
        for from in &self.from {
            sql.push_str(&format!("{} {}", from.join, from.item));
            if !from.on.is_empty() {
                sql.push_str(&format!(" ON {}", from.on.join(" AND ")));
            }
            sql.push_str("\n  ");
        }
        let mut more = |word: &str, parts: &[String], between: &str| {
            if !parts.is_empty() {
                sql.push_str(&format!("\n{word} {}", parts.join(between)));
            }
        };
        more("WHERE", &self.conditions, "\n  AND ");
        more("GROUP BY", &self.group, ", ");
        more("HAVING", &self.having, " AND ");
        sql
    }
}
