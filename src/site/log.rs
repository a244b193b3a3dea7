//! One line for each request on standard error, in `key=value` form. What people look at and who they
//! are is not in it: an address is named by its kind of page, never by its path or query.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What a request turned out to be; travels with the response.
#[derive(Debug, Clone, Default)]
pub struct Route {
    pub portal: Option<String>,
    /// `home`, `list`, `record` …
    pub page: &'static str,
    pub object: Option<String>,
    /// Why it went wrong, for whoever runs the site.
    pub reason: Option<String>,
}

/// The request is done.
#[derive(Debug)]
pub struct Done<'a> {
    pub id: &'a str,
    pub method: &'a str,
    pub route: &'a Route,
    pub status: u16,
    pub took: Duration,
}

impl Done<'_> {
    pub fn write(&self) {
        let mut line = String::new();
        if let Ok(now) = OffsetDateTime::now_utc().format(&Rfc3339) {
            let _ = write!(line, "time={now} ");
        }
        let level = match self.status {
            500.. => "error",
            _ => "info",
        };
        let _ = write!(line, "level={level} id={} method={} page={}", self.id, self.method, self.route.page);
        for (name, value) in [("portal", &self.route.portal), ("object", &self.route.object)] {
            if let Some(value) = value {
                let _ = write!(line, " {name}={value}");
            }
        }
        let _ = write!(line, " status={} ms={:.1}", self.status, self.took.as_secs_f64() * 1000.0);
        if let Some(reason) = &self.route.reason {
            let _ = write!(line, " reason={reason:?}");
        }
        line.push('\n');
        // A log that cannot be written must not stop the site.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}
