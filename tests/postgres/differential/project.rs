//! Projects by chance: every scope, several paths, conditions, and grants that meet.

use super::dice::Dice;

pub(super) const OBJECTS: [&str; 3] = ["folder", "item", "note"];
const READABLE: [&str; 10] = ["state", "flag", "amount", "day", "at", "tier", "label", "mail", "owner_no", "tenant_no"];
const WRITABLE: [&str; 6] = ["flag", "amount", "day", "at", "label", "mail"];
const LINKS: [(&str, &str); 5] = [
    ("folder_shares", "folder_id: integer, user_id: integer, until: timestamp"),
    ("item_shares", "item_id: integer, tenant_id: integer, until: date"),
    ("folder_people", "folder_id: integer, user_id: integer"),
    ("tenant_people", "tenant_id: integer, user_id: integer"),
    ("item_tenants", "item_id: integer, tenant_id: integer"),
];

/// What was chosen that rows and grants must fit.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) kinds: bool,
    /// Names of the tenant paths of each object; those whose column the rows themselves hold first.
    pub(super) paths: [Vec<Path>; 3],
    /// Whether rows of each object name their owner themselves.
    pub(super) own_owner: [bool; 3],
    pub(super) soft: bool,
    /// Of `label` and of `mail` of each object.
    masks: [[Option<&'static str>; 2]; 3],
    pub(super) states: bool,
    team: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) name: &'static str,
    pub(super) kind: Option<&'static str>,
    /// Whether a row names the tenant itself.
    pub(super) direct: bool,
}

pub(super) struct Project {
    pub(super) text: String,
    pub(super) shape: Shape,
    /// How much of the text comes before the grants.
    before_grants: usize,
}

/// The same objects, with other grants.
pub(super) fn again(dice: &mut Dice, project: &Project) -> Project {
    let objects = &project.text[..project.before_grants];
    let text = format!("{objects}{}", portal(dice, &project.shape));
    Project { text, shape: project.shape.clone(), before_grants: project.before_grants }
}

pub(super) fn project(dice: &mut Dice, name: &str) -> Project {
    let shape = shape(dice);
    let mut text = header(dice, name, &shape);
    for (at, object) in OBJECTS.iter().enumerate() {
        text += &self::object(dice, &shape, at, object);
    }
    for (table, fields) in LINKS {
        text += &format!("---\nkind: object\nname: {table}\ntable: f.{table}\nfields: {{{fields}}}\n");
    }
    let before_grants = text.len();
    text += &portal(dice, &shape);
    Project { text, shape, before_grants }
}

fn shape(dice: &mut Dice) -> Shape {
    let kinds = dice.percent(50);
    let main = Path { name: "main", kind: kinds.then_some("buyer"), direct: true };
    let other = Path { name: "other", kind: kinds.then_some("maker"), direct: true };
    let above = |path: &Path| Path { direct: false, ..path.clone() };
    let folder = if dice.percent(50) { vec![main.clone(), other.clone()] } else { vec![main.clone()] };
    let item = match dice.below(4) {
        0 => vec![main.clone()],
        1 => vec![Path { name: "linked", ..above(&main) }],
        2 => vec![other.clone(), above(&main)],
        _ => folder.iter().map(above).collect(),
    };
    let note = if dice.percent(70) { item.iter().map(above).collect() } else { vec![main] };
    let own_owner = [true, dice.percent(70), dice.percent(70)];
    let (soft, states, team) = (dice.percent(40), dice.percent(70), dice.percent(60));
    let masks = std::array::from_fn(|_| {
        [[None, Some("last4"), Some("hash")][dice.below(3)], [None, Some("email")][dice.below(2)]]
    });
    Shape { kinds, paths: [folder, item, note], own_owner, soft, masks, states, team }
}

fn header(dice: &mut Dice, name: &str, shape: &Shape) -> String {
    let kind = |kind: &str| if shape.kinds { format!(", tenant_kind: {kind}") } else { String::new() };
    let tenants = if shape.kinds {
        "{from_table: f.contacts, key: id, tenant_kind: buyer}, {from_table: f.staff, key: id, tenant_kind: maker}"
    } else {
        "{from_table: f.contacts, key: id}"
    };
    let reports = if shape.team { ", reports_to: boss" } else { "" };
    let zone = if dice.percent(30) { "Pacific/Auckland" } else { "UTC" };
    format!(
        "version: 1\nkind: project\nname: {name}\ndatabase: {{schema: f}}\ntimezone: {zone}\ntiers: [basic, silver, gold]\n\
         tenants: [{tenants}]\npeople:\n  \
         - {{name: contacts, from_table: f.contacts, keys: {{contact: id}}, email: email, tenant: tenant_id{}{reports}, audience: {{column: role, values: {{a: p/one}}}}}}\n  \
         - {{name: staff, from_table: f.staff, keys: {{employee: id}}, email: email, reports_to: boss, audience: p/all_staff}}\n\
         assigned_tenants: {{table: f.teams, tenant: tenant_id{}, user: {{column: staff_id, key: employee}}}}\n",
        kind("buyer"),
        kind("buyer"),
    )
}

fn object(dice: &mut Dice, shape: &Shape, at: usize, name: &str) -> String {
    let above = [None, Some("folder"), Some("item")][at];
    let via = [None, Some("folder_id"), Some("item_id")][at];
    let mut text = format!("---\nkind: object\nname: {name}\ntable: f.{name}s\n");
    let paths = shape.paths[at].iter().map(|path| {
        let kind = path.kind.map(|kind| format!(", kind: {kind}")).unwrap_or_default();
        let route = match (path.name, path.direct) {
            ("main", true) => format!("{{column: tenant_id{kind}}}"),
            ("other", true) => format!("{{column: other_id{kind}}}"),
            ("linked", _) if at == 1 => {
                format!("{{link: {{table: f.item_tenants, row: item_id, tenant: tenant_id}}{kind}}}")
            }
            (path, _) => {
                format!("{{via: {}, object: {}, path: {path}}}", via.unwrap_or_default(), above.unwrap_or_default())
            }
        };
        format!("{}: {route}", path.name)
    });
    text += &format!("tenants: {{{}}}\n", paths.collect::<Vec<_>>().join(", "));
    let mine = match (via, above) {
        (Some(via), Some(above)) if !shape.own_owner[at] => format!("{{via: {via}, object: {above}, path: mine}}"),
        _ => "{column: owner_id, key: contact}".to_owned(),
    };
    text += &format!("owners: {{mine: {mine}, agent: {{column: agent_id, key: employee}}}}\n");
    if let (Some(via), Some(above)) = (via, above) {
        text += &format!("parent: {{via: {via}, object: {above}}}\n");
    }
    let key = dice.one(&["contact", "employee"]);
    match at {
        0 => {
            text += &format!(
                "shares: {{table: f.folder_shares, row: folder_id, user: {{column: user_id, key: {key}}}, until: until}}\n"
            );
            text +=
                "assignments:\n  - {table: f.folder_people, row: folder_id, user: {column: user_id, key: contact}}\n";
            if shape.paths[0].len() == 1 {
                text += "  - {table: f.tenant_people, tenant: tenant_id, user: {column: user_id, key: employee}}\n";
            }
        }
        1 => {
            let kind = if shape.kinds { ", kind: buyer" } else { "" };
            text += &format!(
                "shares: {{table: f.item_shares, row: item_id, tenant: {{column: tenant_id{kind}}}, until: until}}\n"
            );
            text += "assignments:\n  - {table: f.folder_people, parent: folder_id, user: {column: user_id, key: contact}}\n";
        }
        _ => {}
    }
    text += &format!("delete: {}\n", if shape.soft { "{soft: gone_at}" } else { "hard" });
    text += &format!("fields: {{{}}}\n", fields(shape, at, via.zip(above)));
    if shape.states {
        text += "states: {field: state, transitions: {a: [b, c], b: [c, a], c: [a]}}\n";
    }
    text
}

fn fields(shape: &Shape, at: usize, above: Option<(&str, &str)>) -> String {
    let masked = |at: Option<&str>| at.map(|mask| format!(", mask: {mask}")).unwrap_or_default();
    let [label, mail] = shape.masks[at];
    let mut fields = format!(
        "id: integer, state: [a, b, c], flag: boolean, amount: decimal, day: date, at: timestamp, tier: text, \
         label: {{type: text{}}}, mail: {{type: email{}}}, owner_no: {{type: integer, column: owner_id}}, \
         tenant_no: {{type: integer, column: tenant_id}}, gone: {{type: timestamp, column: gone_at}}",
        masked(label),
        masked(mail)
    );
    if let Some((via, above)) = above {
        fields += &format!(", above: {{type: reference({above}), column: {via}}}");
    }
    fields
}

/// Who is granted something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Of tenants of that kind, where there are kinds.
    External(&'static str),
    Staff,
    Guest,
}

fn portal(dice: &mut Dice, shape: &Shape) -> String {
    let audiences = [
        ("one", Who::External("buyer")),
        ("two", Who::External("maker")),
        ("three", Who::External("buyer")),
        ("all_staff", Who::Staff),
        ("some_staff", Who::Staff),
        ("guest", Who::Guest),
    ];
    let mut text = "---\nkind: portal\nname: p\n".to_owned();
    if dice.percent(30) {
        let object = dice.one(&OBJECTS);
        text += &format!("restrict: {{{object}: {{where: {}}}}}\n", condition(dice, false));
    }
    text += "audiences:\n";
    for (name, who) in audiences {
        text += &format!("  {name}:\n");
        match who {
            Who::External(kind) if shape.kinds => text += &format!("    tenant_kind: {kind}\n"),
            Who::External(_) => {}
            Who::Staff if name == "some_staff" => text += "    who: internal\n    tenants: assigned\n",
            Who::Staff => text += "    who: internal\n",
            Who::Guest => text += "    who: guest\n",
        }
        let mut granted = String::new();
        for (at, object) in OBJECTS.iter().enumerate() {
            // On which of several paths staff look after a row, a grant in a scope of owners cannot say.
            if name == "some_staff" && shape.paths[at].len() > 1 {
                continue;
            }
            granted += &grants(dice, shape, at, object, who);
        }
        if !granted.is_empty() {
            text += &format!("    grants:\n{granted}");
        }
        if dice.percent(30) {
            let object = dice.one(&OBJECTS);
            let denied = if dice.percent(50) {
                format!("{{where: {}}}", condition(dice, false))
            } else {
                "[label, amount]".to_owned()
            };
            text += &format!("    deny: {{{object}: {denied}}}\n");
        }
    }
    text
}

fn grants(dice: &mut Dice, shape: &Shape, at: usize, object: &str, who: Who) -> String {
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
    if who == Who::Guest || dice.percent(25) {
        return text;
    }
    // Rows that are read, so that there is a facet for the write.
    let rows = |dice: &mut Dice| dice.one(&rows_of.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
    if dice.percent(70) {
        let updates = (0..1 + dice.below(2)).map(|_| {
            let preset = if dice.percent(20) { ", preset: {tier: silver}" } else { "" };
            let rows = rows(dice);
            format!("{{{rows}, fields: [{}]{preset}}}", dice.some(&WRITABLE).join(", "))
        });
        text += &format!("        update: [{}]\n", updates.collect::<Vec<_>>().join(", "));
    }
    if shape.states && dice.percent(50) {
        text += &format!("        transition: {{{}, state: {{a: [b], b: [c, a]}}}}\n", rows(dice));
    }
    if dice.percent(40) {
        text += &format!("        delete: {{{}}}\n", rows(dice));
    }
    let made: Vec<&str> = rows_of.iter().map(String::as_str).filter(|rows| makes(rows)).collect();
    if !made.is_empty() && matches!(who, Who::External(_)) && dice.percent(60) {
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

fn condition(dice: &mut Dice, with_me: bool) -> String {
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
