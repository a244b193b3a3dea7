//! Pages: which there are, where they are, and what does not fit.

use super::project::of_text;
use portalctl::model::{Navigation, Sort};
use portalctl::names::PageName;

const PROJECT: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: case
table: crm.cases
tenant: account_id
fields: {number: text, status: [new, open], note: text}
field_sets: {sheet: [number, status]}
---
kind: portal
name: support
audiences: {customer: {grants: {case: {read: sheet}}}}
";

/// `id: message` of what is wrong with a page of these lines.
fn wrong(page: &str) -> Vec<String> {
    let (_, report) = of_text(&format!("{PROJECT}---\nkind: page\nname: board\n{page}"));
    report.findings.iter().map(|finding| format!("{}: {}", finding.id, finding.message)).collect()
}

#[test]
fn a_page_has_the_fields_it_names_and_a_place_in_the_menu() {
    let text = format!(
        "{PROJECT}navigation: [home, board, about, case]\n---\nkind: page\nname: board\nportal: support\nview: board\nobject: case\n\
         columns: [note, sheet, number]\ngroup_by: status\n---\nkind: page\nname: about\nportal: support\nview: content\ntitle: About us\n"
    );
    let (model, report) = of_text(&text);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let portal = &model.unwrap().portals["support"];
    let columns: Vec<String> = portal.pages["board"].columns.iter().map(ToString::to_string).collect();
    assert_eq!(columns, ["note", "number", "status"]);
    assert_eq!(portal.pages["board"].title, "Board");
    let about = Navigation::Page { page: "about".to_owned(), title: "About us".into() };
    assert_eq!(portal.navigation[1..3], [Navigation::View(PageName::new("board")), about]);
}

#[test]
fn what_a_page_cannot_show_is_told() {
    for (page, expected) in [
        ("portal: suport\nview: list\nobject: case\n", "unknown-name: there is no portal `suport`"),
        ("view: list\nobject: case\n", "unfit-page: the page `board` is in no portal"),
        ("portal: support\nview: list\n", "unfit-page: a page with the view `list` needs `object`"),
        ("portal: support\nview: content\nobject: case\n", "unfit-page: a page of text shows no rows"),
        ("portal: support\nview: list\nobject: cases\n", "unknown-name: there is no object `cases`"),
        (
            "portal: support\nview: list\nobject: case\ncolumns: [nmber]\n",
            "unknown-name: `case` has no field and no field set `nmber`",
        ),
        ("portal: support\nview: board\nobject: case\n", "unfit-page: a board needs `group_by`"),
        (
            "portal: support\nview: board\nobject: case\ngroup_by: note\n",
            "unfit-page: a board is grouped by an enum field, which `note` is not",
        ),
        ("portal: support\nview: tree\nobject: case\ngroup_by: parent\n", "unknown-name: `case` has no field `parent`"),
    ] {
        assert_eq!(wrong(page), [expected], "{page}");
    }
}

#[test]
fn a_page_and_an_object_share_no_name() {
    let page = "kind: page\nname: case\nportal: support\nview: list\nobject: case\n";
    let (_, report) = of_text(&format!("{PROJECT}---\n{page}"));
    assert_eq!(report.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(), ["duplicate-name"]);
}

#[test]
fn a_list_is_sorted_by_a_field_that_has_an_order() {
    let sorted = |of_object: &str, of_page: &str| {
        let text = format!(
            "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: case\ntable: crm.cases\ntenant: account_id\n{of_object}\
             fields: {{number: text, at: timestamp, due: date, note: long_text}}\n---\nkind: portal\nname: support\n\
             audiences: {{customer: {{grants: {{case: {{read: [number, at, due, note]}}}}}}}}\n---\n\
             kind: page\nname: urgent\nportal: support\nview: list\nobject: case\n{of_page}"
        );
        let (model, report) = of_text(&text);
        let told: Vec<String> =
            report.findings.iter().map(|finding| format!("{}: {}", finding.id, finding.message)).collect();
        let model = model.unwrap();
        let order = |sort: &Option<Sort>| sort.as_ref().map(|sort| (sort.field.to_string(), sort.descending));
        (order(&model.objects["case"].sort), order(&model.portals["support"].pages["urgent"].sort), told)
    };
    let (object, page, told) = sorted("sort: -at\n", "sort: due\n");
    assert_eq!((object, page, told), (Some(("at".into(), true)), Some(("due".into(), false)), Vec::new()));
    assert_eq!(sorted("", "").0, None);
    for (written, expected) in [
        ("sort: -when\n", "unknown-name: `case` has no field `when`"),
        ("sort: note\n", "unfit-sort: nothing is sorted by `note`: it holds what has no order"),
    ] {
        assert!(sorted(written, "").2.iter().any(|told| told == expected), "{:?}", sorted(written, "").2);
        assert!(sorted("", written).2.iter().any(|told| told == expected), "{:?}", sorted("", written).2);
    }
}
