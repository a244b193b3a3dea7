use super::{Cell, FormView, HiddenField};
use serde::Serialize;

/// The people of one's own tenant.
#[derive(Debug, Clone, Serialize)]
pub struct TeamView {
    pub members: Vec<MemberView>,
    /// The form to invite somebody.
    pub invite: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MemberView {
    pub name: String,
    /// Where the name is not the address.
    pub email: Option<String>,
    /// What its people are called.
    pub audience: String,
    pub state: Cell,
    /// Its page; `None`: there is nothing to change.
    pub href: Option<String>,
    /// Why nothing, or not everything, of it is changed here.
    pub fixed: Option<String>,
}

/// The page of one of them.
#[derive(Debug, Clone, Serialize)]
pub struct MemberPage {
    pub member: MemberView,
    /// To move them to another audience.
    pub form: Option<FormView>,
    /// To disable or to enable them.
    pub switch: Option<SwitchView>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SwitchView {
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub label: String,
    /// What it does.
    pub about: String,
    /// It takes something away.
    pub takes: bool,
}

/// Somebody who asks to be let in.
#[derive(Debug, Clone, Serialize)]
pub struct AskedView {
    pub name: String,
    /// Where the name is not the address.
    pub email: Option<String>,
    pub company: Option<String>,
    pub at: String,
    /// They have a place in the portal already.
    pub known: bool,
    pub href: String,
}

/// The page of one of them.
#[derive(Debug, Clone, Serialize)]
pub struct AskedPage {
    pub asked: AskedView,
    /// What else they wrote.
    pub facts: Vec<FactView>,
    pub approve: FormView,
    pub reject: FormView,
}

#[derive(Debug, Clone, Serialize)]
pub struct FactView {
    pub label: String,
    pub text: String,
}
