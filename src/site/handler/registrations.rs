//! Those who ask to be let in, for staff who answer them. Who that is, and whom they see, functions of the database decide.

use super::form::{Entered, done_before, enter, hidden};
use super::team::{at, busy, done, form, slot, text};
use super::visit::{Viewer, Visit};
use super::{Ask, register, reply};
use crate::names::RoleName;
use crate::site::fault::Fault;
use crate::site::form::Problems;
use crate::site::note::Done;
use crate::site::query::{Asked, Registrar, RegistrarAnswer};
use crate::site::template::value;
use crate::site::view::{AskedPage, AskedView, FactView, FormView, NamedLink, PageHead, SlotKind, SlotView};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

const TENANT: &str = "tenant";
const WHY: &str = "why";

/// The way to the page; `None`: this person answers nobody.
pub fn link(ask: &Ask<'_>, viewer: &Viewer<'_>) -> Option<String> {
    role(viewer).map(|_| format!("{}/registrations", ask.base))
}

fn role<'a>(viewer: &Viewer<'a>) -> Option<&'a RoleName> {
    viewer.persona.registrar.as_ref().filter(|_| viewer.user.is_some())
}

fn needed<'a>(viewer: &Viewer<'a>) -> Result<&'a RoleName, Fault> {
    let found = role(viewer);
    found.ok_or_else(|| if viewer.user.is_none() { Fault::SignIn { stale: false } } else { Fault::not_found() })
}

fn registrar<'a>(ask: &'a Ask<'_>, role: &'a RoleName) -> Registrar<'a> {
    Registrar { control: &ask.site.model.project.control_schema, role }
}

pub async fn show<'a>(ask: &'a Ask<'a>) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let role = needed(&viewer)?;
    let found = registrar(ask, role).waiting(None, &mut reading).await?;
    let waiting: Vec<AskedView> = found.iter().map(|asked| view(ask, asked)).collect();
    let values = [
        ("shell", value(viewer.shell(ask, "registrations", false))),
        ("page", value(PageHead::plain("Registrations"))),
        ("waiting", value(waiting)),
    ];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("team/registrations.html", &values)?))
}

fn view(ask: &Ask<'_>, asked: &Asked) -> AskedView {
    let detail = |name: &str| asked.details.get(name).cloned();
    AskedView {
        name: detail("name").unwrap_or_else(|| asked.email.clone()),
        email: detail("name").map(|_| asked.email.clone()),
        company: detail("company"),
        at: format!("{} UTC", asked.at),
        known: asked.known,
        href: format!("{}/registrations/{}", ask.base, asked.id),
    }
}

pub async fn show_one<'a>(ask: &'a Ask<'a>, id: &str) -> Result<Response, Fault> {
    page(ask, id, Draft::default()).await
}

/// What somebody wrote, to be written once more.
#[derive(Default)]
struct Draft {
    tenant: String,
    why: String,
    problems: Problems,
    notice: Option<String>,
}

async fn page<'a>(ask: &'a Ask<'a>, id: &str, draft: Draft) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let role = needed(&viewer)?;
    let found = registrar(ask, role).waiting(Some(id), &mut reading).await?;
    let asked = found.first().ok_or_else(Fault::not_found)?;
    let shown = view(ask, asked);
    let form = |what: &str, slots, submit: &str, notice| -> Result<FormView, Fault> {
        let action = format!("{}/registrations/{id}", ask.base);
        let mut form = form((what, action, submit), &viewer, slots, &draft.problems, notice)?;
        form.hidden.push(hidden("do", what));
        Ok(form)
    };
    let tenant = SlotView {
        max_length: Some(200),
        hint: Some(
            "The name or the key of a tenant that is there. Leave it empty where they are a new one.".to_owned(),
        ),
        ..slot(TENANT, "Tenant", &draft.tenant, &draft.problems)
    };
    let why = SlotView {
        kind: SlotKind::Lines,
        max_length: Some(2000),
        hint: Some("For the record. It is not sent to them.".to_owned()),
        ..slot(WHY, "Reason", &draft.why, &Problems::default())
    };
    let asked_for = ask.portal.registration.as_ref().map_or(&[][..], |registration| &registration.form);
    let facts = asked_for.iter().filter_map(|field| {
        let text = asked.details.get(field.as_str())?.clone();
        Some(FactView { label: register::label(*field).0.to_owned(), text })
    });
    let view = AskedPage {
        facts: facts.collect(),
        approve: form("approve", vec![tenant], "Let in", draft.notice.clone())?,
        reject: form("reject", vec![why], "Turn away", None)?,
        asked: shown,
    };
    let heading = view.asked.name.clone();
    let wrong = !draft.problems.is_empty();
    let title = if wrong { format!("Error: {heading}") } else { heading.clone() };
    let crumbs = vec![NamedLink { label: "Registrations".to_owned(), href: format!("{}/registrations", ask.base) }];
    let values = [
        ("shell", value(viewer.shell(ask, "registrations", true))),
        ("page", value(PageHead { title, ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs)),
        ("registration", value(view)),
    ];
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reply::html(status, ask.portal.look.templates.render("team/registration.html", &values)?))
}

pub async fn answer<'a>(ask: &'a Ask<'a>, id: &str, body: Body) -> Result<Response, Fault> {
    let mut entry = match enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let role = needed(&entry.viewer)?;
    let (tenant, why) = (text(&entry, TENANT), text(&entry, WHY));
    let approve = match entry.submitted.get("do") {
        Some("approve") => true,
        Some("reject") => false,
        _ => return Err(Fault::bad_request("The form does not say what to do.")),
    };
    if let Some(notice) = entry.shows() {
        drop(entry);
        return page(ask, id, Draft { tenant, why, notice, ..Draft::default() }).await;
    }
    let form_id = entry.id(ask);
    let answered = match done_before(&ask.site.submissions, &form_id, role, &mut entry.writing).await {
        Ok(Some(before)) => return Ok(before.answer(ask)),
        Ok(None) => registrar(ask, role).answer(id, (approve, &tenant, &why), &mut entry.writing).await,
        Err(refusal) => Err(refusal),
    };
    let problems = match answered {
        Ok(RegistrarAnswer::Done) => {
            let what = if approve { Done::Admitted } else { Done::TurnedAway };
            return done(ask, entry, "/registrations", what).await;
        }
        Ok(RegistrarAnswer::Gone) => return Err(Fault::not_found()),
        Ok(RegistrarAnswer::Barred) => {
            at(TENANT, "They are disabled there, and a place would not let them in. Enable them first.")
        }
        Ok(RegistrarAnswer::Tenant) if tenant.is_empty() => at(TENANT, "Name the tenant: new ones are made elsewhere."),
        Ok(RegistrarAnswer::Tenant) => at(TENANT, "There is no active tenant of this name or key."),
        Err(refusal) => busy(refusal)?,
    };
    drop(entry);
    page(ask, id, Draft { tenant, why, problems, notice: None }).await
}
