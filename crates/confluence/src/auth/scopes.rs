//! Scopes: what a token has to be allowed to do.

use crate::schema::Table;
use crate::tables;

/// The scope for the question who is asking, which comes before the first rows.
pub const IDENTITY: &str = "read:confluence-user";

/// The scope that asks for a refresh token. It opens nothing.
pub const OFFLINE: &str = "offline_access";

/// A scope, and the tables that cannot be read without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The scope.
    pub scope: &'static str,
    /// The tables' names, in the order of an import. None for [`IDENTITY`] alone.
    pub tables: Vec<&'static str>,
}

/// The scopes that one table needs, each once: for its rows, on every way to them that it cannot do without, and for the
/// columns that an import declares.
fn scopes_of(table: &Table) -> impl Iterator<Item = &'static str> {
    let endpoints = table.endpoints.iter();
    let endpoints = endpoints.filter(|endpoint| !endpoint.is_dispensable());
    let endpoints = endpoints.map(|endpoint| endpoint.scope);
    let imported = table.columns.iter().filter(|column| !column.optional);
    let parts = imported.filter_map(|column| Some(column.part?.scope));
    let mut scopes: Vec<&str> = Vec::new();
    for scope in endpoints.chain(parts).flat_map(str::split_whitespace) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes.into_iter()
}

/// Every scope that is needed, each once: the tables', in the order of an import, and at last [`IDENTITY`].
pub fn needed() -> Vec<Needed> {
    let mut needed: Vec<Needed> = Vec::new();
    for table in tables::ALL {
        for scope in scopes_of(table) {
            match needed.iter_mut().find(|known| known.scope == scope) {
                Some(known) => known.tables.push(table.name),
                None => needed.push(Needed {
                    scope,
                    tables: vec![table.name],
                }),
            }
        }
    }
    if needed.iter().all(|known| known.scope != IDENTITY) {
        needed.push(Needed {
            scope: IDENTITY,
            tables: Vec::new(),
        });
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_named_once_for_each_of_its_scopes() {
        let needed = needed();
        for table in tables::ALL {
            for scope in scopes_of(table) {
                let named = needed.iter().filter(|known| known.scope == scope);
                let named: Vec<_> = named.flat_map(|known| &known.tables).collect();
                let times = named.iter().filter(|name| ***name == table.name).count();
                assert_eq!(times, 1, "{} {scope}", table.name);
            }
        }
        assert!(needed.iter().any(|known| known.scope == IDENTITY));
    }
}
