//! Labels in languages: which there are, what stands where one is missing, what is wrong.

use super::project::of_text;
use portalctl::analysis::expand_object;
use portalctl::diagnostic::{RenderOptions, render_text};
use portalctl::model::AccessModel;
use portalctl::names::Language;

fn project(locales: &str, label: &str, field: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n{locales}---\nkind: object\nname: case\nlabel: {label}\ntable: crm.cases\n\
         tenant: account_id\nfields: {{subject: {field}}}\n---\nkind: portal\nname: support\ntitle: {{de: Hilfe}}\n\
         audiences: {{customer: {{grants: {{case: {{read: [subject]}}}}}}}}\nnavigation: [home, {{page: about, title: {{fr: Nous}}}}]\n"
    )
}

const LABEL: &str = "{one: {en: Case, de: Fall}, many: {de: Fälle}}";

fn said(model: &AccessModel) -> [String; 4] {
    let case = &model.objects["case"];
    let (subject, portal) = (&case.fields["subject"], &model.portals["support"]);
    [&case.label_one, &case.label_many, &subject.label, &portal.title].map(ToString::to_string)
}

#[test]
fn each_language_has_its_words_and_where_it_has_none_those_of_the_first() {
    let text = project("locales: [en, de, fr]\n", LABEL, "{type: text, label: {fr: Sujet, en: Topic}}");
    let (model, report) = of_text(&text);
    assert!(report.findings.is_empty(), "{}", render_text(&report, RenderOptions::default()));
    let model = model.unwrap();
    // Where the first language has no text either, the name says it.
    assert_eq!(said(&model), ["Case", "Cases", "Topic", "Support"]);
    assert_eq!(said(&model.in_language(&Language::from("de"))), ["Fall", "Fälle", "Topic", "Hilfe"]);
    assert_eq!(said(&model.in_language(&Language::from("fr"))), ["Case", "Cases", "Sujet", "Support"]);
    assert_eq!(model.in_language(&Language::from("de")).in_language(&Language::from("en")).objects, model.objects);
    let expanded = expand_object(&model, &model.objects["case"]).to_string();
    for line in ["one row: Fall (de), Case (en)", "several: Fälle (de)", "label: Topic (en), Sujet (fr)"] {
        assert!(expanded.contains(line), "{expanded}");
    }
}

#[test]
fn a_language_that_the_project_does_not_speak_is_told_at_its_place() {
    let wrong = |locales: &str, label: &str, field: &str| {
        let (_, report) = of_text(&project(locales, label, field));
        render_text(&report, RenderOptions::default())
    };
    let text = wrong("locales: [en, de, fr]\n", "{one: {en: Case, da: Fall}, many: Cases}", "text");
    assert!(text.contains("the project does not speak `da`") && text.contains("portalctl.yaml:8:25"), "{text}");
    assert!(text.contains("did you mean `de`?") && text.ends_with("1 error\n"), "{text}");
    let text = wrong("", LABEL, "text");
    assert!(text.contains("the project does not speak `en`") && text.contains("`locales: [en, de]`"), "{text}");
    let text = wrong("locales: [en, de_AT, fr]\n", LABEL, "text");
    assert!(text.contains("`de_AT` is not a language") && text.contains("write `de-AT`"), "{text}");
    let text = wrong("locales: [en, de, fr, en]\n", LABEL, "text");
    assert!(text.contains("`en`") && text.contains("twice"), "{text}");
    let text =
        wrong("locales: [en, de, fr]\n", LABEL, "{type: enum, values: [open, closed], labels: {opne: {de: Offen}}}");
    assert!(text.contains("`subject` has no value `opne`") && text.contains("did you mean `open`?"), "{text}");
}

#[test]
fn what_nobody_could_read_is_no_label() {
    for (label, why) in [
        ("\" \"", "it shows nothing"),
        ("\"a\\u202eb\"", "U+202E"),
        ("\"a\\u2067b\"", "U+2067"),
        (&format!("{{de: {}}}", "x".repeat(201)), "201 characters"),
        ("{}", "empty"),
    ] {
        let (_, report) =
            of_text(&project("locales: [en, de, fr]\n", LABEL, &format!("{{type: text, label: {label}}}")));
        let text = render_text(&report, RenderOptions::default());
        assert!(report.has_errors() && text.contains(why), "{label}: {text}");
    }
}
