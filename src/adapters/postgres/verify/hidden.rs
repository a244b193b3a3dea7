//! Why somebody is not shown one row.

use super::super::given::Columns;
use super::{BEGIN, VerifyError, collect, now, people, rows, sees_everything};
use crate::analysis::Hidden;
use crate::analysis::evaluate::{Asker, Asking, Membership, User, World};
use crate::analysis::verify::{Tried, identity};
use crate::model::{AccessModel, Object};
use crate::names::{ColumnName, FieldName, Ident, KeyName, PersonaName, TenantKind};
use crate::plan::Touched;
use crate::plan::control::ProjectRoles;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Of longer tables, no more is read than what leads to the row.
const WHOLE: usize = 1000;

/// Who is not shown what.
#[derive(Debug)]
pub struct Question<'q> {
    pub persona: &'q PersonaName,
    /// Kind and key.
    pub tenant: Option<(&'q str, &'q str)>,
    pub user_keys: &'q BTreeMap<String, String>,
    pub object: &'q Object,
    /// One text for each column of the object's key.
    pub key: &'q [String],
    pub field: Option<&'q FieldName>,
}

/// Reads the row and what decides about it as somebody who sees all, in one snapshot, and holds the read grants against it.
///
/// # Errors
/// The server cannot be asked; the administrator does not see every row.
pub async fn why_hidden(
    administrator: &mut PgConnection,
    model: &AccessModel,
    question: &Question<'_>,
) -> Result<Hidden, VerifyError> {
    collect(administrator, BEGIN).await?;
    let found = found(administrator, model, question).await;
    collect(administrator, "ROLLBACK").await?;
    found
}

async fn found(
    administrator: &mut PgConnection,
    model: &AccessModel,
    question: &Question<'_>,
) -> Result<Hidden, VerifyError> {
    let object = question.object;
    let touched = Touched::of(model).relations;
    sees_everything(administrator, &touched).await?;
    let identity = identity(model, &object.table);
    let keys = rows::keys_of(collect(administrator, &keys_of_row(question, identity)).await?.rows);
    if keys.is_empty() {
        return Ok(Hidden::Missing);
    }
    let mut world = now(administrator, model).await?;
    let owner = Ident::new(ProjectRoles::of(&model.project).owner.as_str()).to_string();
    people::read(administrator, model, &owner, &mut world).await?;
    let columns = Columns::read(administrator, &touched).await?;
    let long = rows::long_tables(administrator, model, &columns, WHOLE).await?;
    let tried = Tried::from([(object.table.clone(), keys.into_iter().collect())]);
    world.rows = rows::Rows::new(administrator, model, &columns).load(&long, &tried).await?;
    let asker = asker(&mut world, question);
    let Some(asking) = Asking::new(model, &world, &asker) else { return Ok(Hidden::Nobody) };
    let Some(row) = asking.row_of(object, question.key) else { return Ok(Hidden::Missing) };
    Ok(Hidden::kept(&asking.kept_by(object, row), question.field))
}

/// The row's key by the columns that tell the table's rows apart.
fn keys_of_row(question: &Question<'_>, identity: &[ColumnName]) -> String {
    let key = question.object.key.iter().zip(question.key);
    let matches = key.map(|(column, text)| format!("{}::text = {}", Ident::new(column.as_str()), Ident::literal(text)));
    let matches: Vec<String> = matches.collect();
    let (columns, table) = (rows::texts(identity).join(", "), question.object.table.sql());
    format!("SELECT {columns} FROM {table} WHERE {}", matches.join(" AND "))
}

/// The person who is there with these keys; else somebody who has them and no more.
fn asker(world: &mut World, question: &Question<'_>) -> Asker {
    let wanted = question.tenant;
    let tenant = world
        .tenants
        .iter()
        .position(|tenant| Some((tenant.kind.as_ref().map_or("", TenantKind::as_str), tenant.key.as_str())) == wanted);
    let persona = question.persona.clone();
    let asker = |user| Asker { persona: persona.clone(), user, tenant, mfa: false };
    if wanted.is_none() && question.user_keys.is_empty() {
        return asker(None);
    }
    let keys: BTreeMap<KeyName, String> =
        question.user_keys.iter().map(|(name, key)| (KeyName::new(name), key.clone())).collect();
    let place = Membership { persona: persona.clone(), tenant };
    let is_it = |user: &User| user.keys == keys && user.memberships.contains(&place);
    let user = world.users.iter().position(is_it).unwrap_or_else(|| {
        world.users.push(User { email: String::new(), keys, memberships: vec![place], superior: None });
        world.users.len() - 1
    });
    asker(Some(user))
}
