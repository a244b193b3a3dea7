//! What the operator role needs of a table whose rows are not kept for ever.

use super::compiler::Compiler;
use crate::model::{Object, RetentionEnd};
use crate::names::{ColumnName, TableName};
use crate::state::{Grantee, Privilege, Relation};
use std::collections::BTreeSet;

impl<'a> Compiler<'a> {
    /// The tables with a retention.
    pub(super) fn retained(&self) -> BTreeSet<&'a TableName> {
        self.with_retention().map(|object| &object.table).collect()
    }

    fn with_retention(&self) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.model.objects.values().filter(|object| object.retention.is_some())
    }

    /// No more than to find old rows and do with them what is written: the columns that say which rows, and DELETE, or
    /// UPDATE of what is made anonymous.
    pub(super) fn let_operator_retain(&self, table: &TableName, relation: &mut Relation) {
        if !relation.kind.takes_row_security() {
            return;
        }
        let operator = Grantee::Role(self.roles.operator.clone());
        for object in self.with_retention().filter(|object| object.table == *table) {
            let Some(retention) = &object.retention else { continue };
            let changed: BTreeSet<&ColumnName> =
                retention.fields.iter().filter_map(|name| Some(&object.fields.get(name)?.column)).collect();
            let asked = object.key.iter().chain([&retention.from]).chain(&retention.unless);
            for column in asked.chain(changed.iter().copied()) {
                let acl = relation.column_acl.entry(column.clone()).or_default();
                acl.grant(operator.clone(), Privilege::Select);
            }
            match retention.then {
                RetentionEnd::Delete => relation.acl.grant(operator.clone(), Privilege::Delete),
                RetentionEnd::Anonymise => {
                    for column in changed {
                        let acl = relation.column_acl.entry(column.clone()).or_default();
                        acl.grant(operator.clone(), Privilege::Update);
                    }
                }
            }
        }
    }
}
