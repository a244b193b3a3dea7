//! The report, for people.

use super::decide::counts;
use super::report::{Decision, ObjectReport, Report, Status};
use super::yaml::remark;
use crate::spec::PROJECT_FILE;
use std::fmt::Write as _;

/// More of one thing than anybody reads.
const MOST_NAMED: usize = 8;

/// What was found in general, what was left out, and what is to be decided.
pub fn told(report: &Report) -> String {
    let mut text = String::new();
    let count = |status| report.objects.iter().filter(|object| object.status == status).count();
    let (new, known) = (count(Status::New), count(Status::Known) + count(Status::Extended));
    let known = if known > 0 { format!(", {known} known before") } else { String::new() };
    line(&mut text, &format!("`{}`: {}{known}", remark(&report.database), plural(new, "new object")));
    added(&mut text, report);
    if !report.added_to_project.is_empty() {
        line(&mut text, &format!("added to `{PROJECT_FILE}`: {}", report.added_to_project.join(", ")));
    }
    ways(&mut text, report);
    guesses(&mut text, report);
    losses(&mut text, report);
    for (number, decision) in (1..).zip(&report.decisions) {
        decide(&mut text, number, decision);
    }
    tenants(&mut text, report);
    if new > 0 {
        line(
            &mut text,
            "\nnext: decide what is asked, if anything; write a portal, which says who signs in and what they may do; `portalctl validate`",
        );
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn some(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST_NAMED) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

fn added(text: &mut String, report: &Report) {
    for object in report.objects.iter().filter(|object| object.status == Status::Extended) {
        let file = object.file.as_deref().unwrap_or_default();
        line(text, &format!("added to `{}` in `{}`: {}", object.object, remark(file), some(&object.added)));
    }
}

fn ways(text: &mut String, report: &Report) {
    let is_told = |object: &&ObjectReport| matches!(object.status, Status::New | Status::Extended);
    let new: Vec<&ObjectReport> = report.objects.iter().filter(is_told).collect();
    let mut is_first = true;
    for object in &new {
        for ways in &object.tenants {
            let Some(way) = ways.chosen().filter(|way| way.told.contains('→')) else { continue };
            if std::mem::take(&mut is_first) {
                line(text, "\nways to tenants:");
            }
            let others = ways.candidates.iter().filter(|other| *other != way).map(|other| other.told.as_str());
            let others: Vec<&str> = others.collect();
            let same = if others.is_empty() { "" } else { ", and so says " };
            line(text, &format!("  {}{same}{}", counts(ways, way), others.join(", ")));
        }
    }
    let without: Vec<String> =
        new.iter().filter(|object| object.tenants.is_empty()).map(|object| object.object.clone()).collect();
    if !without.is_empty() && report.tenant_candidates.is_empty() && new.iter().any(|object| !object.tenants.is_empty())
    {
        line(
            text,
            &format!(
                "\nno way leads to a tenant from {}: they are for all (`scope: public`), or for staff",
                some(&without)
            ),
        );
    }
    let hidden: Vec<String> =
        report.objects.iter().filter(|object| object.hides_rows).map(|object| remark(&object.table)).collect();
    if !hidden.is_empty() {
        line(text, &format!("\nrow security hides rows of {} from you: what was counted may be a part", some(&hidden)));
    }
}

fn guesses(text: &mut String, report: &Report) {
    let count: usize = report.objects.iter().map(|object| object.guesses.len()).sum();
    if count > 0 {
        line(
            text,
            &format!(
                "\n{} of classes and types, each marked in its file: look for `guessed`, decide, and delete the remark",
                if count == 1 { "1 guess".to_owned() } else { format!("{count} guesses") }
            ),
        );
    }
    for object in report.objects.iter().filter(|object| object.status == Status::New) {
        for note in &object.notes {
            line(text, &format!("note: `{}`: {note}", object.object));
        }
    }
}

/// Nothing that is in the database is passed over without a word.
fn losses(text: &mut String, report: &Report) {
    for object in &report.objects {
        for left in &object.left_out {
            line(
                text,
                &format!("left out: `{}.{}`: {}", remark(&object.table), remark(left.column.as_str()), left.why),
            );
        }
        if let Some(why) = &object.not_looked_into {
            line(text, &format!("not looked into: `{}`: {}", remark(&object.table), remark(why)));
        }
    }
    let dropped: Vec<String> =
        report.objects.iter().filter(|o| o.status == Status::LeftOut).map(|o| remark(&o.table)).collect();
    if !dropped.is_empty() {
        line(
            text,
            &format!(
                "left out as before: {}; to have them, delete them from `{}`",
                some(&dropped),
                super::ledger::LEDGER_FILE
            ),
        );
    }
    let mut reasons: Vec<&str> = report.passed_over.iter().map(|passed| passed.why.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for why in reasons {
        let tables: Vec<String> =
            report.passed_over.iter().filter(|passed| passed.why == why).map(|passed| remark(&passed.table)).collect();
        line(text, &format!("passed over, {}: {}", remark(why), some(&tables)));
    }
    for other in &report.other_schemas {
        line(
            text,
            &format!(
                "not imported: {} in `{}`; add `--schema {}`",
                plural(other.tables, "table"),
                remark(&other.schema),
                remark(&other.schema)
            ),
        );
    }
    for changed in &report.changed {
        let column = changed.column.as_ref().map(|column| format!(".{}", remark(column))).unwrap_or_default();
        line(text, &format!("changed: `{}{column}`: {}", remark(&changed.table), remark(&changed.what)));
    }
}

fn decide(text: &mut String, number: usize, decision: &Decision) {
    if number == 1 {
        line(text, "\nto decide:");
    }
    let file = decision.file.as_ref().map(|file| format!("; in `{file}`:")).unwrap_or_default();
    let _ = writeln!(text, "{number}. {}{file}", decision.message);
    for choice in &decision.choices {
        let told = choice.told.as_ref().map(|told| format!("   # {told}")).unwrap_or_default();
        let mut lines = choice.yaml.lines();
        let _ = writeln!(text, "     {}{told}", lines.next().unwrap_or_default());
        for more in lines {
            let _ = writeln!(text, "     {more}");
        }
    }
}

fn tenants(text: &mut String, report: &Report) {
    if report.tenant_candidates.is_empty() {
        return;
    }
    line(
        text,
        "\nnobody has said what a tenant is, whose rows the others must not see, so no object leads to one. Tables that others refer to:",
    );
    for candidate in report.tenant_candidates.iter().take(5) {
        let reached = plural(candidate.reached_from, "table");
        line(
            text,
            &format!(
                "  `{}`, from {reached}: `portalctl import --tenant {}`",
                remark(&candidate.table),
                remark(&candidate.table)
            ),
        );
    }
}
