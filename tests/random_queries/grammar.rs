//! Queries by chance, in pieces that can be left out one by one.

use fastrand::Rng;

use super::schema::{Column, Subject};
use crate::random::pick;

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

/// Makes up queries.
struct Maker<'m> {
    rng: &'m mut Rng,
    subjects: &'m [Subject],
    /// Values of parameters, where literals become such.
    parameters: Option<Vec<String>>,
    /// The tables of the query that is being made, by their aliases.
    tables: Vec<(String, &'m Subject)>,
    next_alias: usize,
}

impl<'m> Maker<'m> {
    fn once_in(&mut self, n: u8) -> bool {
        self.rng.u8(..n) == 0
    }

    fn alias(&mut self) -> String {
        self.next_alias += 1;
        format!("t{}", self.next_alias)
    }

    fn subject(&mut self) -> &'m Subject {
        // Of those that go around most often, some more.
        const OFTEN: [&str; 4] = [
            "confluence_pages",
            "confluence_spaces",
            "confluence_blogposts",
            "confluence_page_labels",
        ];
        if self.once_in(3) {
            let name = *pick(self.rng, &OFTEN);
            if let Some(subject) = self
                .subjects
                .iter()
                .find(|subject| subject.table.name == name)
            {
                return subject;
            }
        }
        pick(self.rng, self.subjects)
    }

    /// A value in the query, or the parameter that stands for it.
    fn put(&mut self, value: String) -> String {
        match &mut self.parameters {
            Some(parameters) if parameters.len() < 12 => {
                parameters.push(value);
                format!("${}", parameters.len())
            }
            _ => value,
        }
    }

    fn value(&mut self, column: &Column) -> String {
        let value = column.value(self.rng);
        self.put(value)
    }

    /// One to four tables, joined by ids of one kind.
    fn from(&mut self) -> Vec<From> {
        let first = self.subject();
        let alias = self.alias();
        let mut from = vec![From {
            join: "",
            item: format!("{} AS {alias}", first.table.name),
            on: Vec::new(),
        }];
        self.tables.push((alias, first));
        let joins = *pick(self.rng, &[0, 0, 1, 1, 1, 2, 2, 3]);
        for _ in 0..joins {
            if let Some(joined) = self.joined() {
                // What is joined on no condition but this can be joined on both sides.
                from.push(joined);
            }
        }
        from
    }

    /// A pair of columns by which another table can be joined to one that is there.
    fn pair(&mut self) -> Option<(String, &'m Subject, &'m Column)> {
        for _ in 0..20 {
            let (alias, subject) = pick(self.rng, &self.tables).clone();
            let own: Vec<&Column> = subject.ids().collect();
            if own.is_empty() {
                continue;
            }
            let own = *pick(self.rng, &own);
            let other = self.subject();
            let theirs: Vec<&Column> = other
                .ids()
                .filter(|column| own.can_be_joined_to(column))
                .collect();
            if !theirs.is_empty() {
                let theirs = *pick(self.rng, &theirs);
                return Some((format!("{alias}.{}", own.name), other, theirs));
            }
        }
        None
    }

    fn joined(&mut self) -> Option<From> {
        if self.once_in(8) {
            return self.joined_values();
        }
        let (own, other, theirs) = self.pair()?;
        let alias = self.alias();
        let equal = match self.rng.bool() {
            true => format!("{own} = {alias}.{}", theirs.name),
            false => format!("{alias}.{} = {own}", theirs.name),
        };
        if self.once_in(8) {
            // A part of the other table for each row.
            let columns: Vec<String> = other
                .columns
                .iter()
                .map(|column| column.name.to_owned())
                .collect();
            let columns = columns.join(", ");
            let limit = match self.rng.bool() {
                true => format!(
                    " ORDER BY {} LIMIT {}",
                    positions(other.columns.len()),
                    self.rng.u8(1..5)
                ),
                false => String::new(),
            };
            let (join, on) = match self.rng.bool() {
                true => ("CROSS JOIN LATERAL", Vec::new()),
                false => ("LEFT JOIN LATERAL", vec!["true".to_owned()]),
            };
            let inner = format!("x{alias}");
            let item = format!(
                "(SELECT {columns} FROM {} AS {inner} WHERE {inner}.{} = {own}{limit}) AS {alias}",
                other.table.name, theirs.name
            );
            self.tables.push((alias, other));
            return Some(From { join, item, on });
        }
        let join = *pick(
            self.rng,
            &[
                "JOIN",
                "JOIN",
                "JOIN",
                "LEFT JOIN",
                "LEFT JOIN",
                "RIGHT JOIN",
                "FULL JOIN",
            ],
        );
        let mut on = vec![equal];
        let item = format!("{} AS {alias}", other.table.name);
        if join != "FULL JOIN" && self.once_in(4) {
            let condition = self.condition(&alias, other);
            on.push(condition);
        }
        self.tables.push((alias, other));
        Some(From { join, item, on })
    }

    /// Values that are joined by.
    fn joined_values(&mut self) -> Option<From> {
        let (alias, subject) = pick(self.rng, &self.tables).clone();
        let ids: Vec<&Column> = subject.ids().collect();
        if ids.is_empty() {
            return None;
        }
        let column = *pick(self.rng, &ids);
        let rows: Vec<String> = (0..self.rng.usize(1..9))
            .map(|_| match self.once_in(10) {
                true => format!("(NULL::{})", column.sql_type()),
                false => format!("({}::{})", column.value(self.rng), column.sql_type()),
            })
            .collect();
        let name = self.alias();
        let join = *pick(self.rng, &["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN"]);
        Some(From {
            join,
            item: format!("(VALUES {}) AS {name} (v)", rows.join(", ")),
            on: vec![format!("{alias}.{} = {name}.v", column.name)],
        })
    }

    fn conditions(&mut self) -> Vec<String> {
        let count = *pick(self.rng, &[0, 0, 1, 1, 1, 2, 3]);
        (0..count)
            .map(|_| match self.rng.u8(..8) {
                0 => self.subquery_condition(),
                1 => {
                    let (one, other) = (self.some_condition(), self.some_condition());
                    format!("({one} OR {other})")
                }
                2 => format!("NOT ({})", self.some_condition()),
                _ => self.some_condition(),
            })
            .collect()
    }

    fn some_condition(&mut self) -> String {
        let (alias, subject) = pick(self.rng, &self.tables).clone();
        self.condition(&alias, subject)
    }

    /// A condition on a column of a table.
    fn condition(&mut self, alias: &str, subject: &'m Subject) -> String {
        let column = subject.column(self.rng);
        let own = format!("{alias}.{}", column.name);
        if column.is_document() {
            return match self.rng.u8(..3) {
                0 => format!("{own} IS NULL"),
                1 => format!("{own} IS NOT NULL"),
                _ => format!("jsonb_typeof({own}) = 'object'"),
            };
        }
        let list = |maker: &mut Self, most: usize| {
            let values: Vec<String> = (0..maker.rng.usize(1..most))
                .map(|_| maker.value(column))
                .collect();
            values.join(", ")
        };
        match self.rng.u8(..20) {
            0..=3 => format!("{own} = {}", self.value(column)),
            4 => format!("{} = {own}", self.value(column)),
            5 => format!("{own} <> {}", self.value(column)),
            6 => format!("{own} IN ({})", list(self, 9)),
            7 => format!("{own} NOT IN ({})", list(self, 4)),
            8 => {
                let values: Vec<String> = (0..self.rng.usize(..6))
                    .map(|_| match self.once_in(8) {
                        true => "NULL".to_owned(),
                        false => column.value(self.rng),
                    })
                    .collect();
                let op = *pick(self.rng, &["= ANY", "= ANY", "<> ALL"]);
                format!(
                    "{own} {op} (ARRAY[{}]::{}[])",
                    values.join(", "),
                    column.sql_type()
                )
            }
            9 => format!(
                "{own} BETWEEN {} AND {}",
                self.value(column),
                self.value(column)
            ),
            10 => {
                let op = *pick(self.rng, &["<", "<=", ">", ">="]);
                format!("{own} {op} {}", self.value(column))
            }
            11 => format!("{own} IS NULL"),
            12 => format!("{own} IS NOT NULL"),
            13 if column.is_text() => {
                let op = *pick(self.rng, &["LIKE", "ILIKE", "NOT LIKE"]);
                let pattern = *pick(self.rng, &["'%a%'", "'A%'", "'%'", "''", "'_e%'", "'%é%'"]);
                format!("{own} {op} {pattern}")
            }
            14 if column.is_text() => format!("{own} || '' = {}", column.value(self.rng)),
            14 if column.is_number() => format!("{own} + 0 = {}", column.value(self.rng)),
            15 => format!("{own} IS DISTINCT FROM {}", self.value(column)),
            16..=18 => self.written_otherwise(&own, column),
            _ if self.once_in(6) => format!("{own} = NULL"),
            _ => format!("{own} >= {}", self.value(column)),
        }
    }

    /// A condition that says by another expression what a comparison of the column would say.
    fn written_otherwise(&mut self, own: &str, column: &Column) -> String {
        let is_time = column.sql_type() == "timestamptz";
        match self.rng.u8(..10) {
            0 | 1 => format!(
                "({own} = {} OR {own} = {})",
                self.value(column),
                self.value(column)
            ),
            2 => format!(
                "{own} BETWEEN SYMMETRIC {} AND {}",
                self.value(column),
                self.value(column)
            ),
            3 => format!("{own} IS NOT DISTINCT FROM {}", self.value(column)),
            4 => format!("({own} = {}) IS TRUE", self.value(column)),
            5 => {
                let other = column.value(self.rng);
                let op = *pick(self.rng, &["=", "=", "<", ">="]);
                let form = *pick(self.rng, &["COALESCE", "NULLIF"]);
                format!("{form}({own}, {other}) {op} {}", self.value(column))
            }
            _ if is_time => {
                let forms = [
                    format!("date_trunc('month', {own})"),
                    format!("date_trunc('week', {own})"),
                    format!("date_trunc('hour', {own})"),
                    format!("date_trunc('day', {own}, 'America/New_York')"),
                    format!("date_trunc('year', {own} AT TIME ZONE 'Asia/Kathmandu')"),
                    format!("{own}::date"),
                    format!("{own}::timestamp"),
                ];
                let form = pick(self.rng, &forms).clone();
                let op = *pick(self.rng, &["=", "<", "<=", ">", ">="]);
                match self.rng.u8(..4) {
                    0 => format!("extract(year FROM {own}) {op} {}", self.rng.u16(2018..2028)),
                    1 => {
                        let value = format!("({}::timestamptz)", column.value(self.rng));
                        format!("{form} {op} {}", form.replace(own, &value))
                    }
                    _ => format!("{form} {op} {}", self.value(column)),
                }
            }
            _ if column.is_number() => match self.rng.bool() {
                true => format!("{own}::text = {}", self.value(column)),
                false => format!("{own} = {}::numeric", self.value(column)),
            },
            _ => format!("{own} LIKE {}", column.value(self.rng)),
        }
    }

    /// A condition on what another table has.
    fn subquery_condition(&mut self) -> String {
        let Some((own, other, theirs)) = self.pair() else {
            return "true".to_owned();
        };
        let alias = self.alias();
        let (table, id) = (other.table.name, theirs.name);
        let more = match self.once_in(2) {
            true => format!(" AND {}", self.condition(&alias, other)),
            false => String::new(),
        };
        match self.rng.u8(..7) {
            0 | 1 => {
                format!("EXISTS (SELECT FROM {table} AS {alias} WHERE {alias}.{id} = {own}{more})")
            }
            2 | 3 => format!(
                "NOT EXISTS (SELECT FROM {table} AS {alias} WHERE {alias}.{id} = {own}{more})"
            ),
            4 => format!("{own} IN (SELECT {alias}.{id} FROM {table} AS {alias} WHERE true{more})"),
            5 => format!(
                "{own} NOT IN (SELECT {alias}.{id} FROM {table} AS {alias} WHERE {alias}.{id} IS NOT NULL{more})"
            ),
            _ => format!(
                "{own} = ANY (ARRAY(SELECT {alias}.{id} FROM {table} AS {alias} WHERE true{more}))"
            ),
        }
    }

    fn a_column(&mut self) -> (String, &'m Column) {
        let (alias, subject) = pick(self.rng, &self.tables).clone();
        let column = subject.column(self.rng);
        (format!("{alias}.{}", column.name), column)
    }

    /// A value from another table, for each row.
    fn scalar(&mut self) -> Option<String> {
        let (own, other, theirs) = self.pair()?;
        let alias = self.alias();
        let column = other.column(self.rng);
        let what = match self.rng.u8(..3) {
            0 => "count(*)".to_owned(),
            _ if column.is_document() || column.sql_type() == "boolean" => {
                format!("count({alias}.{})", column.name)
            }
            1 => format!("min({alias}.{})", column.name),
            _ => format!("max({alias}.{})", column.name),
        };
        Some(format!(
            "(SELECT {what} FROM {} AS {alias} WHERE {alias}.{} = {own})",
            other.table.name, theirs.name
        ))
    }

    fn plain(&mut self) -> Select {
        let from = self.from();
        let conditions = self.conditions();
        let mut items: Vec<String> = (0..self.rng.usize(1..5))
            .map(|_| self.a_column().0)
            .collect();
        if self.once_in(6) {
            items.extend(self.scalar());
        }
        if from.len() > 1 && self.once_in(3) {
            // In the order of its first side, a join can give its rows.
            let (alias, subject) = self.tables[0].clone();
            if let Some(column) = pick_some(self.rng, &subject.sorted()) {
                items.insert(0, format!("{alias}.{}", column.name));
            }
        }
        let distinct = if self.once_in(6) { "DISTINCT " } else { "" };
        Select {
            distinct: distinct.to_owned(),
            items,
            from,
            conditions,
            ..Select::default()
        }
    }

    fn grouped(&mut self) -> Select {
        let from = self.from();
        let conditions = self.conditions();
        let group: Vec<String> = (0..self.rng.usize(..3))
            .map(|_| self.a_column().0)
            .collect();
        let mut items = group.clone();
        let mut having = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            let (own, column) = self.a_column();
            let item = match self.rng.u8(..5) {
                0 => format!("count(DISTINCT {own})"),
                1 if column.is_number() => format!("sum({own})"),
                2 if column.is_text() => format!("md5(string_agg({own}, ',' ORDER BY {own}))"),
                3 if !column.is_document() && column.sql_type() != "boolean" => {
                    format!("max({own})")
                }
                4 if !column.is_document() && column.sql_type() != "boolean" => {
                    format!("min({own})")
                }
                _ => "count(*)".to_owned(),
            };
            items.push(item);
        }
        if self.once_in(4) {
            having.push(format!("count(*) > {}", self.rng.u8(..4)));
        }
        Select {
            items,
            from,
            conditions,
            group,
            having,
            ..Select::default()
        }
    }

    fn windowed(&mut self) -> Select {
        let mut select = self.plain();
        let ((part, _), (by, column)) = (self.a_column(), self.a_column());
        let window = match self.rng.u8(..4) {
            0 => format!("count(*) OVER (PARTITION BY {part})"),
            1 => format!("rank() OVER (PARTITION BY {part} ORDER BY {by})"),
            2 => format!("dense_rank() OVER (ORDER BY {by} DESC)"),
            _ if column.is_document() || column.sql_type() == "boolean" => {
                format!("count({by}) OVER (PARTITION BY {part})")
            }
            _ => format!("min({by}) OVER (PARTITION BY {part})"),
        };
        select.items.push(window);
        select
    }

    /// Two queries of the same kinds of columns.
    fn same_columns(&mut self) -> (Select, Select) {
        let one = self.ids_of_a_table();
        let tables = std::mem::take(&mut self.tables);
        let parameters = self.parameters.as_ref().map_or(0, Vec::len);
        let mut other = self.ids_of_a_table();
        for _ in 0..20 {
            if other.1 == one.1 {
                break;
            }
            self.tables.clear();
            if let Some(made) = &mut self.parameters {
                made.truncate(parameters);
            }
            other = self.ids_of_a_table();
        }
        self.tables = tables;
        if other.1 != one.1 {
            other.0.items = vec!["NULL".to_owned()];
        }
        (one.0, other.0)
    }

    fn ids_of_a_table(&mut self) -> (Select, &'static str) {
        let subject = loop {
            let subject = self.subject();
            if subject.ids().next().is_some() {
                break subject;
            }
        };
        let alias = self.alias();
        self.tables.push((alias.clone(), subject));
        let ids: Vec<&Column> = subject.ids().collect();
        let column = *pick(self.rng, &ids);
        let select = Select {
            items: vec![format!("{alias}.{}", column.name)],
            from: vec![From {
                join: "",
                item: format!("{} AS {alias}", subject.table.name),
                on: Vec::new(),
            }],
            conditions: self.conditions(),
            ..Select::default()
        };
        (select, column.sql_type())
    }
}

fn pick_some<'a, T>(rng: &mut Rng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| pick(rng, from))
}

fn positions(count: usize) -> String {
    let positions: Vec<String> = (1..=count).map(|position| position.to_string()).collect();
    positions.join(", ")
}
