/// Names in a form: what is filled in begins so, and can never be taken for what a page adds.
pub const FIELD: &str = "v.";
/// Whose child the row is, as lists say it in their address.
pub const PARENT: &str = "of.";
/// What a choice is searched for.
pub const FIND: &str = "find.";
