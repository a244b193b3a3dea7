//! What tables and columns are called in documents: names there have lowercase letters, digits and `_` alone.

use std::collections::BTreeSet;

const LONGEST: usize = 63;

/// `OrderLines`, `Order Lines` and `order-lines` as `order_lines`; `other` where nothing can be kept.
pub fn snake(text: &str, other: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut words = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let begins_word = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || before.is_some_and(|before| before.is_uppercase())
                    && letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if begins_word {
            words.push('_');
        }
        match letter.to_lowercase().next().unwrap_or(letter) {
            lower if lower.is_ascii_lowercase() || lower.is_ascii_digit() => words.push(lower),
            lower => words.push_str(plain(lower)),
        }
    }
    let parts: Vec<&str> = words.split('_').filter(|part| !part.is_empty()).collect();
    let name = parts.join("_");
    let name = match name.chars().next() {
        None => other.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{other}_{name}"),
        Some(_) => name,
    };
    name.chars().take(LONGEST).collect::<String>().trim_end_matches('_').to_owned()
}

/// Letters of western Europe without their marks; of others a name keeps nothing.
fn plain(letter: char) -> &'static str {
    match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ù' | 'ú' | 'û' => "u",
        'ý' | 'ÿ' => "y",
        _ => "_",
    }
}

const IRREGULAR: &[(&str, &str)] = &[
    ("people", "person"),
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("indices", "index"),
    ("matrices", "matrix"),
    ("leaves", "leaf"),
    ("analyses", "analysis"),
    ("aliases", "alias"),
    ("statuses", "status"),
    ("bonuses", "bonus"),
    ("buses", "bus"),
    ("viruses", "virus"),
    ("campuses", "campus"),
];
const SAME: &[&str] = &["series", "species", "news", "data", "sales", "goods", "settings", "terms"];

/// Of its last word: `order_lines` is about an `order_line`.
pub fn singular(name: &str) -> String {
    let (before, word) = name.rsplit_once('_').map_or(("", name), |(_, word)| name.split_at(name.len() - word.len()));
    let one = match IRREGULAR.iter().find(|(many, _)| *many == word) {
        Some((_, one)) => (*one).to_owned(),
        None => regular(word),
    };
    format!("{before}{one}")
}

fn regular(word: &str) -> String {
    let stem = |cut: usize| word[..word.len() - cut].to_owned();
    if SAME.contains(&word) || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) || word.len() < 4 {
        word.to_owned()
    } else if word.ends_with("ies") {
        format!("{}y", stem(3))
    } else if ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end)) {
        stem(2)
    } else if word.ends_with('s') {
        stem(1)
    } else {
        word.to_owned()
    }
}

/// Whether the plural that people would be shown for `one` is not the table's own word.
pub fn irregular_plural(one: &str) -> Option<String> {
    let last = one.rsplit('_').next().unwrap_or(one);
    let (many, _) = IRREGULAR[..4].iter().find(|(_, known)| *known == last)?;
    let whole = format!("{}{many}", &one[..one.len() - last.len()]).replace('_', " ");
    let mut letters = whole.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

/// `name`, or the first of `name_2`, `name_3` that is free; it is taken then.
pub fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| {
        let end = format!("_{number}");
        let kept: String = name.chars().take(LONGEST - end.len()).collect();
        format!("{}{end}", kept.trim_end_matches('_'))
    });
    let found = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let found = found.unwrap_or_default();
    taken.insert(found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_gets_a_name_that_documents_take() {
        for (text, name) in [
            ("order_lines", "order_lines"),
            ("OrderLines", "order_lines"),
            ("XMLFeeds", "xml_feeds"),
            ("Order  Lines", "order_lines"),
            ("a__b", "a_b"),
            ("Größe", "groesse"),
            ("2fa_codes", "table_2fa_codes"),
            ("名前", "table"),
            ("a\n\u{1b}[2Jb", "a_2_jb"),
            ("\"; drop table x; --", "drop_table_x"),
            (&"x".repeat(70), &"x".repeat(63)),
        ] {
            assert_eq!(snake(text, "table"), name, "{text:?}");
        }
    }

    #[test]
    fn an_object_is_one_of_its_table() {
        for (many, one) in [
            ("orders", "order"),
            ("order_lines", "order_line"),
            ("companies", "company"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("cases", "case"),
            ("status", "status"),
            ("people", "person"),
            ("order_details", "order_detail"),
            ("bus", "bus"),
            ("customer", "customer"),
            ("news", "news"),
        ] {
            assert_eq!(singular(many), one);
        }
        assert_eq!(irregular_plural("sales_person"), Some("Sales people".to_owned()));
        assert_eq!(irregular_plural("order"), None);
    }

    #[test]
    fn two_of_one_name_stay_two() {
        let mut taken = BTreeSet::new();
        let names: Vec<String> = (0..3).map(|_| free("a", &mut taken)).collect();
        assert_eq!(names, ["a", "a_2", "a_3"]);
        let long = "x".repeat(63);
        assert_eq!((free(&long, &mut taken).len(), free(&long, &mut taken).len()), (63, 63));
    }
}
