//! The decisions of `benches/evaluator.rs`, asked of Cedar: the same audiences, objects, rows and people, and for every
//! grant a policy. `GRANTS` says how many there are.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Instant;

const AUDIENCES: usize = 20;
const TENANTS: usize = 20;
const ROWS: usize = 20;
const ROUNDS: usize = 7;

fn main() {
    let grants: usize = std::env::var("GRANTS").map_or(1000, |text| text.parse().expect("GRANTS is a number"));
    let objects = grants / AUDIENCES;
    let policies = PolicySet::from_str(&policies(objects)).expect("policies");
    let entities = Entities::from_json_value(Value::Array(entities(objects)), None).expect("entities");
    let uid = |kind: &str, name: &str| EntityUid::from_str(&format!("{kind}::\"{name}\"")).expect("a name");
    let read = uid("Action", "read");
    let mut requests = Vec::new();
    for user in 0..AUDIENCES {
        for object in 0..objects {
            for row in 0..ROWS {
                let (who, what) = (uid("User", &format!("u{user}")), uid("Row", &format!("{object}/{row}")));
                requests.push(Request::new(who, read.clone(), what, Context::empty(), None).expect("a request"));
            }
        }
    }
    // Cedar is slower the more policies there are: a share of the questions, evenly spread, is enough to know.
    let share = (requests.len() / 2000).max(1);
    let asked: Vec<&Request> = requests.iter().step_by(share).collect();
    let authorizer = Authorizer::new();
    let decide =
        |request: &&Request| authorizer.is_authorized(request, &policies, &entities).decision() == Decision::Allow;
    let mut took: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(asked.iter().filter(|request| decide(request)).count());
            begun.elapsed().as_secs_f64() / asked.len() as f64
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let allowed = requests.iter().filter(|request| decide(request)).count();
    println!("{:.0} ns {allowed} of {} allowed", took[ROUNDS / 2] * 1e9, requests.len());
}

fn policies(objects: usize) -> String {
    let mut text = String::new();
    for audience in 0..AUDIENCES {
        for at in 0..objects {
            let rows = match (audience + at) % 3 {
                0 => "principal.tenant == resource.tenant && resource.state == \"open\"",
                1 => "principal.tenant == resource.tenant && [\"open\", \"closed\"].contains(resource.state)",
                _ => "resource.owner == principal.key",
            };
            let _ = writeln!(
                text,
                "permit (principal in Audience::\"audience_{audience}\", action == Action::\"read\", \
                 resource in Object::\"object_{at}\") when {{ {rows} }};"
            );
        }
    }
    text
}

fn entities(objects: usize) -> Vec<Value> {
    let mut all = Vec::new();
    for user in 0..AUDIENCES {
        all.push(json!({
            "uid": {"type": "User", "id": format!("u{user}")},
            "attrs": {"tenant": format!("t{}", user % TENANTS), "key": user.to_string()},
            "parents": [{"type": "Audience", "id": format!("audience_{user}")}],
        }));
    }
    for object in 0..objects {
        for row in 0..ROWS {
            let state = ["draft", "open", "closed"][row % 3];
            all.push(json!({
                "uid": {"type": "Row", "id": format!("{object}/{row}")},
                "attrs": {
                    "tenant": format!("t{}", row % 5),
                    "owner": (row % 7).to_string(),
                    "state": state,
                },
                "parents": [{"type": "Object", "id": format!("object_{object}")}],
            }));
        }
    }
    all
}
