//! The page about importing, carried out.

use super::Workplace;
use crate::provisioned::run;
use portalctl_test_support::TestDatabase;

const PAGE: &str = include_str!("../../../docs/guide/importing.md");

fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let parts: Vec<&str> = PAGE.split(&format!("```{language}\n")).skip(1).collect();
    parts.into_iter().map(|part| part.split("```").next().unwrap())
}

#[tokio::test]
async fn the_page_shows_what_happens() {
    let db = TestDatabase::new().await;
    run(&mut db.admin().await, blocks("sql").next().unwrap()).await;
    let place = Workplace::new(&db);
    let said = place.import(&["--tenant", "customer"]);
    let database = place.read("portalctl.yaml").lines().find_map(|line| line.strip_prefix("name: ").map(str::to_owned));
    let told = |text: &str| {
        let database = database.as_deref().unwrap();
        text.lines()
            .map(|line| if line.contains(": 5 new objects") { "`shop`: 5 new objects" } else { line })
            .map(|line| line.replace(&format!("name: {database}"), "name: shop") + "\n")
            .collect::<String>()
    };
    let console = blocks("console").next().unwrap();
    let (_, shown) = console.split_once("--tenant customer\n").unwrap();
    let whole = format!("{}{}", said.stdout, told(&said.stderr));
    assert!(whole.starts_with(shown), "{shown}\n{whole}");
    for block in blocks("yaml") {
        let (path, text) = block.split_once('\n').unwrap();
        let path = path.trim_start_matches("# ");
        if let Some(written) = path.strip_suffix(", changed").or(Some(path).filter(|path| path.starts_with("portals/")))
        {
            place.write(written, text);
        } else {
            assert_eq!(told(&place.read(path)), text, "{path}");
        }
    }
    for path in ["objects/customer.yaml", "objects/employee.yaml"] {
        let kept = place.read(path).lines().filter(|line| !line.starts_with("owner: ")).collect::<Vec<_>>().join("\n");
        place.write(path, &kept);
    }
    let valid = place.run(&["validate", "--database"]);
    assert_eq!(valid.code, 0, "{}", valid.stdout);
}
