//! Somebody at the pages: finds by the words on links, labels and buttons, and ends on a record.

use super::{Typed, path_of};
use crate::site::browser::{Answer, Browser, unescape};
use crate::site::form::Form;
use axum::http::StatusCode;
use portalctl::names::ObjectName;

pub struct Story<'a> {
    typed: &'a Typed,
    browser: Browser,
    who: String,
    /// The record that it is about.
    at: String,
}

impl<'a> Story<'a> {
    pub async fn of(typed: &'a Typed) -> Self {
        Self { typed, browser: Browser::new(typed.router.clone()), who: String::new(), at: String::new() }
    }

    /// Somebody else goes on.
    pub async fn be(&mut self, who: &str) {
        self.browser = self.typed.who(who).await;
        self.who = who.to_owned();
    }

    fn about(&self, what: &str, answer: &Answer) -> String {
        format!("{}: {what} by {} at {}: {}", self.typed.name, self.who, self.at, answer.text())
    }

    /// The record's page, as it is for them.
    async fn here(&mut self) -> Answer {
        let page = self.browser.get(&self.at).await;
        assert_eq!(page.status, StatusCode::OK, "{}", self.about("reading", &page));
        page
    }

    pub async fn sees(&mut self, texts: &[&str]) {
        let page = self.here().await;
        for text in texts {
            assert!(page.text().contains(text), "no `{text}`; {}", self.about("reading", &page));
        }
    }

    pub async fn finds_nothing(&mut self) {
        let page = self.browser.get(&self.at).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", self.about("reading", &page));
    }

    /// The record of the list whose line holds the text.
    pub async fn open(&mut self, object: &str, text: &str) {
        let path = path_of(&ObjectName::new(object));
        let list = self.browser.get(&path).await;
        let rows = list.body.split("<tr").skip(1).find(|row| row.contains(text));
        let row = rows.unwrap_or_else(|| panic!("no `{text}`; {}", self.about(object, &list)));
        let link = row.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        self.at = unescape(link);
    }

    /// A new record, from the list's own link.
    pub async fn create(&mut self, object: &str, fields: &[(&str, &str)]) {
        let path = path_of(&ObjectName::new(object));
        let list = self.browser.get(&path).await;
        let new = format!("{path}/new");
        assert!(list.body.contains(&format!("href=\"{new}\"")), "no way to a new one; {}", self.about(object, &list));
        let page = self.browser.get(&new).await;
        self.send(&page, &new, fields).await;
    }

    /// A new part of the record, from the form on its page or the one that its page leads to.
    pub async fn add(&mut self, child: &str, fields: &[(&str, &str)]) {
        let (record, new) = (self.at.clone(), format!("/main/{child}/new"));
        let page = self.here().await;
        let link = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let link = link.map(unescape).find(|link| link.starts_with(&format!("{new}?")));
        let page = match link {
            Some(link) => self.browser.get(&link).await,
            None => page,
        };
        self.send(&page, &new, fields).await;
        self.at = record;
    }

    pub async fn edit(&mut self, fields: &[(&str, &str)]) {
        let address = format!("{}/edit", self.at);
        assert!(
            self.here().await.body.contains(&format!("href=\"{address}\"")),
            "{} may not edit {}",
            self.who,
            self.at
        );
        let page = self.browser.get(&address).await;
        self.send(&page, &address, fields).await;
    }

    /// One of the record's buttons, and what asks once more behind it.
    pub async fn press(&mut self, label: &str) {
        let action = format!("{}/move", self.at);
        let page = self.here().await;
        let button = format!(">{label}</button>");
        let forms = page.body.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
        let place =
            forms.filter(|form| form.contains(&format!("action=\"{action}\""))).position(|form| form.contains(&button));
        let place = place.unwrap_or_else(|| panic!("no button `{label}`; {}", self.about("pressing", &page)));
        let form = page.forms(&action).swap_remove(place);
        self.sent(&form).await;
    }

    /// Fills the form in by its labels and sends it.
    async fn send(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) {
        assert_eq!(page.status, StatusCode::OK, "{}", self.about(action, page));
        let text = page.body.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
        let text = text.filter(|form| form.contains(&format!("action=\"{action}\""))).last();
        let text = text.unwrap_or_else(|| panic!("no form; {}", self.about(action, page)));
        let mut form = page.form(action);
        for (label, value) in fields {
            let (name, value) = filled(text, label, value)
                .unwrap_or_else(|| panic!("no `{label}` that takes `{value}`; {}", self.about(action, page)));
            form = form.with(&name, &value);
        }
        self.sent(&form).await;
    }

    async fn sent(&mut self, form: &Form) {
        let mut answer = form.send(&mut self.browser).await;
        // The last step asks once more.
        if answer.status == StatusCode::OK && answer.body.contains("name=\"sure\"") {
            answer = answer.form(&form.action).send(&mut self.browser).await;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", self.about(&form.action, &answer));
        self.at = answer.header("location").to_owned();
        let page = self.here().await;
        assert!(!page.text().contains("Somebody else has changed"), "{}", self.about(&form.action, &page));
    }
}

/// The name and value of the field with that label; of a choice, the value behind the words.
fn filled(form: &str, label: &str, value: &str) -> Option<(String, String)> {
    let (before, _) = form.split_once(&format!("\">{label}<")).or_else(|| form.split_once(&format!("\">{label} <")))?;
    let id = before.rsplit("for=\"").next()?;
    let (_, control) = form.split_once(&format!("id=\"{id}\" name=\""))?;
    let (name, rest) = control.split_once('"')?;
    let select = form.contains(&format!("<select id=\"{id}\""));
    let value = match select {
        false => value.to_owned(),
        true => {
            let options = rest.split("</select>").next()?;
            let option = options.split("<option ").find(|option| option.contains(&format!(">{value}")))?;
            unescape(option.split("value=\"").nth(1)?.split('"').next()?)
        }
    };
    Some((unescape(name), value))
}
