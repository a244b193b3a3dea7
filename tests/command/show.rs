use crate::run::run;
use portalctl_test_support::PrivateProject;

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write(
        "portalctl.yaml",
        "version: 1\nkind: project\nname: acme\ntenants: [{from_table: crm.accounts, key: id, title: name}]\n",
    );
    let case = "kind: object\nname: case\ntable: crm.cases\ntenant: account_id\nfields:\n  number: text\n  note: {type: text, class: internal, column: remark}\n";
    let portal =
        "---\nkind: portal\nname: support\naudiences:\n  customer:\n    grants:\n      case: {read: [number]}\n";
    project.write("specs/all.yaml", &format!("{case}{portal}"));
    project
}

#[test]
fn documents_are_listed_and_shown_as_written() {
    let project = project();
    let list = run(project.path(), &["show"]).expect(0).stdout;
    let expected =
        "project/acme    portalctl.yaml:1\nobject/case     specs/all.yaml:1\nportal/support  specs/all.yaml:9\n";
    assert_eq!(list, expected);
    let case = run(project.path(), &["show", "object/case"]).expect(0).stdout;
    assert!(case.starts_with("kind: object\nname: case\n") && case.ends_with("column: remark}\n"), "{case}");
    let unknown = run(project.path(), &["show", "object/cases"]).expect(2).stderr;
    assert!(unknown.contains("there is no document `object/cases`"), "{unknown}");
    assert!(unknown.contains("did you mean `object/case`?"), "{unknown}");
}

#[test]
fn what_they_become_is_told_with_its_origin() {
    let project = project();
    let object = run(project.path(), &["show", "--expanded", "object/case"]).expect(0).stdout;
    for line in [
        "object case  # specs/all.yaml:2\n",
        "  label: Case, Cases\n",
        "  key: id\n",
        "  tenant: account_id holds its key  # specs/all.yaml:4\n",
        "    note: text, internal, column remark  # specs/all.yaml:7\n",
    ] {
        assert!(object.contains(line), "{line}in\n{object}");
    }
    let portal = run(project.path(), &["show", "--expanded", "portal/support"]).expect(0).stdout;
    for line in [
        "  audience customer: external  # specs/all.yaml:12\n",
        "    read case: tenant [number]  # specs/all.yaml:14\n",
        "    role acme__support__customer\n",
    ] {
        assert!(portal.contains(line), "{line}in\n{portal}");
    }
    assert!(portal.contains("crm.cases (id, number)"), "the key comes with the fields:\n{portal}");

    let json = run(project.path(), &["show", "--expanded", "--format", "json"]).expect(0).stdout;
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all["documents"][1]["lines"][0]["sources"][0]["line"], 10);
    let project_document = run(project.path(), &["show", "--expanded", "project/acme"]).expect(2).stderr;
    assert!(project_document.contains("becomes nothing of its own"), "{project_document}");
}

/// Each line of a portal with a type says whether the type, the module or the portal itself wrote it.
#[test]
fn a_portal_of_a_type_is_told_with_what_it_comes_to() {
    let project = project();
    project.write(
        "specs/more.yaml",
        "kind: type\nname: desk\ntitle: Help desk\nmodules: [notes]\naudiences: {client: {label: Client}}\n\
         permission_sets: {notes: {client: [reader]}}\n---\nkind: portal\nname: help\ntype: desk\naudiences:\n  client: {label: Guest}\n",
    );
    project.write(
        "specs/notes.yaml",
        "kind: module\nname: notes\n---\nkind: object\nname: note\ntable: crm.notes\ntenant: account_id\nfields: {text: text}\n\
         ---\nkind: permission_set\nname: reader\ngrants: {note: {read: all}}\n",
    );
    let portal = run(project.path(), &["show", "--expanded", "portal/help"]).expect(0).stdout;
    for line in [
        "  document\n    title: Help desk  # specs/more.yaml:3\n",
        "      - notes  # specs/more.yaml:4\n",
        "        label: Guest  # specs/more.yaml:12\n",
        "          - reader  # specs/more.yaml:6\n",
        "    read note: tenant [text]  # specs/notes.yaml:12\n",
    ] {
        assert!(portal.contains(line), "{line}in\n{portal}");
    }
    let list = run(project.path(), &["show"]).expect(0).stdout;
    assert!(list.contains("module/notes") && list.contains("type/desk"), "{list}");
}
