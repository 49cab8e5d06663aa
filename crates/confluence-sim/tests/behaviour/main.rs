//! The stand-in, asked through a real HTTP client.

mod attachments;
mod client;
mod comments;
mod credentials;
mod custom_content;
mod faults;
mod fixture;
mod gateway;
mod listings;
mod organisation;
mod parameters;
mod program;
mod runtime;
mod shapes;
mod tasks;
