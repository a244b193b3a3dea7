//! Shares of rows whose keys people give: what they open, to whom, and what they tell.

use super::shop::Shop;
use crate::provisioned::Asker;

const SPEC: &str = "
version: 1
kind: project
name: {p}
---
kind: object
name: paper
managed: true
key: code
tenant: account_id
owner: author
fields:
  code: {type: text, required: true}
  account: {type: tenant, column: account_id}
  author: {type: user}
  title: text
delete: hard
---
kind: portal
name: desk
audiences:
  member:
    grants:
      paper:
        read:
          - {scope: own, fields: [code, author, title]}
          - {scope: shared, fields: [code, author, title]}
          - {scope: assigned, fields: [code, author, title]}
        create: [code, title]
        update: {scope: own, fields: [title]}
        delete: {scope: own}
        share: {scope: own, to: {audiences: [member, guest]}}
  guest: {extends: member}
---
kind: tenant
name: north
key: north
members:
  - {email: ann@north.example, audience: desk/member, keys: {key: ann}}
  - {email: cal@north.example, audience: desk/member, keys: {key: cal}}
  - {email: two@north.example, audience: desk/member, keys: {key: two-1}}
  - {email: two@north.example, audience: desk/guest, keys: {key: two-2}}
  - {email: bare@north.example, audience: desk/member}
---
kind: tenant
name: south
key: south
members:
  - {email: bob@south.example, audience: desk/member, keys: {key: bob}}
";

/// Somebody whom both tenants invited, each by another name.
const INVITED: &str = r#"
    insert into {p}_portal.app_user (source_key, email, title) values ('both@x.example', 'both@x.example', 'Ada of the South');
    insert into {p}_portal.membership (user_id, portal, audience, tenant_key, keys, title, origin)
        select id, 'desk', 'member', t.key, jsonb_build_object('key', id), t.called, 'team'
        from {p}_portal.app_user, (values ('north', 'Zoe'), ('south', 'Anna (leaving)')) as t (key, called)
        where email = 'both@x.example'"#;

fn who(tenant: &str, key: &str) -> Asker {
    Asker::new("desk/member").of("", tenant).with("key", key)
}

async fn desk() -> Shop {
    let mut shop = Shop::empty(SPEC).await;
    shop.settle(SPEC).await;
    shop.world.run(INVITED).await;
    shop
}

async fn answer(shop: &Shop, asker: &Asker, statement: &str) -> String {
    shop.act(asker, statement).await.map_or_else(|error| error, |rows| rows.join("; "))
}

/// What is wrong; nothing where all is well.
#[derive(Default)]
struct Holes(Vec<String>);

impl Holes {
    fn expect(&mut self, what: &str, got: &str, wanted: &str) {
        if got != wanted {
            self.0.push(format!("{what}: {got:?}, not {wanted:?}"));
        }
    }
}

const READ: &str = r#"select code, title from "{p}".paper order by code"#;

/// A row that is given the key of one that was shared, or for which somebody was named, is another's.
async fn keys_of_others(shop: &Shop) -> Vec<String> {
    let (ann, bob, cal) = (who("north", "ann"), who("south", "bob"), who("north", "cal"));
    let mut found = Holes::default();
    let delete = r#"delete from "{p}".paper where code = 'X'"#;
    let insert = r#"insert into "{p}".paper (code, title) values ('X', 'of south')"#;
    let by_hand =
        r#"insert into "{p}".paper (code, account_id, author, title) values ('X', 'south', 'bob', 'of south')"#;
    let key = r#"update "{p}".paper set code = 'X' where code = 'Z'"#;
    let aside = insert.replace("'X'", "'Z'");
    for (what, takes) in [
        ("deleted and made by portal users", [(Some(&ann), delete), (Some(&bob), insert)]),
        ("deleted by a portal user, made by the business", [(Some(&ann), delete), (None, by_hand)]),
        ("deleted and made by the business", [(None, delete), (None, by_hand)]),
        ("emptied and made by the business", [(None, r#"truncate "{p}".paper"#), (None, by_hand)]),
        ("another's row that is given the key", [(None, delete), (None, key)]),
    ] {
        answer(shop, &ann, r#"insert into "{p}".paper (code, title) values ('X', 'of north')"#).await;
        answer(shop, &bob, &aside).await;
        let shared = answer(shop, &ann, "select {p}_portal.share_paper('{X}', 'cal@north.example', null)").await;
        found.expect("shared", &shared, "t");
        let name = "insert into {p}_portal.assignment values ('paper', '{X}', 'key', 'cal') on conflict do nothing";
        shop.world.run(name).await;
        found.expect("what cal reads then", &answer(shop, &cal, READ).await, "X|of north");
        for (by, statement) in takes {
            match by {
                Some(asker) => drop(answer(shop, asker, statement).await),
                None => shop.world.run(statement).await,
            }
            if statement == delete {
                let kept =
                    "select (select count(*) from {p}_portal.share) + (select count(*) from {p}_portal.assignment)";
                found.expect("what is kept of a row that is gone", &shop.world.one(kept).await, "0");
            }
        }
        let there = r#"select title from "{p}".paper where code = 'X'"#;
        found.expect("what is there", &shop.world.one(there).await, "of south");
        found.expect(what, &answer(shop, &cal, READ).await, "");
        shop.world.run(r#"delete from "{p}".paper"#).await;
    }
    found.0
}

/// What another tenant calls somebody is not told, nor that they are known there.
async fn names_of_others(shop: &Shop) -> Vec<String> {
    let ann = who("north", "ann");
    let mut found = Holes::default();
    answer(shop, &ann, r#"insert into "{p}".paper (code, title) values ('Y', 'of north')"#).await;
    let shared = answer(shop, &ann, "select {p}_portal.share_paper('{Y}', 'both@x.example', null)").await;
    found.expect("shared", &shared, "t");
    found.expect("with whom", &answer(shop, &ann, "select person from {p}_portal.shares_paper('{Y}')").await, "Zoe");
    let theirs =
        r#"update "{p}".paper set author = (select id::text from {p}_portal.app_user where email = 'both@x.example')"#;
    shop.world.run(theirs).await;
    let read = shop.ask("select id from {p}_portal.app_user where email = 'both@x.example'").await;
    let names = r#"select name from {p}_portal.names_paper('[["Y"]]')"#;
    found.expect("the name in a record", &answer(shop, &who("north", &read[0]), names).await, "Zoe");
    // Whom nobody called anything here is called nothing, whatever others call them.
    shop.world
        .run("update {p}_portal.membership set title = null where tenant_key = 'north' and origin = 'team'")
        .await;
    found.expect("without a name", &answer(shop, &who("north", &read[0]), names).await, "");
    shop.world
        .run("update {p}_portal.membership set title = 'Zoe' where tenant_key = 'north' and origin = 'team'")
        .await;
    shop.world.run(r#"delete from "{p}".paper"#).await;
    found.0
}

#[tokio::test]
async fn what_was_shared_ends_with_its_row() {
    assert_eq!(keys_of_others(&desk().await).await, [""; 0]);
}

#[tokio::test]
async fn who_is_shared_with_is_called_what_they_are_called_here() {
    assert_eq!(names_of_others(&desk().await).await, [""; 0]);
}

/// Nobody is told that something was done which was not.
#[tokio::test]
async fn a_row_is_shared_with_whoever_can_be_told_and_in_each_of_their_places() {
    let shop = desk().await;
    let ann = who("north", "ann");
    answer(&shop, &ann, r#"insert into "{p}".paper (code, title) values ('Y', 'of north')"#).await;
    let share = |email: &str| format!("select {{p}}_portal.share_paper('{{Y}}', '{email}', null)");
    assert_eq!(answer(&shop, &ann, &share("bare@north.example")).await, "f");
    assert_eq!(shop.world.one("select count(*) from {p}_portal.share").await, "0");
    for _ in 0..2 {
        assert_eq!(answer(&shop, &ann, &share("two@north.example")).await, "t");
        assert_eq!(shop.world.one("select count(*) from {p}_portal.share").await, "2");
    }
    for key in ["two-1", "two-2"] {
        assert_eq!(answer(&shop, &who("north", key), READ).await, "Y|of north", "{key}");
    }
}

/// Proof that these proofs can fail: with another text in a function, something must fall.
async fn rewritten(function: &str, from: &str, to: &str) -> Vec<String> {
    let shop = desk().await;
    let rewrite = format!(
        "do $do$ declare text text := pg_get_functiondef((select oid from pg_proc where proname = '{function}' and pronamespace = '{{p}}_portal'::regnamespace)); begin
            if strpos(text, $x${from}$x$) = 0 then raise 'not there: %', text; end if;
            execute replace(text, $x${from}$x$, $x${to}$x$); end $do$"
    );
    shop.world.run(&rewrite).await;
    let mut found = keys_of_others(&shop).await;
    found.extend(names_of_others(&shop).await);
    println!("killed by {:?}", found.first());
    found
}

#[tokio::test]
async fn a_share_that_outlives_its_row_is_noticed() {
    for operation in ["INSERT", "DELETE"] {
        assert_ne!(rewritten("forget_paper", &format!("IF TG_OP <> '{operation}'"), "IF false").await, [""; 0]);
    }
    assert_ne!(rewritten("forget_paper", ".share AS s WHERE", ".share AS s WHERE false AND").await, [""; 0]);
    assert_ne!(rewritten("forget_paper", ".assignment AS s WHERE", ".assignment AS s WHERE false AND").await, [""; 0]);
}

#[tokio::test]
async fn a_name_from_elsewhere_is_noticed() {
    assert_ne!(rewritten("shares_paper", "p.tenant_key =", "p.tenant_key <> '' OR p.tenant_key =").await, [""; 0]);
    assert_ne!(rewritten("names_paper", "THEN m.title END", "THEN m.title ELSE u.title END").await, [""; 0]);
    assert_ne!(rewritten("names_paper", "THEN m.title END", "THEN coalesce(m.title, u.title) END").await, [""; 0]);
}
