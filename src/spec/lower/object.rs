//! Object documents.

use super::super::document::{
    AssignmentDoc, AssignmentOf, AttachmentsDoc, DeleteDoc, FieldClass, FieldDoc, FieldType, KeyGeneration, LabelDoc,
    LinkedDoc, Mask, MaxScopeDoc, MinGroupDoc, Numbering, ObjectDoc, OwnerDoc, ParentDoc, Period, RetentionDoc,
    RetentionEnd, SharesDoc, SourceDoc, StatesDoc, TenantPathDoc, TenantPathShape, WordsDoc,
};
use super::super::grammar::{parse_period, parse_size, parse_staleness, word};
use super::super::tree::{Entry, Node};
use super::access::{operand, scope};
use super::words::words;
use super::write::moves;
use super::{boolean, columns, list, map, names, one_or_list, owned, spanned, table, text, under, user_column};
use crate::diagnostic::{Span, Spanned};
use crate::names::{ColumnName, MediaPattern, ObjectName, PathName};
use indexmap::IndexMap;

pub(in crate::spec) fn object(node: &Node) -> Option<ObjectDoc> {
    let name: Spanned<ObjectName> = under(node, "name")?;
    let written_key = node.get("key");
    let generated = written_key.filter(|key| key.get("generate").is_some());
    let mut key = generated.map_or_else(|| columns(written_key), |key| columns(key.get("column")));
    if key.is_empty() {
        key.push(Spanned::new(ColumnName::new("id"), name.span));
    }
    let mut assignments = list(node.get("assignments"), assignment);
    assignments.extend(node.get("assignment").and_then(assignment));
    Some(ObjectDoc {
        span: node.span,
        label: node.get("label").and_then(label),
        table: table(node.get("table")),
        managed: node.get("managed").map(|managed| Spanned::new(boolean(Some(managed)), managed.span)),
        was: under(node, "was"),
        unique: list(node.get("unique"), |fields| Some(names(Some(fields)))),
        max_scope: max_scope(node.get("max_scope")),
        key,
        key_generation: generated.and_then(|key| key_generation(key.get("generate")?)),
        tenants: one_or_named(node, "tenant", "tenants", tenant_path),
        parent: node.get("parent").and_then(parent),
        owners: one_or_named(node, "owner", "owners", owner),
        shares: node.get("shares").and_then(shares),
        assignments,
        fields: map(node.get("fields"), field),
        field_sets: map(node.get("field_sets"), |entry| Some(names(Some(&entry.value)))),
        sort: node.get("sort").and_then(super::module::sort),
        states: node.get("states").and_then(states),
        delete: node.get("delete").and_then(delete),
        audit_writes: node.get("audit").and_then(|audit| audit.get("writes")).map(|writes| boolean(Some(writes))),
        source: node.get("source").and_then(source),
        min_group: node.get("min_group").and_then(min_group),
        attachments: node.get("attachments").map(attachments),
        retention: node.get("retention").and_then(retention),
        name,
    })
}

fn max_scope(node: Option<&Node>) -> MaxScopeDoc {
    let of = |who: &str| node.and_then(|node| node.get(who)).and_then(scope);
    MaxScopeDoc { external: of("external"), internal: of("internal") }
}

fn min_group(node: &Node) -> Option<MinGroupDoc> {
    Some(MinGroupDoc { count: under(node, "count")?, least: node.get("least").and_then(text)?.parse().ok()? })
}

const MAX_BYTES: u64 = 10 << 20;
const MAX_FILES: u32 = 50;
const MAX_TENANT_BYTES: u64 = 10 << 30;

fn attachments(node: &Node) -> AttachmentsDoc {
    let size = |name: &str| node.get(name).and_then(text).and_then(|text| parse_size(text).ok());
    let count = node.get("max_files").and_then(text).and_then(|count| count.parse().ok());
    AttachmentsDoc {
        max_bytes: size("max_bytes").unwrap_or(MAX_BYTES),
        max_files: count.unwrap_or(MAX_FILES),
        max_tenant_bytes: size("max_tenant_bytes").unwrap_or(MAX_TENANT_BYTES),
        types: list(node.get("types"), |node| MediaPattern::parse(text(node)?).ok()),
    }
}

fn retention(node: &Node) -> Option<RetentionDoc> {
    let (months, days) = parse_period(node.get("after").and_then(text)?).ok()?;
    let then = node.get("then")?;
    let end = match text(then)? {
        "delete" => RetentionEnd::Delete,
        "anonymise" => RetentionEnd::Anonymise,
        _ => return None,
    };
    Some(RetentionDoc {
        span: node.span,
        after: Period { months, days },
        from: under(node, "from"),
        then: Spanned::new(end, then.span),
        fields: names(node.get("fields")),
        unless: under(node, "unless"),
    })
}

fn source(node: &Node) -> Option<SourceDoc> {
    Some(SourceDoc {
        system: under(node, "system")?,
        write_back: boolean(node.get("write_back")),
        max_staleness: node.get("max_staleness").and_then(text).and_then(|text| parse_staleness(text).ok()),
    })
}

/// `tenant: …` is a map of one path without a name, `tenants: {…}` names them.
fn one_or_named<T>(node: &Node, one: &str, several: &str, lower: fn(&Node) -> Option<T>) -> IndexMap<PathName, T> {
    match node.get(one).and_then(lower) {
        Some(only) => IndexMap::from([(PathName::only(), only)]),
        None => map(node.get(several), |entry| lower(&entry.value)),
    }
}

fn key_generation(node: &Node) -> Option<Spanned<KeyGeneration>> {
    let generation = match text(node)? {
        "uuid" => KeyGeneration::Uuid,
        "sequence" => KeyGeneration::Sequence,
        _ => return None,
    };
    Some(Spanned::new(generation, node.span))
}

fn states(node: &Node) -> Option<StatesDoc> {
    Some(StatesDoc {
        span: node.span,
        field: under(node, "field")?,
        transitions: moves(node.get("transitions")?),
        over: list(node.get("over"), |node| Some(Spanned::new(text(node)?.to_owned(), node.span))),
    })
}

fn delete(node: &Node) -> Option<DeleteDoc> {
    if text(node).is_some() { Some(DeleteDoc::Hard(node.span)) } else { under(node, "soft").map(DeleteDoc::Soft) }
}

fn label(node: &Node) -> Option<LabelDoc> {
    Some(LabelDoc { one: words(node.get("one")?)?, many: words(node.get("many")?)? })
}

fn tenant_path(node: &Node) -> Option<TenantPathDoc> {
    let shape = if let Some(column) = spanned(node) {
        TenantPathShape::Column { column, key: None }
    } else if let Some(link) = node.get("link") {
        TenantPathShape::Link {
            table: table(link.get("table"))?,
            row: columns(link.get("row")),
            tenant: under(link, "tenant")?,
            key: under(link, "key"),
        }
    } else if node.get("via").is_some() {
        TenantPathShape::Via {
            via: columns(node.get("via")),
            object: under(node, "object")?,
            path: under(node, "path"),
        }
    } else if node.get("from").is_some() {
        TenantPathShape::From {
            object: under(node, "from")?,
            columns: columns(node.get("column")),
            path: under(node, "path"),
        }
    } else {
        TenantPathShape::Column { column: under(node, "column")?, key: under(node, "key") }
    };
    Some(TenantPathDoc { span: node.span, kind: under(node, "kind"), shape })
}

fn parent(node: &Node) -> Option<ParentDoc> {
    Some(ParentDoc { span: node.span, via: columns(node.get("via")), object: under(node, "object")? })
}

fn owner(node: &Node) -> Option<OwnerDoc> {
    if node.get("via").is_some() {
        return Some(OwnerDoc::Via {
            via: columns(node.get("via")),
            object: under(node, "object")?,
            path: under(node, "path"),
        });
    }
    user_column(Some(node)).map(OwnerDoc::Column)
}

fn shares(node: &Node) -> Option<SharesDoc> {
    let with = match user_column(node.get("user")) {
        Some(user) => LinkedDoc::User(user),
        None => {
            let tenant = node.get("tenant")?;
            match spanned(tenant) {
                Some(column) => LinkedDoc::Tenant { column, kind: None, key: None },
                None => LinkedDoc::Tenant {
                    column: under(tenant, "column")?,
                    kind: under(tenant, "kind"),
                    key: under(tenant, "key"),
                },
            }
        }
    };
    Some(SharesDoc {
        span: node.span,
        table: table(node.get("table"))?,
        row: columns(node.get("row")),
        with,
        until: under(node, "until"),
    })
}

fn assignment(node: &Node) -> Option<AssignmentDoc> {
    let of = if node.get("row").is_some() {
        AssignmentOf::Row(columns(node.get("row")))
    } else if node.get("parent").is_some() {
        AssignmentOf::Parent(columns(node.get("parent")))
    } else {
        let tenant = node.get("tenant")?;
        match spanned(tenant) {
            Some(column) => AssignmentOf::Tenant { column, path: None },
            None => AssignmentOf::Tenant { column: under(tenant, "column")?, path: under(tenant, "path") },
        }
    };
    Some(AssignmentDoc { span: node.span, table: table(node.get("table"))?, of, user: user_column(node.get("user"))? })
}

fn field(entry: &Entry) -> Option<FieldDoc> {
    let node = &entry.value;
    let short = |field_type| FieldDoc {
        span: entry.key.span,
        field_type: Spanned::new(field_type, node.span),
        column: None,
        label: None,
        value_labels: Vec::new(),
        class: None,
        required: false,
        max_length: None,
        search: false,
        currency: None,
        default: None,
        mask: None,
        unique: false,
        was: None,
        generated: None,
        numbered: None,
        on_update: None,
        user_key: None,
        tenant_kind: None,
    };
    if let Some(written) = text(node) {
        return field_type(written).map(short);
    }
    if !node.items().is_empty() {
        return Some(short(FieldType::Enum(texts(node))));
    }
    let written = node.get("type")?;
    let field_type = match text(written)? {
        "enum" => FieldType::Enum(texts(node.get("values")?)),
        other => field_type(other)?,
    };
    Some(FieldDoc {
        field_type: Spanned::new(field_type, written.span),
        column: under(node, "column"),
        label: node.get("label").and_then(words),
        value_labels: node.get("labels").map_or(&[][..], Node::entries).iter().filter_map(value_label).collect(),
        class: node.get("class").and_then(|class| class_of(text(class)?, class.span)),
        required: boolean(node.get("required")),
        max_length: node.get("max_length").and_then(text).and_then(|count| count.parse().ok()),
        search: boolean(node.get("search")),
        currency: under(node, "currency"),
        default: node.get("default").and_then(operand),
        mask: node.get("mask").and_then(mask),
        unique: boolean(node.get("unique")),
        was: under(node, "was"),
        generated: node.get("generated").and_then(|text| Some(Spanned::new(owned(Some(text))?, text.span))),
        numbered: node.get("numbered").and_then(numbering),
        on_update: node.get("on_update").map(|at| at.span),
        user_key: under(node, "key"),
        tenant_kind: under(node, "kind"),
        ..short(FieldType::Text)
    })
}

fn value_label(entry: &Entry) -> Option<(Spanned<String>, WordsDoc)> {
    Some((entry.key.clone(), words(&entry.value)?))
}

fn numbering(node: &Node) -> Option<Spanned<Numbering>> {
    let prefix = owned(node.get("prefix")).unwrap_or_default();
    let digits = node.get("digits").and_then(text)?.parse().ok()?;
    Some(Spanned::new(Numbering { prefix, digits }, node.span))
}

fn mask(node: &Node) -> Option<Spanned<Mask>> {
    let written = text(node)?;
    let mask = Mask::ALL.into_iter().find(|mask| mask.word() == written)?;
    Some(Spanned::new(mask, node.span))
}

fn texts(node: &Node) -> Vec<String> {
    one_or_list(Some(node), |item| owned(Some(item)))
}

fn field_type(text: &str) -> Option<FieldType> {
    Some(match text {
        "text" => FieldType::Text,
        "long_text" => FieldType::LongText,
        "email" => FieldType::Email,
        "url" => FieldType::Url,
        "phone" => FieldType::Phone,
        "integer" => FieldType::Integer,
        "decimal" => FieldType::Decimal,
        "money" => FieldType::Money,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "timestamp" => FieldType::Timestamp,
        "uuid" => FieldType::Uuid,
        "user" => FieldType::User,
        "tenant" => FieldType::Tenant,
        "file" => FieldType::File,
        "json" => FieldType::Json,
        _ => FieldType::Reference(ObjectName::new(word::referenced(text)?)),
    })
}

pub(super) fn class_of(text: &str, span: Span) -> Option<Spanned<FieldClass>> {
    let class = match text {
        "public" => FieldClass::Public,
        "business" => FieldClass::Business,
        "internal" => FieldClass::Internal,
        "personal" => FieldClass::Personal,
        "financial" => FieldClass::Financial,
        "health" => FieldClass::Health,
        "secret" => FieldClass::Secret,
        _ => return None,
    };
    Some(Spanned::new(class, span))
}
