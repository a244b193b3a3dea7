//! What access tests hold, for people, programs and CI.

use crate::analysis::coverage::{Coverage, Covered};
use crate::diagnostic::{SourceMap, one_line};
use crate::names::FieldName;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A line is at most 80 columns: so many for the grant, the rest for its sides.
const NAME: usize = 40;

/// A line for each grant, by audience.
pub fn text(coverage: &Coverage) -> String {
    let (noticed, all) = coverage.counted();
    let mut text = format!("coverage: {} %, {noticed} of {all}\n", coverage.percent());
    let mut last = None;
    for grant in &coverage.grants {
        if last != Some(&grant.persona) {
            let name = cut(&grant.persona.to_string(), NAME);
            let _ = writeln!(text, "\n{name:<NAME$}  ALLOWED  DENIED  WHERE  FIELDS  HIDDEN");
            last = Some(&grant.persona);
        }
        let name = cut(&format!("  {} {}", grant.action, grant.object), NAME);
        let line = format!(
            "{name:<NAME$}  {:<7}  {:<6}  {:<5}  {:<6}  {}",
            side(Some(grant.allowed)),
            side(grant.denied),
            side(grant.condition),
            of(&grant.fields),
            of(&grant.withheld)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if !coverage.grants.is_empty() {
        text.push_str(LEGEND);
    }
    text
}

/// What the columns mean.
const LEGEND: &str = "
Each side of a grant is changed, and the tests are asked again. `yes`: one of
them fails then, `no`: none does; 2/3: of so many fields; -: no such side.
  ALLOWED  the grant is taken away     DENIED  its scope is lifted
  WHERE    its conditions are lifted   FIELDS  one of its fields is taken away
  HIDDEN   a field is given that it withholds
`--format json` names the fields, and where each grant is written.
";

fn side(noticed: Option<bool>) -> &'static str {
    match noticed {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    }
}

/// `2/3`: so many of them would be noticed.
fn of(fields: &[(FieldName, bool)]) -> String {
    let noticed = fields.iter().filter(|(_, noticed)| *noticed).count();
    if fields.is_empty() { "-".to_owned() } else { format!("{noticed}/{}", fields.len()) }
}

fn cut(name: &str, width: usize) -> String {
    let name = one_line(name);
    if name.chars().count() <= width {
        return name;
    }
    name.chars().take(width - 1).chain(['…']).collect()
}

/// The `coverage` of `test --format json`.
pub fn json(coverage: &Coverage, sources: &SourceMap) -> Value {
    let (noticed, all) = coverage.counted();
    let names = |fields: &[(FieldName, bool)], wanted: bool| -> Vec<String> {
        fields.iter().filter(|(_, noticed)| *noticed == wanted).map(|(name, _)| name.to_string()).collect()
    };
    let grant = |grant: &Covered| {
        let place = grant.source.map(|span| sources.location(span));
        json!({
            "persona": grant.persona.to_string(),
            "object": grant.object.as_str(),
            "action": grant.action,
            "allowed": grant.allowed,
            "denied": grant.denied,
            "where": grant.condition,
            "fields": {"tested": names(&grant.fields, true), "untested": names(&grant.fields, false)},
            "hidden": {"tested": names(&grant.withheld, true), "untested": names(&grant.withheld, false)},
            "file": place.as_ref().map(|place| &place.file),
            "line": place.as_ref().map(|place| place.line),
        })
    };
    let grants: Vec<Value> = coverage.grants.iter().map(grant).collect();
    json!({"percent": coverage.percent(), "tested": noticed, "of": all, "grants": grants})
}
