//! What a plain (unquoted) scalar means. YAML 1.1 and 1.2 disagree about many of them, and editors,
//! formatters and other tools follow either, so whatever they might read differently is ambiguous.

/// What an unquoted scalar is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Null,
    Boolean(bool),
    /// A decimal number in its usual spelling.
    Number,
    /// Read differently by different tools; the text says as what.
    Ambiguous(&'static str),
    Text,
}

/// Digits beyond this are no number anyone writes by hand.
const MAX_NUMBER_BYTES: usize = 100;

pub(super) fn classify(text: &str) -> Plain {
    // Most scalars are words, and few words begin like something else.
    let first = text.bytes().next().unwrap_or(b'~');
    if first.is_ascii_alphabetic() && !matches!(first.to_ascii_lowercase(), b't' | b'f' | b'y' | b'n' | b'o') {
        return Plain::Text;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" => return Plain::Boolean(true),
        "false" => return Plain::Boolean(false),
        _ => {}
    }
    if text.len() <= 5 && ["yes", "no", "on", "off", "true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
    {
        return Plain::Ambiguous("a boolean");
    }
    if is_usual_number(text) {
        return if text.len() <= MAX_NUMBER_BYTES { Plain::Number } else { Plain::Ambiguous("a number") };
    }
    if looks_like_number(text) { Plain::Ambiguous("a number") } else { Plain::Text }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`, as JSON has it.
fn is_usual_number(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = split_digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return false;
    }
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => match split_digits(fraction) {
            ("", _) => return false,
            (_, rest) => rest,
        },
    };
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(exponent) => {
            let (digits, rest) = split_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
            !digits.is_empty() && rest.is_empty()
        }
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Other spellings that some YAML version takes for a number: `0755`, `1_000`, `0x1F`, `0o17`, `+5`, `.5`, `.inf`.
fn looks_like_number(text: &str) -> bool {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if [".inf", ".nan"].iter().any(|word| rest.eq_ignore_ascii_case(word)) {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = rest.strip_prefix(prefix) {
            return !digits.is_empty() && digits.chars().all(|c| c == '_' || c.is_digit(radix));
        }
    }
    let mantissa = rest.split(['e', 'E']).next().unwrap_or(rest);
    let exponent = &rest[mantissa.len()..];
    let exponent_is_numeric = exponent.is_empty()
        || (exponent.len() > 1
            && exponent[1..].trim_start_matches(['-', '+']).bytes().all(|byte| byte.is_ascii_digit())
            && exponent.bytes().last().is_some_and(|byte| byte.is_ascii_digit()));
    exponent_is_numeric
        && mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b'.')
        && mantissa.bytes().filter(|byte| *byte == b'.').count() <= 1
        && !mantissa.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_read_differently_is_ambiguous() {
        for text in
            ["no", "NO", "Off", "yes", "True", "0755", "1_000", "0x1F", "0o17", "+5", ".5", "5.", ".inf", "-.NaN"]
        {
            assert!(matches!(classify(text), Plain::Ambiguous(_)), "{text}");
        }
    }

    #[test]
    fn usual_numbers_booleans_and_nulls() {
        for text in ["0", "-1", "1042", "3.14", "0.5", "1e3", "-2.5E-7"] {
            assert_eq!(classify(text), Plain::Number, "{text}");
        }
        assert_eq!(classify("true"), Plain::Boolean(true));
        for text in ["", "~", "null"] {
            assert_eq!(classify(text), Plain::Null);
        }
    }

    #[test]
    fn text_that_only_starts_like_a_number_is_text() {
        for text in
            ["7y", "30m", "2026-01-15", "10MiB", "1.2.3", "0123abc", "A-77", "12:30", "e3", "0x", "-", "+", ".", "_1"]
        {
            assert_eq!(classify(text), Plain::Text, "{text}");
        }
        assert!(matches!(classify(&"9".repeat(101)), Plain::Ambiguous(_)));
    }
}
