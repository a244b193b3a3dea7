//! What fills columns of our own tables beside their defaults: numbers, and the time of the last change.

use super::compiler::Compiler;
use super::predicate::quote;
use crate::model::{Filling, Holds, Managed, Numbering, Object};
use crate::names::{ColumnName, Ident, TableName, fitting};
use crate::plan::control::definer;
use crate::state::{
    Acl, DatabaseState, Event, Function, FunctionName, Grantee, Privilege, Reference, Relation, Timing, Trigger,
    Volatility,
};
use std::fmt::Write;

impl Compiler<'_> {
    /// One function for each table that needs one.
    pub(super) fn filling_functions(&mut self) {
        let model = self.model;
        for object in model.objects.values() {
            let Some(body) = object.managed.as_ref().and_then(|managed| self.filling(object, managed)) else {
                continue;
            };
            let function = Function {
                returns: "trigger".to_owned(),
                body,
                ..definer(self.roles.lookup.clone(), self.marker(), Volatility::Volatile)
            };
            let name = self.filling_function(&object.table);
            self.lookups.functions.insert(name, function);
        }
    }

    fn filling_function(&self, table: &TableName) -> FunctionName {
        let hash = blake3::hash(table.to_string().as_bytes()).to_hex();
        FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: fitting(&format!("fill_{}", table.name), &format!("_{}", &hash[..8])),
            argument_types: String::new(),
        }
    }

    /// Whoever writes a row: portal users, the operator, the owner. After what judges a persona's own change, by name.
    fn fill(&self, function: FunctionName) -> Trigger {
        Trigger {
            timing: Timing::Before,
            events: [Event::Insert, Event::Update].into_iter().collect(),
            row: true,
            function,
            arguments: Vec::new(),
            condition: None,
            enabled: true,
            marker: Some(self.marker()),
        }
    }

    /// `None`: nothing is to be filled.
    fn filling(&mut self, object: &Object, managed: &Managed) -> Option<String> {
        let (mut made, mut changed) = (String::new(), String::new());
        for (name, column) in &managed.columns {
            if let Some(Filling::Numbered(numbering)) = &column.filled {
                made += &self.numbered(object, managed, name, numbering)?;
            }
            if column.set_at_change {
                let now = match column.holds {
                    Holds::Date => {
                        format!("(now() AT TIME ZONE {})::date", Ident::literal(&self.model.project.timezone))
                    }
                    _ => "now()".to_owned(),
                };
                _ = writeln!(changed, "        NEW.{} := {now};", quote(name));
            }
        }
        let part = |when: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("    IF TG_OP = '{when}' THEN\n{text}    END IF;\n") }
        };
        let text = part("INSERT", &made) + &part("UPDATE", &changed);
        (!text.is_empty()).then(|| format!("\nDECLARE\n    number text;\nBEGIN\n{text}    RETURN NEW;\nEND\n"))
    }

    /// The next number that no row has: some may have brought theirs.
    fn numbered(
        &mut self,
        object: &Object,
        managed: &Managed,
        name: &ColumnName,
        numbering: &Numbering,
    ) -> Option<String> {
        let structure = self.live.relations.get(&object.table)?.structure.as_ref()?;
        let sequence = Ident::literal(&structure.columns.get(name)?.sequence.as_ref()?.sql());
        self.lookups.read(&object.table, [name]);
        let taken = managed.unique.iter().find(|columns| columns.contains(name)).map(|columns| {
            self.lookups.read(&object.table, columns);
            let same: Vec<String> = columns.iter().map(|column| format!("t.{0} = NEW.{0}", quote(column))).collect();
            format!("EXIT WHEN NOT EXISTS (SELECT FROM {} AS t WHERE {})", object.table.sql(), same.join(" AND "))
        });
        Some(format!(
            "        IF coalesce(NEW.{column}, '') = '' THEN\n            LOOP\n                \
             number := nextval({sequence}::regclass)::text;\n                \
             NEW.{column} := {prefix} || lpad(number, greatest({digits}, length(number)), '0');\n                \
             {taken};\n            END LOOP;\n        END IF;\n",
            column = quote(name),
            prefix = Ident::literal(&numbering.prefix),
            digits = numbering.digits,
            taken = taken.unwrap_or_else(|| "EXIT".to_owned()),
        ))
    }

    /// What tables of ours have beside those of others: who keeps them, what fills them, where they may lead.
    pub(super) fn kept_into(&self, state: &mut DatabaseState) {
        let model = self.model;
        for object in model.objects.values().filter(|object| object.managed.is_some()) {
            let function = self.filling_function(&object.table);
            let fills = state.functions.contains_key(&function);
            let Some(relation) = state.relations.get_mut(&object.table) else { continue };
            self.let_operator_keep(relation);
            if fills {
                relation.triggers.insert(format!("{}__fill", model.project.name), self.fill(function));
            }
        }
        self.let_owner_refer(state);
        self.numbers_into(state);
    }

    /// The functions draw the numbers, and nobody else may. That numbers tell how many were drawn between stands in
    /// docs/guide/security.md.
    fn numbers_into(&self, state: &mut DatabaseState) {
        let makes = state.relations.values().filter_map(|relation| relation.structure.as_ref());
        let sequences: Vec<TableName> =
            makes.flat_map(|structure| structure.columns.values().filter_map(|make| make.sequence.clone())).collect();
        for name in sequences {
            let owner = self.roles.owner.clone();
            let sequence =
                state.sequences.entry(name).or_insert_with(|| crate::state::Sequence { owner, acl: Acl::default() });
            sequence.acl.grant(Grantee::Role(self.roles.lookup.clone()), Privilege::Usage);
        }
    }

    /// Who loads, exports and offboards writes every row of ours; the owner itself, by FORCE, sees none.
    fn let_operator_keep(&self, relation: &mut Relation) {
        for privilege in [Privilege::Select, Privilege::Insert, Privilege::Update, Privilege::Delete] {
            relation.acl.grant(Grantee::Role(self.roles.operator.clone()), privilege);
        }
    }

    /// To tables of others only by their leave.
    fn let_owner_refer(&self, state: &mut DatabaseState) {
        let makes = state.relations.values().filter_map(|relation| relation.structure.as_ref());
        let references: Vec<Reference> = makes.flat_map(|structure| structure.references.values().cloned()).collect();
        for reference in references {
            let Some(relation) = state.relations.get_mut(&reference.table).filter(|other| other.structure.is_none())
            else {
                continue;
            };
            for column in reference.referenced {
                let acl = relation.column_acl.entry(column).or_default();
                acl.grant(Grantee::Role(self.roles.owner.clone()), Privilege::References);
            }
        }
    }
}
