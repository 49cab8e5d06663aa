//! Reads the user CSV.
#![forbid(unsafe_code)]
