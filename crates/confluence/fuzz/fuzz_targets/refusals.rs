//! Whatever a site, a gateway or a proxy says when it refuses, it has a meaning that can be told: `make fuzz TARGETS=refusals`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::refusals(data));
