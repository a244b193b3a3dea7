//! Somebody else may have changed the row since the form was made.

use std::collections::BTreeMap;

/// A digest of each value that the form was made from, by the name of the slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Was {
    digests: BTreeMap<String, String>,
}

/// What became of one value, seen from when the form was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Nobody changed it, both to the same, or somebody else alone: there is nothing to write.
    None,
    /// To be written.
    Mine,
    /// Changed by both, to different values: somebody has to decide.
    Both,
}

impl Was {
    /// Of what each slot shows.
    pub fn of<'a>(shown: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { digests: shown.into_iter().map(|(name, text)| (name.to_owned(), digest(text))).collect() }
    }

    /// As a form carries it.
    pub fn write(&self) -> String {
        self.digests.iter().map(|(name, digest)| format!("{name}:{digest}")).collect::<Vec<_>>().join(" ")
    }

    pub fn read(text: &str) -> Self {
        let pairs = text.split(' ').filter_map(|pair| pair.rsplit_once(':'));
        Self { digests: pairs.map(|(name, digest)| (name.to_owned(), digest.to_owned())).collect() }
    }

    /// Whether the slot showed that. What a form did not hold was not seen, so it is taken as changed.
    pub fn is(&self, name: &str, text: &str) -> bool {
        self.digests.get(name).is_some_and(|known| *known == digest(text))
    }
}

/// `now` and `mine` as the slot shows them.
pub fn compare(was: &Was, name: &str, now: &str, mine: &str) -> Difference {
    if now == mine || was.is(name, mine) {
        Difference::None
    } else if was.is(name, now) {
        Difference::Mine
    } else {
        Difference::Both
    }
}

/// Short: it tells changes from each other, nobody is kept out by it.
fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..20].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_changed_has_to_be_decided() {
        let was = Was::read(&Was::of([("v.x", "old"), ("of.a.b", "")]).write());
        assert_eq!(compare(&was, "v.x", "old", "old"), Difference::None);
        assert_eq!(compare(&was, "v.x", "theirs", "old"), Difference::None);
        assert_eq!(compare(&was, "v.x", "same", "same"), Difference::None);
        assert_eq!(compare(&was, "v.x", "old", "mine"), Difference::Mine);
        assert_eq!(compare(&was, "v.x", "theirs", "mine"), Difference::Both);
        assert_eq!(compare(&was, "of.a.b", "", "1"), Difference::Mine);
        assert_eq!(compare(&was, "v.unseen", "theirs", "mine"), Difference::Both);
        assert_eq!(Was::read("nonsense"), Was::default());
    }
}
