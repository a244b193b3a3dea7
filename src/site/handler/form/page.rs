//! A form as a page shows it.

use super::choices;
use super::entry::secrets;
use crate::model::Object;
use crate::site::fault::Fault;
use crate::site::form::{Control, FIND, Problems, Slot};
use crate::site::handler::visit::Viewer;
use crate::site::handler::{Ask, reply};
use crate::site::query::{KeyChoices, Reading};
use crate::site::template::value;
use crate::site::view::{
    FindView, FormView, HiddenField, NamedLink, OptionView, PageHead, ProblemView, SlotKind, SlotView,
};
use crate::site::wording;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;

/// What a form is made from.
#[derive(Default)]
pub struct Draft {
    pub slots: Vec<Slot>,
    /// What each of them holds, by its name.
    pub values: BTreeMap<String, String>,
    /// What choices are searched for.
    pub found: BTreeMap<String, String>,
    pub problems: Problems,
    pub notice: Option<String>,
    /// Names this form; `None`: it is a new one.
    pub submission: Option<String>,
    pub hidden: Vec<HiddenField>,
    /// Below the portal's base.
    pub action: String,
    pub submit: String,
    pub cancel: Option<String>,
}

impl Draft {
    pub async fn view(self, ask: &Ask<'_>, viewer: &Viewer<'_>, reading: &mut Reading) -> Result<FormView, Fault> {
        let mut carried = secrets(viewer)?;
        if let Some(submission) = self.submission {
            carried
                .iter_mut()
                .filter(|field| field.name == "submission")
                .for_each(|field| field.value.clone_from(&submission));
        }
        carried.extend(self.hidden);
        let mut slots = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let held = self.values.get(&slot.name).map_or("", String::as_str);
            let problem = self.problems.at.get(&slot.name).cloned();
            let mut view = slot_view(ask, viewer, slot, held, problem);
            if let Control::Row(target) = &slot.control {
                let search = self.found.get(&slot.name).map_or("", String::as_str);
                let choices = choices::of(ask, viewer, reading, target, (held, search)).await?;
                view.options.extend(choices.options);
                view.find = choices.more.then(|| find(slot, search));
            }
            if let Control::Known(object, field, role) = &slot.control {
                let known = KeyChoices { object, field, role, control: &ask.site.model.project.control_schema };
                let search = self.found.get(&slot.name).map_or("", String::as_str);
                let choices = choices::known(&known, reading, (held, search)).await?;
                view.options.extend(choices.options);
                view.find = choices.more.then(|| find(slot, search));
                // Where the database names nobody, the key is typed.
                if choices_are_none(&view) {
                    (view.kind, view.input) = (SlotKind::Line, "text");
                }
            }
            slots.push(view);
        }
        let at = slots.iter().filter_map(|slot| {
            let text = format!("{}: {}", slot.label, slot.problem.as_ref()?);
            Some(ProblemView { href: Some(format!("#{}", slot.id)), text })
        });
        let general = self.problems.general.iter().map(|text| ProblemView { href: None, text: text.clone() });
        Ok(FormView {
            id: "form".to_owned(),
            problems: general.chain(at).collect(),
            action: format!("{}{}", ask.base, self.action),
            hidden: carried,
            slots,
            notice: self.notice,
            submit: self.submit,
            cancel: self.cancel.map(|path| format!("{}{path}", ask.base)),
        })
    }

    /// The page of the form and nothing else.
    pub async fn page(
        self,
        ask: &Ask<'_>,
        viewer: &Viewer<'_>,
        reading: &mut Reading,
        (object, heading, crumbs): (&Object, String, Vec<NamedLink>),
        status: StatusCode,
    ) -> Result<Response, Fault> {
        let form = self.view(ask, viewer, reading).await?;
        form_page(ask, viewer, (object, heading, crumbs), form, status)
    }
}

fn choices_are_none(view: &SlotView) -> bool {
    view.find.is_none() && view.options.iter().all(|option| option.value.is_empty())
}

fn find(slot: &Slot, search: &str) -> FindView {
    FindView {
        name: format!("{FIND}{}", slot.name),
        label: format!("Search {}", wording::in_sentence(&slot.label)),
        value: search.to_owned(),
    }
}

/// A page with one form and nothing else.
pub fn form_page(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    (object, heading, crumbs): (&Object, String, Vec<NamedLink>),
    form: FormView,
    status: StatusCode,
) -> Result<Response, Fault> {
    let title = if form.problems.is_empty() { heading.clone() } else { format!("Error: {heading}") };
    let values = [
        ("shell", value(viewer.shell(ask, object.name.as_str(), true))),
        ("page", value(PageHead { title, ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs)),
        ("form", value(form)),
    ];
    Ok(reply::html(status, ask.portal.look.templates.render("object/form.html", &values)?))
}

fn slot_view(ask: &Ask<'_>, viewer: &Viewer<'_>, slot: &Slot, held: &str, problem: Option<String>) -> SlotView {
    let (kind, input, keys) = match &slot.control {
        // A control of one line would drop the ends of lines, and these two what stands around an address.
        Control::Text | Control::Email | Control::Url | Control::Phone if held.contains('\n') => {
            (SlotKind::Lines, "text", None)
        }
        Control::Email | Control::Url if held.trim() != held => (SlotKind::Line, "text", None),
        Control::Text | Control::Uuid => (SlotKind::Line, "text", None),
        Control::LongText | Control::Json => (SlotKind::Lines, "text", None),
        Control::Email => (SlotKind::Line, "email", None),
        Control::Url => (SlotKind::Line, "url", None),
        Control::Phone => (SlotKind::Line, "tel", None),
        // A control for numbers shows nothing for what is none, and what somebody wrote would be lost.
        Control::Integer => (SlotKind::Line, "text", Some("numeric")),
        Control::Decimal => (SlotKind::Line, "text", Some("decimal")),
        // So would one for dates.
        Control::Date | Control::Timestamp if !held.is_empty() && slot.read(held).is_err() => {
            (SlotKind::Line, "text", None)
        }
        Control::Date => (SlotKind::Line, "date", None),
        Control::Timestamp => (SlotKind::Line, "datetime-local", None),
        Control::Checkbox => (SlotKind::Check, "checkbox", None),
        Control::YesNo | Control::Choice(_) | Control::Row(_) | Control::Known(..) => (SlotKind::Choice, "", None),
    };
    // Only of one who is not known yet: fields of a record are about somebody else.
    let about_me = viewer.user.is_none();
    let autocomplete = match &slot.control {
        Control::Email if about_me => Some("email"),
        Control::Phone if about_me => Some("tel"),
        Control::Text if about_me && slot.name.ends_with("name") => Some("name"),
        _ => None,
    };
    let hint = match &slot.control {
        Control::Timestamp => Some(format!("Time zone: {}", ask.site.model.project.timezone.replace('_', " "))),
        _ => None,
    };
    let kept = slot.kept.then(|| "You do not see its value. Left empty, it stays as it is.".to_owned());
    let hint = match (kept, hint) {
        (Some(kept), Some(hint)) => Some(format!("{kept} {hint}")),
        (kept, hint) => kept.or(hint),
    };
    SlotView {
        id: slot.name.replace('.', "-"),
        name: slot.name.clone(),
        label: slot.label.to_string(),
        options: options(slot, held),
        kind,
        input,
        keys,
        autocomplete,
        value: held.to_owned(),
        required: slot.required,
        max_length: slot.max_length,
        hint,
        problem,
        find: None,
    }
}

/// Nothing, where nothing was chosen yet or need be; then what there is.
fn options(slot: &Slot, held: &str) -> Vec<OptionView> {
    let option = |value: &str, label: String| OptionView { value: value.to_owned(), label, selected: value == held };
    let mut options = Vec::new();
    if !matches!(slot.control, Control::Choice(_) | Control::YesNo | Control::Row(_) | Control::Known(..)) {
        return options;
    }
    // Left empty, it would be what it begins with all the same.
    let is_filled = slot.filled && slot.default.as_deref() == Some(held);
    if (!slot.required && !is_filled) || held.is_empty() {
        let nothing = match &slot.control {
            _ if slot.required => "Choose one",
            _ if slot.filled => "As usual",
            Control::YesNo => "Not known",
            _ => "None",
        };
        options.push(option("", nothing.to_owned()));
    }
    match &slot.control {
        Control::YesNo => options.extend([option("true", "Yes".to_owned()), option("false", "No".to_owned())]),
        Control::Choice(values) => {
            options.extend(values.iter().map(|(value, called)| option(value, called.clone())));
            // What the row holds now may be no value of the list: it is not changed by looking at it.
            if !held.is_empty() && !values.contains_key(held) {
                options.push(option(held, held.to_owned()));
            }
        }
        _ => {}
    }
    options
}
