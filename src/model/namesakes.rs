//! Two people of two casts are not called the same: those of the later one get other names, wherever it speaks of them.

use super::Given;
use std::collections::BTreeSet;

const FIRST: &str = "Rosa Jonas Leila Victor Nadia Emil Carmen Tariq Ingrid Hugo Yara Felix Maren Dario Selma Oskar Priya Anton \
                     Greta Malik";
const LAST: &str = "Keller Novotny Sandberg Marchetti Okoye Falk Duarte Rahimi Winter Castell Ferraro Jansen Moreau Kowalski \
                    Larsen Adeyemi Bauer Silva Petrov Tanaka";

/// The people of a cast whose names are taken, and what they are called instead.
#[derive(Debug, Default)]
pub(super) struct Namesakes {
    renamed: Vec<(Name, Name)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    first: String,
    last: String,
}

impl Name {
    fn parse(title: &str) -> Option<Self> {
        let (first, last) = title.rsplit_once(' ')?;
        Some(Self { first: first.to_owned(), last: last.to_owned() })
    }

    fn whole(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    fn address(&self) -> String {
        format!("{}.{}@", self.first, self.last).to_lowercase()
    }
}

impl Namesakes {
    pub(super) fn of(cast: &Given, before: &Given) -> Self {
        let mut taken: BTreeSet<String> = before.users.values().map(|user| user.title.clone()).collect();
        let namesakes: Vec<&str> =
            cast.users.values().map(|user| user.title.as_str()).filter(|title| taken.contains(*title)).collect();
        taken.extend(cast.users.values().map(|user| user.title.clone()));
        let firsts: Vec<&str> = FIRST.split_whitespace().collect();
        let lasts: Vec<&str> = LAST.split_whitespace().collect();
        let start = before.users.len();
        let mut spare = (start..start + firsts.len() * lasts.len()).map(|place| Name {
            first: firsts[place % firsts.len()].to_owned(),
            last: lasts[(place * 7 + place / firsts.len()) % lasts.len()].to_owned(),
        });
        let mut renamed: Vec<(Name, Name)> = Vec::new();
        for name in namesakes.into_iter().filter_map(Name::parse) {
            if renamed.iter().any(|(old, _)| *old == name) {
                continue;
            }
            let Some(new) = spare.find(|new| !taken.contains(&new.whole())) else { break };
            renamed.push((name, new));
        }
        Self { renamed }
    }

    /// The text with their new names: whole, as the name of a family or a firm, in an address, alone in a field.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (old, new) in &self.renamed {
            if text == old.first {
                return new.first.clone();
            }
            text = text.replace(&old.whole(), &new.whole()).replace(&old.address(), &new.address());
        }
        self.families(&text)
    }

    fn families(&self, text: &str) -> String {
        let mut done = String::with_capacity(text.len());
        for part in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
            match self.renamed.iter().find(|(old, _)| old.last == word) {
                Some((_, new)) => {
                    done.push_str(&new.last);
                    done.push_str(&part[word.len()..]);
                }
                None => done.push_str(part),
            }
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GivenUser;
    use crate::names::UserLabel;

    fn cast(titles: &[&str]) -> Given {
        let user = |title: &&str| GivenUser {
            title: (*title).to_owned(),
            email: String::new(),
            places: Vec::new(),
            keys: std::collections::BTreeMap::new(),
            assigned: Vec::new(),
            reports_to: None,
            mfa: false,
        };
        let users = titles.iter().enumerate().map(|(at, title)| (UserLabel::new(format!("u{at}")), user(title)));
        Given { users: users.collect(), ..Given::default() }
    }

    #[test]
    fn a_namesake_is_called_something_else_wherever_the_cast_speaks_of_them() {
        let names = Namesakes::of(&cast(&["Ann Berg", "Ada Novak"]), &cast(&["Ann Berg", "Bea Lindqvist"]));
        let new = names.in_text("Ann Berg");
        let (first, last) = new.split_once(' ').unwrap();
        assert_ne!(new, "Ann Berg");
        let spoken = names.in_text("Ann Berg and Lea Berg, family (Berg), ann.berg@north.example, Bergen, Ann's");
        let address = format!("{first}.{last}@north.example").to_lowercase();
        assert_eq!(spoken, format!("{new} and Lea {last}, family ({last}), {address}, Bergen, Ann's"));
        assert_eq!((names.in_text("Ann").as_str(), names.in_text("Berg").as_str()), (first, last));
        assert_eq!(names.in_text("Ada Novak"), "Ada Novak");
    }

    #[test]
    fn no_name_is_given_twice() {
        let titles: Vec<String> = (0..60).map(|at| format!("Somebody N{at}")).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let names = Namesakes::of(&cast(&titles), &cast(&titles));
        let new: BTreeSet<String> = titles.iter().map(|title| names.in_text(title)).collect();
        assert_eq!(new.len(), titles.len());
        assert!(titles.iter().all(|title| !new.contains(*title)));
    }
}
