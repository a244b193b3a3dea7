//! Probes of what removes rows, and of what shows them to others.

use super::case::{Case, Must, Probes, Scene};
use super::oracle::{Oracle, literal, quoted};
use super::people::Person;
use portalctl::model::{Condition, Deletion, LinkedTo, Scope, Share, Who, Write};
use portalctl::names::{Ident, fitting};

impl<'p> Probes<'p> {
    pub(super) async fn delete_grant(&mut self, case: Case<'p>) {
        let hard = case.object.deletion == Some(Deletion::Hard);
        let wanted = move |oracle: &Oracle<'p>, who: &Person| removable(&case, oracle, who, hard);
        let mut done = None;
        for scene in self.scenes(&case.ask(), 24, &wanted).await {
            let (statement, owners) = self.removal(&case, &scene).await;
            self.stage.begin(&scene.prepared).await;
            let table = case.object.table.clone();
            let possible = self.stage.effect_of_owner(&owners, &table).await.is_ok();
            if possible {
                self.succeeds(&case, &scene.who, (&statement, (!hard).then_some("t")), &owners).await;
            }
            self.stage.end();
            if possible {
                done = Some(scene);
                break;
            }
        }
        let Some(scene) = done else {
            self.found.wrong.push(format!("{}: no row can be removed", case.name()));
            return;
        };
        let no = if hard { Must::Nothing } else { Must::SayNo };
        let statement = self.removal(&case, &scene).await.0;
        self.outside(&case, &scene, &statement, no, &wanted).await;
        self.stage.begin(&scene.prepared).await;
        self.nobody_in_particular(&case, &scene.who, &statement, no).await;
        self.stage.end();
    }

    /// As the persona, and as the owner.
    async fn removal(&mut self, case: &Case<'p>, scene: &Scene) -> (String, String) {
        let table = self.table(case.object).await;
        let is_row = table.is_row(&scene.key, "t");
        match &case.object.deletion {
            Some(Deletion::Soft(column)) => {
                let function = fitting(&format!("delete_{}", case.object.name), "");
                let call = self.call(&function, &format!("array[{}]::text[]", scene.key.join(", ")));
                let value = if table.column(column).base == "boolean" { "true" } else { "clock_timestamp()" };
                (call, format!("update {} t set {} = {value} where {is_row}", table.name.sql(), quoted(column)))
            }
            _ => {
                let delete = format!("delete from {} t where {is_row}", table.name.sql());
                (delete.clone(), delete)
            }
        }
    }

    fn call(&self, function: &str, arguments: &str) -> String {
        format!("select {}.{}({arguments})", Ident::new(self.stage.portal.control()), Ident::new(function))
    }

    /// The same row by other people, and after the owner has changed it: wherever `granted` does not hold, `no`.
    async fn outside(
        &mut self,
        case: &Case<'p>,
        scene: &Scene,
        statement: &str,
        no: Must,
        granted: &dyn Fn(&Oracle<'p>, &Person) -> String,
    ) {
        let (table, oracle) = (self.table(case.object).await, self.oracle());
        let mut others = self.actors(&case.ask());
        others.retain(|who| *who != scene.who);
        if scene.who.mfa {
            others.push(Person { mfa: false, ..scene.who.clone() });
        }
        let mut trials: Vec<(Person, String)> = others.into_iter().map(|who| (who, String::new())).collect();
        trials.extend(self.other_rows_of(&table, scene).into_iter().map(|change| (scene.who.clone(), change)));
        let (mut strangers, mut rows) = (0, 0);
        for (who, change) in trials {
            if self.done() || (change.is_empty() && strangers >= 6) {
                continue;
            }
            self.stage.begin(&scene.prepared).await;
            let changed = change.is_empty() || self.stage.attempt(&change).await.is_ok();
            let query = format!(
                "select 1 from {} t where {} and {}",
                table.name.sql(),
                table.is_row(&scene.key, "t"),
                granted(&oracle, &who)
            );
            if changed && self.stage.ask(&query).await.unwrap_or_else(|error| panic!("{error}\n{query}")).is_empty() {
                let token = self.stage.token(&who).await;
                let what = format!("{}: by {who:?} after {change:?}", case.name());
                self.must(&what, no, (case.role(), &token), statement).await;
                *(if change.is_empty() { &mut strangers } else { &mut rows }) += 1;
            }
            self.stage.end();
        }
        let walled = !matches!(case.grant.rows.scope, Scope::Public | Scope::All) || case.grant.rows.reach.is_some();
        if walled && strangers == 0 {
            self.found.wrong.push(format!("{}: nobody to refuse it to", case.name()));
        }
        if case.grant.rows.condition != Condition::True && rows == 0 {
            self.found.wrong.push(format!("{}: no row to refuse it on", case.name()));
        }
    }

    pub(super) async fn share_grant(&mut self, case: Case<'p>) {
        let Write::Share(share) = &case.grant.write else { return };
        let wanted = move |oracle: &Oracle<'p>, who: &Person| shareable(&case, oracle, who);
        let function = fitting(&format!("share_{}", case.object.name), "");
        for scene in self.scenes(&case.ask(), 24, &wanted).await {
            let Some(to) = self.recipient(&scene.who, share, true) else { continue };
            let call = |to: &Person, span: &str| {
                let key = scene.key.join(", ");
                self.call(&function, &format!("array[{key}]::text[], {}, {span}", literal(&to.email)))
            };
            let (statement, too_long) = (call(&to, "null"), call(&to, "interval '900 years'"));
            let foreign = self.recipient(&scene.who, share, false).map(|to| call(&to, "null"));
            let unfit =
                self.people.everyone.iter().find(|to| !share.with.contains(&to.persona)).map(|to| call(to, "null"));
            for statement in [&statement, &too_long] {
                self.stage.begin(&scene.prepared).await;
                self.shares(&case, &scene, share, &to, statement).await;
                self.stage.end();
            }
            self.outside(&case, &scene, &statement, Must::SayNo, &wanted).await;
            let token = self.stage.token(&scene.who).await;
            for statement in foreign.iter().chain(&unfit) {
                self.stage.begin(&scene.prepared).await;
                self.must(&format!("{}: with a stranger", case.name()), Must::SayNo, (case.role(), &token), statement)
                    .await;
                self.stage.end();
            }
            if foreign.is_none() {
                self.found.wrong.push(format!("{}: nobody with whom it may not be shared", case.name()));
            }
            self.stage.begin(&scene.prepared).await;
            self.nobody_in_particular(&case, &scene.who, &statement, Must::SayNo).await;
            self.stage.end();
            return;
        }
        self.found.wrong.push(format!("{}: no row can be shared", case.name()));
    }

    /// Somebody with whom `who` may share, or of another tenant and so not.
    fn recipient(&self, who: &Person, share: &Share, may: bool) -> Option<Person> {
        let of_tenant = |to: &&Person| {
            let external = self.model.personas[&to.persona].who == Who::External;
            (!external || to.tenant == who.tenant) == may
        };
        let fit = |to: &&Person| share.with.contains(&to.persona) && to.email != who.email;
        self.people.everyone.iter().filter(fit).find(of_tenant).cloned()
    }

    /// The share is written down, with an end that is no later than the grant's.
    async fn shares(&mut self, case: &Case<'p>, scene: &Scene, share: &Share, to: &Person, statement: &str) {
        self.found.positive += 1;
        let token = self.stage.token(&scene.who).await;
        let outcome = self.stage.act(case.role().as_str(), &token, statement).await;
        let said = matches!(&outcome.answer, Ok((_, Some(answer))) if answer == "t");
        let (table, until, is_it) = match &case.object.shares {
            Some(link) => {
                let mut parts: Vec<String> = link
                    .row
                    .iter()
                    .zip(&scene.key)
                    .map(|(column, value)| format!("{} = {value}", quoted(column)))
                    .collect();
                match &link.with {
                    LinkedTo::User(user) => {
                        parts.push(format!(
                            "{}::text = {}",
                            quoted(&user.column),
                            literal(&to.keys[user.key.as_str()])
                        ));
                    }
                    LinkedTo::Tenant { column, key, .. } => {
                        let tenant = to.tenant.as_ref().expect("a tenant");
                        parts.push(format!("{}::text = {}", quoted(column), literal(&tenant.keys[key.as_str()])));
                    }
                }
                (link.table.sql(), link.until.as_ref().map(quoted), parts.join(" and "))
            }
            None => {
                let name = to.keys.iter().next().expect("a key");
                let table = format!("{}.share", Ident::new(self.stage.portal.control()));
                let row = format!(
                    "object = {} and row_key = array[{}]::text[]",
                    literal(case.object.name.as_str()),
                    scene.key.join(", ")
                );
                (table, Some("expires_at".to_owned()), format!("{row} and user_key = {}", literal(name.1)))
            }
        };
        let ends = match (until, share.expires) {
            (Some(until), Some(seconds)) => {
                format!(
                    "{until} between now() + interval '{seconds} seconds' - interval '1 minute' and now() + interval '{seconds} seconds' + interval '1 minute'"
                )
            }
            _ => "true".to_owned(),
        };
        let query = format!("select count(*) filter (where {ends}) || ' of ' || count(*) from {table} where {is_it}");
        let written = self.stage.one(&query).await.unwrap_or_default();
        let elsewhere: i64 = outcome.counts.values().map(|counts| counts[0] + counts[1]).sum();
        if !said || written != "1 of 1" || elsewhere != 1 {
            self.found.wrong.push(format!("{}: {statement}: {outcome:?}, written {written}", case.name()));
        }
    }
}

/// Rows that some grant of the role lets be removed; hard, those that one sees.
fn removable(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person, hard: bool) -> String {
    let grants = case
        .held(oracle.model)
        .into_iter()
        .filter(|one| matches!(one.grant.write, Write::Delete { .. }) && one.object.name == case.object.name);
    let rows: Vec<String> = grants.map(|one| one.rows(oracle, who, "t")).collect();
    let shown = if hard { case.shown(oracle, who, "t") } else { "true".to_owned() };
    format!("({}) and {shown}", rows.join(" or "))
}

fn shareable(case: &Case<'_>, oracle: &Oracle<'_>, who: &Person) -> String {
    let grants = case
        .held(oracle.model)
        .into_iter()
        .filter(|one| matches!(one.grant.write, Write::Share(_)) && one.object.name == case.object.name);
    let rows: Vec<String> = grants.map(|one| one.rows(oracle, who, "t")).collect();
    format!("({})", rows.join(" or "))
}
