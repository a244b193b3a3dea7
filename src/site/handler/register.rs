//! Asking to be let in. Whoever asks has not signed in; what they are told is the same whoever the address belongs to.

use super::body::read_form;
use super::sign_in::shell;
use super::team::slot;
use super::{Ask, LARGEST_BODY, reply};
use crate::model::{Registration, RegistrationField};
use crate::site::fault::Fault;
use crate::site::form::{FIELD, Problems};
use crate::site::query::Registered;
use crate::site::template::value;
use crate::site::view::{FormView, PageHead, ProblemView, SlotKind, SlotView};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;

/// The way to the form; `None`: nobody can ask.
pub fn link(ask: &Ask<'_>) -> Option<String> {
    ask.portal.registration.as_ref().map(|_| format!("{}/register", ask.base))
}

fn needed<'a>(ask: &Ask<'a>) -> Result<&'a Registration, Fault> {
    ask.portal.registration.as_ref().ok_or_else(Fault::not_found)
}

pub fn show(ask: &Ask<'_>) -> Result<Response, Fault> {
    page(ask, needed(ask)?, StatusCode::OK, &BTreeMap::new(), &Problems::default())
}

/// Where the form leads, whatever became of it.
pub fn sent(ask: &Ask<'_>) -> Result<Response, Fault> {
    needed(ask)?;
    let values = [("shell", value(shell(ask))), ("page", value(PageHead::plain("Thank you")))];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("sign-in/registered.html", &values)?))
}

pub async fn send(ask: &Ask<'_>, body: Body) -> Result<Response, Fault> {
    let registration = needed(ask)?;
    let form = read_form(ask, body, LARGEST_BODY).await?;
    let written = |field: RegistrationField| {
        let name = format!("{FIELD}{}", field.as_str());
        let found = form.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
        // The database keeps no zero bytes in texts.
        found.trim().replace('\0', " ")
    };
    let given: BTreeMap<&str, String> =
        registration.form.iter().map(|field| (field.as_str(), written(*field))).collect();
    let answer = ask.site.issuer.register(ask.portal.name.as_str(), &given, ask.address).await?;
    let (status, problems) = match answer {
        Registered::Done => return Ok(reply::see_other(&format!("{}/register/sent", ask.base))),
        Registered::Closed => return Err(Fault::not_found()),
        Registered::TooOften => {
            let text =
                "Too many people have asked from your network in a short time. Nothing was sent. Try again later.";
            (StatusCode::TOO_MANY_REQUESTS, Problems::of(text))
        }
        Registered::Wrong(name) => (StatusCode::UNPROCESSABLE_ENTITY, wrong(registration, &name)),
    };
    page(ask, registration, status, &given, &problems)
}

fn wrong(registration: &Registration, name: &str) -> Problems {
    let Some(field) = registration.form.iter().find(|field| field.as_str() == name) else {
        return Problems::of("Something is missing on this form.");
    };
    let text = match field {
        RegistrationField::Email => "Enter an e-mail address, such as name@example.com.",
        RegistrationField::Name => "Enter your name, in at most 200 letters.",
        RegistrationField::Company => "Enter the name of your company, in at most 200 letters.",
        RegistrationField::Purpose => "Say in a few sentences what you want access for.",
        RegistrationField::Phone => "Enter a telephone number of at most 200 letters, or nothing.",
    };
    super::team::at(field.as_str(), text)
}

/// What a field is called, and what browsers may fill in.
pub(super) fn label(field: RegistrationField) -> (&'static str, &'static str) {
    match field {
        RegistrationField::Email => ("E-mail", "email"),
        RegistrationField::Name => ("Name", "name"),
        RegistrationField::Company => ("Company", "organization"),
        RegistrationField::Purpose => ("What do you want access for?", "off"),
        RegistrationField::Phone => ("Telephone", "tel"),
    }
}

fn control(field: RegistrationField, given: &BTreeMap<&str, String>, problems: &Problems) -> SlotView {
    let (text, autocomplete) = label(field);
    let held = given.get(field.as_str()).map_or("", String::as_str);
    let slot = SlotView {
        required: field != RegistrationField::Phone,
        autocomplete: Some(autocomplete),
        max_length: Some(200),
        ..slot(field.as_str(), text, held, problems)
    };
    match field {
        RegistrationField::Email => SlotView { input: "email", max_length: Some(254), ..slot },
        RegistrationField::Phone => SlotView { input: "tel", ..slot },
        RegistrationField::Purpose => SlotView { kind: SlotKind::Lines, max_length: Some(2000), ..slot },
        RegistrationField::Name | RegistrationField::Company => slot,
    }
}

fn page(
    ask: &Ask<'_>,
    registration: &Registration,
    status: StatusCode,
    given: &BTreeMap<&str, String>,
    problems: &Problems,
) -> Result<Response, Fault> {
    let slots: Vec<SlotView> = registration.form.iter().map(|field| control(*field, given, problems)).collect();
    let at = slots.iter().filter_map(|slot| {
        let text = format!("{}: {}", slot.label, slot.problem.as_ref()?);
        Some(ProblemView { href: Some(format!("#{}", slot.id)), text })
    });
    let general = problems.general.iter().map(|text| ProblemView { href: None, text: text.clone() });
    let form = FormView {
        id: "form".to_owned(),
        action: format!("{}/register", ask.base),
        hidden: Vec::new(),
        problems: general.chain(at).collect(),
        slots,
        notice: None,
        submit: "Ask for access".to_owned(),
        cancel: Some(format!("{}/sign-in", ask.base)),
    };
    let heading = format!("Ask for access to {}", ask.portal.look.title);
    let title = if problems.is_empty() { heading.clone() } else { format!("Error: {heading}") };
    let lead = registration.approval.then(|| "Somebody looks at it before you are let in.".to_owned());
    let values = [
        ("shell", value(shell(ask))),
        ("page", value(PageHead { title, lead, ..PageHead::plain(heading) })),
        ("form", value(form)),
    ];
    Ok(reply::html(status, ask.portal.look.templates.render("sign-in/register.html", &values)?))
}
