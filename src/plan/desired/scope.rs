//! Scopes as SQL: which rows a grant reaches.

use super::compiler::{CompileError, Compiler};
use super::condition::Fields;
use super::predicate::{Predicate, quote};
use super::tenant::TenantSet;
use super::value::Clock;
use crate::model::{Has, Object, OwnerPath, Persona, Rows, Scope, UserColumn, Value};
use crate::names::{ColumnName, ObjectName, PathName};

/// Whose rows an owner path looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnerSet {
    Me,
    MeAndReports,
}

impl<'a> Compiler<'a> {
    /// Rows of `object` that the persona reads under any of its grants, in any facet.
    pub(super) fn readable(&mut self, persona: &'a Persona, object: &'a Object) -> Result<Predicate, CompileError> {
        let grants = persona.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
        let mut parts = Vec::new();
        for grant in grants {
            parts.push(self.grant_rows(persona, object, &grant.rows)?);
        }
        Ok(self.any_rows(parts))
    }

    /// Rows that some part reaches; everything, where one part reaches everything.
    pub(super) fn any_rows(&self, parts: Vec<Predicate>) -> Predicate {
        let everything = self.everything();
        if parts.contains(&everything) { everything } else { Predicate::any(parts) }
    }

    /// Every row, for whoever shows a context that holds.
    pub(super) fn everything(&self) -> Predicate {
        Predicate::new(self.call("present", &[]))
    }

    pub(super) fn grant_rows(
        &mut self,
        persona: &'a Persona,
        object: &'a Object,
        rows: &'a Rows,
    ) -> Result<Predicate, CompileError> {
        let scope = self.scope(persona, object, rows)?;
        Ok(Predicate::all(vec![scope, self.narrowed(persona, object, rows)?]))
    }

    /// Everything about rows but their scope.
    pub(super) fn narrowed(
        &mut self,
        persona: &'a Persona,
        object: &'a Object,
        rows: &'a Rows,
    ) -> Result<Predicate, CompileError> {
        let mut parts = vec![self.not_deleted(object)?, self.large_enough(object)?];
        if let Some(path) = &rows.reach {
            parts.push(self.tenant_rows(object, path, &TenantSet::Assigned)?);
        }
        parts.push(self.condition(Fields::Of(object), &rows.condition)?);
        for deny in &rows.denied {
            parts.push(self.condition(Fields::Of(object), &deny.condition)?.not());
        }
        for has in &rows.has {
            parts.push(self.has(persona, object, has)?);
        }
        if let Some(bound) = &rows.min_tier {
            parts.push(self.tier_bound(object, bound)?);
        }
        if rows.mfa {
            parts.push(Predicate::new(self.call("mfa", &[])));
        }
        parts.push(self.validity(object, rows.valid_from.as_ref(), rows.valid_until.as_ref())?);
        Ok(Predicate::all(parts))
    }

    /// Rows of an aggregate that stand for enough; NULL is not enough.
    fn large_enough(&self, object: &Object) -> Result<Predicate, CompileError> {
        let Some(group) = &object.min_group else { return Ok(Predicate::new("true")) };
        self.column(&object.table, &group.count)?;
        Ok(Predicate::on(format!("{} >= {}", quote(&group.count), group.least), [&group.count]))
    }

    fn scope(&mut self, persona: &'a Persona, object: &'a Object, rows: &'a Rows) -> Result<Predicate, CompileError> {
        let path = rows.path.clone().unwrap_or_else(PathName::only);
        match rows.scope {
            Scope::None => Ok(Predicate::new("false")),
            Scope::Own => self.owner_rows(object, &path, OwnerSet::Me),
            Scope::Reports => self.owner_rows(object, &path, OwnerSet::MeAndReports),
            Scope::Shared => self.shared_rows(object),
            Scope::Assigned => self.assigned_rows(object),
            Scope::Tenant => self.tenant_rows(object, &path, &TenantSet::Mine),
            Scope::TenantTree => self.tenant_rows(object, &path, &TenantSet::Tree),
            Scope::Parent => self.child_rows(persona, object),
            Scope::Public | Scope::All => Ok(self.everything()),
        }
    }

    fn owner_rows(&mut self, object: &'a Object, path: &PathName, set: OwnerSet) -> Result<Predicate, CompileError> {
        let owner = object
            .owners
            .get(path)
            .ok_or_else(|| CompileError::MissingPath(object.name.clone(), format!("owner path `{path}`")))?;
        match owner {
            OwnerPath::Column(user) => match set {
                OwnerSet::Me => self.user_is_me(object, user),
                OwnerSet::MeAndReports => self.user_reports_to_me(object, user),
            },
            OwnerPath::Via { via, object: parent, path } => {
                let parent = self.object(parent)?;
                let rows = self.within(&object.name, "its owner path", |this| this.owner_rows(parent, path, set))?;
                self.member_of(
                    (&object.table, via),
                    &format!("owned_{}", parent.name),
                    (&parent.table, &parent.key),
                    &rows,
                )
            }
        }
    }

    fn user_is_me(&self, object: &Object, user: &UserColumn) -> Result<Predicate, CompileError> {
        let column = self.column(&object.table, &user.column)?;
        let me = self.call("user_key", &[user.key.as_str()]);
        Ok(Predicate::on(format!("{} = ({me})::{}", quote(&user.column), column.cast_type), [&user.column]))
    }

    /// Rows whose parent is readable to the persona under its own grants.
    fn child_rows(&mut self, persona: &'a Persona, object: &'a Object) -> Result<Predicate, CompileError> {
        let link = object
            .parent
            .as_ref()
            .ok_or_else(|| CompileError::MissingPath(object.name.clone(), "parent".to_owned()))?;
        let parent = self.object(&link.object)?;
        let rows = self.within(&object.name, "its parent", |this| this.readable(persona, parent))?;
        if rows == self.everything() && self.always_has_parent(object, &link.via, parent) {
            return Ok(rows);
        }
        self.member_of(
            (&object.table, &link.via),
            &format!("readable_{}", parent.name),
            (&parent.table, &parent.key),
            &rows,
        )
    }

    /// A validated foreign key over columns that are never NULL.
    fn always_has_parent(&self, object: &Object, via: &[ColumnName], parent: &Object) -> bool {
        self.live.relations.get(&object.table).is_some_and(|table| {
            via.iter().all(|column| table.columns.get(column).is_some_and(|column| column.not_null))
                && table.foreign_keys.iter().any(|key| {
                    key.validated
                        && key.references == parent.table
                        && key.columns.len() == via.len()
                        && via.iter().zip(&parent.key).all(|(own, other)| {
                            key.columns.iter().zip(&key.referenced).any(|pair| pair == (own, other))
                        })
                })
        })
    }

    /// Some row of another object, readable to the persona, matches this row.
    fn has(&mut self, persona: &'a Persona, object: &'a Object, has: &'a Has) -> Result<Predicate, CompileError> {
        let other = self.object(&has.object)?;
        let readable = self.within(&object.name, "`has`", |this| this.readable(persona, other))?;
        let (mut own, mut theirs, mut rows) = (Vec::new(), Vec::new(), vec![readable]);
        for (field, value) in &has.matches {
            let column = self.field_column(other, field)?.clone();
            if let Value::Row(asking) = value {
                own.push(self.field_column(object, asking)?.clone());
                theirs.push(column);
            } else {
                let facts = self.column(&other.table, &column)?;
                let value = self.value(facts, value, Clock::Context)?;
                rows.push(Predicate::on(format!("{} = {value}", quote(&column)), [&column]));
            }
        }
        let rows = Predicate::all(rows);
        let purpose = format!("has_{}", other.name);
        if own.is_empty() {
            return Ok(self.some_row(&purpose, &other.table, &rows));
        }
        self.member_of((&object.table, &own), &purpose, (&other.table, &theirs), &rows)
    }

    pub(super) fn parent_of(&self, object: &'a Object) -> Result<(&'a [ColumnName], &'a ObjectName), CompileError> {
        object
            .parent
            .as_ref()
            .map(|link| (link.via.as_slice(), &link.object))
            .ok_or_else(|| CompileError::MissingPath(object.name.clone(), "parent".to_owned()))
    }
}
