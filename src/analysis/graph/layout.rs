//! Where everything of the picture stands: audiences on the left, what they reach on the right, one below the other.

use super::measure::{cut, width, wrap};
use super::{AudiencePart, Deed, Graph, Group, Reached};

pub(super) const WIDTH: u32 = 1160;
pub(super) const PORTAL_LEFT: u32 = 20;
pub(super) const WALL_LEFT: u32 = 36;
pub(super) const WALL_RIGHT: u32 = 1124;
pub(super) const CARD_LEFT: u32 = 56;
pub(super) const CARD_WIDTH: u32 = 192;
/// Where the arrows of an audience go down together.
pub(super) const TRUNK: u32 = 262;
pub(super) const GROUP_LEFT: u32 = 400;
pub(super) const GROUP_WIDTH: u32 = 704;
pub(super) const CELL_WIDTH: u32 = 332;
pub(super) const GAP: u32 = 12;
pub(super) const CHIP: u32 = 20;
pub(super) const HEAD: u32 = 34;
const LEGEND_END: u32 = 132;

pub(super) struct Picture<'a> {
    pub height: u32,
    pub portals: Vec<PortalBox<'a>>,
}

pub(super) struct PortalBox<'a> {
    pub title: &'a str,
    pub name: &'a str,
    pub top: u32,
    pub height: u32,
    pub bands: Vec<Band<'a>>,
}

/// One audience with all that it reaches.
pub(super) struct Band<'a> {
    pub audience: &'a AudiencePart,
    pub label: Vec<String>,
    pub who: Vec<String>,
    pub card: (u32, u32),
    /// Top and height of the wall; none: nothing that the audience reaches is behind one.
    pub wall: Option<(u32, u32)>,
    pub groups: Vec<GroupBox<'a>>,
}

pub(super) struct GroupBox<'a> {
    pub group: &'a Group,
    pub top: u32,
    pub height: u32,
    pub cells: Vec<Cell<'a>>,
}

/// One object in one scope.
pub(super) struct Cell<'a> {
    pub object: &'a Reached,
    pub left: u32,
    pub top: u32,
    pub height: u32,
    pub chips: Vec<Chip>,
    /// Where the chips end.
    pub end: u32,
    pub limits: Vec<String>,
    pub label: String,
}

pub(super) struct Chip {
    pub text: String,
    pub changes: bool,
    pub left: u32,
    pub top: u32,
}

impl GroupBox<'_> {
    pub fn class(&self) -> &'static str {
        if self.group.changes() { "changes" } else { "looks" }
    }
}

pub(super) fn picture(graph: &Graph) -> Picture<'_> {
    let mut top = LEGEND_END;
    let mut portals = Vec::new();
    for portal in &graph.portals {
        let mut bands = Vec::new();
        let mut next = top + 52;
        for audience in &portal.audiences {
            let (band, below) = band(audience, next);
            bands.push(band);
            next = below + 18;
        }
        let height = next - top;
        portals.push(PortalBox { title: &portal.title, name: &portal.name, top, height, bands });
        top += height + 20;
    }
    Picture { height: top.max(LEGEND_END + 40), portals }
}

/// The band that begins at `top`, and where it ends.
fn band(audience: &AudiencePart, top: u32) -> (Band<'_>, u32) {
    // Bold letters take more room than their size says.
    let label = wrap(&audience.label, 17, CARD_WIDTH - 28, 3);
    let who = wrap(&audience.who, 12, CARD_WIDTH - 28, 3);
    let card = 50 + 19 * count(&label) + 16 * count(&who);
    let has_wall = audience.groups.iter().any(|group| group.walled);
    // The card stands inside the wall where its people belong to a tenant, so the wall is as high at least.
    let inside = top + if has_wall { 30 } else { 0 };
    let mut next = inside;
    let mut groups = Vec::new();
    let mut wall = None;
    for group in &audience.groups {
        if !group.walled && has_wall && wall.is_none() {
            wall = Some(close(audience, top, inside, card, next));
            next = wall.map_or(next, |(top, height)| top + height) + 16;
        }
        let cells = cells(&group.objects, next + HEAD);
        let end = cells.iter().map(|cell| cell.top + cell.height).max().unwrap_or(next + HEAD) + GAP;
        groups.push(GroupBox { group, top: next, height: end - next, cells });
        next = end + GAP;
    }
    if has_wall && wall.is_none() {
        wall = Some(close(audience, top, inside, card, next));
        next = wall.map_or(next, |(top, height)| top + height);
    }
    let end = next.max(inside + card);
    (Band { audience, label, who, card: (inside, card), wall, groups }, end)
}

fn close(audience: &AudiencePart, top: u32, inside: u32, card: u32, next: u32) -> (u32, u32) {
    let end = if audience.external { next.max(inside + card + GAP) } else { next };
    (top, end - top)
}

/// Two columns, rows as high as the higher of both.
fn cells(objects: &[Reached], top: u32) -> Vec<Cell<'_>> {
    let mut placed = Vec::new();
    let mut top = top;
    for pair in objects.chunks(2) {
        let mut row: Vec<Cell<'_>> = (0..).zip(pair).map(|(column, object)| cell(object, column, top)).collect();
        let height = row.iter().map(|cell| cell.height).max().unwrap_or(0);
        row.iter_mut().for_each(|cell| cell.height = height);
        placed.append(&mut row);
        top += height + GAP;
    }
    placed
}

fn cell(object: &Reached, column: u32, top: u32) -> Cell<'_> {
    let left = GROUP_LEFT + GAP + 4 + column * (CELL_WIDTH + GAP);
    let room = CELL_WIDTH - 2 * GAP;
    let (chips, end) = chips(&object.deeds, left + GAP, top + 32, room);
    let limits = object.limits().map(|limits| wrap(&limits, 12, room, 2)).unwrap_or_default();
    let height = end - top + 10 + 15 * count(&limits);
    let name = width(object.name.as_str(), 12) * 11 / 10;
    let label = cut(&object.label, 14, room.saturating_sub(name + 10).max(90));
    Cell { object, left, top, height, chips, end, limits, label }
}

/// What is done, in as many rows as it takes; and where they end.
fn chips(deeds: &[Deed], left: u32, top: u32, room: u32) -> (Vec<Chip>, u32) {
    let mut placed = Vec::new();
    let (mut x, mut y) = (0, top);
    for deed in deeds {
        let text = deed.text();
        let wide = width(&text, 12) + 16;
        if x > 0 && x + wide > room {
            (x, y) = (0, y + CHIP + 5);
        }
        placed.push(Chip { text, changes: deed.changes(), left: left + x, top: y });
        x += wide + 6;
    }
    (placed, y + CHIP)
}

fn count(lines: &[String]) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}
