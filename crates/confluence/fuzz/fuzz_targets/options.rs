//! Whatever somebody writes as an option, it is refused or can be used: `make fuzz TARGETS=options`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::options(data));
