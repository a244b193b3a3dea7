//! Which portal a request is for. A portal with a host of its own answers there at `/`; one without
//! answers at its path. On this machine every portal answers at `/<portal>` whatever its host.

use super::portal::PortalSite;
use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};
use std::net::IpAddr;

/// The host a request names, lower case, without its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// `None`: no host, more than one, or nothing that can be one.
    pub fn read(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let mut lines = headers.get_all(HOST).iter();
        let text = match (lines.next(), lines.next(), uri.host()) {
            (Some(line), None, _) => line.to_str().ok()?,
            (None, _, Some(host)) => host,
            _ => return None,
        };
        let without_port = match text.strip_prefix('[') {
            Some(rest) => &text[..rest.find(']')? + 2],
            None => text.split(':').next()?,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
        let sound = !without_port.is_empty() && without_port.len() <= 255 && without_port.chars().all(plain);
        sound.then(|| Self(without_port.to_ascii_lowercase()))
    }

    /// Whether the name leads to this machine and nowhere else.
    pub fn is_loopback(&self) -> bool {
        let name = self.0.trim_start_matches('[').trim_end_matches(']');
        name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// A portal, where it lies, and what of the path is left.
#[derive(Debug)]
pub struct Found<'a, 'p> {
    pub portal: &'a PortalSite,
    /// Nothing, or `/support`.
    pub base: String,
    /// What follows the base, without a slash at its ends.
    pub rest: &'p str,
}

/// `None`: the address is in no portal.
pub fn find<'a, 'p>(portals: &'a [PortalSite], host: &Host, path: &'p str) -> Option<Found<'a, 'p>> {
    if let Some(portal) = portals.iter().find(|portal| portal.host.as_ref() == Some(&host.0)) {
        return Some(Found { portal, base: String::new(), rest: path.trim_matches('/') });
    }
    let here = host.is_loopback();
    let own = portals.iter().filter(|portal| portal.host.is_none() || here).map(|portal| (portal, portal.path.clone()));
    let local = portals.iter().filter(|_| here).map(|portal| (portal, format!("/{}", portal.name)));
    own.chain(local)
        .filter_map(|(portal, base)| {
            let rest = path.strip_prefix(base.as_str())?;
            let whole = rest.is_empty() || rest.starts_with('/');
            whole.then(|| Found { portal, base, rest: rest.trim_matches('/') })
        })
        .max_by_key(|found| found.base.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Option<Host> {
        let headers = HeaderMap::from_iter([(HOST, text.parse().ok()?)]);
        Host::read(&headers, &Uri::from_static("/"))
    }

    #[test]
    fn a_host_is_read_without_its_port() {
        assert_eq!(host("Support.Acme.example:8443"), Some(Host("support.acme.example".to_owned())));
        assert_eq!(host("[::1]:80"), Some(Host("[::1]".to_owned())));
        for wrong in ["", ":80", "a b", "a/b", "a@b", "[::1", "a\"b", &"x".repeat(300)] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_hosts_or_none_are_no_host() {
        let mut headers = HeaderMap::new();
        assert_eq!(Host::read(&headers, &Uri::from_static("/")), None);
        headers.append(HOST, "a.example".parse().unwrap());
        headers.append(HOST, "b.example".parse().unwrap());
        assert_eq!(Host::read(&headers, &Uri::from_static("/")), None);
    }

    #[test]
    fn names_of_this_machine_are_known() {
        for local in ["localhost", "127.0.0.1:8080", "[::1]:8080", "support.localhost"] {
            assert!(host(local).unwrap().is_loopback(), "{local}");
        }
        for other in ["localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "acme.example"] {
            assert!(!host(other).unwrap().is_loopback(), "{other}");
        }
    }
}
