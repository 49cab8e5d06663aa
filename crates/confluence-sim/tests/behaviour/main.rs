//! The stand-in, asked through a real HTTP client.

mod audit;
mod client;
mod credentials;
mod faults;
mod gateway;
mod groups;
mod listings;
mod offset;
mod organisation;
mod parameters;
mod program;
mod restrictions;
mod runtime;
mod search;
mod settings;
mod shapes;
mod templates;
mod users;
mod watches;
