//! What the templates are given: plain values, already in the reader's form. A template decides how
//! something looks, never who may see it.

mod cell;
mod form;
mod page;
mod shell;
mod team;

pub use cell::{Cell, CellKind};
pub use form::{
    Actions, AgainView, AttachmentsView, ConflictView, DeleteView, DifferenceView, EventView, FileView, FindView,
    FormView, MoveView, ProblemView, ShareView, SharingView, SlotKind, SlotView,
};
pub use page::{
    Chip, ErrorView, Fact, FilterView, HiddenField, HomeCard, LinkView, ListView, Moment, NamedLink, OptionView,
    PortalEntry, RecentRow, Record, RelatedView, RowView, SearchView, SortLink, TableColumn,
};
pub use shell::{Assets, BrandView, Canvas, LanguageEntry, NavEntry, PageHead, Shell, UserView};
pub use team::{AskedPage, AskedView, FactView, MemberPage, MemberView, SwitchView, TeamView};
