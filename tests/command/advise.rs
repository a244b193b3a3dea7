//! `advise`: the decision guide, from answers to types and modules.

use crate::run::{Ran, run};
use portalctl::catalog;
use portalctl::guide::{Advice, Answers, Guide, Shelf, advise};
use portalctl::model::resolve;
use portalctl::names::{ModuleName, TypeName};
use portalctl::spec::{Catalogue, RawContent, RawFile, read_with};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What the article asks and what it then recommends: answers, types, what has to be thought of besides, modules to add.
struct Vector {
    name: &'static str,
    answers: &'static str,
    types: &'static [&'static str],
    brings: &'static [&'static str],
    adds: &'static [(&'static str, &'static str)],
}

const fn leads(name: &'static str, answers: &'static str, types: &'static [&'static str]) -> Vector {
    Vector { name, answers, types, brings: &[], adds: &[] }
}

const VECTORS: [Vector; 18] = [
    leads("D1 bought a product, ongoing account", "users: [customers]", &["customer"]),
    leads("D2 work over time, confidential", "users: [clients]", &["client"]),
    Vector {
        brings: &["roles", "write-back"],
        ..leads("D3 sell or deliver alongside you", "users: [partners]\ndirection: write", &["partner"])
    },
    Vector { brings: &["lifecycle"], ..leads("D4 a membership that renews", "users: [members]", &["member"]) },
    leads("D5 after the sale, support, many routine inquiries", "jobs: [support, answers]", &["customer"]),
    leads(
        "D6 projects and retainers, several account managers, onboarding",
        "jobs: [projects, deliverables, team, onboarding]\nactions: [approve]",
        &["client"],
    ),
    Vector {
        adds: &[("community-forum", "customer"), ("community-forum", "self-service")],
        brings: &["guests"],
        ..leads(
            "D7 high public traffic on support, prospects, community",
            "users: [customers, public]\njobs: [support, answers, community]",
            &["customer", "self-service"],
        )
    },
    Vector {
        brings: &["together"],
        ..leads(
            "D8 several audiences on the same data",
            "users: [customers, partners]\ndata: [crm, shared]",
            &["customer", "partner"],
        )
    },
    leads("D9 software", "jobs: [support, answers, subscriptions, documentation]", &["customer"]),
    leads(
        "D10 manufacturer with distributors",
        "users: [distributors]\njobs: [deals, opportunities, marketing, training]",
        &["partner"],
    ),
    leads(
        "D11 global vendor",
        "users: [customers, partners]\njobs: [support, marketing, training]",
        &["customer", "partner"],
    ),
    leads("D12 direct buyers and dealers", "users: [customers, dealers]", &["customer", "reseller"]),
    Vector {
        brings: &["locations"],
        ..leads(
            "D13 franchise whose locations have customers",
            "users: [franchisees, customers]",
            &["customer", "franchise"],
        )
    },
    leads("D14 software with integration partners", "users: [customers, partners]", &["customer", "partner"]),
    Vector {
        brings: &["guests"],
        ..leads("D15 read only, no account", "direction: read-without-account", &["self-service"])
    },
    leads("D16 supplies goods to you", "users: [suppliers]", &["vendor"]),
    leads(
        "D17 partners, opportunities shared, deals registered",
        "users: [partners]\njobs: [opportunities, deals]",
        &["partner"],
    ),
    leads("D18 nothing filled in", "", &[]),
];

fn advice(answers: &str) -> Advice {
    let guide = Guide::read();
    let answers = Answers::read(&guide, "answers.yaml", answers.as_bytes().to_vec()).unwrap();
    advise(&guide, &Shelf::read(), &answers)
}

#[test]
fn the_vectors_of_the_guide_lead_where_the_article_says() {
    let guide = Guide::read();
    let shelf = Shelf::read();
    for vector in &VECTORS {
        let answers = Answers::read(&guide, "answers.yaml", vector.answers.as_bytes().to_vec()).unwrap();
        let advice = advise(&guide, &shelf, &answers);
        let types: Vec<&str> = advice.types.iter().map(|advised| advised.name.as_str()).collect();
        let types: BTreeSet<&str> = types.into_iter().collect();
        assert_eq!(types, vector.types.iter().copied().collect(), "{}", vector.name);
        for word in vector.brings {
            assert!(advice.brings.iter().any(|brought| brought.word == *word), "{}: {word}", vector.name);
        }
        let adds: BTreeSet<(&str, &str)> = advice
            .modules
            .iter()
            .flat_map(|module| module.add_to.iter().map(|of| (module.name.as_str(), of.as_str())))
            .collect();
        for add in vector.adds {
            assert!(adds.contains(add), "{}: {adds:?}", vector.name);
        }
        // Every recommendation says which answer led to it.
        assert!(advice.types.iter().all(|advised| !advised.because.is_empty()), "{}", vector.name);
    }
}

#[test]
fn a_user_of_no_kind_gets_the_type_that_serves_when_nothing_else_fits() {
    let advice = advice("users: others\n");
    assert_eq!(advice.types[0].name.as_str(), "customer");
    assert_eq!(advice.unanswered, ["jobs", "data", "actions", "direction"]);
}

/// A word that leads nowhere would be a promise that nobody keeps.
#[test]
fn the_guide_names_what_the_catalogue_has_and_leads_to_all_of_it() {
    let guide = Guide::read();
    let types: BTreeSet<&str> = catalog::types().map(|(name, _)| name).collect();
    let modules: BTreeSet<&str> = catalog::modules().map(|(name, _)| name).collect();
    let choices = || guide.questions.values().flat_map(|question| question.choices.values());
    let named_types: BTreeSet<&str> = choices().flat_map(|choice| &choice.types).map(TypeName::as_str).collect();
    let named: BTreeSet<&str> = choices().flat_map(|choice| &choice.modules).map(ModuleName::as_str).collect();
    assert_eq!(named_types, types);
    // The audit trail is not chosen: every portal with accounts has it.
    assert_eq!(modules.difference(&named).copied().collect::<Vec<_>>(), ["audit-trail"]);
    assert!(named.is_subset(&modules));
    assert!(choices().flat_map(|choice| &choice.brings).all(|word| guide.brings.contains_key(word)));
    assert_eq!(guide.questions.keys().collect::<Vec<_>>(), ["users", "jobs", "data", "actions", "direction"]);
}

fn advised(text: &str, more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("answers.yaml"), text).unwrap();
    run(folder.path(), &[&["advise", "--answers", "answers.yaml"], more].concat())
}

#[test]
fn advice_says_which_answer_led_to_what() {
    let ran = advised("users: [customers, public]\njobs: [support, community]\n", &[]).expect(0);
    for line in [
        "TYPES\n  customer      Customer portal: For people and companies",
        "since users: customers (people or companies who bought a product",
        "  case-management  comes with customer\n",
        "  community-forum  to be added to customer and self-service\n",
        "TO THINK OF\n  guests  visitors have no account",
        "Not answered: data, actions, direction\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}in\n{}", ran.stdout);
    }
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    assert!(ran.stderr.contains("next: portalctl new NAME --type customer --type self-service"), "{}", ran.stderr);

    let json = advised("{\"users\": [\"members\"]}", &["--format", "json"]).expect(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["types"][0]["name"], "member");
    assert_eq!(json["types"][0]["because"][0]["answer"], "members");
    assert_eq!(json["brings"][0]["word"], "lifecycle");
}

#[test]
fn without_answers_there_is_no_recommendation() {
    let ran = advised("users: []\n", &[]).expect(1);
    assert!(ran.stdout.starts_with("No recommendation"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Not answered: users, jobs, data, actions, direction"), "{}", ran.stdout);
}

#[test]
fn wrong_answers_are_told_at_their_place() {
    let ran =
        advised("users: [custmers, 5]\njbos: [support]\ndirection: [read, write]\ndata: {crm: 1}\n", &[]).expect(2);
    for part in [
        "answers.yaml:1:9",
        "`users` has no answer `custmers`",
        "did you mean `customers`?",
        "`users` has no answer `5`",
        "answers.yaml:2:1",
        "the guide asks nothing called `jbos`",
        "did you mean `jobs`?",
        "`direction` takes one answer, and 2 are given",
        "an answer to `data` must be a word, not a map",
        "the answers cannot be used",
    ] {
        assert!(ran.stderr.contains(part), "{part} in\n{}", ran.stderr);
    }
    let missing = run(Path::new("/"), &["advise", "--answers", "nowhere.yaml"]).expect(2).stderr;
    assert!(missing.contains("cannot read `nowhere.yaml`"), "{missing}");
}

#[test]
fn nothing_is_asked_in_a_pipe() {
    let ran = run(Path::new("/"), &["advise"]).expect(2);
    assert!(ran.stderr.contains("there is no terminal to ask on") && ran.stderr.contains("--blank"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_blank_file_of_answers_can_be_filled_in() {
    let blank = run(Path::new("/"), &["advise", "--blank"]).expect(0).stdout;
    assert!(blank.contains("#   customers: people or companies"), "{blank}");
    advised(&blank, &[]).expect(1);
    let filled = blank.replace("users: []", "users: [customers]");
    advised(&filled, &[]).expect(0);
}

/// A portal's document and a file of answers are read by the same guide.
#[test]
fn a_portal_may_write_down_every_answer_and_no_other() {
    let found = |answers: &str| {
        let text = format!(
            "version: 1\nkind: project\nname: acme\n---\nkind: portal\nname: shop\ntype: customer\nanswers:\n{answers}"
        );
        let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) };
        let (set, mut findings) = read_with(vec![file], &Catalogue::new(catalog::modules(), catalog::types()));
        findings.extend(resolve(&set).1);
        findings.into_iter().map(|finding| format!("{}: {}", finding.id, finding.message)).collect::<Vec<_>>()
    };
    let guide = Guide::read();
    for (name, question) in &guide.questions {
        let words: Vec<&str> = question.choices.keys().map(String::as_str).collect();
        let each = words.iter().map(|word| format!("  {name}: {word}\n"));
        let all = (!question.one).then(|| format!("  {name}: [{}]\n", words.join(", ")));
        for answers in each.chain(all) {
            assert_eq!(found(&answers), [""; 0], "{answers}");
        }
    }
    assert_eq!(found(&Answers::blank(&guide).replace('\n', "\n  ")), [""; 0], "a file that answers nothing yet");
    assert_eq!(
        found("  users: [custmers]\n  jbos: [support]\n  direction: [read, write]\n"),
        [
            "unknown-name: `users` has no answer `custmers`",
            "unknown-name: the guide asks nothing called `jbos`",
            "invalid-value: `direction` takes one answer, and 2 are given",
        ]
    );
}
