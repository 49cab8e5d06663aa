//! The maker of queries: what they are put together from, piece by piece.

use fastrand::Rng;

use super::{From, Select};
use crate::random::pick;
use crate::random_queries::schema::{Column, Subject};

/// Makes up queries.
pub(super) struct Maker<'m> {
    pub(super) rng: &'m mut Rng,
    pub(super) subjects: &'m [Subject],
    /// Values of parameters, where literals become such.
    pub(super) parameters: Option<Vec<String>>,
    /// The tables of the query that is being made, by their aliases.
    pub(super) tables: Vec<(String, &'m Subject)>,
    pub(super) next_alias: usize,
}

impl<'m> Maker<'m> {
    pub(super) fn once_in(&mut self, n: u8) -> bool {
        self.rng.u8(..n) == 0
    }

    pub(super) fn alias(&mut self) -> String {
        self.next_alias += 1;
        format!("t{}", self.next_alias)
    }

    pub(super) fn subject(&mut self) -> &'m Subject {
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
    pub(super) fn put(&mut self, value: String) -> String {
        match &mut self.parameters {
            Some(parameters) if parameters.len() < 12 => {
                parameters.push(value);
                format!("${}", parameters.len())
            }
            _ => value,
        }
    }

    pub(super) fn value(&mut self, column: &Column) -> String {
        let value = column.value(self.rng);
        self.put(value)
    }

    /// One to four tables, joined by ids of one kind.
    pub(super) fn from(&mut self) -> Vec<From> {
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
    pub(super) fn pair(&mut self) -> Option<(String, &'m Subject, &'m Column)> {
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

    pub(super) fn joined(&mut self) -> Option<From> {
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
    pub(super) fn joined_values(&mut self) -> Option<From> {
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

    pub(super) fn conditions(&mut self) -> Vec<String> {
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

    pub(super) fn some_condition(&mut self) -> String {
        let (alias, subject) = pick(self.rng, &self.tables).clone();
        self.condition(&alias, subject)
    }

    /// A condition on a column of a table.
    pub(super) fn condition(&mut self, alias: &str, subject: &'m Subject) -> String {
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
    pub(super) fn written_otherwise(&mut self, own: &str, column: &Column) -> String {
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
    pub(super) fn subquery_condition(&mut self) -> String {
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

    pub(super) fn a_column(&mut self) -> (String, &'m Column) {
        let (alias, subject) = pick(self.rng, &self.tables).clone();
        let column = subject.column(self.rng);
        (format!("{alias}.{}", column.name), column)
    }

    /// A value from another table, for each row.
    pub(super) fn scalar(&mut self) -> Option<String> {
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

    pub(super) fn plain(&mut self) -> Select {
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

    pub(super) fn grouped(&mut self) -> Select {
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

    pub(super) fn windowed(&mut self) -> Select {
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
    pub(super) fn same_columns(&mut self) -> (Select, Select) {
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

    pub(super) fn ids_of_a_table(&mut self) -> (Select, &'static str) {
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

pub(super) fn pick_some<'a, T>(rng: &mut Rng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| pick(rng, from))
}

pub(super) fn positions(count: usize) -> String {
    let positions: Vec<String> = (1..=count).map(|position| position.to_string()).collect();
    positions.join(", ")
}
