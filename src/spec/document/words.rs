//! What people are shown: a text for every language, or one for each.

use crate::diagnostic::Spanned;
use crate::names::Language;

/// `Case`, or `{en: Case, de: Fall}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordsDoc {
    /// For every language.
    Plain(String),
    /// In written order.
    Spoken(Vec<(Spanned<Language>, String)>),
}
