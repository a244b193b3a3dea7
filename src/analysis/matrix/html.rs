//! The matrix as one page that needs nothing else: a table for each persona, and a filter where scripts run.

use super::{AccessMatrix, Entry};
use crate::diagnostic::escape::markup as html;
use crate::model::{AccessModel, FieldClass};
use crate::names::FieldName;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Actions that change nothing.
const LOOKING: [&str; 3] = ["read", "download", "export"];

impl AccessMatrix {
    /// A page for a browser or a printer. Its policy allows its own style and script, and nothing from anywhere.
    #[must_use]
    pub fn html(&self, model: &AccessModel) -> String {
        let title = format!("Who may do what in {}", html(model.project.name.as_str()));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
             script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
             <p>What is in no row is denied. The database decides, whatever a page asks for.</p>\n",
            digest(STYLE),
            digest(SCRIPT),
        );
        self.filter(&mut out);
        legend(&mut out);
        out.push_str("</header>\n<main>\n");
        for group in self.entries.chunk_by(|a, b| a.persona == b.persona) {
            persona(&mut out, model, group);
        }
        if self.entries.is_empty() {
            out.push_str("<p>Nothing is granted to anybody.</p>\n");
        }
        let _ = writeln!(
            out,
            "<p id=\"none\" role=\"status\" hidden>No row is left.</p>\n</main>\n<script>{SCRIPT}</script>"
        );
        out.push_str("</body>\n</html>\n");
        out
    }

    /// Hidden until a script is there to answer it.
    fn filter(&self, out: &mut String) {
        let names = |name: fn(&Entry) -> &str| self.entries.iter().map(name).collect::<BTreeSet<&str>>();
        out.push_str("<form id=\"filter\" hidden>\n");
        for (key, label, values) in [
            ("portal", "Portal", names(|entry| entry.portal.as_str())),
            ("audience", "Audience", names(|entry| entry.audience.as_str())),
            ("object", "Object", names(|entry| entry.object.as_str())),
            ("action", "Action", names(|entry| entry.action)),
        ] {
            let _ = write!(out, "<label>{label} <select name=\"{key}\"><option value=\"\">all</option>");
            for value in values {
                let _ = write!(out, "<option>{}</option>", html(value));
            }
            out.push_str("</select></label>\n");
        }
        out.push_str("</form>\n");
    }
}

fn legend(out: &mut String) {
    out.push_str("<p class=\"legend\"><span class=\"act looks\">read</span> looks <span class=\"act changes\">update</span> changes");
    for class in ["public", "business", "internal", "personal", "financial", "health", "secret"] {
        let _ = write!(out, " <span class=\"field {class}\">{class}</span>");
    }
    out.push_str("</p>\n");
}

fn persona(out: &mut String, model: &AccessModel, group: &[Entry]) {
    let name = &group[0].persona;
    let portal = model.portals.get(&name.portal);
    let label =
        portal.and_then(|portal| portal.audiences.get(&name.audience)).map(|audience| audience.label.to_string());
    let label = label.unwrap_or_else(|| name.to_string());
    let _ = writeln!(
        out,
        "<section>\n<h2>{} <code>{}</code></h2>\n<table>\n<thead><tr><th scope=\"col\">Object</th><th scope=\"col\">Action</th>\
         <th scope=\"col\">Rows</th><th scope=\"col\">Fields</th></tr></thead>\n<tbody>",
        html(&label),
        html(&name.to_string())
    );
    for entry in group {
        let looks = if LOOKING.contains(&entry.action) { "looks" } else { "changes" };
        let object = html(entry.object.as_str());
        let _ = writeln!(
            out,
            "<tr data-portal=\"{}\" data-audience=\"{}\" data-object=\"{object}\" data-action=\"{action}\">\
             <th scope=\"row\">{object}</th><td><span class=\"act {looks}\">{action}</span></td><td>{}</td><td>{}</td></tr>",
            html(entry.portal.as_str()),
            html(entry.audience.as_str()),
            html(&entry.rows()),
            fields(model, entry),
            action = entry.action,
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

/// How many fields there are, and on a click or on paper which; then what else the grant does.
fn fields(model: &AccessModel, entry: &Entry) -> String {
    let mut out = String::new();
    let one = |name: &FieldName| {
        let field = model.objects.get(&entry.object).and_then(|object| object.fields.get(name));
        let class = field.map_or(FieldClass::Business, |field| field.class).word();
        let mask = entry.masked.get(name).map(|mask| format!(" ({})", mask.word())).unwrap_or_default();
        // Most fields are of this class, and none of the others is told by its colour alone.
        let said =
            if class == FieldClass::Business.word() { String::new() } else { format!(" <small>{class}</small>") };
        format!("<span class=\"field {class}\">{}{mask}{said}</span>", html(name.as_str()))
    };
    let names = entry.fields.iter().map(one).collect::<Vec<_>>().join(" ");
    match entry.fields.len() {
        0 => {}
        few @ 1..=3 => {
            let _ = write!(out, "<p data-count=\"{few}\">{names}</p>");
        }
        many => {
            let _ = write!(
                out,
                "<details><summary>{many} fields</summary><p>{names}</p></details><p class=\"paper\">{names}</p>"
            );
        }
    }
    for effect in entry.effect.words() {
        let _ = write!(out, "<p>{}</p>", html(&effect));
    }
    out
}

fn digest(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}
