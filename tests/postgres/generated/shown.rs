//! What stands for a value that is shown by a mask, and where a role reads: as the guide says it, not as it is compiled.

use super::oracle::quoted;
use portalctl::adapters::postgres::barriers::{Barriers, barriers};
use portalctl::model::{Mask, Object, ReadGrant};
use portalctl::names::{FieldName, RoleName, TableName};

use crate::provisioned::Provisioned;

/// The views that stand before tables.
pub(super) struct Through(Barriers);

impl Through {
    pub(super) async fn of(portal: &Provisioned) -> Self {
        let control = &portal.model.project.control_schema;
        Self(barriers(&mut portal.db.admin().await, control).await.expect("the catalog"))
    }

    /// What the role reads of the table.
    pub(super) fn relation<'t>(&'t self, role: &RoleName, table: &'t TableName) -> &'t TableName {
        self.0.get(&(role.clone(), table.clone())).unwrap_or(table)
    }
}

/// A field of the row `t` as the grant shows it, for the owner of the table.
pub(super) fn shown(object: &Object, grant: &ReadGrant, field: &FieldName) -> String {
    let value = format!("t.{}", quoted(&object.fields[field].column));
    let letters = format!("replace({value}::text, ' ', '')");
    match grant.mask(object, field) {
        None => value,
        Some(Mask::Last4) => format!(
            "case when {value} is not null then '••••' || coalesce(substring({letters} from '^.{{4,}}(.{{4}})$'), '') end"
        ),
        Some(Mask::Email) => format!(
            "case when {value} is not null then coalesce(substring({value} from '^([^@])[^@]*@[^@]+$'), '') || '•••' \
             || coalesce(substring({value} from '^[^@]+(@[^@]+)$'), '') end"
        ),
        Some(Mask::Hash) => panic!("whoever knows the key alone can say what stands for `{field}`"),
    }
}
