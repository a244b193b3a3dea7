//! Passwords of the site's logins. The server is sent what it keeps of one, never the password itself: a statement
//! shows in its log, and in what others see of running statements.

use super::PgError;
use crate::names::{Ident, RoleName};
use crate::state::Marker;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::fmt;

/// As PostgreSQL's own `scram_iterations`.
const ITERATIONS: u32 = 4096;
const SALT_BYTES: usize = 16;

#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("the system gives no random bytes")]
    NoRandomness,
    /// Others would have to be normalised as the server does it.
    #[error("a password is made of printable ASCII characters, at least 16 of them")]
    Unfit,
}

impl Password {
    /// 256 random bits, in characters that an URL and a shell take as they are.
    ///
    /// # Errors
    /// Without randomness there is none.
    pub fn generate() -> Result<Self, PasswordError> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|_| PasswordError::NoRandomness)?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// # Errors
    /// It is short, or holds other characters than printable ASCII.
    pub fn of(text: &str) -> Result<Self, PasswordError> {
        let fits = text.len() >= 16 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(PasswordError::Unfit) }
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the server keeps: enough to recognise the password, not enough to know it.
    fn verifier(&self) -> Result<String, PasswordError> {
        let mut salt = [0_u8; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| PasswordError::NoRandomness)?;
        Ok(verifier(&self.0, &salt, ITERATIONS))
    }
}

/// RFC 5802 and 7677, in the form of `pg_authid.rolpassword`.
fn verifier(password: &str, salt: &[u8], iterations: u32) -> String {
    let salted = salted(password.as_bytes(), salt, iterations);
    let stored: [u8; 32] = Sha256::digest(hmac(&salted, &[b"Client Key"])).into();
    let server = hmac(&salted, &[b"Server Key"]);
    let text = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    format!("SCRAM-SHA-256${iterations}:{}${}:{}", text(salt), text(&stored), text(&server))
}

/// One block of PBKDF2, which is all that SCRAM uses.
fn salted(password: &[u8], salt: &[u8], iterations: u32) -> [u8; 32] {
    let mut block = hmac(password, &[salt, &1_u32.to_be_bytes()]);
    let mut result = block;
    for _ in 1..iterations {
        block = hmac(password, &[&block]);
        result.iter_mut().zip(block).for_each(|(byte, more)| *byte ^= more);
    }
    result
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is one: longer ones are hashed.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error(transparent)]
    Server(#[from] PgError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the role `{0}` does not exist")]
    Missing(RoleName),
    #[error("the role `{0}` was not made by this project for this database")]
    NotOurs(RoleName),
}

/// Sets the passwords of logins that carry `marker`, all or none.
///
/// # Errors
/// Nothing has changed then.
pub async fn set_passwords(
    connection: &mut PgConnection,
    marker: &Marker,
    logins: &[(RoleName, Password)],
) -> Result<(), CredentialsError> {
    let mut transaction = connection.begin().await.map_err(PgError::query("begin a transaction"))?;
    for (role, password) in logins {
        let found = sqlx::query(
            "SELECT m.description FROM pg_catalog.pg_roles AS r LEFT JOIN pg_catalog.pg_shdescription AS m
                 ON m.classoid = 'pg_catalog.pg_authid'::regclass AND m.objoid = r.oid
             WHERE r.rolname = $1",
        )
        .bind(role.as_str())
        .persistent(false)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(PgError::query("look for the site's logins"))?
        .ok_or_else(|| CredentialsError::Missing(role.clone()))?;
        let comment: Option<String> = found.try_get(0).map_err(PgError::query("look for the site's logins"))?;
        if comment.as_deref().and_then(Marker::parse).as_ref() != Some(marker) {
            return Err(CredentialsError::NotOurs(role.clone()));
        }
        let verifier = Ident::literal(&password.verifier()?);
        let statement = format!("ALTER ROLE {} PASSWORD {verifier}", Ident::new(role.as_str()));
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("set the password of a login"))?;
    }
    transaction.commit().await.map_err(PgError::query("commit"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677: what the client there proves and the server there signs follows from these keys.
    #[test]
    fn the_verifier_is_that_of_the_rfc() {
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = verifier("pencil", &salt, 4096);
        let (stored, server) = verifier.rsplit_once('$').unwrap().1.split_once(':').unwrap();
        let auth = b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server = BASE64_STANDARD.decode(server).unwrap();
        assert_eq!(BASE64_STANDARD.encode(hmac(&server, &[auth])), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        let proof = BASE64_STANDARD.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").unwrap();
        let signature = hmac(&BASE64_STANDARD.decode(stored).unwrap(), &[auth]);
        let client: Vec<u8> = proof.iter().zip(signature).map(|(one, other)| one ^ other).collect();
        assert_eq!(BASE64_STANDARD.encode(Sha256::digest(client)), stored);
    }

    #[test]
    fn passwords_are_long_random_and_never_shown() {
        let (one, other) = (Password::generate().unwrap(), Password::generate().unwrap());
        assert_ne!(one, other);
        assert!(Password::of(one.reveal()).is_ok() && one.reveal().len() == 43);
        assert!(!format!("{one:?}").contains(one.reveal()));
        for unfit in ["short", "fifteen letters", "sixteen letterz\u{e9}", "sixteen letters\n"] {
            assert_eq!(Password::of(unfit), Err(PasswordError::Unfit), "{unfit:?}");
        }
    }
}
