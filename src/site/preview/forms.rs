//! Forms, what stands between them and the database, and what comes after.

use super::{Sample, app, head, option, plain, shell};
use crate::site::note::NoteView;
use crate::site::template::value;
use crate::site::view::*;
use minijinja::value::Value;

pub(super) fn slot(name: &str, label: &str, kind: SlotKind, input: &'static str, text: &str) -> SlotView {
    SlotView {
        id: format!("v-{name}"),
        name: format!("v.{name}"),
        label: label.into(),
        kind,
        input,
        keys: None,
        autocomplete: None,
        value: text.into(),
        required: true,
        max_length: None,
        options: Vec::new(),
        hint: None,
        problem: None,
        find: None,
    }
}

pub(super) fn form(slots: Vec<SlotView>) -> FormView {
    FormView {
        id: "form".into(),
        action: "#".into(),
        hidden: vec![HiddenField { name: "csrf".into(), value: "c".into() }],
        slots,
        problems: Vec::new(),
        notice: None,
        submit: "Create case".into(),
        cancel: Some("#".into()),
    }
}

pub(super) fn actions() -> Actions {
    let go = |label: &str| MoveView { label: label.into(), action: "#".into(), hidden: Vec::new() };
    let moves = vec![go("Resolve"), go("Put on hold")];
    Actions { edit: Some("#".into()), delete: Some("#".into()), assign: Some("#".into()), moves }
}

pub(super) fn sharing() -> SharingView {
    let mut email =
        slot("email", "E-mail of a colleague", SlotKind::Line, "email", "ann@globex.example\"<b>Not bold</b>");
    email.problem = Some("It cannot be shared with this address. Check how it is written.".into());
    let share = |person: &str, until: Option<Cell>| ShareView {
        person: person.into(),
        until,
        action: "#".into(),
        hidden: Vec::new(),
    };
    let until = Cell::new(CellKind::Date, "31 Jan 2026").machine("2026-01-31");
    let form = FormView { id: "share".into(), submit: "Share".into(), cancel: None, ..form(vec![email]) };
    SharingView { shares: vec![share("Ann <b>Not bold</b> Becker", Some(until)), share("Tom Albers", None)], form }
}

pub(super) fn attachments() -> AttachmentsView {
    let file = |name: &str, remove: Option<&str>| FileView {
        name: name.into(),
        href: "#".into(),
        remove: remove.map(Into::into),
        kind: "PDF".into(),
        size: "1.2 MB".into(),
        at: Cell::new(CellKind::Timestamp, "31 Jan 2026, 09:00").machine("2026-01-31T09:00"),
        who: "Ann Becker".into(),
    };
    AttachmentsView {
        none: "No files that you can see.",
        files: vec![file("<b>Not bold</b> with a name that is rather long.pdf", Some("#")), file("pump.pdf", None)],
        action: Some("#".into()),
        hidden: Vec::new(),
        accept: "image/*,application/pdf".into(),
        hint: "Images, PDF, at most 10 MB.".into(),
        problem: Some("The file is too large: it may have 10 MB at most.".into()),
    }
}

pub(super) fn comment() -> FormView {
    let slots = vec![slot("body", "Text", SlotKind::Lines, "text", "")];
    FormView { id: "add-comment".into(), submit: "Add comment".into(), cancel: None, ..form(slots) }
}

/// With the record that each was done to, or all of one.
pub(super) fn events(named: bool) -> Vec<EventView> {
    let tag = |text: &str, tone| Some(Cell::new(CellKind::Tag, text).toned(tone));
    let event = |who: &str, what: &str, fields: &str| EventView {
        at: Cell::new(CellKind::Timestamp, "12 Nov 2025, 14:05").machine("2025-11-12T14:05:00"),
        who: who.into(),
        what: what.into(),
        label: "case".into(),
        record: named.then(|| NamedLink { label: "Spindle <b>Not bold</b> vibration".into(), href: "#".into() }),
        fields: fields.into(),
        from: None,
        to: None,
    };
    let moved = EventView {
        from: tag("Open", "info"),
        to: tag("Closed", "good"),
        ..event("Somebody of Support and sales", "changed", "status, closed at")
    };
    vec![moved, event("Ann <b>Not bold</b> Becker", "created", "")]
}

fn slots() -> Vec<SlotView> {
    use SlotKind::{Check, Choice, Line, Lines};
    let choice = |mut slot: SlotView| {
        slot.options = vec![option("", "Choose one", false), option("a", "Normal", true), option("b", "High", false)];
        slot
    };
    let mut machine = choice(slot("machine", "Machine", Choice, "", "a"));
    machine.required = false;
    machine.find =
        Some(FindView { name: "find.v.machine".into(), label: "Search machine".into(), value: String::new() });
    let mut due = slot("due", "Due", Line, "datetime-local", "2026-01-31T14:30");
    due.hint = Some("Time zone: Europe/Berlin".into());
    let mut amount = slot("amount", "Amount", Line, "text", "12");
    amount.keys = Some("decimal");
    vec![
        slot("subject", "Subject", Line, "text", "Spindle vibration above 4 000 rpm \"<b>Not bold</b>"),
        slot("text", "Description", Lines, "text", "The spindle of line 3\nvibrates. </textarea><b>Not bold</b>"),
        choice(slot("priority", "Priority", Choice, "", "a")),
        machine,
        due,
        amount,
        slot("urgent", "The line stands still", Check, "checkbox", "true"),
    ]
}

fn wrong() -> FormView {
    let mut slots = slots();
    for (at, text) in [(0, "Fill this in."), (3, "Choose one of the list."), (5, "Enter a number, such as 1250.50.")] {
        slots[at].problem = Some(text.into());
    }
    let problem = |slot: &SlotView| {
        Some(ProblemView {
            href: Some(format!("#{}", slot.id)),
            text: format!("{}: {}", slot.label, slot.problem.as_ref()?),
        })
    };
    let problems = slots.iter().filter_map(problem).collect();
    FormView { problems, notice: Some("You are signed in again, and nothing was saved yet.".into()), ..form(slots) }
}

fn conflict() -> ConflictView {
    let text = |text: &str| Cell::new(CellKind::Text, text);
    let difference = |name: &str, theirs: &str, mine: Cell| DifferenceView {
        id: name.to_lowercase(),
        name: format!("decide.{name}"),
        label: name.into(),
        theirs: text(theirs),
        mine,
        problem: name == "Priority",
    };
    ConflictView {
        action: "#".into(),
        hidden: Vec::new(),
        differences: vec![
            difference("Priority", "High", Cell::none()),
            difference(
                "Subject",
                "Spindle vibration above 4 000 rpm",
                text("Spindle <b>Not bold</b> vibration on line 3"),
            ),
        ],
        problems: vec![ProblemView {
            href: Some("#priority-mine".into()),
            text: "Priority: Choose one of the two.".into(),
        }],
        cancel: "#".into(),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let crumbs = || ("crumbs", value([NamedLink { label: "Cases".into(), href: "#".into() }]));
    let note = NoteView { tone: "good", text: "The case has been created.".into() };
    let noted = ("shell", value(Shell { note: Some(note), ..shell(true, true) }));
    let delete = DeleteView {
        action: "#".into(),
        hidden: Vec::new(),
        problem: Some("This case cannot be deleted while other records refer to it.".into()),
        label: "case".into(),
        name: "Spindle <b>Not bold</b>".into(),
        for_good: true,
        cancel: "#".into(),
    };
    let again = AgainView {
        action: "#".into(),
        hidden: vec![HiddenField { name: "v.subject".into(), value: "\"><b>Not bold</b>".into() }],
        sign_in: "#".into(),
        still: true,
    };
    vec![
        ("form", "object/form.html", vec![noted, head("New case"), crumbs(), ("form", value(form(slots())))]),
        ("form-wrong", "object/form.html", vec![app(), head("New case"), crumbs(), ("form", value(wrong()))]),
        (
            "conflict",
            "object/conflict.html",
            vec![app(), head("Somebody else changed this case"), crumbs(), ("conflict", value(conflict()))],
        ),
        ("delete", "object/delete.html", vec![app(), head("Delete this case?"), crumbs(), ("delete", value(delete))]),
        (
            "activity",
            "activity/activity.html",
            vec![
                app(),
                head("Activity"),
                ("events", value(events(true))),
                ("older", value("#")),
                ("first", Value::from(())),
            ],
        ),
        ("again", "sign-in/again.html", vec![plain(), head("Your session has ended"), ("again", value(again))]),
        (
            "form-empty",
            "object/form.html",
            vec![
                app(),
                head("New case"),
                ("crumbs", Value::from(Vec::<Value>::new())),
                ("form", value(form(Vec::new()))),
            ],
        ),
    ]
}
