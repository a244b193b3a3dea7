//! Rows, tenants and people by chance, with nothing in every place that may be empty; and what is tried with them.

use super::dice::Dice;
use super::project::{OBJECTS, Shape};

const PER_OBJECT: usize = 7;
const STATES: [&str; 4] = ["a", "b", "c", "null"];
const BOOLEANS: [&str; 3] = ["true", "false", "null"];
const AMOUNTS: [&str; 6] = ["0", "2.5", "2.50", "5", "-1", "null"];
const DAYS: [&str; 5] = ["\"2026-01-14\"", "\"2026-01-15\"", "\"2026-01-16\"", "\"2026-02-20\"", "null"];
const MOMENTS: [&str; 5] = [
    "\"2026-01-15T09:59:59.999999Z\"",
    "\"2026-01-15T10:00:00Z\"",
    "\"2026-01-15T12:30:00.5+02:00\"",
    "\"2027-01-01T00:00:00Z\"",
    "null",
];
const TIERS: [&str; 5] = ["\"basic\"", "\"silver\"", "\"gold\"", "\"bogus\"", "null"];
const LABELS: [&str; 6] = ["\"silver\"", "\"gold\"", "\"1234567\"", "\"12 34 56 78\"", "\"\"", "null"];
const MAILS: [&str; 5] = ["\"ann@north.example\"", "\"@north.example\"", "\"a@b@c\"", "\"ünal@süd.example\"", "null"];

/// So many things somebody is made to try, before those are chosen that are worth it.
const TRIED: usize = 60;
/// At most so many of those that are likely allowed, and so many of the others.
const EACH: usize = 8;

/// One of an access test's documents, in parts that can be left out.
#[derive(Debug, Clone)]
pub(super) struct Given {
    head: String,
    /// By object: each row's label and line.
    rows: Vec<(String, Vec<(String, String)>)>,
    /// Everybody, each with what they try.
    acts: Vec<(String, Vec<String>)>,
}

impl Given {
    /// Of the rows those that `keep` keeps.
    pub(super) fn text(&self, keep: impl Fn(&str, &str) -> bool) -> String {
        let mut text = format!("{}  rows:\n", self.head);
        for (object, rows) in &self.rows {
            let lines: Vec<&str> =
                rows.iter().filter(|(label, _)| keep(object, label)).map(|(_, line)| line.as_str()).collect();
            if !lines.is_empty() {
                text += &format!("    {object}:\n{}", lines.concat());
            }
        }
        let tried = self.acts.iter().map(|(who, acts)| format!("  - {{as: {who}, can: [{}]}}\n", acts.join(", ")));
        text + "expect:\n" + &tried.collect::<String>() + "  - {as: guest, lists: {folder: []}}\n"
    }

    /// With a choice of what is tried: `allowed` says of each, in the text's order, whether it is likely to be. Of what
    /// chance makes almost nothing is.
    pub(super) fn chosen(mut self, allowed: &[bool]) -> Self {
        let mut allowed = allowed.iter();
        for (_, acts) in &mut self.acts {
            let (mut kept, mut others) = (Vec::new(), Vec::new());
            for act in std::mem::take(acts) {
                let side = if *allowed.next().expect("an answer for each") { &mut kept } else { &mut others };
                if side.len() < EACH && !side.contains(&act) {
                    side.push(act);
                }
            }
            acts.extend(kept);
            acts.extend(others);
        }
        self
    }
}

struct People {
    tenants: Vec<(&'static str, &'static str, &'static str)>,
    contacts: Vec<&'static str>,
    staff: Vec<&'static str>,
}

pub(super) fn given(dice: &mut Dice, shape: &Shape, number: usize) -> Given {
    let people = People {
        tenants: if shape.kinds {
            vec![
                ("t1", "buyer", "1"),
                ("t2", "buyer", "2"),
                ("t3", "buyer", "3"),
                ("m1", "maker", "1"),
                ("m2", "maker", "2"),
            ]
        } else {
            vec![("t1", "", "1"), ("t2", "", "2"), ("t3", "", "3"), ("m1", "", "4"), ("m2", "", "5")]
        },
        contacts: vec!["u1", "u2", "u3", "u4", "u5"],
        staff: vec!["s1", "s2", "s3"],
    };
    let now = dice.one(&["2026-01-15T10:00:00Z", "2026-01-15T10:30:00Z", "2026-01-15T12:00:00+01:00"]);
    let mut head = format!("---\nkind: access_test\nname: given-{number}\nnow: {now}\ngiven:\n");
    head += &cast(dice, shape, &people);
    let mut rows = Vec::new();
    for (at, object) in OBJECTS.iter().enumerate() {
        let lines = (1..=PER_OBJECT).map(|id| (id.to_string(), row(dice, shape, &people, at, id)));
        rows.push(((*object).to_owned(), lines.collect()));
    }
    for (link, columns) in [
        ("folder_shares", ["folder_id", "user_id", "until"].as_slice()),
        ("item_shares", &["item_id", "tenant_id", "day"]),
        ("folder_people", &["folder_id", "user_id"]),
        ("tenant_people", &["tenant_id", "user_id"]),
        ("item_tenants", &["item_id", "tenant_id"]),
    ] {
        let lines = (1..=4).map(|id| {
            let cells = columns.iter().map(|column| match *column {
                "until" => format!("until: {}", dice.one(&MOMENTS)),
                "day" => format!("until: {}", dice.one(&DAYS)),
                column => format!("{column}: {}", dice.one(&["1", "1", "2", "3", "4", "null"])),
            });
            let cells = cells.collect::<Vec<_>>().join(", ");
            (id.to_string(), format!("      - {{id: {id}, {cells}}}\n"))
        });
        rows.push((link.to_owned(), lines.collect()));
    }
    let acts = people.contacts.iter().chain(&people.staff).map(|who| {
        let acts = (0..TRIED).map(|_| act(dice, shape, &people)).collect();
        ((*who).to_owned(), acts)
    });
    let acts = acts.collect();
    Given { head, rows, acts }
}

fn cast(dice: &mut Dice, shape: &Shape, people: &People) -> String {
    let mut text = "  tenants:\n".to_owned();
    for (at, (label, kind, key)) in people.tenants.iter().enumerate() {
        let kind = if shape.kinds { format!("tenant_kind: {kind}, ") } else { String::new() };
        let tier = dice.one(&["", ", tier: basic", ", tier: silver", ", tier: gold"]);
        let parent = match at {
            1 | 2 if dice.percent(60) => format!(", parent: t{at}"),
            0 if dice.percent(10) => ", parent: t3".to_owned(),
            4 if dice.percent(60) => ", parent: m1".to_owned(),
            _ => String::new(),
        };
        text += &format!("    {label}: {{{kind}key: \"{key}\"{tier}{parent}}}\n");
    }
    text += "  users:\n";
    let maker = if shape.kinds { ["m1", "m2"] } else { ["t1", "m2"] };
    let places = [("one", "t1"), ("one", "t2"), ("two", dice.one(&maker)), ("three", "t1"), ("three", "t3")];
    for (at, (label, (audience, tenant))) in people.contacts.iter().zip(places).enumerate() {
        let reports = if at > 0 && dice.percent(50) { format!(", reports_to: u{at}") } else { String::new() };
        let mfa = if dice.percent(50) { ", mfa: true" } else { "" };
        let key = at + 1;
        text += &format!(
            "    {label}: {{tenant: {tenant}, audience: p/{audience}, keys: {{contact: \"{key}\"}}{reports}{mfa}}}\n"
        );
    }
    for (at, (label, audience)) in people.staff.iter().zip(["all_staff", "some_staff", "some_staff"]).enumerate() {
        let reports = if at > 0 && dice.percent(60) { format!(", reports_to: s{at}") } else { String::new() };
        let buyers: Vec<&str> =
            people.tenants.iter().filter(|(_, kind, _)| *kind != "maker").map(|(label, ..)| *label).collect();
        let assigned =
            if dice.percent(70) { format!(", assigned: [{}]", dice.some(&buyers).join(", ")) } else { String::new() };
        let key = at + 1;
        text += &format!("    {label}: {{audience: p/{audience}, keys: {{employee: \"{key}\"}}{reports}{assigned}}}\n");
    }
    text
}

fn row(dice: &mut Dice, shape: &Shape, people: &People, at: usize, id: usize) -> String {
    let mut cells = vec![format!("id: {id}")];
    let mut tenants = Vec::new();
    for path in shape.paths[at].iter().filter(|path| path.direct) {
        let fits: Vec<&str> = people
            .tenants
            .iter()
            .filter(|(_, kind, _)| path.kind.is_none_or(|wanted| wanted == *kind))
            .map(|(label, ..)| *label)
            .collect();
        if dice.percent(85) {
            tenants.push(format!("{}: {}", path.name, dice.one(&fits)));
        }
    }
    if !tenants.is_empty() {
        cells.push(format!("tenant: {{{}}}", tenants.join(", ")));
    }
    if !shape.paths[at].iter().any(|path| path.direct && path.name == "main") && dice.percent(70) {
        cells.push(format!("tenant_no: {}", dice.one(&["1", "2", "3"])));
    }
    let mut owners = Vec::new();
    if shape.own_owner[at] && dice.percent(80) {
        owners.push(format!("mine: {}", dice.one(&people.contacts)));
    }
    if dice.percent(70) {
        owners.push(format!("agent: {}", dice.one(&people.staff)));
    }
    if !owners.is_empty() {
        cells.push(format!("owner: {{{}}}", owners.join(", ")));
    }
    if at > 0 {
        let above = if dice.percent(85) { (1 + dice.below(PER_OBJECT)).to_string() } else { "null".to_owned() };
        cells.push(format!("above: {above}"));
    }
    for (field, values) in [
        ("state", STATES.as_slice()),
        ("flag", &BOOLEANS),
        ("amount", &AMOUNTS),
        ("day", &DAYS),
        ("at", &MOMENTS),
        ("tier", &TIERS),
        ("label", &LABELS),
        ("mail", &MAILS),
    ] {
        cells.push(format!("{field}: {}", dice.one(values)));
    }
    if shape.soft && dice.percent(15) {
        cells.push("gone: \"2026-01-01T00:00:00Z\"".to_owned());
    }
    format!("      - {{{}}}\n", cells.join(", "))
}

fn act(dice: &mut Dice, shape: &Shape, people: &People) -> String {
    let at = dice.below(3);
    let object = OBJECTS[at];
    let row = format!("{object}/{}", 1 + dice.below(PER_OBJECT));
    match dice.below(12) {
        0 | 1 if shape.states => format!("{{transition: {row}, to: {}}}", dice.one(&["a", "b", "c"])),
        2 => format!("{{delete: {row}}}"),
        3 if shape.own_owner[at] => format!("{{assign: {row}, fields: [mine], to: {}}}", dice.one(&people.contacts)),
        3 | 4 => format!("{{assign: {row}, fields: [agent], to: {}}}", dice.one(&people.staff)),
        6 => {
            let above = if at > 0 { format!(", above: {}", 1 + dice.below(PER_OBJECT)) } else { String::new() };
            let (flag, day) = (dice.one(&BOOLEANS), dice.one(&DAYS));
            format!("{{create: {object}, values: {{id: 100, flag: {flag}, day: {day}{above}}}}}")
        }
        5 => format!("{{share: {row}, to: {}}}", dice.one(&people.contacts)),
        _ => {
            let mut values = vec![value(dice)];
            let other = value(dice);
            if dice.percent(40) && other.split(':').next() != values[0].split(':').next() {
                values.push(other);
            }
            format!("{{update: {row}, values: {{{}}}}}", values.join(", "))
        }
    }
}

fn value(dice: &mut Dice) -> String {
    let (field, values) = [
        ("flag", BOOLEANS.as_slice()),
        ("amount", &AMOUNTS),
        ("day", &DAYS),
        ("at", &MOMENTS),
        ("label", &LABELS),
        ("mail", &MAILS),
        ("tier", &TIERS),
    ][dice.below(7)];
    format!("{field}: {}", dice.one(values))
}
