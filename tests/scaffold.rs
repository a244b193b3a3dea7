//! The generated files: what is in them, and what becomes of them when they are generated again.

mod scaffold {
    mod command;
    mod contract;
    mod interrupted;
    mod property;
    mod render;
    pub(crate) mod support;
}
