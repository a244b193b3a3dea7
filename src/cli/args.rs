//! The command line: what is common to all verbs, and the list of them.

use super::command;
use crate::adapters::terminal::{Color, Talk};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Declare who may see and do what in which portal, and let PostgreSQL enforce it
#[derive(Debug, Parser)]
#[command(name = "portalctl", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options that every verb takes, before or after its name.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = "Global options")]
    pub directory: Option<PathBuf>,

    /// Take the project as it is in that environment, one of its `environments`
    #[arg(long = "env", value_name = "NAME", global = true, env = "PORTALCTL_ENV", help_heading = "Global options")]
    pub environment: Option<String>,

    /// Use this database, as an administrator, instead of the project's private local one
    ///
    /// Written as `postgresql://user@host:5432/database`; the password is better left to `PGPASSWORD` or the
    /// password file. Connections that leave this machine require TLS unless the URL has another `sslmode`.
    #[arg(
        long,
        value_name = "URL",
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub database_url: Option<String>,

    /// Colour the output: on a terminal, always or never
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help_heading = "Global options")]
    pub color: ColorWhen,

    /// Say nothing but errors, besides the data
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub quiet: bool,

    /// Say more of what happens
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Global options")]
    pub verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// What the data on stdout look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    Up(command::up::UpArgs),
    New(command::new::NewArgs),
    Types(command::types::TypesArgs),
    Modules(command::modules::ModulesArgs),
    Advise(command::advise::AdviseArgs),
    Validate(command::validate::ValidateArgs),
    Accept(command::accept::AcceptArgs),
    Explain(command::explain::ExplainArgs),
    Schema(command::schema::SchemaArgs),
    Fmt(command::fmt::FmtArgs),
    Show(command::show::ShowArgs),
    Can(command::can::CanArgs),
    Matrix(command::matrix::MatrixArgs),
    Graph(command::graph::GraphArgs),
    WhoCan(command::who_can::WhoCanArgs),
    Diff(command::diff::DiffArgs),
    #[command(subcommand)]
    Assert(command::assert::AssertVerb),
    Test(command::test::TestArgs),
    Plan(command::plan::PlanArgs),
    Apply(command::apply::ApplyArgs),
    Rollback(command::rollback::RollbackArgs),
    Drift(command::drift::DriftArgs),
    Verify(command::verify::VerifyArgs),
    Import(command::import::ImportArgs),
    Sql(command::sql::SqlArgs),
    #[command(subcommand)]
    Tenant(command::tenant::TenantVerb),
    #[command(subcommand)]
    User(command::user::UserVerb),
    #[command(subcommand)]
    Outbox(command::outbox::OutboxVerb),
    #[command(subcommand)]
    Retention(command::retention::RetentionVerb),
    #[command(subcommand)]
    Attachments(command::attachments::AttachmentsVerb),
    Scaffold(command::scaffold::ScaffoldArgs),
    Serve(command::serve::ServeArgs),
    #[command(subcommand)]
    Db(command::db::DbVerb),
    Doctor(command::doctor::DoctorArgs),
    Completions(command::completions::CompletionsArgs),
    Man(command::man::ManArgs),
}

impl GlobalArgs {
    pub fn color(&self) -> Color {
        match self.color {
            ColorWhen::Auto => Color::Auto,
            ColorWhen::Always => Color::Always,
            ColorWhen::Never => Color::Never,
        }
    }

    pub fn talk(&self) -> Talk {
        match (self.quiet, self.verbose) {
            (true, _) => Talk::Quiet,
            (false, 0) => Talk::Normal,
            (false, _) => Talk::Verbose,
        }
    }
}
