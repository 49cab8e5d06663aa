//! Reads Confluence Cloud.
#![forbid(unsafe_code)]
