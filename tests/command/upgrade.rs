//! A control schema that a former version of the program made.

use crate::since::{SPEC, Shop};

/// All that people have, by what was there before.
const HELD: &str = "\
select string_agg(line, E'\\n' order by line) from (
    select concat_ws('|', 'tenant', key, title, tier, parent_key, status, origin, settings, paid_until) from acme_portal.tenant
    union all select concat_ws('|', 'user', email, source, disabled_at) from acme_portal.app_user
    union all select concat_ws('|', 'member', m.portal, m.audience, m.tenant_key, m.keys, m.origin, u.email)
        from acme_portal.membership as m join acme_portal.app_user as u on u.id = m.user_id
    union all select concat_ws('|', 'link', encode(secret_hash, 'hex'), expires_at) from acme_portal.sign_in_link
    union all select concat_ws('|', 'share', id, object, row_key) from acme_portal.share
    union all select concat_ws('|', 'key', kid, encode(inner_key, 'hex')) from acme_portal.signing_key
    union all select concat_ws('|', 'row', id, account_id, subject) from acme.\"order\"
) as held(line)";

#[test]
fn version_seven_keeps_what_six_held() {
    let shop = Shop::new();
    shop.one("insert into acme.\"order\" (account_id, subject) values ('north', 'Jam'), ('south', 'Tea')");
    shop.run(&["tenant", "add", "east", "--key", "east", "--title", "East Ltd"]).expect(0);
    shop.run(&["tenant", "set", "east", "--setting", "branding.name=East", "--paid-until", "2030-01-01"]).expect(0);
    shop.run(&["tenant", "suspend", "south"]).expect(0);
    for email in ["ann@east.example", "ben@east.example"] {
        shop.run(&["user", "invite", email, "--as", "shop/customer", "--tenant", "east"]).expect(0);
    }
    shop.run(&["user", "link", "ann@east.example"]).expect(0);
    shop.run(&["user", "disable", "ben@east.example"]).expect(0);
    shop.one(
        "insert into acme_portal.share (object, row_key, tenant_kind, tenant_key) values ('order', '{1}', '', 'east')",
    );
    // As version 6 had it: the states that were applied are not kept yet.
    shop.one("drop table acme_portal.applied_state; update acme_portal.meta set version = 6");
    let before = shop.one(HELD);
    for held in ["East Ltd", "branding.name", "2030-01-01", "suspended", "ben@east.example", "share|", "link|", "Jam"] {
        assert!(before.contains(held), "no `{held}` in:\n{before}");
    }
    let log = shop.one("select count(*) from acme_portal.audit_event");

    let plan = shop.run(&["plan"]).expect(0).stdout;
    assert!(plan.contains("to version 7") || plan.contains("version 7"), "{plan}");
    shop.run(&["drift"]);
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.one("select version from acme_portal.meta"), "7");
    assert_eq!(shop.one(HELD), before);
    assert_eq!(shop.one("select count(*) from acme_portal.audit_event"), log);
    assert_eq!(shop.one("select count(*) from acme_portal.receipt"), "2");
    // Sign-in goes on as it was, and what is applied from now on is kept.
    shop.run(&["user", "link", "ann@east.example"]).expect(0);
    assert!(shop.run(&["plan", "--exit-code"]).expect(0).stdout.starts_with("no changes"));
    shop.write(&SPEC.replace("read: [subject, status]", "read: [subject]"));
    shop.run(&["apply", "--yes"]).expect(0);
    shop.run(&["rollback", "--yes"]).expect(0);
    assert_eq!(
        shop.one("select has_column_privilege('acme__shop__customer', 'acme.\"order\"', 'status', 'select')"),
        "t"
    );
}
