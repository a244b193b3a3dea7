//! Floor 5: what touches the world outside.

pub mod asking;
pub mod clock;
pub mod files;
pub mod git;
pub mod git_tree;
pub mod local_postgres;
pub mod new_folder;
pub mod post;
pub mod postgres;
pub mod project_files;
pub mod serving;
pub mod state_folder;
pub mod stored;
pub mod template_folder;
pub mod terminal;
