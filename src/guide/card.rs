//! What there is to know of a type or a module before one adopts it.

use crate::model::{FieldClass, Who};
use crate::names::{
    AudienceName, FieldName, ModuleName, ObjectName, PageName, PermissionSetName, TenantKind, TierName, TypeName,
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeCard {
    pub name: TypeName,
    pub title: String,
    pub purpose: String,
    pub about: String,
    pub tenant_kind: Option<TenantKind>,
    pub tiers: Vec<TierName>,
    pub audiences: Vec<AudienceCard>,
    /// Those that a portal of the type has from the start.
    pub modules: Vec<ModuleName>,
    /// Those that are known to fit besides.
    pub offers: Vec<ModuleName>,
    pub navigation: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceCard {
    pub name: AudienceName,
    pub label: String,
    pub who: Who,
    pub extends: Option<AudienceName>,
    /// Its own, without those of the audience that it extends.
    pub permission_sets: Vec<PermissionSetName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModuleCard {
    pub name: ModuleName,
    pub title: String,
    pub purpose: String,
    pub about: String,
    /// Modules that come with it.
    pub needs: Vec<ModuleName>,
    /// Types that have it from the start.
    pub types: Vec<TypeName>,
    /// Types that it is known to fit.
    pub offered_by: Vec<TypeName>,
    pub objects: Vec<ObjectCard>,
    pub permission_sets: Vec<SetCard>,
    pub pages: Vec<PageCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectCard {
    pub name: ObjectName,
    pub label: String,
    pub fields: Vec<FieldCard>,
    pub sample_rows: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldCard {
    pub name: FieldName,
    pub class: FieldClass,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetCard {
    pub name: PermissionSetName,
    pub includes: Vec<PermissionSetName>,
    /// By object, what one may do with some of its rows.
    pub grants: BTreeMap<ObjectName, Vec<&'static str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageCard {
    pub name: PageName,
    pub view: &'static str,
    pub object: Option<ObjectName>,
}
