//! The database itself: the site's two logins may connect to it.

use super::compiler::Compiler;
use crate::state::{DatabaseState, Grantee, Privilege};

impl Compiler<'_> {
    /// Mostly PUBLIC may connect, and then there is nothing to grant. What was granted stays when PUBLIC comes to be
    /// allowed again, since an administrator who is not the owner could not bring it back.
    pub(super) fn database_into(&self, state: &mut DatabaseState) {
        state.grant_options.clear();
        let before = state.acl.clone();
        state.acl.clear(|role| self.is_ours(role));
        for role in [&self.roles.gateway, &self.roles.issuer] {
            let grantee = Grantee::Role(role.clone());
            if !before.has(&Grantee::Public, Privilege::Connect) || before.has(&grantee, Privilege::Connect) {
                state.acl.grant(grantee, Privilege::Connect);
            }
        }
    }
}
