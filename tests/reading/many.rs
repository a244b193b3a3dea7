//! Projects of so many files that they are read several at a time.

use crate::{PROJECT, file, told};
use portalctl::spec::RawFile;

const FILES: usize = 300;

fn object(name: &str, number: usize) -> String {
    let fields: String = (0..number % 7 + 8).map(|at| format!("  detail_{at}: text\n")).collect();
    let slip = if number.is_multiple_of(3) { "tennant: account_id\n" } else { "" };
    format!(
        "kind: object\nname: {name}\ntable: shop.{name}\nfields:\n{fields}{slip}---\nkind: object\nnaem: {name}_more\n"
    )
}

fn project(files: &[(String, String)]) -> Vec<RawFile> {
    let written = files.iter().map(|(path, text)| file(path, text.as_str()));
    std::iter::once(file("portalctl.yaml", PROJECT)).chain(written).collect()
}

#[test]
fn each_file_says_what_it_says_alone_and_in_the_order_of_their_paths() {
    let mut files: Vec<(String, String)> =
        (0..FILES).map(|at| (format!("objects/{at:03}.yaml"), object(&format!("thing_{at}"), at))).collect();
    assert!(files.iter().map(|(_, text)| text.len()).sum::<usize>() > 32 << 10, "a thread is worth starting");
    let alone: Vec<String> = files.iter().flat_map(|one| told(project(std::slice::from_ref(one)))).collect();
    assert!(alone.len() > FILES, "{} findings", alone.len());
    files.reverse();
    for _ in 0..5 {
        assert_eq!(told(project(&files)), alone);
    }
}

#[test]
fn of_two_documents_with_one_name_the_first_by_path_keeps_it() {
    let named = |at: usize| if at == FILES - 1 { "thing_0".to_owned() } else { format!("thing_{at}") };
    let plain = |at: usize| {
        format!(
            "kind: object\nname: {}\ntable: shop.t{at}\nfields:\n{}",
            named(at),
            "  a: text\n".to_owned() + &"# filler\n".repeat(12)
        )
    };
    let files: Vec<(String, String)> = (0..FILES).map(|at| (format!("objects/{at:03}.yaml"), plain(at))).collect();
    assert_eq!(told(project(&files)), ["duplicate-name objects/299.yaml:2:7"]);
}
