//! Functions that do for each role what that role may: one branch a role, taken by who acts.

use super::compiler::Compiler;
use crate::names::{Ident, RoleName};
use crate::plan::control::definer;
use crate::state::{Acl, Function, FunctionName, Grantee, Privilege, Volatility};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A function of the control schema, but for what each role's branch does.
pub(super) struct RoleSwitch<'s> {
    pub(super) name: String,
    /// With their names: `row_key text[], share text`.
    pub(super) arguments: &'s str,
    /// Without: `text[], text`.
    pub(super) argument_types: &'s str,
    pub(super) returns: &'s str,
    pub(super) volatility: Volatility,
    pub(super) owner: RoleName,
    /// Variables, each `name type;`.
    pub(super) declares: &'s str,
    /// What happens for everybody else.
    pub(super) otherwise: &'s str,
    /// What happens after the branch.
    pub(super) finally: &'s str,
    /// Whether the roles call it themselves: what fires as a trigger is called by nobody.
    pub(super) called: bool,
}

impl Compiler<'_> {
    /// What acts is asked from the setting: `current_user` is the function's owner in there.
    pub(super) fn role_switch(
        &mut self,
        switch: RoleSwitch<'_>,
        branches: &BTreeMap<&RoleName, String>,
    ) -> FunctionName {
        let mut acl = Acl::default();
        let mut body = String::from("\n#variable_conflict use_column\n");
        if !switch.declares.is_empty() {
            let _ = write!(body, "DECLARE\n{}", switch.declares);
        }
        body.push_str("BEGIN\n    CASE current_setting('role')\n");
        for (role, text) in branches {
            if switch.called {
                acl.grant(Grantee::Role((*role).clone()), Privilege::Execute);
            }
            let _ = write!(body, "    WHEN {} THEN\n{text}", Ident::literal(role.as_str()));
        }
        let _ = write!(body, "    ELSE\n{}    END CASE;\n{}END\n", switch.otherwise, switch.finally);
        let name = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: switch.name,
            argument_types: switch.argument_types.to_owned(),
        };
        let function = Function {
            arguments: switch.arguments.to_owned(),
            returns: switch.returns.to_owned(),
            body,
            acl,
            ..definer(switch.owner, self.marker(), switch.volatility)
        };
        self.lookups.functions.insert(name.clone(), function);
        name
    }
}
