//! A document line by line, where each line may come from another file.

use crate::diagnostic::Span;

/// `tenant_kind: customer`, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLine {
    /// How deep it stands under the lines above.
    pub depth: usize,
    pub text: String,
    pub span: Span,
}
