//! Grants that change rows: what they say, what they may not open, and what is answered about them.

use crate::project::{good, of_text, shown};
use portalctl::analysis::{
    Action, Decision, Hidden, OneRow, RowFacts, Verdict, can, expand_object, expand_portal, matrix, of_row,
};
use portalctl::model::{AccessModel, Value, Write};
use portalctl::names::{FieldName, ObjectName, PersonaName};

const SPEC: &str = include_str!("../cases/writes/portalctl.yaml");

fn model() -> AccessModel {
    good(SPEC)
}

fn ask(model: &AccessModel, who: &str, action: &str, object: &str, field: Option<&str>) -> Decision {
    let persona = &model.personas[&PersonaName::parse(who).unwrap()];
    let object = &model.objects[&ObjectName::new(object)];
    can(model, persona, &Action::parse(action).unwrap(), object, field.map(FieldName::new).as_ref())
}

fn asserted(decision: &Decision, verdict: Verdict, parts: &[&str]) {
    let text = decision.text();
    assert_eq!(decision.decision, verdict, "{text}");
    for part in parts {
        assert!(text.contains(part), "{part}\nin\n{text}");
    }
    assert!(decision.because.iter().all(|because| because.source.line > 0), "{text}");
    assert_eq!(decision.scope.is_some(), verdict == Verdict::Allow, "{text}");
}

#[test]
fn everything_that_is_granted_is_in_the_matrix() {
    let model = model();
    let all = matrix(&model);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../cases/writes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        let text = all.text(80);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!("matrix", text);
        let object = expand_object(&model, &model.objects["deal"]).to_string();
        let portal = expand_portal(&model, model.portals.values().next().unwrap()).to_string();
        insta::assert_snapshot!("expanded", format!("{object}\n{portal}"));
    });
    let json = serde_json::json!(all);
    let entries = json["entries"].as_array().unwrap();
    let rep = |entry: &&serde_json::Value| entry["persona"] == "partners/rep";
    let of = |action: &str| entries.iter().filter(rep).find(|entry| entry["action"] == action).unwrap();
    assert_eq!(of("transition")["moves"][0], serde_json::json!({"from": "draft", "to": "submitted"}));
    assert_eq!(of("create")["stamps"]["partner_id"], "my tenant");
    assert_eq!(of("create")["preset"]["state"], "draft");
    assert_eq!(of("assign")["to"], serde_json::json!(["tenant_member"]));
    assert_eq!(of("export")["max_rows"], 500);
    // An export goes no further than reading.
    assert_eq!(of("export")["scope"], of("read")["scope"]);
    assert_eq!(
        (&of("share")["expires"], &of("read")["mfa"]),
        (&serde_json::json!(2_592_000), &serde_json::json!(false))
    );
    assert!(of("read").get("moves").is_none());
    let csv = all.csv().unwrap();
    assert!(csv.contains("draft → submitted"), "{csv}");
    assert!(all.markdown().contains("draft → submitted"));
}

#[test]
fn what_somebody_can_do_is_said_with_the_lines_that_allow_it() {
    let model = model();
    let rep = |action: &str, field| ask(&model, "partners/rep", action, "deal", field);
    asserted(&rep("create", None), Verdict::Allow, &["partner_id is set to my tenant", "state is set to draft"]);
    asserted(&rep("update", Some("amount")), Verdict::Allow, &["changes title, amount of own where state is draft"]);
    asserted(&rep("transition:submitted", None), Verdict::Allow, &["moves own; draft → submitted"]);
    asserted(&rep("export", None), Verdict::Allow, &["exports at most 500 rows", "reads "]);
    asserted(&rep("assign", None), Verdict::Allow, &["to somebody of the row's tenant"]);
    asserted(&rep("delete", None), Verdict::Allow, &["deletes own where state is draft"]);
    asserted(&rep("share", None), Verdict::Allow, &["with partners/manager", "for at most 30 days"]);
    let update = rep("update", None);
    assert_eq!((update.scope.as_deref(), update.filter.as_deref()), (Some("own"), Some("own where state is draft")));
    assert_eq!(update.fields, [FieldName::new("title"), FieldName::new("amount")]);
}

#[test]
fn what_somebody_cannot_do_is_said_with_what_is_missing_and_who_may() {
    let model = model();
    let deal = |who: &str, action: &str, field| ask(&model, who, action, "deal", field);
    let margin = deal("partners/rep", "update", Some("margin"));
    asserted(&margin, Verdict::Deny, &["this grant changes title, amount", "`partners/desk` may", "margin"]);
    let desk = &margin.because.last().unwrap().source;
    assert!(SPEC.lines().nth(desk.line - 1).unwrap().contains("update: [title, margin]"), "{desk:?}");
    asserted(&deal("partners/rep", "update", Some("state")), Verdict::Deny, &["is moved by `transition` alone"]);
    asserted(
        &deal("partners/rep", "create", Some("state")),
        Verdict::Deny,
        &["`state` is set by the database, to draft"],
    );
    asserted(
        &deal("partners/rep", "transition:approved", None),
        Verdict::Deny,
        &["this grant moves own; draft → submitted", "`partners/manager` may"],
    );
    asserted(&deal("partners/rep", "transition:lost", None), Verdict::Deny, &["no move of `deal` leads to `lost`"]);
    asserted(
        &deal("partners/auditor", "delete", None),
        Verdict::Deny,
        &[
            "no grant lets `partners/auditor` delete `deal`",
            "`partners/manager` may: this grant deletes own where state is draft",
        ],
    );
    asserted(&deal("partners/auditor", "export", None), Verdict::Deny, &["`partners/manager` may"]);
    let note = ask(&model, "partners/auditor", "create", "note", None);
    asserted(&note, Verdict::Deny, &["no grant of `partners/auditor` names `note`"]);
    let delete = ask(&model, "partners/rep", "delete", "note", None);
    asserted(&delete, Verdict::Deny, &["`note` does not say what deleting does, so nobody deletes it"]);
}

#[test]
fn of_one_row_the_answer_goes_as_far_as_its_persona_can_see() {
    let model = model();
    let rep = &model.personas[&PersonaName::new("partners", "rep")];
    let row = |action: &str, facts: Option<&[(&str, &str)]>| {
        let row = match facts {
            Some(facts) => {
                let facts = facts.iter().map(|(name, value)| (FieldName::new(*name), Some((*value).to_owned())));
                OneRow::Shown(RowFacts(facts.collect()))
            }
            None => OneRow::Hidden(vec!["7".to_owned()], Hidden::Missing),
        };
        of_row(&model, rep, &Action::parse(action).unwrap(), &model.objects["deal"], None, &row)
    };
    asserted(&row("update", None), Verdict::Deny, &["there is no row `deal/7`"]);
    asserted(
        &row("update", Some(&[("state", "approved")])),
        Verdict::Deny,
        &["the row's state is approved, and this grant asks that state is draft"],
    );
    asserted(
        &row("update", Some(&[("state", "draft")])),
        Verdict::Allow,
        &["the row's own state decides whether it is among `own where state is draft`: state is draft"],
    );
    asserted(
        &row("transition:submitted", Some(&[("state", "submitted")])),
        Verdict::Deny,
        &["the row's state is submitted, and this grant moves to `submitted` from draft only"],
    );
    let wanted = RowFacts::wanted(rep, &Action::Update, &model.objects["deal"]);
    assert_eq!(wanted.iter().map(FieldName::as_str).collect::<Vec<_>>(), ["state"]);
}

/// A project with two objects on one table, and whatever else a case adds.
fn findings(objects: &str, grants: &str) -> String {
    let text = format!(
        "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: order\ntable: crm.orders\n\
         tenant: {{from: line, column: order_id, path: supplier}}\nfields: {{number: text}}\n---\n\
         kind: object\nname: line\ntable: crm.lines\ntenants: {{supplier: supplier_id}}\n\
         fields: {{of: {{type: integer, column: order_id}}, quantity: integer}}\n---\n{objects}---\n\
         kind: portal\nname: p\naudiences:\n  a:\n    grants:\n{grants}"
    );
    shown(&of_text(&text).1)
}

const CASE: &str = "kind: object\nname: case\ntable: crm.cases\ntenants: {customer: account_id, partner: partner_id}\n\
    owner: created_by\nfields: {subject: text, partner: {type: integer, column: partner_id}, \
    status: [new, closed]}\nstates: {field: status, transitions: {new: [closed]}}\ndelete: {soft: gone_at}\n---\n\
    kind: object\nname: sheet\ntable: crm.cases\ntenant: account_id\nfields: {subject: text, stage: {type: text, column: status}, \
    gone: {type: timestamp, column: gone_at}, who: {type: integer, column: created_by}}\n";

/// Each of these would open more than it says.
#[test]
fn nothing_that_decides_whose_a_row_is_can_be_written() {
    let read = "      sheet:\n        read: [subject, stage]\n";
    let refused = |grants: &str, message: &str| {
        let found = findings(CASE, grants);
        assert!(found.contains("error[writable-scope-column]") && found.contains(message), "{message}\nin\n{found}");
    };
    // What another object on the same table is governed by.
    refused(&format!("{read}        update: [stage]\n"), "`stage` says how a `case` stands");
    refused(&format!("{read}        update: [gone]\n"), "`gone` is set by deleting a `case`");
    refused(&format!("{read}        update: [who]\n"), "`who` is the owner of the `case`");
    refused(&format!("{read}        create: [stage]\n"), "`stage` says how a `case` stands");
    refused(&format!("{read}        create: [who]\n"), "`who` says whose a new `sheet` is");
    // Whoever sees a line sees its order.
    let line = "      line:\n        read: {path: supplier, fields: [quantity]}\n";
    refused(&format!("{line}        update: {{path: supplier, fields: [of]}}\n"), "`of` says whose `order` it is");
    refused(&format!("{line}        create: {{path: supplier, fields: [of]}}\n"), "`of` says whose a new `line` is");
    // A second tenant, chosen at will.
    refused(
        "      case:\n        read: {path: customer, fields: [subject]}\n        create: {path: customer, fields: [subject, partner]}\n",
        "`partner` says whose a new `case` is",
    );
    let clean = findings(CASE, &format!("{read}        create: [subject]\n        update: [subject]\n"));
    assert!(!clean.contains("error"), "{clean}");
}

/// Nothing would say which of the two a new row is made as, nor which row a part of a key means.
#[test]
fn what_a_new_row_is_must_be_one_thing() {
    let read = "      case:\n        read: {path: customer, fields: [subject]}\n        create: {path: customer, fields: [subject]}\n";
    let two = format!("{read}      sheet:\n        read: [subject]\n        create: [subject]\n");
    let found = findings(CASE, &two);
    assert!(found.contains("error[ambiguous-create]"), "{found}");
    assert!(found.contains("`p/a` may create `case` and `sheet`, both rows of `crm.cases`"), "{found}");
    let pair = "kind: object\nname: pair\ntable: crm.pairs\nkey: [one, other]\ntenant: one\nfields: {one: integer, other: integer}\n---\n\
        kind: object\nname: use\ntable: crm.uses\ntenant: account_id\nfields: {pair: {type: reference(pair), column: pair_id}}\n";
    let found = findings(pair, "      use:\n        read: [pair]\n");
    assert!(found.contains("error[key-mismatch]") && found.contains("a reference is one column"), "{found}");
}

/// Whose people these are is told by a tenant that the row itself names.
#[test]
fn staff_hand_rows_only_to_people_they_can_tell() {
    let children = "kind: object\nname: case\ntable: crm.cases\ntenant: account_id\nfields: {subject: text}\n---\n\
        kind: object\nname: task\ntable: crm.tasks\ntenant: {via: case_id, object: case}\nowner: owner_id\nfields: {text: text}\n";
    let staff = |grants: &str| {
        let reader = "      line: {read: {path: supplier, fields: [quantity]}}\n";
        findings(children, &format!("{reader}  s:\n    who: internal\n    grants:\n{grants}"))
    };
    let found = staff("      task:\n        read: all\n        assign: {fields: [owner], to: tenant_member}\n");
    assert!(
        found.contains("error[scope-not-possible]") && found.contains("staff cannot hand rows of `task`"),
        "{found}"
    );
    let found =
        staff("      task:\n        read: all\n        share: {to: {audiences: [a]}, gives: read, expires: 30d}\n");
    assert!(found.contains("staff cannot share rows of `task`"), "{found}");
    let clean = staff("      task:\n        read: all\n        assign: {fields: [owner], to: staff}\n");
    assert!(!clean.contains("scope-not-possible"), "{clean}");
}

#[test]
fn who_may_not_touch_the_owner_hands_nothing_over() {
    let object = "kind: object\nname: task\ntable: crm.tasks\ntenant: account_id\nowner: owner_id\n\
        fields: {title: text, lead: {type: integer, column: owner_id}}\n";
    let spec = |deny: &str| {
        format!(
            "version: 1\nkind: project\nname: acme\n---\n{object}---\nkind: portal\nname: p\naudiences:\n  a:\n    grants:\n      \
             task: {{read: [title], update: [title], assign: {{fields: [owner], to: tenant_member}}}}\n{deny}"
        )
    };
    let assigns = |text: &str| {
        let model = good(text);
        let writes = model.personas[&PersonaName::new("p", "a")].writes.values().flatten().cloned().collect::<Vec<_>>();
        writes.iter().any(|grant| matches!(grant.write, Write::Assign { .. }))
    };
    assert!(assigns(&spec("")));
    assert!(!assigns(&spec("    deny: {task: [lead]}\n")));
}

/// Customer 1 is not artist 1, also where the key is only written down.
#[test]
fn a_preset_tenant_is_of_the_kind_of_who_sets_it() {
    let text = "version: 1\nkind: project\nname: acme\ntenants:\n  - {from_table: crm.customers, key: id, title: name, tenant_kind: customer}\n  \
        - {from_table: crm.artists, key: id, title: name, tenant_kind: artist}\n---\n\
        kind: object\nname: task\ntable: crm.tasks\ntenant: {column: account_id, kind: customer}\nfields: {title: text, seen_by: integer}\n---\n\
        kind: portal\nname: p\naudiences:\n  a:\n    tenant_kind: customer\n    grants:\n      \
        task: {read: [title], update: {fields: [title], preset: {seen_by: $tenant}}}\n";
    let model = good(text);
    let grant = &model.personas[&PersonaName::new("p", "a")].writes["task"][0];
    let Write::Update { preset, .. } = &grant.write else { panic!("{grant:?}") };
    assert!(
        matches!(&preset["seen_by"], Value::Tenant { kind: Some(kind), .. } if kind.as_str() == "customer"),
        "{preset:?}"
    );
}

/// Who leads a team hands over inside it; whoever may hand over only what is theirs would see it no more.
#[test]
fn a_team_lead_hands_over_inside_the_team() {
    let spec = |scope: &str| {
        format!(
            "version: 1\nkind: project\nname: acme\npeople:\n  - {{from_table: hr.staff, keys: {{employee: id}}, email: email, reports_to: boss, audience: desk/agent}}\n\
             ---\nkind: object\nname: lead\ntable: crm.leads\nowner: {{column: agent_id, key: employee}}\nfields: {{name: text}}\n\
             ---\nkind: portal\nname: desk\naudiences:\n  agent:\n    who: internal\n    grants:\n      lead: {{read: {{scope: {scope}, fields: [name]}}, assign: {{scope: {scope}, fields: [owner], to: staff}}}}\n"
        )
    };
    let (_, findings) = of_text(&spec("own"));
    assert!(findings.findings.iter().any(|finding| finding.id == "self-hiding-transition"), "{findings:?}");
    asserted(
        &ask(&good(&spec("reports")), "desk/agent", "assign", "lead", None),
        Verdict::Allow,
        &["hands over reports"],
    );
}

/// Whoever owns a row in one way sees it as before when it goes to another owner in another way.
#[test]
fn a_row_stays_with_its_other_owner() {
    let spec = |field: &str| {
        format!(
            "version: 1\nkind: project\nname: acme\npeople:\n  - {{from_table: hr.staff, keys: {{employee: id}}, email: email, audience: desk/agent}}\n\
             ---\nkind: object\nname: lead\ntable: crm.leads\nowners: {{seller: {{column: seller_id, key: employee}}, adviser: {{column: adviser_id, key: employee}}}}\nfields: {{name: text}}\n\
             ---\nkind: portal\nname: desk\naudiences:\n  agent:\n    who: internal\n    grants:\n      lead: {{read: {{scope: own, path: seller, fields: [name]}}, assign: {{scope: own, path: seller, fields: [{field}], to: staff}}}}\n"
        )
    };
    let (_, findings) = of_text(&spec("seller"));
    assert!(findings.findings.iter().any(|finding| finding.id == "self-hiding-transition"), "{findings:?}");
    asserted(&ask(&good(&spec("adviser")), "desk/agent", "assign", "lead", None), Verdict::Allow, &["hands over own"]);
}
