//! Any bytes as the files of a project.
#![no_main]

#[path = "../../tests/reading/entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::reading(bytes));
