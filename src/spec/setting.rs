//! What a tenant may have of its own, by full names: `branding.name`.

use super::document::BrandingDoc;
use super::grammar::{check_shown, is_hidden, word};
use std::collections::BTreeMap;

/// The names of all settings.
pub const TENANT_SETTINGS: [&str; 5] =
    ["branding.colors.ink", "branding.colors.paper", "branding.colors.primary", "branding.logo", "branding.name"];

/// More would not fit into the header of a page.
const LONGEST_NAME: usize = 100;

/// Says why a tenant cannot have the setting, where it cannot.
///
/// # Errors
/// There is no setting of that name, or the value is none for it.
pub fn check_tenant_setting(name: &str, value: &str) -> Result<(), String> {
    match name {
        "branding.name" if value.is_empty() => Err("it is empty".to_owned()),
        "branding.name" if value.chars().any(is_hidden) => Err("it holds a character that cannot be seen".to_owned()),
        "branding.name" if value.chars().count() > LONGEST_NAME => {
            Err(format!("it is longer than {LONGEST_NAME} characters"))
        }
        "branding.name" => Ok(()),
        "branding.logo" => (word::PATH.check)(value),
        color if TENANT_SETTINGS.contains(&color) => (word::COLOR.check)(value),
        _ => Err(format!("the settings are {}", TENANT_SETTINGS.join(", "))),
    }
}

/// Says why people cannot be shown a tenant by that title, where they cannot.
///
/// # Errors
/// It shows nothing, holds what cannot be seen and changes what stands beside it, or is too long.
pub fn check_title(title: &str) -> Result<(), String> {
    check_shown(title)
}

/// The settings that a tenant document writes, by their full names.
pub fn tenant_settings(branding: &BrandingDoc) -> BTreeMap<String, String> {
    let colors = branding.colors.iter().map(|(token, color)| (format!("branding.colors.{token}"), color.value.clone()));
    let name = branding.name.iter().map(|name| ("branding.name".to_owned(), name.clone()));
    let logo = branding.logo.iter().map(|logo| ("branding.logo".to_owned(), logo.value.clone()));
    colors.chain(name).chain(logo).collect()
}
