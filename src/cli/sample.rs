//! Sample data in the project's own local database: the cast as tenants and users, and the rows of modules.

use super::CliError;
use super::context::Context;
use super::directory::open_directory;
use super::place::{Invitation, invite};
use super::tenants::{self, TenantRules};
use crate::adapters::postgres::Connection;
use crate::adapters::postgres::directory::{Directory, NewTenant, Tenant};
use crate::adapters::postgres::given::{Columns, Keys, LoadError, load_sample, samples_loaded};
use crate::diagnostic::escape::one_line;
use crate::model::{AccessModel, GivenUser, Samples};
use crate::names::{KeyName, TenantName, UserLabel};
use crate::plan::{Touched, counted};
use crate::spec::document::ProjectDoc;
use std::collections::BTreeMap;

/// Puts in what is not there yet. Rows that PostgreSQL does not take are said, and keep nobody from the portals.
///
/// # Errors
/// The cast does not go with the tenants that there are; the database cannot be asked.
pub async fn load(
    context: &Context,
    project: &ProjectDoc,
    model: &AccessModel,
    connection: &mut Connection,
) -> Result<(), CliError> {
    if model.samples.is_empty() {
        return Ok(());
    }
    let mut samples = model.samples(&samples_loaded(connection, model).await?);
    if samples.parts.is_empty() {
        return Ok(());
    }
    let progress = context.terminal.progress("putting in sample data");
    let columns = Columns::read(connection, &Touched::of(model).relations).await?;
    let existing = open_directory(connection, project).await?.tenants().await?;
    known_tenants(&mut samples, &existing);
    let keys = Keys { model, columns: &columns, given: &samples.given, now: None };
    let casting = Casting { project, model, keys };
    let mut directory = open_directory(connection, project).await?;
    casting.tenants(&mut directory, &samples.tenants).await?;
    casting.users(&mut directory, &samples.users).await?;
    let done = load_sample(connection, model, &keys, &samples.rows, &samples.parts).await;
    drop(progress);
    match done {
        Ok(()) => {}
        Err(LoadError::Server(error)) => return Err(error.into()),
        Err(LoadError::Given { message, .. }) => {
            context.terminal.warn(&format!("no sample rows: {}", one_line(&message)));
            return Ok(());
        }
    }
    for what in &samples.left_out {
        context.terminal.detail(&format!("left out of the sample, {}", one_line(what)));
    }
    if !samples.left_out.is_empty() {
        let rows = counted(samples.left_out.len(), "sample row");
        context.terminal.note(&format!("left out {rows} that this project has no place for; `--verbose` says which"));
    }
    let tenants = counted(samples.tenants.len(), "tenant");
    let (users, rows) = (counted(samples.users.len(), "user"), counted(samples.rows.len(), "row"));
    context.terminal.note(&format!("put in sample data: {tenants}, {users}, {rows}"));
    Ok(())
}

/// A tenant that is there under the label is the one that is meant.
fn known_tenants(samples: &mut Samples, existing: &[Tenant]) {
    for (label, tenant) in &mut samples.given.tenants {
        if let Some(known) = existing.iter().find(|known| known.name.as_deref() == Some(label.as_str())) {
            tenant.keys.insert(KeyName::main(), known.key.clone());
        }
    }
    samples.tenants.retain(|label| !existing.iter().any(|known| known.name.as_deref() == Some(label.as_str())));
}

struct Casting<'a> {
    project: &'a ProjectDoc,
    model: &'a AccessModel,
    keys: Keys<'a>,
}

impl Casting<'_> {
    /// Those above first.
    async fn tenants(&self, directory: &mut Directory<'_>, labels: &[TenantName]) -> Result<(), CliError> {
        let alone = directory.one_key_one_tenant().await?;
        let rules = TenantRules { project: self.project, kinds: Some(&self.model.tenant_kinds), alone };
        let mut left: Vec<&TenantName> = labels.iter().collect();
        while !left.is_empty() {
            let waits = |label: &TenantName| self.parent(label).is_some_and(|parent| left.contains(&parent));
            let (later, now): (Vec<_>, Vec<_>) = left.iter().copied().partition(|label| waits(label));
            // Of a circle each is refused for the one above that is not there.
            let (later, now) = if now.is_empty() { (now, later) } else { (later, now) };
            for label in now {
                let Some(tenant) = self.newcomer(label) else { continue };
                let tenant = tenants::check(&directory.tenants().await?, rules, tenant)?;
                directory.add_tenant(&tenant).await?;
            }
            left = later;
        }
        Ok(())
    }

    fn parent(&self, label: &TenantName) -> Option<&TenantName> {
        self.keys.given.tenants.get(label)?.parent.as_ref()
    }

    fn newcomer(&self, label: &TenantName) -> Option<NewTenant> {
        let tenant = self.keys.given.tenants.get(label)?;
        let main = KeyName::main();
        Some(NewTenant {
            tenant_kind: tenant.kind.as_ref().map(ToString::to_string).unwrap_or_default(),
            key: self.keys.tenant(label, &main),
            name: label.to_string(),
            title: tenant.title.clone(),
            keys: self.keys.further_keys(label),
            parent_key: tenant.parent.as_ref().map(|parent| self.keys.tenant(parent, &main)),
            tier: tenant.tier.as_ref().map(ToString::to_string),
        })
    }

    async fn users(&self, directory: &mut Directory<'_>, labels: &[UserLabel]) -> Result<(), CliError> {
        let known = |label| Some((label, self.keys.given.users.get(label)?));
        let users: Vec<(&UserLabel, &GivenUser)> = labels.iter().filter_map(known).collect();
        for (label, user) in &users {
            let keys: BTreeMap<String, String> =
                user.keys.keys().map(|key| (key.to_string(), self.keys.user(label, key))).collect();
            for place in &user.places {
                let invitation = Invitation {
                    email: user.email.clone(),
                    persona: place.persona.clone(),
                    tenant: place.tenant.as_ref().map(|tenant| self.called(tenant)),
                    title: Some(user.title.clone()),
                    keys: keys.clone(),
                };
                invite(directory, self.model, &invitation).await?;
            }
        }
        for (_, user) in users {
            if let Some(superior) = user.reports_to.as_ref().and_then(|label| self.keys.given.users.get(label)) {
                directory.set_superior(&user.email, Some(&superior.email)).await?;
            }
        }
        Ok(())
    }

    /// So that no other tenant can be meant.
    fn called(&self, label: &TenantName) -> String {
        let key = self.keys.tenant(label, &KeyName::main());
        match self.keys.given.tenants.get(label).and_then(|tenant| tenant.kind.as_ref()) {
            Some(kind) => format!("{kind}:{key}"),
            None => key,
        }
    }
}
