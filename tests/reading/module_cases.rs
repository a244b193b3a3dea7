//! What does not fit of modules and types, case by case.

use crate::file;
use crate::modules::{own, portal};
use portalctl::spec::RawFile;

fn adopting(rest: &str) -> Vec<RawFile> {
    own(&format!("{}---\n{rest}", portal("modules: [orders]\n")))
}

pub fn over(rest: &str) -> Vec<RawFile> {
    adopting(&format!("kind: object\nname: order\nextends: orders/order\n{rest}"))
}

pub fn of_type(rest: &str) -> Vec<RawFile> {
    own(&format!("kind: portal\nname: eshop\ntype: shop\n{rest}"))
}

fn own_modules(modules: &[&str]) -> Vec<RawFile> {
    let mut files = own(&portal("modules: [own]\n"));
    files.extend(modules.iter().enumerate().map(|(n, text)| file(&format!("m{n}.yaml"), *text)));
    files
}

pub fn cases() -> Vec<(&'static str, Vec<RawFile>)> {
    let mut cases = adoptions();
    cases.extend(merges());
    cases.extend(limits());
    cases.extend(types());
    cases
}

fn adoptions() -> Vec<(&'static str, Vec<RawFile>)> {
    let two = |first: &str, second: &str| {
        own(&format!(
            "{}---\nkind: portal\nname: other\naudiences: {{a: {{}}}}\nmodules: [{second}]\n",
            portal(&format!("modules: [{first}]\n"))
        ))
    };
    let mapped = "{orders: {tables: {order: sales.orders}, columns: {order: {number: numb}}}}";
    let mapped_otherwise = "{orders: {tables: {order: sales.orders}, columns: {order: {number: nr}}}}";
    vec![
        ("unknown module", own(&portal("modules: [orders, oders]\n"))),
        ("a field that the module has not", over("fields: {numbr: {class: internal}, qty: {type: integer}}\n")),
        (
            "an audience nearly called as one of the type",
            of_type("audiences: {buyr: {label: B}, seler: {extends: seller, who: internal}, clerk: {who: internal}}\n"),
        ),
        ("a map and a plain name agree", two("orders", mapped)),
        (
            "the same map twice",
            two(mapped, "{orders: {columns: {order: {number: numb}}, tables: {order: sales.orders}}}"),
        ),
        ("two maps", two(mapped, mapped_otherwise)),
        ("unknown object in a map", own(&portal("modules: [{orders: {tables: {ordr: sales.orders, x: y}}}]\n"))),
        ("unknown column", own(&portal("modules: [{orders: {tables: {order: o}, columns: {order: {numbr: nr}}}}]\n"))),
        (
            "columns without a table",
            own(&portal("modules: [{orders: {tables: {order: o}, columns: {order_line: {qty: q}}}}]\n")),
        ),
        ("a map of nothing", own(&portal("modules: [{orders: {}}]\n"))),
        ("the same name without extends", adopting("kind: object\nname: order\ntable: x\nfields: {a: text}\n")),
        ("the name of one of the catalogue", own_modules(&["kind: module\nname: orders\n"])),
        ("a module below other documents", own("kind: tenant\nname: a\n---\nkind: module\nname: b\n")),
        ("two modules of one name", own_modules(&["kind: module\nname: own\n", "kind: module\nname: own\n"])),
        (
            "two modules with one object",
            own_modules(&[
                "kind: module\nname: own\nneeds: [own2]\n---\nkind: object\nname: a\ntable: x\nfields: {a: text}\n",
                "kind: module\nname: own2\n---\nkind: object\nname: a\ntable: x\nfields: {a: text}\n",
            ]),
        ),
        (
            "needs that lead back",
            own_modules(&[
                "kind: module\nname: own\nneeds: [b]\n",
                "kind: module\nname: b\nneeds: [c, products]\n",
                "kind: module\nname: c\nneeds: [b]\n",
            ]),
        ),
        ("a module that needs itself", own_modules(&["kind: module\nname: own\nneeds: [own]\n"])),
        ("needs what is not there", own_modules(&["kind: module\nname: own\nneeds: [product]\n"])),
        (
            "portals and tenants in a module",
            own_modules(&[
                "kind: module\nname: own\n---\nkind: portal\nname: a\n---\nkind: tenant\nname: a\n---\n- 1\n---\nname: x\n",
            ]),
        ),
        ("a module without a name", own_modules(&["kind: module\n---\nkind: object\nname: a\n"])),
        (
            "hostile text",
            own_modules(&[
                "kind: module\nname: own\nabout: \"a\\u202eb\"\n---\nkind: object\nname: &a [*a]\n---\nkind: object\nname: !x y\n",
            ]),
        ),
    ]
}

fn merges() -> Vec<(&'static str, Vec<RawFile>)> {
    vec![
        (
            "over a module that is not adopted",
            own(&format!("{}---\nkind: object\nextends: orders/order\n", portal(""))),
        ),
        ("over a module that is not there", adopting("kind: object\nextends: oders/order\n")),
        ("over a document that is not there", adopting("kind: object\nextends: orders/ordr\n")),
        ("over a document of another kind", adopting("kind: permission_set\nextends: orders/order\n")),
        ("with another name", adopting("kind: object\nname: orders\nextends: orders/order\n")),
        ("twice", over("label: {one: A, many: B}\n---\nkind: object\nextends: orders/order\n")),
        ("not a name", adopting("kind: object\nname: a\nextends: orders\ntable: a\nfields: {a: text}\n")),
        ("+ on a word", over("+table: x\n")),
        ("+ of a word", over("+fields: x\n+field_sets: [a]\n")),
        ("+ of what is there", over("+fields: {number: integer, extra: text}\n")),
        ("+ of what is not there at all", over("+audit: x\n")),
        ("- of what is not there", over("-fields: [numbr]\n-states: [x]\n")),
        ("- of no words", over("-fields: number\n-field_sets: [[a], {b: c}]\n")),
        ("+ beside the key itself", over("fields: {a: text}\n+fields: {b: text}\n")),
        ("- beside a list", over("field_sets: {sheet: [number], -sheet: [status]}\n")),
        ("a key in quotation marks", over("\"+fields\": {b: text}\n")),
        (
            "what comes out is held against the language",
            over("fields: {number: {type: txt}, x: {typ: text}}\nkey: {}\n"),
        ),
        ("nothing to lie over", own("kind: object\nname: a\ntable: a\nfields: {a: text}\n+fields: {b: text}\n")),
    ]
}

/// What keeps rows and fields from people, and a document above that says less of it, or as much.
fn limits() -> Vec<(&'static str, Vec<RawFile>)> {
    let clerk = |rest: &str| adopting(&format!("kind: permission_set\nextends: orders/order_clerk\n{rest}\n"));
    vec![
        ("a short grant over one with limits", clerk("grants: {order: {read: [number], update: {fields: [status]}}}")),
        (
            "a list of grants that each say the limits again",
            clerk(
                "grants: {order: {read: [{scope: own, where: {status: placed}, fields: [number]}, {scope: tenant, where: {status: placed}}]}}",
            ),
        ),
        (
            "a list of grants of which one says less",
            clerk(
                "grants: {order: {read: [{scope: own, where: {status: placed}}, {scope: tenant, fields: [number]}]}}",
            ),
        ),
        ("a short grant over a list", clerk("grants: {order_line: {read: all}}")),
        ("a map over a list", clerk("grants: {order_line: {read: {fields: [qty]}}}")),
        (
            "a list within a list",
            clerk("grants: {order_line: {read: [{scope: own, where: {qty: 1}, fields: [qty]}, {scope: shared}]}}"),
        ),
        ("denials that take away less", clerk("deny: {order: [number], order_line: {where: {qty: 1}}}")),
        ("a denial in some rows alone", clerk("deny: {order: {where: {status: placed}}}")),
        ("denials that take away as much or more", clerk("deny: {order: [status, number], +order_line: {}}")),
        ("what is to go is said", clerk("grants: {order: {-read: [scope, where], read: {fields: [number]}}}")),
        ("a field in its short form", over("fields: {number: text, status: [draft, placed]}\n")),
        ("a path in its short form", over("tenant: account_id\n")),
    ]
}

/// The first says this; the second other tiers, and by another column who looks after whom.
fn two_types(first: &str, project: &str) -> Vec<RawFile> {
    let portals = "kind: portal\nname: p\ntype: one\n---\nkind: portal\nname: q\ntype: two\n---\n";
    let one = format!("kind: type\nname: one\naudiences: {{a: {{}}}}\n{first}---\n");
    let two = "kind: type\nname: two\naudiences: {a: {}}\ntiers: [low, high]\nassigned_tenants: {table: team, tenant: a, user: c}\n";
    let project = format!("version: 1\nkind: project\nname: acme\n{project}");
    vec![file("portalctl.yaml", project), file("a.yaml", format!("{portals}{one}{two}"))]
}

fn types() -> Vec<(&'static str, Vec<RawFile>)> {
    vec![
        ("unknown type", own("kind: portal\nname: eshop\ntype: shp\naudiences: {a: {}}\n")),
        (
            "takes away what is needed",
            of_type(
                "-modules: [orders]\n+modules: [products, chat]\n---\nkind: portal\nname: p2\ntype: shop\n-modules: [orders, products]\n",
            ),
        ),
        (
            "takes away what comes with another",
            own(
                "kind: portal\nname: p\ntype: both\n-modules: [products]\n---\nkind: type\nname: both\nmodules: [orders, products]\naudiences: {a: {}}\n",
            ),
        ),
        (
            "two types that say different things",
            two_types("tiers: [basic]\nassigned_tenants: {table: team, tenant: a, user: b}\n", ""),
        ),
        (
            "two types, and the project's word",
            two_types("tiers: [basic]\n", "tiers: [low, high]\nassigned_tenants: {table: team, tenant: a, user: d}\n"),
        ),
        ("takes away an audience that is not there", of_type("-audiences: [sellr]\n")),
        (
            "an audience of its own",
            of_type("audiences: {visitor: {who: gest, +permission_sets: [a]}, buyer: {+label: x}}\n"),
        ),
        (
            "a type with what it has not",
            own(
                "kind: type\nname: odd\noffers: [chatt]\naudiences: {a: {}}\npermission_sets: {orders: {a: [x]}, chatt: {b: [y]}}\n",
            ),
        ),
        ("a type of the catalogue's name", own("kind: type\nname: shop\naudiences: {a: {}}\n")),
        ("a type without audiences", own("kind: type\nname: odd\nchecks: {a-b: error}\n")),
    ]
}
