//! `portalctl db credentials`.

use crate::adapters::files::SecretFile;
use crate::adapters::postgres::credentials::{CredentialsError, set_passwords};
use crate::adapters::state_folder::{self, STATE_FOLDER};
use crate::cli::context::Context;
use crate::cli::site_logins::{CREDENTIALS, Login, generate, lines, of_environment, prove};
use crate::cli::{CliError, ExitCode, project};
use crate::state::Marker;
use std::io;
use std::path::{Path, PathBuf};

/// Set passwords for the logins of gateway and issuer, and write them down once
///
/// Generates both and writes `PORTALCTL_GATEWAY_URL` and `PORTALCTL_ISSUER_URL`, as `serve` takes them, to a file that
/// only its owner reads. The server is sent what it keeps of a password, never the password. The private local database
/// needs none: whoever reaches its socket may connect.
#[derive(Debug, clap::Args)]
pub struct CredentialsArgs {
    /// Write to this file instead of `.portalctl/credentials.env`
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Replace the file, and with it the passwords in use
    #[arg(long)]
    replace: bool,

    /// Set the passwords in `PORTALCTL_GATEWAY_URL` and `PORTALCTL_ISSUER_URL`, and write no file
    #[arg(long, conflicts_with_all = ["file", "replace"])]
    from_environment: bool,
}

pub async fn run(context: &Context, args: &CredentialsArgs) -> Result<ExitCode, CliError> {
    let (folder, document) = project::load_document(context)?;
    let Some(database) = context.database_url()? else {
        context.terminal.note(
            "nothing to do: the private local database is reached through its socket, which asks for no password",
        );
        return Ok(ExitCode::Done);
    };
    let name = &document.name.value;
    let logins = if args.from_environment { of_environment(name)? } else { generate(name, &database)? };
    let file = if args.from_environment { None } else { Some(write(&folder, args, &logins)?) };

    let mut connection = database.connect().await?;
    let marker = Marker { project: name.clone(), database: database.database() };
    let passwords: Vec<_> = logins.iter().map(|login| (login.role.clone(), login.password.clone())).collect();
    set_passwords(&mut connection, &marker, &passwords).await.map_err(|error| explain(&error))?;
    if let Some((path, file)) = file {
        file.put().map_err(|error| CliError::usage(error.to_string()))?;
        context.terminal.note(&format!("wrote `{0}`; before `serve`: `set -a; . {0}; set +a`", path.display()));
    }
    for login in &logins {
        context.terminal.note(&format!("set the password of `{}`", login.role));
        prove(context, login).await?;
    }
    Ok(ExitCode::Done)
}

fn write(folder: &Path, args: &CredentialsArgs, logins: &[Login]) -> Result<(PathBuf, SecretFile), CliError> {
    let path = match &args.file {
        Some(path) => path.clone(),
        None => {
            let state = folder.join(STATE_FOLDER);
            state_folder::make(&state).map_err(|error| CliError::file("make", &state, &error))?;
            state.join(CREDENTIALS)
        }
    };
    let file = SecretFile::write(&path, &lines(logins), args.replace).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::refused(format!("`{}` exists already", path.display()))
            .hint("`--replace` sets new passwords and writes them in its place; sessions that are open stay so"),
        _ => CliError::file("write", &path, &error),
    })?;
    Ok((path, file))
}

fn explain(error: &CredentialsError) -> CliError {
    let message = error.to_string();
    match error {
        CredentialsError::Missing(_) => CliError::refused(message).hint("run `portalctl apply` first, which makes it"),
        CredentialsError::NotOurs(_) => {
            CliError::refused(message).hint("look at the project's name and at the database in the URL")
        }
        CredentialsError::Server(_) | CredentialsError::Password(_) => CliError::database(message),
    }
}
