//! Whatever headers say of limits and pauses, nobody waits for long on the strength of a hint: `make fuzz TARGETS=limits`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::limits(data));
