//! Questions on a terminal: who answers them gets what the same answers on the command line give.

use crate::new::files;
use crate::pty::{CTRL_C, DOWN, ESCAPE, Terminal};
use crate::run::{command, run};
use crate::template::HEAD;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn asked(folder: &Path, args: &[&str]) -> Terminal {
    let mut command = command(folder, &[&["new"], args].concat());
    command.env_remove("PORTALCTL_ENV");
    Terminal::run(command)
}

fn is_empty(folder: &TempDir) -> bool {
    fs::read_dir(folder.path()).unwrap().next().is_none()
}

#[test]
fn answers_give_what_flags_give() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(here.path().join("taken")).unwrap();
    fs::write(here.path().join("taken/mine"), "").unwrap();
    let mut terminal = asked(here.path(), &[]);
    terminal.sees("What is the project called?").press("Acme Ltd\r");
    terminal.sees("`Acme Ltd` cannot be the project's name: it must begin with a lowercase letter");
    terminal.sees("What is the project called?").press("taken\r");
    terminal.sees("`taken`").sees("What is the project called?").press("acme\r");
    terminal.sees("How do you want to begin?").sees("choose portal types").press("\r");
    terminal.sees("Which portals?").sees("[ ] client:").press("\r").sees("choose at least one");
    terminal.press(" ").sees("[x] client:").press(DOWN).press(DOWN).press(" \r");
    terminal.sees("2 chosen").sees("portalctl up");
    let (code, shown) = terminal.ends();
    assert_eq!(code, 0, "{shown}");
    let shelf = run(here.path(), &["types", "--format", "json"]).expect(0);
    let shelf: serde_json::Value = serde_json::from_str(&shelf.stdout).unwrap();
    let name = |place: usize| shelf["types"][place]["name"].as_str().unwrap().to_owned();
    run(there.path(), &["new", "acme", "--type", &name(0), "--type", &name(2)]).expect(0);
    assert_eq!(files(&here.path().join("acme")), files(&there.path().join("acme")));
}

#[test]
fn who_leaves_a_question_leaves_nothing_behind() {
    for key in [CTRL_C, ESCAPE] {
        for questions in 1..=3 {
            let folder = tempfile::tempdir().unwrap();
            let mut terminal = asked(folder.path(), &[]);
            terminal.sees("What is the project called?");
            if questions > 1 {
                terminal.press("acme\r").sees("How do you want to begin?");
            }
            if questions > 2 {
                terminal.press("\r").sees("Which portals?").press(" ").sees("[x]");
            }
            terminal.press(key);
            let (code, shown) = terminal.ends();
            assert_eq!(code, 130, "{shown}");
            assert!(is_empty(&folder), "question {questions}: {shown}");
        }
    }
}

#[test]
fn the_five_questions_lead_where_the_same_answers_of_a_file_do() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut terminal = asked(here.path(), &["acme"]);
    terminal.sees("How do you want to begin?").press(DOWN).press("\r");
    // Typing looks for an answer.
    terminal
        .sees("Who are the users?")
        .press("patients")
        .sees("[ ] patients")
        .press(" ")
        .sees("[x] patients")
        .press("\r");
    terminal.sees("What must they do?").press("\r");
    terminal.sees("Which data does each of them need, and where does it live?").press("\r");
    terminal.sees("Which actions must work without staff?").press("\r");
    terminal.sees("Do they only read, or write back too?").press("\r").sees("portalctl up");
    let (code, shown) = terminal.ends();
    assert_eq!(code, 0, "{shown}");
    fs::write(there.path().join("answers.yaml"), "users: [patients]\ndirection: [write]\n").unwrap();
    run(there.path(), &["new", "acme", "--answers", "answers.yaml"]).expect(0);
    assert_eq!(files(&here.path().join("acme")), files(&there.path().join("acme")));
    assert!(here.path().join("acme/portals/patient.yaml").is_file());
}

/// Every sort of question, with usual answers, answers that do not fit, and one that is asked only after another.
#[test]
fn the_questions_of_a_template_are_asked_as_it_says() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let template = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(template.path().join(path), text).unwrap();
    let head = HEAD.split("once:").next().unwrap();
    write("portalctl-template.yaml", &head.replace("default: []", "default: [assets-service-history]"));
    write("portalctl.yaml", "version: 1\nkind: project\nname: {{ name }}\n");
    write(
        "answers.txt",
        "{{ brand }} {{ color }} {{ data }} {{ orders_table }} {{ drops }} {{ partners }} {{ idle }}\n",
    );
    let named = template.path().to_str().unwrap();

    let mut terminal = asked(here.path(), &["globex", "--template", named]);
    terminal.sees("What is the client called?").press(&"x".repeat(41)).press("\r").sees("40 are the most");
    terminal.sees("What is the client called?").press("Globex\r");
    terminal.sees("Its colour?").sees("#1d4ed8").press("bluish\r").sees("`bluish` is no colour");
    terminal.sees("Its colour?").press("\r");
    terminal.sees("Where do orders live?").press(DOWN).press("\r");
    terminal.sees("The table of orders?").sees("erp.orders").press("orders\r").sees("does not have the form");
    terminal.sees("The table of orders?").press("\r");
    terminal.sees("Which modules does the client not want?").sees("[x] assets-service-history").press(" \r");
    terminal.sees("A portal for partners too?").press("y\r");
    terminal.sees("Minutes until a session ends?").sees("30").press("3\r").sees("5 is the least");
    terminal.sees("Minutes until a session ends?").press("15\r");
    terminal.sees("portalctl up");
    let (code, shown) = terminal.ends();
    assert_eq!(code, 0, "{shown}");

    let answers = "brand: Globex\ndata: erp\ndrops: [subscriptions-agreements, assets-service-history]\npartners: true\nidle: 15\n";
    fs::write(there.path().join("answers.yaml"), answers).unwrap();
    run(there.path(), &["new", "globex", "--template", named, "--answers", "answers.yaml"]).expect(0);
    let (by_hand, by_file) = (files(&here.path().join("globex")), files(&there.path().join("globex")));
    assert_eq!(by_hand, by_file);
    assert!(by_hand.iter().any(|(_, text)| text.contains("Globex #1d4ed8 erp erp.orders")), "{by_hand:?}");

    // What is not asked: the table, where orders are not the client's.
    let mut terminal = asked(here.path(), &["initech", "--template", named]);
    terminal.sees("What is the client called?").press("Initech\r").sees("Its colour?").press("\r");
    terminal.sees("Where do orders live?").press("\r");
    terminal.sees("Which modules does the client not want?").press(CTRL_C);
    let (code, shown) = terminal.ends();
    assert_eq!(code, 130, "{shown}");
    assert!(!shown.contains("The table of orders?") && !here.path().join("initech").exists(), "{shown}");
}
