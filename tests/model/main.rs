//! From documents to the access model, and what can be said about it.

mod cases;
mod catalogue;
mod computed;
mod delegation;
mod facets;
mod graph;
mod integrations;
mod kept;
mod kinds;
mod labels;
mod lifecycle;
mod menus;
mod order;
mod page;
mod pages;
mod project;
mod registration;
mod renames;
mod resolve;
mod samples;
mod writes;
