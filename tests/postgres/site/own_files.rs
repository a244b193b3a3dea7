//! What an owner puts into `site/<portal>/`.

use super::{ADMIN, Portal, config};
use axum::http::StatusCode;
use portalctl::site::Site;
use std::fs::{create_dir_all, write};
use std::path::Path;

pub fn file(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    create_dir_all(path.parent().unwrap()).unwrap();
    write(path, text).unwrap();
}

#[tokio::test]
async fn own_words_files_and_templates_come_first() {
    let portal = Portal::acme_with(|root| {
        file(
            root,
            "support/site.yaml",
            "title: Pump Desk\nbranding: {name: Wend & Co, logo: logo.svg, colors: {primary: '#123456'}}\n\
             navigation: [case, home, {page: about, title: About us}]\npages: [about, help]\n",
        );
        file(root, "support/content/home.md", "# ignored\n\nOpen **every day**.\n");
        file(root, "support/content/about.md", "# About & around\n\n[ours](pages/help) <b>x</b>\n");
        file(root, "support/static/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        file(root, "support/static/tokens.css", ":root { --radius: 0; }");
        file(root, "support/static/secret.env", "x");
        file(
            root,
            "support/templates/sign-in/start.html",
            "{% extends \"layout/plain.html\" %}{% block main %}<h1>Ours: {{ shell.title }}</h1>{% endblock %}",
        );
        file(root, "partners/templates/home/home.html", "{{ no_such_value }}");
    })
    .await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let home = admin.get("/support/").await;
    assert!(home.text().contains("Cases Home About us Welcome"), "{}", home.text());
    assert!(home.body.contains("<strong>every day</strong>") && !home.text().contains("ignored"), "{}", home.text());
    assert!(
        home.body.contains("src=\"/support/static/logo.svg\"")
            && home.body.contains("href=\"/support/static/tokens.css\"")
    );
    assert!(home.text().ends_with("About & around Help Wend & Co"), "{}", home.text());
    let about = admin.get("/support/pages/about").await;
    assert!(about.body.contains("&lt;b&gt;") && about.body.contains("<h1>About &amp; around</h1>"), "{}", about.body);
    assert!(admin.get("/support/static/portal.css").await.body.contains("--primary: #123456"));
    assert_eq!(admin.get("/support/static/logo.svg").await.header("content-type"), "image/svg+xml");
    for hidden in ["secret.env", "../site.yaml", "..%2fsite.yaml", "%2e%2e/site.yaml", "", "no.css"] {
        assert_eq!(admin.get(&format!("/support/static/{hidden}")).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    assert!(portal.browser().get("/support/sign-in").await.text().contains("Ours: Pump Desk"));

    // A template that is broken is our fault and nobody's business.
    let mut manager = portal.someone("partners/manager").await;
    let broken = manager.get("/partners/").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(broken.text().contains("reference") && !broken.text().contains("no_such_value"), "{}", broken.text());
    let mut settings = config(&portal.world, &portal.model, portal.folder.path().to_owned());
    settings.dev = true;
    let mut developer = manager.clone();
    developer.router = Site::open(settings).await.unwrap().router();
    let broken = developer.get("/partners/").await;
    assert!(broken.text().contains("no_such_value") && broken.text().contains("home/home.html"), "{}", broken.text());
    file(portal.folder.path(), "partners/templates/home/home.html", "mended");
    assert_eq!(developer.get("/partners/").await.text(), "mended");
}

#[tokio::test]
async fn style_sheets_are_kept_by_browsers_until_they_change() {
    let portal = Portal::acme().await;
    let mut browser = portal.browser();
    let page = browser.get("/support/").await;
    let css = page.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sheet = browser.get(&css).await;
    assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(browser.get("/support/static/portal.css?v=old").await.header("cache-control"), "public, no-cache");
    browser.headers = vec![("if-none-match".into(), sheet.header("etag").into())];
    let again = browser.get("/support/static/portal.css").await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn wrong_settings_are_refused_by_name() {
    let portal = Portal::acme().await;
    for (text, words) in [
        ("navigation: [home, case, orderz]\n", vec!["support", "orderz", "neither"]),
        ("titel: x\n", vec!["support", "titel"]),
        ("branding: {colors: {primary: blue}}\n", vec!["support", "primary", "`blue`"]),
        ("pages: [nowhere]\n", vec!["support", "nowhere"]),
        ("title: [\n", vec!["support", "site.yaml"]),
    ] {
        file(portal.folder.path(), "support/site.yaml", text);
        let refused = Site::open(config(&portal.world, &portal.model, portal.folder.path().to_owned())).await;
        let refused = refused.unwrap_err().to_string();
        assert!(words.iter().all(|word| refused.contains(word)), "{refused}");
    }
}
