//! The stand-in, asked through a real HTTP client.

mod administration;
mod blogposts;
mod client;
mod credentials;
mod faults;
mod gateway;
mod labels;
mod likes;
mod listings;
mod organisation;
mod parameters;
mod permitted;
mod program;
mod properties;
mod roles;
mod runtime;
mod shapes;
mod tree;
mod versions;
