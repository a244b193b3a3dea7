//! Forms of a page, as a browser fills and sends them.

use super::browser::{Answer, Browser, unescape};

#[derive(Clone)]
pub struct Form {
    pub action: String,
    pub pairs: Vec<(String, String)>,
}

impl Answer {
    /// The form that leads there.
    pub fn form(&self, action: &str) -> Form {
        let mut forms = self.forms(action);
        assert!(!forms.is_empty(), "no form to {action}: {}", self.body);
        forms.swap_remove(0)
    }

    /// All that lead there.
    pub fn forms(&self, action: &str) -> Vec<Form> {
        let forms = self.body.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let wanted = format!("action=\"{action}\"");
        let forms = forms.filter(|form| form.contains(&wanted));
        forms.map(|text| Form { action: action.to_owned(), pairs: fields(text) }).collect()
    }
}

impl Form {
    /// With this filled in.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let known = self.pairs.iter_mut().find(|(known, _)| known == name);
        match known {
            Some(pair) => pair.1 = value.to_owned(),
            // Radios and boxes that were not chosen are not sent.
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Another of it, with this filled in.
    pub fn clone_with(&self, name: &str, value: &str) -> Self {
        self.clone().with(name, value)
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(known, _)| known != name);
        self
    }

    pub fn get(&self, name: &str) -> &str {
        let known = self.pairs.iter().find(|(known, _)| known == name);
        known.map_or_else(|| panic!("no field `{name}` among {:?}", self.names()), |(_, value)| value.as_str())
    }

    pub fn names(&self) -> Vec<&str> {
        self.pairs.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub async fn send(&self, browser: &mut Browser) -> Answer {
        let pairs: Vec<(&str, &str)> = self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(&self.action, &pairs).await
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(unescape(rest.split('"').next()?))
}

fn fields(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for rest in text.split('<').skip(1) {
        let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
        let Some(name) = attribute(tag, "name") else { continue };
        let chosen = !tag.contains("checkbox") && !tag.contains("radio") || tag.contains(" checked");
        if tag.starts_with("input") && chosen {
            pairs.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("textarea") {
            pairs.push((name, unescape(after.strip_prefix('\n').unwrap_or(after))));
        } else if tag.starts_with("select") {
            let options = text.split(&format!("name=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
            let options: Vec<&str> = options.split("<option").skip(1).collect();
            let chosen = options.iter().find(|option| option.contains(" selected")).or(options.first());
            pairs.push((name, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()));
        }
    }
    pairs
}
