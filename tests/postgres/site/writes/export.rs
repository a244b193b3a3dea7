use super::super::ADMIN;
use super::{admin, portal};
use axum::http::StatusCode;

#[tokio::test]
async fn a_list_becomes_a_file_within_its_limit_and_no_cell_is_a_formula() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    portal
        .world
        .run(&format!(
            "update crm.cases set subject = '=cmd|'' /C calc''!A0', description = E'a,\"b\"\nc' where id = (select max(s.id) from crm.cases s join crm.contacts c using (account_id) where c.email = '{ADMIN}')"
        ))
        .await;
    let list = admin.get("/support/case?sort=-number").await;
    let link = list.link_called("Export").unwrap();
    let file = admin.get(&link).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"case.csv\"");
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let mut reader = csv::Reader::from_reader(file.body.trim_start_matches('\u{feff}').as_bytes());
    assert!(!reader.headers().unwrap().iter().any(|name| name.contains("nternal")), "{}", file.body);
    let subject = reader.headers().unwrap().iter().position(|name| name == "Subject").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3, "{}", file.body);
    assert!(rows.iter().all(|row| !row[subject].starts_with('=')), "{}", file.body);

    let number = &rows[0][0];
    let narrowed = admin.get(&format!("/support/case.csv?q={number}")).await;
    assert_eq!(narrowed.body.matches("\r\n").count(), 2, "{}", narrowed.body);
    // Nobody else takes any away.
    assert_eq!(admin.get("/support/asset.csv").await.status, StatusCode::NOT_FOUND);
    let mut user = portal.someone("support/customer_user").await;
    assert_eq!(user.get("/support/case.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.browser().get("/support/case.csv").await.header("location"), "/support/sign-in");
}
