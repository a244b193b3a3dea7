//! What `portalctl tenant add` is told.

use crate::adapters::postgres::directory::NewTenant;
use crate::cli::directory::named_value;

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// Name the tenant for commands and links: lower case, digits, `-` and `_`
    name: String,
    /// Set the key by which rows name it: what their column of the tenant holds
    #[arg(long)]
    key: String,
    /// Say what kind of tenant it is, where the project has several
    #[arg(long, default_value = "")]
    kind: String,
    /// Set the title that people see; the name where it is left out
    #[arg(long)]
    title: Option<String>,
    /// Add a further key, for rows that name the tenant by another column, as NAME=VALUE
    #[arg(long = "named-key", value_name = "NAME=VALUE", value_parser = named_value)]
    named_keys: Vec<(String, String)>,
    /// Put the tenant below this one, of the same kind: its key
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Set the tier that grants with `min_tier` ask for: one of the project's `tiers`
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
