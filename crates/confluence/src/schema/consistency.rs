//! Consistency of declarations: tables name columns, of their own and of others. Each name is looked up when the code is
//! compiled, so that one that is misspelt does not compile.

use super::endpoint::{names, sets};
use super::{
    Column, ColumnId, Deeper, Endpoint, Filter, Filters, Kind, Paging, Proof, Source, Split, Table,
    Unreadable,
};

/// Does something for each element of a slice, in a function that the compiler evaluates.
macro_rules! each {
    ($element:ident in $slice:expr => $action:expr) => {
        let (slice, mut at) = ($slice, 0);
        while at < slice.len() {
            let $element = &slice[at];
            $action;
            at += 1;
        }
    };
}

impl Table {
    /// The place of a column that a declaration names. It is there, as [`Table::check`] has seen; where there is none of that
    /// name, this panics.
    pub const fn id(&self, name: &'static str) -> ColumnId {
        let mut place = 0;
        while place < self.columns.len() {
            if equal(self.columns[place].name, name) {
                return ColumnId::new(place);
            }
            place += 1;
        }
        fail(&[self.name, " has no column ", name])
    }

    /// Panics unless the declaration holds together: every column that it names is there, and is what it is named for.
    /// Called for each table when the code is compiled, so that one that does not hold together does not compile:
    ///
    /// ```
    /// use confluence::schema::{Column, Endpoint, Table};
    ///
    /// static TABLE: Table = Table {
    ///     name: "confluence_likes",
    ///     comment: "Who likes what.",
    ///     key: &["page_id", "account_id"],
    ///     columns: &[
    ///         Column::bigint("page_id", "", "Page.").required(),
    ///         Column::text("account_id", "accountId", "Who likes it.").required(),
    ///     ],
    ///     endpoints: &[Endpoint::by("getPageLikeUsers", "/wiki/api/v2/pages/{page_id}/likes/users", "")],
    ///     population: None,
    ///     rows: 1.0,
    /// };
    /// const _: () = TABLE.check();
    /// ```
    ///
    /// With one letter less in the path it does not:
    ///
    /// ```compile_fail,E0080
    /// use confluence::schema::{Column, Endpoint, Table};
    ///
    /// static TABLE: Table = Table {
    ///     name: "confluence_likes",
    ///     comment: "Who likes what.",
    ///     key: &["page_id", "account_id"],
    ///     columns: &[
    ///         Column::bigint("page_id", "", "Page.").required(),
    ///         Column::text("account_id", "accountId", "Who likes it.").required(),
    ///     ],
    ///     endpoints: &[Endpoint::by("getPageLikeUsers", "/wiki/api/v2/pages/{pag_id}/likes/users", "")],
    ///     population: None,
    ///     rows: 1.0,
    /// };
    /// const _: () = TABLE.check();
    /// ```
    pub const fn check(&self) {
        if self.columns.is_empty() || self.endpoints.is_empty() {
            fail(&[self.name, " has no column, or no endpoint"]);
        }
        each!(key in self.key => {
            let column = self.relied_on(key);
            self.claim(column.required, key, "a column of the key is required");
        });
        if let Some((name, values)) = self.population {
            each!(value in values => self.check_value(name, value));
        }
        let mut place = 0;
        while place < self.columns.len() {
            let column = &self.columns[place];
            let is_first = self.id(column.name).index() == place;
            self.claim(is_first, column.name, "no other column has its name");
            self.check_column(column);
            place += 1;
        }
        each!(endpoint in self.endpoints => self.check_endpoint(endpoint));
    }

    const fn check_column(&self, column: &'static Column) {
        let (name, is_asked) = (
            column.name,
            column.filter.is_some() || column.sort.is_some(),
        );
        self.claim(!column.comment.is_empty(), name, "it has a comment");
        self.claim(
            !equal(name, "site"),
            name,
            "a table option gives a column of that name its value",
        );
        self.claim(
            !column.informative || !column.required && !is_asked,
            name,
            "what is required or asked for is not left out where it cannot be read",
        );
        if column.window.is_some() {
            self.claim(matches!(column.kind, Kind::Timestamp), name, "it is a time");
        }
        each!(endpoint in self.endpoints => {
            let is_told = endpoint.needs(name)
                || endpoint.tells(name)
                || names(endpoint.lacks, name)
                || endpoint.proof.is_some() && self.endpoints[0].tells(name);
            self.claim(is_told || !endpoint.place_of(column).is_empty(), name, "it has a place in every answer");
        });
        if let Some(filter) = column.filter {
            let is_word = matches!(column.kind, Kind::Bigint) || !filter.choices.is_empty();
            self.claim(
                filter.field.is_none() || is_word,
                name,
                "what stands in a query needs no quotes",
            );
        }
        if let Some(part) = column.part {
            let mut needed = part.needed();
            while let Some((name, further)) = needed.split_first() {
                self.relied_on(name);
                needed = further;
            }
        }
    }

    const fn check_endpoint(&self, endpoint: &'static Endpoint) {
        let mut in_path = endpoint.in_path();
        while let Some((needed, further)) = in_path.split_first() {
            self.check_needed(endpoint, needed);
            in_path = further;
        }
        each!(needed in endpoint.requires => {
            self.check_needed(endpoint, needed);
            self.filter_of(needed);
        });
        each!(source in endpoint.sources => self.check_source(source));
        // A listing by offset is held at the latest time in such a column.
        if matches!(endpoint.paging, Paging::Offset) && endpoint.windows {
            each!(column in self.columns => if column.window.is_some() {
                self.relied_on(column.name);
            });
        }
        if let Filters::Only(columns) = endpoint.filters {
            each!(taken in columns => self.filter_of(taken));
        }
        each!(param in endpoint.params => {
            self.claim(is_encoded(param.1), param.0, "a parameter is written as it is sent");
        });
        each!(lacked in endpoint.lacks => {
            self.claim(!self.named(lacked).required, lacked, "what an endpoint lacks is not required");
            self.claim(
                endpoint.shortcut.is_none() || !self.endpoints[0].needs(lacked),
                lacked,
                "a shortcut lists the objects that are read one by one",
            );
        });
        each!(rows_at in endpoint.rows_at => self.check_set(rows_at.sets));
        match endpoint.unreadable {
            Unreadable::Row { sets, said } => {
                self.check_set(sets);
                self.check_kind(said, Kind::Text);
            }
            // A list that is cut into several requests would end with the first of them that finds nothing.
            Unreadable::Nothing => {
                each!(column in self.columns => {
                    let takes_list = match column.filter {
                        Some(filter) => filter.max > 1 && (endpoint.takes(column) || names(endpoint.requires, column.name)),
                        None => false,
                    };
                    self.claim(!takes_list, column.name, "an endpoint that may have nothing takes no list");
                });
            }
            Unreadable::Absent => {}
        }
        each!(place in endpoint.places => {
            self.named(place.0);
        });
        if let Some(withheld) = &endpoint.withheld {
            self.check_set(withheld.sets);
            self.check_kind(withheld.said, Kind::Text);
        }
        if let Some(proof) = &endpoint.proof {
            self.check_proof(endpoint, proof);
        }
        if let Some(deeper) = &endpoint.deeper {
            self.check_deeper(deeper);
        }
        if let Some(split) = &endpoint.split {
            self.check_split(split);
        }
        if let Some(order) = endpoint.ends {
            self.claim(
                self.relied_on(order).sort.is_some() && endpoint.sorts,
                order,
                "what a listing is read from both ends by is an order of it",
            );
            self.check_kind(order, Kind::Timestamp);
        }
        if let Some(search) = &endpoint.search
            && let Some((name, value)) = search.misses
        {
            self.filter_of(name);
            self.check_value(name, value);
        }
        each!(source in endpoint.hangs_on => {
            self.check_source(source);
            each!(columns in source.columns => {
                self.claim(self.filter_of(columns.0).max > 1, columns.0, "its filter takes a list");
            });
        });
    }

    /// A column without whose values an endpoint cannot be asked. Each source gives them.
    const fn check_needed(&self, endpoint: &'static Endpoint, needed: &'static str) {
        self.relied_on(needed);
        each!(source in endpoint.sources => {
            self.claim(sets(source.columns, needed), needed, "every source gives what is needed");
        });
    }

    const fn check_source(&self, source: &'static Source) {
        each!(columns in source.columns => {
            let (own, theirs) = (self.relied_on(columns.0), source.table.relied_on(columns.1));
            self.claim(own.kind as u8 == theirs.kind as u8, own.name, "a source gives values of its kind");
        });
        if let Some((name, value)) = source.only {
            source.table.check_value(name, value);
        }
        if let Some(name) = source.counted {
            source.table.check_kind(name, Kind::Integer);
        }
    }

    /// Columns whose values are set as texts.
    const fn check_set(&self, columns: &'static [(&'static str, &'static str)]) {
        each!(column in columns => self.check_kind(column.0, Kind::Text));
    }

    /// What does not come is read by the table's own endpoint, which has to be able to.
    const fn check_proof(&self, endpoint: &'static Endpoint, proof: &'static Proof) {
        let object = proof.object;
        let is_list = names(endpoint.requires, object) && self.filter_of(object).max > 1;
        self.claim(
            is_list,
            object,
            "an endpoint that is proved requires a list of it",
        );
        self.claim(
            self.endpoints[0].proof.is_none() && self.endpoints[0].needs(object),
            object,
            "the table's own endpoint reads one by one",
        );
    }

    const fn check_deeper(&self, deeper: &'static Deeper) {
        self.relied_on(deeper.id);
        if let Some(name) = deeper.kind {
            self.check_kind(name, Kind::Text);
        }
        if let Some((name, _)) = deeper.at_depth {
            self.check_kind(name, Kind::Integer);
        }
    }

    const fn check_split(&self, split: &'static Split) {
        let is_given = sets(split.source.columns, split.column);
        self.claim(
            self.filter_of(split.column).max > 1,
            split.column,
            "its filter takes a list",
        );
        self.claim(is_given, split.column, "the source of a split gives it");
        self.claim(
            self.relied_on(split.order).sort.is_some(),
            split.order,
            "the listing is ordered by it",
        );
        self.check_source(&split.source);
        split.source.table.check_kind(split.name, Kind::Text);
    }

    /// A column of that name.
    const fn named(&self, name: &'static str) -> &'static Column {
        &self.columns[self.id(name).index()]
    }

    /// A column that a read relies on, for rows, for the way to them, or for rows below them.
    const fn relied_on(&self, name: &'static str) -> &'static Column {
        let column = self.named(name);
        self.claim(
            !column.informative,
            name,
            "it is relied on, so it is not left out where it cannot be read",
        );
        column
    }

    const fn check_kind(&self, name: &'static str, kind: Kind) {
        let is_so = match kind {
            Kind::Text => "it is a text",
            Kind::Integer => "it is an integer",
            _ => "it is of that kind",
        };
        self.claim(self.relied_on(name).kind as u8 == kind as u8, name, is_so);
    }

    /// A value that is asked for, or looked for, in a column.
    const fn check_value(&self, name: &'static str, value: &str) {
        self.check_kind(name, Kind::Text);
        if let Some(filter) = self.named(name).filter {
            let is_taken = filter.choices.is_empty() || names(filter.choices, value);
            self.claim(is_taken, name, "its filter takes the value");
        }
    }

    const fn filter_of(&self, name: &'static str) -> Filter {
        match self.relied_on(name).filter {
            Some(filter) => filter,
            None => fail(&[self.name, ".", name, ": expected that it has a filter"]),
        }
    }

    const fn claim(&self, holds: bool, name: &str, what: &str) {
        if !holds {
            fail(&[self.name, ".", name, ": expected that ", what]);
        }
    }
}

/// Whether a text can stand in an address as it is.
const fn is_encoded(text: &str) -> bool {
    let text = text.as_bytes();
    let mut at = 0;
    while at < text.len() && text[at].is_ascii_graphic() && !matches!(text[at], b'&' | b'#' | b'"')
    {
        at += 1;
    }
    at == text.len()
}

/// Whether two texts are equal.
pub(crate) const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Panics with a message of several pieces, also where the compiler evaluates it: there, a message is one text.
const fn fail(pieces: &[&str]) -> ! {
    let (mut message, mut length) = ([0; 300], 0);
    each!(piece in pieces => {
        each!(byte in piece.as_bytes() => if length < message.len() {
            message[length] = *byte;
            length += 1;
        });
    });
    match std::str::from_utf8(message.split_at(length).0) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("a declaration does not hold together"),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::schema::{Part, RowsAt};
    use crate::tables::spaces;

    /// A table that holds together: what is listed of a space.
    const LISTING: Endpoint = Endpoint::by("list", "/wiki/spaces/{space_id}/things", "");
    const COLUMNS: &[Column] = &[
        Column::bigint("space_id", "", "Space.")
            .required()
            .filter(Filter::list("space-id", 9))
            .sort("id"),
        Column::text("name", "name", "Name.")
            .required()
            .filter(Filter::choice("name", &["a"])),
        Column::timestamp("made_at", "madeAt", "When it was made."),
        Column::integer("depth", "depth", "Depth."),
    ];
    const LISTING_OF_ALL: Endpoint = Endpoint::list("list", "/wiki/things", "");
    const SOURCE: Source = Source::of(&spaces::TABLE, &[("space_id", "id")]);
    const DEEPER: Deeper = Deeper {
        id: "space_id",
        at_depth: None,
        kind: None,
        paths: &[],
    };
    const SPLIT: Split = Split {
        column: "space_id",
        order: "space_id",
        source: SOURCE,
        name: "key",
        searched_by: "space",
    };
    const OPERATION: Part = Part {
        operation: "one",
        path: "/wiki/{nope}",
        scope: "",
        may_be_absent: false,
    };

    const fn of(endpoints: &'static [Endpoint]) -> Table {
        Table {
            name: "things",
            comment: "Things.",
            key: &["space_id", "name"],
            columns: COLUMNS,
            endpoints,
            population: None,
            rows: 1.0,
        }
    }

    fn fault(table: Table) -> Option<String> {
        let fault = catch_unwind(move || table.check()).err()?;
        Some(*fault.downcast::<String>().expect("a message"))
    }

    macro_rules! by {
        ($endpoint:expr) => {
            fault(of(const { &[$endpoint] }))
        };
    }

    #[test]
    fn what_holds_together_is_let_through() {
        const SOURCES: &[Source] = &[SOURCE.only("name", "a")];
        assert_eq!(
            by!(LISTING.from(SOURCES).taking(&["name"]).deeper(DEEPER)),
            None
        );
    }

    #[test]
    fn no_place_that_names_a_column_takes_a_name_that_none_has() {
        const BELOW: Deeper = DEEPER;
        const CUT: Split = SPLIT;
        let faults = [
            fault(Table {
                key: &["nope"],
                ..of(&[LISTING])
            }),
            fault(Table {
                population: Some(("nope", &["a"])),
                ..of(&[LISTING])
            }),
            fault(Table {
                columns: const { &[Column::text("a", "a", "A.").part(&OPERATION)] },
                key: &[],
                ..of(&[LISTING_OF_ALL])
            }),
            by!(Endpoint::by("list", "/wiki/spaces/{space_id}/{nope}", "")),
            by!(LISTING.requiring(&["nope"])),
            by!(LISTING.from(
                const {
                    &[Source::of(
                        &spaces::TABLE,
                        &[("space_id", "id"), ("nope", "id")],
                    )]
                }
            )),
            by!(LISTING.from(const { &[Source::of(&spaces::TABLE, &[("space_id", "nope")])] })),
            by!(LISTING.from(const { &[SOURCE.only("nope", "a")] })),
            by!(LISTING.from(const { &[SOURCE.counted_by("nope")] })),
            by!(LISTING.hanging_on(const { &[Source::of(&spaces::TABLE, &[("nope", "id")])] })),
            by!(LISTING
                .hanging_on(const { &[Source::of(&spaces::TABLE, &[("space_id", "nope")])] })),
            by!(LISTING.taking(&["nope"])),
            by!(LISTING.lacking(&["nope"])),
            by!(LISTING.rows_at(const { &[RowsAt::new("rows").setting(&[("nope", "a")])] })),
            by!(LISTING.unreadable(Unreadable::Row {
                sets: &[("nope", "a")],
                said: "name"
            })),
            by!(LISTING.unreadable(Unreadable::Row {
                sets: &[],
                said: "nope"
            })),
            by!(LISTING.deeper(Deeper {
                id: "nope",
                ..BELOW
            })),
            by!(LISTING.deeper(Deeper {
                kind: Some("nope"),
                ..BELOW
            })),
            by!(LISTING.deeper(Deeper {
                at_depth: Some(("nope", 1)),
                ..BELOW
            })),
            by!(LISTING.from_both_ends("nope")),
            by!(LISTING.split(Split {
                column: "nope",
                ..CUT
            })),
            by!(LISTING.split(Split {
                order: "nope",
                ..CUT
            })),
            by!(LISTING.split(Split {
                source: Source::of(&spaces::TABLE, &[("space_id", "nope")]),
                ..CUT
            })),
            by!(LISTING.split(Split {
                name: "nope",
                ..CUT
            })),
            by!(LISTING.found_by_but("type = thing", "nope", "a")),
        ];
        for (number, fault) in faults.into_iter().enumerate() {
            let fault = fault.unwrap_or_else(|| panic!("the {number}th is let through"));
            assert!(fault.ends_with(" has no column nope"), "{number}: {fault}");
        }
    }

    #[test]
    fn columns_are_what_they_are_named_for() {
        let faults = [
            (
                fault(Table {
                    key: &["depth"],
                    ..of(&[LISTING])
                }),
                "things.depth: expected that a column of the key is required",
            ),
            (
                fault(Table {
                    key: &["made_at"],
                    ..of(&[LISTING])
                }),
                "things.made_at: expected that it is relied on, so it is not left out where it cannot be read",
            ),
            (
                by!(LISTING.taking(&["depth"])),
                "things.depth: expected that it has a filter",
            ),
            (
                by!(LISTING.lacking(&["name"])),
                "things.name: expected that what an endpoint lacks is not required",
            ),
            (
                by!(LISTING.from(const { &[Source::of(&spaces::TABLE, &[("space_id", "key")])] })),
                "things.space_id: expected that a source gives values of its kind",
            ),
            (
                by!(LISTING.from(const { &[Source::of(&spaces::TABLE, &[])] })),
                "things.space_id: expected that every source gives what is needed",
            ),
            (
                by!(LISTING.found_by_but("type = thing", "name", "b")),
                "things.name: expected that its filter takes the value",
            ),
            // A place of its own is all that it lacks.
            (
                by!(Endpoint::by("list", "/wiki/things", "")),
                "things.space_id: expected that it has a place in every answer",
            ),
        ];
        for (fault, expected) in faults {
            assert_eq!(fault.as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_table_has_columns_and_an_endpoint() {
        let expected = Some("things has no column, or no endpoint");
        assert_eq!(fault(of(&[])).as_deref(), expected);
        let without = Table {
            columns: &[],
            ..of(&[LISTING])
        };
        assert_eq!(fault(without).as_deref(), expected);
    }

    #[test]
    fn where_there_may_be_nothing_no_list_can_be_cut() {
        const MAY_BE_NOTHING: Endpoint = LISTING.unreadable(Unreadable::Nothing);
        let expected =
            "things.space_id: expected that an endpoint that may have nothing takes no list";
        assert_eq!(by!(MAY_BE_NOTHING.taking(&["name"])), None);
        assert_eq!(
            by!(MAY_BE_NOTHING.taking(&["space_id"])).as_deref(),
            Some(expected)
        );
        assert_eq!(
            by!(MAY_BE_NOTHING.requiring(&["space_id"])).as_deref(),
            Some(expected)
        );
    }
}
