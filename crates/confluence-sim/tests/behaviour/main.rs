//! The stand-in, asked through a real HTTP client.

mod administration;
mod attachments;
mod blogposts;
mod client;
mod comments;
mod credentials;
mod custom_content;
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
mod tasks;
mod tree;
mod versions;
