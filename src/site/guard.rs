//! Small defences: session cookies, the token in forms, how often one network may try to sign in.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Session secrets and links are 256 random bits in hex: whatever else arrives is not asked about.
const SECRET_DIGITS: usize = 64;

/// Whether a text can be a secret at all.
pub fn is_secret(text: &str) -> bool {
    text.len() == SECRET_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The session cookie of one portal. Over plain HTTP on this machine a browser takes neither
/// `Secure` nor the `__Host-` prefix that needs it.
#[derive(Debug, Clone)]
pub struct SessionCookie {
    name: String,
    plain: bool,
}

impl SessionCookie {
    pub fn new(portal: &str, plain: bool) -> Self {
        let prefix = if plain { "" } else { "__Host-" };
        Self { name: format!("{prefix}portalctl_{portal}"), plain }
    }

    /// The session secret a browser sends.
    pub fn read(&self, headers: &HeaderMap) -> Option<String> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut mine = pairs.filter(|(name, _)| *name == self.name).map(|(_, value)| value);
        mine.next().filter(|value| is_secret(value)).map(str::to_owned)
    }

    /// The end of a `Set-Cookie` that only goes where this one goes.
    pub fn secure(&self) -> &'static str {
        if self.plain { "" } else { "; Secure" }
    }

    /// `Set-Cookie` for a session that ends with the browser or when the database says so.
    pub fn set(&self, secret: &str) -> String {
        format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{}", self.name, self.secure())
    }

    /// `Set-Cookie` that makes the browser forget it.
    pub fn clear(&self) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", self.name, self.secure())
    }
}

/// The session's form token as it is written into a page: different each time, so that its place in
/// a compressed page tells nothing about it.
pub fn mask(token: &str) -> String {
    let mut pad = [0_u8; SECRET_DIGITS / 2];
    let bytes = bytes(token);
    if bytes.len() != pad.len() || getrandom::fill(&mut pad).is_err() {
        return String::new();
    }
    hex(pad.iter().copied().chain(pad.iter().zip(&bytes).map(|(a, b)| a ^ b)))
}

/// Whether a masked token from a form is this session's.
pub fn matches(masked: &str, token: &str) -> bool {
    let (masked, token) = (bytes(masked), bytes(token));
    if token.len() != SECRET_DIGITS / 2 || masked.len() != 2 * token.len() {
        return false;
    }
    let (pad, rest) = masked.split_at(token.len());
    let difference = pad.iter().zip(rest).zip(&token).fold(0, |all, ((a, b), c)| all | (a ^ b ^ c));
    difference == 0
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits.unwrap_or_default().chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}

/// Bytes as lower-case hex.
pub fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How often one network may try: `BURST` at once, then one each `SECONDS`.
#[derive(Debug, Default)]
pub struct Limiter {
    seen: Mutex<HashMap<IpAddr, (f64, Instant)>>,
}

const BURST: f64 = 10.0;
const SECONDS: f64 = 6.0;
/// More networks than this are not remembered: whoever has so many is not stopped by counting.
const NETWORKS: usize = 20_000;

impl Limiter {
    /// Whether the address may try now; else how many seconds it should wait.
    ///
    /// # Errors
    /// The seconds until the next try.
    pub fn admit(&self, address: IpAddr, now: Instant) -> Result<(), u32> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let refill =
            |(left, at): (f64, Instant)| (left + now.saturating_duration_since(at).as_secs_f64() / SECONDS).min(BURST);
        if seen.len() >= NETWORKS {
            seen.retain(|_, known| refill(*known) < BURST);
            if seen.len() >= NETWORKS {
                seen.clear();
            }
        }
        let known = seen.entry(network(address)).or_insert((BURST, now));
        let left = refill(*known);
        if left >= 1.0 {
            *known = (left - 1.0, now);
            return Ok(());
        }
        *known = (left, now);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and SECONDS")]
        let wait = ((1.0 - left) * SECONDS).ceil().max(1.0) as u32;
        Err(wait)
    }
}

/// With IPv6 one customer has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    #[test]
    fn a_cookie_is_read_only_by_its_own_portal_and_only_if_it_can_be_a_secret() {
        let cookie = SessionCookie::new("support", true);
        let headers = |line: &str| HeaderMap::from_iter([(COOKIE, line.parse().unwrap())]);
        assert_eq!(cookie.read(&headers(&format!("a=b; portalctl_support={SECRET}"))).as_deref(), Some(SECRET));
        for line in [
            format!("portalctl_partners={SECRET}"),
            format!("xportalctl_support={SECRET}"),
            "portalctl_support=short".to_owned(),
            format!("portalctl_support={}", SECRET.to_uppercase()),
            format!("__Host-portalctl_support={SECRET}"),
        ] {
            assert_eq!(cookie.read(&headers(&line)), None, "{line}");
        }
    }

    #[test]
    fn behind_tls_the_cookie_is_bound_to_the_host() {
        let cookie = SessionCookie::new("support", false).set(SECRET);
        assert!(cookie.starts_with("__Host-portalctl_support=") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/;"));
    }

    #[test]
    fn a_masked_token_is_different_each_time_and_matches_only_its_own() {
        let (one, two) = (mask(SECRET), mask(SECRET));
        assert_ne!(one, two);
        assert!(matches(&one, SECRET) && matches(&two, SECRET));
        let other = SECRET.replace('0', "1");
        for wrong in [one.replace('a', "b"), String::new(), SECRET.to_owned(), "é".repeat(64), mask(&other)] {
            assert!(wrong == one || !matches(&wrong, SECRET), "{wrong}");
        }
        assert!(!matches("", "") && mask("").is_empty());
    }

    #[test]
    fn a_network_that_tries_too_often_waits_and_others_do_not() {
        let limiter = Limiter::default();
        let start = Instant::now();
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "192.0.2.1".parse().unwrap();
        assert!((0..10).all(|_| limiter.admit(one, start).is_ok()));
        assert_eq!(limiter.admit(neighbour, start), Err(6));
        assert!(limiter.admit(other, start).is_ok());
        assert!(limiter.admit(one, start + Duration::from_secs(7)).is_ok());
        assert!(limiter.admit(one, start + Duration::from_secs(7)).is_err());
    }
}
