//! The stand-in, asked through a real HTTP client.

mod access;
mod administration;
mod belongings;
mod client;
mod comments;
mod consent;
mod content_search;
mod credentials;
mod every_listing;
mod faults;
mod gateway;
mod labels;
mod listings;
mod offset;
mod organisation;
mod parameters;
#[path = "../patterns.rs"]
mod patterns;
mod permission_check;
mod permitted;
mod program;
mod restrictions;
mod roles;
mod runtime;
mod search;
mod shapes;
mod tree;
mod users;
mod versions;
