use super::{FIELD, FIND, PARENT};
use std::collections::BTreeMap;

/// A form as it was sent.
#[derive(Debug, Clone, Default)]
pub struct Submitted {
    pairs: Vec<(String, String)>,
}

impl Submitted {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What was filled in, by the names of slots.
    pub fn values(&self) -> BTreeMap<String, String> {
        let filled = |name: &str| name.starts_with(FIELD) || name.starts_with(PARENT);
        self.pairs.iter().filter(|(name, _)| filled(name)).cloned().collect()
    }

    /// The slot whose choices somebody wants to search, and everything that is searched for.
    pub fn found(&self) -> BTreeMap<String, String> {
        let pairs = self.pairs.iter().filter_map(|(name, value)| Some((name.strip_prefix(FIND)?.to_owned(), value)));
        pairs.map(|(name, value)| (name, value.trim().chars().take(100).collect())).collect()
    }

    /// Whether somebody was asked to decide about this slot.
    pub fn asked(&self, slot: &str) -> bool {
        self.pairs.iter().any(|(name, value)| name == "asked" && value == slot)
    }

    /// Whether it was sent to be shown again, not to be done.
    pub fn only_shows(&self) -> bool {
        self.get("again").is_some()
    }

    /// What a page that stands between carries on: everything but what belongs to a session.
    pub fn carried(&self) -> Vec<(String, String)> {
        let mine = |name: &str| matches!(name, "csrf" | "submission" | "again");
        self.pairs.iter().filter(|(name, _)| !mine(name)).cloned().collect()
    }

    /// Names what was sent, by whom and where to. The same form with something else in it is another:
    /// someone who goes back, changes a word and sends it again does not mean the first.
    pub fn id(&self, path: &str, session: &str) -> String {
        let mut hash = blake3::Hasher::new();
        let mut add = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        add(path);
        add(session);
        for (name, value) in self.pairs.iter().filter(|(name, _)| name != "csrf") {
            add(name);
            add(value);
        }
        hash.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Submitted {
        Submitted::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_is_the_same_only_with_the_same_in_it_from_the_same_session() {
        let form = sent(&[("csrf", "1"), ("submission", "a"), ("v.x", "1")]);
        let id = form.id("/case/new", "s");
        assert_eq!(id, sent(&[("csrf", "2"), ("submission", "a"), ("v.x", "1")]).id("/case/new", "s"));
        assert_ne!(id, sent(&[("csrf", "1"), ("submission", "a"), ("v.x", "2")]).id("/case/new", "s"));
        assert_ne!(id, sent(&[("csrf", "1"), ("submission", "b"), ("v.x", "1")]).id("/case/new", "s"));
        assert_ne!(id, form.id("/case/1/edit", "s"));
        assert_ne!(id, form.id("/case/new", "t"));
        assert_eq!(id.len(), 64);
    }

    #[test]
    fn a_page_between_carries_nothing_of_a_session() {
        let form = sent(&[
            ("csrf", "1"),
            ("submission", "a"),
            ("again", "1"),
            ("was", "w"),
            ("v.x", "1"),
            ("find.v.y", " z "),
        ]);
        assert_eq!(
            form.carried().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["was", "v.x", "find.v.y"]
        );
        assert_eq!(form.values().into_iter().collect::<Vec<_>>(), [("v.x".to_owned(), "1".to_owned())]);
        assert_eq!(form.found().get("v.y").map(String::as_str), Some("z"));
    }
}
