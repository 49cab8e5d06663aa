//! Whatever the bytes of an answer, decoding it ends in rows or in a problem that can be told: `make fuzz TARGETS=answers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::answers(data));
