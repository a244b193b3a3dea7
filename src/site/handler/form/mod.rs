//! Pages that change rows: forms, buttons, and what they lead to.

mod act;
mod again;
mod attach;
mod choices;
mod conflict;
mod create;
mod delete;
mod edit;
mod editing;
mod entry;
mod file_words;
mod hand_over;
mod page;
mod share;

pub use act::{actions, transition};
pub use attach::{attach, attachments, detach, find_file, show_detach};
pub use choices::names as row_names;
pub use create::{create, inline, show_new};
pub use delete::{delete, show_delete};
pub use edit::{edit, show_edit};
pub use entry::{Entered, Entry, Outcome, done_before, enter, finish, hidden, secrets};
pub use hand_over::{hand_over, show_hand_over};
pub use share::{ShareDraft, share, sharing, unshare};
