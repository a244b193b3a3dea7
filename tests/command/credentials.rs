//! `db credentials`, against a server that is reached by TCP and asks for passwords.

use crate::run::{Ran, command, ended, minimal_project, psql, run};
use portalctl::adapters::local_postgres::Running;
use portalctl_test_support::PrivateProject;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

const ADMIN: &str = "administrator-of-this-test";

/// An applied project; the same server also listens on an address of its own, like one elsewhere.
struct World {
    project: PrivateProject,
    running: Running,
    host: String,
}

impl World {
    async fn new() -> Self {
        let project = minimal_project();
        run(project.path(), &["apply", "--yes"]).expect(0);
        let sql = format!("create role dba superuser login password '{ADMIN}'");
        psql(&project, &sql).expect(0);
        let cluster = project.cluster();
        let hba = cluster.folder().join("data/pg_hba.conf");
        let rules = std::fs::read_to_string(&hba).unwrap() + "\nhost all all 127.0.0.0/8 scram-sha-256\n";
        std::fs::write(&hba, rules).unwrap();
        // All of 127.0.0.0/8 is this machine, so tests beside this one do not want the same address.
        let bytes = uuid::Uuid::new_v4().into_bytes();
        let host = format!("127.{}.{}.{}", bytes[0], bytes[1], 2 + bytes[2] % 200);
        let settings = [("listen_addresses", host.as_str()), ("log_statement", "all"), ("log_min_messages", "debug1")];
        let running = cluster.with_settings(settings).start().await.unwrap();
        assert!(running.started, "the server listens from its start");
        Self { project, running, host }
    }

    fn url(&self) -> String {
        format!("postgresql://dba:{ADMIN}@{}:5432/acme?sslmode=disable", self.host)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(self.project.path(), args);
        command.env("DATABASE_URL", self.url());
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        ended(self.command(args).output().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.project.path().join(".portalctl/credentials.env")
    }

    /// Variables and their values, as a shell reads the file.
    fn written(&self) -> Vec<(String, String)> {
        let script = format!(". {}; echo $PORTALCTL_GATEWAY_URL; echo $PORTALCTL_ISSUER_URL", self.file().display());
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let names = ["PORTALCTL_GATEWAY_URL", "PORTALCTL_ISSUER_URL"].map(str::to_owned);
        names.into_iter().zip(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned)).collect()
    }

    /// Who signs in there.
    fn user_of(&self, url: &str) -> Ran {
        let mut psql = self.running.psql("acme").unwrap();
        for name in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE"] {
            psql.env_remove(name);
        }
        let program = psql.get_program().to_owned();
        ended(Command::new(program).args(["-AtXwc", "select current_user", url]).output().unwrap())
    }

    fn server_log(&self) -> String {
        let logs = std::fs::read_dir(self.project.cluster().folder().join("log")).unwrap();
        logs.map(|log| std::fs::read_to_string(log.unwrap().path()).unwrap()).collect()
    }
}

fn password(url: &str) -> &str {
    url.split_once('@').unwrap().0.rsplit_once(':').unwrap().1
}

#[tokio::test]
async fn passwords_are_set_written_once_and_let_the_logins_in() {
    let world = World::new().await;
    let anonymous = format!("postgresql://acme__gateway@{}:5432/acme", world.host);
    assert_ne!(world.user_of(&anonymous).code, 0, "the server asks for passwords");

    let said = world.run(&["db", "credentials"]).expect(0);
    assert!(!said.stderr.contains("cannot sign in"), "{}", said.stderr);
    assert_eq!(world.file().metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let first = world.written();
    for ((_, url), role) in first.iter().zip(["acme__gateway", "acme__issuer"]) {
        assert_eq!(world.user_of(url).expect(0).stdout.trim(), role);
        for (place, text) in [("output", &said.stdout), ("talk", &said.stderr), ("log", &world.server_log())] {
            assert!(!text.contains(password(url)), "the password of {role} is in the {place}");
        }
    }
    assert_ne!(password(&first[0].1), password(&first[1].1));
    assert!(world.server_log().contains("ALTER ROLE"), "the log is the one that would show it");

    let refused = world.run(&["db", "credentials"]).expect(4);
    assert!(refused.stderr.contains("exists already") && refused.stderr.contains("--replace"), "{}", refused.stderr);
    assert_eq!(world.written(), first);
    assert_eq!(world.user_of(&first[0].1).code, 0, "a refusal changes no password");

    world.run(&["db", "credentials", "--replace"]).expect(0);
    let second = world.written();
    assert_ne!(world.user_of(&first[0].1).code, 0, "the old password is gone");
    assert_eq!(world.user_of(&second[1].1).expect(0).stdout.trim(), "acme__issuer");
    assert!(world.run(&["plan", "--exit-code"]).expect(0).stdout.starts_with("no changes"));
}

#[tokio::test]
async fn passwords_of_the_environment_are_taken() {
    let world = World::new().await;
    let url = |role: &str, password: &str| format!("postgresql://{role}:{password}@{}:5432/acme", world.host);
    let take = |gateway: &str, issuer: &str| {
        let mut command = world.command(&["db", "credentials", "--from-environment"]);
        command.env("PORTALCTL_GATEWAY_URL", gateway).env("PORTALCTL_ISSUER_URL", issuer);
        ended(command.output().unwrap())
    };
    let (gateway, issuer) = (url("acme__gateway", "p%40ss-of-the-gateway"), url("acme__issuer", "pass-of-the-issuer"));
    take(&gateway, &issuer).expect(0);
    assert!(!world.file().exists());
    assert_eq!(world.user_of(&gateway).expect(0).stdout.trim(), "acme__gateway");
    assert_eq!(world.user_of(&issuer).expect(0).stdout.trim(), "acme__issuer");

    for (gateway, issuer, said) in [
        (url("acme__gateway", "short"), issuer.clone(), "at least 16"),
        (url("postgres", "pass-of-the-gateway"), issuer.clone(), "the user in `PORTALCTL_GATEWAY_URL` is `postgres`"),
        (gateway.clone(), format!("postgresql://acme__issuer@{}/acme", world.host), "holds no password"),
        (gateway.clone(), String::new(), "is not set"),
    ] {
        let refused = take(&gateway, &issuer).expect(2);
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
        assert!(!refused.stderr.contains("pass-of"), "{}", refused.stderr);
    }
    assert_eq!(world.user_of(&gateway).code, 0, "a refusal changes no password");
}

#[tokio::test]
async fn only_logins_of_this_project_are_given_passwords() {
    let world = World::new().await;
    psql(&world.project, "comment on role acme__issuer is 'somebody else'").expect(0);
    let refused = world.run(&["db", "credentials"]).expect(4);
    assert!(refused.stderr.contains("`acme__issuer` was not made by this project"), "{}", refused.stderr);
    assert!(!world.file().exists(), "nothing was set, so nothing is written");
    let kept = psql(&world.project, "select rolpassword is null from pg_authid where rolname = 'acme__gateway'");
    assert_eq!(kept.expect(0).stdout.trim(), "t");
}

#[test]
fn the_private_database_needs_none() {
    let project = minimal_project();
    let said = run(project.path(), &["db", "credentials"]).expect(0);
    assert!(said.stderr.contains("asks for no password"), "{}", said.stderr);
    assert!(!project.path().join(".portalctl/credentials.env").exists());
}
