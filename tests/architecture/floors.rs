//! Who may know whom.

use super::sources::{
    Sources, Violation, each_list, group, ident, inside, is_ident, is_path_separator, is_punct, line, tokens,
};
use proc_macro2::{Delimiter, TokenTree};

pub(crate) struct Floor {
    pub(crate) rooms: &'static [&'static str],
    /// Why no lower floor uses this one.
    from_below: &'static str,
    /// Why the rooms of this floor do not use each other.
    sideways: &'static str,
}

/// From the ground up.
pub(crate) const FLOORS: [Floor; 8] = [
    Floor {
        rooms: &["names", "diagnostic", "parallel"],
        from_below: "there is nothing below",
        sideways: "a name means the same in a database as in a file, and a finding quotes names as text",
    },
    Floor {
        rooms: &["spec", "catalog"],
        from_below: "names and findings serve every room; if they knew documents they would serve one",
        sideways: "the catalogue is text until somebody hands it to the reader",
    },
    Floor {
        rooms: &["model", "state"],
        from_below: "a document is what its author wrote; what it comes to mean must not change how it is read",
        sideways: "a database is read as it is: seen through the spec's eyes, drift could not be seen",
    },
    Floor {
        rooms: &["check", "analysis", "scaffold", "guide", "import"],
        from_below: "the model is the same for everyone who asks; a finding, a decision, a page are questions to it",
        sideways: "the evaluator is the independent witness, so nothing that it judges or that judges may lean on it",
    },
    Floor {
        rooms: &["plan"],
        from_below: "a decision that knew the SQL could no longer testify against it",
        sideways: "plan is alone on its floor",
    },
    Floor {
        rooms: &["adapters"],
        from_below: "the core computes; whatever touches the world is handed in and can be repeated",
        sideways: "adapters is alone on its floor",
    },
    Floor {
        rooms: &["site"],
        from_below: "a page is a guest of the database: nothing that decides access may depend on one",
        sideways: "site is alone on its floor",
    },
    Floor {
        rooms: &["cli"],
        from_below: "verbs are the outermost layer: who used one could be reached by no other front",
        sideways: "cli is alone on its floor",
    },
];

/// Floors below this one are the core.
const CORE: usize = 5;
const PURE: [&str; 3] = ["disallowed_macros", "disallowed_methods", "disallowed_types"];
const SPEAKS_SQL: [&str; 4] =
    ["src/adapters/postgres/", "src/adapters/postgres.rs", "src/site/query/", "src/site/query.rs"];

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.rooms.contains(&room))
}

/// `src/plan/sql/mod.rs` is `["plan", "sql"]`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if inner == "lib" { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// The use of something at the crate's root: its line, and the name there (`*` for a glob, `as` for a renamed root).
struct Arrow {
    line: usize,
    to: String,
}

fn arrows_from(tokens: &[TokenTree], module: &[String], arrows: &mut Vec<Arrow>) {
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        at += 1;
        let after_separator = start >= 2 && is_path_separator(tokens, start - 2);
        let climbs = is_ident(tokens.get(start), "super");
        if after_separator || !(climbs || is_ident(tokens.get(start), "crate")) {
            continue;
        }
        let mut depth = if climbs { module.len().saturating_sub(1) } else { 0 };
        while is_path_separator(tokens, at) && is_ident(tokens.get(at + 2), "super") {
            depth = depth.saturating_sub(1);
            at += 3;
        }
        if depth > 0 {
            continue;
        }
        if is_path_separator(tokens, at) {
            names_at_root(tokens, at + 2, arrows);
        } else if is_ident(tokens.get(at), "as") {
            arrows.push(Arrow { line: line(&tokens[start]), to: "as".to_owned() });
        }
    }
}

fn names_at_root(tokens: &[TokenTree], at: usize, arrows: &mut Vec<Arrow>) {
    if let Some(names) = group(tokens.get(at), Delimiter::Brace) {
        let list = inside(names);
        for start in (0..list.len()).filter(|start| *start == 0 || is_punct(list.get(start - 1), ',')) {
            names_at_root(&list, start, arrows);
        }
    } else if let Some(to) = ident(tokens.get(at)) {
        let to = if to == "self" && is_ident(tokens.get(at + 1), "as") { "as".to_owned() } else { to };
        arrows.push(Arrow { line: line(&tokens[at]), to });
    } else if is_punct(tokens.get(at), '*') {
        arrows.push(Arrow { line: line(&tokens[at]), to: "*".to_owned() });
    }
}

/// Imports that run upward or sideways.
pub(crate) fn arrows(sources: &Sources) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in sources.under("src/") {
        let file_module = module_path(path);
        let Some(room) = file_module.first().filter(|_| path != "src/main.rs") else { continue };
        let mut arrows = Vec::new();
        each_list(&tokens(path, text), &[], &mut |list, modules| {
            arrows_from(list, &[&file_module, modules].concat(), &mut arrows);
        });
        arrows.sort_by_key(|arrow| arrow.line);
        violations.extend(
            arrows.iter().filter_map(|arrow| {
                Some(Violation::new(path, arrow.line, format!("`{room}` {}", ban(room, &arrow.to)?)))
            }),
        );
    }
    violations
}

/// Why `from` may not use `to`; `None` where it may.
fn ban(from: &str, to: &str) -> Option<String> {
    if to == "self" || from == to {
        return None;
    }
    if to == "*" || to == "as" {
        return Some("takes the crate's root whole, which hides the arrows: name the room".to_owned());
    }
    let Some(target) = floor_of(to) else {
        return Some(format!("uses `crate::{to}`, which is no room of the house: give it a floor"));
    };
    let own = floor_of(from)?;
    if target > own {
        let reason = FLOORS[target].from_below;
        Some(format!("(floor {own}) uses `{to}` (floor {target}), an arrow upward: {reason}"))
    } else if target == own {
        Some(format!("uses its neighbour `{to}` on floor {own}: {}", FLOORS[own].sideways))
    } else {
        None
    }
}

/// `lib.rs` declares the rooms of the table and nothing else, the core with its lints; `main.rs` knows `cli` alone.
pub(crate) fn plan_of_the_house(sources: &Sources) -> Vec<Violation> {
    let mut violations = Vec::new();
    let lib = sources.get("src/lib.rs").unwrap_or_default();
    let mut declared = Vec::new();
    for (at, attributes, line) in declarations(lib) {
        let Some(floor) = floor_of(&at) else {
            violations.push(Violation::new("src/lib.rs", line, format!("`{at}` has no floor in the table")));
            continue;
        };
        if floor < CORE && !PURE.iter().all(|lint| attributes.contains(lint)) {
            let text = format!("`{at}` is core (floor {floor}) and must be declared with deny({})", PURE.join(", "));
            violations.push(Violation::new("src/lib.rs", line, text));
        }
        declared.push(at);
    }
    for room in FLOORS.iter().flat_map(|floor| floor.rooms).filter(|room| !declared.iter().any(|name| name == *room)) {
        violations.push(Violation::new("src/lib.rs", 1, format!("the table has a room `{room}` that is not declared")));
    }
    let main = tokens("src/main.rs", sources.get("src/main.rs").unwrap_or_default());
    each_list(&main, &[], &mut |list, _| {
        for at in (0..list.len()).filter(|at| is_ident(list.get(*at), "portalctl") && is_path_separator(list, at + 1)) {
            if !is_ident(list.get(at + 3), "cli") {
                violations.push(Violation::new("src/main.rs", line(&list[at]), "the binary knows `cli` alone"));
            }
        }
    });
    violations
}

/// Each `pub mod x;` of `lib.rs` with the text of the attributes on it; anything else there under the name it begins with.
fn declarations(lib: &str) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens("src/lib.rs", lib) {
        let inner_attribute = is_punct(item.get(item.len().wrapping_sub(2)), '#')
            && is_punct(item.last(), '!')
            && group(Some(&token), Delimiter::Bracket).is_some();
        let ends = is_punct(Some(&token), ';') || group(Some(&token), Delimiter::Brace).is_some();
        item.push(token);
        if inner_attribute {
            item.clear();
        } else if ends {
            let text: Vec<String> = item.iter().map(ToString::to_string).collect();
            let name = item.iter().position(|token| is_ident(Some(token), "mod")).map(|at| ident(item.get(at + 1)));
            let name = name.flatten().unwrap_or_else(|| text.join(" "));
            found.push((name, text.join(" "), line(&item[item.len() - 1])));
            item.clear();
        }
    }
    found
}

/// sqlx where the database is not spoken to.
pub(crate) fn sqlx(sources: &Sources) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in sources.under("src/").filter(|(path, _)| !SPEAKS_SQL.iter().any(|room| path.starts_with(room)))
    {
        each_list(&tokens(path, text), &[], &mut |list, _| {
            let named = list.iter().filter(|token| is_ident(Some(token), "sqlx"));
            violations.extend(named.map(|token| {
                let text = "sqlx belongs to adapters/postgres and site/query: what a statement may do is read there";
                Violation::new(path, line(token), text)
            }));
        });
    }
    violations
}
