//! A stand-in for Confluence Cloud.
#![forbid(unsafe_code)]
