//! Which database, and connecting to it.

mod client;

use percent_encoding::percent_decode_str;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, PgConnection};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use url::Url;

/// A server that is starting, or recovering from a crash, is worth this wait.
const STARTING_LIMIT: Duration = Duration::from_secs(15);
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_millis(100);

/// Sent when a session begins, above whatever the role or the database would set: what a role may alter about
/// itself must not decide what a statement means.
pub const SESSION_SETTINGS: &[(&str, &str)] = &[
    ("search_path", "pg_catalog,pg_temp"),
    ("role", "none"),
    ("row_security", "on"),
    ("standard_conforming_strings", "on"),
    ("default_transaction_read_only", "off"),
    ("default_transaction_isolation", "read committed"),
    ("bytea_output", "hex"),
    ("IntervalStyle", "postgres"),
];

const TIMEOUT: &str = "connect_timeout";

/// Parameters of a connection URL that the driver takes.
const SENT: &[&str] = &[
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Parameters of which only these values mean what happens anyway.
const ONLY_WITH: &[(&str, &[&str])] = &[
    ("channel_binding", &["disable", "prefer"]),
    ("gssencmode", &["disable", "prefer"]),
    ("sslnegotiation", &["postgres"]),
    ("target_session_attrs", &["any"]),
    ("load_balance_hosts", &["disable"]),
];

/// Parameters that only tune what libpq does; to pass over them changes nothing that was asked for.
const PASSED_OVER: &[&str] = &[
    "fallback_application_name",
    "client_encoding",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslcompression",
    "sslsni",
];

/// Where an administrator's connection leads. Never shows the password.
#[derive(Clone)]
pub struct DatabaseUrl {
    options: PgConnectOptions,
    limit: Duration,
    /// Of the authorities that the server's certificate may be from.
    root_certificate: Option<String>,
    /// What PostgreSQL's own programs are told by their surroundings, where an URL could be read by others.
    client: Vec<(&'static str, String)>,
}

/// Why a database URL cannot be used. Says nothing that the URL keeps secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("the database URL cannot be read: {0}")]
    Unreadable(String),
    #[error("the database URL begins with `{0}:`, not with `postgresql:`")]
    Scheme(String),
    #[error("the database URL has the parameter `{0}`, which is not known")]
    Parameter(String),
    #[error("the database URL asks for `{0}`, which cannot be given")]
    Unsupported(String),
}

/// libpq lets the host be left out behind a user where a parameter names it: `postgresql://user@/acme?host=/run/postgresql`.
fn with_host(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://").filter(|_| text.contains("?host=") || text.contains("&host="))
    else {
        return Cow::Borrowed(text);
    };
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, port)) if port.is_empty() || port.starts_with(':') => {
            Cow::Owned(format!("{scheme}://{user}@localhost{port}{behind}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A connection that did not come about.
#[derive(Debug, thiserror::Error)]
#[error("could not connect to {target}: {reason}")]
pub struct ConnectError {
    /// `` `postgres@db.example:5432/acme` ``
    pub target: String,
    pub reason: String,
    pub hint: Option<String>,
}

impl DatabaseUrl {
    /// Reads `postgresql://user:password@host:port/database?sslmode=…`. What the URL leaves out comes from the
    /// `PG…` variables and the password file, as for psql. Without an `sslmode`, connections that leave this machine
    /// require TLS.
    ///
    /// # Errors
    /// The URL is malformed, or asks for something that would otherwise be passed over in silence.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let mut url = Url::parse(&with_host(text.trim())).map_err(|error| UrlError::Unreadable(error.to_string()))?;
        if !matches!(url.scheme(), "postgresql" | "postgres") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        let parameters: Vec<(String, String)> =
            url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        refuse_unknown(&parameters)?;
        let parameter =
            |name: &str| parameters.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let limit = match parameter(TIMEOUT).map(str::parse::<u64>) {
            None => CONNECT_LIMIT,
            Some(Ok(0)) => Duration::MAX,
            Some(Ok(seconds)) => Duration::from_secs(seconds),
            Some(Err(_)) => {
                return Err(UrlError::Unreadable("`connect_timeout` is not a number of seconds".to_owned()));
            }
        };
        url.set_query(None);
        for (key, value) in parameters.iter().filter(|(key, _)| is_sent(key)) {
            url.query_pairs_mut().append_pair(key, value);
        }
        let options = PgConnectOptions::from_url(&url).map_err(|error| UrlError::Unreadable(cause(&error)))?;
        let is_told = parameter("sslmode").is_some() || std::env::var_os("PGSSLMODE").is_some();
        let options = if is_told || is_local(&options) { options } else { options.ssl_mode(PgSslMode::Require) };
        let root_certificate = parameter("sslrootcert").map(str::to_owned);
        let files = [("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCERT", "sslcert"), ("PGSSLKEY", "sslkey")];
        let mut client: Vec<(&'static str, String)> =
            files.iter().filter_map(|(variable, name)| Some((*variable, parameter(name)?.to_owned()))).collect();
        let password = url.password().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
        let password = parameter("password").map(str::to_owned).or(password);
        client.extend(password.map(|password| ("PGPASSWORD", password)));
        Ok(Self { options, limit, root_certificate, client })
    }

    /// A server on a socket that admits whoever reaches it; nothing comes from the surroundings.
    pub fn local(folder: &Path, port: u16, user: &str, database: &str) -> Self {
        let options =
            PgConnectOptions::new_without_pgpass().socket(folder).port(port).username(user).database(database);
        Self {
            options: options.ssl_mode(PgSslMode::Disable),
            limit: CONNECT_LIMIT,
            root_certificate: None,
            client: Vec::new(),
        }
    }

    /// The same database as another role, with the password from the usual places.
    #[must_use]
    pub fn as_user(&self, user: &str) -> Self {
        Self { options: self.options.clone().username(user), ..self.clone() }
    }

    /// The database's name.
    pub fn database(&self) -> String {
        self.options.get_database().unwrap_or(self.options.get_username()).to_owned()
    }

    /// Server and database, whoever asks them: `localhost:5432/crm`.
    pub fn place(&self) -> String {
        let server = match self.options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => self.options.get_host().to_owned(),
        };
        format!("{server}:{}/{}", self.options.get_port(), self.database())
    }

    /// Another database of the same server.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { options: self.options.clone().database(database), ..self.clone() }
    }

    /// User and password of a database URL as it is written.
    ///
    /// # Errors
    /// It is none.
    pub fn login_of(text: &str) -> Result<(String, Option<String>), UrlError> {
        Self::parse(text)?;
        let url = Url::parse(text.trim()).map_err(|error| UrlError::Unreadable(error.to_string()))?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Ok((decode(url.username()), url.password().map(decode)))
    }

    /// What the session is to be opened with. Statements are not kept prepared: plans would outlive what they
    /// were made for. Nothing of a statement goes to a log.
    pub fn options(&self) -> PgConnectOptions {
        let options = self.options.clone().application_name("portalctl").statement_cache_capacity(0);
        options.options(SESSION_SETTINGS.iter().copied()).disable_statement_logging()
    }

    /// One session, for the administrator's work.
    ///
    /// # Errors
    /// No server, no entry, no such database; waits a little for a server that is starting.
    pub async fn connect(&self) -> Result<PgConnection, ConnectError> {
        let options = self.options();
        let began = Instant::now();
        loop {
            match tokio::time::timeout(self.limit, options.connect()).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) if is_starting(&error) && began.elapsed() < STARTING_LIMIT => {
                    tokio::time::sleep(RETRY).await;
                }
                Ok(Err(error)) => return Err(self.error(&error)),
                Err(_) => {
                    return Err(self.refused("no answer in time", Some("look at the host and at firewalls on the way")));
                }
            }
        }
    }

    /// Says why connecting failed, in words and with what to do.
    pub fn error(&self, error: &sqlx::Error) -> ConnectError {
        let (reason, hint) = match error {
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default().into_owned();
                (refusal.message().to_owned(), hint_for(&code, refusal.message()))
            }
            sqlx::Error::Io(failure) => (failure.to_string(), self.hint_unreachable(failure)),
            sqlx::Error::Tls(_) => (
                cause(error),
                Some(
                    "the server offers no TLS, or its certificate is not trusted: set `sslmode` and `sslrootcert` in the URL",
                ),
            ),
            sqlx::Error::PoolTimedOut => ("no answer in time".to_owned(), None),
            _ => (cause(error), None),
        };
        self.refused(&reason, hint)
    }

    fn refused(&self, reason: &str, hint: Option<&str>) -> ConnectError {
        ConnectError { target: format!("`{self}`"), reason: reason.to_owned(), hint: hint.map(str::to_owned) }
    }

    fn hint_unreachable(&self, failure: &std::io::Error) -> Option<&'static str> {
        match failure.kind() {
            std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound if is_local(&self.options) => {
                Some("is the server running? without a database URL the project's own is used")
            }
            std::io::ErrorKind::ConnectionRefused => Some("is the server running, and does it listen on this address?"),
            std::io::ErrorKind::PermissionDenied => Some("the socket belongs to another user"),
            _ => None,
        }
    }
}

/// `user@host:port/database`.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.options.get_username(), self.place())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

fn refuse_unknown(parameters: &[(String, String)]) -> Result<(), UrlError> {
    for (key, value) in parameters {
        match ONLY_WITH.iter().find(|(name, _)| name == key) {
            Some((_, values)) if values.contains(&value.as_str()) => {}
            Some(_) => return Err(UrlError::Unsupported(format!("{key}={value}"))),
            None if is_sent(key) || key == TIMEOUT || PASSED_OVER.contains(&key.as_str()) => {}
            None => return Err(UrlError::Parameter(key.clone())),
        }
    }
    Ok(())
}

fn is_sent(key: &str) -> bool {
    SENT.contains(&key) || key.starts_with("options[")
}

/// A socket, or an address that never leaves this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `cannot_connect_now`, which also says that a server is shutting down.
fn is_starting(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "57P03")
}

fn hint_for(code: &str, message: &str) -> Option<&'static str> {
    Some(match code {
        "28P01" => "the password comes from the URL, `PGPASSWORD` or the password file `~/.pgpass`",
        "28000" if message.contains("no pg_hba.conf entry") => {
            "the server's `pg_hba.conf` does not admit this user from here, or not without TLS"
        }
        "28000" => "look at the user in the URL",
        "3D000" => "create the database first, or look at its name in the URL",
        "53300" => "close some connections, or raise `max_connections`",
        "57P03" => "try again when the server has started",
        _ if message.contains("unsupported startup parameter") => "connect to PostgreSQL itself, not through a pooler",
        _ => return None,
    })
}

/// The innermost reason, without the wrapping words of the library.
fn cause(error: &sqlx::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssl_mode(url: &str) -> String {
        format!("{:?}", DatabaseUrl::parse(url).unwrap().options.get_ssl_mode())
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_told_otherwise() {
        assert_eq!(ssl_mode("postgresql://ann@db.example/acme"), "Require");
        assert_eq!(ssl_mode("postgresql://ann@10.0.0.7:6543/acme"), "Require");
        assert_eq!(ssl_mode("postgresql://ann@db.example/acme?sslmode=verify-full"), "VerifyFull");
        assert_eq!(ssl_mode("postgresql://ann@db.example/acme?sslmode=disable"), "Disable");
        for local in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "%2Frun%2Fpg"] {
            assert_eq!(ssl_mode(&format!("postgresql://ann@{local}/acme")), "Prefer", "{local}");
        }
        assert_eq!(ssl_mode("postgresql:///acme?host=/run/pg&user=ann"), "Prefer");
        // A host that only looks local.
        assert_eq!(ssl_mode("postgresql://ann@localhost.example/acme"), "Require");
        assert_eq!(ssl_mode("postgresql://ann@127.0.0.1.example/acme"), "Require");
    }

    #[test]
    fn a_mistyped_parameter_is_refused() {
        let error = DatabaseUrl::parse("postgresql://ann@db.example/acme?sslmod=verify-full").unwrap_err();
        assert_eq!(error, UrlError::Parameter("sslmod".to_owned()));
        let error = DatabaseUrl::parse("postgresql://ann@db.example/acme?channel_binding=require").unwrap_err();
        assert_eq!(error, UrlError::Unsupported("channel_binding=require".to_owned()));
        assert!(DatabaseUrl::parse("postgresql://ann@db.example/acme?keepalives=1&connect_timeout=3").is_ok());
    }

    #[test]
    fn no_form_shows_the_password() {
        let url = DatabaseUrl::parse("postgresql://ann:s3cret@db.example/acme").unwrap();
        let error = url.error(&sqlx::Error::PoolTimedOut);
        for shown in [format!("{url}"), format!("{url:?}"), format!("{error} {error:?}")] {
            assert!(!shown.contains("s3cret"), "{shown}");
            assert!(shown.contains("ann@db.example:5432/acme"), "{shown}");
        }
        for broken in [
            "postgresql://ann:s3cret@db:port/acme",
            "mysql://ann:s3cret@db/acme",
            "ann:s3cret@db/acme",
            "host=db password=s3cret",
            "postgresql://ann:s3cret@db/a?sslmode=never",
        ] {
            let error = DatabaseUrl::parse(broken).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
