//! Modules and types: what counts, what lies over what, and where it is said that something does not fit.

use crate::module_cases::{cases, of_type, over};
use crate::{PROJECT, file};
use portalctl::diagnostic::Report;
use portalctl::spec::document::SpecSet;
use portalctl::spec::document::WordsDoc;
use portalctl::spec::{Catalogue, PROJECT_FILE, RawFile, read_with};
use std::sync::Arc;

const ORDERS: &str = "\
kind: module
name: orders
title: Orders
needs: [products]
---
kind: object
name: order
table: orders
tenant: {column: account_id, kind: customer}
owner: contact_id
fields:
  number: {type: text, search: true, class: personal, mask: last4}
  status: [draft, placed]
  product: {type: reference(product), column: product_id}
field_sets: {sheet: [number, status]}
---
kind: object
name: order_line
table: order_lines
tenant: {via: order_id, object: order}
fields: {qty: integer}
---
kind: permission_set
name: order_user
grants:
  order: {read: sheet}
  order_line: {read: all}
---
kind: permission_set
name: order_clerk
grants:
  order:
    read: {scope: own, where: {status: draft}, fields: sheet}
    update: {scope: own, fields: [status]}
  order_line:
    read:
      - {scope: own, where: {qty: 1}}
      - {scope: tenant, fields: [qty]}
deny: {order: [number, status], order_line: {fields: [qty]}}
---
kind: page
name: order-board
view: board
object: order
columns: [number]
group_by: status
";

const PRODUCTS: &str = "\
kind: module
name: products
---
kind: object
name: product
table: products
tenant: {link: {table: order, row: product_id, tenant: account_id}}
fields: {code: text}
---
kind: permission_set
name: product_user
grants: {product: {read: all}}
";

/// Broken, and in nobody's way as long as nobody adopts it.
const BROKEN: &str = "kind: module\nname: broken\n---\nkind: object\nnmae: x\n---\nkind: portal\nname: y\n---\n: [\n";

const SHOP: &str = "\
kind: type
name: shop
title: Shop
tenant_kind: customer
modules: [orders]
offers: [chat]
audiences:
  buyer: {label: Buyer}
  seller: {who: internal}
permission_sets:
  orders: {buyer: [order_user], seller: [order_user]}
  chat: {buyer: [chatter]}
navigation: [home, order, room]
";

const CHAT: &str = "\
kind: module
name: chat
---
kind: object
name: room
table: rooms
fields: {topic: text}
---
kind: permission_set
name: chatter
grants: {room: {read: all}}
";

fn catalogue() -> Catalogue {
    Catalogue::new([("orders", ORDERS), ("products", PRODUCTS), ("broken", BROKEN), ("chat", CHAT)], [("shop", SHOP)])
}

pub fn own(text: &str) -> Vec<RawFile> {
    vec![file(PROJECT_FILE, PROJECT), file("a.yaml", text)]
}

fn understood(files: Vec<RawFile>) -> SpecSet {
    let (set, findings) = read_with(files, &catalogue());
    assert!(findings.is_empty(), "{findings:#?}");
    set
}

/// `id file:line:column: message` of every finding.
fn said(files: Vec<RawFile>) -> Vec<String> {
    let (set, findings) = read_with(files, &catalogue());
    let report = Report::new(Arc::clone(&set.sources), findings);
    let line = |finding: &portalctl::diagnostic::Finding| {
        let at = report.sources.location(finding.span.unwrap());
        format!("{} {}:{}:{}: {}", finding.id, at.file, at.line, at.column, finding.message)
    };
    report.findings.iter().map(line).collect()
}

pub fn portal(rest: &str) -> String {
    format!("kind: portal\nname: shop\naudiences: {{buyer: {{permission_sets: [order_user]}}}}\n{rest}")
}

fn objects(set: &SpecSet) -> Vec<&str> {
    set.objects.iter().map(|object| object.name.value.as_str()).collect()
}

#[test]
fn a_module_counts_where_a_portal_adopts_it_with_all_it_needs() {
    let set = understood(own(&portal("")));
    assert!(set.objects.is_empty() && set.modules.is_empty() && set.permission_sets.is_empty());
    let set = understood(own(&portal("modules: [orders]\n")));
    assert_eq!(objects(&set), ["order", "order_line", "product"]);
    let sets: Vec<&str> = set.permission_sets.iter().map(|one| one.name.value.as_str()).collect();
    assert_eq!(sets, ["order_user", "order_clerk", "product_user"]);
    assert_eq!(set.pages[0].portals[0].as_str(), "shop");
    let adopted: Vec<&str> = set.modules.iter().map(|module| module.name.value.as_str()).collect();
    assert_eq!(adopted, ["orders", "products"]);
}

#[test]
fn what_a_module_holds_has_its_place_in_the_module() {
    let set = understood(own(&portal("modules: [orders]\n")));
    let order = set.objects.iter().find(|object| object.name.value.as_str() == "order").unwrap();
    let at = set.sources.location(order.name.span);
    assert_eq!((at.file.as_str(), at.line), ("catalogue: modules/orders.yaml", 7));
}

/// Nothing of an unused module is looked at: neither what is wrong with it nor its text.
#[test]
fn an_unused_module_costs_nothing() {
    let set = understood(own(&portal("modules: [products]\n")));
    let paths: Vec<&str> = set.sources.files().map(|(_, file)| file.path.as_str()).collect();
    assert_eq!(paths, [PROJECT_FILE, "a.yaml", "catalogue: modules/products.yaml"]);
}

#[test]
fn what_is_wrong_with_a_module_is_said_at_its_text() {
    let said = said(own(&portal("modules: [broken]\n")));
    let places: Vec<&str> = said.iter().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(places.len(), said.len());
    assert!(said.iter().any(|line| line.starts_with("unknown-key catalogue: modules/broken.yaml:5:1:")), "{said:#?}");
    assert!(
        said.iter().any(|line| line.starts_with("misplaced-document catalogue: modules/broken.yaml:7:7:")),
        "{said:#?}"
    );
    assert!(said.iter().any(|line| line.starts_with("yaml-syntax catalogue: modules/broken.yaml:10:3:")), "{said:#?}");
}

#[test]
fn a_project_has_modules_of_its_own() {
    let module =
        "kind: module\nname: yard\nneeds: [products]\n---\nkind: object\nname: lift\ntable: lifts\nfields: {n: text}\n";
    let with = |portal: String| vec![file(PROJECT_FILE, PROJECT), file("a.yaml", portal), file("yard.yaml", module)];
    assert!(understood(with(portal(""))).objects.is_empty());
    assert_eq!(objects(&understood(with(portal("modules: [yard]\n")))), ["lift", "product"]);
}

fn columns_of<'a>(set: &'a SpecSet, object: &str) -> Vec<&'a str> {
    let object = set.objects.iter().find(|doc| doc.name.value.as_str() == object).unwrap();
    object.fields.values().map(|field| field.column.as_ref().unwrap().value.as_str()).collect()
}

/// The owner, the tenant, the parent of another object, a link table between two: all of them follow the map.
#[test]
fn a_map_leads_to_the_tables_of_the_business() {
    let set = understood(own(&portal(
        "modules: [{orders: {tables: {order: sales.orders, order_line: lines}, columns: {order: {number: order_no, \
         account_id: kunde, contact_id: ansprech, product_id: artikel}, order_line: {order_id: auftrag}}}}]\n",
    )));
    assert_eq!(columns_of(&set, "order"), ["order_no", "status", "artikel"]);
    let doc = |name: &str| format!("{:?}", set.objects.iter().find(|doc| doc.name.value.as_str() == name).unwrap());
    let order = doc("order");
    for real in ["TableName { schema: SchemaName(\"sales\"), name: \"orders\" }", "kunde", "ansprech"] {
        assert!(order.contains(real), "{real}: {order}");
    }
    for module in ["account_id", "contact_id", "product_id", "order_no\"), span: Span { file: FileId(2)"] {
        assert!(!order.contains(module), "{module}: {order}");
    }
    assert!(doc("order_line").contains("via: [Spanned { value: ColumnName(\"auftrag\")"), "{}", doc("order_line"));
    let product = doc("product");
    assert!(
        product.contains("name: \"orders\"") && product.contains("artikel") && product.contains("kunde"),
        "{product}"
    );
    assert_eq!(set.modules[0].maps.len(), 2);
}

#[test]
fn a_document_over_one_of_a_module_says_only_what_differs() {
    let set = understood(over(
        "label: {one: Auftrag, many: Aufträge}\n+fields: {extra: text}\n-fields: [product]\n\
        field_sets: {+sheet: [extra], -sheet: [status]}\nowners: {contact: contact_id, staff: clerk_id}\n",
    ));
    let order = set.objects.iter().find(|doc| doc.name.value.as_str() == "order").unwrap();
    assert_eq!(order.label.as_ref().unwrap().one, WordsDoc::Plain("Auftrag".into()));
    assert_eq!(order.fields.keys().map(ToString::to_string).collect::<Vec<_>>(), ["number", "status", "extra"]);
    let sheet: Vec<&str> = order.field_sets["sheet"].iter().map(|field| field.value.as_str()).collect();
    assert_eq!(sheet, ["number", "extra"]);
    assert_eq!(order.owners.keys().map(ToString::to_string).collect::<Vec<_>>(), ["contact", "staff"]);
    let place = |span| set.sources.location(span).file;
    assert_eq!(place(order.fields["number"].span), "catalogue: modules/orders.yaml");
    assert_eq!(place(order.fields["extra"].span), "a.yaml");
    assert_eq!(objects(&set).iter().filter(|name| **name == "order").count(), 1);
}

fn sets_of(set: &SpecSet, portal: &str, audience: &str) -> Vec<String> {
    let portal = set.portals.iter().find(|doc| doc.name.value.as_str() == portal).unwrap();
    portal.audiences[audience].permission_sets.iter().map(|set| set.value.to_string()).collect()
}

fn navigation(set: &SpecSet) -> Vec<String> {
    set.portals[0].navigation.iter().map(|entry| format!("{:?}", entry.value)).collect()
}

#[test]
fn a_portal_is_its_type_with_its_own_keys_over_it() {
    let set = understood(of_type(""));
    let portal = &set.portals[0];
    assert_eq!(portal.title, Some(WordsDoc::Plain("Shop".into())));
    assert_eq!(objects(&set), ["order", "order_line", "product"]);
    assert_eq!(sets_of(&set, "eshop", "buyer"), ["order_user"]);
    assert_eq!(portal.audiences["buyer"].tenant_kind.as_ref().unwrap().value.as_str(), "customer");
    assert!(portal.audiences["seller"].tenant_kind.is_none(), "staff have no kind of tenant");
    assert_eq!(navigation(&set), ["Entry(\"home\")", "Entry(\"order\")"], "the module of `room` is off");
    assert_eq!(set.types[0].portals[0].as_str(), "eshop");

    let set = understood(of_type(
        "title: Mine\n+modules: [chat]\n-audiences: [seller]\naudiences: {buyer: {+permission_sets: [extra], tenant_kind: b2b}, \
         visitor: {who: guest}}\n+navigation: [{page: about, title: About}]\n---\nkind: permission_set\nname: extra\n",
    ));
    assert_eq!(set.portals[0].title, Some(WordsDoc::Plain("Mine".into())));
    assert_eq!(sets_of(&set, "eshop", "buyer"), ["order_user", "chatter", "extra"]);
    assert_eq!(set.portals[0].audiences.keys().map(ToString::to_string).collect::<Vec<_>>(), ["buyer", "visitor"]);
    assert_eq!(set.portals[0].audiences["buyer"].tenant_kind.as_ref().unwrap().value.as_str(), "b2b");
    assert_eq!(navigation(&set).len(), 4);
}

/// A module that is there since another needs it gives no audience anything, whatever the type would give with it.
#[test]
fn a_needed_module_brings_no_permission_sets() {
    let preset = "kind: type\nname: own\nmodules: [orders]\noffers: [products]\naudiences: {buyer: {}}\n\
        permission_sets: {orders: {buyer: [order_user]}, products: {buyer: [product_user]}}\n---\n";
    let with = |rest: &str| understood(own(&format!("{preset}kind: portal\nname: p\ntype: own\n{rest}")));
    assert_eq!(sets_of(&with(""), "p", "buyer"), ["order_user"]);
    assert_eq!(sets_of(&with("+modules: [products]\n"), "p", "buyer"), ["order_user", "product_user"]);
}

/// What a module gives goes with it, and an audience's own list takes the place of the type's.
#[test]
fn a_portal_takes_modules_and_sets_away_from_its_type() {
    let set = understood(of_type("-modules: [orders]\n"));
    assert!(set.objects.is_empty() && sets_of(&set, "eshop", "buyer").is_empty());
    let set = understood(of_type("audiences: {buyer: {permission_sets: []}}\n"));
    assert!(sets_of(&set, "eshop", "buyer").is_empty());
    assert_eq!(sets_of(&set, "eshop", "seller"), ["order_user"]);
}

/// Every finding, where it stands and what it says.
#[test]
fn what_does_not_fit_is_told_at_its_place() {
    let told: Vec<String> = cases()
        .into_iter()
        .map(|(name, files)| {
            format!("{name}\n{}\n", said(files).iter().map(|line| format!("  {line}\n")).collect::<String>())
        })
        .collect();
    insta::assert_snapshot!(told.concat());
}

pub fn findings() -> Vec<&'static str> {
    cases().into_iter().flat_map(|(_, files)| read_with(files, &catalogue()).1).map(|finding| finding.id).collect()
}
