//! The words that a constraint allows, from its text as PostgreSQL writes it.

/// Of `CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))`, however it is cast, and of `status = 'open'` or several
/// of these; `None`: it says something else, or something besides.
pub fn values_of(check: &str) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = String::new();
    let mut letters = check.chars().peekable();
    let mut quoted_name = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                quoted_name = !quoted_name;
                rest.push('n');
            }
            _ if quoted_name => {}
            '\'' => {
                // A backslash is doubled only in `E'…'`, which no list of words needs.
                if rest.ends_with('E') {
                    return None;
                }
                let mut value = String::new();
                loop {
                    match letters.next()? {
                        '\'' if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        '\'' => break,
                        other => value.push(other),
                    }
                }
                values.push(value);
                rest.push('\'');
            }
            // A function of the column is not the column.
            '(' if rest.ends_with(|before: char| before.is_alphanumeric() || before == '_') => return None,
            other => rest.push(other),
        }
    }
    let shape = shape(&rest);
    let of_list = shape.strip_prefix("=ANY").map(|list| list.replace("ARRAY", ""));
    let fits = match of_list {
        Some(list) => list.chars().all(|c| matches!(c, '\'' | ',')),
        None => shape.split("OR").all(|part| part == "='"),
    };
    (fits && !values.is_empty()).then_some(values)
}

/// Without `CHECK`, the column, casts, brackets and spaces.
fn shape(text: &str) -> String {
    let text = text.strip_prefix("CHECK").unwrap_or(text);
    let mut shape = String::new();
    for word in text.split(['(', ')', '[', ']', ' ']) {
        for (at, part) in word.split(',').enumerate() {
            if at > 0 {
                shape.push(',');
            }
            let part = part.split("::").next().unwrap_or(part);
            let is_name = part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == '.')
                && !matches!(part, "ANY" | "ARRAY" | "OR" | "AND" | "NOT" | "IS" | "NULL" | "ALL");
            // The second word of `character varying` is part of a cast.
            if !is_name {
                shape.push_str(part);
            }
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(check: &str) -> Option<String> {
        values_of(check).map(|values| values.join("|"))
    }

    #[test]
    fn lists_of_words_are_read_in_every_form() {
        for (check, expected) in [
            ("CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))", "open|closed"),
            (
                "CHECK (((status)::text = ANY ((ARRAY['open'::character varying, 'it''s'::character varying])::text[])))",
                "open|it's",
            ),
            (
                "CHECK (((VALUE)::text = ANY (ARRAY[('a'::character varying)::text, ('b, c'::character varying)::text])))",
                "a|b, c",
            ),
            ("CHECK (((kind = 'a'::bpchar) OR (kind = 'b'::bpchar)))", "a|b"),
            ("CHECK ((\"a \"\" ( OR\" = 'x'::text))", "x"),
        ] {
            assert_eq!(words(check).as_deref(), Some(expected), "{check}");
        }
    }

    #[test]
    fn anything_else_is_no_list() {
        for check in [
            "CHECK ((length(name) > 3))",
            "CHECK ((status <> 'open'::text))",
            "CHECK ((status <> ALL (ARRAY['open'::text])))",
            "CHECK (((status = 'a'::text) AND (other = 'b'::text)))",
            "CHECK ((NOT (status = ANY (ARRAY['a'::text]))))",
            "CHECK ((lower(status) = ANY (ARRAY['a'::text])))",
            "CHECK ((status ~~ 'a%'::text))",
            "CHECK ((amount > (0)::numeric))",
            "CHECK ((status = E'a\\\\b'::text))",
        ] {
            assert_eq!(words(check), None, "{check}");
        }
    }
}
