//! The stand-in, asked through a real HTTP client.

mod administration;
mod client;
mod consent;
mod credentials;
mod faults;
mod gateway;
mod listings;
mod organisation;
mod parameters;
mod program;
mod roles;
mod runtime;
mod shapes;
mod tree;
