//! What has become of rows is told to those who see the row now, and of nobody's secrets.

use crate::provision::world::World;
use portalctl::model::AccessModel;
use portalctl::names::PersonaName;
use sqlx::{AssertSqlSafe, Connection, Row};

pub const ADMIN: &str = "henrik.torres@wendford-group.example";
pub const OTHER_ADMIN: &str = "paul.dietrich@lundholt-group.example";

pub struct Told {
    pub world: World,
    model: AccessModel,
    pub case: String,
}

/// What functions say, one line an event.
pub type Lines = Vec<String>;

impl Told {
    /// A case of the administrator's company, and three changes of it: by a colleague, by staff, of a hidden field.
    pub async fn new() -> Self {
        Self::that(&[]).await
    }

    /// The same, with other words in the example's documents.
    pub async fn that(edits: &[(&str, &str)]) -> Self {
        let world = World::acme().await;
        world.run("alter table crm.cases add column deleted_at timestamptz").await;
        let mut all = vec![("table: crm.cases\n", "table: crm.cases\ndelete: {soft: deleted_at}\n")];
        all.extend(edits);
        let model = world.acme_model_with(&all);
        world.apply(&model).await.unwrap();
        world
            .run(&format!(
                "insert into crm.cases (account_id, contact_id, subject, description, category, status) \
                 select account_id, id, 'Pump leaks', 'x', 'Fault', 'open' from crm.contacts where email = '{ADMIN}'"
            ))
            .await;
        let case = world.one("select max(id) from crm.cases").await;
        let told = Self { world, model, case };
        let colleague =
            told.user(&format!("select email from crm.contacts where email = '{ADMIN}'"), "customer_admin").await;
        let staff = told.user("select min(email) from crm.staff where team = 'support' and active", "agent").await;
        let subject =
            r#"'{"subject": "old", "internal_notes": "secret"}', '{"subject": "new", "internal_notes": "secret2"}'"#;
        told.event(&colleague, "support/customer_admin", subject).await;
        told.event(&staff, "support/agent", r#"'{"status": "new"}', '{"status": "open"}'"#).await;
        told.event(&staff, "support/agent", r#"'{"internal_notes": "a"}', '{"internal_notes": "b"}'"#).await;
        told
    }

    /// Somebody who has signed in once: their id.
    async fn user(&self, email: &str, audience: &str) -> String {
        let text = format!(
            "insert into {{p}}_portal.app_user (source, source_key, email, title) select p.source, p.source_key, e.email, p.person \
             from ({email}) as e (email), {{p}}_portal.people_by_email(e.email) as p where p.persona = 'support/{audience}'"
        );
        self.world.run(&text).await;
        self.world.one(&format!("select id from {{p}}_portal.app_user where email = ({email})")).await
    }

    async fn event(&self, actor: &str, persona: &str, values: &str) {
        let text = format!(
            "insert into {{p}}_portal.audit_event (actor, action, subject, persona, tenant_kind, tenant_key, object, row_key, before, after) \
             select '{actor}', 'row.update', 'case', '{persona}', 'customer', account_id::text, 'case', array[id::text], {values} \
             from crm.cases where id = {}",
            self.case
        );
        self.world.run(&text).await;
    }

    /// Asks as an administrator of a customer, in each of the persona's roles.
    pub async fn ask(&self, email: &str, question: &str) -> Result<Lines, sqlx::Error> {
        self.ask_as("support/customer_admin", email, question).await
    }

    /// What happens stays where no role is refused.
    pub async fn ask_as(&self, persona: &str, email: &str, question: &str) -> Result<Lines, sqlx::Error> {
        let keys = format!("select jsonb_build_object('contact', id::text) from crm.contacts where email = '{email}'");
        let tenant = format!("select account_id::text from crm.contacts where email = '{email}'");
        let persona = PersonaName::parse(persona).unwrap();
        let mut lines = Lines::new();
        for facet in &self.model.personas[&persona].facets {
            let mut admin = self.world.db.admin().await;
            let mut transaction = admin.begin().await?;
            let context = format!(
                "select set_config('portal.context', {{p}}_portal.administrator_context('{persona}', 'customer', ({tenant}), \
                 ({keys}), pg_backend_pid(), null, '1 minute'), true), set_config('role', '{}', true)",
                facet.role
            );
            sqlx::raw_sql(AssertSqlSafe(self.world.text(&context))).execute(&mut *transaction).await?;
            let question = format!("select to_jsonb(x)::text from ({question}) as x");
            let rows = sqlx::query(AssertSqlSafe(self.world.text(&question))).fetch_all(&mut *transaction).await;
            match rows {
                Ok(rows) => {
                    lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
                    transaction.commit().await?;
                }
                // Not each of the roles reads cases.
                Err(error) if error.to_string().contains("permission denied for function") => {}
                // Nor does each do anything that the control schema has words for.
                Err(error) if error.to_string().contains("permission denied for schema") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(lines)
    }

    pub async fn changes(&self, email: &str) -> Lines {
        let question = format!("select * from {{p}}_portal.changes_case(array['{}'], 50)", self.case);
        self.ask(email, &question).await.unwrap()
    }

    pub async fn activity(&self, email: &str) -> Lines {
        let question = format!(
            "select * from {{p}}_portal.activity(50, null) where object = 'case' and row_key = array['{}']",
            self.case
        );
        self.ask(email, &question).await.unwrap()
    }

    pub async fn both(&self, email: &str) -> [Lines; 2] {
        [self.changes(email).await, self.activity(email).await]
    }

    /// The case goes to the other company.
    pub async fn give_away(&self) {
        self.world
            .run(&format!(
                "update crm.cases s set account_id = c.account_id, contact_id = c.id from crm.contacts c \
                 where c.email = '{OTHER_ADMIN}' and s.id = {}",
                self.case
            ))
            .await;
    }

    /// The business takes the case out of everybody's sight.
    pub async fn hide(&self) {
        self.world.run(&format!("update crm.cases set deleted_at = now() where id = {}", self.case)).await;
    }

    async fn definition(&self, name: &str) -> String {
        self.world.one(&format!("select pg_get_functiondef(to_regproc('{{p}}_portal.{name}'))")).await
    }

    /// Puts other words in a function, as a mistake of ours would.
    pub async fn break_function(&self, name: &str, from: &str, to: &str) {
        let text = self.definition(name).await;
        assert!(text.contains(from), "no `{from}` in {text}");
        let broken = text.replace(from, to);
        sqlx::raw_sql(AssertSqlSafe(broken)).execute(&mut self.world.db.admin().await).await.unwrap();
    }
}

#[tokio::test]
async fn changes_are_told_without_values_hidden_fields_and_names_of_staff() {
    let told = Told::new().await;
    let name = told.world.one(&format!("select full_name from crm.contacts where email = '{ADMIN}'")).await;
    for lines in told.both(ADMIN).await {
        let [state, subject] = &lines[..] else { panic!("{lines:#?}") };
        assert!(state.contains(r#""who": "Somebody of Support and sales""#), "{state}");
        assert!(state.contains(r#""state_from": "new""#) && state.contains(r#""state_to": "open""#), "{state}");
        assert!(subject.contains(&format!(r#""who": "{name}""#)), "{subject}");
        assert!(subject.contains(r#""fields": ["subject"]"#), "{subject}");
        for secret in ["@", "internal", "secret", "old"] {
            assert!(!lines.concat().contains(secret), "`{secret}` in {lines:#?}");
        }
    }
    // What keeps the hidden field hidden, taken away.
    told.break_function("changes_case", "WHERE c.after ? f.col", "WHERE true").await;
    told.break_function("activity", "WHERE c.after ? f.col", "WHERE true").await;
    for lines in told.both(ADMIN).await {
        assert_eq!(lines.len(), 3);
        assert!(!lines.concat().contains("internal_notes"), "even so, no field is named that the role does not read");
    }
}

#[tokio::test]
async fn another_company_is_told_nothing() {
    let told = Told::new().await;
    for lines in told.both(OTHER_ADMIN).await {
        assert_eq!(lines, Lines::new());
    }
    // The functions rest on the rows that the role sees: with any row in their place, they tell.
    told.break_function("changes_case", "LIMIT 1;", "OR t.\"id\" = (row_key[1])::integer LIMIT 1;").await;
    assert_eq!(told.changes(OTHER_ADMIN).await.len(), 2);
}

#[tokio::test]
async fn the_activity_rests_on_whose_it_was_and_on_the_rows_that_are_seen_now() {
    let told = Told::new().await;
    told.give_away().await;
    // Each role has a branch of its own, so what is taken away is between the same words in all of them.
    let text = told.definition("activity").await;
    let mut parts = text.split("e.object IS NOT NULL AND ");
    let mut broken = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("($2 IS NULL").unwrap();
        broken += &format!("e.object IS NOT NULL AND ($2 IS NULL{rest}");
    }
    sqlx::raw_sql(AssertSqlSafe(broken)).execute(&mut told.world.db.admin().await).await.unwrap();
    assert_eq!(told.activity(OTHER_ADMIN).await.len(), 2, "without the tenant, another's doings are told");
    let told = Told::new().await;
    told.hide().await;
    assert_eq!(told.both(ADMIN).await, [Lines::new(), Lines::new()]);
    told.break_function("activity", "(\"deleted_at\" IS NULL)", "true").await;
    assert_eq!(told.activity(ADMIN).await.len(), 2, "without the rows, what was done to hidden ones is told");
}

#[tokio::test]
async fn a_row_of_several_tenants_is_told_to_each_of_them_and_to_no_other() {
    let told = Told::new().await;
    let event = async |tenants: &str| {
        told.world
            .run(&format!(
                "insert into {{p}}_portal.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key, object, row_key, before, after) \
                 select 'x', 'row.update', 'case', jsonb_build_object('tenants', {tenants}::jsonb), 'support/agent', 'partner', '77', 'case', \
                 array[id::text], '{{\"priority\": \"low\"}}', '{{\"priority\": \"high\"}}' from crm.cases where id = {}",
                told.case
            ))
            .await;
    };
    let before = told.both(ADMIN).await.map(|lines| lines.len());
    // Kind and key belong together: nobody's pair is made of halves.
    event(r#"'[{"kind": "partner", "key": "77"}]'"#).await;
    event(r#"jsonb_build_array(jsonb_build_object('kind', 'partner', 'key', account_id::text), jsonb_build_object('kind', 'customer', 'key', '77'))"#).await;
    assert_eq!(told.both(ADMIN).await.map(|lines| lines.len()), before);
    event(r#"jsonb_build_array(jsonb_build_object('kind', 'partner', 'key', '77'), jsonb_build_object('kind', 'customer', 'key', account_id::text))"#).await;
    assert_eq!(told.both(ADMIN).await.map(|lines| lines.len()), before.map(|count| count + 1));
    for lines in told.both(OTHER_ADMIN).await {
        assert_eq!(lines, Lines::new());
    }
}

#[tokio::test]
async fn all_tenants_of_a_row_are_written_down() {
    let told = Told::new().await;
    told.world
        .run(
            r#"create trigger twice after update on crm.cases for each row execute function {p}_portal.audit_write('case', '["id"]', '["subject"]',
               '[["customer", "account_id"], ["partner", "contact_id"], ["partner", "asset_id"]]');
               grant select, update on crm.cases to {p}__operator; grant usage on schema crm to {p}__operator"#,
        )
        .await;
    let change = format!(
        "begin; set local role {{p}}__operator; update crm.cases set subject = 'z', asset_id = null where id = {}; commit",
        told.case
    );
    told.world.run(&change).await;
    let (written, meant) = (
        "select detail -> 'tenants' from {p}_portal.audit_event order by id desc limit 1",
        format!(
            "select jsonb_build_array(jsonb_build_object('kind', 'customer', 'key', account_id::text), \
             jsonb_build_object('kind', 'partner', 'key', contact_id::text)) from crm.cases where id = {}",
            told.case
        ),
    );
    assert_eq!(told.world.one(written).await, told.world.one(&meant).await);
}

#[tokio::test]
async fn a_row_that_changes_hands_takes_no_history_along_and_leaves_none() {
    let told = Told::new().await;
    told.give_away().await;
    for email in [ADMIN, OTHER_ADMIN] {
        for lines in told.both(email).await {
            assert_eq!(lines, Lines::new(), "{email}");
        }
    }
    // The wall between then and now, in each of the two, taken away: the tenants of the row now stand for those of then.
    told.break_function("changes_case", "coalesce(e.detail -> 'tenants',", "coalesce(known.tenants,").await;
    assert_eq!(told.changes(OTHER_ADMIN).await.len(), 2);
}

#[tokio::test]
async fn a_key_that_is_used_again_has_no_history() {
    let told = Told::new().await;
    assert_eq!(told.changes(ADMIN).await.len(), 2);
    // One that is made anew begins with that; one that went and came back another way has nothing.
    for (verb, remains) in [("insert", 1), ("delete", 0)] {
        told.world
            .run(&format!(
            "insert into {{p}}_portal.audit_event (actor, action, subject, persona, tenant_kind, tenant_key, object, row_key) \
             select 'x', 'row.{verb}', 'case', null, 'customer', account_id::text, 'case', array[id::text] from crm.cases where id = {}",
            told.case
            ))
            .await;
        for lines in told.both(ADMIN).await {
            assert_eq!(lines.len(), remains, "{lines:#?}");
        }
    }
}

#[tokio::test]
async fn the_record_itself_is_nobodys_to_read() {
    let told = Told::new().await;
    let refused = told.ask(ADMIN, "select * from {p}_portal.audit_event").await.unwrap_err();
    assert!(refused.to_string().contains("permission denied for table"), "{refused}");
}
