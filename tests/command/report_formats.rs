//! Findings in the forms that CI and code hosts take, with documents that try to write the report themselves.

use crate::run::{command, ended, run};
use portalctl_test_support::PrivateProject;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const HOSTILE: &str = "kind: object\nname: case\ntable: crm.cases\n\"x\\n::error file=a::forged\\u202e\\e[2K\": 1\n\
    \"</failure></testcase><testcase name='ok'/>\\u0000]]>\": 2\n\"100%, file: 3\": 3\nfields: {title: txt}\n";

fn hostile() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("objects/a, b: c%20#.yaml", HOSTILE);
    project
}

fn validate(project: &PrivateProject, format: &str) -> String {
    run(project.path(), &["validate", "--format", format]).expect(1).stdout
}

fn sarif(project: &PrivateProject) -> Value {
    serde_json::from_str(&validate(project, "sarif")).unwrap()
}

/// The schema as its editors published it, in the source of a crate that is never built.
fn published_schema() -> Value {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let schema = PathBuf::from(package["manifest_path"].as_str().unwrap()).with_file_name("src/schema.json");
    // The pattern for languages has a bracket too many, which not every reader of patterns lets pass.
    let text = std::fs::read_to_string(schema).unwrap().replace("{2}]?$", "{2}$");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn sarif_is_what_its_schema_asks() {
    let schema = jsonschema::validator_for(&published_schema()).unwrap();
    let problems = |document: &Value| schema.iter_errors(document).map(|error| error.to_string()).collect::<Vec<_>>();
    let mut document = sarif(&hostile());
    assert_eq!(problems(&document), Vec::<String>::new());
    let sound = PrivateProject::new();
    sound.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    let empty = run(sound.path(), &["validate", "--format", "sarif"]).expect(0).stdout;
    assert_eq!(problems(&serde_json::from_str(&empty).unwrap()), Vec::<String>::new());
    // With what mends a finding, in two places of one file.
    let mendable = PrivateProject::new();
    mendable.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    let text = "kind: object\nname: case\nlabell: Case\ntable: t\nfields: {a: {type: text, requird: true}}\n";
    mendable.write("objects/a case.yaml", text);
    let mut fixes = sarif(&mendable);
    let of = |document: &Value| document["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0].clone();
    assert_eq!(of(&fixes)["artifactLocation"]["uri"], "objects/a%20case.yaml", "{fixes}");
    assert_eq!(problems(&fixes), Vec::<String>::new());
    fixes["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"] = Value::Array(Vec::new());
    assert!(!problems(&fixes).is_empty(), "a fix that replaces nothing is none");
    document["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!problems(&document).is_empty(), "a schema that takes anything proves nothing");
}

#[test]
fn sarif_says_what_the_text_says_at_the_same_places() {
    let project = hostile();
    let run = &sarif(&project)["runs"][0];
    let json: Value = serde_json::from_str(&validate(&project, "json")).unwrap();
    let (results, findings) = (run["results"].as_array().unwrap(), json["findings"].as_array().unwrap());
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!((&result["ruleId"], &rule["id"]), (&finding["id"], &finding["id"]));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "objects/a,%20b%3A%20c%2520%23.yaml");
        for (key, of) in
            [("startLine", "line"), ("startColumn", "column"), ("endLine", "end_line"), ("endColumn", "end_column")]
        {
            assert_eq!(place["region"][key], finding[of], "{finding}");
        }
    }
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let known = rules.iter().find(|rule| rule["id"] == "guest-write").unwrap();
    assert_eq!(known["defaultConfiguration"]["level"], "error");
    assert!(known["help"]["markdown"].as_str().unwrap().contains("## Use instead"));
}

#[test]
fn a_finding_is_the_same_one_when_lines_move() {
    let prints = |project: &PrivateProject| {
        let document = sarif(project);
        let results = document["runs"][0]["results"].as_array().unwrap();
        let print = |result: &Value| result["partialFingerprints"]["findingIdentity/v1"].as_str().unwrap().to_owned();
        results.iter().map(print).collect::<Vec<_>>()
    };
    let project = PrivateProject::new();
    let text = "kind: object\nname: case\ntable: crm.cases\nfields: {a: txt, b: txt, c: txt}\n";
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("objects/case.yaml", text);
    let before = prints(&project);
    project.write("objects/case.yaml", &format!("# One more line.\n\n{text}"));
    assert_eq!(prints(&project), before);
    let distinct: std::collections::BTreeSet<&String> = before.iter().collect();
    assert_eq!((before.len(), distinct.len()), (3, 3), "three of a kind are three");
    project.write("objects/case.yaml", &text.replace("c: txt", "c: text"));
    assert_eq!(prints(&project), before[..2]);
}

#[test]
fn no_document_writes_an_annotation_of_its_own() {
    let project = hostile();
    let json: Value = serde_json::from_str(&validate(&project, "json")).unwrap();
    let text = validate(&project, "github");
    assert_eq!(text.lines().count(), json["findings"].as_array().unwrap().len(), "{text}");
    for line in text.lines() {
        assert!(line.starts_with("::error title="), "{line}");
        assert!(line.contains(",file=objects/a%2C b%3A c%2520#.yaml,line="), "{line}");
        assert!(!line.contains(portalctl::diagnostic::is_unshowable), "{line}");
    }
    assert!(text.contains("100%25, file: 3"), "{text}");
}

/// A workflow's paths begin where the repository does, wherever in it the project lies.
#[test]
fn paths_begin_where_the_program_was_started() {
    let repository = PrivateProject::new();
    repository.write("portals/acme/portalctl.yaml", "version: 1\nkind: project\nname: acme\nnonsense: 1\n");
    let args = ["-C", "portals/acme", "validate", "--format", "github"];
    let line = run(repository.path(), &args).expect(1).stdout;
    assert!(line.contains("file=portals/acme/portalctl.yaml,line=4,"), "{line}");
    let within = repository.path().join("portals");
    let mut workflow = command(&within, &["-C", "acme", "validate", "--format", "sarif"]);
    let ran = ended(workflow.env("GITHUB_WORKSPACE", repository.path().canonicalize().unwrap()).output().unwrap());
    let document: Value = serde_json::from_str(&ran.expect(1).stdout).unwrap();
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "portals/acme/portalctl.yaml");
}

#[test]
fn junit_has_a_case_for_each_finding_and_no_more() {
    let project = hostile();
    let json: Value = serde_json::from_str(&validate(&project, "json")).unwrap();
    let findings = json["findings"].as_array().unwrap().len();
    let text = validate(&project, "junit");
    assert!(text.contains(&format!("tests=\"{findings}\" failures=\"{findings}\"")), "{text}");
    assert_eq!(
        (text.matches("<testcase ").count(), text.matches("</failure>").count()),
        (findings, findings),
        "{text}"
    );
    let sound = PrivateProject::new();
    sound.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    let text = run(sound.path(), &["validate", "--format", "junit"]).expect(0).stdout;
    assert!(text.contains("tests=\"1\" failures=\"0\"") && text.contains("name=\"no findings\"/>"), "{text}");
}
