//! How many decisions the evaluator makes in a second on one core: who sees which row, in a project of a thousand grants.
//!
//! A decision is what Cedar calls one: somebody, an action, one row; yes or no. `benches/cedar` asks the same of Cedar,
//! with the same policies. `GRANTS` says how many; both print nanoseconds for a decision and how many were allowed.

use portalctl::analysis::evaluate::{Asking, World};
use portalctl::model::resolve;
use portalctl::spec::{RawContent, RawFile, read};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;
use time::OffsetDateTime;

const AUDIENCES: usize = 20;
const TENANTS: usize = 20;
const ROWS: usize = 20;
/// Long enough that the clock's own grain is nothing beside it.
const ROUNDS: usize = 7;

fn main() {
    let grants: usize = std::env::var("GRANTS").map_or(1000, |text| text.parse().expect("GRANTS is a number"));
    let objects = grants / AUDIENCES;
    let text = project(objects) + &people_and_rows(objects);
    let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) };
    let (set, found) = read(vec![file]);
    assert!(found.is_empty(), "{found:#?}");
    let (model, found) = resolve(&set);
    let model = model.expect("a model");
    assert!(found.is_empty(), "{found:#?}");
    let written: usize = model.personas.values().flat_map(|persona| persona.reads.values()).map(Vec::len).sum();
    assert_eq!(written, objects * AUDIENCES);
    let test = &model.access_tests[0];
    let world = World::given(&model, &test.given, OffsetDateTime::UNIX_EPOCH);
    let askers: Vec<Asking<'_>> = test
        .expect
        .iter()
        .map(|expectation| Asking::new(&model, &world, &World::asker(&test.given, &expectation.asker)).expect("a user"))
        .collect();
    let round = || {
        let (mut made, mut allowed) = (0_u32, 0_u32);
        for asking in &askers {
            for object in model.objects.values() {
                for row in world.rows.get(&object.table).into_iter().flatten() {
                    made += 1;
                    allowed += u32::from(black_box(asking.sees(&object.table, row)).row().holds());
                }
            }
        }
        (made, allowed)
    };
    let mut took: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let (made, _) = round();
            begun.elapsed().as_secs_f64() / f64::from(made)
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let (made, allowed) = round();
    println!("{:.0} ns {allowed} of {made} allowed", took[ROUNDS / 2] * 1e9);
}

fn project(objects: usize) -> String {
    let mut text = "version: 1\nkind: project\nname: speed\n".to_owned();
    for at in 0..objects {
        let _ = write!(
            text,
            "---\nkind: object\nname: object_{at}\ntable: crm.objects_{at}\ntenant: account_id\nowner: {{column: owner_id, key: user}}\n\
             fields: {{id: integer, number: text, state: [draft, open, closed], total: decimal}}\n"
        );
    }
    text += "---\nkind: portal\nname: shop\naudiences:\n";
    for audience in 0..AUDIENCES {
        let _ = writeln!(text, "  audience_{audience}:\n    grants:");
        for at in 0..objects {
            let rows = match (audience + at) % 3 {
                0 => "scope: tenant, where: {state: open}",
                1 => "scope: tenant, where: {state: [open, closed]}",
                _ => "scope: own",
            };
            let _ = writeln!(text, "      object_{at}: {{read: {{{rows}, fields: [id, number, state, total]}}}}");
        }
    }
    text
}

/// A user of every audience, and of each object rows of every tenant and state.
fn people_and_rows(objects: usize) -> String {
    let mut text = "---\nkind: access_test\nname: speed\nnow: 2026-01-15T09:00:00Z\ngiven:\n  tenants:\n".to_owned();
    for tenant in 0..TENANTS {
        let _ = writeln!(text, "    t{tenant}: {{key: \"{tenant}\"}}");
    }
    text += "  users:\n";
    for user in 0..AUDIENCES {
        let tenant = user % TENANTS;
        let _ = writeln!(
            text,
            "    u{user}: {{tenant: t{tenant}, audience: shop/audience_{user}, keys: {{user: \"{user}\"}}}}"
        );
    }
    text += "  rows:\n";
    for at in 0..objects {
        let _ = writeln!(text, "    object_{at}:");
        for row in 0..ROWS {
            let state = ["draft", "open", "closed"][row % 3];
            let (tenant, owner) = (row % 5, row % 7);
            let _ = writeln!(
                text,
                "      - {{id: {row}, tenant: t{tenant}, owner: u{owner}, number: N-{row}, state: {state}, total: {row}}}"
            );
        }
    }
    text += "expect:\n";
    for user in 0..AUDIENCES {
        let _ = writeln!(text, "  - {{as: u{user}, cannot: [{{read: object_0/0}}]}}");
    }
    text
}
