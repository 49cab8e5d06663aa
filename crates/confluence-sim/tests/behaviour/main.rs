//! The stand-in, asked through a real HTTP client.

mod client;
mod consent;
mod credentials;
mod faults;
mod gateway;
mod listings;
mod organisation;
mod parameters;
mod program;
mod runtime;
mod shapes;
