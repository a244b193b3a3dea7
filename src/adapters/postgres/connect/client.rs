//! The same place as others are told it: an URL to be kept, the surroundings of PostgreSQL's own programs.

use super::DatabaseUrl;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::postgres::PgSslMode;

/// What an URL takes as it is in any of its parts.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl DatabaseUrl {
    /// The same server and database for another login, with its password: to be written where only its owner reads.
    pub fn with_login(&self, user: &str, password: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
        let options = &self.options;
        let host = match options.get_socket() {
            Some(socket) => encode(&socket.to_string_lossy()),
            None if options.get_host().contains(':') => format!("[{}]", options.get_host().trim_matches(['[', ']'])),
            None => encode(options.get_host()),
        };
        let database = encode(&self.database());
        let mode = mode_word(options.get_ssl_mode());
        let (user, password, port) = (encode(user), encode(password), options.get_port());
        let root = self.root_certificate.as_ref().map(|file| format!("&sslrootcert={}", encode(file)));
        let root = root.unwrap_or_default();
        format!("postgresql://{user}:{password}@{host}:{port}/{database}?sslmode={mode}{root}")
    }

    /// What tells PostgreSQL's own programs where to connect: nothing of it stands on a command line.
    pub fn client_environment(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        let host = options.get_socket().map_or_else(
            || options.get_host().trim_matches(['[', ']']).to_owned(),
            |folder| folder.to_string_lossy().into_owned(),
        );
        let mut environment = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.database()),
            ("PGSSLMODE", mode_word(options.get_ssl_mode()).to_owned()),
            ("PGAPPNAME", "portalctl".to_owned()),
        ];
        environment.extend(self.client.iter().cloned());
        environment
    }
}

fn mode_word(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}
