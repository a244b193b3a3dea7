//! Which rows a grant means, as plain SQL over the tables as the owner sees them, with the asker's keys written in.
//! Nothing here is the compiler's: a mistake there and the same mistake here would be two.

use super::people::{People, Person, Tenant};
use portalctl::model::{
    AccessModel, AssignmentTarget, Comparison, Condition, Deletion, FieldType, Has, LinkedTo, Object, OwnerPath,
    ParentNeeds, Persona, Rows, Scope, TenantRoute, TierBound, TimeBound, UserColumn, Value, Write,
};
use portalctl::names::{ColumnName, FieldName, Ident, KeyName, PathName, TableName, TierName};

pub(super) fn literal(text: &str) -> String {
    Ident::literal(text)
}

pub(super) fn quoted(column: &ColumnName) -> String {
    Ident::new(column.as_str()).to_string()
}

pub(super) struct Oracle<'m> {
    pub(super) model: &'m AccessModel,
    pub(super) people: &'m People,
}

/// `a` when everything in it holds, `true` where there is nothing.
fn all(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { "true".to_owned() } else { format!("({})", parts.join(" and ")) }
}

fn any(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { "false".to_owned() } else { format!("({})", parts.join(" or ")) }
}

fn one_of(what: &str, keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| literal(key)).collect();
    if keys.is_empty() { "false".to_owned() } else { format!("{what}::text in ({})", keys.join(", ")) }
}

/// Columns of one alias equal those of another.
pub(super) fn pairs(one: &str, own: &[ColumnName], other: &str, theirs: &[ColumnName]) -> String {
    assert_eq!(own.len(), theirs.len(), "keys of different lengths");
    let pairs = own.iter().zip(theirs).map(|(a, b)| format!("{one}.{} = {other}.{}", quoted(a), quoted(b)));
    pairs.collect::<Vec<_>>().join(" and ")
}

impl<'m> Oracle<'m> {
    fn zone(&self) -> &'m str {
        &self.model.project.timezone
    }

    pub(super) fn persona(&self, who: &Person) -> &'m Persona {
        &self.model.personas[&who.persona]
    }

    fn object(&self, name: &portalctl::names::ObjectName) -> &'m Object {
        &self.model.objects[name]
    }

    /// Rows of the table, aliased `t`, that a facet of the asker's shows.
    pub(super) fn shown(&self, who: &Person, facet: usize, table: &TableName, t: &str) -> String {
        let persona = self.persona(who);
        let Some(rectangle) = persona.facets[facet].reads.get(table) else { return "false".to_owned() };
        let grants = rectangle.grants.iter().map(|(object, at)| {
            let grant = &persona.reads[object][*at];
            self.rows(who, self.object(object), &grant.rows, ParentNeeds::Read, t)
        });
        any(grants)
    }

    /// Rows of the object that the asker may read in whatever way.
    pub(super) fn readable(&self, who: &Person, object: &Object, t: &str) -> String {
        let grants = self.persona(who).reads.get(&object.name).into_iter().flatten();
        any(grants.map(|grant| self.rows(who, object, &grant.rows, ParentNeeds::Read, t)))
    }

    pub(super) fn rows(&self, who: &Person, object: &Object, rows: &Rows, needs: ParentNeeds, t: &str) -> String {
        let scope = self.scope(who, object, rows, needs, t);
        format!("coalesce(({scope}) and {}, false)", self.narrowed(who, object, rows, t))
    }

    /// Everything about rows but the scope.
    pub(super) fn narrowed(&self, who: &Person, object: &Object, rows: &Rows, t: &str) -> String {
        let mut parts = Vec::new();
        if let Some(Deletion::Soft(column)) = &object.deletion {
            parts.push(format!("{t}.{} is null", quoted(column)));
        }
        parts.extend(object.min_group.iter().map(|group| format!("{t}.{} >= {}", quoted(&group.count), group.least)));
        if let Some(path) = &rows.reach {
            parts.push(self.tenant_rows(object, path, &self.assigned_tenants(who), t));
        }
        let of = |field: &FieldName| format!("{t}.{}", quoted(&object.fields[field].column));
        parts.push(condition(self.zone(), Some(who), &rows.condition, &of));
        for deny in &rows.denied {
            parts.push(format!("({}) is false", condition(self.zone(), Some(who), &deny.condition, &of)));
        }
        parts.extend(rows.has.iter().map(|has| self.has(who, object, has, t)));
        parts.extend(rows.min_tier.iter().map(|bound| self.tier(who, object, bound, t)));
        if rows.mfa {
            parts.push(who.mfa.to_string());
        }
        parts.extend(rows.valid_from.iter().map(|bound| self.moment(object, bound, "<=", t)));
        parts.extend(rows.valid_until.iter().map(|bound| self.moment(object, bound, ">", t)));
        all(parts)
    }

    fn scope(&self, who: &Person, object: &Object, rows: &Rows, needs: ParentNeeds, t: &str) -> String {
        let path = rows.path.clone().unwrap_or_else(PathName::only);
        let mine = |column: &UserColumn, t: &str| self.is_me(who, column, t);
        let mine_or_below = |column: &UserColumn, t: &str| any([mine(column, t), self.is_below(who, column, t)]);
        match rows.scope {
            Scope::None => "false".to_owned(),
            Scope::Own => self.owned(object, &path, &mine, t),
            Scope::Reports => self.owned(object, &path, &mine_or_below, t),
            Scope::Shared => self.shared(who, object, t),
            Scope::Assigned => self.assigned(who, object, t),
            Scope::Tenant => self.tenant_rows(object, &path, &who.tenant.iter().collect::<Vec<_>>(), t),
            Scope::TenantTree => {
                let tree = who.tenant.as_ref().map(|root| self.people.tree(root)).unwrap_or_default();
                self.tenant_rows(object, &path, &tree, t)
            }
            Scope::Parent => self.under_parent(who, object, needs, t),
            Scope::Public | Scope::All => "true".to_owned(),
        }
    }

    fn under_parent(&self, who: &Person, object: &Object, needs: ParentNeeds, t: &str) -> String {
        let link = object.parent.as_ref().expect("a parent");
        let (parent, p) = (self.object(&link.object), format!("{t}_p"));
        let rows = if needs == ParentNeeds::Read {
            self.readable(who, parent, &p)
        } else {
            let writes = self.persona(who).writes.get(&parent.name).into_iter().flatten();
            any(writes.filter_map(|grant| match &grant.write {
                Write::Update { parent: needs, .. } => Some(self.rows(who, parent, &grant.rows, *needs, &p)),
                _ => None,
            }))
        };
        self.exists(&parent.table, &p, &[pairs(&p, &parent.key, t, &link.via), rows])
    }

    fn exists(&self, table: &TableName, alias: &str, parts: &[String]) -> String {
        format!("exists (select from {} {alias} where {})", table.sql(), parts.join(" and "))
    }

    pub(super) fn tenant_rows(&self, object: &Object, path: &PathName, set: &[&Tenant], t: &str) -> String {
        let found = &object.tenant_paths[path];
        let of_kind = |tenant: &&&Tenant| found.kind.as_ref().is_none_or(|kind| kind.as_str() == tenant.kind);
        let keys = |key: &KeyName| -> Vec<&str> {
            set.iter().filter(of_kind).filter_map(|tenant| tenant.keys.get(key.as_str())).map(String::as_str).collect()
        };
        match &found.route {
            TenantRoute::Column { column, key } => one_of(&format!("{t}.{}", quoted(column)), &keys(key)),
            TenantRoute::Via { via, object: parent, path } => {
                let (parent, p) = (self.object(parent), format!("{t}_v"));
                let rows = self.tenant_rows(parent, path, set, &p);
                self.exists(&parent.table, &p, &[pairs(&p, &parent.key, t, via), rows])
            }
            TenantRoute::Link { table, row, tenant, key } => {
                let l = format!("{t}_l");
                let named = one_of(&format!("{l}.{}", quoted(tenant)), &keys(key));
                self.exists(table, &l, &[pairs(&l, row, t, &object.key), named])
            }
            TenantRoute::From { object: child, columns, path } => {
                let (child, c) = (self.object(child), format!("{t}_c"));
                let rows = self.tenant_rows(child, path, set, &c);
                self.exists(&child.table, &c, &[pairs(&c, columns, t, &object.key), rows])
            }
        }
    }

    /// Tenants that the project's table names for the asker, those on hold among them.
    fn assigned_tenants(&self, who: &Person) -> Vec<&Tenant> {
        let of_kind = self.model.assigned_tenants.as_ref().and_then(|assigned| assigned.kind.as_ref());
        let fits = |one: &&Tenant| of_kind.is_none_or(|kind| kind.as_str() == one.kind);
        self.people.ever.iter().filter(fits).filter(|one| who.assigned.contains(one.key())).collect()
    }

    fn owned(&self, object: &Object, path: &PathName, is: &dyn Fn(&UserColumn, &str) -> String, t: &str) -> String {
        match &object.owners[path] {
            OwnerPath::Column(user) => is(user, t),
            OwnerPath::Via { via, object: parent, path } => {
                let (parent, p) = (self.object(parent), format!("{t}_o"));
                let rows = self.owned(parent, path, is, &p);
                self.exists(&parent.table, &p, &[pairs(&p, &parent.key, t, via), rows])
            }
        }
    }

    fn is_me(&self, who: &Person, user: &UserColumn, t: &str) -> String {
        let key: Vec<&str> = who.keys.get(user.key.as_str()).map(String::as_str).into_iter().collect();
        one_of(&format!("{t}.{}", quoted(&user.column)), &key)
    }

    fn is_below(&self, who: &Person, user: &UserColumn, t: &str) -> String {
        let sources = self.model.people.iter().filter_map(|source| {
            let (first, id) = source.keys.first()?;
            let (up, shown, me) = (source.reports_to.as_ref()?, source.keys.get(&user.key)?, who.keys.get(first.as_str())?);
            let (table, id, up, shown) = (source.table.sql(), quoted(id), quoted(up), quoted(shown));
            Some(format!(
                "{t}.{}::text in (with recursive below (id, shown) as (select {id}, {shown}::text from {table} where {up}::text = {} \
                 union select s.{id}, s.{shown}::text from {table} s, below where s.{up} = below.id) select shown from below)",
                quoted(&user.column),
                literal(me)
            ))
        });
        any(sources)
    }

    fn record_of(&self, table: &str, object: &Object, t: &str) -> String {
        let key: Vec<String> = object.key.iter().map(|column| format!("{t}.{}::text", quoted(column))).collect();
        format!(
            "select from {}.{table} s where s.object = {} and s.row_key = array[{}]",
            Ident::new(self.model.project.control_schema.as_str()),
            literal(object.name.as_str()),
            key.join(", ")
        )
    }

    fn names_me(&self, who: &Person) -> String {
        let keys = who
            .keys
            .iter()
            .map(|(name, key)| format!("(s.user_key_name, s.user_key) = ({}, {})", literal(name), literal(key)));
        any(keys)
    }

    fn shared(&self, who: &Person, object: &Object, t: &str) -> String {
        let mut with = vec![self.names_me(who)];
        if let Some(tenant) = &who.tenant {
            with.push(format!(
                "(s.tenant_kind, s.tenant_key) = ({}, {})",
                literal(&tenant.kind),
                literal(tenant.key())
            ));
        }
        let record =
            format!("exists ({} and s.expires_at > now() and {})", self.record_of("share", object, t), any(with));
        let link = object.shares.iter().map(|link| {
            let l = format!("{t}_s");
            let with = match &link.with {
                LinkedTo::User(user) => self.is_me(who, user, &l),
                LinkedTo::Tenant { column, kind, key } => {
                    let mine =
                        who.tenant.iter().filter(|mine| kind.as_ref().is_none_or(|kind| kind.as_str() == mine.kind));
                    let keys: Vec<&str> =
                        mine.filter_map(|mine| mine.keys.get(key.as_str())).map(String::as_str).collect();
                    one_of(&format!("{l}.{}", quoted(column)), &keys)
                }
            };
            let until = link.until.as_ref().map(|until| format!("({l}.{0} is null or {l}.{0} > now())", quoted(until)));
            let parts: Vec<String> = [pairs(&l, &link.row, t, &object.key), with].into_iter().chain(until).collect();
            self.exists(&link.table, &l, &parts)
        });
        any(std::iter::once(record).chain(link))
    }

    fn assigned(&self, who: &Person, object: &Object, t: &str) -> String {
        let record = format!("exists ({} and {})", self.record_of("assignment", object, t), self.names_me(who));
        let links = object.assignments.iter().map(|assignment| {
            let l = format!("{t}_a");
            let me = self.is_me(who, &assignment.user, &l);
            match &assignment.target {
                AssignmentTarget::Row(row) => self.exists(&assignment.table, &l, &[pairs(&l, row, t, &object.key), me]),
                AssignmentTarget::Parent(columns) => {
                    let via = &object.parent.as_ref().expect("a parent").via;
                    self.exists(&assignment.table, &l, &[pairs(&l, columns, t, via), me])
                }
                AssignmentTarget::Tenant { column, path } => {
                    let tenants = self.people.ever.iter().map(|tenant| {
                        let row = self.tenant_rows(object, path, &[tenant], t);
                        let named = one_of(&format!("{l}.{}", quoted(column)), &[tenant.key()]);
                        format!("({row} and {})", self.exists(&assignment.table, &l, &[named, me.clone()]))
                    });
                    any(tenants)
                }
            }
        });
        any(std::iter::once(record).chain(links))
    }

    fn has(&self, who: &Person, object: &Object, has: &Has, t: &str) -> String {
        let (other, h) = (self.object(&has.object), format!("{t}_h"));
        let mut parts = vec![self.readable(who, other, &h)];
        for (field, value) in &has.matches {
            let asking = |field: &FieldName| format!("{t}.{}", quoted(&object.fields[field].column));
            let column = quoted(&other.fields[field].column);
            parts.push(format!("{h}.{column} = {}", value_of(self.zone(), Some(who), value, &asking)));
        }
        self.exists(&other.table, &h, &parts)
    }

    fn tier(&self, who: &Person, object: &Object, bound: &TierBound, t: &str) -> String {
        let tiers = &self.model.project.tiers;
        let rank = |tier: &str| tiers.iter().position(|one| one.as_str() == tier);
        let Some(mine) = who.tenant.as_ref().and_then(|mine| rank(mine.tier.as_deref()?)) else {
            return "false".to_owned();
        };
        match bound {
            TierBound::Tier(tier) => (rank(tier.as_str()) <= Some(mine)).to_string(),
            TierBound::RowField(field) => {
                let within: Vec<&str> = tiers[..=mine].iter().map(TierName::as_str).collect();
                one_of(&format!("{t}.{}", quoted(&object.fields[field].column)), &within)
            }
        }
    }

    fn moment(&self, object: &Object, bound: &TimeBound, is: &str, t: &str) -> String {
        let zone = literal(&self.model.project.timezone);
        match bound {
            TimeBound::Field(field) => {
                let field = &object.fields[field];
                let now = if field.field_type == FieldType::Date {
                    format!("(now() at time zone {zone})::date")
                } else {
                    "now()".to_owned()
                };
                format!("{t}.{} {is} {now}", quoted(&field.column))
            }
            TimeBound::Literal(text) => format!("({}::timestamp at time zone {zone}) {is} now()", literal(text)),
        }
    }
}

/// The condition on a row whose columns `of` writes.
pub(super) fn condition(
    zone: &str,
    who: Option<&Person>,
    rows: &Condition,
    of: &dyn Fn(&FieldName) -> String,
) -> String {
    match rows {
        Condition::True => "true".to_owned(),
        Condition::All(parts) => all(parts.iter().map(|part| condition(zone, who, part, of))),
        Condition::Any(parts) => any(parts.iter().map(|part| condition(zone, who, part, of))),
        Condition::Test(test) => {
            let column = of(&test.field);
            let value = |value: &Value| value_of(zone, who, value, of);
            let list = |values: &[Value]| values.iter().map(value).collect::<Vec<_>>().join(", ");
            match &test.comparison {
                Comparison::Eq(one) => format!("{column} = {}", value(one)),
                Comparison::Ne(one) => format!("{column} <> {}", value(one)),
                Comparison::Lt(one) => format!("{column} < {}", value(one)),
                Comparison::Lte(one) => format!("{column} <= {}", value(one)),
                Comparison::Gt(one) => format!("{column} > {}", value(one)),
                Comparison::Gte(one) => format!("{column} >= {}", value(one)),
                Comparison::In(values) => format!("{column} in ({})", list(values)),
                Comparison::NotIn(values) => format!("{column} not in ({})", list(values)),
                Comparison::IsNull(true) => format!("{column} is null"),
                Comparison::IsNull(false) => format!("{column} is not null"),
            }
        }
    }
}

/// The value, as the asker's.
pub(super) fn value_of(zone: &str, who: Option<&Person>, value: &Value, of: &dyn Fn(&FieldName) -> String) -> String {
    let key = |key: Option<&String>| key.map_or("null".to_owned(), |key| literal(key));
    let zone = literal(zone);
    match value {
        Value::Text(text) | Value::Number(text) => literal(text),
        Value::Boolean(yes) => yes.to_string(),
        Value::User(name) => key(who.and_then(|who| who.keys.get(name.as_str()))),
        Value::Tenant { key: name, kind } => {
            let mine = who.and_then(|who| who.tenant.as_ref());
            let mine = mine.filter(|mine| kind.as_ref().is_none_or(|kind| kind.as_str() == mine.kind));
            key(mine.and_then(|mine| mine.keys.get(name.as_str())))
        }
        Value::Tier => key(who.and_then(|who| who.tenant.as_ref()?.tier.as_ref())),
        Value::Now => "clock_timestamp()".to_owned(),
        Value::Today => format!("(now() at time zone {zone})::date"),
        Value::Row(field) => of(field),
    }
}
