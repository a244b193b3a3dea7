//! People of one's own tenant, for those who administer them. Who that is, whom they see and what they may do, functions of
//! the database decide; what is not theirs is answered as what there is not.

use super::form::{Entered, Entry, Outcome, done_before, enter, finish, hidden, secrets};
use super::visit::{Viewer, Visit};
use super::{Ask, reply};
use crate::site::fault::Fault;
use crate::site::form::{FIELD, Problems};
use crate::site::note::Done;
use crate::site::portal::TeamWay;
use crate::site::query::{Member, QueryError, Refusal, Team, TeamAnswer};
use crate::site::template::value;
use crate::site::view::{
    Cell, CellKind, FormView, MemberPage, MemberView, NamedLink, OptionView, PageHead, ProblemView, SlotKind, SlotView,
    SwitchView, TeamView,
};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

const EMAIL: &str = "email";
const TITLE: &str = "title";
const AUDIENCE: &str = "audience";
/// On one page.
const MOST: u32 = 50;

/// The way to the page; `None`: this person administers nobody.
pub fn link(ask: &Ask<'_>, viewer: &Viewer<'_>) -> Option<String> {
    way(viewer).map(|_| format!("{}/team", ask.base))
}

fn way<'a>(viewer: &Viewer<'a>) -> Option<&'a TeamWay> {
    viewer.persona.team.as_ref().filter(|_| viewer.user.is_some())
}

fn needed<'a>(viewer: &Viewer<'a>) -> Result<&'a TeamWay, Fault> {
    let found = way(viewer);
    found.ok_or_else(|| if viewer.user.is_none() { Fault::SignIn { stale: false } } else { Fault::not_found() })
}

fn team<'a>(ask: &'a Ask<'_>, way: &'a TeamWay) -> Team<'a> {
    Team { control: &ask.site.model.project.control_schema, role: &way.role }
}

fn crumbs(ask: &Ask<'_>) -> Vec<NamedLink> {
    vec![NamedLink { label: "Team".to_owned(), href: format!("{}/team", ask.base) }]
}

pub async fn show<'a>(ask: &'a Ask<'a>) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let way = needed(&viewer)?;
    let page = ask.query.iter().find(|(name, _)| name == "page").and_then(|(_, text)| text.parse::<u32>().ok());
    let page = page.unwrap_or(1).clamp(1, 10_000);
    let mut found = team(ask, way).members((page - 1) * MOST, MOST + 1, &mut reading).await?;
    let more = found.len() > MOST as usize;
    found.truncate(MOST as usize);
    let to = |page: u32| format!("{}/team?page={page}", ask.base);
    let view = TeamView {
        members: found.iter().map(|member| member_view(ask, member)).collect(),
        invite: format!("{}/team/new", ask.base),
        previous: (page > 1).then(|| to(page - 1)),
        next: more.then(|| to(page + 1)),
    };
    let tenant = viewer.user.as_ref().and_then(|user| user.tenant_title.clone());
    let lead = tenant.map(|tenant| format!("People of {tenant} in this portal."));
    let values = [
        ("shell", value(viewer.shell(ask, "team", false))),
        ("page", value(PageHead { lead, ..PageHead::plain("Team") })),
        ("team", value(view)),
    ];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("team/team.html", &values)?))
}

fn member_view(ask: &Ask<'_>, member: &Member) -> MemberView {
    let persona = ask.portal.personas.get(&format!("{}/{}", ask.portal.name, member.audience));
    let (state, tone) = match member.state.as_str() {
        "active" => ("Active", "good"),
        "barred" => ("Disabled by the operator", "bad"),
        _ => ("Disabled", "wait"),
    };
    let fixed = match member.fixed.as_str() {
        "" => None,
        "self" => Some("This is you."),
        "table" => Some("Kept in the records of the business, and changed there."),
        "document" => Some("The access is set by the operator of this portal."),
        "barred" => Some("Disabled by the operator of this portal."),
        _ => Some("Their access is not yours to change."),
    };
    let may_change = matches!(member.fixed.as_str(), "" | "document");
    MemberView {
        name: member.person.clone().unwrap_or_else(|| member.email.clone()),
        email: member.person.is_some().then(|| member.email.clone()),
        audience: persona.map_or_else(|| member.audience.clone(), |persona| persona.label.clone()),
        state: Cell::new(CellKind::Tag, state).toned(tone),
        href: member.id.as_ref().filter(|_| may_change).map(|id| format!("{}/team/{id}", ask.base)),
        fixed: fixed.map(str::to_owned),
    }
}

pub(super) fn slot(name: &str, label: &str, held: &str, problems: &Problems) -> SlotView {
    let full = format!("{FIELD}{name}");
    SlotView {
        id: format!("team-{name}"),
        label: label.to_owned(),
        kind: SlotKind::Line,
        input: "text",
        keys: None,
        autocomplete: None,
        value: held.to_owned(),
        required: false,
        max_length: None,
        options: Vec::new(),
        hint: None,
        problem: problems.at.get(&full).cloned(),
        find: None,
        name: full,
    }
}

fn audiences(way: &TeamWay, held: &str, problems: &Problems) -> SlotView {
    let known = way.audiences.iter().any(|(name, _)| name == held);
    let nothing = OptionView { value: String::new(), label: "Choose one".to_owned(), selected: true };
    let options = way.audiences.iter().map(|(name, label)| OptionView {
        value: name.clone(),
        label: label.clone(),
        selected: name == held,
    });
    SlotView {
        kind: SlotKind::Choice,
        required: true,
        options: (!known).then_some(nothing).into_iter().chain(options).collect(),
        ..slot(AUDIENCE, "Access", held, problems)
    }
}

pub(super) fn form(
    (id, action, submit): (&str, String, &str),
    viewer: &Viewer<'_>,
    slots: Vec<SlotView>,
    problems: &Problems,
    notice: Option<String>,
) -> Result<FormView, Fault> {
    let at = slots.iter().filter_map(|slot| {
        let text = format!("{}: {}", slot.label, slot.problem.as_ref()?);
        Some(ProblemView { href: Some(format!("#{}", slot.id)), text })
    });
    let general = problems.general.iter().map(|text| ProblemView { href: None, text: text.clone() });
    Ok(FormView {
        id: id.to_owned(),
        action,
        hidden: secrets(viewer)?,
        problems: general.chain(at).collect(),
        slots,
        notice,
        submit: submit.to_owned(),
        cancel: None,
    })
}

/// What somebody wrote, to be written once more.
#[derive(Default)]
struct Draft {
    email: String,
    title: String,
    audience: String,
    problems: Problems,
    notice: Option<String>,
}

pub async fn show_new<'a>(ask: &'a Ask<'a>) -> Result<Response, Fault> {
    let visit = Visit::begin(ask).await?;
    needed(&visit.viewer)?;
    invitation(ask, &visit.viewer, Draft::default())
}

fn invitation(ask: &Ask<'_>, viewer: &Viewer<'_>, draft: Draft) -> Result<Response, Fault> {
    let way = needed(viewer)?;
    let email = SlotView {
        input: "email",
        required: true,
        max_length: Some(254),
        hint: Some("They sign in by a personal link, which the operator of this portal sends them.".to_owned()),
        ..slot(EMAIL, "E-mail", &draft.email, &draft.problems)
    };
    let title = SlotView { max_length: Some(200), ..slot(TITLE, "Name", &draft.title, &draft.problems) };
    let only = || way.audiences.first().filter(|_| way.audiences.len() == 1).map(|(name, _)| name.clone());
    let held = Some(draft.audience.clone()).filter(|held| !held.is_empty()).or_else(only).unwrap_or_default();
    let slots = vec![email, title, audiences(way, &held, &draft.problems)];
    let wrong = !draft.problems.is_empty();
    let action = (("form"), format!("{}/team/new", ask.base), "Invite");
    let mut view = form(action, viewer, slots, &draft.problems, draft.notice)?;
    view.cancel = Some(format!("{}/team", ask.base));
    let heading = "Invite somebody";
    let title = if wrong { format!("Error: {heading}") } else { heading.to_owned() };
    let values = [
        ("shell", value(viewer.shell(ask, "team", true))),
        ("page", value(PageHead { title, ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs(ask))),
        ("form", value(view)),
    ];
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reply::html(status, ask.portal.look.templates.render("object/form.html", &values)?))
}

pub(super) fn at(name: &str, text: &str) -> Problems {
    Problems { at: [(format!("{FIELD}{name}"), text.to_owned())].into(), ..Problems::default() }
}

pub(super) fn text(entry: &Entry<'_>, name: &str) -> String {
    // The database keeps no zero bytes in texts.
    entry.submitted.get(&format!("{FIELD}{name}")).unwrap_or_default().trim().replace('\0', " ")
}

pub async fn invite<'a>(ask: &'a Ask<'a>, body: Body) -> Result<Response, Fault> {
    let mut entry = match enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let way = needed(&entry.viewer)?;
    let sent = Draft {
        email: text(&entry, EMAIL),
        title: text(&entry, TITLE),
        audience: text(&entry, AUDIENCE),
        ..Draft::default()
    };
    if let Some(notice) = entry.shows() {
        return invitation(ask, &entry.viewer, Draft { notice, ..sent });
    }
    let given = (sent.email.as_str(), sent.title.as_str(), sent.audience.as_str());
    let answer = attempt(ask, &mut entry, way, Wish::Invite(given)).await;
    let problems = match answer {
        Ok(Attempted::Before(outcome)) => return Ok(outcome.answer(ask)),
        Ok(Attempted::Now(TeamAnswer::Done)) => return done(ask, entry, "/team", Done::Invited).await,
        Ok(Attempted::Now(answer)) => match answer {
            TeamAnswer::Known => at(EMAIL, "Somebody with this address is in the team already."),
            TeamAnswer::Email => at(EMAIL, "Enter an e-mail address, such as name@example.com."),
            TeamAnswer::Title => at(TITLE, "Enter a name of at most 200 letters."),
            _ => at(AUDIENCE, "Choose one of the list."),
        },
        Err(refusal) => busy(refusal)?,
    };
    invitation(ask, &entry.viewer, Draft { problems, ..sent })
}

enum Wish<'w> {
    Invite((&'w str, &'w str, &'w str)),
    Grant(&'w str, &'w str),
    Disable(&'w str, bool),
}

enum Attempted {
    /// The form was sent before: what became of it.
    Before(Outcome),
    Now(TeamAnswer),
}

async fn attempt(ask: &Ask<'_>, entry: &mut Entry<'_>, way: &TeamWay, wish: Wish<'_>) -> Result<Attempted, Refusal> {
    let id = entry.id(ask);
    if let Some(before) = done_before(&ask.site.submissions, &id, &way.role, &mut entry.writing).await? {
        return Ok(Attempted::Before(before));
    }
    let team = team(ask, way);
    let answer = match wish {
        Wish::Invite(given) => team.invite(given, &mut entry.writing).await,
        Wish::Grant(id, audience) => team.grant(id, audience, &mut entry.writing).await,
        Wish::Disable(id, disabled) => team.disable(id, disabled, &mut entry.writing).await,
    };
    Ok(Attempted::Now(answer?))
}

pub(super) async fn done(ask: &Ask<'_>, entry: Entry<'_>, path: &str, done: Done) -> Result<Response, Fault> {
    let (id, outcome) = (entry.id(ask), Outcome::of_people(path, done));
    match finish(&ask.site.submissions, &id, &outcome, entry.writing).await {
        Ok(()) => Ok(outcome.answer(ask)),
        Err(Refusal::Failed(error)) => Err(error.into()),
        Err(Refusal::Said(said)) => Err(Fault::internal(said.message)),
    }
}

/// What to say where the database did not get to it.
pub(super) fn busy(refusal: Refusal) -> Result<Problems, Fault> {
    match refusal {
        Refusal::Failed(QueryError::Unavailable(_)) => Ok(Problems::of(
            "The portal is busy at the moment, and nothing was saved. Send it again in a little while.",
        )),
        Refusal::Failed(error) => Err(error.into()),
        Refusal::Said(_) => {
            Ok(Problems::of("Somebody else has changed the same, so nothing was saved. Look at it again."))
        }
    }
}

pub async fn show_member<'a>(ask: &'a Ask<'a>, id: &str) -> Result<Response, Fault> {
    member_page(ask, id, None, Problems::default(), None).await
}

async fn member_page<'a>(
    ask: &'a Ask<'a>,
    id: &str,
    audience: Option<String>,
    problems: Problems,
    notice: Option<String>,
) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let way = needed(&viewer)?;
    let member = team(ask, way).member(id, &mut reading).await?;
    let shown = member.as_ref().map(|member| (member, member_view(ask, member)));
    let Some((member, view, path)) = shown.and_then(|(member, view)| {
        let path = view.href.clone()?;
        Some((member, view, path))
    }) else {
        return Err(Fault::not_found());
    };
    let held = audience.unwrap_or_else(|| member.audience.clone());
    let slots = vec![audiences(way, &held, &problems)];
    let wrong = !problems.is_empty();
    let form = form(("form", path.clone(), "Save"), &viewer, slots, &problems, notice)?;
    let active = member.state == "active";
    let switch = SwitchView {
        action: format!("{path}/{}", if active { "disable" } else { "enable" }),
        hidden: secrets(&viewer)?.into_iter().chain([hidden("place", id)]).collect(),
        label: if active { "Disable" } else { "Enable" }.to_owned(),
        about: match active {
            true => "Nobody signs in with this access any more, from the next page on. It can be enabled again.",
            false => "They can sign in again.",
        }
        .to_owned(),
        takes: active,
    };
    let heading = view.name.clone();
    let title = if wrong { format!("Error: {heading}") } else { heading.clone() };
    let page = MemberPage { form: member.fixed.is_empty().then_some(form), switch: Some(switch), member: view };
    let values = [
        ("shell", value(viewer.shell(ask, "team", true))),
        ("page", value(PageHead { title, ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs(ask))),
        ("team", value(page)),
    ];
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reply::html(status, ask.portal.look.templates.render("team/member.html", &values)?))
}

pub async fn grant<'a>(ask: &'a Ask<'a>, id: &str, body: Body) -> Result<Response, Fault> {
    change(ask, id, body, None).await
}

pub async fn disable<'a>(ask: &'a Ask<'a>, id: &str, disabled: bool, body: Body) -> Result<Response, Fault> {
    change(ask, id, body, Some(disabled)).await
}

async fn change<'a>(ask: &'a Ask<'a>, id: &str, body: Body, disabled: Option<bool>) -> Result<Response, Fault> {
    let mut entry = match enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let way = needed(&entry.viewer)?;
    let audience = text(&entry, AUDIENCE);
    let kept = Some(audience.clone()).filter(|_| disabled.is_none());
    if let Some(notice) = entry.shows() {
        drop(entry);
        return member_page(ask, id, kept, Problems::default(), notice).await;
    }
    let wish = disabled.map_or(Wish::Grant(id, &audience), |disabled| Wish::Disable(id, disabled));
    let what = match disabled {
        None => Done::Granted,
        Some(true) => Done::Disabled,
        Some(false) => Done::Enabled,
    };
    let problems = match attempt(ask, &mut entry, way, wish).await {
        Ok(Attempted::Before(outcome)) => return Ok(outcome.answer(ask)),
        Ok(Attempted::Now(TeamAnswer::Done | TeamAnswer::Same)) => return done(ask, entry, "/team", what).await,
        Ok(Attempted::Now(TeamAnswer::Gone | TeamAnswer::Fixed)) => return Err(Fault::not_found()),
        Ok(Attempted::Now(TeamAnswer::Known)) => at(AUDIENCE, "They have this access already."),
        Ok(Attempted::Now(_)) => at(AUDIENCE, "Choose one of the list."),
        Err(refusal) => busy(refusal)?,
    };
    drop(entry);
    member_page(ask, id, kept, problems, None).await
}
