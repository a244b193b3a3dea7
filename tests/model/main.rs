//! From documents to the access model, and what can be said about it.

mod cases;
mod catalogue;
mod computed;
mod facets;
mod integrations;
mod kinds;
mod labels;
mod order;
mod pages;
mod project;
mod resolve;
mod writes;
