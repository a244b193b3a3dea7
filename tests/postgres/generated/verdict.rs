//! What must become of a change, judged by the oracle on the row before and after the owner has made it.

use super::case::{Case, Probes, Scene};
use super::oracle::{Oracle, literal, pairs, quoted};
use super::people::Person;
use portalctl::model::{AssignTo, FieldType, Object, Scope, TenantRoute, Value, Who, Write};
use portalctl::names::{ColumnName, FieldName, KeyName};
use std::collections::BTreeMap;

/// Columns and what they are set to, in SQL.
pub(super) type Sets = Vec<(ColumnName, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Some grants of the role cover it.
    pub(super) allowed: bool,
    /// The grant under probe alone covers all of it.
    pub(super) by_this: bool,
    /// The row is not even there for it.
    pub(super) silent: bool,
}

fn states<'s>(object: &Object, field: &FieldName, states: impl Iterator<Item = &'s String>, t: &str) -> String {
    let states: Vec<String> = states.map(|state| literal(state)).collect();
    format!("{t}.{}::text in ({})", quoted(&object.fields[field].column), states.join(", "))
}

/// The rows that may be changed by it.
pub(super) fn before(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
    let rows = case.rows(oracle, who, t);
    match &case.grant.write {
        Write::Transition { field, moves, .. } => {
            format!("({rows} and {})", states(case.object, field, moves.keys(), t))
        }
        _ => rows,
    }
}

/// What they may be then, but for what depends on the row before.
fn after(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
    let rows = &case.grant.rows;
    match &case.grant.write {
        Write::Transition { field, moves, .. } => {
            format!("({} and {})", case.rows(oracle, who, t), states(case.object, field, moves.values().flatten(), t))
        }
        // Whose it was does not count any more.
        Write::Assign { .. } if matches!(rows.scope, Scope::Own | Scope::Reports) => {
            oracle.narrowed(who, case.object, rows, t)
        }
        _ => case.rows(oracle, who, t),
    }
}

/// The owner column names somebody to whom the row may go.
fn assignable(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
    let Write::Assign { to, column, .. } = &case.grant.write else { return "true".to_owned() };
    let key = owner_key(case);
    let wanted = if *to == AssignTo::Staff { Who::Internal } else { Who::External };
    let of_portal = oracle.people.everyone.iter().filter(|person| {
        person.persona.portal == who.persona.portal && oracle.model.personas[&person.persona].who == wanted
    });
    let new = format!("{t}.{}::text", quoted(column));
    let direct = case.object.tenant_paths.iter().find(|(_, path)| {
        matches!(&path.route, TenantRoute::Column { key, .. } if *key == KeyName::main())
            && case.persona.tenant_kind.as_ref().is_none_or(|mine| path.kind.as_ref().is_none_or(|kind| kind == mine))
    });
    let people = of_portal.filter_map(|person| {
        let is_one = format!("{new} = {}", literal(person.keys.get(key.as_str())?));
        let Some(tenant) = &person.tenant else { return (*to == AssignTo::Staff).then_some(is_one) };
        let mine =
            who.tenant.as_ref() == Some(tenant) || case.grant.rows.scope == Scope::TenantTree || who.tenant.is_none();
        let of_row = direct.map_or("true".to_owned(), |(path, _)| oracle.tenant_rows(case.object, path, &[tenant], t));
        mine.then(|| format!("({is_one} and {of_row})"))
    });
    let people: Vec<String> = people.collect();
    if people.is_empty() { "false".to_owned() } else { format!("({})", people.join(" or ")) }
}

/// Which key of people an assignment hands over to.
pub(super) fn owner_key(case: &Case<'_>) -> KeyName {
    let Write::Assign { path, .. } = &case.grant.write else { panic!("no assignment") };
    match &case.object.owners[path] {
        portalctl::model::OwnerPath::Column(user) => user.key.clone(),
        portalctl::model::OwnerPath::Via { .. } => panic!("an owner that is the parent's is nobody's to hand over"),
    }
}

/// References that updates may change lead to rows that are seen.
fn references(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person, column: &ColumnName, t: &str) -> String {
    let Write::Update { fields, .. } = &case.grant.write else { return "true".to_owned() };
    let mut parts = vec!["true".to_owned()];
    for field in fields.iter().map(|field| &case.object.fields[field]).filter(|field| field.column == *column) {
        if let FieldType::Reference(to) = &field.field_type {
            parts.push(reference(oracle, who, &oracle.model.objects[to], std::slice::from_ref(column), t));
        }
    }
    format!("({})", parts.join(" and "))
}

/// The columns are empty, or name a row that `who` sees.
pub(super) fn reference(oracle: &Oracle<'_>, who: &Person, to: &Object, columns: &[ColumnName], t: &str) -> String {
    let r = format!("{t}_r");
    let empty: Vec<String> = columns.iter().map(|column| format!("{t}.{} is null", quoted(column))).collect();
    format!(
        "({} or exists (select from {} {r} where {} and {}))",
        empty.join(" or "),
        to.table.sql(),
        pairs(&r, &to.key, t, columns),
        oracle.readable(who, to, &r)
    )
}

impl<'p> Probes<'p> {
    /// The grant's presets, in SQL.
    pub(super) fn presets(&self, case: &Case<'p>, who: &Person) -> Sets {
        let preset: &BTreeMap<FieldName, Value> = match &case.grant.write {
            Write::Update { preset, .. } | Write::Transition { preset, .. } => preset,
            Write::Create(create) => &create.preset,
            _ => return Vec::new(),
        };
        let zone = &self.model.project.timezone;
        let value = |value: &Value| super::oracle::value_of(zone, Some(who), value, &|_| "null".to_owned());
        preset.iter().map(|(field, one)| (case.object.fields[field].column.clone(), value(one))).collect()
    }

    /// `None`: the business itself refuses the change. A change to what is there already is one as well.
    pub(super) async fn judge(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets) -> Option<Verdict> {
        let (table, oracle, who) = (self.table(case.object).await, self.oracle(), &scene.who);
        let held: Vec<Case<'p>> =
            case.held(self.model).into_iter().filter(|one| !one.grant.changed(one.object).is_empty()).collect();
        let look = |row: &dyn Fn(&Case<'p>) -> String| {
            let mut wanted = vec![case.shown(&oracle, who, "t")];
            wanted.extend(sets.iter().map(|(column, _)| format!("t.{}::text", quoted(column))));
            wanted.extend(held.iter().map(row));
            wanted.extend(
                held.iter().flat_map(|one| sets.iter().map(|(column, _)| references(one, &oracle, who, column, "t"))),
            );
            wanted.extend(held.iter().map(|one| assignable(one, &oracle, who, "t")));
            format!("select {} from {} t where {}", wanted.join(", "), table.name.sql(), table.is_row(&scene.key, "t"))
        };
        let (first, then) = (look(&|one| before(one, &oracle, who, "t")), look(&|one| after(one, &oracle, who, "t")));
        let old = self.stage.ask(&first).await.unwrap_or_else(|error| panic!("{error}\n{first}")).pop()?;
        let holds = |cells: &[Option<String>], at: usize| cells[at].as_deref() == Some("t");
        let (first_held, n) = (1 + sets.len(), sets.len());
        if !(holds(&old, 0) && (0..held.len()).any(|at| holds(&old, first_held + at))) {
            return Some(Verdict { allowed: false, by_this: false, silent: true });
        }
        let change = self.change(case, scene, sets, &self.presets(case, who)).await;
        // What the business's constraints do not let be is judged all the same: only whether it is granted counts.
        let past = format!(
            "set local session_replication_role to replica; {change}; set local session_replication_role to origin"
        );
        if self.stage.attempt(&change).await.is_err() && (!scene.impossible || self.stage.attempt(&past).await.is_err())
        {
            return None;
        }
        let new = self.stage.ask(&then).await.unwrap_or_else(|error| panic!("{error}\n{then}")).pop();
        self.stage.run("rollback to attempt").await;
        let new = new?;
        let changed: Vec<usize> = (0..n).filter(|at| old[1 + at] != new[1 + at]).collect();
        let covers = |at: usize, set: usize| {
            let (one, (column, _)) = (&held[at], &sets[set]);
            let moves = match &one.grant.write {
                Write::Transition { moves, .. } => {
                    let (from, to) = (old[1 + set].as_ref(), new[1 + set].as_ref());
                    from.zip(to).is_some_and(|(from, to)| moves.get(from).is_some_and(|next| next.contains(to)))
                }
                _ => true,
            };
            one.grant.changed(one.object).contains(column)
                && holds(&old, first_held + at)
                && holds(&new, first_held + at)
                && holds(&new, first_held + held.len() * (n + 1) + at)
                && moves
        };
        let referred =
            (0..held.len() * n).all(|at| !changed.contains(&(at % n)) || holds(&new, first_held + held.len() + at));
        let possible = holds(&new, 0) && (0..held.len()).any(|at| holds(&new, first_held + at)) && referred;
        let this = held.iter().position(|one| std::ptr::eq(one.grant, case.grant))?;
        Some(Verdict {
            allowed: possible && changed.iter().all(|set| (0..held.len()).any(|at| covers(at, *set))),
            by_this: possible && !changed.is_empty() && changed.iter().all(|set| covers(this, *set)),
            silent: false,
        })
    }

    pub(super) async fn change(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets, presets: &Sets) -> String {
        let table = self.table(case.object).await;
        let sets: Vec<String> =
            sets.iter().chain(presets).map(|(column, value)| format!("{} = {value}", quoted(column))).collect();
        format!("update {} t set {} where {}", table.name.sql(), sets.join(", "), table.is_row(&scene.key, "t"))
    }
}
