//! What one persona's pages are made of, worked out once: for every object the facets that show it,
//! their fields and links. This is what pages may *ask* for; what they get is the database's answer.

use super::wording;
use crate::model::{AccessModel, Field, FieldType, Object, OwnerPath, Persona, TenantRoute, Who};
use crate::names::{ColumnName, FieldName, KeyName, ObjectName, RoleName, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// Everything one persona may ask for.
#[derive(Debug)]
pub struct Readable {
    pub objects: BTreeMap<ObjectName, ReadableObject>,
}

#[derive(Debug)]
pub struct ReadableObject {
    /// In the persona's order: the first has the most rows. At least one.
    pub facets: Vec<ReadableFacet>,
}

/// One object as one role sees it.
#[derive(Debug)]
pub struct ReadableFacet {
    pub role: RoleName,
    /// Granted fields, in the object's written order.
    pub fields: Vec<FieldName>,
    /// Those of them that show a mask and no value: nothing is called, sorted, searched or linked by them.
    pub masked: BTreeSet<FieldName>,
    /// Those that hold keys of people or tenants, whose names the database tells this role.
    pub named: BTreeSet<FieldName>,
    /// The fields a row is called by; empty: by its key.
    pub title: Vec<FieldName>,
    pub links: Vec<Link>,
}

/// Columns of this object that hold the key of a row of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The field that shows the column, else the columns themselves; unique in an object.
    pub name: String,
    pub field: Option<FieldName>,
    /// In the order of the target's key.
    pub columns: Vec<ColumnName>,
    pub target: ObjectName,
}

impl Readable {
    pub fn of(model: &AccessModel, persona: &Persona) -> Self {
        let objects = persona
            .reads
            .keys()
            .filter_map(|name| model.objects.get(name))
            .map(|object| (object.name.clone(), facets(model, persona, object)))
            .filter(|(_, facets)| !facets.is_empty())
            .map(|(name, facets)| (name, ReadableObject { facets }))
            .collect();
        Self { objects }
    }

    /// The first facet of an object, which has the most rows.
    pub fn most_rows(&self, object: &ObjectName) -> Option<&ReadableFacet> {
        self.objects.get(object)?.facets.first()
    }

    /// The facet of an object in the same role, which alone can be joined to in one query.
    pub fn in_role(&self, object: &ObjectName, role: &RoleName) -> Option<&ReadableFacet> {
        self.objects.get(object)?.facets.iter().find(|facet| &facet.role == role)
    }
}

impl ReadableFacet {
    /// The fields whose values are shown.
    pub fn plain(&self) -> Vec<FieldName> {
        self.fields.iter().filter(|name| !self.masked.contains(*name)).cloned().collect()
    }
}

impl ReadableObject {
    /// The facets from the most fields to the fewest: a detail page takes the first that shows the row.
    pub fn widest_first(&self) -> Vec<&ReadableFacet> {
        let mut facets: Vec<&ReadableFacet> = self.facets.iter().collect();
        facets.sort_by_key(|facet| std::cmp::Reverse((facet.fields.len(), facet.fields.len() - facet.masked.len())));
        facets
    }
}

fn facets(model: &AccessModel, persona: &Persona, object: &Object) -> Vec<ReadableFacet> {
    let grants = persona.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
    let mut facets = Vec::new();
    for facet in &persona.facets {
        let Some(rectangle) = facet.reads.get(&object.table) else { continue };
        let mine = rectangle.grants.iter().filter(|(name, _)| *name == object.name);
        let granted: BTreeSet<&FieldName> =
            mine.filter_map(|(_, at)| grants.get(*at)).flat_map(|grant| &grant.fields).collect();
        // The key names the row in its address, so without it there is no page to show.
        if granted.is_empty() || !object.key.iter().all(|column| rectangle.columns.contains(column)) {
            continue;
        }
        let fields: Vec<&Field> = object
            .fields
            .values()
            .filter(|field| granted.contains(&field.name) && rectangle.shows(&field.column))
            .collect();
        // As the database has it: guests are told no names.
        let told = |field: &Field| persona.who != Who::Guest && holds_key(field);
        let is_masked = |field: &&Field| rectangle.masked.contains_key(&field.column);
        let plain: Vec<&Field> = fields.iter().copied().filter(|field| !is_masked(field)).collect();
        facets.push(ReadableFacet {
            role: facet.role.clone(),
            named: plain.iter().filter(|field| told(field)).map(|field| field.name.clone()).collect(),
            masked: fields.iter().copied().filter(is_masked).map(|field| field.name.clone()).collect(),
            title: wording::title(&plain).into_iter().map(|field| field.name.clone()).collect(),
            fields: fields.iter().map(|field| field.name.clone()).collect(),
            links: links(model, object, &rectangle.columns),
        });
    }
    facets
}

/// Whether the field holds a key of a person or a tenant.
pub fn holds_key(field: &Field) -> bool {
    matches!(field.field_type, FieldType::User | FieldType::Tenant)
}

/// The links whose columns this role may name: reference fields, the parent, the ways to tenant and
/// owner, and the rows of the tenants' and people's own tables where these are objects too.
fn links(model: &AccessModel, object: &Object, columns: &BTreeSet<ColumnName>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (via, target) in ways_out(model, object) {
        let known = links.iter().any(|link| link.columns == via && link.target == target);
        let fits = model.objects.get(&target).is_some_and(|target| target.key.len() == via.len());
        if known || !fits || !via.iter().all(|column| columns.contains(column)) {
            continue;
        }
        let field = match &via[..] {
            [column] => object.field_of(column).map(|field| field.name.clone()),
            _ => None,
        };
        let mut name = field.as_ref().map_or_else(|| via_name(&via), |field| field.as_str().to_owned());
        if links.iter().any(|link| link.name == name) {
            name = format!("{name}.{target}");
        }
        links.push(Link { name, field, columns: via, target });
    }
    links
}

type WayOut = (Vec<ColumnName>, ObjectName);

fn ways_out(model: &AccessModel, object: &Object) -> Vec<WayOut> {
    let references = object.fields.values().filter_map(|field| match &field.field_type {
        FieldType::Reference(target) => Some((vec![field.column.clone()], target.clone())),
        _ => None,
    });
    let parent = object.parent.iter().map(|parent| (parent.via.clone(), parent.object.clone()));
    let tenants = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Via { via, object, .. } => Some((via.clone(), object.clone())),
        TenantRoute::Column { column, key } => tenant_object(model, key).map(|name| (vec![column.clone()], name)),
        TenantRoute::Link { .. } | TenantRoute::From { .. } => None,
    });
    let owners = object.owners.values().filter_map(|owner| match owner {
        OwnerPath::Via { via, object, .. } => Some((via.clone(), object.clone())),
        OwnerPath::Column(user) => person_object(model, &user.key).map(|name| (vec![user.column.clone()], name)),
    });
    let own_key = |(via, target): &WayOut| *target != object.name || *via != object.key;
    references.chain(parent).chain(tenants).chain(owners).filter(own_key).collect()
}

/// The object over the table that tenants live in, found by that key of theirs; only where there is
/// one such table, since the key alone does not say which.
fn tenant_object(model: &AccessModel, key: &KeyName) -> Option<ObjectName> {
    let [source] = &model.tenant_sources[..] else { return None };
    let column = if *key == KeyName::main() { &source.key } else { source.keys.get(key)? };
    object_by_key(model, &source.table, column)
}

/// The object over the table that people with this key live in.
fn person_object(model: &AccessModel, key: &KeyName) -> Option<ObjectName> {
    let mut sources = model.people.iter().filter_map(|source| Some((&source.table, source.keys.get(key)?)));
    let (table, column) = sources.next()?;
    if sources.any(|other| other != (table, column)) {
        return None;
    }
    object_by_key(model, table, column)
}

fn object_by_key(model: &AccessModel, table: &TableName, column: &ColumnName) -> Option<ObjectName> {
    let mut objects = model.objects.values().filter(|object| object.table == *table && object.key == [column.clone()]);
    objects.next().map(|object| object.name.clone())
}

fn via_name(via: &[ColumnName]) -> String {
    via.iter().map(ColumnName::as_str).collect::<Vec<_>>().join(".")
}
