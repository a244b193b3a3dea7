//! Records of the control schema that open a row end with the row. A row that is given its key later is another one,
//! whose tenant shared it with nobody and named nobody for it.

use super::compiler::Compiler;
use super::deletion::object_function;
use super::predicate::quote;
use crate::model::Object;
use crate::names::{Ident, TableName, fitting};
use crate::plan::control::definer;
use crate::state::{Event, Function, FunctionName, Relation, RelationKind, Timing, Trigger, Volatility};

/// The key of a row as records hold it.
pub(super) fn key_text(object: &Object, row: &str) -> String {
    let parts: Vec<String> = object.key.iter().map(|column| format!("{row}.{}::text", quote(column))).collect();
    format!("ARRAY[{}]", parts.join(", "))
}

impl Compiler<'_> {
    /// Shares or assignments of the control schema open rows of the object.
    pub(super) fn opened_by_records(&mut self, object: &Object) {
        self.lookups.opened.insert(object.name.clone());
    }

    /// `forget_<object>` of each such object.
    pub(super) fn forgetting_functions(&mut self) {
        let model = self.model;
        let objects: Vec<&Object> = model.objects.values().filter(|object| self.is_forgotten(object)).collect();
        for object in objects {
            let control = self.control();
            let mut forget = String::new();
            for (unless, row) in [("INSERT", "OLD"), ("DELETE", "NEW")] {
                let key = key_text(object, row);
                let name = Ident::literal(object.name.as_str());
                forget += &format!("    IF TG_OP <> '{unless}' THEN\n");
                for table in ["share", "assignment"] {
                    forget += &format!(
                        "        DELETE FROM {control}.{table} AS s WHERE s.object = {name} AND s.row_key = {key};\n"
                    );
                }
                forget += "    END IF;\n";
            }
            let body = format!(
                "\nBEGIN\n    IF TG_OP = 'UPDATE' AND {} = {} THEN\n        RETURN NULL;\n    END IF;\n{forget}    RETURN NULL;\nEND\n",
                key_text(object, "OLD"),
                key_text(object, "NEW")
            );
            let function = Function {
                returns: "trigger".to_owned(),
                body,
                ..definer(self.roles.owner.clone(), self.marker(), Volatility::Volatile)
            };
            let name = self.forgetting_function(object);
            self.lookups.functions.insert(name, function);
        }
    }

    fn forgetting_function(&self, object: &Object) -> FunctionName {
        FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: object_function("forget", &object.name),
            argument_types: String::new(),
        }
    }

    /// Rows of a view are those of other tables, which nobody told us of.
    fn is_forgotten(&self, object: &Object) -> bool {
        let kind = self.live.relations.get(&object.table).map(|relation| relation.kind);
        self.lookups.opened.contains(&object.name) && kind.is_some_and(RelationKind::takes_row_security)
    }

    /// Whoever removes the row, makes another, or gives one its key: also the business itself, since what was shared would
    /// be open all the same.
    pub(super) fn forget_records(&self, table: &TableName, relation: &mut Relation) {
        let model = self.model;
        for object in model.objects.values().filter(|object| object.table == *table && self.is_forgotten(object)) {
            let trigger = Trigger {
                timing: Timing::After,
                events: [Event::Insert, Event::Update, Event::Delete].into_iter().collect(),
                row: true,
                function: self.forgetting_function(object),
                arguments: Vec::new(),
                condition: None,
                enabled: true,
                marker: Some(self.marker()),
            };
            relation.triggers.insert(fitting(&format!("{}__forget_{}", model.project.name, object.name), ""), trigger);
        }
    }
}
