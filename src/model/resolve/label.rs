//! Labels from names: `case_comment` → "Case comment", "Case comments".

pub(super) fn singular(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The regular English plural; a name with an irregular one is given a label.
pub(super) fn plural(one: &str) -> String {
    let stem = |cut: usize| &one[..one.len() - cut];
    let before_y = one.chars().rev().nth(1);
    if one.is_empty() {
        String::new()
    } else if one.ends_with('y') && before_y.is_some_and(|letter| !"aeiouAEIOU ".contains(letter)) {
        format!("{}ies", stem(1))
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|end| one.ends_with(end)) {
        format!("{one}es")
    } else {
        format!("{one}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(singular("case_comment"), "Case comment");
        assert_eq!(singular("knowledge-base"), "Knowledge base");
        for (one, many) in [
            ("Case comment", "Case comments"),
            ("Company", "Companies"),
            ("Survey", "Surveys"),
            ("Address", "Addresses"),
            ("Box", "Boxes"),
            ("Batch", "Batches"),
            ("Y", "Ys"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
