use crate::run::{command, ended, run};
use portalctl_test_support::PrivateProject;

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project
}

#[test]
fn the_private_database_takes_no_url() {
    let project = project();
    let url = "postgresql://ann:s3cret@db.example/acme";
    let refused = run(project.path(), &["db", "start", "--database-url", url]).expect(2);
    assert!(refused.stderr.contains("takes no `--database-url`"), "{}", refused.stderr);
    // From the surroundings it is meant for other commands: that is said, and the private one managed.
    let mut status = command(project.path(), &["db", "status"]);
    let ran = ended(status.env("DATABASE_URL", url).output().unwrap()).expect(0);
    assert!(ran.stderr.contains("`DATABASE_URL` is set"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("not made yet"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("s3cret"));
}

#[test]
fn a_url_that_cannot_be_read_is_wrong_usage_and_not_repeated() {
    let project = project();
    for url in
        ["mysql://ann:s3cret@db/acme", "postgresql://ann:s3cret@db/acme?sslmod=require", "host=db password=s3cret"]
    {
        let mut status = command(project.path(), &["db", "status"]);
        let ran = ended(status.env("DATABASE_URL", url).output().unwrap()).expect(2);
        assert!(ran.stderr.contains("the database URL") && !ran.stderr.contains("s3cret"), "{}", ran.stderr);
    }
}

#[test]
fn a_socket_is_written_as_libpq_takes_it() {
    let project = project();
    for url in
        ["postgresql://ann:s3cret@/acme?host=/nowhere", "postgresql://ann@:5499/acme?sslmode=disable&host=/nowhere"]
    {
        let mut plan = command(project.path(), &["plan"]);
        let ran = ended(plan.env("DATABASE_URL", url).output().unwrap()).expect(3);
        assert!(ran.stderr.contains("/nowhere") && !ran.stderr.contains("s3cret"), "{}", ran.stderr);
    }
    // Without a parameter that names one, nobody says which host is meant.
    let mut plan = command(project.path(), &["plan"]);
    let ran = ended(plan.env("DATABASE_URL", "postgresql://ann@/acme").output().unwrap()).expect(2);
    assert!(ran.stderr.contains("?host=/run/postgresql"), "{}", ran.stderr);
}
