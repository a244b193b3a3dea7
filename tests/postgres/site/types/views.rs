//! Pages with a view of their own show the rows of their object to whoever reads it.

use super::{Typed, assert_denied, path_of};
use axum::http::StatusCode;
use portalctl::model::View;

pub async fn check(typed: &Typed) {
    for persona in typed.model.personas.values() {
        let mut browser = typed.someone(persona).await;
        for page in typed.portal().pages.values() {
            let Some(object) = &page.object else { continue };
            let path = format!("/main/p/{}", page.name);
            let answer = browser.get(&path).await;
            if page.view == View::Form {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
                continue;
            }
            if !persona.reads.contains_key(object) {
                assert_denied(&answer, persona, &path);
                continue;
            }
            assert_eq!(answer.status, StatusCode::OK, "{}: {path} for {}", typed.name, persona.name);
            assert!(answer.text().contains(&page.title.to_string()), "{path}: {}", answer.text());
            let mut rows = answer.records(&path_of(object));
            let mut list = browser.get(&path_of(object)).await.records(&path_of(object));
            // In an order of its own, where it says one.
            if page.sort.is_some() {
                rows.sort();
                list.sort();
            }
            assert_eq!(rows, list, "{}: {path} for {}", typed.name, persona.name);
            if let Some(first) = rows.first() {
                let detail = browser.get(first).await;
                assert_eq!(detail.status, StatusCode::OK, "{first} of {path} for {}", persona.name);
            }
        }
    }
}
