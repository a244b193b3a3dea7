//! What somebody is granted by chance: rows in every scope, conditions, and writes of rows that are read.

use super::dice::Dice;
use super::project::{OBJECTS, Path, Shape, Who};

const READABLE: [&str; 10] = ["state", "flag", "amount", "day", "at", "tier", "label", "mail", "owner_no", "tenant_no"];
const WRITABLE: [&str; 6] = ["flag", "amount", "day", "at", "label", "mail"];

pub(super) fn grants(dice: &mut Dice, shape: &Shape, at: usize, object: &str, who: Who) -> String {
    let reads = 1 + dice.below(3);
    let (mut read, mut rows_of) = (Vec::new(), Vec::new());
    for _ in 0..reads {
        let rows = rows(dice, shape, at, who);
        let mut fields = dice.some(&READABLE);
        fields.push("id");
        let masked = ["label", "mail"].into_iter().zip(shape.masks[at]);
        let masked: Vec<&str> =
            masked.filter(|(name, mask)| mask.is_some() && fields.contains(name)).map(|(name, _)| name).collect();
        let unmasked = match masked.is_empty() || dice.percent(70) {
            true => String::new(),
            false => format!(", unmasked: [{}]", masked.join(", ")),
        };
        read.push(format!("{{{rows}, fields: [{}]{unmasked}}}", fields.join(", ")));
        rows_of.push(rows);
    }
    let mut text = format!("      {object}:\n        read: [{}]\n", read.join(", "));
    if who == Who::Guest || dice.percent(15) {
        return text;
    }
    // Rows that are read, so that there is a facet for the write.
    let rows = |dice: &mut Dice| dice.one(&rows_of.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
    if dice.percent(80) {
        let updates = (0..1 + dice.below(2)).map(|_| {
            let preset = if dice.percent(20) { ", preset: {tier: silver}" } else { "" };
            let rows = rows(dice);
            format!("{{{rows}, fields: [{}]{preset}}}", dice.some(&WRITABLE).join(", "))
        });
        text += &format!("        update: [{}]\n", updates.collect::<Vec<_>>().join(", "));
    }
    if shape.states && dice.percent(60) {
        text += &format!("        transition: {{{}, state: {{a: [b], b: [c, a]}}}}\n", rows(dice));
    }
    if dice.percent(60) {
        text += &format!("        delete: {{{}}}\n", rows(dice));
    }
    let made: Vec<&str> = rows_of.iter().map(String::as_str).filter(|rows| makes(rows)).collect();
    if !made.is_empty() && matches!(who, Who::External(_)) && dice.percent(75) {
        let preset = dice.one(&["", ", preset: {state: a}", ", preset: {state: b, at: $now}"]);
        text += &format!("        create: {{{}, fields: [id, label, amount, flag, day]{preset}}}\n", dice.one(&made));
    }
    if dice.percent(40) {
        let owner = if who == Who::Staff { ("agent", "staff") } else { ("mine", "tenant_member") };
        text += &format!("        assign: {{{}, fields: [{}], to: {}}}\n", rows(dice), owner.0, owner.1);
    }
    if dice.percent(30) {
        text +=
            &format!("        share: {{{}, to: {{audiences: [one, three]}}, gives: read, expires: 30d}}\n", rows(dice));
    }
    text
}

/// Whether these may be rows that somebody makes.
fn makes(rows: &str) -> bool {
    ["scope: tenant,", "scope: own,", "scope: parent"].iter().any(|scope| rows.starts_with(scope))
}

/// Scope, path and what narrows it, without braces.
fn rows(dice: &mut Dice, shape: &Shape, at: usize, who: Who) -> String {
    let fits = |path: &&Path| match who {
        Who::External(kind) => path.kind.is_none_or(|its| its == kind),
        _ => true,
    };
    let paths: Vec<&Path> = shape.paths[at].iter().filter(fits).collect();
    let mut scopes = match who {
        Who::External(_) => vec!["own", "own", "reports", "shared", "assigned", "public", "none"],
        Who::Staff => vec!["own", "reports", "assigned", "all", "all", "shared"],
        Who::Guest => vec!["public"],
    };
    if !paths.is_empty() && matches!(who, Who::External(_)) {
        scopes.extend(["tenant", "tenant", "tenant", "tenant_tree", "tenant_tree"]);
    }
    if at > 0 && who != Who::Guest {
        scopes.extend(["parent", "parent"]);
    }
    let scope = dice.one(&scopes);
    let mut parts = vec![format!("scope: {scope}")];
    match scope {
        "tenant" | "tenant_tree" => parts.push(format!("path: {}", paths[dice.below(paths.len())].name)),
        "own" | "reports" => parts.push(format!("path: {}", if who == Who::Staff { "agent" } else { "mine" })),
        _ => {}
    }
    if who == Who::Guest || dice.percent(40) {
        parts.push(format!("where: {}", condition(dice, matches!(who, Who::External(_)))));
    }
    if dice.percent(12) && who != Who::Guest {
        parts.push(if at < 2 {
            let below = OBJECTS[at + 1];
            format!("has: {{object: {below}, match: {{above: $row.id}}}}")
        } else {
            "has: {object: folder, match: {state: a, label: $row.label}}".to_owned()
        });
    }
    if dice.percent(12) && matches!(who, Who::External(_)) {
        parts.push(format!("min_tier: {}", dice.one(&["silver", "gold", "$row.tier"])));
    }
    if dice.percent(10) {
        parts.push(format!("valid_from: {}", dice.one(&["day", "at", "2026-01-10", "\"2026-01-15T10:00:00Z\""])));
    }
    if dice.percent(15) {
        parts.push(format!("valid_until: {}", dice.one(&["day", "at", "2026-01-20", "\"2026-01-15T10:00:00Z\""])));
    }
    if dice.percent(8) && who != Who::Guest {
        parts.push("needs: mfa".to_owned());
    }
    parts.join(", ")
}

pub(super) fn condition(dice: &mut Dice, with_me: bool) -> String {
    let test = |dice: &mut Dice| -> String {
        let mut tests = vec![
            "state: a",
            "state: [a, b]",
            "state: {ne: c}",
            "state: {not_in: [b, c]}",
            "flag: true",
            "flag: {ne: true}",
            "amount: {lt: 5}",
            "amount: {gte: 2.50, lte: 10}",
            "day: {lte: $today}",
            "day: {gt: \"2026-01-14\"}",
            "day: $today",
            "at: {gt: $now}",
            "at: {lte: $now}",
            "tier: {is_null: true}",
            "label: {is_null: false}",
            "label: $row.tier",
            "label: {ne: $row.tier}",
            "owner_no: {not_in: [1, 2]}",
            "owner_no: $row.tenant_no",
        ];
        if with_me {
            tests.extend(["label: $tier", "tier: {ne: $tier}", "tenant_no: $tenant", "tenant_no: {ne: $tenant}"]);
        }
        dice.one(&tests).to_owned()
    };
    match dice.below(4) {
        0 => format!("{{any_of: [{{{}}}, {{{}}}]}}", test(dice), test(dice)),
        1 => {
            let (one, other) = (test(dice), test(dice));
            // A key may stand once in a mapping.
            if one.split(':').next() == other.split(':').next() {
                format!("{{{one}}}")
            } else {
                format!("{{{one}, {other}}}")
            }
        }
        _ => format!("{{{}}}", test(dice)),
    }
}
