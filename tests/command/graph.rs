//! `graph` of one audience alone.

use crate::run::{Ran, run};
use std::path::Path;

fn graph(args: &[&str]) -> Ran {
    run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme"), &[&["graph"], args].concat())
}

#[test]
fn one_audience_is_drawn_without_the_others() {
    let whole = graph(&[]).expect(0).stdout;
    assert!(whole.contains("support/customer_user") && whole.contains("partners/rep"), "{whole}");
    let one = graph(&["--audience", "customer_user"]).expect(0).stdout;
    assert!(one.contains("support/customer_user"), "{one}");
    assert!(!one.contains("partners/") && !one.contains("support/agent"), "{one}");
    assert_eq!(graph(&["--audience", "support/customer_user"]).expect(0).stdout, one);
    assert_eq!(graph(&["--portal", "support", "--audience", "customer_user"]).expect(0).stdout, one);
    let svg = graph(&["--audience", "rep", "--format", "svg"]).expect(0).stdout;
    assert!(svg.contains("partners/rep") && !svg.contains("customer_user"), "{svg}");

    let said = graph(&["--audience", "custmer_user"]).expect(2).stderr;
    assert!(said.contains("there is no audience `custmer_user`") && said.contains("did you mean"), "{said}");
    let said = graph(&["--portal", "partners", "--audience", "customer_user"]).expect(2).stderr;
    assert!(said.contains("there is no audience `customer_user`"), "{said}");
}
