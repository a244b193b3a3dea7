//! What newcomers meet: slips of those who write their first portal, each told with what is meant.

use crate::run::{Ran, run};
use std::path::Path;
use tempfile::TempDir;

const PROJECT: &str = "version: 1\nkind: project\nname: acme\n---\n";
const CASES: &str = "\
{kind: object, name: case, managed: true, tenant: account_id, fields: {subject: text, note: text}}
---
{kind: object, name: order, managed: true, tenant: account_id, fields: {number: text}}
---
";

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn validate(documents: &str) -> String {
    let folder = project(&[("portalctl.yaml", &format!("{PROJECT}{documents}"))]);
    run(folder.path(), &["validate"]).stdout
}

#[track_caller]
fn says(told: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(told.contains(wanted), "`{wanted}` is not said:\n{told}");
    }
}

fn menu(entries: &str) -> String {
    validate(&format!(
        "{CASES}kind: portal\nname: desk\nnavigation: {entries}\naudiences: {{customer: {{grants: {{case: {{read: [subject]}}}}}}}}\n"
    ))
}

#[test]
fn an_entry_of_the_menu_that_leads_nobody_anywhere_is_an_error() {
    assert_eq!(menu("[home, case, {page: about, title: About}]"), "no findings\n");
    assert_eq!(menu("[cases]"), "no findings\n", "an object is meant by the name of its page, too");
    says(&menu("[home, casess]"), &["error[unknown-name]", "`casess`", "did you mean `case`?"]);
    let nobodys = menu("[home, case, order]");
    says(&nobodys, &["error[unfit-navigation]: nobody of `desk` sees anything of `order`", "grant `order`"]);
    says(&menu("[home, case, cases]"), &["error[unfit-navigation]: the menu leads there twice", "here already"]);
    says(&menu("[home, case, home]"), &["the menu leads there twice"]);
    // What is wrong with a grant is said once.
    let grant =
        "kind: portal\nname: desk\nnavigation: [case]\naudiences: {customer: {grants: {case: {read: [subjct]}}}}\n";
    let told = validate(&format!("{CASES}{grant}"));
    assert!(told.contains("`subjct`") && !told.contains("unfit-navigation"), "{told}");
}

#[test]
fn a_duration_is_told_as_it_is_written() {
    for (written, meant) in
        [("30 days", "30d"), ("2 weeks", "14d"), ("PT30M", "30m"), ("P30D", "30d"), ("1 Hour", "1h"), ("90sec", "90s")]
    {
        let told = validate(&format!(
            "kind: portal\nname: desk\nlifecycle: {{paid_until: paid_until, grace: {written}, on_lapse: former}}\naudiences: {{former: {{}}}}\n"
        ));
        says(&told, &[&format!("help: write `{meant}`")]);
    }
}

#[test]
fn a_bracket_that_is_not_closed_is_shown_where_it_opens() {
    let told =
        validate("kind: object\nname: x\ntable: a.b\nfields: {a: text, b: {type: text, c: text\n# more\nkind: y\n");
    says(&told, &["fields: {a: text, b: {type", "this bracket is open here", "close the bracket"]);
    let told = validate("kind: object\nname: x\nfields:\n  a: {type: text,\n     label: A\n");
    assert!(told.contains("--> portalctl.yaml:8:6"), "{told}");
    // A tab is shown as wide as the line is.
    let told = validate("kind: object\nname: x\ntable: a.b\nfields:\t{a: texx}\n");
    let line = told.lines().find(|line| line.contains("fields:")).unwrap();
    let marks = told.lines().find(|line| line.contains("^^^^")).unwrap();
    assert_eq!(line.find("texx"), marks.find("^^^^"), "{told}");
}

#[test]
fn a_sign_before_a_key_is_told_where_nothing_lies_below() {
    let told = validate("kind: object\nname: x\ntable: a.b\n+fields: {a: text}\n");
    says(&told, &["no key `+fields`", "adds to what there is below, and here nothing is", "help: write `fields`"]);
}

#[test]
fn a_misspelt_audience_over_a_type_is_told() {
    let told = validate("kind: portal\nname: desk\ntype: customer\naudiences:\n  custmer: {label: Client}\n");
    says(&told, &["warning[misspelt-audience]: `custmer` is an audience of its own", "did you mean `customer`?"]);
    let told = validate("kind: portal\nname: desk\ntype: customer\naudiences:\n  customer: {label: Client}\n");
    assert_eq!(told, "no findings\n");
}

#[test]
fn a_misspelt_field_of_a_module_is_told_as_one() {
    let over = "kind: portal\nname: desk\ntype: customer\n---\nkind: object\nextends: case-management/case\n";
    let told = validate(&format!("{over}fields: {{subjct: {{class: personal}}}}\n"));
    says(&told, &["has no field `subjct`", "did you mean `subject`? a new field says its `type`", "1 error"]);
    assert_eq!(validate(&format!("{over}fields: {{subjects: {{type: integer}}}}\n")), "no findings\n");
}

/// Whoever mends the one mistake reads of one.
#[test]
fn what_a_file_that_cannot_be_read_would_explain_is_not_told() {
    let portal = "kind: portal\nname: desk\naudiences: {user: {tenant_kind: customer, grants: {case: {read: [subject]}, nowhere: {read: all}}}}\n";
    let tenants = "kind: tenant\nname: globex\ntenant_kind: customer\nkey: \"7\n";
    let case = "kind: object\nname: case\nmanaged: true\ntenant: account_id\nfields: {subject: text\n";
    let whole = format!("{PROJECT}{portal}");
    let folder = project(&[("portalctl.yaml", &whole), ("tenants.yaml", tenants), ("case.yaml", case)]);
    let told = run(folder.path(), &["validate"]).expect(1).stdout;
    assert_eq!(told.matches("error[yaml-syntax]").count(), 2, "{told}");
    assert!(told.contains("there is no object `nowhere`"), "what nothing explains is told:\n{told}");
    assert!(!told.contains("there is no object `case`") && !told.contains("no kind of tenant"), "{told}");
}

#[test]
fn who_lapses_into_more_is_told_on_which_rows() {
    let club = |former: &str| {
        validate(&format!(
            "{{kind: object, name: guide, managed: true, fields: {{title: text, state: [draft, published]}}}}\n---\n\
             kind: portal\nname: club\nlifecycle: {{paid_until: paid_until, on_lapse: former}}\n\
             navigation: [home, guide, {{page: renew, title: Come back}}]\naudiences:\n{former}"
        ))
    };
    let member = "grants: {guide: {read: {scope: public, where: {state: published}, fields: [title]}}}";
    let told = club(&format!(
        "  member: {{{member}}}\n  former:\n    grants:\n      guide: {{read: {{scope: public, where: {{state: draft}}, fields: [title]}}}}\n"
    ));
    says(&told, &["error[lapse-widens]", "where: {state: draft}", "on these rows", "`member` on no more than these"]);
    says(&told, &["with `extends: former` for all of it at once"]);
    // The ways that the page and the message name.
    assert_eq!(club(&format!("  former: {{{member}}}\n  member: {{extends: former}}\n")), "no findings\n");
    assert_eq!(club(&format!("  former: {{}}\n  member: {{{member}}}\n")), "no findings\n");
}

fn acme(args: &[&str]) -> Ran {
    run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme"), args)
}

#[test]
fn a_matrix_is_of_one_audience_or_one_object_where_that_is_asked() {
    let whole = acme(&["matrix", "--format", "csv"]).expect(0).stdout;
    let one = acme(&["matrix", "--object", "case", "--audience", "customer_user", "--format", "csv"]).expect(0).stdout;
    let lines: Vec<&str> = one.lines().skip(1).collect();
    assert!(!lines.is_empty() && lines.len() < whole.lines().count());
    assert!(lines.iter().all(|line| line.contains("customer_user") && line.contains("case")), "{one}");
    assert_eq!(
        acme(&["matrix", "--object", "case", "--as", "support/customer_user", "--format", "csv"]).expect(0).stdout,
        one
    );
    says(&acme(&["matrix", "--object", "cse"]).expect(2).stderr, &["there is no object `cse`", "did you mean `case`?"]);
    says(&acme(&["matrix", "--as", "custmer_user"]).expect(2).stderr, &["did you mean `customer_user`?"]);
}

#[test]
fn audiences_and_actions_of_the_command_line_are_told_as_they_are_written() {
    for (args, meant) in [
        (["can", "support/custmer_user", "read", "case"].as_slice(), "did you mean `support/customer_user`?"),
        (&["can", "suport/customer_user", "read", "case"], "did you mean `support/customer_user`?"),
        (&["can", "support/customer_user", "raed", "case"], "did you mean `read`?"),
        (&["who-can", "updte", "case"], "did you mean `update`?"),
        (&["who-can", "transtion:closed", "case"], "did you mean `transition:closed`?"),
        (&["who-can", "fly", "case"], "the actions are read, create"),
    ] {
        says(&acme(args).expect(2).stderr, &[meant]);
    }
}
