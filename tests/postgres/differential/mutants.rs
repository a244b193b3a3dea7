//! Proof that a difference would be seen: each mutant changes what `apply` made, within the transaction of a comparison.

use super::compare::compare;
use super::dice::Dice;
use super::{Bed, bed};

/// A change of row policies of personas, by the names that begin so and the text that is put in place of another.
fn policies(names: &str, from: &str, to: &str) -> String {
    let text = |column: &str| match from {
        "" => format!("CASE WHEN p.{column} IS NOT NULL THEN '{to}' END"),
        _ => format!("replace(p.{column}, '{from}', '{to}')"),
    };
    format!(
        "DO $m$ DECLARE p record; BEGIN FOR p IN SELECT * FROM pg_policies WHERE schemaname = 'f' AND policyname ~ '__({names})_' LOOP
             EXECUTE format('ALTER POLICY %I ON f.%I', p.policyname, p.tablename)
                 || coalesce(' USING (' || {} || ')', '') || coalesce(' WITH CHECK (' || {} || ')', '');
         END LOOP; END $m$",
        text("qual"),
        text("with_check")
    )
}

/// Something that is done to every row policy of personas whose name begins so: `%1$I` is the policy, `%2$I` its table.
fn each_policy(names: &str, command: &str) -> String {
    format!(
        "DO $m$ DECLARE p record; BEGIN FOR p IN SELECT * FROM pg_policies WHERE schemaname = 'f' AND policyname ~ '__({names})_' LOOP
             EXECUTE format('{command}', p.policyname, p.tablename);
         END LOOP; END $m$"
    )
}

/// The triggers of that name are dropped.
fn without(trigger: &str) -> String {
    format!(
        "DO $m$ DECLARE t record; BEGIN FOR t IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger WHERE tgname = '!{{project}}__{trigger}' LOOP
             EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.place);
         END LOOP; END $m$"
    )
}

/// A change of the text of functions of the control schema, by how their names begin.
fn functions(names: &str, from: &str, to: &str) -> String {
    let (from, to) = (from.replace('\'', "''"), to.replace('\'', "''"));
    format!(
        "DO $m$ DECLARE f record; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = '{{control}}'::regnamespace AND proname ~ '^{names}' LOOP
             EXECUTE replace(pg_get_functiondef(f.oid), '{from}', '{to}');
         END LOOP; END $m$"
    )
}

fn of_what_is_read() -> Vec<(&'static str, String)> {
    vec![
        ("every row is read", policies("read|guard", "", "true")),
        ("what is deleted is read", policies("read|guard", "(gone_at IS NULL)", "true")),
        ("denies are dropped", policies("read|guard", "(NOT ", "(true OR NOT ")),
        ("the owner is taken for another", policies("read|guard", "owner_id", "agent_id")),
        ("one's own is one's tenant's", policies("read|guard", "owner_id", "tenant_id")),
        ("a validity includes its end", policies("read|guard", " > ( SELECT", " >= ( SELECT")),
        (
            "a column is granted besides",
            "DO $m$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{project}__p__') LOOP
                 EXECUTE format('GRANT USAGE ON SCHEMA f TO %1$I; GRANT SELECT (amount, label) ON f.folders, f.items, f.notes TO %1$I', r);
             END LOOP; END $m$".to_owned(),
        ),
        ("shares never end", functions("shared_", "\"until\" IS NULL OR", "true OR")),
        ("every parent is readable", functions("readable_", " WHERE ", " WHERE true OR ")),
        ("every parent is my tenant's", functions("tenant_(folder|item)_", " WHERE ", " WHERE true OR ")),
        ("everybody reports to everybody", functions("reports_keys", "t.up = team.id", "true")),
        ("every tenant is below mine", functions("tenant_tree_keys", "t.parent_key = tree.key", "true")),
        ("a second factor is always proved", functions("mfa$", "(context ->> 'mfa')::boolean", "true")),
        ("every tier is the highest", functions("tier$", "RETURN context ->> 'tier'", "RETURN 'gold'")),
        ("every user is the first", functions("user_key$", "RETURN context -> 'user_keys' ->> name", "RETURN '1'")),
        ("every tenant is the first", functions("tenant_key$", "THEN context -> 'tenant_keys' ->> name", "THEN '1'")),
        ("every assignment is mine", functions("assigned_", " WHERE ", " WHERE true OR ")),
        ("every share is mine", functions("shared_", " WHERE ", " WHERE true OR ")),
        ("some row always matches", functions("has_", " WHERE ", " WHERE true OR ")),
        ("it is a year later", functions("ctx_now$", "RETURN coalesce(", "RETURN interval '1 year' + coalesce(")),
        ("it is tomorrow", functions("ctx_today$", ")::date", ")::date + 1")),
        ("both conditions become either", policies("read|guard", " AND ", " OR ")),
        ("either condition becomes both", policies("read|guard", " OR ", " AND ")),
        ("one state is every other", policies("read|guard", "(state = ''", "(state <> ''")),
        ("what is unknown passes", policies("read|guard", "(flag = true)", "(flag IS NOT FALSE)")),
        ("a validity has no beginning", policies("read|guard", " <= ( SELECT", " IS DISTINCT FROM ( SELECT")),
        ("the guards are for everybody", each_policy("guard", "ALTER POLICY %1$I ON f.%2$I TO PUBLIC")),
        (
            "reads are for everybody, and nothing guards",
            format!(
                "{}; {}",
                each_policy("guard", "DROP POLICY %1$I ON f.%2$I"),
                each_policy("read", "ALTER POLICY %1$I ON f.%2$I TO PUBLIC")
            ),
        ),
    ]
}

fn of_what_is_done() -> Vec<(&'static str, String)> {
    vec![
        ("whoever deletes deletes all", policies("delete|delete_guard", "", "true")),
        ("whoever changes changes all", policies("change|change_guard", "", "true")),
        ("whoever creates creates anything", policies("create|create_guard", "", "true")),
        ("changes are not judged", without("change")),
        ("new rows are not stamped", without("create")),
        ("what is unknown may be changed", functions("change_", "IS NOT TRUE", "IS FALSE")),
        ("a change is judged by nothing", functions("change_", "IS NOT TRUE", "IS NULL")),
        (
            "every move is granted",
            functions("change_", "AND coalesce((OLD.\"state\"", "OR true OR coalesce((OLD.\"state\""),
        ),
        ("rows go to anybody", functions("change_", "AND EXISTS (SELECT FROM", "OR EXISTS (SELECT FROM")),
        ("every parent may be changed", functions("updatable_", " WHERE ", " WHERE true OR ")),
        (
            "what is shared is anybody's",
            functions("share_", "= ($1[1])::pg_catalog.int4 AND", "= ($1[1])::pg_catalog.int4 OR"),
        ),
        ("a change is its opposite", functions("change_", "*<>", "*=")),
    ]
}

/// What the bed's rows show of a change.
async fn is_seen(bed: &mut Bed, change: &str) -> bool {
    let before = change.replace("{control}", &bed.control).replace("{project}", bed.db.project());
    let (own, model) = (bed.own.clone(), bed.model.clone());
    let bench = super::open(&mut bed.connection, &own, &model).await;
    for test in &own.access_tests {
        if !compare(&bench, &mut bed.connection, test, &before).await.wrong.is_empty() {
            return true;
        }
    }
    false
}

/// Tries each on projects of chance, until somebody has noticed.
async fn are_all_seen(mut left: Vec<(&'static str, String)>, seed: u64) {
    let mut dice = Dice::new(seed);
    for _ in 0..8 {
        let mut bed = bed(&mut dice).await;
        let mut survived = Vec::new();
        for (name, change) in left {
            if !is_seen(&mut bed, &change).await {
                survived.push((name, change));
            }
        }
        left = survived;
        if left.is_empty() {
            return;
        }
    }
    let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
    panic!("nobody noticed: {names:#?}");
}

#[tokio::test]
async fn whatever_is_broken_of_what_is_read_is_seen() {
    are_all_seen(of_what_is_read(), 7).await;
}

#[tokio::test]
async fn whatever_is_broken_of_what_is_done_is_seen() {
    are_all_seen(of_what_is_done(), 11).await;
}
