//! Handing waiting writes to other systems: where each goes, what an answer means, when it is tried again.

use super::CliError;
use crate::adapters::clock;
use crate::adapters::post::{Address as Destination, PostError, Poster};
use crate::adapters::postgres::outbox::{Claim, Outbox, Outcome};
use crate::model::{Address, Integration};
use crate::names::SystemName;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// As often as a write is tried before it has failed: with the waits between, for about a day.
const ATTEMPTS: u32 = 14;
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);

/// Where the writes of one system go, and what signs them.
struct Target {
    destination: Destination,
    secret: Option<String>,
}

/// What a pass came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub sent: u32,
    pub conflict: u32,
    pub failed: u32,
    pub later: u32,
}

/// Hands over what is due, once through, and tells `progress` what became of each.
///
/// # Errors
/// An address or a secret is not there or unfit; the server cannot be asked.
pub async fn pass(
    outbox: &mut Outbox<'_>,
    integrations: &BTreeMap<&SystemName, &Integration>,
    limit: Option<u32>,
    mut progress: impl FnMut(String),
) -> Result<Passed, CliError> {
    let mut targets = BTreeMap::new();
    for (system, integration) in integrations {
        targets.insert((*system).clone(), target(system, integration)?);
    }
    let poster = Poster::new().map_err(|error| CliError::usage(format!("TLS cannot be used: {error}")))?;
    let mut systems: Vec<SystemName> = targets.keys().cloned().collect();
    let newest = outbox.newest().await?;
    let mut passed = Passed::default();
    let mut left = limit;
    while left != Some(0) {
        let Some(claim) = outbox.claim(&systems, newest).await? else { break };
        let Some(target) = targets.get(&claim.system) else { break };
        let answer = send(&poster, target, &claim).await;
        if gives_up_for_now(&answer) {
            systems.retain(|system| *system != claim.system);
        }
        let outcome = outcome(&answer, claim.attempts + 1);
        let said = said(&claim, &outcome, &mut passed);
        claim.settle(&outcome).await?;
        progress(said);
        left = left.map(|left| left - 1);
    }
    Ok(passed)
}

fn target(system: &SystemName, integration: &Integration) -> Result<Target, CliError> {
    let (address, written) = match &integration.address {
        Address::Url(url) => (url.clone(), "`url`".to_owned()),
        Address::Environment(name) => (variable(system, name)?, format!("`{name}`")),
    };
    let destination = Destination::parse(&address)
        .map_err(|error| CliError::usage(format!("the address of `{system}`, {written}, {error}")))?;
    let secret = integration.secret_env.as_deref().map(|name| variable(system, name)).transpose()?;
    Ok(Target { destination, secret })
}

fn variable(system: &SystemName, name: &str) -> Result<String, CliError> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
        CliError::usage(format!("`{name}`, which `{system}` needs, is not set"))
            .hint("set it, or name another system with `--system`")
    })
}

async fn send(poster: &Poster, target: &Target, claim: &Claim<'_>) -> Result<u16, PostError> {
    let mut headers = vec![("idempotency-key", claim.idempotency_key.clone())];
    if let Some(secret) = &target.secret {
        let timestamp = clock::now().unix_timestamp().to_string();
        headers.push(("portalctl-signature", signature(secret, &timestamp, &claim.body)));
        headers.push(("portalctl-timestamp", timestamp));
    }
    poster.post(&target.destination, &headers, claim.body.clone()).await
}

/// `v1=` and HMAC-SHA256, in hex, of the timestamp, a dot and the body.
fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut text = "v1=".to_owned();
    // A key of any length is one.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        for part in [timestamp, ".", body] {
            mac.update(part.as_bytes());
        }
        for byte in mac.finalize().into_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

/// A system that is away or busy would answer the next write no better.
fn gives_up_for_now(answer: &Result<u16, PostError>) -> bool {
    matches!(answer, Err(_) | Ok(429 | 503))
}

/// `attempts` with this one.
fn outcome(answer: &Result<u16, PostError>, attempts: u32) -> Outcome {
    let reason = match answer {
        // What people wrote goes where the spec says and nowhere else.
        Ok(status @ 300..=399) => format!("it answered {status}, and redirects are not followed"),
        Ok(status) => format!("it answered {status}"),
        Err(error) => error.to_string(),
    };
    match answer {
        Ok(200..=299) => Outcome::Sent,
        Ok(409) => Outcome::Conflict(reason),
        Ok(status @ 400..=499) if !matches!(status, 408 | 429) => Outcome::Failed(reason),
        _ if attempts >= ATTEMPTS => Outcome::Failed(format!("{reason}, at the last of {attempts} attempts")),
        _ => Outcome::Later(reason, wait(attempts)),
    }
}

/// Twice as long each time, up to the longest.
fn wait(attempts: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_WAIT)
}

/// What became of a write, counted.
fn said(claim: &Claim<'_>, outcome: &Outcome, passed: &mut Passed) -> String {
    let (count, text) = match outcome {
        Outcome::Sent => (&mut passed.sent, "sent".to_owned()),
        Outcome::Conflict(reason) => (&mut passed.conflict, format!("in conflict: {reason}")),
        Outcome::Failed(reason) => (&mut passed.failed, format!("failed: {reason}")),
        Outcome::Later(reason, wait) => (&mut passed.later, format!("waits {} seconds more: {reason}", wait.as_secs())),
    };
    *count += 1;
    format!("write {} for `{}` {text}", claim.id, claim.system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whether_it_is_worth_trying_again() {
        let state = |answer: Result<u16, PostError>, attempts| match outcome(&answer, attempts) {
            Outcome::Sent => "sent",
            Outcome::Conflict(_) => "conflict",
            Outcome::Failed(_) => "failed",
            Outcome::Later(..) => "later",
        };
        for (status, expected) in [
            (200, "sent"),
            (204, "sent"),
            (302, "later"),
            (400, "failed"),
            (408, "later"),
            (409, "conflict"),
            (422, "failed"),
            (429, "later"),
            (500, "later"),
            (503, "later"),
            (101, "later"),
        ] {
            assert_eq!(state(Ok(status), 1), expected, "{status}");
        }
        assert_eq!(state(Err(PostError::Timeout), ATTEMPTS - 1), "later");
        assert_eq!(state(Err(PostError::Timeout), ATTEMPTS), "failed");
        assert_eq!(state(Ok(500), ATTEMPTS), "failed");
    }

    #[test]
    fn waits_double_and_are_bounded() {
        assert_eq!([1, 2, 3].map(|attempts| wait(attempts).as_secs()), [30, 60, 120]);
        assert_eq!(wait(ATTEMPTS), LONGEST_WAIT);
        assert_eq!(wait(u32::MAX), LONGEST_WAIT);
        let in_all: Duration = (1..ATTEMPTS).map(wait).sum();
        assert_eq!(in_all.as_secs() / 3600, 26, "as the guide says: about a day");
    }

    /// Made with `printf '1700000000.{"id": 1}' | openssl dgst -sha256 -hmac key`.
    #[test]
    fn a_signature_is_that_of_other_tools() {
        let expected = "v1=af3fccd48ae8c04d014a2bacfc404a939e897f800e84cef433cc9e96bc00c676";
        assert_eq!(signature("key", "1700000000", "{\"id\": 1}"), expected);
    }
}
