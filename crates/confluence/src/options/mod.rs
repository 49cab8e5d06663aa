//! Options: what users can set, what its values have to be, and what follows from it. On what they are set, and by whom, is
//! known to whoever keeps them.

mod config;
mod parse;
mod spec;

pub(crate) use config::get;
pub use config::{OptionSlice, Prefer, Reading, allows_anonymous, config, expires_in};
pub use parse::parse_boolean;
pub use spec::{
    ALL, MissingOption, OptionProblem, Rule, Spec, check_account, check_site, find, named, nearest,
};
