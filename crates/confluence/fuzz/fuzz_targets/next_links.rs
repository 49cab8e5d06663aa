//! Whatever a next link says, it leads on in the same listing of the same host, or is refused: `make fuzz TARGETS=next_links`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| confluence::fuzzing::next_links(data));
