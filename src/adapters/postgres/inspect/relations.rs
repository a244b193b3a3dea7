//! Relations and functions, by name.

use super::reach::Reach;
use super::roles::{Names, marker};
use super::{structures, triggers, wire};
use crate::names::{ColumnName, SchemaName, TableName};
use crate::state::{
    Acl, Column, Command, Dependent, ForeignKey, Function, FunctionName, GrantOption, Language, OnDelete, Parallel,
    Relation, RelationKind, RowPolicy, Securable, Volatility,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub fn relations(facts: &wire::Facts, names: &Names<'_>, reach: &Reach<'_>) -> BTreeMap<TableName, Relation> {
    let parts = Parts::of(facts);
    facts
        .relations
        .iter()
        .filter_map(|relation| {
            let built = parts.relation(relation, names, reach)?;
            Some((TableName::new(&relation.schema, &relation.name), built))
        })
        .collect()
}

/// The facts of each relation together.
struct Parts<'a> {
    columns: HashMap<i64, Vec<&'a wire::Column>>,
    policies: HashMap<i64, Vec<&'a wire::Policy>>,
    keys: HashMap<i64, Vec<&'a wire::Key>>,
    dependents: HashMap<i64, Vec<&'a wire::Dependent>>,
    indexes: HashMap<i64, Vec<&'a wire::Index>>,
    edges: HashMap<i64, Vec<&'a wire::Edge>>,
    column_acls: &'a [Vec<(i64, String)>],
    triggers: HashMap<i64, Vec<&'a wire::Trigger>>,
    draws: HashMap<i64, Vec<&'a wire::Draw>>,
    owned: HashMap<i64, Vec<&'a wire::Owned>>,
}

fn grouped<T>(facts: &[T], by: impl Fn(&T) -> i64) -> HashMap<i64, Vec<&T>> {
    let mut groups: HashMap<i64, Vec<&T>> = HashMap::new();
    for fact in facts {
        groups.entry(by(fact)).or_default().push(fact);
    }
    groups
}

fn part<'m, 'a, T>(groups: &'m HashMap<i64, Vec<&'a T>>, oid: i64) -> &'m [&'a T] {
    groups.get(&oid).map_or(&[], Vec::as_slice)
}

impl<'a> Parts<'a> {
    fn of(facts: &'a wire::Facts) -> Self {
        Self {
            columns: grouped(&facts.columns, |column| column.relation),
            policies: grouped(&facts.policies, |policy| policy.relation),
            keys: grouped(&facts.keys, |key| key.relation),
            dependents: grouped(&facts.dependents, |dependent| dependent.relation),
            indexes: grouped(&facts.indexes, |index| index.relation),
            edges: grouped(&facts.edges, |edge| edge.view),
            column_acls: &facts.column_acls,
            triggers: grouped(&facts.triggers, |trigger| trigger.relation),
            draws: grouped(&facts.sequences, |draw| draw.relation),
            owned: grouped(&facts.owned, |owned| owned.relation),
        }
    }

    fn relation(&self, relation: &wire::Relation, names: &Names<'_>, reach: &Reach<'_>) -> Option<Relation> {
        let columns = part(&self.columns, relation.oid);
        let numbers: HashMap<i16, &str> = columns.iter().map(|column| (column.number, column.name.as_str())).collect();
        let distinct: BTreeSet<usize> = columns.iter().filter_map(|column| column.acl).collect();
        let acls: BTreeMap<usize, Acl> =
            distinct.into_iter().map(|acl| (acl, names.acl_of(self.column_acl(relation, acl)))).collect();
        let on_columns = acls.keys().flat_map(|acl| self.column_acl(relation, *acl));
        let held = relation.acl.iter().flatten().chain(on_columns);
        let keys = part(&self.keys, relation.oid);
        let draws = triggers::draws(part(&self.draws, relation.oid));
        Some(Relation {
            kind: relation_kind(relation.kind, relation.partition)?,
            owner: names.role(relation.owner),
            columns: columns
                .iter()
                .map(|column| (ColumnName::new(&column.name), column_of(column, draws.get(&column.number))))
                .collect(),
            row_security: relation.row_security,
            force_row_security: relation.force_row_security,
            security_invoker: relation.security_invoker,
            acl: names.acl(&relation.acl),
            column_acl: columns
                .iter()
                .filter_map(|column| Some((ColumnName::new(&column.name), acls.get(&column.acl?)?.clone())))
                .filter(|(_, acl)| !acl.0.is_empty())
                .collect(),
            policies: part(&self.policies, relation.oid)
                .iter()
                .map(|policy| (policy.name.clone(), policy_of(policy, names)))
                .collect(),
            triggers: part(&self.triggers, relation.oid).iter().map(|trigger| triggers::trigger_of(trigger)).collect(),
            primary_key: keys
                .iter()
                .find(|key| key.kind == 'p')
                .map(|key| leading(&key.columns, &numbers))
                .unwrap_or_default(),
            foreign_keys: keys.iter().filter_map(|key| foreign_key(key, &numbers)).collect(),
            dependents: part(&self.dependents, relation.oid).iter().map(|one| dependent(one)).collect(),
            unique: part(&self.indexes, relation.oid)
                .iter()
                .filter(|index| index.unique && !index.columns.contains(&0))
                .map(|index| leading(&index.columns, &numbers))
                .collect(),
            indexes: part(&self.indexes, relation.oid)
                .iter()
                .filter(|index| !index.partial)
                .map(|index| leading(&index.columns, &numbers))
                .filter(|columns| !columns.is_empty())
                .collect(),
            rows: relation.rows,
            privileged_roles: reach.privileged(relation.owner, held),
            reads: self.reads(relation.oid),
            structure: structures::structure(
                relation,
                columns,
                keys,
                part(&self.indexes, relation.oid),
                part(&self.owned, relation.oid),
                &numbers,
            ),
        })
    }

    /// What others than the owner hold.
    fn column_acl(&self, relation: &wire::Relation, number: usize) -> impl Iterator<Item = &'a (i64, String)> {
        let owner = relation.owner;
        self.column_acls.get(number).into_iter().flatten().filter(move |(grantee, _)| *grantee != owner)
    }

    fn reads(&self, view: i64) -> BTreeSet<TableName> {
        let mut reads = BTreeMap::new();
        let mut todo = vec![view];
        while let Some(oid) = todo.pop() {
            for edge in part(&self.edges, oid) {
                if edge.reads != view && reads.insert(edge.reads, TableName::new(&edge.schema, &edge.name)).is_none() {
                    todo.push(edge.reads);
                }
            }
        }
        reads.into_values().collect()
    }
}

/// From the letter of `pg_class.relkind`.
pub fn relation_kind(letter: char, is_partition: bool) -> Option<RelationKind> {
    Some(match letter {
        'r' if is_partition => RelationKind::Partition,
        'r' => RelationKind::Table,
        'p' => RelationKind::PartitionedTable,
        'v' => RelationKind::View,
        'm' => RelationKind::MaterializedView,
        'f' => RelationKind::ForeignTable,
        _ => return None,
    })
}

/// Columns up to the first that is an expression (number 0).
pub(super) fn leading(columns: &[i16], numbers: &HashMap<i16, &str>) -> Vec<ColumnName> {
    columns.iter().map_while(|number| numbers.get(number)).map(|name| ColumnName::new(*name)).collect()
}

fn foreign_key(key: &wire::Key, numbers: &HashMap<i16, &str>) -> Option<ForeignKey> {
    let references = TableName::new(key.references_schema.as_ref()?, key.references_name.as_ref()?);
    let referenced = key.referenced.iter().flatten().map(ColumnName::new).collect();
    Some(ForeignKey { columns: leading(&key.columns, numbers), references, referenced, validated: key.validated })
}

fn dependent(dependent: &wire::Dependent) -> Dependent {
    let on_delete = match dependent.on_delete {
        'c' => OnDelete::Cascade,
        'n' => OnDelete::SetNull,
        _ => OnDelete::SetDefault,
    };
    Dependent { table: TableName::new(&dependent.schema, &dependent.name), on_delete }
}

fn column_of(column: &wire::Column, draws_from: Option<&BTreeSet<TableName>>) -> Column {
    Column {
        display_type: column.display_type.clone(),
        cast_type: column.cast_type.clone(),
        category: column.category,
        not_null: column.not_null,
        generated: column.generated,
        has_default: column.has_default,
        draws_from: draws_from.cloned().unwrap_or_default(),
    }
}

fn policy_of(policy: &wire::Policy, names: &Names<'_>) -> RowPolicy {
    RowPolicy {
        command: match policy.command {
            'r' => Command::Select,
            'a' => Command::Insert,
            'w' => Command::Update,
            'd' => Command::Delete,
            _ => Command::All,
        },
        permissive: policy.permissive,
        roles: policy.roles.iter().map(|oid| names.grantee(*oid)).collect(),
        using: policy.using.clone(),
        check: policy.check.clone(),
        marker: marker(policy.comment.as_deref()),
    }
}

pub fn functions(facts: &wire::Facts, names: &Names<'_>) -> BTreeMap<FunctionName, Function> {
    facts.functions.iter().map(|function| (function_name(function), function_of(function, names))).collect()
}

pub fn function_name(function: &wire::Function) -> FunctionName {
    FunctionName {
        schema: SchemaName::new(&function.schema),
        name: function.name.clone(),
        argument_types: function.argument_types.clone(),
    }
}

/// What may be passed on of tables and columns.
pub fn grant_options(facts: &wire::Facts, names: &Names<'_>) -> Vec<GrantOption> {
    let mut options = Vec::new();
    let mut tables: HashMap<i64, TableName> = HashMap::new();
    for relation in &facts.relations {
        let table = TableName::new(&relation.schema, &relation.name);
        options.extend(names.grant_options(&Securable::Table(table.clone()), relation.acl.iter().flatten()));
        tables.insert(relation.oid, table);
    }
    let passable: HashSet<usize> = (0..facts.column_acls.len())
        .filter(|number| facts.column_acls[*number].iter().any(|(_, privilege)| wire::privilege(privilege).1))
        .collect();
    for column in &facts.columns {
        let Some(number) = column.acl.filter(|number| passable.contains(number)) else { continue };
        let Some(table) = tables.get(&column.relation) else { continue };
        let on = Securable::Column(table.clone(), ColumnName::new(&column.name));
        options.extend(names.grant_options(&on, &facts.column_acls[number]));
    }
    options
}

fn function_of(function: &wire::Function, names: &Names<'_>) -> Function {
    Function {
        arguments: function.arguments.clone(),
        returns: function.returns.clone(),
        language: match function.language.as_str() {
            "sql" => Language::Sql,
            "plpgsql" => Language::Plpgsql,
            _ => Language::Other,
        },
        volatility: match function.volatility {
            'i' => Volatility::Immutable,
            's' => Volatility::Stable,
            _ => Volatility::Volatile,
        },
        parallel: match function.parallel {
            's' => Parallel::Safe,
            'r' => Parallel::Restricted,
            _ => Parallel::Unsafe,
        },
        security_definer: function.security_definer,
        owner: names.role(function.owner),
        settings: function.settings.clone().unwrap_or_default(),
        body: function.body.clone(),
        acl: names.acl(&function.acl),
        marker: marker(function.comment.as_deref()),
    }
}
