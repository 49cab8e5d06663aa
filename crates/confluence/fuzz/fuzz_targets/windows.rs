//! Whatever a search answers to ANALYZE, a sample of rows comes of it, or none: `make fuzz TARGETS=windows`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::windows(data));
