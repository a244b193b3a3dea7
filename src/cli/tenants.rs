//! Tenants on the command line: how they are shown, and whether one added by hand goes with the others.

use super::standing::of_tenant;
use super::table::Table;
use super::{CliError, Format};
use crate::adapters::postgres::directory::{Directory, NewTenant, Standing, Tenant};
use crate::diagnostic::{closest, one_line};
use crate::names::{KeyName, TenantKind};
use crate::spec::document::ProjectDoc;
use crate::spec::{TENANT_SETTINGS, check_tenant_setting, check_title};
use std::collections::BTreeSet;
use time::Date;
use time::macros::format_description;

/// What the project says of tenants.
#[derive(Debug, Clone, Copy)]
pub struct TenantRules<'p> {
    pub project: &'p ProjectDoc,
    /// Those that the spec names; `None` where it cannot be resolved.
    pub kinds: Option<&'p BTreeSet<TenantKind>>,
    /// A key is one tenant's, of whatever kinds they are.
    pub alone: bool,
}

/// The tenant, if nothing is against it.
///
/// # Errors
/// Its name or key is taken or malformed; its tier, kind or parent is not known.
pub fn check(existing: &[Tenant], rules: TenantRules<'_>, tenant: NewTenant) -> Result<NewTenant, CliError> {
    let TenantRules { project, alone, .. } = rules;
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '-');
    if !tenant.name.starts_with(|first: char| first.is_ascii_lowercase()) || !tenant.name.chars().all(allowed) {
        return Err(CliError::usage(format!("`{}` is no name for a tenant", tenant.name.escape_debug()))
            .hint("begin with a letter; use lower case letters, digits, `-` and `_`"));
    }
    if tenant.key.is_empty() || tenant.key.chars().any(char::is_control) {
        return Err(CliError::usage("a key is a text that is not empty, without control characters"));
    }
    sound_title(&tenant.title)?;
    if let Some(tier) = &tenant.tier {
        known_tier(project, tier)?;
    }
    if let Some(known) = rules.kinds {
        known_kind(&tenant.tenant_kind, known)?;
    }
    let kinds: BTreeSet<&str> = existing.iter().map(|tenant| tenant.tenant_kind.as_str()).collect();
    if tenant.tenant_kind.is_empty() && !kinds.is_empty() && !kinds.contains("") {
        let known: Vec<&str> = kinds.into_iter().collect();
        return Err(CliError::usage("the tenants of this project have kinds, and this one has none")
            .hint(format!("add `--kind`, one of {}", known.join(", "))));
    }
    let same_kind = |other: &&Tenant| other.tenant_kind == tenant.tenant_kind;
    if let Some(taken) = existing.iter().filter(same_kind).find(|other| other.key == tenant.key) {
        return Err(CliError::usage(format!(
            "key `{}` belongs to `{}`",
            one_line(&tenant.key),
            one_line(&taken.title)
        ))
        .hint("choose another `--key`; `portalctl tenant list` shows those that are taken"));
    }
    if let Some(taken) = existing.iter().find(|other| alone && other.key == tenant.key) {
        let message = format!(
            "key `{}` belongs to `{}`, a `{}`",
            one_line(&tenant.key),
            one_line(&taken.title),
            taken.tenant_kind
        );
        return Err(CliError::usage(message).hint(
            "choose another `--key`: rows name tenants of any kind by their keys alone, so each would see the rows of the other",
        ));
    }
    named_keys(existing, &tenant, alone)?;
    if existing.iter().any(|other| other.name.as_ref() == Some(&tenant.name)) {
        return Err(CliError::usage(format!("there is a tenant `{}` already", tenant.name)).hint("choose another name"));
    }
    if let Some(parent) = &tenant.parent_key
        && !existing.iter().filter(same_kind).any(|other| other.key == *parent)
    {
        return Err(CliError::usage(format!("no tenant of that kind has the key `{}`", one_line(parent)))
            .hint("`portalctl tenant list` shows the keys; a parent is of the same kind"));
    }
    Ok(tenant)
}

/// # Errors
/// It cannot be shown as it is.
pub fn sound_title(title: &str) -> Result<(), CliError> {
    check_title(title).map_err(|why| {
        CliError::usage(format!("`{}` is no title for a tenant: {why}", one_line(title)))
            .hint("write what people are to see, on one line")
    })
}

/// # Errors
/// The project has no such tier.
pub fn known_tier(project: &ProjectDoc, tier: &str) -> Result<(), CliError> {
    let known: Vec<&str> = project.tiers.iter().map(|tier| tier.value.as_str()).collect();
    if known.contains(&tier) {
        return Ok(());
    }
    let error = CliError::usage(format!("the project has no tier `{}`", tier.escape_debug()));
    Err(match (closest(tier, known.iter().copied()), known.as_slice()) {
        (_, []) => error.hint("declare them in `portalctl.yaml`, from low to high: `tiers: [basic, gold]`"),
        (Some(near), known) => error.hint(format!("did you mean `{near}`? the tiers are {}", known.join(", "))),
        (None, known) => error.hint(format!("the tiers are {}", known.join(", "))),
    })
}

/// A named key says whose rows are as well as the main one does, so it is one tenant's as well.
fn named_keys(existing: &[Tenant], tenant: &NewTenant, alone: bool) -> Result<(), CliError> {
    let main = KeyName::main();
    if tenant.keys.contains_key(main.as_str()) {
        return Err(CliError::usage(format!("`{main}` is what a tenant's main key is called"))
            .hint("`--key` says the main key; give the other one another name"));
    }
    for (name, value) in &tenant.keys {
        let has = |other: &&Tenant| other.keys.get(name).and_then(serde_json::Value::as_str) == Some(value);
        let beside = |other: &&Tenant| alone || other.tenant_kind == tenant.tenant_kind;
        if let Some(taken) = existing.iter().filter(beside).find(has) {
            return Err(CliError::usage(format!(
                "the `{}` key `{}` belongs to `{}`",
                one_line(name),
                one_line(value),
                one_line(&taken.title)
            ))
            .hint("each would see the rows of the other: give it the key that its own rows hold"));
        }
    }
    Ok(())
}

/// A kind that the spec does not name is nobody's: no audience is of it. Without kinds, a key alone says whose a row is,
/// and a tenant of a kind would be a second one of that key.
fn known_kind(kind: &str, known: &BTreeSet<TenantKind>) -> Result<(), CliError> {
    if kind.is_empty() || known.iter().any(|name| name.as_str() == kind) {
        return Ok(());
    }
    let kind = kind.escape_debug();
    if known.is_empty() {
        return Err(CliError::usage(format!("the tenants of this project have no kinds, and this one is a `{kind}`"))
            .hint("leave `--kind` out, or say `tenant_kind` at the audiences that are for such tenants"));
    }
    let names: Vec<&str> = known.iter().map(TenantKind::as_str).collect();
    Err(CliError::usage(format!("the project has no kind of tenant `{kind}`"))
        .hint(format!("the kinds are {}", names.join(", "))))
}

/// A tenant, with how it stands now.
#[derive(Debug, serde::Serialize)]
pub struct Shown {
    #[serde(flatten)]
    pub tenant: Tenant,
    pub standing: Standing,
}

/// All tenants with how they stand.
///
/// # Errors
/// The database cannot be asked.
pub async fn list(directory: &mut Directory<'_>, project: &ProjectDoc) -> Result<Vec<Shown>, CliError> {
    let mut standings = directory.standings(project.timezone()).await?;
    let with = |tenant: Tenant| {
        let standing = standings.remove(&(tenant.tenant_kind.clone(), tenant.key.clone()));
        // Whoever came between the two questions is shown by what their own row says.
        let own = || Standing { state: tenant.status.clone(), since: None, until: None, audiences: vec![] };
        Shown { standing: standing.unwrap_or_else(own), tenant }
    };
    Ok(directory.tenants().await?.into_iter().map(with).collect())
}

/// A table for people, or `{"tenants": […]}`.
pub fn render(tenants: &[Shown], format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", serde_json::json!({ "tenants": tenants }));
    }
    let mut table = Table::new(["KIND", "KEY", "TITLE", "TIER", "PAID UNTIL", "STATUS", "FROM"]);
    for Shown { tenant, standing } in tenants {
        let from = if tenant.origin == "table" { "table" } else { tenant.name.as_deref().unwrap_or("") };
        let tier = tenant.tier.as_deref().unwrap_or("");
        let paid = tenant.paid_until.as_deref().unwrap_or("");
        table.row([&tenant.tenant_kind, &tenant.key, &tenant.title, tier, paid, &of_tenant(standing), from]);
    }
    table.to_string()
}

/// One tenant with its settings, or `{"tenants": […]}` all the same.
pub fn render_one(shown: &Shown, format: Format) -> String {
    let mut text = render(std::slice::from_ref(shown), format);
    let settings = &shown.tenant.settings;
    if format == Format::Text && !settings.is_empty() {
        let mut table = Table::new(["SETTING", "VALUE"]);
        settings.iter().for_each(|(name, value)| table.row([name.as_str(), value]));
        text.push('\n');
        text.push_str(&table.to_string());
    }
    text
}

/// For clap: `branding.name=Globex`, or `branding.name=` to remove it.
pub fn setting(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let value = (!value.is_empty()).then(|| value.to_owned());
    match &value {
        Some(value) => check_tenant_setting(name, value)?,
        None if !TENANT_SETTINGS.contains(&name) => check_tenant_setting(name, "")?,
        None => {}
    }
    Ok((name.to_owned(), value))
}

/// A day, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day(pub Option<String>);

/// For clap: `2026-07-01`, or `none`.
pub fn day(text: &str) -> Result<Day, String> {
    if text == "none" {
        return Ok(Day(None));
    }
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(|_| Day(Some(text.to_owned())))
        .map_err(|_| "write it as YYYY-MM-DD, or `none`".to_owned())
}
