//! Identifiers and literals as SQL text. DDL cannot bind parameters, so this is where quoting is
//! done, and the only place.

use std::fmt;

/// PostgreSQL cuts longer identifiers in silence (`NAMEDATALEN` 64, less the terminator).
pub const MAX_IDENTIFIER_BYTES: usize = 63;

/// An identifier that displays quoted: `"or""der"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ident<'a>(&'a str);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentError {
    #[error("an identifier cannot be empty")]
    Empty,
    #[error("an identifier cannot hold a NUL character")]
    Nul,
    #[error("`{0}` is {1} bytes long, PostgreSQL takes {MAX_IDENTIFIER_BYTES}")]
    TooLong(String, usize),
}

impl<'a> Ident<'a> {
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Whether PostgreSQL would take `text` as it stands.
    ///
    /// # Errors
    /// Says what is wrong with it: empty, a NUL, more than 63 bytes.
    pub fn check(text: &'a str) -> Result<Self, IdentError> {
        if text.is_empty() {
            Err(IdentError::Empty)
        } else if text.contains('\0') {
            Err(IdentError::Nul)
        } else if text.len() > MAX_IDENTIFIER_BYTES {
            Err(IdentError::TooLong(text.to_owned(), text.len()))
        } else {
            Ok(Self(text))
        }
    }

    /// `text` as a string constant, safe whatever `standard_conforming_strings` says; PostgreSQL stores no NUL.
    pub fn literal(text: &str) -> String {
        let doubled = text.replace('\0', "").replace('\'', "''");
        if doubled.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
    }
}

/// `base` and `suffix` as one name that PostgreSQL does not cut: what would be lost of `base` is a hash of the whole,
/// so that two long names stay two.
pub fn fitting(base: &str, suffix: &str) -> String {
    if base.len() + suffix.len() <= MAX_IDENTIFIER_BYTES {
        return format!("{base}{suffix}");
    }
    let hash = blake3::hash(base.as_bytes()).to_hex();
    let tail = format!("__{}{suffix}", &hash[..8]);
    let mut end = MAX_IDENTIFIER_BYTES - tail.len();
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{tail}", &base[..end])
}

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\"").replace('\0', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_leaves_no_way_out() {
        assert_eq!(Ident::new(r#"a"; drop table x; --"#).to_string(), r#""a""; drop table x; --""#);
        assert_eq!(Ident::literal(r"it's \ here"), r"E'it''s \\ here'");
        assert_eq!((Ident::new("a\0b").to_string(), Ident::literal("a\0b")), ("\"ab\"".to_owned(), "'ab'".to_owned()));
    }

    #[test]
    fn what_postgresql_would_cut_or_refuse_is_refused() {
        assert_eq!(Ident::check(""), Err(IdentError::Empty));
        assert_eq!(Ident::check("a\0b"), Err(IdentError::Nul));
        assert!(Ident::check(&"é".repeat(31)).is_ok());
        assert!(matches!(Ident::check(&"é".repeat(32)), Err(IdentError::TooLong(_, 64))));
    }
}
