//! Probes of what changes rows: update, transition, assign.

use super::case::{Case, Must, Probes, Scene};
use super::oracle::{literal, quoted};
use super::people::Person;
use super::verdict::{Sets, Verdict, before, owner_key};
use portalctl::model::{Condition, Scope, Write};
use portalctl::names::{ColumnName, RoleName};
use std::collections::BTreeSet;

/// Ways in which a change fails that must each have been met.
#[derive(Debug, Default)]
struct Met {
    strangers: usize,
    other_rows: usize,
}

impl<'p> Probes<'p> {
    pub(super) async fn change_grant(&mut self, case: Case<'p>) {
        let mut found: Vec<(Scene, Sets)> = Vec::new();
        for (column, values, from) in self.aims(&case).await {
            match self.positive_change(&case, &column, &values, from.as_deref()).await {
                Some(one) => found.push(one),
                None => self
                    .found
                    .wrong
                    .push(format!("{}: nothing to set `{column}` to ({from:?} → {values:?})", case.name())),
            }
            if self.done() {
                return;
            }
        }
        for (scene, sets) in &found {
            self.other_values(&case, scene, sets).await;
        }
        let Some((scene, sets)) = found.into_iter().next() else { return };
        let mut met = Met::default();
        self.strangers(&case, &scene, &sets, &mut met).await;
        self.other_rows(&case, &scene, &sets, &mut met).await;
        self.other_columns(&case, &scene).await;
        self.without_a_context(&case, &scene, &sets).await;
        let rows = &case.grant.rows;
        let walled = !matches!(rows.scope, Scope::Public | Scope::All) || rows.reach.is_some();
        if walled && met.strangers == 0 {
            self.found.wrong.push(format!("{}: nobody to refuse it to", case.name()));
        }
        if rows.condition != Condition::True && met.other_rows == 0 {
            self.found.wrong.push(format!("{}: no row to refuse it on", case.name()));
        }
    }

    /// Columns, what each may be set to, and for a move the state before.
    async fn aims(&mut self, case: &Case<'p>) -> Vec<(ColumnName, Vec<String>, Option<String>)> {
        let table = self.table(case.object).await;
        match &case.grant.write {
            Write::Transition { field, moves, .. } => {
                let column = &case.object.fields[field].column;
                let steps = moves.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
                steps.map(|(from, to)| (column.clone(), vec![literal(to)], Some(from.clone()))).collect()
            }
            Write::Assign { column, .. } => vec![(column.clone(), self.people_to_have_it(case), None)],
            _ => {
                let columns = case.grant.changed(case.object).into_iter().cloned();
                columns.map(|column| (column.clone(), table.values(&column).to_vec(), None)).collect()
            }
        }
    }

    /// Keys of people of several tenants and personas.
    fn people_to_have_it(&self, case: &Case<'p>) -> Vec<String> {
        let key = owner_key(case);
        let actors = self.actors(&case.ask());
        let tenants: BTreeSet<Option<&str>> = actors.iter().take(6).map(Person::tenant_key).collect();
        let (near, far): (Vec<&Person>, Vec<&Person>) =
            self.people.everyone.iter().partition(|person| tenants.contains(&person.tenant_key()));
        let people = near.into_iter().take(12).chain(far.into_iter().take(4));
        let keys = people.filter_map(|person| person.keys.get(key.as_str())).map(|key| literal(key));
        keys.chain(["null".to_owned()]).collect()
    }

    async fn positive_change(
        &mut self,
        case: &Case<'p>,
        column: &ColumnName,
        values: &[String],
        from: Option<&str>,
    ) -> Option<(Scene, Sets)> {
        let state =
            |t: &str| from.map_or("true".to_owned(), |from| format!("{t}.\"{column}\"::text = {}", literal(from)));
        let case_of = *case;
        let wanted = move |oracle: &super::oracle::Oracle<'p>, who: &Person| {
            format!(
                "({} and {} and {})",
                case_of.shown(oracle, who, "t"),
                before(&case_of, oracle, who, "t"),
                state("t")
            )
        };
        for scene in self.scenes(&case.ask(), 8, &wanted).await {
            for value in values {
                let sets: Sets = vec![(column.clone(), value.clone())];
                self.stage.begin(&scene.prepared).await;
                let verdict = self.judge(case, &scene, &sets).await;
                let possible = verdict.is_some_and(|verdict| verdict.by_this);
                if possible {
                    let statement = self.change(case, &scene, &sets, &Vec::new()).await;
                    let owners = self.change(case, &scene, &sets, &self.presets(case, &scene.who)).await;
                    self.succeeds(case, &scene.who, (&statement, None), &owners).await;
                }
                self.stage.end();
                if possible {
                    return Some((scene, sets));
                }
            }
        }
        None
    }

    /// In an open transaction: where the change is not granted, it comes to what it must.
    async fn refused(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets, what: &str) -> bool {
        let Some(Verdict { allowed: false, silent, .. }) = self.judge(case, scene, sets).await else { return false };
        let statement = self.change(case, scene, sets, &Vec::new()).await;
        let token = self.stage.token(&scene.who).await;
        let must = if silent { Must::Nothing } else { Must::Refuse };
        let what = format!("{}: {what}, by {:?}", case.name(), scene.who);
        self.must(&what, must, (case.role(), &token), &statement).await;
        true
    }

    /// The same row, by people of another tenant, colleagues, and without the second factor.
    async fn strangers(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets, met: &mut Met) {
        let mut others = self.actors(&case.ask());
        others.retain(|who| *who != scene.who);
        if scene.who.mfa {
            others.push(Person { mfa: false, ..scene.who.clone() });
        }
        let (mut colleagues, mut foreign) = (0, 0);
        for who in others {
            let counter = if who.tenant == scene.who.tenant { &mut colleagues } else { &mut foreign };
            if *counter >= 2 || self.done() {
                continue;
            }
            self.stage.begin(&scene.prepared).await;
            let stranger = Scene { who, ..scene.clone() };
            if self.refused(case, &stranger, sets, "somebody else").await {
                *counter += 1;
                met.strangers += 1;
            }
            self.stage.end();
        }
    }

    /// The same row, after the owner has given it another value somewhere.
    async fn other_rows(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets, met: &mut Met) {
        let table = self.table(case.object).await;
        let (mut met_by, mut last) = (BTreeSet::new(), String::new());
        for change in self.other_rows_of(&table, scene) {
            let column = column_of(&change);
            if column == last && met_by.contains(&column) || self.done() {
                continue;
            }
            last.clone_from(&column);
            self.stage.begin(&scene.prepared).await;
            let impossible = Scene { impossible: change.contains("replica"), ..scene.clone() };
            if self.stage.attempt(&change).await.is_ok()
                && !self.is_still(case, scene).await
                && self.refused(case, &impossible, sets, &format!("after {change}")).await
            {
                met_by.insert(column);
                met.other_rows += 1;
                for more in self.variants_of(case, scene, sets).await {
                    self.refused(case, &impossible, &more, &format!("a variant, after {change}")).await;
                }
            }
            self.stage.end();
        }
    }

    /// No change at all, and the same one together with one that another grant of the role covers.
    async fn variants_of(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets) -> Vec<Sets> {
        let table = self.table(case.object).await;
        let column = &sets[0].0;
        let query = format!(
            "select t.{}::text from {} t where {}",
            quoted(column),
            table.name.sql(),
            table.is_row(&scene.key, "t")
        );
        let same = self.stage.one(&query).await.map_or("null".to_owned(), |text| literal(&text));
        let mut found = vec![vec![(column.clone(), same)]];
        for other in case.held(self.model) {
            let columns = other.grant.changed(other.object);
            let Some(column) = columns.into_iter().find(|column| sets.iter().all(|(own, _)| own != *column)) else {
                continue;
            };
            let people = matches!(other.grant.write, Write::Assign { .. }).then(|| self.people_to_have_it(&other));
            let mine = scene.who.tenant.as_ref().map(|_| table.values(column).to_vec());
            let values = people.or(mine).unwrap_or_default();
            found.extend(values.into_iter().take(4).map(|value| [&sets[..], &[(column.clone(), value)]].concat()));
        }
        found
    }

    /// The row is one that the grant changes.
    async fn is_still(&mut self, case: &Case<'p>, scene: &Scene) -> bool {
        let (table, oracle) = (self.table(case.object).await, self.oracle());
        let query = format!(
            "select 1 from {} t where {} and {} and {}",
            table.name.sql(),
            table.is_row(&scene.key, "t"),
            case.shown(&oracle, &scene.who, "t"),
            before(case, &oracle, &scene.who, "t")
        );
        self.stage.one(&query).await.is_some()
    }

    /// The same row, to something that it may not become.
    async fn other_values(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets) {
        let table = self.table(case.object).await;
        let column = sets[0].0.clone();
        let mut values: Vec<String> = table.values(&column).iter().rev().take(14).cloned().collect();
        if matches!(case.grant.write, Write::Assign { .. }) {
            values.extend(self.people_to_have_it(case));
        }
        for value in values {
            if self.done() {
                return;
            }
            self.stage.begin(&scene.prepared).await;
            self.refused(case, scene, &vec![(column.clone(), value)], "another value").await;
            self.stage.end();
        }
    }

    /// Columns that no grant of the role names.
    async fn other_columns(&mut self, case: &Case<'p>, scene: &Scene) {
        let table = self.table(case.object).await;
        let held = case.held(self.model);
        let granted: BTreeSet<&ColumnName> = held.iter().flat_map(|one| one.grant.changed(one.object)).collect();
        let token = self.stage.token(&scene.who).await;
        self.stage.begin(&scene.prepared).await;
        for column in table.columns.iter().filter(|column| !granted.contains(&column.name)) {
            // What the row holds already, so that nothing else is in the way; reading it would be refused as well.
            let is_row = table.is_row(&scene.key, "t");
            let query = format!("select t.{}::text from {} t where {is_row}", column.sql(), table.name.sql());
            let value = self.stage.one(&query).await.map_or("null".to_owned(), |text| literal(&text));
            let to = if column.generated { "default".to_owned() } else { value };
            let statement = format!(
                "update {} t set {} = {to} where {}",
                table.name.sql(),
                column.sql(),
                table.is_row(&scene.key, "t")
            );
            let what = format!("{}: a column not granted", case.name());
            self.must(&what, Must::Refuse, (case.role(), &token), &statement).await;
        }
        self.stage.end();
    }

    async fn without_a_context(&mut self, case: &Case<'p>, scene: &Scene, sets: &Sets) {
        self.stage.begin(&scene.prepared).await;
        let statement = self.change(case, scene, sets, &Vec::new()).await;
        self.nobody_in_particular(case, &scene.who, &statement, Must::Nothing).await;
        self.stage.end();
    }

    /// In an open transaction: what succeeds for `who` does not without their context, nor in another role.
    pub(super) async fn nobody_in_particular(&mut self, case: &Case<'p>, who: &Person, statement: &str, must: Must) {
        let mut tokens = self.stage.bad_tokens(who).await;
        let other =
            self.model.personas.values().find(|persona| persona.name != case.persona.name).expect("another persona");
        if let Some(stranger) = self.people.acting(self.model, &other.name).into_iter().next() {
            tokens.push(("a token of another persona", self.stage.token(&stranger).await));
        }
        for (what, token) in tokens {
            self.must(&format!("{}: {what}", case.name()), must, (case.role(), &token), statement).await;
        }
        let token = self.stage.token(who).await;
        let roles: Vec<&RoleName> = self.model.personas.values().map(|persona| &persona.facets[0].role).collect();
        for role in roles.into_iter().filter(|role| *role != case.role()).take(3) {
            let outcome = self.stage.act(role.as_str(), &token, statement).await;
            self.found.negative += 1;
            let nothing = match &outcome.answer {
                Ok((0, _)) => outcome.counts.is_empty(),
                Ok((_, answer)) => answer.as_deref() == Some("f") && outcome.counts.is_empty(),
                Err((code, _)) => code == "42501",
            };
            if !nothing {
                self.found
                    .wrong
                    .push(format!("{}: as {role} with a token of {who:?}: {statement}: {outcome:?}", case.name()));
            }
        }
    }
}

/// Which column a change of the owner's is about.
pub(super) fn column_of(change: &str) -> String {
    let change = change.rsplit("update ").next().unwrap_or_default();
    change.split(" = ").next().unwrap_or_default().to_owned()
}
