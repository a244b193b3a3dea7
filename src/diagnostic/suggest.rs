//! "Did you mean".

/// The entry of `known` that `written` was most likely meant to be; `None` where nothing is close.
///
/// Ties go to the entry that sorts first, so that the same mistake gets the same answer everywhere.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    close(written, known).min().map(|(_, name)| name)
}

/// The same where nothing else is close, so that it is what was meant.
pub fn only_close<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut close = close(written, known);
    close.next().filter(|_| close.next().is_none()).map(|(_, name)| name)
}

fn close<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = (usize, &'a str)> {
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    let folded = fold(written);
    known
        .into_iter()
        .map(move |name| (strsim::damerau_levenshtein(&folded, &fold(name)), name))
        .filter(move |(distance, name)| *distance <= allowed.max(name.chars().count() / 4) && *distance < name.len())
}

/// `Case-Comment` and `case_comment` differ in nothing that matters to someone who mistyped.
fn fold(name: &str) -> String {
    name.chars().take(200).flat_map(char::to_lowercase).map(|letter| if letter == '-' { '_' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["account", "case", "case_comment", "order"];
        assert_eq!(closest("acount", known), Some("account"));
        assert_eq!(closest("case-comments", known), Some("case_comment"));
        assert_eq!(closest("Order", known), Some("order"));
        assert_eq!(closest("product", known), None);
        assert_eq!(closest("", known), None);
        assert_eq!(closest("x", ["a", "b"]), None);
        assert_eq!(only_close("acount", known), Some("account"));
        assert_eq!(only_close("cat", ["cut", "bat"]), None);
    }

    #[test]
    fn the_answer_does_not_depend_on_the_order_of_what_is_known() {
        assert_eq!(closest("cat", ["cut", "bat", "rat"]), closest("cat", ["rat", "cut", "bat"]));
    }
}
