//! Projects by chance: every scope, several paths, conditions, and grants that meet.

use super::dice::Dice;
use super::grants::{condition, grants};
use super::resolved::resolved;

pub(super) const OBJECTS: [&str; 3] = ["folder", "item", "note"];
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
    pub(super) masks: [[Option<&'static str>; 2]; 3],
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
    let text = portal(dice, &project.shape, objects);
    Project { text, shape: project.shape.clone(), before_grants: project.before_grants }
}

/// A project without fault.
pub(super) fn project(dice: &mut Dice, name: &str) -> Project {
    for _ in 0..TRIES {
        let (objects, shape) = objects(dice, name);
        let audiences = AUDIENCES.iter().map(|(name, who)| audience(&shape, name, *who));
        if resolved(&format!("{objects}{PORTAL}audiences:\n{}", audiences.collect::<String>())).is_ok() {
            let text = portal(dice, &shape, &objects);
            return Project { text, shape, before_grants: objects.len() };
        }
    }
    panic!("no objects are sound");
}

/// The project and its objects, which may have faults.
fn objects(dice: &mut Dice, name: &str) -> (String, Shape) {
    let shape = shape(dice);
    let mut text = header(dice, name, &shape);
    for (at, object) in OBJECTS.iter().enumerate() {
        text += &self::object(dice, &shape, at, object);
    }
    for (table, fields) in LINKS {
        text += &format!("---\nkind: object\nname: {table}\ntable: f.{table}\nfields: {{{fields}}}\n");
    }
    (text, shape)
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
pub(super) enum Who {
    /// Of tenants of that kind, where there are kinds.
    External(&'static str),
    Staff,
    Guest,
}

const AUDIENCES: [(&str, Who); 6] = [
    ("one", Who::External("buyer")),
    ("two", Who::External("maker")),
    ("three", Who::External("buyer")),
    ("all_staff", Who::Staff),
    ("some_staff", Who::Staff),
    ("guest", Who::Guest),
];
const PORTAL: &str = "---\nkind: portal\nname: p\n";
/// How often chance tries the objects, and the grants of an audience; one whose grants still have faults gets none.
const TRIES: usize = 50;

/// `objects` and a portal over them. What is granted and denied is chosen piece by piece, each without fault beside
/// those before it: of portals that are chosen whole, one in fifty has none.
fn portal(dice: &mut Dice, shape: &Shape, objects: &str) -> String {
    let mut head = format!("{objects}{PORTAL}");
    if dice.percent(30) {
        let object = dice.one(&OBJECTS);
        head += &format!("restrict: {{{object}: {{where: {}}}}}\n", condition(dice, false));
    }
    head += "audiences:\n";
    let mut chosen = AUDIENCES.map(|(name, who)| audience(shape, name, who));
    for (at, (name, who)) in AUDIENCES.into_iter().enumerate() {
        let mut grants_of = "    grants:\n";
        // On which of several paths staff look after a row, a grant in a scope of owners cannot say.
        for of in (0..OBJECTS.len()).filter(|&of| name != "some_staff" || shape.paths[of].len() == 1) {
            let one = |dice: &mut Dice| format!("{grants_of}{}", grants(dice, shape, of, OBJECTS[of], who));
            if add(dice, &head, &mut chosen, at, one) {
                grants_of = "";
            }
        }
        if dice.percent(30) {
            add(dice, &head, &mut chosen, at, deny);
        }
    }
    head + &chosen.concat()
}

/// Adds a piece to what is chosen of that number, if chance finds one that leaves the project without fault.
fn add(
    dice: &mut Dice,
    head: &str,
    chosen: &mut [String; AUDIENCES.len()],
    at: usize,
    piece: impl Fn(&mut Dice) -> String,
) -> bool {
    let before = chosen[at].clone();
    for _ in 0..TRIES {
        chosen[at] = before.clone() + &piece(dice);
        if resolved(&format!("{head}{}", chosen.concat())).is_ok() {
            return true;
        }
    }
    chosen[at] = before;
    false
}

fn deny(dice: &mut Dice) -> String {
    let object = dice.one(&OBJECTS);
    let denied =
        if dice.percent(50) { format!("{{where: {}}}", condition(dice, false)) } else { "[label, amount]".to_owned() };
    format!("    deny: {{{object}: {denied}}}\n")
}

/// Who is of the audience.
fn audience(shape: &Shape, name: &str, who: Who) -> String {
    let who = match who {
        Who::External(kind) if shape.kinds => format!("    tenant_kind: {kind}\n"),
        Who::External(_) => "    who: external\n".to_owned(),
        Who::Staff if name == "some_staff" => "    who: internal\n    tenants: assigned\n".to_owned(),
        Who::Staff => "    who: internal\n".to_owned(),
        Who::Guest => "    who: guest\n".to_owned(),
    };
    format!("  {name}:\n{who}")
}
