//! `validate --watch`: changes are made and what is said of them is waited for, never the time.

use crate::run::{command, ended, run};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portalctl_test_support::PrivateProject;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const OBJECT: &str = "kind: object\nname: case\ntable: crm.cases\nfields: {number: text}\n";

struct Watching {
    child: Child,
    /// Lines of stdout and stderr alike, as they come.
    lines: Receiver<String>,
}

impl Watching {
    fn begin(folder: &Path, args: &[&str]) -> Self {
        let mut started = command(folder, args);
        let mut child = started.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let tell = tell.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if tell.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Self { child, lines }
    }

    /// What is said up to a line with each of these in it, in whatever order the two streams come.
    #[track_caller]
    fn until(&self, wanted: &[&str]) -> Vec<String> {
        let (mut said, mut missing) = (Vec::<String>::new(), wanted.to_vec());
        while !missing.is_empty() {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("nobody says {missing:?}:\n{}", said.join("\n")));
            missing.retain(|part| !line.contains(part));
            said.push(line);
        }
        said
    }

    fn signal(self, signal: Signal) -> i32 {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
        ended(self.child.wait_with_output().unwrap()).code
    }
}

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("objects/case.yaml", OBJECT);
    project
}

#[test]
fn every_change_is_checked_and_told_by_its_file() {
    let project = project();
    let watching = Watching::begin(project.path(), &["validate", "--watch"]);
    let first = watching.until(&["no findings", "checked 2 documents", "waiting for a document to change"]);

    project.write("objects/case.yaml", &OBJECT.replace("text}", "txt}"));
    let broken = watching.until(&["UTC `objects/case.yaml` changed", "did you mean `text`?", "checked 2 documents"]);
    let said = first.iter().chain(&broken);
    assert!(said.clone().all(|line| !line.contains('\u{1b}')), "nothing is cleared in a pipe: {broken:?}");

    // As some editors save: beside it, then in its place.
    project.write("objects/.case.yaml.swp", OBJECT);
    fs::rename(project.path().join("objects/.case.yaml.swp"), project.path().join("objects/case.yaml")).unwrap();
    watching.until(&["`objects/case.yaml` changed", "no findings", "checked 2 documents in 2 files"]);

    project.write("more/order.yaml", &OBJECT.replace("case", "order"));
    watching.until(&["`more/order.yaml` is new", "no findings", "checked 3 documents in 3 files"]);
    fs::remove_dir_all(project.path().join("more")).unwrap();
    watching.until(&["`more/order.yaml` is gone", "no findings", "checked 2 documents in 2 files"]);

    for number in 1..=5 {
        project.write(&format!("objects/.{number}"), &OBJECT.replace("case", &format!("n{number}")));
    }
    // All of them at once, by the name of their folder.
    fs::rename(project.path().join("objects"), project.path().join(".away")).unwrap();
    for number in 1..=5 {
        let at = |name: String| project.path().join(".away").join(name);
        fs::rename(at(format!(".{number}")), at(format!("n{number}.yaml"))).unwrap();
    }
    watching.until(&["`objects/case.yaml` is gone", "checked 1 document"]);
    fs::rename(project.path().join(".away"), project.path().join("objects")).unwrap();
    watching.until(&["and 3 more files changed", "checked 7 documents"]);
    assert_eq!(watching.signal(Signal::SIGINT), 130);
}

#[test]
fn a_project_that_goes_away_is_waited_for() {
    let project = project();
    let watching = Watching::begin(project.path(), &["validate", "--watch", "--format", "github"]);
    watching.until(&["waiting for a document to change"]);
    let (here, away) = (project.path().join("portalctl.yaml"), project.path().join("portalctl.txt"));
    fs::rename(&here, &away).unwrap();
    watching.until(&["there is no project in"]);
    project.write("objects/case.yaml", &OBJECT.replace("text}", "txt}"));
    fs::rename(&away, &here).unwrap();
    watching.until(&["the project is there again", "::error ", "checked 2 documents"]);
    assert_eq!(watching.signal(Signal::SIGTERM), 143);
}

#[test]
fn what_cannot_begin_ends_and_nothing_is_mended_meanwhile() {
    let empty = PrivateProject::new();
    run(empty.path(), &["validate", "--watch"]).expect(2);
    let mending = run(project().path(), &["validate", "--watch", "--fix"]).expect(2);
    assert!(mending.stderr.contains("cannot be used with"), "{}", mending.stderr);
}

/// Whoever reads the output has gone: the next report has nobody to go to.
#[test]
fn it_ends_when_nobody_reads_any_more() {
    let project = project();
    let mut started = command(project.path(), &["validate", "--watch"]);
    let mut child = started.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "no findings\n");
    project.write("objects/case.yaml", &OBJECT.replace("text}", "txt}"));
    assert_eq!(ended(child.wait_with_output().unwrap()).code, 0);
}
