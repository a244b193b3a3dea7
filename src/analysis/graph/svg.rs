//! The picture drawn: one file that needs nothing else, in light and dark.

use super::layout::{
    CARD_LEFT, CARD_WIDTH, CELL_WIDTH, CHIP, Cell, GROUP_LEFT, GROUP_WIDTH, GroupBox, PORTAL_LEFT, Picture, TRUNK,
    WALL_LEFT, WALL_RIGHT, WIDTH, picture,
};
use super::measure::{cut, width};
use super::{AudiencePart, Graph};
use crate::diagnostic::escape::markup as xml;
use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");

impl Graph {
    /// An SVG document without scripts, links or fonts of its own.
    #[must_use]
    pub fn svg(&self) -> String {
        let picture = picture(self);
        let mut out = Drawing(String::new());
        let height = picture.height;
        out.line(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"graph-title graph-desc\">"
        ));
        out.line(format_args!("<title id=\"graph-title\">Who reaches what in {}</title>", xml(&self.project)));
        out.line(format_args!("<desc id=\"graph-desc\">{}</desc>", xml(&self.described())));
        out.line(format_args!("<style>\n{STYLE}</style>"));
        out.line(format_args!("<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>"));
        out.legend(&self.project);
        if picture.portals.is_empty() {
            out.text("what", (24, 150), "nothing is granted to anybody");
        }
        out.portals(&picture);
        out.0.push_str("</svg>\n");
        out.0
    }

    /// The picture for those who do not see it.
    fn described(&self) -> String {
        let group = |group: &super::Group| {
            let objects: Vec<String> =
                group.objects.iter().map(|object| format!("{}: {}", object.name, object.actions())).collect();
            format!("{} ({})", group.rows(), objects.join("; "))
        };
        let audience = |audience: &AudiencePart| {
            let groups: Vec<String> = audience.groups.iter().map(group).collect();
            format!("{}, {}, reaches {}.", audience.name, audience.who, groups.join(", "))
        };
        let audiences = self.portals.iter().flat_map(|portal| &portal.audiences);
        audiences.map(audience).collect::<Vec<_>>().join(" ")
    }
}

struct Drawing(String);

impl Drawing {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(text);
        self.0.push('\n');
    }

    fn text(&mut self, class: &str, (x, y): (u32, u32), text: &str) {
        self.line(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", xml(text)));
    }

    fn rect(&mut self, class: &str, (x, y): (u32, u32), (width, height): (u32, u32), round: u32) {
        self.line(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        ));
    }

    fn legend(&mut self, project: &str) {
        self.text("title", (24, 44), &cut(&format!("Who reaches what in {project}"), 24, WIDTH - 48));
        self.arrow("looks", (24, 80), (84, 80));
        self.text("what", (94, 84), "reads");
        self.arrow("changes", (160, 80), (220, 80));
        self.text("what", (230, 84), "reads and changes");
        self.chip("looks", "read", (372, 70));
        self.chip("changes", "update", (426, 70));
        self.text("what", (494, 84), "what is done");
        self.text("what", (594, 84), "* some rows alone");
        self.rect("wall", (726, 70), (44, 20), 5);
        self.text("what", (780, 84), "behind the wall: rows differ by who is asking");
        self.text("note", (24, 112), "What is in no box is denied. The database decides, whatever a page asks for.");
    }

    fn chip(&mut self, class: &str, text: &str, (x, y): (u32, u32)) {
        let wide = width(text, 12) + 16;
        self.rect(&format!("chip {class}"), (x, y), (wide, CHIP), 10);
        self.line(format_args!(
            "<text class=\"deed {class}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x + wide / 2,
            y + 14,
            xml(text)
        ));
    }

    /// From the audience down the trunk that all of its arrows share, and out to a scope.
    fn arrow(&mut self, class: &str, (x, y): (u32, u32), (to, end): (u32, u32)) {
        let (stop, size) = if class == "changes" { (to - 8, 6) } else { (to - 7, 4) };
        let bend = 8.min(y.abs_diff(end) / 2);
        let way = if bend == 0 {
            format!("H{stop}")
        } else {
            let (before, after) = if end > y { (y + bend, end - bend) } else { (y - bend, end + bend) };
            format!(
                "H{}Q{TRUNK} {y} {TRUNK} {before}V{after}Q{TRUNK} {end} {} {end}H{stop}",
                TRUNK - bend,
                TRUNK + bend
            )
        };
        self.line(format_args!("<path class=\"way {class}\" d=\"M{x} {y}{way}\"/>"));
        self.line(format_args!(
            "<path class=\"head {class}\" d=\"M{to} {end}L{} {}V{}Z\"/>",
            to - 10,
            end - size,
            end + size
        ));
    }

    fn portals(&mut self, picture: &Picture<'_>) {
        for portal in &picture.portals {
            self.rect("portal", (PORTAL_LEFT, portal.top), (WIDTH - 2 * PORTAL_LEFT, portal.height), 12);
            self.line(format_args!(
                "<text x=\"{WALL_LEFT}\" y=\"{}\"><tspan class=\"portal-title\">{}</tspan><tspan class=\"name\" dx=\"12\">{}</tspan></text>",
                portal.top + 32,
                xml(&cut(portal.title, 18, 700)),
                xml(portal.name)
            ));
            for band in &portal.bands {
                self.0.push_str("<g>\n");
                if let Some((top, height)) = band.wall {
                    let left = if band.audience.external { WALL_LEFT } else { GROUP_LEFT - 16 };
                    self.rect("wall", (left, top), (WALL_RIGHT - left, height), 10);
                    let said = "behind the wall: other tenants, and other people, have other rows here";
                    self.text("wall-name", (left + 14, top + 20), said);
                }
                let (top, height) = band.card;
                let from = (CARD_LEFT + CARD_WIDTH, top + height / 2);
                // Where they go the same way, the thick ones are seen.
                for class in ["looks", "changes"] {
                    for group in band.groups.iter().filter(|group| group.class() == class) {
                        self.arrow(class, from, (GROUP_LEFT, group.top + 17));
                    }
                }
                self.card(band.audience, (&band.label, &band.who), (top, height));
                for group in &band.groups {
                    self.group(group);
                }
                self.0.push_str("</g>\n");
            }
        }
    }

    fn card(&mut self, audience: &AudiencePart, (label, who): (&[String], &[String]), (top, height): (u32, u32)) {
        self.line(format_args!("<g><title>{}</title>", xml(&format!("{}: {}", audience.name, audience.label))));
        self.rect("card", (CARD_LEFT, top), (CARD_WIDTH, height), 10);
        let mut y = top + 8;
        for line in label {
            y += 19;
            self.text("audience", (CARD_LEFT + 14, y), line);
        }
        y += 19;
        self.text("name", (CARD_LEFT + 14, y), &cut(&audience.name, 13, CARD_WIDTH - 28));
        y += 3;
        for line in who {
            y += 16;
            self.text("what", (CARD_LEFT + 14, y), line);
        }
        self.0.push_str("</g>\n");
    }

    fn group(&mut self, group: &GroupBox<'_>) {
        let class = group.class();
        self.rect("group", (GROUP_LEFT, group.top), (GROUP_WIDTH, group.height), 8);
        let scope = group.group.scope;
        let wide = width(scope, 13) + 22;
        let left = GROUP_LEFT - 22 - wide;
        self.rect(&format!("scope {class}"), (left, group.top + 5), (wide, 24), 12);
        self.line(format_args!(
            "<text class=\"scope-name {class}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{scope}</text>",
            left + wide / 2,
            group.top + 22
        ));
        self.text("rows", (GROUP_LEFT + 16, group.top + 23), &cut(&group.group.rows(), 13, GROUP_WIDTH - 32));
        for cell in &group.cells {
            self.cell(cell);
        }
    }

    fn cell(&mut self, cell: &Cell<'_>) {
        let object = cell.object;
        let limits = object.limits().map(|limits| format!(", {limits}")).unwrap_or_default();
        self.line(format_args!("<g><title>{}</title>", xml(&format!("{}: {}{limits}", object.name, object.actions()))));
        self.rect("object", (cell.left, cell.top), (CELL_WIDTH, cell.height), 6);
        self.text("object-name", (cell.left + 12, cell.top + 22), &cell.label);
        self.line(format_args!(
            "<text class=\"name\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            cell.left + CELL_WIDTH - 12,
            cell.top + 22,
            xml(object.name.as_str())
        ));
        for chip in &cell.chips {
            self.chip(if chip.changes { "changes" } else { "looks" }, &chip.text, (chip.left, chip.top));
        }
        for (line, at) in cell.limits.iter().zip((0..).step_by(15)) {
            self.text("limits", (cell.left + 12, cell.end + 17 + at), line);
        }
        self.0.push_str("</g>\n");
    }
}
