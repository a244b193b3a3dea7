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
    let folded: String = fold(written).collect();
    let letters = Letters::of(&folded);
    known.into_iter().filter_map(move |name| {
        let most = allowed.max(name.chars().count() / 4);
        // Most names are far off, and to count their letters tells so without laying them beside each other.
        if letters.differ_from(name) > most {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&folded, &fold(name).collect::<String>());
        (distance <= most && distance < name.len()).then_some((distance, name))
    })
}

/// `Case-Comment` and `case_comment` differ in nothing that matters to someone who mistyped.
fn fold(name: &str) -> impl Iterator<Item = char> {
    name.chars().take(200).flat_map(char::to_lowercase).map(|letter| if letter == '-' { '_' } else { letter })
}

/// How often each letter is in a name; what is not ASCII counts as one.
struct Letters([i32; 128]);

impl Letters {
    fn of(folded: &str) -> Self {
        let mut counts = [0; 128];
        folded.chars().for_each(|letter| counts[place(letter)] += 1);
        Self(counts)
    }

    /// How many slips there are at least: each takes one letter, gives one, or puts one in the place of another.
    fn differ_from(&self, name: &str) -> usize {
        let mut counts = self.0;
        fold(name).for_each(|letter| counts[place(letter)] -= 1);
        let sum =
            |of: fn(i32) -> i32| counts.iter().map(|count| usize::try_from(of(*count)).unwrap_or(0)).sum::<usize>();
        sum(|count| count.max(0)).max(sum(|count| (-count).max(0)))
    }
}

fn place(letter: char) -> usize {
    if letter.is_ascii() { letter as usize } else { 127 }
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

    #[test]
    fn counting_letters_leaves_out_no_name_that_is_close() {
        let names = [
            "account",
            "accounts",
            "acount",
            "cat",
            "Case-Comment",
            "case_comment",
            "größe",
            "grösse",
            "tac",
            "",
            "übung",
        ];
        for (one, other) in names.iter().flat_map(|one| names.iter().map(move |other| (one, other))) {
            let (folded, beside): (String, String) = (fold(one).collect(), fold(other).collect());
            let least = Letters::of(&folded).differ_from(other);
            assert!(least <= strsim::damerau_levenshtein(&folded, &beside), "{one} and {other}: {least}");
        }
    }
}
