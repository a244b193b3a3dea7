//! Asking to be let in, letting in, and how often either may be tried.

use super::desk::{Desk, Holes, Session};

/// Ways found in which somebody gets in, or learns something, who should not; empty where all is well.
pub async fn holes(desk: &mut Desk) -> Vec<String> {
    let mut found = Holes::default();
    asked(desk, &mut found).await;
    told_the_same(desk, &mut found).await;
    bounded(desk, &mut found).await;
    answered(desk, &mut found).await;
    walked_in(desk, &mut found).await;
    of_a_table(desk, &mut found).await;
    barred(desk, &mut found).await;
    answered_long_ago(desk, &mut found).await;
    guests(desk, &mut found).await;
    found.0
}

/// As the issuer asks, for somebody at that network address.
async fn ask(desk: &mut Desk, portal: &str, given: &str, address: &str) -> String {
    desk.issue(&format!("select {{c}}.register('{portal}', '{given}', '{address}')")).await
}

fn form(email: &str) -> String {
    format!("{{\"email\": \"{email}\", \"name\": \"Nell\", \"company\": \"Nell & Co\", \"purpose\": \"To see\"}}")
}

const WAITING: &str = "select email, details->>'name', details->>'company', known from {c}.registrations(null)";
const COUNT: &str = "select count(*) from {c}.registration where state = 'waiting'";

async fn asked(desk: &mut Desk, found: &mut Holes) {
    let blank = form("nell@new.example").replace("Nell & Co", " ");
    let tab = form("nell@new.example").replace("\"Nell\"", "\"Ne\\tll\"");
    for (portal, given, answer) in [
        ("desk", form("nell@new.example"), "closed"),
        ("join", form("no address"), "email"),
        ("join", "{}".to_owned(), "email"),
        ("join", blank, "company"),
        ("join", tab, "name"),
        ("join", form("nell@new.example").replace("To see", "To \u{202e}see"), "purpose"),
        ("join", form(" Nell@New.example "), "done"),
    ] {
        found.expect(&format!("{portal} {given}"), ask(desk, portal, &given, "192.0.2.1").await, answer);
    }
    found.expect("who waits", desk.cell(COUNT).await, "1");
    let clerk = desk.session("clerk@staff.example", "join/clerk", "").await;
    found.expect("whom staff see", desk.word(&clerk, WAITING).await, "nell@new.example|Nell|Nell & Co|f");
    found.expect(
        "nobody is in yet",
        desk.cell("select count(*) from {c}.app_user where email = 'nell@new.example'").await,
        "0",
    );
}

/// Whoever the address belongs to, and whoever asked for it before.
async fn told_the_same(desk: &mut Desk, found: &mut Holes) {
    for (email, network) in [
        ("nell@new.example", "192.0.2.2"),
        ("ada@north.example", "192.0.2.3"),
        ("clerk@staff.example", "192.0.2.4"),
        ("bad@else.example", "192.0.2.5"),
        ("wes@west.example", "192.0.2.6"),
    ] {
        found.expect(email, ask(desk, "join", &form(email), network).await, "done");
    }
    found.expect(
        "who waits twice",
        desk.cell("select count(*) from {c}.registration where state = 'waiting' and email = 'nell@new.example'").await,
        "1",
    );
    let other = form("nell@new.example").replace("Nell & Co", "Somebody else");
    ask(desk, "join", &other, "192.0.2.7").await;
    let company = "select string_agg(details->>'company', ', ') from {c}.registration where state = 'waiting' and email = 'nell@new.example'";
    found.expect("what the first wrote", desk.cell(company).await, "Nell & Co");
}

/// In an hour three of one network, and three for one address; which of the two, nobody is told.
async fn bounded(desk: &mut Desk, found: &mut Holes) {
    for (count, answer) in ["done", "done", "done", "limit", "limit"].iter().enumerate() {
        let got = ask(desk, "join", &form(&format!("n{count}@net.example")), "198.51.100.9").await;
        found.expect(&format!("the {count}th of one network"), got, answer);
    }
    for (count, answer) in ["done", "done", "done", "limit"].iter().enumerate() {
        let got = ask(desk, "join", &form(&format!("six{count}@net.example")), &format!("2001:db8::{count}")).await;
        found.expect(&format!("the {count}th of one network of the newer kind"), got, answer);
    }
    for count in 0..6 {
        let got = ask(desk, "join", &form("much@net.example"), &format!("203.0.113.{count}")).await;
        found.expect(&format!("the {count}th for one address"), got, "done");
    }
    let kept = "select count(*) from {c}.registration where email = 'much@net.example'";
    found.expect("what is kept of them", desk.cell(kept).await, "3");
    // What was an hour ago does not count, and no address stands in what is counted.
    desk.run("update {c}.attempt set at = at - interval '61 minutes'").await;
    found.expect("an hour later", ask(desk, "join", &form("later@net.example"), "198.51.100.9").await, "done");
    let plain = "select count(*) from {c}.attempt where length(who) <> 32 or who in (sha256('198.51.100.9'), sha256('much@net.example'))";
    found.expect("addresses that can be read", desk.cell(plain).await, "0");
}

async fn of(desk: &Desk, email: &str) -> String {
    desk.cell(&format!("select id from {{c}}.registration where state = 'waiting' and email = '{email}'")).await
}

async fn answered(desk: &mut Desk, found: &mut Holes) {
    let clerk = desk.session("clerk@staff.example", "join/clerk", "").await;
    let kim = desk.session("kim@staff.example", "join/onlooker", "").await;
    let ada = desk.session("ada@north.example", "desk/admin", "north").await;
    let (nell, wes) = (of(desk, "nell@new.example").await, of(desk, "wes@west.example").await);
    let call = |id: &str, approve: bool, tenant: &str| {
        format!("select {{c}}.registration_answer('{id}', {approve}, '{tenant}', 'because')")
    };
    for session in [&kim, &ada] {
        found.expect("who may not look", desk.word(session, WAITING).await, "42501");
        found.expect("who may not answer", desk.word(session, &call(&nell, true, "")).await, "42501");
    }
    for internal in
        ["select {c}.registration_approve('{id}', '', 'x')", "select {c}.registration_reject('{id}', '', 'x')"]
    {
        found.expect(internal, desk.word(&clerk, &internal.replace("{id}", &nell)).await, "42501");
    }
    let Some((_, role, _)) = desk.context(&clerk).await else {
        return found.0.push("the clerk is not signed in any more".to_owned());
    };
    let answer = desk.act_as(&role, "", &call(&nell, true, "")).await.map(|rows| rows.join("; "));
    found.expect("without a token", answer.unwrap_or_else(|error| error.to_string()), "gone");
    // Of another portal's, and of another kind's tenants.
    ask(desk, "firms", "{\"email\": \"fred@firm.example\"}", "192.0.2.50").await;
    let fred = of(desk, "fred@firm.example").await;
    for (what, id, tenant, answer) in [
        ("another portal's", fred.as_str(), "north", "gone"),
        ("nobody", "x", "", "gone"),
        ("a tenant that there is not", nell.as_str(), "nowhere", "tenant"),
        ("a tenant of another kind", nell.as_str(), "north", "tenant"),
    ] {
        found.expect(what, desk.word(&clerk, &call(id, true, tenant)).await, answer);
    }
    found.expect("let in", desk.word(&clerk, &call(&nell, true, "")).await, "done");
    found.expect("let in twice", desk.word(&clerk, &call(&nell, true, "")).await, "gone");
    let tenant = desk
        .cell("select tenant_key from {c}.registration where state = 'approved' and email = 'nell@new.example'")
        .await;
    let made = format!("select tenant_kind, title, origin from {{c}}.tenant where key = '{tenant}'");
    found.expect("their tenant", desk.cell(&made).await, "club|Nell & Co|registration");
    let new = desk.session_of("nell@new.example", "join/newcomer", "club", &tenant).await;
    written(desk, &new, &tenant, found).await;
    found.expect("turned away", desk.word(&clerk, &call(&wes, false, "")).await, "done");
    let state = "select state, note, decided_by = (select id::text from {c}.app_user where source_key = 'clerk@staff.example') from {c}.registration where email = 'wes@west.example'";
    found.expect("what is known of it", desk.cell(state).await, "rejected|because|t");
    let places = "select count(*) from {c}.membership m join {c}.app_user u on u.id = m.user_id where u.email in ('wes@west.example', 'ada@north.example') and m.portal = 'join'";
    found.expect("who was not let in", desk.cell(places).await, "0");
    let events = "select string_agg(action || ' ' || (detail->>'email'), ', ' order by id) from {c}.audit_event where action ~ '^registration'";
    found.expect(
        "what is recorded",
        desk.cell(events).await,
        "registration.approve nell@new.example, registration.reject wes@west.example",
    );
}

/// Somebody new writes, and reads what is theirs.
async fn written(desk: &mut Desk, new: &Session, tenant: &str, found: &mut Holes) {
    desk.run("insert into p.places (account, body) values ('other', 'of others')").await;
    found.expect("a row of theirs", desk.word(new, "insert into p.places (body) values ('mine')").await, "");
    found.expect("what they read", desk.word(new, "select body from p.places").await, "mine");
    let rows = format!("select body from p.places where account = '{tenant}'");
    found.expect("whose it is", desk.cell(&rows).await, "mine");
}

/// Where nobody decides: a tenant each, once.
async fn walked_in(desk: &mut Desk, found: &mut Holes) {
    for _ in 0..2 {
        let given = "{\"email\": \"walt@walk.example\", \"name\": \"Walt\"}";
        found.expect("walk in", ask(desk, "walk_in", given, "192.0.2.60").await, "done");
    }
    let places = "select count(*), count(distinct m.tenant_key), min(m.audience) from {c}.membership m join {c}.app_user u on u.id = m.user_id where u.email = 'walt@walk.example'";
    found.expect("their places", desk.cell(places).await, "1|1|walker");
    // Who is known elsewhere gets a place of their own, and nothing of that one changes.
    ask(desk, "walk_in", "{\"email\": \"sol@south.example\", \"name\": \"Not Sol\"}", "192.0.2.61").await;
    let called = "select title from {c}.app_user where source_key = 'sol@south.example'";
    found.expect("what they are called", desk.cell(called).await, "Sol of the South");
    let tenants = "select count(*) from {c}.membership m join {c}.app_user u on u.id = m.user_id where u.email = 'sol@south.example' and m.portal = 'walk_in' and m.tenant_key in ('south', 'north')";
    found.expect("another's tenant", desk.cell(tenants).await, "0");
}

/// Tenants of the business are not made up.
async fn of_a_table(desk: &mut Desk, found: &mut Holes) {
    let fred = of(desk, "fred@firm.example").await;
    for (tenant, answer) in [("", "tenant"), ("west", "done")] {
        let call = format!("select {{c}}.registration_approve('{fred}', '{tenant}', 'operator')");
        found.expect(&format!("as of {tenant:?}"), desk.cell(&call).await, answer);
    }
}

/// Whom the operator keeps out, at whatever source they live, comes in by no other door; who lets them in is told so.
async fn barred(desk: &mut Desk, found: &mut Holes) {
    desk.disable("wil@west.example", true).await;
    let given = "{\"email\": \"wil@west.example\", \"name\": \"Wil\"}";
    found.expect("walk in", ask(desk, "walk_in", given, "192.0.2.80").await, "done");
    // By a walk-in from before, or by whatever else left a place.
    let place = "insert into {c}.app_user (source_key, email) values ('wil@west.example', 'wil@west.example') on conflict do nothing;
        insert into {c}.membership (user_id, portal, audience, tenant_kind, tenant_key, origin)
        select id, 'walk_in', 'walker', 'club', 'w', 'team' from {c}.app_user where source_key = 'wil@west.example' on conflict do nothing;
        insert into {c}.tenant (tenant_kind, key, name, title, origin) values ('club', 'w', 'w', 'W', 'command')";
    desk.run(place).await;
    let places = "select count(*) from {c}.app_user u, {c}.membership m, {c}.membership_now(u.id, m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key)
        where u.email = 'wil@west.example' and m.user_id = u.id";
    found.expect("the places of who is kept out", desk.cell(places).await, "0");
    found.expect("join", ask(desk, "join", &form("wil@west.example"), "192.0.2.81").await, "done");
    let clerk = desk.session("clerk@staff.example", "join/clerk", "").await;
    let waiting =
        "select id from {c}.registration where state = 'waiting' and email = 'wil@west.example' and portal = 'join'";
    let wil = desk.cell(waiting).await;
    let call = format!("select {{c}}.registration_answer('{wil}', true, '', '')");
    found.expect("let in", desk.word(&clerk, &call).await, "barred");
    found.expect("still waits", desk.cell(waiting).await, &wil);
    let events = "select count(*) from {c}.audit_event where action = 'registration.approve' and detail ->> 'email' = 'wil@west.example'";
    found.expect("what is recorded", desk.cell(events).await, "0");
    desk.disable("wil@west.example", false).await;
    found.expect("who is let in again", desk.cell(places).await, "1");
    // A place that its tenant has disabled is not opened by asking once more, nor said to be.
    desk.run("update {c}.membership set disabled_at = now() where portal = 'walk_in' and tenant_key = 'w'").await;
    let again = "select {c}.registration_approve(id, 'w', 'operator') from {c}.registration where portal = 'walk_in' and state = 'waiting' and email = 'wil@west.example'";
    found.expect("let in where the tenant keeps them out", desk.cell(again).await, "barred");
}

/// What was answered is kept for a while; what waits, until it is answered.
async fn answered_long_ago(desk: &mut Desk, found: &mut Holes) {
    desk.run("insert into {c}.registration (portal, audience, tenant_kind, email, details, state, at, decided_at) values
        ('join', 'newcomer', 'club', 'old@net.example', '{}', 'rejected', now() - interval '2 years', now() - interval '181 days'),
        ('join', 'newcomer', 'club', 'older@net.example', '{}', 'repeated', now() - interval '181 days', null),
        ('join', 'newcomer', 'club', 'young@net.example', '{}', 'rejected', now() - interval '2 years', now() - interval '179 days'),
        ('join', 'newcomer', 'club', 'patient@net.example', '{}', 'waiting', now() - interval '2 years', null)").await;
    ask(desk, "join", &form("somebody@net.example"), "192.0.2.90").await;
    let kept = "select string_agg(split_part(email, '@', 1), ' ' order by email) from {c}.registration where email ~ '^(old|older|young|patient)@'";
    found.expect("what is kept", desk.cell(kept).await, "patient young");
}

/// Rows of guests are counted by network, whatever statement makes them.
async fn guests(desk: &mut Desk, found: &mut Holes) {
    let wish = "insert into p.wishes (body) values ('a')";
    for (address, statement, answer) in [
        ("192.0.2.70", wish, ""),
        ("192.0.2.70", "insert into p.wishes (body) values ('a'), ('b')", "P0001"),
        ("192.0.2.70", wish, ""),
        ("192.0.2.70", wish, "P0001"),
        ("192.0.2.71", wish, ""),
    ] {
        let got = desk.as_guest("join", address, statement).await;
        found.expect(&format!("{address}: {statement}"), got, answer);
    }
    found.expect("what is kept", desk.cell("select count(*) from p.wishes").await, "3");
}
