//! Until when somebody is of their audience, to the second.

use super::desk::{Desk, Holes};

/// Ways found in which somebody lapses when they should not, or does not when they should; empty where all is well.
pub async fn holes(desk: &mut Desk) -> Vec<String> {
    let mut found = Holes::default();
    carried(desk, &mut found).await;
    of_rows(desk, &mut found).await;
    minted(desk, &mut found).await;
    found.0
}

/// The moment as the database sees it, of a persona and a tenant.
async fn moment(desk: &Desk, persona: &str, tenant: &str, keys: &str) -> String {
    let at = format!(
        "select coalesce(({{c}}.lapses_at('{persona}', 'firm', '{tenant}', '{{\"key\": \"{tenant}\"}}', '{keys}') at time zone 'Europe/Berlin')::text, '-')"
    );
    desk.cell(&at).await
}

/// A date of the tenant, in a business table or in the control schema.
async fn carried(desk: &mut Desk, found: &mut Holes) {
    for (tenant, column) in [
        ("north", "{c}.tenant set paid_until = '{day}' where name = 'north'"),
        ("west", "p.accounts set paid_until = '{day}'"),
    ] {
        let email = if tenant == "north" { "pat@north.example" } else { "wes@west.example" };
        desk.run(&format!("update {}", column.replace("{day}", "2999-03-28"))).await;
        // Midnight in the project's time zone, and two hours of grace more.
        found.expect(tenant, moment(desk, "club/member", tenant, "{}").await, "2999-03-28 02:00:00");
        let session = desk.session(email, "club/member", tenant).await;
        found.expect("who has paid", desk.acting(&session).await, "club/member");
        desk.run(&format!("update {}", column.replace("{day}", "2020-01-01"))).await;
        found.expect("who has not", desk.acting(&session).await, "club/former");
        found.expect("what they read", desk.word(&session, "select count(*) from p.notes").await, "42501");
        desk.run(&format!("update {}", column.replace("'{day}'", "null"))).await;
        found.expect("of whom nobody knows", desk.acting(&session).await, "club/former");
        desk.run(&format!("update {}", column.replace("{day}", "2999-01-01"))).await;
        found.expect("who pays again", desk.acting(&session).await, "club/member");
    }
    // What is the one's is not the other's, nor that of a tenant of another kind with the same key.
    found.expect("who serves both kinds", moment(desk, "open/client", "west", "{}").await, "2999-01-01 00:00:00");
    found.expect("another tenant", moment(desk, "club/member", "south", "{}").await, "-");
}

/// The latest of the rows that are the tenant's through a parent, or one's own.
async fn of_rows(desk: &mut Desk, found: &mut Holes) {
    desk.run("truncate p.terms, p.seats; insert into p.seats values (1, 'north', 'pat'), (2, 'south', 'sid');
        insert into p.terms (seat, until, gone) values (1, '2030-01-01 12:00:00+01', null), (1, '2031-01-01 12:00:00+01', null),
            (1, null, null), (1, '2040-01-01 12:00:00+01', now()), (2, '2050-01-01 12:00:00+01', null)").await;
    for (persona, keys, at) in [
        ("club/seated", "{}", "2031-01-01 12:00:00"),
        ("club/guest_of", "{\"author\": \"pat\"}", "2031-01-01 12:00:00"),
        ("club/guest_of", "{\"author\": \"sid\"}", "2050-01-01 12:00:00"),
        ("club/guest_of", "{\"author\": \"nobody\"}", "-"),
        ("club/guest_of", "{}", "-"),
    ] {
        found.expect(&format!("{persona} {keys}"), moment(desk, persona, "north", keys).await, at);
    }
    // A shop that has the key of a firm has not paid by what the firm has paid.
    for (kind, at) in [("firm", "2031-01-01 12:00:00"), ("shop", "-")] {
        let until = format!(
            "select coalesce(({{c}}.lapses_at('open/renter', '{kind}', 'north', '{{\"key\": \"north\"}}', '{{}}') at time zone 'Europe/Berlin')::text, '-')"
        );
        found.expect(&format!("a {kind} with that key"), desk.cell(&until).await, at);
    }
}

/// A token ends with what it was minted for, however long it would have held.
async fn minted(desk: &mut Desk, found: &mut Holes) {
    let session = desk.session("pat@north.example", "club/seated", "north").await;
    desk.run("update p.terms set until = clock_timestamp() + interval '2 seconds' where seat = 1 and gone is null")
        .await;
    let (persona, role, token) = desk.context(&session).await.expect("a context");
    found.expect("before", persona, "club/seated");
    let sql = "select count(*) from p.notes";
    let seen = desk.act_as(&role, &token, sql).await.map(|rows| rows.join("")).unwrap_or_default();
    found.expect("what is seen before", seen, "1");
    // The token is shown again until it says no more, for at most the minute that others hold.
    let wait = "do $$ begin while clock_timestamp() < (select max(until) from p.terms where seat = 1 and gone is null)
        loop perform pg_sleep(0.02); end loop; end $$";
    desk.run(wait).await;
    let seen = desk.act_as(&role, &token, sql).await.map(|rows| rows.join("")).unwrap_or_default();
    found.expect("what the token shows at the very moment", seen, "0");
    found.expect("who they are at the very moment", desk.acting(&session).await, "club/former");
    let to = desk.word(&session, "select title from p.news").await;
    found.expect("what is left to them", to, "Come back");
    // A place that itself ends is not outlived, either.
    let ends = "update {c}.membership set valid_until = '2999-01-01 00:00:00+00' where portal = 'open'; update {c}.tenant set paid_until = '3999-01-01' where name = 'north'";
    desk.run(ends).await;
    let until = "select m.until at time zone 'UTC' from {c}.membership p, lateral {c}.membership_now(p.user_id, 'open/client', 'firm', 'north') m where p.portal = 'open'";
    found.expect("a place that ends", desk.cell(until).await, "2999-01-01 00:00:00");
    // Half open, exactly: what ends now is over now, and what ends in a moment is not.
    for (until, persona) in
        [("clock_timestamp()", "club/former"), ("clock_timestamp() + interval '20 seconds'", "club/seated")]
    {
        desk.run(&format!("update p.terms set until = {until} where seat = 1 and gone is null")).await;
        found.expect(until, desk.acting(&session).await, persona);
    }
}
