//! What holds for whatever is thrown at it.

#[path = "property/diff.rs"]
mod diff;
#[path = "property/server.rs"]
mod server;
#[path = "property/states.rs"]
mod states;
