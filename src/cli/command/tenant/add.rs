//! What `portalctl tenant add` is told.

use crate::adapters::postgres::directory::NewTenant;
use crate::cli::directory::named_value;

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// Name the tenant, in lower case
    name: String,
    /// Set the key that the rows of this tenant hold
    #[arg(long)]
    key: String,
    /// Say what kind of tenant it is
    #[arg(long, default_value = "")]
    kind: String,
    /// Set the title that people see
    #[arg(long)]
    title: Option<String>,
    /// Add a further key, as NAME=VALUE
    #[arg(long = "named-key", value_name = "NAME=VALUE", value_parser = named_value)]
    named_keys: Vec<(String, String)>,
    /// Put the tenant below this one: its key
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Set the tier
    #[arg(long)]
    tier: Option<String>,
}

impl AddArgs {
    pub fn newcomer(self) -> NewTenant {
        NewTenant {
            title: self.title.unwrap_or_else(|| self.name.clone()),
            tenant_kind: self.kind,
            key: self.key,
            name: self.name,
            keys: self.named_keys.into_iter().collect(),
            parent_key: self.parent,
            tier: self.tier,
        }
    }
}
