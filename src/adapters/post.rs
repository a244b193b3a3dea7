//! Posting JSON to an address: one connection a message, no redirects, nothing unencrypted that leaves this machine.
//!
//! What goes wrong is said without the address, which may hold a key, and without what was posted.

use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// From the first look for the host to the head of the answer.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("is no web address")]
    Unreadable,
    #[error("begins with neither `https` nor `http`")]
    Scheme,
    #[error("is not encrypted: only this machine itself is reached by `http`")]
    Unencrypted,
    #[error("holds a user or a password")]
    Password,
}

#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("it cannot be found")]
    NotFound,
    #[error("it cannot be reached: {0}")]
    Unreachable(io::ErrorKind),
    #[error("its certificate is not accepted, or it speaks no TLS")]
    Tls,
    #[error("it gave no answer of HTTP")]
    Protocol,
    #[error("it did not answer within {} seconds", TIMEOUT.as_secs())]
    Timeout,
    #[error("a header holds what headers cannot")]
    Header,
}

/// Where something may be posted.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    host: Host<String>,
}

/// Its path may hold a key.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Address").field(&self.host).finish()
    }
}

impl Address {
    /// # Errors
    /// It is no address, holds a password, or would be reached unencrypted elsewhere.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::Unreadable)?;
        let host = url.host().ok_or(AddressError::Unreadable)?.to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Password);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_here(&host) => {}
            "http" => return Err(AddressError::Unencrypted),
            _ => return Err(AddressError::Scheme),
        }
        Ok(Self { url, host })
    }

    fn encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// A name may stand for another machine than it says: what is not encrypted goes to this one alone.
    async fn connect(&self) -> Result<TcpStream, PostError> {
        let port = self.url.port_or_known_default().unwrap_or(443);
        let host = match &self.host {
            Host::Domain(name) => name.clone(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let found = tokio::net::lookup_host((host, port)).await.map_err(|_| PostError::NotFound)?;
        let mut last = PostError::NotFound;
        for address in found.filter(|address: &SocketAddr| self.encrypted() || address.ip().is_loopback()) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = PostError::Unreachable(error.kind()),
            }
        }
        Err(last)
    }
}

fn is_here(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Who posts, with the certificates that this machine trusts.
pub struct Poster {
    tls: TlsConnector,
}

impl Poster {
    /// # Errors
    /// This machine's certificates cannot be used.
    pub fn new() -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        // One that cannot be read is one that is not trusted.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Posts JSON; the status of the answer. Its body is not read.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn post(
        &self,
        address: &Address,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<u16, PostError> {
        let request = request(address, headers, body)?;
        tokio::time::timeout(TIMEOUT, self.send(address, request)).await.map_err(|_| PostError::Timeout)?
    }

    async fn send(&self, address: &Address, request: Request<String>) -> Result<u16, PostError> {
        let stream = address.connect().await?;
        if !address.encrypted() {
            return answer(stream, request).await;
        }
        let name = match &address.host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| PostError::NotFound)?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
        };
        let stream = self.tls.connect(name, stream).await.map_err(|_| PostError::Tls)?;
        answer(stream, request).await
    }
}

fn request(address: &Address, headers: &[(&'static str, String)], body: String) -> Result<Request<String>, PostError> {
    let url = &address.url;
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut request = Request::post(target)
        .header(HOST, host)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, HeaderValue::from_static(concat!("portalctl/", env!("CARGO_PKG_VERSION"))));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(body).map_err(|_| PostError::Header)
}

async fn answer<S>(stream: S, request: Request<String>) -> Result<u16, PostError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| PostError::Protocol)?;
    // It ends with the sender; what goes wrong in it is told to the sender as well.
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|_| PostError::Protocol);
    connection.abort();
    Ok(answer?.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_unencrypted() {
        for fine in ["https://erp.example/in?x=1", "http://127.0.0.1:80", "http://[::1]/a", "http://localhost:8080/"] {
            assert!(Address::parse(fine).is_ok(), "{fine}");
        }
        let refused = [
            ("http://erp.example", AddressError::Unencrypted),
            ("http://127.0.0.1.erp.example", AddressError::Unencrypted),
            ("http://10.0.0.1", AddressError::Unencrypted),
            ("ftp://127.0.0.1", AddressError::Scheme),
            ("https://user:pw@erp.example", AddressError::Password),
            ("erp.example", AddressError::Unreadable),
        ];
        for (text, error) in refused {
            assert_eq!(Address::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_path() {
        let address = Address::parse("https://erp.example/key-of-the-path?key=of-the-query").unwrap();
        let shown = format!("{address:?}");
        assert!(shown.contains("erp.example") && !shown.contains("key"), "{shown}");
    }
}
