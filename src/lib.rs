//! portalctl: portals as code.
//!
//! The crate is a house of one-way floors. A room may use the floors under it, never one above, and rooms on
//! one floor do not know each other; `tests/architecture.rs` holds them to it.
//!
//! | floor | rooms | what they do |
//! |---|---|---|
//! | 7 | [`cli`] | gather, compute, act: one file per verb |
//! | 6 | [`site`] | the pages that people sign in to |
//! | 5 | [`adapters`] | files, clock, terminal, the local cluster, the database |
//! | 4 | [`plan`] | what `apply` would do, and the only place that writes DDL |
//! | 3 | [`check`], [`analysis`], [`scaffold`], [`guide`], [`import`] | findings, decisions, the files of a site, how to begin, objects for tables that are there |
//! | 2 | [`model`], [`state`] | the resolved access model; what a database holds |
//! | 1 | [`spec`], [`catalog`] | documents as written; the texts that the binary carries |
//! | 0 | [`names`], [`diagnostic`], [`parallel`] | newtypes for names; places and findings; work shared out between cores |
//!
//! Floors 0 to 4 are the core: they touch no environment, clock, file, process or terminal.

#![cfg_attr(
    not(test),
    deny(
        clippy::exit,
        clippy::expect_used,
        clippy::get_unwrap,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unwrap_used
    )
)]

pub mod adapters;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod analysis;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod catalog;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod check;
pub mod cli;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod diagnostic;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod guide;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod import;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod model;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod names;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod parallel;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod plan;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod scaffold;
pub mod site;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod spec;
#[cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]
pub mod state;
