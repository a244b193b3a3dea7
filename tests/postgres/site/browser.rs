//! A browser without a screen: follows no link by itself, keeps cookies, reads pages.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use portalctl::site::Visitor;
use std::collections::BTreeMap;
use tower::ServiceExt;

#[derive(Clone)]
pub struct Browser {
    pub router: Router,
    pub host: String,
    pub visitor: Visitor,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        let visitor = Visitor { peer: "127.0.0.1:5000".parse().unwrap(), local: true };
        Self { router, host: "127.0.0.1:8080".into(), visitor, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(Method::POST, path, Some(pairs.join("&"))).await
    }

    /// Sends a form that holds files: its words, each by its name, and then the file.
    pub async fn upload(&mut self, path: &str, words: &[(&str, &str)], name: &str, bytes: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (word, value) in words {
            let part = format!("--b\r\nContent-Disposition: form-data; name=\"{word}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        self.exchange(Method::POST, path, Some(("multipart/form-data; boundary=b", body))).await
    }

    pub async fn send(&mut self, method: Method, path: &str, form: Option<String>) -> Answer {
        let body = form.map(|form| ("application/x-www-form-urlencoded", form.into_bytes()));
        self.exchange(method, path, body).await
    }

    /// Sends a form that holds files, piece by piece as `body` gives it.
    pub async fn upload_of(&mut self, path: &str, body: Body) -> Answer {
        self.exchange(Method::POST, path, Some(("multipart/form-data; boundary=b", body))).await
    }

    async fn exchange(&mut self, method: Method, path: &str, body: Option<(&str, impl Into<Body>)>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some((kind, _)) = &body {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        let mut request = request.body(body.map_or_else(Body::empty, |(_, body)| body.into())).unwrap();
        request.extensions_mut().insert(self.visitor);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let bytes = to_bytes(body, 100_000_000).await.unwrap().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    /// Opens a sign-in link and presses its button.
    pub async fn sign_in(&mut self, portal: &str, secret: &str) {
        let page = self.get(&format!("/{portal}/sign-in?link={secret}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let answer = self.post(&format!("/{portal}/sign-in"), &[("link", &page.hidden("link"))]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page without its tags, with single spaces.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut in_tag = false;
        for c in self.body.chars() {
            match c {
                '<' => in_tag = true,
                '>' => {
                    in_tag = false;
                    text.push(' ');
                }
                c if !in_tag => text.push(c),
                _ => {}
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        unescape(&text)
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&start).unwrap_or_else(|| panic!("no field `{name}`")) + start.len();
        unescape(self.body[at..].split('"').next().unwrap())
    }

    /// The rows of a list, or of the related list of an object: where their names lead.
    pub fn records(&self, list: &str) -> Vec<String> {
        let rows = self.body.split("<a class=\"row-link\" href=\"").skip(1);
        let links = rows.map(|rest| unescape(rest.split('"').next().unwrap()));
        links.filter(|link| link.starts_with(&format!("{list}/"))).collect()
    }

    /// The link with this text in it.
    pub fn link_called(&self, text: &str) -> Option<String> {
        let anchors = self.body.split("<a ").skip(1);
        let found = anchors.map(|rest| rest.split("</a>").next().unwrap()).find(|anchor| anchor.contains(text))?;
        Some(unescape(found.split("href=\"").nth(1)?.split('"').next()?))
    }
}

pub fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    text.replace("&amp;", "&")
}
