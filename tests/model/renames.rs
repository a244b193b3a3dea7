//! What was called otherwise before: one thing, by one name, that nothing else has now.

use crate::project::{of_text, shown};

fn project(objects: &[(&str, &str, &str)]) -> String {
    let mut text = "version: 1\nkind: project\nname: acme\n".to_owned();
    for (name, was, fields) in objects {
        text += &format!("---\nkind: object\nname: {name}\n{was}managed: true\ntenant: account_id\nfields:\n{fields}");
    }
    text
}

/// Whose rows stand under whose grants then is for nobody to guess.
#[test]
fn a_name_that_is_somebody_elses_now_was_nobody_elses_before() {
    let plain = "  number: text\n";
    for (objects, said) in [
        (
            vec![("order", "was: purchase\n", plain), ("purchase", "was: request\n", plain)],
            "there is an object `purchase`",
        ),
        (vec![("order", "was: request\n", plain), ("purchase", "was: request\n", plain)], "was `request` before, too"),
        (
            vec![("order", "", "  salary: {was: title, type: text}\n  title: {was: salary, type: text}\n")],
            "there is a field `title`",
        ),
        (vec![("order", "", "  salary: {was: title, type: text}\n  title: text\n")], "there is a field `title`"),
        (vec![("order", "", "  a: {was: b, type: text}\n  c: {was: b, type: text}\n")], "was `b` before, too"),
    ] {
        let (_, report) = of_text(&project(&objects));
        let text = shown(&report);
        assert!(report.has_errors() && text.contains(said), "{said}: {text}");
    }
    for objects in [
        vec![("order", "was: purchase\n", "  amount: {was: sum, type: text}\n")],
        vec![("order", "", "  sum: {was: total, type: text}\n"), ("line", "", "  total: text\n")],
    ] {
        let (_, report) = of_text(&project(&objects));
        assert!(!report.has_errors(), "{}", shown(&report));
    }
}
