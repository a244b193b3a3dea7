//! Small changes of one project, as they slip in: each is told, in the right direction and as severe as it is; and the way
//! back is told the other way round.

use crate::resolved;
use portalctl::analysis::diff::{Change, Class, diff};
use portalctl::model::AccessModel;

const PROJECT: &str = "\
version: 1
kind: project
name: acme
tiers: [basic, gold]
people:
  - {from_table: crm.contacts, keys: {contact: id}, email: email, tenant: account_id, reports_to: boss, audience: support/customer}
tenants: [{from_table: crm.accounts, key: id, tier: {value: basic}}]
---
kind: object
name: case
table: crm.cases
tenant: account_id
owner: {column: created_by, key: contact}
shares: {table: crm.case_shares, row: case_id, user: {column: contact_id, key: contact}, until: ends}
fields:
  subject: text
  status: [draft, open, closed]
  email: {type: email, class: personal}
  iban: {type: text, class: financial, mask: last4}
  note: {type: text, class: internal}
source: {system: erp, write_back: true}
states: {field: status, transitions: {draft: [open], open: [closed], closed: [open]}}
---
kind: object
name: memo
managed: true
tenant: account_id
fields: {text: {type: text, max_length: 100}, mood: [good, bad], ended: date}
retention: {after: 365d, from: ended, then: delete}
---
kind: portal
name: support
integrations: {erp: {kind: outbox, url_env: ERP_URL}}
auth: {session: {idle: 30m, absolute: 12h}}
lifecycle: {paid_until: paid_until, grace: 14d, on_lapse: former}
audiences:
  customer:
    grants:
      case:
        read: {scope: own, where: {status: [open, closed]}, fields: [subject, status, iban]}
        update: {scope: own, where: {status: open}, fields: [subject], needs: mfa}
        create: {fields: [subject], preset: {status: draft}}
        transition: {scope: own, state: {open: [closed]}}
        share: {scope: own, where: {status: [open, closed]}, to: {audiences: [customer]}, gives: read, expires: 30d}
        export: {max_rows: 100}
      memo: {read: [text]}
    deny: {case: {where: {note: hidden}}}
  lead:
    extends: customer
    delegated_admin: {may_grant: [customer]}
  former:
    grants: {case: {read: {scope: own, fields: [subject]}}}
  ended:
    grants: {case: {read: {scope: tenant, fields: [subject]}}}
  visitor:
    who: guest
    grants: {case: {read: {scope: public, where: {status: closed}, fields: [subject]}}}
";

/// What is written, what is written in its place, and what must be told of it: the class, the severity, and what about.
type Slip = (&'static str, &'static str, &'static str, &'static [(Class, &'static str, &'static str)]);

use Class::{Incomparable, Narrow, Widen};

/// Whoever extends an audience has its denials, too.
const TAKES_A_DENY_ALONG: &str = "an audience that extends a wider one";

const SLIPS: &[Slip] = &[
    (
        "a wider scope",
        "read: {scope: own, where: {status: [open, closed]}",
        "read: {scope: reports, where: {status: [open, closed]}",
        &[
            (Widen, "plain", "support/customer read case.subject"),
            (Widen, "sensitive", "support/customer read case.iban [masked: last4]"),
        ],
    ),
    (
        "a condition dropped",
        "read: {scope: own, where: {status: [open, closed]}, fields",
        "read: {scope: own, fields",
        &[(Widen, "plain", "support/customer read case.subject")],
    ),
    (
        "a value more in a condition",
        "read: {scope: own, where: {status: [open, closed]}, fields",
        "read: {scope: own, where: {status: [draft, open, closed]}, fields",
        &[(Widen, "plain", "support/customer read case.subject")],
    ),
    (
        "a sensitive field more",
        "fields: [subject, status, iban]}",
        "fields: [subject, status, iban, email]}",
        &[
            (Widen, "sensitive", "support/customer read case.email"),
            (Widen, "sensitive", "support/lead read case.email"),
        ],
    ),
    (
        "a mask taken off",
        "class: financial, mask: last4",
        "class: financial",
        &[(Widen, "sensitive", "support/customer read case.iban")],
    ),
    (
        "a deny dropped",
        "    deny: {case: {where: {note: hidden}}}\n",
        "",
        &[(Widen, "plain", "support/customer read case.subject")],
    ),
    ("no second factor", ", needs: mfa}", "}", &[(Widen, "plain", "support/customer update case.subject")]),
    ("a longer session", "idle: 30m", "idle: 8h", &[(Widen, "plain", "support sign-in [session idle]")]),
    (
        "a session without end",
        "absolute: 12h",
        "absolute: 30d",
        &[(Widen, "plain", "support sign-in [session absolute]")],
    ),
    (
        TAKES_A_DENY_ALONG,
        "  former:\n    grants",
        "  former:\n    extends: customer\n    grants",
        &[
            (Widen, "plain", "support/former update case.subject"),
            (Widen, "sensitive", "support/former read case.iban [masked: last4]"),
        ],
    ),
    (
        "an administrator of a tenant may grant more",
        "may_grant: [customer]",
        "may_grant: [customer, lead]",
        &[(Widen, "plain", "support/lead sign-in [delegated_admin]")],
    ),
    (
        "a share without an end",
        "gives: read, expires: 30d}",
        "gives: read}",
        &[(Widen, "sensitive", "support/customer share case [with support/customer]")],
    ),
    (
        "a lapse into another audience",
        "on_lapse: former",
        "on_lapse: ended",
        &[(Incomparable, "plain", "support/customer sign-in [lifecycle]")],
    ),
    ("a longer grace", "grace: 14d", "grace: 90d", &[(Widen, "plain", "support/customer sign-in [lifecycle]")]),
    (
        "a move more",
        "state: {open: [closed]}}",
        "state: {open: [closed], closed: [open]}}",
        &[(Widen, "plain", "support/customer transition case.status [closed → open]")],
    ),
    (
        "a preset dropped",
        ", preset: {status: draft}}",
        "}",
        &[(Widen, "plain", "support/customer create case.subject")],
    ),
    ("more rows at once", "max_rows: 100", "max_rows: 100000", &[(Widen, "sensitive", "support/customer export case")]),
    (
        "guests see more",
        "read: {scope: public, where: {status: closed}, fields: [subject]}",
        "read: {scope: public, fields: [subject]}",
        &[(Widen, "public", "support/visitor read case.subject")],
    ),
    (
        "the tenant in another column",
        "table: crm.cases\ntenant: account_id",
        "table: crm.cases\ntenant: partner_id",
        &[(Incomparable, "plain", "support/ended read case.subject")],
    ),
    (
        "writes handed to another place",
        "url_env: ERP_URL",
        "url_env: OTHER_URL",
        &[(Incomparable, "sensitive", "hand over case [writes, to another system]")],
    ),
    (
        "a column kept no longer",
        ", mood: [good, bad], ended",
        ", ended",
        &[(Narrow, "plain", "keep memo.mood [column]")],
    ),
    (
        "a value that a column holds no longer",
        "mood: [good, bad]",
        "mood: [good]",
        &[(Narrow, "plain", "keep memo.mood [type]")],
    ),
    ("a shorter retention", "after: 365d", "after: 30d", &[(Narrow, "plain", "keep memo [retention]")]),
];

fn model(text: &str) -> AccessModel {
    resolved(text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"))
}

/// `support/customer read case.subject [by mask]`, as a slip names it.
fn about(change: &Change) -> String {
    let optional = |text: Option<&str>, before: &str, after: &str| {
        text.map(|text| format!("{before}{text}{after}")).unwrap_or_default()
    };
    let whom = optional(change.persona.as_deref(), "", " ");
    let object = optional(change.object.as_deref(), " ", "");
    let field = optional(change.field.as_deref(), ".", "");
    format!("{whom}{}{object}{field}{}", change.action, optional(change.what.as_deref(), " [", "]"))
}

fn told(before: &AccessModel, after: &AccessModel) -> Vec<(Class, String, String)> {
    let severity = |change: &Change| serde_json::to_value(change.severity).unwrap().as_str().unwrap().to_owned();
    diff(before, after).changes.iter().map(|change| (change.class, severity(change), about(change))).collect()
}

#[test]
fn each_slip_is_told_with_its_direction_and_severity() {
    let before = model(PROJECT);
    let mut wrong = Vec::new();
    for (name, from, to, wanted) in SLIPS {
        assert_eq!(PROJECT.matches(from).count(), 1, "{name}: `{from}`");
        let after = model(&PROJECT.replace(from, to));
        let (forth, back) = (told(&before, &after), told(&after, &before));
        for (class, severity, what) in *wanted {
            let told = (*class, (*severity).to_owned(), (*what).to_owned());
            if !forth.contains(&told) {
                wrong.push(format!("{name}: no {told:?} in {forth:#?}"));
            }
            // What is gone is gone whichever way it is read: the way back of a loss of data is no gain.
            let mirrored = match class {
                Widen => Narrow,
                Narrow => continue,
                other => *other,
            };
            let mirror = (mirrored, (*severity).to_owned(), (*what).to_owned());
            if !back.contains(&mirror) {
                wrong.push(format!("{name}, back: no {mirror:?} in {back:#?}"));
            }
        }
        // A gain is never told as a loss, whatever else is said.
        if wanted.iter().all(|(class, ..)| *class == Widen) && *name != TAKES_A_DENY_ALONG {
            let narrower = forth.iter().filter(|(class, ..)| *class == Narrow).collect::<Vec<_>>();
            if !narrower.is_empty() {
                wrong.push(format!("{name}: {narrower:#?} is told as a loss"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One slip does not hide another.
#[test]
fn two_slips_at_once_are_both_told() {
    let before = model(PROJECT);
    let single = |slip: &Slip| PROJECT.replace(slip.1, slip.2);
    for pair in SLIPS.windows(2) {
        let [one, other] = pair else { continue };
        let text = single(one).replace(other.1, other.2);
        // Where the one has changed what the other would, there is nothing to try.
        let Ok(after) = resolved(&text) else { continue };
        if !single(one).contains(other.1) || !text.contains(one.2) {
            continue;
        }
        let found = told(&before, &after);
        let gains = |wanted: &Slip| {
            wanted.3.iter().all(|(class, _, what)| {
                found.iter().any(|(other, _, about)| about == what && (other == class || other.gains()))
            })
        };
        assert!(gains(one) && gains(other), "{} and {}: {found:#?}", one.0, other.0);
    }
}
