//! Any bytes as the files of a project, through the model to every check that needs no database.
#![no_main]

#[path = "../../tests/reading/entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    entries::checking(entries::files(bytes));
});
