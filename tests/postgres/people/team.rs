//! Delegated administration as functions of the control schema.

use super::desk::{Desk, Holes, Session};

/// Ways found in which a tenant's administrator is not as they should be; empty where all is well.
pub async fn holes(desk: &mut Desk) -> Vec<String> {
    let mut found = Holes::default();
    let ada = desk.session("ada@north.example", "desk/admin", "north").await;
    listed(desk, &ada, &mut found).await;
    invited(desk, &ada, &mut found).await;
    strangers(desk, &ada, &mut found).await;
    out_of_reach(desk, &ada, &mut found).await;
    kept_out(desk, &ada, &mut found).await;
    moved(desk, &ada, &mut found).await;
    others(desk, &ada, &mut found).await;
    out_of_a_table(desk, &ada, &mut found).await;
    recorded(desk, &mut found).await;
    found.0
}

const TEAM: &str = "select email, coalesce(person, '-'), audience, state, fixed from {c}.team(null)";

async fn row(desk: &mut Desk, who: &Session, email: &str) -> String {
    desk.word(who, &format!("{TEAM} where email = '{email}'")).await
}

async fn listed(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let all = "ada@north.example|-|admin|active|self; aud@north.example|-|auditor|active|beyond; \
               nia@north.example|-|user|active|document";
    found.expect("the team of north", desk.word(ada, TEAM).await, all);
    // Of the table of the business somebody administers too, and is shown there what is not theirs to change.
    let wes = desk.session("wes@west.example", "desk/admin", "west").await;
    let west = "wes@west.example|Wes West|admin|active|self; wil@west.example|Wil West|admin|active|table";
    found.expect("the team of west", desk.word(&wes, TEAM).await, west);
}

async fn invited(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    for (email, title, audience, answer) in [
        ("New@North.example ", "New One", "user", "done"),
        ("new@north.example", "", "admin", "known"),
        ("wrong", "", "user", "email"),
        ("a b@x.example", "", "user", "email"),
        ("x@y.example", "a\tb", "user", "title"),
        ("x@y.example", "Ann\u{202e}nnA", "user", "title"),
        ("x@y.example", "", "auditor", "audience"),
        ("x@y.example", "", "staff", "audience"),
        ("x@y.example", "", "member", "audience"),
        ("x@y.example", "", "", "audience"),
    ] {
        let call = format!("select {{c}}.team_invite('{email}', '{title}', '{audience}')");
        found.expect(&format!("invite {email} as {audience}"), desk.word(ada, &call).await, answer);
    }
    found.expect("nobody", desk.word(ada, "select {c}.team_invite(null, null, 'user')").await, "email");
    found.expect(
        "whom nobody invited",
        desk.cell("select count(*) from {c}.app_user where email = 'x@y.example'").await,
        "0",
    );
    found.expect(
        "who was invited",
        row(desk, ada, "new@north.example").await,
        "new@north.example|New One|user|active|",
    );
    let new = desk.session("new@north.example", "desk/user", "north").await;
    found.expect("what they read", desk.word(&new, "select body from p.notes").await, "of north");
    desk.word(&new, "insert into p.notes (body) values ('mine')").await;
    let mine =
        "select count(*) from p.notes n join {c}.app_user u on u.id::text = n.author and u.email = 'new@north.example'
        where n.body = 'mine' and n.account = 'north'";
    found.expect("a row of theirs", desk.cell(mine).await, "1");
}

/// Whom the operator keeps out of a table of the business comes back by no invitation.
async fn out_of_a_table(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    desk.disable("wes@west.example", true).await;
    let call = "select {c}.team_invite('wes@west.example', '', 'user')";
    // As of anybody else: who is kept out elsewhere is nobody's to learn.
    found.expect("invited", desk.word(ada, call).await, "done");
    let inside = "select count(*) from {c}.app_user u, {c}.membership m, {c}.membership_now(u.id, m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key)
        where u.email = 'wes@west.example' and m.user_id = u.id";
    found.expect("whether they are in", desk.cell(inside).await, "0");
    desk.disable("wes@west.example", false).await;
    found.expect("whether they are in again", desk.cell(inside).await, "1");
    desk.run("delete from {c}.membership where user_id in (select id from {c}.app_user where source_key = 'wes@west.example')").await;
    found.expect("nobody", desk.disable("nobody-at-all@x.example", true).await.to_string(), "false");
    let events = "select count(*) from {c}.audit_event where subject = 'nobody-at-all@x.example' or detail ->> 'email' = 'nobody-at-all@x.example'";
    found.expect("what is recorded of nobody", desk.cell(events).await, "0");
}

/// An address that somebody has elsewhere is answered, and then shown, as one that nobody has.
async fn strangers(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let mut shown = Vec::new();
    for email in
        ["nobody@else.example", "sol@south.example", "kim@staff.example", "eve@north.example", "bad@else.example"]
    {
        let call = format!("select {{c}}.team_invite('{email}', '', 'user')");
        let answer = desk.word(ada, &call).await;
        shown.push(format!("{answer}: {}", row(desk, ada, email).await).replace(email, "…"));
        // Who may hand rows over is shown people as well.
        let people = format!(
            "select coalesce(person, '-') from {{c}}.everyone() where email = '{email}' and tenant_key = 'north' and persona = 'desk/user'"
        );
        found.expect(&format!("what {email} is called"), desk.cell(&people).await, "-");
    }
    for other in &shown[1..] {
        found.expect("a stranger", other, &shown[0]);
    }
    let titles = "select string_agg(title, ', ' order by title) from {c}.app_user where source_key ~ '^(sol|kim|bad)@'";
    found.expect("what they are called elsewhere", desk.cell(titles).await, "Bad, Kim, Sol of the South");
    found.expect(
        "the place of staff",
        desk.cell("select audience from {c}.membership where tenant_key = '' and portal = 'desk'").await,
        "staff",
    );
}

async fn out_of_reach(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let own = desk.place("ada@north.example", "desk", "north").await;
    let auditor = desk.place("aud@north.example", "desk", "north").await;
    let document = desk
        .cell(
            "select m.id from {c}.membership m join {c}.app_user u on u.id = m.user_id
        where u.email = 'nia@north.example' and tenant_key = 'north'",
        )
        .await;
    let foreign = desk
        .cell(
            "select m.id from {c}.membership m join {c}.app_user u on u.id = m.user_id
        where u.email = 'sol@south.example' and tenant_key = 'south'",
        )
        .await;
    let elsewhere = desk.cell("select m.id from {c}.membership m where portal = 'extra'").await;
    let staff = desk.cell("select m.id from {c}.membership m where audience = 'staff' and portal = 'desk'").await;
    let before = desk.cell(WHOLE).await;
    for (whose, id, answer) in [
        ("one's own", &own, "fixed"),
        ("an auditor's", &auditor, "fixed"),
        ("another tenant's", &foreign, "gone"),
        ("another portal's", &elsewhere, "gone"),
        ("staff's", &staff, "gone"),
        ("nobody's", &"x".to_owned(), "gone"),
    ] {
        for call in [
            format!("select {{c}}.team_grant('{id}', 'user')"),
            format!("select {{c}}.team_disable('{id}', true)"),
            format!("select {{c}}.team_disable('{id}', false)"),
        ] {
            found.expect(&format!("{whose} place, {call}"), desk.word(ada, &call).await, answer);
        }
    }
    let call = format!("select {{c}}.team_grant('{document}', 'admin')");
    found.expect("a document's place", desk.word(ada, &call).await, "fixed");
    found.expect("what became of it", desk.cell(WHOLE).await, &before);
}

/// Every place as it is.
const WHOLE: &str = "select md5(string_agg(to_jsonb(m)::text, ',' order by m.id)) from {c}.membership m";

async fn kept_out(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let here = desk.session("nia@north.example", "desk/user", "north").await;
    let there = desk.session("nia@north.example", "desk/user", "south").await;
    let place = desk.place("nia@north.example", "desk", "north").await;
    let call = |disabled: bool| format!("select {{c}}.team_disable('{place}', {disabled})");
    found.expect("disable", desk.word(ada, &call(true)).await, "done");
    found.expect("disable again", desk.word(ada, &call(true)).await, "same");
    found.expect("the session here", format!("{}", desk.context(&here).await.is_some()), "false");
    found.expect("the session there", format!("{}", desk.context(&there).await.is_some()), "true");
    let assignable = "select count(*) from {c}.everyone() where email = 'nia@north.example' and tenant_key = 'north'";
    found.expect("who may be named", desk.cell(assignable).await, "0");
    found.expect(
        "how they stand",
        row(desk, ada, "nia@north.example").await,
        "nia@north.example|-|user|disabled|document",
    );
    found.expect("enable", desk.word(ada, &call(false)).await, "done");
    // What was open before is over, whoever has it by now; they sign in anew.
    found.expect("the session after", format!("{}", desk.context(&here).await.is_some()), "false");
    let anew = desk.session("nia@north.example", "desk/user", "north").await;
    found.expect("a session anew", format!("{}", desk.context(&anew).await.is_some()), "true");
    // Whom the operator keeps out, no tenant lets in again.
    desk.run("update {c}.app_user set disabled_at = clock_timestamp() where email = 'new@north.example'").await;
    let barred = desk.place("new@north.example", "desk", "north").await;
    for wanted in [false, true] {
        let call = format!("select {{c}}.team_disable('{barred}', {wanted})");
        found.expect("whom the operator keeps out", desk.word(ada, &call).await, "fixed");
    }
    found.expect(
        "how they stand",
        row(desk, ada, "new@north.example").await,
        "new@north.example|New One|user|barred|barred",
    );
    desk.run("update {c}.app_user set disabled_at = null where email = 'new@north.example'").await;
}

async fn moved(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let new = desk.session("new@north.example", "desk/user", "north").await;
    let place = desk.place("new@north.example", "desk", "north").await;
    let link = desk.cell("select {c}.create_link('new@north.example', 'desk/user', 'firm', 'north', '1 hour')").await;
    for (audience, answer) in
        [("auditor", "audience"), ("staff", "audience"), ("", "audience"), ("user", "same"), ("admin", "done")]
    {
        let call = format!("select {{c}}.team_grant('{place}', '{audience}')");
        found.expect(&format!("as {audience}"), desk.word(ada, &call).await, answer);
    }
    let persona = desk.context(&new).await.map(|(persona, ..)| persona).unwrap_or_default();
    found.expect("the persona from now on", persona, "desk/admin");
    let leads = format!("select audience from {{c}}.sign_in_link where secret_hash = sha256('{link}')");
    found.expect("the link", desk.cell(&leads).await, "admin");
    found.expect(
        "an administrator sees the others",
        desk.word(&new, &format!("{TEAM} where email = 'ada@north.example'")).await,
        "ada@north.example|-|admin|active|document",
    );
    let call = format!("select {{c}}.team_grant('{place}', 'user')");
    found.expect("back", desk.word(ada, &call).await, "done");
    let denied = desk.word(&new, TEAM).await;
    found.expect("who is no administrator any more", denied, "42501");
}

/// Those who administer nobody, and those who are nobody.
async fn others(desk: &mut Desk, ada: &Session, found: &mut Holes) {
    let nia = desk.session("nia@north.example", "desk/user", "north").await;
    let kim = desk.session("kim@staff.example", "desk/staff", "").await;
    let place = desk.place("new@north.example", "desk", "north").await;
    let (Some((_, role, token)), Some((_, _, other))) = (desk.context(ada).await, desk.context(&nia).await) else {
        return found.0.push("somebody is not signed in any more".to_owned());
    };
    for (call, nothing) in [
        (TEAM.to_owned(), ""),
        ("select {c}.team_invite('free@x.example', '', 'user')".to_owned(), "audience"),
        (format!("select {{c}}.team_grant('{place}', 'admin')"), "gone"),
        (format!("select {{c}}.team_disable('{place}', true)"), "gone"),
    ] {
        for session in [&nia, &kim] {
            found.expect(&format!("denied: {call}"), desk.word(session, &call).await, "42501");
        }
        for (what, token) in [("no token", ""), ("another's", other.as_str()), ("half", &token[..token.len() - 1])] {
            let got = desk.act_as(&role, token, &call).await.map(|rows| rows.join("; "));
            found.expect(&format!("{what}: {call}"), got.unwrap_or_else(|error| error.to_string()), nothing);
        }
    }
    for call in ["select {c}.team_record('{}', 'x', null, '{}')", "select {c}.team_beyond(null, '', '', '', '[]')"] {
        found.expect(call, desk.word(ada, call).await, "42501");
    }
}

async fn recorded(desk: &mut Desk, found: &mut Holes) {
    let events = "select string_agg(distinct action || ' by ' || u.email || ' of ' || e.tenant_key, ', ' order by action || ' by ' || u.email || ' of ' || e.tenant_key)
        from {c}.audit_event e join {c}.app_user u on u.id::text = e.actor where action ~ '^team[.]'";
    let all = "team.disable by ada@north.example of north, team.enable by ada@north.example of north, \
               team.grant by ada@north.example of north, team.invite by ada@north.example of north";
    found.expect("what is recorded", desk.cell(events).await, all);
    let told = "select detail from {c}.audit_event where action = 'team.grant' order by id limit 1";
    found.expect("what it says", desk.cell(told).await, "{\"to\": \"admin\", \"from\": \"user\"}");
}
