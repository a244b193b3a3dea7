//! `portalctl attachments sweep`: what belongs to nothing is found, and removed where one says so.

use crate::run::{Ran, command, ended};
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, raw_sql};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const SPEC: &str = "\
version: 1
kind: project
name: {p}
storage: {folder: kept/files}
---
kind: object
name: offer
table: crm.offers
tenant: account_id
attachments: {types: [application/pdf]}
fields: {title: text}
---
kind: portal
name: offers
audiences:
  buyer: {grants: {offer: {read: [title], download: tenant, attach: tenant}}}
---
kind: tenant
name: globex
key: \"1\"
";

const CRM: &str =
    "create schema crm; create table crm.offers (id int primary key, account_id int not null, title text);
    insert into crm.offers values (1, 1, 'kept'), (2, 1, 'goes')";

struct World {
    db: TestDatabase,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let world = Self { db: TestDatabase::new().await, folder: tempfile::tempdir().unwrap() };
        std::fs::write(world.folder.path().join("portalctl.yaml"), SPEC.replace("{p}", world.db.project())).unwrap();
        world.admin(CRM).await;
        world.run(&["apply", "--yes"]).expect(0);
        world
    }

    async fn admin(&self, sql: &str) {
        let sql = sql.replace("{p}", self.db.project());
        raw_sql(AssertSqlSafe(sql)).execute(&mut self.db.admin().await).await.unwrap();
    }

    fn run(&self, args: &[&str]) -> Ran {
        ended(command(self.folder.path(), args).env("DATABASE_URL", self.db.admin_url()).output().unwrap())
    }

    /// A record of a file of that row, with its bytes: their path.
    async fn file(&self, row: u32, first: char) -> PathBuf {
        let storage = first.to_string().repeat(64);
        self.admin(&format!(
            "insert into {{p}}_portal.attachment (object, row_key, tenants, tenant_kind, tenant_key, name, media_type, bytes, sha256, storage, uploaded_by, persona, state)
             values ('offer', '{{{row}}}', '[]', '', '1', 'x.pdf', 'application/pdf', 1, '{storage}', '{storage}', 'x', 'offers/buyer', 'clean')"
        ))
        .await;
        self.bytes(first, Duration::from_hours(2))
    }

    fn bytes(&self, first: char, age: Duration) -> PathBuf {
        let storage = first.to_string().repeat(64);
        let folder = self.folder.path().join("kept/files").join(&storage[..2]);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(storage);
        let file = std::fs::File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    }
}

#[tokio::test]
async fn what_belongs_to_nothing_is_removed_and_nothing_else() {
    let world = World::new().await;
    let (kept, goes) = (world.file(1, 'a').await, world.file(2, 'b').await);
    let (orphan, coming) = (world.bytes('c', Duration::from_hours(2)), world.bytes('d', Duration::from_mins(2)));
    let strange = world.folder.path().join("kept/files/notes.txt");
    std::fs::write(&strange, "mine").unwrap();
    world.admin("delete from crm.offers where id = 2").await;
    let said = world.run(&["attachments", "sweep"]).expect(0);
    assert_eq!(said.stdout, "1 attachments of rows that are gone, 1 files without a record: to remove\n");
    assert!(
        [&kept, &goes, &orphan, &coming, &strange].iter().all(|path| path.exists()),
        "nothing was said about removing"
    );
    let said = world.run(&["attachments", "sweep", "--yes"]).expect(0);
    assert_eq!(said.stdout, "1 attachments of rows that are gone, 2 files without a record: removed\n");
    assert!(!goes.exists() && !orphan.exists());
    assert!(kept.exists() && coming.exists() && strange.exists());
    let said = world.run(&["attachments", "sweep", "--yes"]).expect(0);
    assert_eq!(said.stdout, "0 attachments of rows that are gone, 0 files without a record: removed\n");
    std::fs::remove_file(&kept).unwrap();
    let said = world.run(&["attachments", "sweep"]).expect(1);
    assert!(said.stderr.contains("1 of 1 attachments have no bytes"), "{}", said.stderr);
}

#[tokio::test]
async fn a_project_without_attachments_has_nothing_to_sweep() {
    let world = World::new().await;
    let spec = SPEC.replace("{p}", world.db.project()).replace("attachments: {types: [application/pdf]}\n", "");
    let spec = spec.replace(", download: tenant, attach: tenant", "");
    std::fs::write(world.folder.path().join("portalctl.yaml"), spec).unwrap();
    world.run(&["apply", "--yes"]).expect(0);
    let swept = world.run(&["attachments", "sweep"]).expect(0);
    assert_eq!(swept.stdout, "0 attachments of rows that are gone, 0 files without a record: to remove\n");
}
