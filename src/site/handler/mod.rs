//! From a request to an answer.

mod activity;
mod assets;
mod body;
mod content;
mod download;
mod error;
mod export;
mod form;
mod home;
mod list;
mod page;
mod record;
mod register;
mod registrations;
mod reply;
mod rows;
mod sign_in;
mod team;
mod upload;
mod visit;

use super::address::{self, Host};
use super::fault::Fault;
use super::guard::{self, SessionCookie};
use super::language::{self, Chosen};
use super::log::{Done, Route};
use super::note;
use super::portal::{self, PortalSite};
use super::view::LanguageEntry;
use super::{Inner, Site, Visitor};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::Response;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

const LONGEST_ADDRESS: usize = 8 * 1024;
/// Forms of signing in and out hold two secrets.
const LARGEST_BODY: usize = 16 * 1024;
/// Forms of records hold what people write; sent, a letter takes up to twelve bytes.
const LARGEST_FORM: usize = 256 * 1024;
/// For the whole request; statements have a shorter time of their own.
const PATIENCE: Duration = Duration::from_secs(30);
/// Files come in over slow lines, and are looked at; how long one piece may take is counted there.
const PATIENCE_WITH_FILES: Duration = Duration::from_mins(15);

pub fn router(site: Site) -> Router {
    let for_forgery = site.clone();
    let forged = move |_: ProtectionError| -> Response {
        let fault = Fault::forbidden("This form was sent from another site, so nothing was done.");
        error::neutral(&for_forgery.inner, fault)
    };
    let for_panic = site.clone();
    let panicked = move |_: Box<dyn std::any::Any + Send>| {
        error::neutral(&for_panic.inner, Fault::internal("a panic; standard error says where"))
    };
    Router::new()
        .fallback(answer)
        .with_state(site.clone())
        .layer(CsrfLayer::new().with_rejection_response(forged))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(site, observe))
        .layer(CompressionLayer::new())
}

/// Names the request, sees to its end, secures the answer, writes the line.
async fn observe(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId::new();
    let method = request.method().clone();
    let visitor = request.extensions().get::<Visitor>().copied();
    let plain = visitor.is_none_or(|visitor| visitor.local)
        && Host::read(request.headers(), request.uri()).is_some_and(|host| host.is_loopback());
    request.extensions_mut().insert(id.clone());
    let with_file = method == Method::POST && request.uri().path().ends_with("/attach");
    let patience = if with_file { PATIENCE_WITH_FILES } else { PATIENCE };
    let mut response = match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => error::neutral(&site.inner, Fault::unavailable("the request took too long")),
    };
    reply::secure(&mut response, plain);
    let route = response.extensions_mut().remove::<Route>().unwrap_or_default();
    let status = response.status().as_u16();
    if !site.inner.quiet || status >= 500 {
        Done { id: &id.0, method: method.as_str(), route: &route, status, took: begun.elapsed() }.write();
    }
    response
}

/// Names a request in the log and on an error page.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    fn new() -> Self {
        let mut bytes = [0_u8; 6];
        // Without randomness the name is less telling, and nothing else depends on it.
        let _ = getrandom::fill(&mut bytes);
        Self(guard::hex(bytes))
    }
}

/// One request to one portal.
pub struct Ask<'a> {
    pub site: &'a Inner,
    pub portal: &'a PortalSite,
    /// Nothing, or `/support`.
    pub base: String,
    /// What follows it, beginning with a slash.
    pub path: String,
    pub headers: &'a HeaderMap,
    pub query: &'a [(String, String)],
    pub cookie: SessionCookie,
    pub address: Option<IpAddr>,
    pub id: String,
    /// The ways to this page in each language.
    pub languages: Vec<LanguageEntry>,
}

/// The site in the language that this visitor reads.
async fn answer(State(site): State<Site>, request: Request) -> Response {
    let chosen = language::choose(&site.inner.languages, request.headers(), request.uri().query());
    let site = site.speaking(chosen.at);
    reply::in_language(answer_in(site, chosen, request).await, site)
}

async fn answer_in(site: &Inner, chosen: Chosen, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let neutral = |fault| error::neutral(site, fault);
    if parts.uri.to_string().len() > LONGEST_ADDRESS {
        return neutral(Fault::too_long());
    }
    let path = parts.uri.path();
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    match path {
        "/healthz" if reads => return reply::healthy(),
        "/readyz" if reads => return reply::ready(site).await,
        _ => {}
    }
    let Some(host) = Host::read(&parts.headers, &parts.uri) else {
        return neutral(Fault::bad_request("The request does not say which host it is for."));
    };
    let visitor = parts.extensions.get::<Visitor>().copied();
    let plain = visitor.is_none_or(|visitor| visitor.local) && host.is_loopback();
    let Some(found) = address::find(&site.portals, &host, path) else {
        return if reads { outside(site, &host, path) } else { neutral(Fault::method_not_allowed()) };
    };
    let query = match axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) {
        Ok(query) => query.0,
        Err(_) => return neutral(Fault::bad_request("The address cannot be read.")),
    };
    let languages = if reads { language::switch(&site.languages, chosen, &query) } else { Vec::new() };
    let ask = Ask {
        languages,
        site,
        portal: found.portal,
        base: found.base,
        path: format!("/{}", found.rest),
        headers: &parts.headers,
        query: &query,
        cookie: SessionCookie::new(found.portal.name.as_str(), plain),
        address: address_of(site, &parts.headers, visitor),
        id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    let mut route = Route { portal: Some(ask.portal.name.to_string()), ..Route::default() };
    let result = within(&ask, &parts.method, found.rest, body, &mut route).await;
    let mut response = match result {
        Ok(response) => response,
        Err(fault) => error::in_portal(&ask, fault, &mut route).await,
    };
    // The address of a sign-in page holds the link's secret, also where the page says that something failed.
    if found.rest.starts_with("sign-in") {
        response = reply::without_referrer(response);
    }
    let portal = ask.portal.name.as_str();
    if reads && response.status().is_success() && reply::is_html(&response) && note::is_there(ask.headers, portal) {
        response = reply::with_cookie(response, &note::clear(portal, ask.cookie.secure()));
    }
    if let Some(language) = site.language.as_ref().filter(|_| reads && chosen.said && reply::is_html(&response)) {
        response = reply::with_cookie(response, &language::keep(language, ask.cookie.secure()));
    }
    response.extensions_mut().insert(route);
    response
}

/// Pages of one portal by what follows its base. Parts of an address are read as they were sent,
/// since a decoded `/` would be one more part.
async fn within(ask: &Ask<'_>, method: &Method, rest: &str, body: Body, route: &mut Route) -> Result<Response, Fault> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let parts: Vec<&str> = if rest.is_empty() { Vec::new() } else { rest.split('/').collect() };
    route.page = page_name(&parts);
    match (&parts[..], reads) {
        (["static", name @ ..], true) => assets::serve(ask, &name.join("/")),
        (["sign-in"], true) => sign_in::show(ask).await,
        (["sign-in"], false) if method == Method::POST => sign_in::redeem(ask, body).await,
        (["sign-out"], true) => sign_in::signed_out(ask).await,
        (["sign-out"], false) if method == Method::POST => sign_in::sign_out(ask, body).await,
        (["register"], false) if method == Method::POST => register::send(ask, body).await,
        (["registrations", id], false) if method == Method::POST => registrations::answer(ask, id, body).await,
        (["team", rest @ ..], false) if method == Method::POST => match rest {
            ["new"] => team::invite(ask, body).await,
            [id] => team::grant(ask, id, body).await,
            [id, "disable"] => team::disable(ask, id, true, body).await,
            [id, "enable"] => team::disable(ask, id, false, body).await,
            _ => Err(Fault::method_not_allowed()),
        },
        ([segment, rest @ ..], false) if method == Method::POST && !rest.is_empty() => {
            let object = known(ask, segment, route)?;
            match rest {
                ["new"] => form::create(ask, &object, body).await,
                [key, "edit"] => form::edit(ask, &object, key, body).await,
                [key, "move"] => form::transition(ask, &object, key, body).await,
                [key, "delete"] => form::delete(ask, &object, key, body).await,
                [key, "hand-over"] => form::hand_over(ask, &object, key, body).await,
                [key, "share"] => form::share(ask, &object, key, body).await,
                [key, "unshare"] => form::unshare(ask, &object, key, body).await,
                [key, "attach"] => form::attach(ask, &object, key, body).await,
                [key, "attachments", id, "remove"] => form::detach(ask, &object, key, id, body).await,
                _ => Err(Fault::method_not_allowed()),
            }
        }
        (_, false) => Err(Fault::method_not_allowed()),
        ([], true) => home::show(ask).await,
        (["activity"], true) => activity::show(ask).await,
        (["register"], true) => register::show(ask),
        (["register", "sent"], true) => register::sent(ask),
        (["registrations"], true) => registrations::show(ask).await,
        (["registrations", id], true) => registrations::show_one(ask, id).await,
        (["team"], true) => team::show(ask).await,
        (["team", "new"], true) => team::show_new(ask).await,
        (["team", id], true) => team::show_member(ask, id).await,
        (["pages", name], true) => content::show(ask, name).await,
        (["p", name], true) => page::show(ask, name, route).await,
        ([segment], true) => match segment.strip_suffix(".csv") {
            Some(segment) => export::send(ask, &known(ask, segment, route)?).await,
            None => list::show(ask, &known(ask, segment, route)?, None).await,
        },
        ([segment, "new"], true) => form::show_new(ask, &known(ask, segment, route)?).await,
        ([segment, key], true) => {
            let object = known(ask, segment, route)?;
            record::show(ask, &object, key, record::Told::default()).await
        }
        ([segment, key, "edit"], true) => form::show_edit(ask, &known(ask, segment, route)?, key).await,
        ([segment, key, "delete"], true) => form::show_delete(ask, &known(ask, segment, route)?, key).await,
        ([segment, key, "attachments", id], true) => download::send(ask, &known(ask, segment, route)?, key, id).await,
        ([segment, key, "attachments", id, "remove"], true) => {
            form::show_detach(ask, &known(ask, segment, route)?, key, id).await
        }
        ([segment, key, "hand-over"], true) => form::show_hand_over(ask, &known(ask, segment, route)?, key).await,
        _ => Err(Fault::not_found()),
    }
}

fn page_name(parts: &[&str]) -> &'static str {
    match parts {
        [] => "home",
        ["activity"] => "activity",
        ["static", ..] => "static",
        ["sign-in"] => "sign-in",
        ["sign-out"] => "sign-out",
        ["pages", _] => "content",
        ["p", _] => "page",
        ["team", ..] => "team",
        ["register", ..] => "register",
        ["registrations", ..] => "registrations",
        [list] if list.ends_with(".csv") => "export",
        [_] => "list",
        [_, "new"] => "new",
        [_, _] => "record",
        [_, _, "edit"] => "edit",
        [_, _, "move"] => "move",
        [_, _, "delete"] => "delete",
        [_, _, "hand-over"] => "hand-over",
        [_, _, "share"] => "share",
        [_, _, "unshare"] => "unshare",
        [_, _, "attach"] => "attach",
        [_, _, "attachments", _] => "attachment",
        [_, _, "attachments", _, "remove"] => "detach",
        _ => "none",
    }
}

fn known(ask: &Ask<'_>, segment: &str, route: &mut Route) -> Result<crate::names::ObjectName, Fault> {
    let object = portal::object_of(segment).filter(|object| ask.portal.knows(object)).ok_or_else(Fault::not_found)?;
    route.object = Some(object.to_string());
    Ok(object)
}

/// What lies in no portal: the way to them, and the style sheet of that page.
fn outside(site: &Inner, host: &Host, path: &str) -> Response {
    if let Some(name) = path.strip_prefix("/static/") {
        return assets::neutral(site, name).unwrap_or_else(|| error::neutral(site, Fault::not_found()));
    }
    if path != "/" {
        return error::neutral(site, Fault::not_found());
    }
    let local = host.is_loopback();
    let here: Vec<(&PortalSite, String)> = site
        .portals
        .iter()
        .filter(|portal| portal.host.is_none() || local)
        .map(|portal| (portal, if local { format!("/{}", portal.name) } else { portal.path.clone() }))
        .collect();
    match &here[..] {
        [] => error::neutral(site, Fault::not_found()),
        [(_, base)] => reply::see_other(&format!("{base}/")),
        several => reply::portals(site, several),
    }
}

/// The network a visitor comes from; `None` on this machine, where everybody is one address.
fn address_of(site: &Inner, headers: &HeaderMap, visitor: Option<Visitor>) -> Option<IpAddr> {
    let forwarded = || {
        let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        line.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = visitor.map(|visitor| visitor.peer.ip());
    let address = if site.behind_proxy { forwarded().or(peer) } else { peer };
    address.filter(|address| !address.is_loopback())
}
