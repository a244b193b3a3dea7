//! The picture as a Mermaid flowchart, for pages that draw them.

use super::{Graph, Group, Reached};
use crate::diagnostic::escape::is_unshowable;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// With more arrows than these every scope gets a box of its own, with its objects in it, so that no arrow crosses another.
const READABLE: usize = 24;

impl Graph {
    /// A flowchart from audiences to objects.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        let _ = writeln!(out, "  accTitle: {}", label(&format!("Who reaches what in {}", self.project)));
        out.push_str("  accDescr: Audiences on the left, objects on the right. A thin arrow reads, a thick one changes as well.\n");
        let arrows: usize = self.groups().map(|(_, group)| group.objects.len()).sum();
        self.audiences(&mut out);
        if arrows <= READABLE {
            self.each_object(&mut out);
        } else {
            self.each_scope(&mut out);
        }
        out
    }

    fn audiences(&self, out: &mut String) {
        let mut number = 0;
        for (at, portal) in self.portals.iter().enumerate() {
            let _ = writeln!(out, "  subgraph p{at}[\"{}\"]", lines(&[&portal.title, &portal.name]));
            for audience in &portal.audiences {
                let _ =
                    writeln!(out, "    a{number}([\"{}\"])", lines(&[&audience.label, &audience.name, &audience.who]));
                number += 1;
            }
            out.push_str("  end\n");
        }
    }

    /// Every audience's groups, with the audience's number.
    fn groups(&self) -> impl Iterator<Item = (usize, &Group)> {
        let audiences = self.portals.iter().flat_map(|portal| &portal.audiences);
        audiences.enumerate().flat_map(|(at, audience)| audience.groups.iter().map(move |group| (at, group)))
    }

    fn each_object(&self, out: &mut String) {
        let objects: BTreeMap<&str, &Reached> =
            self.groups().flat_map(|(_, group)| &group.objects).map(|object| (object.name.as_str(), object)).collect();
        let number: BTreeMap<&str, usize> = objects.keys().enumerate().map(|(at, name)| (*name, at)).collect();
        for (id, title, of_tenants) in [("tenants", "Rows of tenants", true), ("others", "Rows of no tenant", false)] {
            let mut inside = objects.iter().filter(|(_, object)| object.of_tenants == of_tenants).peekable();
            if inside.peek().is_none() {
                continue;
            }
            let _ = writeln!(out, "  subgraph {id}[\"{title}\"]");
            for (name, object) in inside {
                let _ = writeln!(out, "    o{}[(\"{}\")]", number[name], lines(&[&object.label, name]));
            }
            out.push_str("  end\n");
        }
        for (audience, group) in self.groups() {
            for object in &group.objects {
                let arrow = if object.is_changed() { "==>" } else { "-->" };
                let said = label(&format!("{}: {}", scope(group), object.actions()));
                let _ = writeln!(out, "  a{audience} {arrow}|\"{said}\"| o{}", number[object.name.as_str()]);
            }
        }
    }

    fn each_scope(&self, out: &mut String) {
        for (at, (audience, group)) in self.groups().enumerate() {
            let mut texts: Vec<String> = vec![group.rows()];
            texts.extend(group.objects.iter().map(|object| format!("{}: {}", object.name, object.actions())));
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let arrow = if group.changes() { "==>" } else { "-->" };
            let _ = writeln!(out, "  g{at}[\"{}\"]", lines(&texts));
            let _ = writeln!(out, "  a{audience} {arrow}|\"{}\"| g{at}", label(&scope(group)));
        }
        let walled: Vec<String> =
            self.groups().enumerate().filter(|(_, (_, group))| group.walled).map(|(at, _)| format!("g{at}")).collect();
        if !walled.is_empty() {
            out.push_str("  classDef wall stroke-dasharray:5 4,stroke-width:2px\n");
            let _ = writeln!(out, "  class {} wall", walled.join(","));
        }
    }
}

fn scope(group: &Group) -> String {
    group.path.as_ref().map_or_else(|| group.scope.to_owned(), |path| format!("{} on path {path}", group.scope))
}

fn lines(texts: &[&str]) -> String {
    texts.iter().map(|text| label(text)).collect::<Vec<_>>().join("<br/>")
}

/// Letters and digits as they are; of the rest, whatever could mean something to Mermaid, to its Markdown or to a browser,
/// by its number.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // `1. one` and `- one` would be lists, which Mermaid refuses to draw.
    let mut begins = true;
    for letter in text.chars() {
        let lists = begins && matches!(letter, '.' | ')' | '-');
        match letter {
            _ if is_unshowable(letter) => out.push(' '),
            ' ' | ',' | '.' | '-' | '_' | ':' | '/' | '(' | ')' if !lists => out.push(letter),
            _ if letter.is_alphanumeric() => out.push(letter),
            _ => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
        }
        begins &= letter.is_ascii_digit() || letter == ' ';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(label("a\"]\n  click a0 \"javascript:x\""), "a#34;#93;   click a0 #34;javascript:x#34;");
        assert_eq!(label("<b>#1;`x`"), "#60;b#62;#35;1#59;#96;x#96;");
        assert_eq!(label("1. Cases - open"), "1#46; Cases - open");
        assert_eq!(label("Müller, Söhne (名)"), "Müller, Söhne (名)");
    }
}
