//! `completions` and `man`: what shells and manual readers are given.

use crate::run::run;
use std::path::Path;

#[test]
fn completions_know_the_verbs() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(Path::new("/"), &["completions", shell]).expect(0).stdout;
        assert!(script.contains("validate"), "{shell}");
    }
    let unknown = run(Path::new("/"), &["completions", "bahs"]).expect(2).stderr;
    assert!(unknown.contains("possible values: bash"), "{unknown}");
}

#[test]
fn a_manual_page_is_printed_or_all_are_written() {
    let page = run(Path::new("/"), &["man", "tenant", "add"]).expect(0).stdout;
    assert!(page.contains(".TH portalctl-tenant-add 1") && page.contains(".SH OPTIONS"), "{page}");
    let unknown = run(Path::new("/"), &["man", "tennant"]).expect(2).stderr;
    assert!(unknown.contains("did you mean `tenant`?"), "{unknown}");

    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["man", "--out", "man1"]).expect(0);
    let written = std::fs::read_to_string(folder.path().join("man1/portalctl-validate.1")).unwrap();
    assert!(written.contains("portalctl"), "{written}");
}
