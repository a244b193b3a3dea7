//! What stands for a value that is masked.

use crate::model::Mask;

/// `None`: the digest depends on a key that only the database has.
pub fn masked(mask: Mask, value: &str) -> Option<String> {
    let dots = "••••";
    match mask {
        // Spaces are no characters of an account number.
        Mask::Last4 => {
            let letters: Vec<char> = value.chars().filter(|letter| !letter.is_whitespace()).collect();
            let shown = if letters.len() >= 8 { &letters[letters.len() - 4..] } else { &[] };
            Some(dots.chars().chain(shown.iter().copied()).collect())
        }
        Mask::Email => Some(match value.split_once('@') {
            Some((name, domain)) if !name.is_empty() && !domain.is_empty() && !domain.contains('@') => {
                let first: String = name.chars().take(1).collect();
                format!("{first}•••@{domain}")
            }
            _ => "•••".to_owned(),
        }),
        Mask::Hash => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_tell_little_and_never_how_long_a_value_is() {
        assert_eq!(masked(Mask::Last4, "DE12 3456 7890").as_deref(), Some("••••7890"));
        assert_eq!(masked(Mask::Last4, "1234567").as_deref(), Some("••••"));
        assert_eq!(masked(Mask::Email, "ann@globex.example").as_deref(), Some("a•••@globex.example"));
        assert_eq!(masked(Mask::Email, "@globex.example").as_deref(), Some("•••"));
        assert_eq!(masked(Mask::Email, "a@b@c").as_deref(), Some("•••"));
        assert_eq!(masked(Mask::Hash, "x"), None);
    }
}
