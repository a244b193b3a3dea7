//! Tables of ours that PostgreSQL would not make.

use crate::diagnostic::Finding;
use crate::model::Object;
use crate::names::ObjectName;
use std::collections::BTreeMap;

/// As many columns as PostgreSQL keeps in a table.
const MOST: usize = 1_600;

pub(super) fn too_wide(objects: &BTreeMap<ObjectName, Object>) -> Vec<Finding> {
    let managed = objects.values().filter_map(|object| Some((object, object.managed.as_ref()?)));
    let wide = managed.filter(|(_, managed)| managed.columns.len() > MOST).map(|(object, managed)| {
        let columns = managed.columns.len();
        let message = format!("the table of `{}` would have {columns} columns", object.name);
        Finding::error("managed-table", object.span, message)
            .why(format!("PostgreSQL keeps at most {MOST} in a table"))
            .hint("move fields that belong together to an object of their own, with a `parent`; or keep them in one `json` field")
    });
    wide.collect()
}
