//! Renders every embedded page over sample values, so that a template and the values it is given
//! cannot drift apart; the pages are left in `target/site-preview` to be looked at.

mod forms;
mod team;

use super::files::Folder;
use super::template::{Templates, html, value};
use super::view::*;
use crate::catalog::{self, Palette, Theme};
use minijinja::value::Value;
use std::path::PathBuf;

fn shell(user: bool, nav: bool) -> Shell {
    let entry = |label: &str, icon, current| NavEntry { label: label.into(), href: "#".into(), icon, current };
    let link = |label: &str| NamedLink { label: label.into(), href: "#".into() };
    let entries = vec![
        entry("Home", "home", None),
        entry("Cases", "case", Some("page")),
        entry("Orders", "order", None),
        entry("Contacts", "people", None),
        entry("Knowledge base", "book", None),
    ];
    Shell {
        lang: "en".into(),
        dir: "ltr",
        languages: Vec::new(),
        title: "Acme Support".into(),
        base: "/support".into(),
        brand: BrandView {
            name: "Acme Industrial".into(),
            header: "Acme Support".into(),
            logo: None,
            monogram: "A".into(),
        },
        canvas: Canvas { light: "#fafafa".into(), dark: "#111111".into() },
        assets: Assets {
            css: "portal.css".into(),
            tokens: None,
            tenant: None,
            icons: "icons.svg".into(),
            favicon: "favicon.svg".into(),
        },
        nav: if nav { entries } else { Vec::new() },
        footer: ["Help", "Terms", "Privacy", "Accessibility"].map(link).to_vec(),
        user: user.then(|| UserView {
            name: "Ann Becker".into(),
            email: Some("ann.becker@globex.example".into()),
            audience: "Account administrator".into(),
            tenant: Some("Globex Corporation".into()),
            initials: "AB".into(),
            activity: Some("#".into()),
            team: Some("#".into()),
            registrations: None,
            csrf: "c".into(),
        }),
        sign_in: (!user).then(|| "#".into()),
        note: None,
        indexed: false,
    }
}

fn columns(names: &[(&str, &'static str)], sortable: bool) -> Vec<TableColumn> {
    names
        .iter()
        .enumerate()
        .map(|(at, (label, align))| TableColumn {
            label: (*label).into(),
            align,
            sort: sortable.then(|| SortLink { href: "#".into(), state: (at == 4).then_some("descending") }),
        })
        .collect()
}

fn date(text: &str, machine: &str) -> Cell {
    Cell::new(CellKind::Timestamp, text).machine(machine)
}

fn tag(text: &str, tone: &'static str) -> Cell {
    Cell::new(CellKind::Tag, text).toned(tone)
}

fn case_rows() -> Vec<RowView> {
    let rows = [
        ("C-1042", "Spindle vibration above 4 000 rpm on line 3", "High", "bad", "Open", "info"),
        ("C-1039", "Missing calibration certificate for batch 2231", "Normal", "", "Waiting for customer", "wait"),
        ("C-1031", "Firmware 4.2 does not start after power loss", "Urgent", "bad", "New", "info"),
        ("C-1027", "Question about service interval", "Low", "", "Closed", "good"),
        ("C-1019", "Donaudampfschifffahrtsgesellschaftskapitänspatent ist abgelaufen", "Normal", "", "Closed", "good"),
        ("C-1003", "Second gasket kit", "Low", "", "Closed", "good"),
    ];
    rows.iter()
        .map(|(number, subject, priority, tone, status, status_tone)| RowView {
            href: "#".into(),
            name: (*number).into(),
            cells: vec![
                Cell::new(CellKind::Text, *number),
                Cell::new(CellKind::Text, *subject),
                tag(priority, tone),
                tag(status, status_tone),
                date("12 Nov 2025", "2025-11-12T14:05:00+01:00"),
                if *number == "C-1031" { Cell::none() } else { Cell::new(CellKind::Money, "€1,240.00") },
            ],
        })
        .collect()
}

const CASE_COLUMNS: [(&str, &str); 6] = [
    ("Number", "start"),
    ("Subject", "start"),
    ("Priority", "start"),
    ("Status", "start"),
    ("Created", "start"),
    ("Credit", "end"),
];

fn option(value: &str, label: &str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: label.into(), selected }
}

fn list(empty: bool) -> ListView {
    ListView {
        columns: columns(&CASE_COLUMNS, true),
        rows: if empty { Vec::new() } else { case_rows() },
        label_many: "cases".into(),
        total: Some("1,000+".into()),
        new: Some(NamedLink { label: "New case".into(), href: "#".into() }),
        export: Some(NamedLink { label: "Export first 500".into(), href: "#".into() }),
        of: None,
        action: "/support/case".into(),
        hidden: vec![HiddenField { name: "x".into(), value: "y".into() }],
        search: Some(SearchView {
            value: if empty { "zzz".into() } else { String::new() },
            placeholder: "number or subject".into(),
        }),
        filters: vec![
            FilterView::Choice {
                name: "status".into(),
                label: "Status".into(),
                options: vec![option("new", "New", false), option("open", "Open", true)],
            },
            FilterView::Range {
                name: "created_at".into(),
                label: "Created".into(),
                from: "2025-01-01".into(),
                to: String::new(),
            },
        ],
        sorts: vec![option("-created_at", "Created, newest first", true)],
        active: vec![
            Chip { label: "Status: Open".into(), href: "#".into() },
            Chip { label: "Created from 1 Jan 2025".into(), href: "#".into() },
        ],
        clear: "#".into(),
        first: Some("#".into()),
        previous: Some("#".into()),
        next: Some("#".into()),
    }
}

fn home_cards() -> Vec<HomeCard> {
    let card = |name: &str, label: &str, icon, count: &str, rows: usize| HomeCard {
        name: name.into(),
        label: label.into(),
        recent_label: format!("Recent {}", label.to_lowercase()),
        icon,
        href: "#".into(),
        count: count.into(),
        counted_label: label.into(),
        rows: case_rows()
            .into_iter()
            .take(rows)
            .map(|row| RecentRow {
                href: row.href,
                name: row.cells[1].text.clone(),
                line: Some(row.name),
                tag: Some(row.cells[3].clone()),
                date: Some(row.cells[4].clone()),
            })
            .collect(),
    };
    vec![
        card("case", "Cases", "case", "38", 5),
        card("order", "Orders", "order", "1,000+", 5),
        card("contact", "Contacts", "people", "7", 3),
        card("article", "Articles", "book", "112", 0),
    ]
}

fn record() -> Record {
    let fact = |label: &str, cell| Fact { label: label.into(), cell };
    Record {
        label: "Case".into(),
        actions: forms::actions(),
        tags: vec![tag("Open", "info"), tag("High", "bad")],
        facts: vec![
            fact("Number", Cell::new(CellKind::Text, "C-1042")),
            fact("Account", Cell::new(CellKind::Reference, "Globex Corporation").leading_to("#")),
            fact(
                "Contact",
                Cell::new(CellKind::Email, "ann.becker@globex.example").leading_to("mailto:ann.becker@globex.example"),
            ),
            fact("Phone", Cell::new(CellKind::Phone, "+49 30 1234567").leading_to("tel:+49301234567")),
            fact("Created", date("12 Nov 2025, 14:05", "2025-11-12T14:05:00+01:00")),
            fact("Closed", Cell::none()),
            fact("Credit", Cell::new(CellKind::Money, "€1,240.00")),
            fact("Id", Cell::new(CellKind::Code, "8d2f9f2e-6c7c-4c40-9c52-0e3f7be2f3a1")),
        ],
        texts: vec![
            fact(
                "Description",
                Cell::new(
                    CellKind::Long,
                    "The spindle of line 3 vibrates above 4 000 rpm.\n\nWe changed the bearings last week; the vibration started afterwards. <b>Not bold</b> & \"quoted\".",
                ),
            ),
            fact("Telemetry", Cell::new(CellKind::Json, "{\n  \"rpm\": 4020,\n  \"axis\": [\"x\", \"y\"]\n}")),
        ],
    }
}

fn error(status: u16, heading: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("shell", value(shell(false, false))),
        ("page", value(PageHead::plain(heading))),
        (
            "error",
            value(ErrorView {
                status,
                text: "The page does not exist, or it is not one that you may see.".into(),
                detail: None,
                actions: vec![NamedLink { label: "Go to the home page".into(), href: "#".into() }],
                reference: Some("4f1c9a".into()),
            }),
        ),
    ]
}

type Sample = (&'static str, &'static str, Vec<(&'static str, Value)>);

fn head(text: &str) -> (&'static str, Value) {
    ("page", value(PageHead::plain(text)))
}

fn app() -> (&'static str, Value) {
    ("shell", value(shell(true, true)))
}

fn plain() -> (&'static str, Value) {
    ("shell", value(shell(false, false)))
}

fn home_samples() -> [Sample; 2] {
    let page = PageHead { lead: Some("Globex Corporation".into()), ..PageHead::plain("Welcome, Ann Becker") };
    let action = |label: &str| NamedLink { label: label.into(), href: "#".into() };
    let actions = ("actions", value([action("New case"), action("New order")]));
    let full = [app(), ("page", value(page)), ("cards", value(home_cards())), ("intro", Value::from(())), actions];
    let cards = ("cards", value(Vec::<HomeCard>::new()));
    let none = ("actions", value(Vec::<NamedLink>::new()));
    let empty = [("shell", value(shell(false, true))), head("Welcome"), cards, ("intro", Value::from(())), none];
    [("home", "home/home.html", full.into()), ("home-empty", "home/home.html", empty.into())]
}

fn object_samples() -> [Sample; 3] {
    let related = |rows: Vec<RowView>, name: &str| RelatedView {
        label: name.into(),
        label_many: name.to_lowercase(),
        columns: columns(&CASE_COLUMNS, false),
        new: rows.is_empty().then(|| NamedLink { label: "Add order".into(), href: "#".into() }),
        add: (!rows.is_empty()).then(forms::comment),
        rows,
        more: Some("#".into()),
    };
    let list = |empty| vec![app(), head("Cases"), ("list", value(list(empty)))];
    let detail = [
        app(),
        head("Spindle vibration above 4 000 rpm on line 3"),
        ("crumbs", value([NamedLink { label: "Cases".into(), href: "#".into() }])),
        ("record", value(record())),
        ("problem", Value::from(())),
        ("sharing", value(forms::sharing())),
        ("attachments", value(forms::attachments())),
        ("history", value(forms::events(false))),
        ("related", value([related(case_rows(), "Comments"), related(Vec::new(), "Orders")])),
    ];
    [
        ("list", "object/list.html", list(false)),
        ("list-empty", "object/list.html", list(true)),
        ("detail", "object/detail.html", detail.into()),
    ]
}

fn sign_in_samples() -> [Sample; 3] {
    let link = LinkView {
        secret: "s".into(),
        person: Some("Ann Becker".into()),
        email: Some("ann.becker@globex.example".into()),
        tenant: Some("Globex Corporation".into()),
        audience: "Account administrator".into(),
        expires: Moment { text: "12 Nov 2025, 14:05".into(), machine: "2025-11-12T14:05:00+01:00".into() },
    };
    let problem = ("problem", Value::from("This link has expired or was used before."));
    let start = [
        plain(),
        head("Sign in"),
        problem,
        ("guest", Value::from(true)),
        ("register", Value::from("/support/register")),
    ];
    let confirm = [plain(), head("Is this you?"), ("link", value(link))];
    let out = [plain(), head("You are signed out"), ("guest", Value::from(false))];
    [
        ("sign-in", "sign-in/start.html", start.into()),
        ("confirm", "sign-in/confirm.html", confirm.into()),
        ("signed-out", "sign-in/signed-out.html", out.into()),
    ]
}

fn other_samples() -> [Sample; 3] {
    let text = "<p>Text with <a href=\"#\">a link</a>.</p><h2>Second</h2><ul><li>one</li><li>two</li></ul>";
    let content = [app(), head("Help"), ("body", html(text.into()))];
    let entries = [PortalEntry { title: "Acme Support".into(), href: "#".into(), monogram: "A".into() }];
    let portals = [plain(), head("Portals"), ("portals", value(entries))];
    [
        ("content", "content/page.html", content.into()),
        ("not-found", "error/error.html", error(404, "Page not found")),
        ("portals", "portals/index.html", portals.into()),
    ]
}

#[test]
fn every_page_renders_with_the_values_it_is_given() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/site-preview");
    std::fs::create_dir_all(&folder).unwrap();
    let css = Theme::new(Palette::default()).css() + catalog::site_file("static/portal.css").unwrap();
    std::fs::write(folder.join("portal.css"), &css).unwrap();
    let icons = catalog::site_file("static/icons.svg").unwrap();
    std::fs::write(folder.join("icons.svg"), icons).unwrap();
    let templates = Templates::new(Folder::none(), false);
    for (name, template, values) in home_samples()
        .into_iter()
        .chain(object_samples())
        .chain(forms::samples())
        .chain(team::samples())
        .chain(team::of_registrations())
        .chain(sign_in_samples())
        .chain(other_samples())
    {
        let page = templates.render(template, &values).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains("<h1>"), "{name} has no heading");
        assert!(!page.contains("<b>Not bold</b>"), "{name} does not escape");
        assert!(page.len() + css.len() + icons.len() < 50_000, "{name} weighs {} bytes", page.len());
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
}
