//! The logins of the site with their passwords, as the environment of `serve` holds them.

use super::CliError;
use super::context::Context;
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::postgres::credentials::Password;
use crate::names::{ProjectName, RoleName};
use crate::plan::control::ProjectRoles;

pub const GATEWAY: &str = "PORTALCTL_GATEWAY_URL";
pub const ISSUER: &str = "PORTALCTL_ISSUER_URL";
/// Their file in the state folder.
pub const CREDENTIALS: &str = "credentials.env";

/// One of the site's logins, and how to come in as it.
pub struct Login {
    variable: &'static str,
    pub role: RoleName,
    pub password: Password,
    url: String,
}

fn wanted(project: &ProjectName) -> [(&'static str, RoleName); 2] {
    let roles = ProjectRoles::named(project);
    [(GATEWAY, roles.gateway), (ISSUER, roles.issuer)]
}

/// What that variable of the surroundings says, where it says anything.
pub fn url(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|url| !url.is_empty())
}

/// Both with new passwords, on that database.
///
/// # Errors
/// The system gives no random bytes.
pub fn generate(project: &ProjectName, database: &DatabaseUrl) -> Result<Vec<Login>, CliError> {
    wanted(project).into_iter().map(|(variable, role)| generated(variable, role, database)).collect()
}

/// Both as the environment has them.
///
/// # Errors
/// A variable is missing, or holds another user, no password or one that does not fit.
pub fn of_environment(project: &ProjectName) -> Result<Vec<Login>, CliError> {
    wanted(project).into_iter().map(|(variable, role)| given(variable, role)).collect()
}

fn generated(variable: &'static str, role: RoleName, database: &DatabaseUrl) -> Result<Login, CliError> {
    let password = Password::generate().map_err(|error| CliError::usage(error.to_string()))?;
    let url = database.with_login(role.as_str(), password.reveal());
    Ok(Login { variable, role, password, url })
}

fn given(variable: &'static str, role: RoleName) -> Result<Login, CliError> {
    let url = url(variable).ok_or_else(|| CliError::usage(format!("`{variable}` is not set")))?;
    let (user, password) = DatabaseUrl::login_of(&url)?;
    if user != role.as_str() {
        return Err(CliError::usage(format!("the user in `{variable}` is `{user}`, not `{role}`")));
    }
    let password = password.ok_or_else(|| CliError::usage(format!("`{variable}` holds no password")))?;
    let password = Password::of(&password).map_err(|error| CliError::usage(format!("`{variable}`: {error}")))?;
    Ok(Login { variable, role, password, url })
}

/// Lines that a shell reads and that `EnvironmentFile=` of systemd does. A quote within would have been encoded.
pub fn lines(logins: &[Login]) -> String {
    logins.iter().map(|login| format!("{}='{}'\n", login.variable, login.url)).collect()
}

/// A server may know a password and still not let its holder in.
///
/// # Errors
/// The URL is none.
pub async fn prove(context: &Context, login: &Login) -> Result<(), CliError> {
    if let Err(error) = DatabaseUrl::parse(&login.url)?.connect().await {
        context.terminal.warn(&format!("`{}` cannot sign in yet: {error}", login.role));
    }
    Ok(())
}
