use super::super::OTHER_ADMIN;
use super::{admin, case, follow, portal, value};
use axum::http::StatusCode;

#[tokio::test]
async fn only_what_was_changed_is_written() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let record = admin.get(&format!("/support/case/{id}")).await;
    let edit = record.link_called("Edit").unwrap();
    let form = admin.get(&edit).await.form(&edit);
    assert_eq!((form.get("v.subject"), form.get("v.description")), ("Pump leaks", "First line\nsecond"));
    assert!(!form.names().contains(&"v.status"));
    let unchanged = form.send(&mut admin).await;
    let page = follow(&mut admin, &unchanged).await;
    assert!(page.text().contains("Nothing in the case was different"), "{}", page.text());

    // Somebody else changes the priority meanwhile; only the subject is touched here, so both hold.
    let form = admin.get(&edit).await.form(&edit);
    portal.world.run(&format!("update crm.cases set priority = 'high' where id = {id}")).await;
    let sent =
        form.with("v.subject", "Pump leaks oil").with("v.description", "First line\r\nsecond").send(&mut admin).await;
    let page = follow(&mut admin, &sent).await;
    assert!(page.text().contains("The case has been changed."), "{}", page.text());
    let row = value(&portal, &id, "subject || '|' || priority || '|' || (description = E'First line\nsecond')").await;
    assert_eq!(row, "Pump leaks oil|high|true");
}

#[tokio::test]
async fn what_nobody_touched_stays_to_the_letter() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let edit = format!("/support/case/{id}/edit");
    let held = "subject || '|' || description";
    for (subject, description) in
        [(" Pump leaks ", "\n First\rline "), ("Pump\nleaks", "a\r\nb"), ("\tPump\r\nleaks\n", "x\n")]
    {
        let set =
            format!("update crm.cases set subject = $${subject}$$, description = $${description}$$ where id = {id}");
        portal.world.run(&set).await;
        let page = admin.get(&edit).await;
        // A control of one line would drop the ends of lines.
        let lines = page.body.contains("<textarea id=\"v-subject\"");
        assert_eq!(lines, subject.contains('\n'), "{}", page.body);
        let mut form = page.form(&edit).with("v.priority", "high");
        for (name, text) in &mut form.pairs {
            // As browsers send them.
            if name.starts_with("v.") {
                *text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
            }
        }
        let saved = form.send(&mut admin).await;
        follow(&mut admin, &saved).await;
        assert_eq!(value(&portal, &id, held).await, format!("{subject}|{description}"));
        let touched =
            admin.get(&edit).await.form(&edit).with("v.subject", " Pump\r\nleaks oil ").send(&mut admin).await;
        follow(&mut admin, &touched).await;
        assert_eq!(value(&portal, &id, held).await, format!("Pump\nleaks oil|{description}"));
        portal.world.run(&format!("update crm.cases set priority = 'low' where id = {id}")).await;
    }
}

#[tokio::test]
async fn what_two_people_changed_is_decided_side_by_side() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let edit = format!("/support/case/{id}/edit");
    let form = admin.get(&edit).await.form(&edit);
    portal.world.run(&format!("update crm.cases set subject = 'Theirs', priority = 'high' where id = {id}")).await;
    let conflict = form.with("v.subject", "Mine").with("v.description", "My text").send(&mut admin).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    let text = conflict.text();
    assert!(text.contains("Mine") && text.contains("Theirs") && !text.contains("Priority"), "{text}");
    assert_eq!(value(&portal, &id, "subject").await, "Theirs", "nothing is saved before somebody decides");

    // Without a choice it is asked again; what is changed meanwhile is found again.
    let undecided = conflict.form(&edit).send(&mut admin).await;
    assert_eq!(undecided.status, StatusCode::CONFLICT);
    assert!(undecided.text().contains("Subject: Choose one of the two."), "{}", undecided.text());
    portal.world.run(&format!("update crm.cases set subject = 'Theirs again' where id = {id}")).await;
    let late = undecided.form(&edit).with("decide.v.subject", "mine").send(&mut admin).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
    assert!(late.text().contains("Theirs again"));
    let done = late.form(&edit).with("decide.v.subject", "mine").send(&mut admin).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(value(&portal, &id, "subject || '|' || description || '|' || priority").await, "Mine|My text|high");

    let form = admin.get(&edit).await.form(&edit);
    portal.world.run(&format!("update crm.cases set subject = 'Third' where id = {id}")).await;
    let conflict = form.with("v.subject", "Fourth").with("v.description", "More").send(&mut admin).await;
    conflict.form(&edit).with("decide.v.subject", "theirs").send(&mut admin).await;
    assert_eq!(value(&portal, &id, "subject || '|' || description").await, "Third|More");
}

#[tokio::test]
async fn a_value_that_is_taken_is_said_at_its_field() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let taken = portal.world.one("select min(number) from crm.cases").await;
    let edit = format!("/support/case/{id}/edit");
    let page =
        admin.get(&edit).await.form(&edit).with("v.number", &taken).with("v.subject", "S").send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("Number: This is taken already."), "{}", page.text());
    assert!(!page.body.contains("cases_number_key"), "{}", page.body);
    assert_eq!(page.form(&edit).get("v.subject"), "S");
    let missing = page.form(&edit).with("v.number", "").send(&mut admin).await;
    assert!(missing.text().contains("Number: Fill this in."), "{}", missing.text());
}

#[tokio::test]
async fn what_may_not_be_changed_is_refused_and_what_was_typed_is_kept() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let closed = case(&portal, "closed").await;
    let record = admin.get(&format!("/support/case/{closed}")).await;
    assert_eq!(record.link_called(">Edit"), None);
    assert!(!record.body.contains("/edit\""), "{}", record.body);
    let answer = admin.get(&format!("/support/case/{closed}/edit")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    // Closed while somebody is writing.
    let id = case(&portal, "open").await;
    let edit = format!("/support/case/{id}/edit");
    let form = admin.get(&edit).await.form(&edit);
    portal.world.run(&format!("update crm.cases set status = 'closed' where id = {id}")).await;
    let page = form.with("v.description", "A long text").send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("not one that you may change now"), "{}", page.text());
    assert_eq!(page.form(&edit).get("v.description"), "A long text");
    assert_eq!(value(&portal, &id, "description").await, "First line\nsecond");
    // Somebody else's, and none at all, are alike.
    let foreign = portal
        .world
        .one(&format!(
            "select min(s.id) from crm.cases s join crm.contacts c using (account_id) where c.email = '{OTHER_ADMIN}'"
        ))
        .await;
    let mut texts = Vec::new();
    for key in [foreign.as_str(), "999999999", "abc", "99999999999999999999"] {
        let answer = admin.get(&format!("/support/case/{key}/edit")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{key}: {}", answer.text());
        texts.push(answer.text());
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
}
