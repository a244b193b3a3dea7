//! What of a row policy's text decides about rows.

/// The text without the roles it is held to, the first argument of each call that asks the context
/// (`tenant_key('{…}'::text[], …)`): a persona that joins or leaves a shared policy changes nothing for the others.
pub fn rows_of(text: &str) -> String {
    let mut rows = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("('{") {
        let (before, list) = rest.split_at(at + 2);
        rows.push_str(before);
        // A function's name ends here, and not an operator or a keyword.
        let called = before[..at].ends_with(|last: char| last == '"' || last == '_' || last.is_alphanumeric());
        let end = if called { list.find("}'::").unwrap_or(0) } else { 0 };
        rest = &list[end..];
    }
    rows + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_list_of_roles_is_passed_over() {
        let text = |roles: &str, key: &str| {
            format!(
                "((a = (( SELECT c.tenant_key('{{{roles}}}'::text[], ''::text, 'key'::text)))::integer) AND (tags = ('{{{key}}}'::text[])) \
                 AND (b = ANY ((( SELECT c.\"k-1\"('{{{roles}}}'::text[])))::integer[])) AND (c = ANY (ARRAY[{key}])))"
            )
        };
        assert_eq!(rows_of(&text("a", "1")), rows_of(&text("a,b", "1")));
        assert_ne!(rows_of(&text("a", "1")), rows_of(&text("a", "2")));
        assert_eq!(rows_of("true"), "true");
        // What a document may write as a value is no list of roles.
        assert_ne!(rows_of("(a = 'f(''{x}''::text[])'::text)"), rows_of("(a = 'f(''{y}''::text[])'::text)"));
    }
}
