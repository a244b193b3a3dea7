//! Floor 7: the command line. Every verb gathers, computes and acts, in a file of its own.

mod accepting;
mod answer;
mod args;
mod asker;
mod asking;
mod assertions;
mod beginning;
mod catalogue;
mod check_pages;
mod combined;
mod command;
pub mod context;
mod coverage;
pub mod database;
mod delivery;
mod directory;
mod doctor;
mod editors;
mod environment;
mod error;
mod exit_code;
mod file_actions;
mod importing;
pub mod interrupt;
mod mending;
mod patch;
mod people;
mod place;
mod portal_choice;
pub mod project;
pub mod provision;
mod question;
mod reference;
mod rerun;
mod retention;
mod revision;
mod rolling_back;
mod row;
mod running_site;
mod sample;
mod site_logins;
mod standing;
mod statements;
mod table;
mod target;
mod templating;
mod tenant_change;
mod tenants;
mod test_report;
mod test_run;
mod verifying;
mod watch;
mod writes;

pub use args::{Cli, ColorWhen, Format, GlobalArgs, Verb};
pub use error::{CliError, ErrorKind};
pub use exit_code::ExitCode;
pub use reference::reference;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches};
use context::Context;
use interrupt::Ended;

/// The whole program: reads the command line, runs the verb, cleans up, says how it ended.
pub fn main() -> std::process::ExitCode {
    let parsed = Cli::command().try_get_matches().and_then(|matches| {
        let source = matches.value_source("database_url");
        Cli::from_arg_matches(&matches).map(|cli| (cli, source == Some(ValueSource::CommandLine)))
    });
    match parsed {
        Ok((cli, url_is_written)) => run(cli, url_is_written).into(),
        Err(error) => {
            // Help that nobody reads any more is no failure.
            let _ = error.print();
            if error.use_stderr() { ExitCode::Usage.into() } else { ExitCode::Done.into() }
        }
    }
}

fn run(cli: Cli, url_is_written: bool) -> ExitCode {
    let context = Context::new(cli.global, url_is_written);
    let applies = matches!(cli.verb, Verb::Apply(_) | Verb::Rollback(_));
    let ended = context.enter_directory().and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::usage(format!("cannot start: {error}")))?;
        let ended = runtime.block_on(interrupt::until_interrupted(&context.interrupts, dispatch(&context, cli.verb)));
        // A question to the terminal may still wait for its answer; nobody waits for that.
        runtime.shutdown_background();
        Ok(ended)
    });
    match ended {
        Ok(Ended::ByItself(Ok(code))) => code,
        Ok(Ended::By(signal)) => {
            if applies {
                context
                    .terminal
                    .note("interrupted: either nothing was changed or all of it; `portalctl plan` says which");
            }
            signal.exit_code()
        }
        Ok(Ended::ByItself(Err(error))) | Err(error) => {
            error.tell(&context.terminal);
            error.exit_code()
        }
    }
}

async fn dispatch(context: &Context, verb: Verb) -> Result<ExitCode, CliError> {
    match verb {
        Verb::Up(args) => Box::pin(command::up::run(context, &args)).await,
        Verb::New(args) => command::new::run(context, &args),
        Verb::Types(args) => command::types::run(context, &args),
        Verb::Advise(args) => command::advise::run(context, &args),
        Verb::Modules(args) => command::modules::run(context, &args),
        Verb::Validate(args) => Box::pin(command::validate::run(context, &args)).await,
        Verb::Accept(args) => Box::pin(command::accept::run(context, &args)).await,
        Verb::Explain(args) => command::explain::run(context, &args),
        Verb::Schema(args) => command::schema::run(context, &args),
        Verb::Fmt(args) => command::fmt::run(context, &args),
        Verb::Show(args) => command::show::run(context, &args),
        Verb::Can(args) => Box::pin(command::can::run(context, &args)).await,
        Verb::Matrix(args) => command::matrix::run(context, &args),
        Verb::Graph(args) => command::graph::run(context, &args),
        Verb::WhoCan(args) => Box::pin(command::who_can::run(context, &args)).await,
        Verb::Diff(args) => command::diff::run(context, &args),
        Verb::Assert(verb) => command::assert::run(context, &verb),
        Verb::Test(args) => Box::pin(command::test::run(context, &args)).await,
        Verb::Plan(args) => Box::pin(command::plan::run(context, &args)).await,
        Verb::Apply(args) => Box::pin(command::apply::run(context, &args)).await,
        Verb::Rollback(args) => Box::pin(command::rollback::run(context, &args)).await,
        Verb::Drift(args) => Box::pin(command::drift::run(context, &args)).await,
        Verb::Verify(args) => Box::pin(command::verify::run(context, &args)).await,
        Verb::Import(args) => Box::pin(command::import::run(context, &args)).await,
        Verb::Sql(args) => Box::pin(command::sql::run(context, args)).await,
        Verb::Tenant(verb) => Box::pin(command::tenant::run(context, verb)).await,
        Verb::User(verb) => Box::pin(command::user::run(context, verb)).await,
        Verb::Attachments(verb) => Box::pin(command::attachments::run(context, verb)).await,
        Verb::Retention(verb) => Box::pin(command::retention::run(context, verb)).await,
        Verb::Outbox(verb) => Box::pin(command::outbox::run(context, verb)).await,
        Verb::Scaffold(args) => command::scaffold::run(context, &args),
        Verb::Serve(args) => Box::pin(command::serve::run(context, &args)).await,
        Verb::Db(verb) => Box::pin(command::db::run(context, verb)).await,
        Verb::Doctor(args) => Box::pin(command::doctor::run(context, &args)).await,
        Verb::Completions(args) => command::completions::run(context, &args),
        Verb::Man(args) => command::man::run(context, &args),
    }
}
