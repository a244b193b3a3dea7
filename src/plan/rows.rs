//! What of a row policy's text decides about rows.

/// The text without the list of roles it is held to (`current_setting('role') = ANY (ARRAY[…])`): a
/// persona that joins or leaves a shared policy changes nothing for the others.
pub fn rows_of(text: &str) -> String {
    let Some(acting) = text.find("current_setting('role'") else { return text.to_owned() };
    let Some(from) = text[acting..].find("ARRAY[").map(|at| acting + at) else { return text.to_owned() };
    let Some(to) = text[from..].find(']').map(|at| from + at) else { return text.to_owned() };
    format!("{}{}", &text[..from], &text[to..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_list_of_roles_is_passed_over() {
        let text = |roles: &str, key: &str| {
            format!("(( SELECT (current_setting('role'::text) = ANY (ARRAY[{roles}]))) AND (a = ANY (ARRAY[{key}])))")
        };
        assert_eq!(rows_of(&text("'a'::text", "1")), rows_of(&text("'a'::text, 'b'::text", "1")));
        assert_ne!(rows_of(&text("'a'::text", "1")), rows_of(&text("'a'::text", "2")));
        assert_eq!(rows_of("true"), "true");
    }
}
