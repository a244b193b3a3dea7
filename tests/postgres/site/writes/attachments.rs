use super::super::OTHER_ADMIN;
use super::super::browser::{Answer, Browser};
use super::{Portal, admin, case, follow};
use axum::body::Body;
use axum::http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";
const PDF: &[u8] = b"%PDF-1.7\nand so on";

async fn portal() -> Portal {
    Portal::acme_that(&[("max_bytes: 10MiB, max_files: 20", "max_bytes: 100KiB, max_files: 2")]).await
}

/// Opens the record and sends the file as its form does.
async fn send(browser: &mut Browser, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let form = browser.get(path).await.form(&format!("{path}/attach"));
    let words = [("csrf", form.get("csrf")), ("submission", form.get("submission"))];
    browser.upload(&format!("{path}/attach"), &words, name, bytes).await
}

/// The files that lie in the storage, but those that are coming in.
fn stored(portal: &Portal) -> usize {
    let folders = std::fs::read_dir(portal.folder.path().join(".files"));
    let folders = folders.into_iter().flatten().flatten().filter(|folder| folder.file_name() != "incoming");
    folders.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum()
}

fn incoming(portal: &Portal) -> usize {
    std::fs::read_dir(portal.folder.path().join(".files/incoming")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down_as_it_was_and_runs_nowhere() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    let answer = send(&mut admin, &path, "..\\Pump \u{202e}7.png", PNG).await;
    let page = follow(&mut admin, &answer).await;
    assert!(page.text().contains("The file has been attached to the case."), "{}", page.text());
    assert!(page.text().contains("Pump 7.png") && page.text().contains("PNG, "), "{}", page.text());
    let link = page.link_called("Pump 7.png").unwrap();
    let file = admin.get(&link).await;
    assert_eq!((file.status, &file.bytes[..]), (StatusCode::OK, PNG));
    assert_eq!(file.header("content-type"), "image/png");
    assert_eq!(file.header("content-disposition"), "inline; filename=\"Pump 7.png\"; filename*=UTF-8''Pump%207.png");
    assert_eq!(file.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(file.header("cache-control"), "private, no-store");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("cross-origin-resource-policy"), "same-origin");

    let answer = send(&mut admin, &path, "x.png", PDF).await;
    let page = follow(&mut admin, &answer).await;
    let file = admin.get(&page.link_called("x.png").unwrap()).await;
    assert_eq!(file.header("content-type"), "application/pdf", "what is in it counts, and not its name");
    assert!(file.header("content-disposition").starts_with("attachment; "));
    assert_eq!((stored(&portal), incoming(&portal)), (2, 0));
    let full = send(&mut admin, &path, "y.pdf", PDF).await;
    assert!(full.text().contains("has 2 files already"), "{}", full.text());
    assert_eq!((stored(&portal), incoming(&portal)), (2, 0), "what is refused leaves nothing");
}

#[tokio::test]
async fn nobody_else_fetches_it() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    let answer = send(&mut admin, &path, "x.pdf", PDF).await;
    let link = follow(&mut admin, &answer).await.link_called("x.pdf").unwrap();
    let mut other = portal.signed_in(OTHER_ADMIN, "support/customer_admin").await;
    assert_eq!(other.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&format!("{link}/remove")).await.status, StatusCode::NOT_FOUND);
    // Through a record of their own, too.
    portal
        .world
        .run(&format!(
            "insert into crm.cases (account_id, contact_id, subject, description, category, status) \
             select account_id, id, 'x', 'x', 'Fault', 'open' from crm.contacts where email = '{OTHER_ADMIN}'"
        ))
        .await;
    let own = format!("/support/case/{}", portal.world.one("select max(id) from crm.cases").await);
    assert_eq!(other.get(&own).await.status, StatusCode::OK);
    let id = link.rsplit('/').next().unwrap();
    assert_eq!(other.get(&format!("{own}/attachments/{id}")).await.status, StatusCode::NOT_FOUND);
    let form = other.get(&own).await.form(&format!("{own}/attach"));
    let words = [("csrf", form.get("csrf")), ("submission", form.get("submission"))];
    let into_theirs = other.upload(&format!("{path}/attach"), &words, "x.pdf", PDF).await;
    assert_eq!(into_theirs.status, StatusCode::NOT_FOUND);
    assert_ne!(portal.browser().get(&link).await.status, StatusCode::OK);
    for bad in ["x", "../../etc/passwd", "%2e%2e", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(admin.get(&format!("{path}/attachments/{bad}")).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
    assert_eq!((stored(&portal), incoming(&portal)), (1, 0));
}

#[tokio::test]
async fn what_is_not_taken_is_said_at_the_field_and_leaves_nothing() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    let large = vec![b'x'; 100 * 1024 + 1];
    for (name, bytes, says) in [
        ("x.png", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"[..], "Taken are"),
        ("x.png", b"<!doctype html><script>x()</script>", "a page or program of the web"),
        ("x.pdf", b"MZ\x90\0\x03\0\0\0", "Taken are"),
        ("x.txt", b"", "Choose a file"),
        ("x.txt", &large, "too large: it may have 100 KB at most"),
    ] {
        let page = send(&mut admin, &path, name, bytes).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(page.text().contains(says) && page.body.contains("attach-file-problem"), "{says}: {}", page.text());
        assert!(page.body.contains("<title>Error: "), "{says}");
    }
    assert_eq!((stored(&portal), incoming(&portal)), (0, 0));
    let most = vec![b'x'; 100 * 1024];
    assert_eq!(send(&mut admin, &path, "x.txt", &most).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_that_is_not_of_this_session_brings_no_file() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    let form = admin.get(&path).await.form(&format!("{path}/attach"));
    let (csrf, submission) = (form.get("csrf"), form.get("submission"));
    let attach = format!("{path}/attach");
    for words in [vec![], vec![("submission", submission)], vec![("csrf", "00")]] {
        assert_eq!(admin.upload(&attach, &words, "x.pdf", PDF).await.status, StatusCode::FORBIDDEN);
    }
    let words = [("csrf", csrf), ("submission", submission)];
    admin.headers = vec![("sec-fetch-site".into(), "cross-site".into())];
    assert_eq!(admin.upload(&attach, &words, "x.pdf", PDF).await.status, StatusCode::FORBIDDEN);
    admin.headers.clear();
    // Sent twice, it is one file.
    for _ in 0..2 {
        assert_eq!(admin.upload(&attach, &words, "x.pdf", PDF).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(portal.world.one("select count(*) from {p}_portal.attachment").await, "1");
    assert_eq!((stored(&portal), incoming(&portal)), (1, 0));
    // The session ends: one is told, and signs in again.
    admin.cookies.clear();
    let ended = admin.upload(&attach, &words, "x.pdf", PDF).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert_eq!((stored(&portal), incoming(&portal)), (1, 0));
}

#[tokio::test]
async fn ones_own_file_is_removed_with_its_bytes_after_one_has_said_so_twice() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    let answer = send(&mut admin, &path, "x.pdf", PDF).await;
    let page = follow(&mut admin, &answer).await;
    let remove = format!("{}/remove", page.link_called("x.pdf").unwrap());
    assert!(page.body.contains(&remove));
    // Staff see it, and it is not theirs to remove.
    let mut staff = portal.someone("support/agent").await;
    if staff.get(&path).await.status == StatusCode::OK {
        assert_eq!(staff.get(&remove).await.status, StatusCode::NOT_FOUND);
    }
    let form = admin.get(&remove).await.form(&remove);
    let answer = form.send(&mut admin).await;
    let page = follow(&mut admin, &answer).await;
    assert!(page.text().contains("The file has been removed from the case."), "{}", page.text());
    assert!(page.text().contains("removed a file from this case"), "{}", page.text());
    let mut left = stored(&portal);
    for _ in 0..200 {
        if left == 0 {
            break;
        }
        tokio::task::yield_now().await;
        let _ = admin.get(&path).await;
        left = stored(&portal);
    }
    assert_eq!(left, 0, "the bytes go too");
    assert_eq!(portal.world.one("select count(*) from {p}_portal.attachment").await, "0");
}

#[tokio::test]
async fn a_file_goes_with_its_row_and_an_unreadable_one_is_no_page_of_ours() {
    let portal = Portal::acme_that(super::EDITS).await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "new").await;
    let path = format!("/support/case/{id}");
    let answer = send(&mut admin, &path, "x.pdf", PDF).await;
    let link = follow(&mut admin, &answer).await.link_called("x.pdf").unwrap();
    std::fs::remove_dir_all(portal.folder.path().join(".files")).unwrap();
    assert_eq!(admin.get(&link).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let delete = admin.get(&format!("{path}/delete")).await.form(&format!("{path}/delete"));
    assert_eq!(delete.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.world.one("select count(*) from {p}_portal.attachment").await, "0");
}

#[tokio::test]
async fn a_scan_decides_what_is_kept() {
    let storage =
        |command: &str| format!("timezone: Europe/Berlin\nstorage: {{scan: {{command: [{command}], within: 5s}}}}\n");
    for (command, status, state) in [
        ("/bin/sh, -c, 'grep -q EICAR \"$0\" && exit 1; exit 0'", StatusCode::SEE_OTHER, "clean"),
        ("/bin/false", StatusCode::UNPROCESSABLE_ENTITY, ""),
        ("/no/such/program", StatusCode::SERVICE_UNAVAILABLE, ""),
        ("/bin/sh, -c, 'sleep 60'", StatusCode::SERVICE_UNAVAILABLE, ""),
    ] {
        let storage = if command.contains("sleep") { storage(command).replace("5s", "1s") } else { storage(command) };
        let portal = Portal::acme_that(&[("timezone: Europe/Berlin\n", &storage)]).await;
        let mut admin = admin(&portal).await;
        let path = format!("/support/case/{}", case(&portal, "open").await);
        assert_eq!(send(&mut admin, &path, "x.pdf", PDF).await.status, status, "{command}");
        assert_eq!(portal.world.one("select min(state) from {p}_portal.attachment").await, state, "{command}");
        assert_eq!(incoming(&portal), 0, "{command}");
    }
}

/// What stands before the file is small, whoever sends it: a part that never begins fills no memory.
#[tokio::test]
async fn a_form_that_never_comes_to_its_file_is_not_waited_for() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let path = format!("/support/case/{}", case(&portal, "open").await);
    admin.get(&path).await;
    for begins in [
        "--b\r\nContent-Disposition: form-data; name=\"file\"; x=\"",
        "",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n",
    ] {
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let pieces = futures_util::stream::iter((0..2_000).map(move |at| {
            let piece = if at == 0 { begins.to_owned() } else { "x".repeat(16 * 1024) };
            counted.fetch_add(piece.len(), Ordering::Relaxed);
            Ok::<_, std::io::Error>(piece)
        }));
        let answer = admin.upload_of(&format!("{path}/attach"), Body::from_stream(pieces)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < 200 * 1024, "{sent} bytes were taken of a form that begins {begins:?}");
    }
    assert_eq!((stored(&portal), incoming(&portal)), (0, 0));
}
