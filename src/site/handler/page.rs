//! Pages with a view of their own: rows of an object with the columns that the page names.

use super::{Ask, content, list, reply};
use crate::model::View;
use crate::site::fault::Fault;
use crate::site::log::Route;
use crate::site::portal::slug;
use axum::response::Response;

pub async fn show(ask: &Ask<'_>, name: &str, route: &mut Route) -> Result<Response, Fault> {
    let page = ask.portal.pages.get(name).ok_or_else(Fault::not_found)?;
    let Some(object) = &page.object else { return content::show(ask, name).await };
    route.object = Some(object.to_string());
    match page.view {
        View::Form => Ok(reply::see_other(&format!("{}/{}/new", ask.base, slug(object)))),
        _ => list::show(ask, object, Some(page)).await,
    }
}
