//! Mirrors: copies of a site in schemas of their owners', with history.
//!
//! `table` says what is kept of each table, `ddl` and `objects` make it, `create` brings both together, and `form` tells which
//! version has; `refresh` runs the `steps`, `read` says what each reads, in which pieces (`piece`), `publish` makes history of
//! it, `run` tells of it. What a mirror answers is SQL under `sql/mirror`.

mod asking;
mod create;
mod ddl;
mod form;
mod live;
mod lock;
mod objects;
mod piece;
mod place;
mod publish;
mod read;
mod refresh;
mod run;
mod settings;
mod steps;
mod table;

pub(crate) use asking::{hold_to_erase, live_tables};
pub(crate) use create::create;
pub(crate) use read::Mode;
pub(crate) use refresh::{RefreshRequest, refresh};
