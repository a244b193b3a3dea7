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

/// A change of the text of functions of the control schema, by how their names begin.
fn functions(names: &str, from: &str, to: &str) -> String {
    let (from, to) = (from.replace('\'', "''"), to.replace('\'', "''"));
    format!(
        "DO $m$ DECLARE f record; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = '{{control}}'::regnamespace AND proname ~ '^{names}' LOOP
             EXECUTE replace(pg_get_functiondef(f.oid), '{from}', '{to}');
         END LOOP; END $m$"
    )
}

fn mutants() -> Vec<(&'static str, String)> {
    vec![
        ("every row is read", policies("read|guard", "", "true")),
        ("what is deleted is read", policies("read|guard", "(gone_at IS NULL)", "true")),
        ("denies are dropped", policies("read|guard", "(NOT ", "(true OR NOT ")),
        ("the owner is taken for another", policies("read|guard", "owner_id", "agent_id")),
        ("one's own is one's tenant's", policies("read|guard", "owner_id", "tenant_id")),
        ("whoever deletes deletes all", policies("delete|delete_guard", "", "true")),
        ("a validity includes its end", policies("read|guard", " > ( SELECT", " >= ( SELECT")),
        (
            "a column is granted besides",
            "DO $m$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{project}__p__') LOOP
                 EXECUTE format('GRANT USAGE ON SCHEMA f TO %1$I; GRANT SELECT (amount, label) ON f.folders, f.items, f.notes TO %1$I', r);
             END LOOP; END $m$".to_owned(),
        ),
        (
            "changes are not judged",
            "DO $m$ DECLARE t record; BEGIN FOR t IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger WHERE tgname = '!{project}__change' LOOP
                 EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.place);
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

#[tokio::test]
async fn whatever_is_broken_of_what_apply_made_is_seen() {
    let mut dice = Dice::new(7);
    let mut left = mutants();
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
