//! Each kind of change, as a reviewer would meet it: what is told of it, and the example that is given.

use crate::resolved;
use portalctl::analysis::diff::{AccessDiff, Change, diff};

const HEAD: &str = "\
version: 1
kind: project
name: acme
tiers: [basic, silver, gold]
people:
  - {from_table: crm.contacts, keys: {contact: id}, email: email, tenant: account_id, reports_to: boss, audience: support/customer}
tenants: [{from_table: crm.accounts, key: id}]
---
kind: object
name: project
table: crm.projects
tenant: account_id
owner: {column: lead_id, key: contact}
fields: {name: text, state: [open, closed]}
---
kind: object
name: case
table: crm.cases
tenant: account_id
owner: {column: created_by, key: contact}
parent: {via: project_id, object: project}
shares: {table: crm.case_shares, row: case_id, user: {column: contact_id, key: contact}}
delete: hard
fields:
  subject: text
  status: [draft, open, closed]
  amount: decimal
  urgent: boolean
  due: date
  email: {type: email, class: personal}
  iban: {type: text, class: financial, mask: last4}
  note: {type: text, class: internal}
states: {field: status, transitions: {draft: [open], open: [closed]}}
";

fn project(grants: &str) -> String {
    format!("{HEAD}---\nkind: portal\nname: support\naudiences:\n  customer:\n    grants:\n{grants}")
}

fn customers(grants: &str) -> String {
    project(&format!("      case: {{{grants}}}\n"))
}

fn model(text: &str) -> portalctl::model::AccessModel {
    resolved(text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"))
}

fn between(before: &str, after: &str) -> AccessDiff {
    diff(&model(before), &model(after))
}

/// `+ read case.subject`, with what is said of the rank of it.
fn line(change: &Change) -> String {
    let value = serde_json::to_value(change).unwrap();
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let field = change.field.as_ref().map(|field| format!(".{field}")).unwrap_or_default();
    let what = change.what.as_ref().map(|what| format!(" [{what}]")).unwrap_or_default();
    let undecided = if change.undecided { " undecided" } else { "" };
    let kind = if text("kind") == "access" { String::new() } else { format!(" {}", text("kind")) };
    let seen = if change.witness.is_some() { " seen" } else { "" };
    format!(
        "{} {} {}{field}{what} {}{kind}{seen}{undecided}",
        text("class"),
        change.action,
        change.object.clone().unwrap_or_default(),
        text("severity")
    )
}

fn lines(before: &str, after: &str) -> Vec<String> {
    between(before, after).changes.iter().map(line).collect()
}

/// Of the grants of customers on cases.
fn told(before: &str, after: &str) -> Vec<String> {
    lines(&customers(before), &customers(after))
}

#[test]
fn nothing_is_told_where_nothing_changes() {
    let grants = "read: [{scope: own, fields: [subject, status]}, {scope: tenant, where: {status: [open, closed]}, fields: [subject]}]";
    assert_eq!(told(grants, grants), [""; 0]);
}

#[test]
fn order_and_layout_say_nothing() {
    let before = "read: [{scope: own, fields: [subject, status]}, {scope: tenant, where: {status: [open, closed]}, fields: [subject]}]";
    let after = "read: [{fields: [subject], where: {status: [closed, open]}, scope: tenant}, {fields: [status, subject], scope: own}]";
    let found = told(before, after);
    assert!(found.iter().all(|line| line.starts_with("neutral")), "{found:#?}");
}

#[test]
fn a_field_more_is_wider_and_one_less_narrower() {
    assert_eq!(
        told("read: {fields: [subject]}", "read: {fields: [subject, email]}"),
        ["widen read case.email sensitive seen"]
    );
    assert_eq!(
        told("read: {fields: [subject, status]}", "read: {fields: [subject]}"),
        ["narrow read case.status plain seen"]
    );
}

#[test]
fn a_wider_scope_is_wider() {
    for (narrow, wide) in [("own", "reports"), ("tenant", "tenant_tree"), ("none", "own")] {
        let of = |scope: &str| format!("read: {{scope: {scope}, fields: [subject]}}");
        assert_eq!(told(&of(narrow), &of(wide)), ["widen read case.subject plain seen"], "{narrow} to {wide}");
        assert_eq!(told(&of(wide), &of(narrow)), ["narrow read case.subject plain seen"], "{wide} to {narrow}");
    }
    for (one, other) in [("own", "tenant"), ("own", "shared"), ("tenant", "shared"), ("parent", "own")] {
        let of = |scope: &str| {
            project(&format!(
                "      project: {{read: {{scope: own, fields: [name]}}}}\n      case: {{read: {{scope: {scope}, fields: [subject]}}}}\n"
            ))
        };
        assert_eq!(lines(&of(one), &of(other)), ["incomparable read case.subject plain seen"], "{one} to {other}");
    }
}

#[test]
fn conditions_are_compared_by_what_they_mean() {
    let of = |condition: &str| format!("read: {{where: {{{condition}}}, fields: [subject]}}");
    let class = |before: &str, after: &str| {
        told(&of(before), &of(after))
            .first()
            .and_then(|line| line.split(' ').next().map(str::to_owned))
            .unwrap_or_default()
    };
    // The values of an enum are all there are.
    assert_eq!(class("status: {ne: draft}", "status: [open, closed]"), "neutral");
    assert_eq!(class("status: [open]", "status: [open, closed]"), "widen");
    assert_eq!(class("amount: {lt: 10}", "amount: {lt: 5}"), "narrow");
    assert_eq!(class("amount: {lt: 10}", "amount: {lte: 10}"), "widen");
    assert_eq!(class("amount: {gte: 5, lte: 10}", "amount: {gte: 7, lte: 12}"), "incomparable");
    assert_eq!(class("urgent: true", "urgent: {is_null: false}"), "widen");
    assert_eq!(class("urgent: {ne: true}", "urgent: false"), "neutral");
    assert_eq!(class("due: {lt: $today}", "due: {lte: $today}"), "widen");
    assert_eq!(class("due: {is_null: true}", "due: {is_null: false}"), "incomparable");
    assert_eq!(class("any_of: [{status: open}, {urgent: true}]", "status: open"), "narrow");
}

#[test]
fn several_grants_are_one_union() {
    let split = "read: [{where: {amount: {lt: 5}}, fields: [subject]}, {where: {amount: {gte: 5}}, fields: [subject]}]";
    let one = "read: {where: {amount: {is_null: false}}, fields: [subject]}";
    let found = told(split, one);
    assert_eq!(found, ["neutral read case plain"]);
    assert_eq!(told(split, "read: {fields: [subject]}"), ["widen read case.subject plain seen"]);
}

#[test]
fn what_takes_away_is_missed() {
    let portal = |more: &str| {
        format!(
            "{HEAD}---\nkind: portal\nname: support\n{more}audiences:\n  customer:\n    grants: {{case: {{read: [subject, note]}}}}\n"
        )
    };
    let denied = |deny: &str| format!("{}    deny: {{case: {deny}}}\n", portal(""));
    assert_eq!(lines(&denied("[note]"), &portal("")), ["widen read case.note sensitive seen"]);
    let rows = lines(&denied("{where: {status: draft}}"), &portal(""));
    assert_eq!(rows, ["widen read case.note sensitive seen", "widen read case.subject plain seen"]);
    let restricted = portal("restrict: {case: {where: {status: {ne: draft}}}}\n");
    assert_eq!(
        lines(&portal(""), &restricted),
        ["narrow read case.note sensitive seen", "narrow read case.subject plain seen"]
    );
}

#[test]
fn a_mask_that_goes_is_wider_and_sensitive() {
    let masked = "read: {fields: [iban]}";
    let plain = "read: {fields: [iban], unmasked: [iban]}";
    assert_eq!(told(masked, plain), ["widen read case.iban sensitive seen"]);
    assert_eq!(told(plain, masked), ["narrow read case.iban sensitive seen"]);
    let without = customers(masked).replace(", mask: last4", "");
    assert_eq!(lines(&customers(masked), &without), ["widen read case.iban sensitive seen"]);
}

#[test]
fn what_is_called_harmless_in_the_same_step_stays_sensitive() {
    let before = customers("read: {fields: [subject]}");
    let after = customers("read: {fields: [subject, email]}")
        .replace("{type: email, class: personal}", "{type: email, class: public}");
    let found = lines(&before, &after);
    assert_eq!(found, ["widen read case.email sensitive seen", "neutral classify case.email [class] sensitive"]);
}

#[test]
fn tiers_validity_and_other_rows_decide() {
    let of = |more: &str| format!("read: {{scope: tenant, {more}fields: [subject]}}");
    let wider = ["widen read case.subject plain seen"];
    assert_eq!(told(&of("min_tier: gold, "), &of("min_tier: silver, ")), wider);
    assert_eq!(told(&of("valid_until: due, "), &of("")), wider);
    assert_eq!(told(&of("valid_until: 2026-03-01, "), &of("valid_until: 2026-04-01, ")), wider);
    let with = |has: &str, projects: &str| {
        project(&format!(
            "      project: {{read: {{scope: {projects}, fields: [name, state]}}}}\n      case: {{read: {{scope: tenant, {has}fields: [subject]}}}}\n"
        ))
    };
    let has = "has: {object: project, match: {name: $row.subject}}, ";
    assert_eq!(lines(&with(has, "own"), &with("", "own")), wider);
    let also = lines(&with(has, "own"), &with(has, "reports"));
    assert!(also.contains(&wider[0].to_owned()), "{also:#?}");
}

#[test]
fn a_parent_that_is_seen_by_more_shows_its_children_to_more() {
    let with = |scope: &str| {
        project(&format!(
            "      project: {{read: {{scope: {scope}, fields: [name]}}}}\n      case: {{read: {{scope: parent, fields: [subject]}}}}\n"
        ))
    };
    assert_eq!(
        lines(&with("own"), &with("reports")),
        ["widen read case.subject plain seen", "widen read project.name plain seen"]
    );
}

#[test]
fn writes_are_told_with_what_they_do() {
    let read =
        "read: [{scope: own, fields: [subject, status, amount]}, {scope: tenant, fields: [subject, status, amount]}], ";
    let of = |write: &str| format!("{read}{write}");
    assert_eq!(told(&of(""), &of("update: {scope: own, fields: [subject]}")), ["widen update case.subject plain seen"]);
    assert_eq!(
        told(&of("update: {scope: own, fields: [subject]}"), &of("update: {scope: tenant, fields: [subject]}")),
        ["incomparable update case.subject plain seen"]
    );
    assert_eq!(
        told(
            &of("update: {scope: tenant, fields: [subject], preset: {urgent: true}}"),
            &of("update: {scope: tenant, fields: [subject]}")
        ),
        ["widen update case.subject plain"]
    );
    assert_eq!(
        told(
            &of("transition: {scope: tenant, state: {draft: [open]}}"),
            &of("transition: {scope: tenant, state: {draft: [open], open: [closed]}}")
        ),
        ["widen transition case.status [open → closed] plain seen"]
    );
    assert_eq!(told(&of(""), &of("delete: {scope: own}")), ["widen delete case plain seen"]);
    let below = |write: &str| {
        project(&format!("      project: {{read: {{scope: tenant, fields: [name]}}}}\n      case: {{{}}}\n", of(write)))
    };
    assert_eq!(
        lines(&below("create: {fields: [subject]}"), &below("create: {fields: [subject, amount]}")),
        ["widen create case.amount plain seen"]
    );
    assert_eq!(told(&of("export: {max_rows: 100}"), &of("export: {max_rows: 500}")), ["widen export case sensitive"]);
    assert_eq!(told(&of(""), &of("export: {max_rows: 500}")), ["widen export case sensitive seen"]);
    assert_eq!(
        told(&of(""), &of("assign: {scope: tenant, fields: [owner], to: tenant_member}")),
        ["widen assign case [to somebody of the row's tenant] plain seen"]
    );
    let shared = |days: &str| {
        let share = format!("share: {{to: {{audiences: [customer]}}, gives: read, expires: {days}}}");
        customers(&of(&share))
            .replace("column: contact_id, key: contact}}", "column: contact_id, key: contact}, until: ends}")
    };
    assert_eq!(lines(&shared("30d"), &shared("60d")), ["widen share case [with support/customer] sensitive"]);
}

#[test]
fn without_a_second_factor_signing_in_is_weaker() {
    let of = |more: &str| format!("read: {{scope: tenant, {more}fields: [subject]}}");
    assert_eq!(told(&of("needs: mfa, "), &of("")), ["widen read case.subject plain authentication seen"]);
}

#[test]
fn guests_are_public() {
    let before = customers("read: {fields: [subject]}");
    let after = format!(
        "{before}  visitor: {{who: guest, grants: {{case: {{read: {{scope: public, where: {{status: open}}, fields: [subject]}}}}}}}}\n"
    );
    assert_eq!(
        lines(&before, &after),
        ["widen read case.subject public seen", "widen sign-in  [who] public authentication"]
    );
}

#[test]
fn longer_sessions_and_open_doors_are_told() {
    let portal = |more: &str| format!("{}{more}", customers("read: {fields: [subject]}"));
    let session = |idle: &str| portal(&format!("auth: {{session: {{idle: {idle}}}}}\n"));
    assert_eq!(lines(&session("30m"), &session("2h")), ["widen sign-in  [session idle] plain authentication"]);
    assert_eq!(lines(&session("2h"), &session("30m")), ["narrow sign-in  [session idle] plain authentication"]);
    let people = portal("").replace("email: email, tenant", "email: email, where: {active: true}, tenant");
    assert_eq!(lines(&people, &portal("")), ["incomparable sign-in  [people from crm.contacts] plain authentication"]);
}

#[test]
fn what_is_kept_no_longer_is_told() {
    let of = |object: &str| {
        format!(
            "{}---\nkind: object\nname: memo\nmanaged: true\ntenant: account_id\n{object}\n",
            customers("read: {fields: [subject]}")
        )
    };
    let lost = |before: &str, after: &str| lines(&of(before), &of(after));
    assert_eq!(
        lost("fields: {a: text, b: text}", "fields: {a: text}"),
        ["narrow keep memo.b [column] plain data-loss"]
    );
    assert_eq!(
        lost("fields: {a: {type: text, max_length: 100}}", "fields: {a: {type: text, max_length: 20}}"),
        ["narrow keep memo.a [type] plain data-loss"]
    );
    assert_eq!(lost("fields: {a: [x, y]}", "fields: {a: [x]}"), ["narrow keep memo.a [type] plain data-loss"]);
    assert_eq!(lost("fields: {a: integer}", "fields: {a: decimal}"), [""; 0]);
    let without = customers("read: {fields: [subject]}");
    assert_eq!(lines(&of("fields: {a: text}"), &without), ["narrow keep memo [table] plain data-loss"]);
}

#[test]
fn a_witness_says_what_row_for_whom() {
    let found = between(
        &customers("read: {scope: own, where: {status: open}, fields: [subject]}"),
        &customers("read: {scope: own, where: {status: [draft, open]}, fields: [subject]}"),
    );
    assert_eq!(found.changes[0].witness.as_deref(), Some("case with created_by me, status draft"));
    assert_eq!(found.changes[0].before.as_deref(), Some("own where status is open"));
    assert!(found.changes[0].line.is_some());
}

#[test]
fn a_comment_is_short_where_nothing_changed_and_hostile_names_stay_names() {
    let plain = customers("read: {fields: [subject]}");
    assert_eq!(between(&plain, &plain).markdown(), "No change of access.\n");
    let hostile = customers("read: {where: {subject: \"a|b `x` @team <img src=x>\"}, fields: [subject]}");
    let comment = between(&customers("read: {scope: none, fields: [subject]}"), &hostile).markdown();
    assert!(!comment.contains("<img") && !comment.contains("@team") && !comment.contains("`x`"), "{comment}");
    let rows = comment.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
    }
}

#[test]
fn an_object_that_is_called_otherwise_is_the_same() {
    let of = |name: &str, was: &str| {
        format!(
            "{HEAD}---\nkind: object\nname: {name}\n{was}managed: true\ntenant: account_id\nfields: {{a: text}}\n\
             ---\nkind: portal\nname: support\naudiences:\n  customer:\n    grants: {{{name}: {{read: [a]}}}}\n"
        )
    };
    assert_eq!(lines(&of("memo", ""), &of("reminder", "was: memo\n")), [""; 0]);
}

/// Whoever gets a lifecycle loses: without a date they are of the other audience at once.
#[test]
fn a_lifecycle_more_is_a_loss() {
    let of = |more: &str| {
        format!("{}  former: {{grants: {{case: {{read: [subject]}}}}}}\n{more}", customers("read: {fields: [subject]}"))
    };
    let with = of("lifecycle: {paid_until: paid_until, grace: 30d, on_lapse: former}\n");
    assert_eq!(lines(&of(""), &with)[..1], ["narrow sign-in  [lifecycle] plain authentication"]);
}

/// Keys of two names are two things, and a share that ends is less than one that does not.
#[test]
fn what_a_key_and_a_link_mean_is_compared() {
    let own = customers("read: {scope: own, fields: [subject]}");
    let other = own
        .replace("owner: {column: created_by, key: contact}", "owner: {column: created_by, key: agent}")
        .replace("keys: {contact: id}", "keys: {contact: id, agent: agent_id}");
    let found = lines(&own, &other);
    assert!(found.contains(&"incomparable read case.subject plain seen".to_owned()), "{found:#?}");
    let shared = customers("read: {scope: shared, fields: [subject]}");
    let ends = shared.replace("column: contact_id, key: contact}}", "column: contact_id, key: contact}, until: ends}");
    assert_ne!(lines(&ends, &shared), [""; 0]);
}

#[test]
fn two_grants_to_change_are_less_than_one_where_the_row_can_be_moved() {
    let of = |update: &str| {
        customers(&format!(
            "read: {{scope: tenant, fields: [subject, urgent]}}, update: [{update}, {{scope: tenant, fields: [urgent]}}]"
        ))
    };
    let two = of(
        "{scope: tenant, where: {urgent: true}, fields: [subject]}, {scope: tenant, where: {urgent: false}, fields: [subject]}",
    );
    let one = of("{scope: tenant, where: {urgent: {is_null: false}}, fields: [subject]}");
    assert_eq!(lines(&two, &one), ["widen update case.subject plain undecided"]);
}
