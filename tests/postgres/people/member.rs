//! The type of the catalogue for paid memberships: it lapses and opens again, and nobody sets anything to lapsed.

use super::desk::Desk;
use crate::provisioned::{Provisioned, folder};
use portalctl_test_support::TestDatabase;

const PEOPLE: &str = "
    insert into {c}.tenant (tenant_kind, key, name, title, origin) values
        ('member', '00000000-0000-4000-8000-00000000000a', 'bea', 'Bea', 'command'),
        ('member', '00000000-0000-4000-8000-00000000000b', 'carl', 'Carl', 'command');
    insert into {c}.app_user (source_key, email) values ('bea@x.example', 'bea@x.example'), ('carl@x.example', 'carl@x.example');
    insert into {c}.membership (user_id, portal, audience, tenant_kind, tenant_key, keys, origin)
        select u.id, 'members', case left(u.email, 3) when 'bea' then 'member_admin' else 'member' end, 'member',
               case left(u.email, 3) when 'bea' then '00000000-0000-4000-8000-00000000000a' else '00000000-0000-4000-8000-00000000000b' end,
               jsonb_build_object('contact', u.id), 'command'
        from {c}.app_user u where u.email ~ '@x[.]example$'";

const ROWS: &str = "
    insert into {s}.membership_tier (id, code, name, rank, price, currency, benefits, published)
        values ('00000000-0000-4000-8000-000000000001', 'full', 'Full', 1, 1, 'EUR', 'All', true);
    insert into {s}.membership_record (id, account_id, tier_id, state, joined_on, expires_on, number)
        select ('00000000-0000-4000-8000-00000000001' || right(key, 1))::uuid, key::uuid, '00000000-0000-4000-8000-000000000001', 'active', '2020-01-01', '2020-12-31', 'M-' || right(key, 1)
        from {c}.tenant where tenant_kind = 'member'";

#[tokio::test]
async fn a_membership_lapses_with_its_term_and_opens_with_the_next() {
    let db = TestDatabase::from_template("people-member", async |_| {}).await;
    let portal = Provisioned::new(db, &folder("postgres/people_member")).await;
    let schema = portal.model.objects[&portalctl::names::ObjectName::new("membership_record")].table.schema.to_string();
    let mut desk = Desk::of(portal).await;
    let text = |text: &str| text.replace("{s}", &format!("\"{schema}\""));
    desk.run(PEOPLE).await;
    desk.run(&text(ROWS)).await;
    let bea = desk
        .session_of("bea@x.example", "members/member_admin", "member", "00000000-0000-4000-8000-00000000000a")
        .await;
    let carl =
        desk.session_of("carl@x.example", "members/member", "member", "00000000-0000-4000-8000-00000000000b").await;
    // Who has lapsed reads titles, and no more.
    let bodies = text("select count(body) from {s}.resource");
    let lapsed = ("members/lapsed_admin", "members/lapsed_member");
    let open = "members/member_admin";
    let term = |until: &str| {
        text(&format!(
            "delete from {{s}}.membership_term; insert into {{s}}.membership_term (membership_id, valid_from, valid_until, opens_library)
             select id, '2020-01-01', {until}, true from {{s}}.membership_record where account_id = '00000000-0000-4000-8000-00000000000a'"
        ))
    };
    let today = "(clock_timestamp() at time zone 'Europe/Berlin')::date";
    for (until, who) in [
        // Nobody has paid.
        (None, lapsed.0),
        // The day that is named is the first that is not paid for.
        (Some(format!("{today} + 1")), open),
        (Some(today.to_owned()), lapsed.0),
        (Some(format!("{today} - 400")), lapsed.0),
        // It is paid again.
        (Some(format!("{today} + 300")), open),
    ] {
        if let Some(until) = &until {
            desk.run(&term(until)).await;
        }
        assert_eq!(desk.acting(&bea).await, who, "{until:?}");
        let seen = desk.word(&bea, &bodies).await;
        assert_eq!(seen, if who == open { "0" } else { "42501" }, "{until:?}");
        // What one pays, opens nothing to another.
        assert_eq!(desk.acting(&carl).await, lapsed.1, "{until:?}");
    }
}
