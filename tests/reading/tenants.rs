//! Tenants from CSV files.

use crate::{file, rendered, report, told};
use portalctl::spec::document::TenantSourceDoc;
use portalctl::spec::{PROJECT_FILE, RawFile, read};

const PROJECT: &str = "version: 1\nkind: project\nname: acme\ntenants: [{from_csv: data/tenants.csv}]\n";

fn files(csv: &str) -> Vec<RawFile> {
    vec![file(PROJECT_FILE, PROJECT), file("data/tenants.csv", csv)]
}

pub(crate) fn findings() -> Vec<&'static str> {
    report(files(BAD)).findings.iter().map(|finding| finding.id).collect()
}

const BAD: &str = "\
name,titel,key,key,keys.erp,tier
globex,Globex,1042,1042,A-77,gold
Initech,\"Initech, Inc.\",7,7,,
,Nameless,8,8,,
umbrella,Umbrella,9,9
\"hooli\"\"\",\"a
b\",10,10,,Gold
globex,Again,11,11,,
";

#[test]
fn every_problem_of_a_row_is_told_at_its_cell() {
    insta::assert_snapshot!(rendered(files(BAD)));
}

#[test]
fn rows_become_tenants_with_the_place_of_each_cell() {
    let csv = "\u{feff}name,title,tenant_kind,key,parent,tier,keys.erp\r\nglobex,\"Globex, \"\"Inc\"\"\",customer,0042,,gold,A-77\r\n\r\ninitech,,,7,globex,,\r\n";
    let (set, findings) = read(files(csv));
    assert!(findings.is_empty(), "{findings:?}");
    let project = set.project.unwrap();
    let TenantSourceDoc::Csv(source) = &project.tenants[0] else { panic!("{:?}", project.tenants) };
    let [globex, initech] = source.tenants.as_slice() else { panic!("{:?}", source.tenants) };
    assert_eq!(globex.title.as_deref(), Some("Globex, \"Inc\""));
    assert_eq!(globex.key.as_ref().unwrap().value, "0042");
    assert_eq!(globex.keys["erp"].value, "A-77");
    assert_eq!((initech.title.as_deref(), initech.parent.as_ref().unwrap().value.as_str()), (None, "globex"));
    let key = set.sources.location(globex.key.as_ref().unwrap().span);
    assert_eq!((key.line, key.column, key.end_column), (2, 35, 39));
    let parent = set.sources.location(initech.parent.as_ref().unwrap().span);
    assert_eq!((parent.file.as_str(), parent.line, parent.column), ("data/tenants.csv", 4, 13));
}

#[test]
fn a_file_that_is_no_table_says_what_it_should_begin_with() {
    assert_eq!(told(files("")), ["missing-key data/tenants.csv:1:1"]);
    assert_eq!(
        told(files("name;title\nglobex;Globex\n")),
        ["unknown-key data/tenants.csv:1:1", "missing-key data/tenants.csv:2:1"]
    );
    assert_eq!(told(vec![file(PROJECT_FILE, PROJECT)]), ["missing-file portalctl.yaml:4:22"]);
    assert_eq!(told(files("name\na\0b\n")), ["control-character data/tenants.csv:2:2"]);
}

#[test]
fn a_tenant_is_named_in_one_place() {
    let mut files = files("name\nglobex\n");
    files.push(file("tenants/globex.yaml", "kind: tenant\nname: globex\n"));
    assert_eq!(told(files), ["duplicate-name data/tenants.csv:2:1"]);
}
