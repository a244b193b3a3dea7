//! The pictures: what they show, and that nothing that is written in a project becomes more than text in them.

use crate::project::good;
use portalctl::adapters::files::project_files;
use portalctl::analysis::{graph, matrix};
use portalctl::catalog;
use portalctl::model::{AccessModel, resolve};
use portalctl::names::PortalName;
use portalctl::spec::{Catalogue, read_with};
use std::fmt::Write as _;
use std::path::Path;

fn example(name: &str) -> AccessModel {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (spec, _) = read_with(project_files(&folder).unwrap(), &catalogue);
    resolve(&spec).0.expect("a model")
}

fn both(model: &AccessModel) -> (String, String) {
    let picture = graph(model, &matrix(model));
    (picture.mermaid(), picture.svg())
}

/// Elements that hold together, and no address that anything would be fetched from.
fn assert_sound(svg: &str) {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("every tag ends");
        assert!(!text.contains('>'), "a stray > in {text}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(["svg", "title", "desc", "style", "rect", "text", "tspan", "path", "g"].contains(&name), "<{tag}>");
        if let Some(closes) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closes));
        } else if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
        for attribute in tag.split('"').step_by(2).flat_map(str::split_whitespace) {
            let name = attribute.trim_end_matches('=');
            assert!(!name.starts_with("on") && !name.contains("href"), "{tag}");
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!svg.contains("url(") && !svg.contains("@import"));
}

#[test]
fn the_example_is_drawn_as_it_was() {
    let model = example("acme");
    let (mermaid, svg) = both(&model);
    assert_sound(&svg);
    insta::assert_snapshot!("graph_acme_mermaid", mermaid);
    insta::assert_snapshot!("graph_acme_svg", svg);
    assert_eq!(both(&model), (mermaid, svg), "twice the same");
}

#[test]
fn one_portal_alone_is_one_portal_alone() {
    let model = example("acme");
    let partners = graph(&model, &matrix(&model).of_portal(&PortalName::new("partners")));
    for text in [partners.svg(), partners.mermaid()] {
        assert!(text.contains("partners/rep") && !text.contains("support/agent"), "{text}");
    }
}

const SMALL: &str = "\
version: 1
kind: project
name: shop
---
kind: object
name: order
label: {one: Order, many: ORDERS}
table: shop.orders
tenant: account_id
fields: {number: text, note: text}
---
kind: object
name: product
table: shop.products
fields: {title: text}
---
kind: portal
name: front
title: TITLE
audiences:
  buyer:
    label: BUYER
    grants:
      order: {read: [number], update: {fields: [note], where: {number: {ne: WHERE}}}}
      product: {read: {scope: public, fields: [title]}}
  desk: {who: internal, grants: {order: {read: all}}}
";

fn small(title: &str) -> AccessModel {
    let quoted = serde_json::to_string(title).unwrap();
    good(
        &SMALL.replace("TITLE", &quoted).replace("BUYER", &quoted).replace("ORDERS", &quoted).replace("WHERE", &quoted),
    )
}

/// Arrows say what is read and what is changed, and whose rows stand behind the wall.
#[test]
fn reading_and_changing_are_told_apart() {
    let (mermaid, svg) = both(&small("Plain"));
    for line in
        ["  a0 ==>|\"tenant: read, update\"| o0\n", "  a0 -->|\"public: read\"| o1\n", "  a1 -->|\"all: read\"| o0\n"]
    {
        assert!(mermaid.contains(line), "{line} in {mermaid}");
    }
    let tenants = mermaid.split("subgraph tenants").nth(1).unwrap().split("  end\n").next().unwrap();
    assert!(tenants.contains("o0[(") && !tenants.contains("o1[("), "{mermaid}");
    assert_eq!(svg.matches("class=\"wall\"").count(), 2, "the buyers' and that of the legend:\n{svg}");
    assert!(svg.contains("update*") && svg.contains("update where number is not Plain"), "{svg}");
    assert!(svg.contains("read 1 of 2 fields") && svg.contains(">all rows<"), "{svg}");
}

#[test]
fn a_hostile_title_stays_text() {
    let titles = [
        "</text><script>alert(1)</script>",
        "\"]\n  click a0 \"javascript:alert(1)\" \"x",
        "`**x**` #quot; %%{init: {}}%% |x| ]]> & '\" end",
        "]]><!--",
    ];
    for title in titles {
        let title = title.replace('\n', " ");
        let (mermaid, svg) = both(&small(&title));
        assert_sound(&svg);
        assert!(!svg.contains("<script"), "{svg}");
        let (plain, _) = both(&small("Plain"));
        assert_eq!(mermaid.lines().count(), plain.lines().count(), "{mermaid}");
        for line in mermaid.lines() {
            // What is between the outer quotes of a line is a label: no mark of Mermaid's own is in it.
            let label = line.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("", |(label, _)| label);
            let label = label.replace("<br/>", " ");
            assert!(!label.contains(['"', '<', '>', '`', '|', '[', ']', '{', '}', '%', '&']), "{line}");
            for code in label.split('#').skip(1) {
                let (number, _) = code.split_once(';').expect("a number ends");
                assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
            }
        }
    }
}

/// With many objects every scope is one arrow, in both pictures.
#[test]
fn sixty_objects_are_a_picture_still() {
    let mut text = "version: 1\nkind: project\nname: big\n".to_owned();
    let mut grants = String::new();
    for number in 0..60 {
        let _ = writeln!(
            text,
            "---\nkind: object\nname: thing_{number}\ntable: big.thing_{number}\ntenant: account_id\nfields: {{name: text}}"
        );
        let _ = writeln!(grants, "      thing_{number}: {{read: [name]}}");
    }
    let _ = write!(text, "---\nkind: portal\nname: all\naudiences:\n  reader:\n    grants:\n{grants}");
    let (mermaid, svg) = both(&good(&text));
    assert_sound(&svg);
    assert_eq!(mermaid.matches("-->").count(), 1, "{mermaid}");
    assert_eq!(svg.matches("class=\"way ").count(), 1 + 2, "one, and two of the legend");
    let height: u32 = svg.split("height=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert!((1_500..3_000).contains(&height), "{height}");
}
