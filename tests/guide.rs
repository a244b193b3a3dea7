//! The guide's examples are projects: the YAML of a page validates, and what it shows of the program is what it says.

use portalctl::analysis::assertion::broken;
use portalctl::analysis::coverage::coverage;
use portalctl::analysis::{Action, can, graph, matrix};
use portalctl::check::run;
use portalctl::diagnostic::{RenderOptions, Report, Severity, render_text};
use portalctl::model::{AccessModel, resolve};
use portalctl::names::{Language, ObjectName, PersonaName};
use portalctl::plan::deciding;
use portalctl::spec::{RawContent, RawFile, read};
use std::sync::Arc;
use time::macros::{date, datetime};

const CONCEPTS: &str = include_str!("../docs/guide/concepts.md");
const READING: &str = include_str!("../docs/guide/reading.md");
const PROJECT: &str = include_str!("../docs/guide/project.md");
const MODULES: &str = include_str!("../docs/guide/modules.md");
const MANAGED: &str = include_str!("../docs/guide/managed.md");
const KINDS: &str = include_str!("../docs/guide/kinds.md");
const PEOPLE: &str = include_str!("../docs/guide/people.md");
const WRITING: &str = include_str!("../docs/guide/writing.md");
const REVIEWING: &str = include_str!("../docs/guide/reviewing.md");
const TESTING: &str = include_str!("../docs/guide/testing.md");

/// The blocks of `language`, each with the file that its first line names, where that is a comment.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<(Option<&'p str>, &'p str)> {
    let fence = format!("```{language}\n");
    let parts = page.split(fence.as_str()).skip(1).map(|part| part.split("```").next().unwrap_or_default());
    parts.map(|block| (block.lines().next().and_then(|line| line.strip_prefix("# ")), block)).collect()
}

fn project(page: &str) -> AccessModel {
    let files = blocks(page, "yaml").into_iter().map(|(name, text)| RawFile {
        path: name.expect("an example names its file").to_owned(),
        content: RawContent::Bytes(text.as_bytes().to_vec()),
    });
    let (set, mut findings) = read(files.collect());
    let (model, more) = resolve(&set);
    let model = model.expect("a page begins with its project");
    findings.extend(more);
    findings.extend(run(&model, Vec::new(), date!(2026 - 06 - 15)));
    let report = Report::new(Arc::clone(&set.sources), findings);
    assert!(!report.reaches(Severity::Warn), "{}", render_text(&report, RenderOptions::default()));
    model
}

#[test]
fn the_examples_of_writing_are_without_findings() {
    let model = project(WRITING);
    assert_eq!(model.personas.len(), 6);
    let buyer = &model.personas[&PersonaName::parse("offers/buyer").unwrap()];
    let offer = &model.objects[&ObjectName::new("offer")];
    let answer = |action| can(&model, buyer, &Action::parse(action).unwrap(), offer, None).text();
    assert!(answer("attach").contains("attaches files to tenant where status is open"), "{}", answer("attach"));
    assert!(answer("download").contains("fetches attachments of tenant"), "{}", answer("download"));
    let (_, console) = blocks(WRITING, "console")[0];
    let (command, said) = console.split_once('\n').unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    let ["$", "portalctl", "can", who, action, object] = words[..] else { panic!("{command}") };
    let persona = &model.personas[&PersonaName::parse(who).unwrap()];
    let object = &model.objects[&ObjectName::new(object)];
    assert_eq!(can(&model, persona, &Action::parse(action).unwrap(), object, None).text(), said);
    let (_, console) = blocks(WRITING, "console")[1];
    let (command, said) = console.split_once('\n').unwrap();
    assert_eq!(command, "$ portalctl can purchasing/member update remark --sql");
    let remark = &model.objects[&ObjectName::new("remark")];
    let decision = can(&model, persona, &Action::Update, remark, None).text();
    assert_eq!(decision + &deciding(&model, persona, &Action::Update, remark).unwrap().text(), said);
}

/// What the page asserts holds of a project that grants no more, and not of one that does.
#[test]
fn the_assertions_of_reviewing_are_held() {
    let all = blocks(REVIEWING, "yaml");
    let (_, project) = all.iter().find(|(name, _)| *name == Some("portalctl.yaml")).expect("an example");
    let of = |field: &str| {
        let text = format!(
            "{project}---\nkind: object\nname: invoice\ntable: crm.invoices\ntenant: account_id\nfields: {{number: text, \
             margin: decimal}}\n---\nkind: portal\nname: partners\naudiences:\n  rep: {{grants: {{invoice: {{read: [{field}]}}}}}}\n"
        );
        let (set, findings) =
            read(vec![RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) }]);
        let (model, more) = resolve(&set);
        assert!(
            findings.iter().chain(&more).all(|finding| finding.severity != Severity::Error),
            "{findings:?} {more:?}"
        );
        let model = model.expect("a project");
        assert_eq!(model.assertions.len(), 3);
        broken(&model).len()
    };
    assert_eq!((of("number"), of("margin")), (0, 1));
}

/// One table is open to both kinds, the other is partners' alone.
#[test]
fn the_example_of_kinds_is_without_findings() {
    let model = project(KINDS);
    assert!(model.one_key_one_tenant);
    let kinds =
        |object: &str| model.objects[object].direct_tenants().map(|(kind, _)| kind.cloned()).collect::<Vec<_>>();
    assert_eq!(kinds("ticket"), [None]);
    assert!(kinds("commission")[0].as_ref().is_some_and(|kind| kind.as_str() == "partner"));
}

#[test]
fn the_example_of_testing_is_without_findings() {
    let model = project(TESTING);
    let [test] = model.access_tests.as_slice() else { panic!("{:?}", model.access_tests) };
    assert_eq!((test.given.rows.len(), test.expect.len()), (3, 4));
    assert!(TESTING.contains(&format!("ok    {}  (tests/clubs.yaml:3)", test.name)));
    let covered = coverage(&model, &[test], datetime!(2026-06-15 12:00 UTC));
    let (held, all) = covered.counted();
    let line = format!("coverage: {} %, {held} of {all}\n", covered.percent());
    assert!(TESTING.contains(&line), "{line}");
}

#[test]
fn the_examples_of_people_are_without_findings() {
    let model = project(PEOPLE);
    let administers = |persona: &str| model.personas[&PersonaName::parse(persona).unwrap()].delegation.is_some();
    let lapses = |persona: &str| {
        model.personas[&PersonaName::parse(persona).unwrap()].lifecycle.as_ref().map(|cycle| cycle.grace)
    };
    assert_eq!(
        (lapses("club/member"), lapses("club/owner"), lapses("club/former")),
        (Some(30 * 86_400), Some(0), None)
    );
    assert!(administers("results/practice_admin") && !administers("results/doctor"));
}

/// What the page says of who is shown what.
#[test]
fn the_examples_of_reading_are_without_findings() {
    let model = project(READING);
    let shown = |who: &str| {
        let persona = &model.personas[&PersonaName::parse(who).unwrap()];
        can(&model, persona, &Action::Read, &model.objects[&ObjectName::new("patient")], None)
    };
    let masked = |who: &str| shown(who).masked.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(masked("clinic/desk"), ["email", "phone"]);
    assert_eq!(masked("clinic/doctor"), ["insurance_no"]);
    assert!(shown("clinic/doctor").text().contains("phone, email, insurance_no (masked: hash)"));
}

#[test]
fn the_examples_of_keeping_a_project_are_without_findings() {
    let model = project(PROJECT);
    assert_eq!(model.project.check_levels.len(), 2);
    let german = model.in_language(&Language::from("de"));
    let said = |model: &AccessModel| {
        let repair = &model.objects["repair"];
        let status = &repair.fields["status"];
        [&repair.label_many, &repair.fields["device"].label, &status.value_labels["done"], &status.label]
            .map(ToString::to_string)
    };
    assert_eq!(said(&model), ["Repairs", "Device", "Ready", "Status"]);
    assert_eq!(said(&german), ["Reparaturen", "Gerät", "Fertig", "Status"]);
}

/// A type, two modules, a map, a document over another: what the page says becomes of them.
#[test]
fn the_examples_of_modules_are_without_findings() {
    let model = project(MODULES);
    let portal = &model.portals["berths"];
    assert_eq!(portal.title, "Berths of the old harbour");
    assert_eq!(portal.audiences["member"].label, "Skipper");
    let fields = |who: &str, object: &str| {
        let persona = &model.personas[&PersonaName::parse(who).unwrap()];
        persona.reads[object][0].fields.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(fields("berths/member", "berth"), ["length", "number", "power", "state"]);
    assert_eq!(fields("berths/member", "notice"), ["posted_on", "text"]);
    let lift = &model.objects["lift"];
    assert_eq!(
        (lift.table.to_string(), lift.fields["day"].column.as_str()),
        ("yard.lift_orders".to_owned(), "lift_day")
    );
    assert_eq!(portal.pages["berth-board"].columns.len(), 2);
    assert_eq!(portal.navigation.len(), 4);
}

/// The page shows a mistake that is found: without the test of who asked, one person decides alone.
#[test]
fn the_guides_four_eyes_are_needed() {
    let page = WRITING.replacen("          where: {requester: {ne: $user}}\n", "", 1);
    assert!(page.len() < WRITING.len());
    let (_, text) = blocks(&page, "yaml")[0];
    let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.as_bytes().to_vec()) };
    let ids = |file: RawFile| {
        let (set, _) = read(vec![file]);
        let found = run(&resolve(&set).0.unwrap(), Vec::new(), date!(2026 - 06 - 15));
        found.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert!(ids(file).contains(&"four-eyes-broken"));
}

#[test]
fn the_example_of_managed_tables_is_without_findings() {
    let model = project(MANAGED);
    let order = &model.objects[&ObjectName::new("order")];
    assert_eq!(order.table.to_string(), "acme.order");
    assert_eq!(order.managed.as_ref().unwrap().unique[0].len(), 2);
}

#[test]
fn the_picture_of_the_model_is_what_is_drawn() {
    let model = project(CONCEPTS);
    let drawn = graph(&model, &matrix(&model)).svg();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images/harbour.svg");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "`docs/images/harbour.svg` is stale: run `UPDATE_DOCS=1 cargo test --test guide`");
}

/// Each command that the page on running it for real names is one that the program takes.
#[test]
fn the_commands_of_operations_are_ones_that_there_are() {
    use clap::Parser;
    let page = include_str!("../docs/guide/operations.md");
    let in_blocks = page.split("```").skip(1).step_by(2).flat_map(str::lines);
    let in_blocks =
        in_blocks.filter_map(|line| line.rsplit("&& ").next()).filter(|line| line.starts_with("portalctl "));
    let in_text = page.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
    let in_text = in_text.filter(|text| text.starts_with("portalctl "));
    let mut called = 0;
    for line in in_blocks.chain(in_text) {
        let command = line.split("  #").next().unwrap_or_default();
        let command =
            command.replace("'select …'", "select").replace("WHO read OBJECT/KEY", "support/customer read case/1");
        let command = command.replace("PORTAL/AUDIENCE", "support/customer");
        let parsed = portalctl::cli::Cli::try_parse_from(command.split_whitespace());
        assert!(parsed.is_ok(), "{line}: {}", parsed.err().map(|error| error.to_string()).unwrap_or_default());
        called += 1;
    }
    assert!(called > 30, "{called}");
}

/// Each command of the examples for CI is one that the program takes, and their files are YAML.
#[test]
fn the_examples_for_ci_call_what_there_is() {
    use clap::Parser;
    let files = [
        include_str!("../.pre-commit-hooks.yaml"),
        include_str!("../examples/ci/github-action/action.yml"),
        include_str!("../examples/ci/github-workflow/portals.yml"),
        include_str!("../examples/ci/gitlab/gitlab-ci.yml"),
    ];
    let page = include_str!("../docs/guide/ci.md");
    let mut called = 0;
    let shown = page.split('`').filter(|text| text.starts_with("portalctl ") && !text.contains("CHECK"));
    let lines = files.iter().flat_map(|text| text.lines()).filter_map(|line| {
        let words = line.trim_start_matches([' ', '-']);
        let command = words.strip_prefix("run: ").or(words.strip_prefix("entry: ")).unwrap_or(words);
        Some(command).filter(|command| command.starts_with("portalctl "))
    });
    for line in lines.chain(shown) {
        let words = line.split(" > ").next().unwrap_or_default().replace("\"$DENY\"", "warn").replace('"', "");
        let parsed = portalctl::cli::Cli::try_parse_from(words.split_whitespace());
        assert!(parsed.is_ok(), "{line}: {}", parsed.err().map(|error| error.to_string()).unwrap_or_default());
        called += 1;
    }
    assert!(called > 8, "{called}");
    for text in files {
        serde_yaml::from_str::<serde_yaml::Value>(text).unwrap();
    }
}
