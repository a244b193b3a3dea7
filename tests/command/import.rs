//! `import`, where it does not get as far as a database, and in a project's own.

use crate::run::{command, ended, run};
use portalctl_test_support::PrivateProject;

#[test]
fn without_project_and_database_there_is_nothing_to_import() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["import"]).expect(2);
    assert!(ran.stderr.contains("no database is named") && ran.stderr.contains("DATABASE_URL"), "{}", ran.stderr);
    let unreachable = "postgresql://nobody@localhost:1/none?connect_timeout=1";
    run(folder.path(), &["--database-url", unreachable, "import"]).expect(3);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn the_projects_own_database_is_imported_into_its_objects() {
    let project = PrivateProject::new();
    project
        .write("portalctl.yaml", "version: 1\nkind: project\nname: acme\ndatabase: {schema: crm, setup: [db/*.sql]}\n");
    project.write(
        "db/1.sql",
        "create schema crm; create table crm.accounts (id int primary key, name text);\n\
         create table crm.cases (id int primary key, account_id int not null references crm.accounts);\n\
         create schema hr; create table hr.people (id int primary key);\n",
    );
    project
        .write("objects/account.yaml", "# ours\nkind: object\nname: company\ntable: accounts\nfields: {name: text}\n");
    // Elsewhere it stands alone, and a program reads what was found.
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("looked/at");
    let args =
        ["import", "--tenant", "crm.accounts", "--schema", "crm", "--format", "json", "--out", out.to_str().unwrap()];
    let report: serde_json::Value = serde_json::from_str(&run(project.path(), &args).expect(0).stdout).unwrap();
    assert_eq!(report["objects"][1]["tenants"][0]["candidates"][0]["yaml"], "account_id");
    assert_eq!(report["decisions"][0]["about"], "tenants");
    let document = || std::fs::read_to_string(project.path().join("portalctl.yaml")).unwrap();
    assert!(!document().contains("tenants"), "nothing is added to the project");
    assert!(out.join("account.yaml").is_file() && out.join("case.yaml").is_file());

    let said = run(project.path(), &["import", "--tenant", "accounts"]).expect(0);
    assert_eq!(
        said.stdout,
        "write      portalctl.yaml\nwrite      objects/case.yaml\nwrite      objects/.import.json\n"
    );
    assert!(said.stderr.contains("not imported: 1 table in `hr`; add `--schema hr`"), "{}", said.stderr);
    assert!(document().contains("from_table: crm.accounts"), "{}", document());
    let case = std::fs::read_to_string(project.path().join("objects/case.yaml")).unwrap();
    assert!(
        case.contains("tenant: account_id\n") && case.contains("account: {type: reference(company), column"),
        "{case}"
    );

    let unknown = run(project.path(), &["import", "--tenant", "acounts"]).expect(2);
    assert!(unknown.stderr.contains("did you mean `accounts`?"), "{}", unknown.stderr);
    let broken = ended(command(project.path(), &["import", "--schema", "nowhere"]).output().unwrap()).expect(2);
    assert!(broken.stderr.contains("there is no table to import"), "{}", broken.stderr);
}

const FREIGHT: &str = "\
create schema crm; create table crm.accounts (id int primary key, name text);
create table crm.employees (id int primary key, full_name text, email text, account_id int not null references crm.accounts);
create table crm.shipments (id int primary key, from_id int not null references crm.accounts,
  to_id int not null references crm.accounts, handled_by int references crm.employees);
create table crm.pieces (id int primary key, shipment_id int not null references crm.shipments, label text);
";

fn freight() -> PrivateProject {
    let project = PrivateProject::new();
    project
        .write("portalctl.yaml", "version: 1\nkind: project\nname: acme\ndatabase: {schema: crm, setup: [db/*.sql]}\n");
    project.write("db/1.sql", FREIGHT);
    project
}

/// What goes on with a way that nobody has decided is no way yet: what was imported is valid, and asks.
#[test]
fn what_hangs_on_an_undecided_table_is_asked_and_not_written() {
    let project = freight();
    let said = run(project.path(), &["import", "--tenant", "accounts"]).expect(0).stderr;
    assert!(said.contains("`piece` goes with `shipment`, whose own way to a tenant is to be decided first"), "{said}");
    let read = |name: &str| std::fs::read_to_string(project.path().join(format!("objects/{name}.yaml"))).unwrap();
    let way = "tenant: {via: shipment_id, object: shipment}";
    assert!(read("piece").contains("# To decide at `shipment` first"), "{}", read("piece"));
    assert!(read("piece").contains(&format!("#   {way}")) && !read("piece").contains(&format!("\n{way}")));
    let told = run(project.path(), &["validate"]);
    assert_eq!(told.code, 0, "{}", told.stdout);
    // The one is decided, and then the other.
    project.write("objects/shipment.yaml", &read("shipment").replace("fields:\n", "tenant: from_id\nfields:\n"));
    project.write("objects/piece.yaml", &read("piece").replace("fields:\n", &format!("{way}\nfields:\n")));
    let told = run(project.path(), &["validate", "--database"]);
    assert_eq!(told.code, 0, "{}", told.stdout);
}

#[test]
fn a_later_import_completes_the_remark_about_people() {
    let project = freight();
    let document = || std::fs::read_to_string(project.path().join("portalctl.yaml")).unwrap();
    run(project.path(), &["import"]).expect(0);
    let entry = |tenant: &str| {
        format!(
            "#   - {{from_table: crm.employees, keys: {{employee: id}}, email: email, title: full_name{tenant}, audience: PORTAL/AUDIENCE}}\n"
        )
    };
    assert!(document().contains(&entry("")), "{}", document());
    let said = run(project.path(), &["import", "--tenant", "accounts"]).expect(0).stderr;
    assert!(said.contains("of which tenant the people of `crm.employees` are"), "{said}");
    assert!(document().contains(&entry(", tenant: account_id")) && !document().contains(&entry("")), "{}", document());
    let after = document();
    run(project.path(), &["import", "--tenant", "accounts"]).expect(0);
    assert_eq!(document(), after);
}

/// What an import guesses of owners is told as a guess where the project then says otherwise.
#[test]
fn an_owner_that_was_guessed_is_told_as_a_guess() {
    let project = freight();
    run(project.path(), &["import", "--tenant", "accounts"]).expect(0);
    let document = std::fs::read_to_string(project.path().join("portalctl.yaml")).unwrap();
    project.write(
        "portalctl.yaml",
        &format!("{document}people:\n  - {{from_table: crm.employees, keys: {{staff: id}}, email: email, tenant: account_id, audience: desk/user}}\n"),
    );
    project.write("desk.yaml", "kind: portal\nname: desk\naudiences: {user: {grants: {employee: {read: [email]}}}}\n");
    let told = run(project.path(), &["validate"]).expect(1).stdout;
    assert!(told.contains("users have no key `employee`") && told.contains("an import wrote was its guess"), "{told}");
}
