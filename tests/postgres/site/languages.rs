//! The portal in the language of whoever reads it.

use super::browser::Answer;
use super::own_files::file;
use super::{ADMIN, Portal};
use axum::http::{Method, StatusCode};

/// What breaks a page that is not careful, in each language.
const HOSTILE: &str = "</title><script>alert(1)</script>";

/// The example in English, German and Arabic; where a label is written in fewer, it stands in English.
const WORDS: &[(&str, &str)] = &[
    ("timezone: Europe/Berlin\n", "timezone: Europe/Berlin\nlocales: [en, de, ar]\n"),
    ("title: Acme Support\n", "title: {en: Acme Support, de: Acme Kundendienst, ar: دعم أكمي}\n"),
    (
        "label: {one: Case, many: Cases}",
        "label: {one: {en: Case, de: Vorgang, ar: حالة}, many: {en: Cases, de: Vorgänge, ar: حالات}}",
    ),
    (
        "subject: {type: text, required: true, search: true}",
        "subject: {type: text, label: {en: Subject, de: Betreff}, required: true, search: true}",
    ),
    (
        "  priority: {type: enum, values: [low, normal, high, urgent], default: normal}",
        "  priority: {type: enum, label: {en: Priority, de: Dringlichkeit}, values: [low, normal, high, urgent], default: normal, \
         labels: {high: {en: Soon, de: Eilig}, urgent: {en: \"</title><script>alert(1)</script>\", de: \"</title><script>alert(1)</script>\"}}}",
    ),
    (
        "  status: [new, open, waiting, resolved, closed]",
        "  status: {type: enum, values: [new, open, waiting, resolved, closed], labels: {closed: {en: Closed, de: Erledigt}}}",
    ),
    (
        "customer_admin: {label: Account administrator,",
        "customer_admin: {label: {en: Account administrator, de: Verwaltung},",
    ),
];

fn says(answer: &Answer, language: &str, dir: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.body.contains(&format!("<html lang=\"{language}\" dir=\"{dir}\">")), "{}", &answer.body[..200]);
    assert_eq!(answer.header("content-language"), language);
    let vary: Vec<&str> = answer.headers.get_all("vary").iter().map(|line| line.to_str().unwrap()).collect();
    let vary = vary.join(", ").to_lowercase();
    assert!(vary.contains("accept-language") && vary.contains("cookie"), "{vary}");
}

#[tokio::test]
async fn a_browser_is_answered_in_the_language_that_it_asks_for() {
    let portal = Portal::acme_that(WORDS).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    for (asked, language, dir, many, subject) in [
        ("", "en", "ltr", "Cases", "Subject"),
        ("de-AT,de;q=0.9,en;q=0.1", "de", "ltr", "Vorgänge", "Betreff"),
        ("de;q=0.2, ar;q=0.8", "ar", "rtl", "حالات", "Subject"),
        ("fr, de;q=0", "en", "ltr", "Cases", "Subject"),
    ] {
        admin.headers = vec![("accept-language".into(), asked.into())];
        let list = admin.get("/support/case").await;
        says(&list, language, dir);
        assert!(list.text().contains(many) && list.text().contains(subject), "{asked}: {}", list.text());
        assert_eq!(list.body.contains("Cases"), language == "en", "{asked}");
        let error = admin.get("/support/nowhere").await;
        assert_eq!((error.status, error.header("content-language")), (StatusCode::NOT_FOUND, language));
    }
}

#[tokio::test]
async fn what_a_visitor_chose_is_kept_and_everything_that_has_a_label_follows() {
    let portal = Portal::acme_that(WORDS).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let list = admin.get("/support/case?sort=-subject&lang=de").await;
    says(&list, "de", "ltr");
    assert_eq!(admin.cookies["portalctl_lang"], "de");
    for link in [
        "?sort=-subject&amp;lang=en\" lang=\"en\"",
        "?sort=-subject&amp;lang=ar\" lang=\"ar\" hreflang=\"ar\" dir=\"rtl\"",
    ] {
        assert!(list.body.contains(link), "{}", list.text());
    }
    assert!(list.text().contains("English Deutsch العربية"), "{}", list.text());
    assert!(list.text().contains("Dringlichkeit") && list.text().contains("Eilig"), "{}", list.text());
    // German nouns keep their capitals inside of an English sentence.
    assert!(list.text().contains("New Vorgang"), "{}", list.text());

    let home = admin.get("/support/").await;
    says(&home, "de", "ltr");
    assert!(home.text().contains("Acme Kundendienst") && home.text().contains("Vorgänge"), "{}", home.text());
    assert!(home.text().contains("Verwaltung"), "{}", home.text());
    let filtered = admin.get("/support/case?f.priority=high").await;
    assert!(filtered.text().contains("Dringlichkeit: Eilig"), "{}", filtered.text());

    let record = filtered.records("/support/case").first().cloned().unwrap();
    let page = admin.get(&record).await;
    assert!(page.text().contains("Dringlichkeit Eilig") && page.text().contains("Vorgang"), "{}", page.text());
    let export = admin.get("/support/case.csv").await;
    assert_eq!(export.header("content-language"), "de");
    assert!(export.body.lines().next().unwrap().contains("Betreff"), "{}", export.body.lines().next().unwrap());

    let form = admin.get("/support/case/new").await;
    let wrong = [("csrf", form.hidden("csrf")), ("submission", form.hidden("submission"))];
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = admin.post("/support/case/new", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert!(refused.text().contains("Betreff: Fill this in."), "{}", refused.text());
    assert!(!refused.body.contains("hreflang"), "a form that was sent is not at an address that can be opened");

    // Signing in is another page of the same portal, and what is no language of it changes nothing.
    let mut guest = portal.browser();
    guest.cookies.insert("portalctl_lang".into(), "xx".into());
    let page = guest.get("/support/sign-in?lang=%3Cb%3E").await;
    says(&page, "en", "ltr");
    assert_eq!(guest.cookies["portalctl_lang"], "xx");
    let page = guest.get("/support/sign-in?lang=ar").await;
    says(&page, "ar", "rtl");
    assert!(page.text().contains("دعم أكمي"), "{}", page.text());
    // Only a page that is opened is a choice.
    guest.send(Method::POST, "/support/sign-in?lang=de", Some("link=x".into())).await;
    assert_eq!(guest.cookies["portalctl_lang"], "ar");
}

#[tokio::test]
async fn a_label_is_text_wherever_it_stands() {
    let long = "W".repeat(200);
    let mut words = WORDS.to_vec();
    let title = format!("title: {{en: \"{HOSTILE}\", de: {long}}}\n");
    words[1].1 = &title;
    let portal = Portal::acme_that(&words).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    for path in
        ["/support/", "/support/case", "/support/case?f.priority=urgent", "/support/case/new", "/support/nowhere", "/"]
    {
        for language in ["en", "de"] {
            admin.headers = vec![("accept-language".into(), language.into())];
            let page = admin.get(path).await;
            assert!(!page.body.contains("<script"), "{path}: {}", page.body);
        }
    }
    let named = admin.get("/support/case?f.priority=urgent").await;
    assert!(named.body.contains("&lt;/title&gt;&lt;script&gt;"), "{}", named.text());
}

#[tokio::test]
async fn pages_of_text_may_have_a_file_for_each_language() {
    let portal = Portal::acme_that(WORDS).await;
    let folder = portal.folder.path();
    file(folder, "support/content/help.md", "# Help\n\nWe help.");
    file(folder, "support/content/help.de.md", "# Hilfe\n\nWir helfen.");
    let site =
        portalctl::site::Site::open(super::config(&portal.world, &portal.model, folder.to_owned())).await.unwrap();
    let mut guest = super::browser::Browser::new(site.router());
    for (language, title, text) in
        [("de", "Hilfe", "Wir helfen."), ("en", "Help", "We help."), ("ar", "Help", "We help.")]
    {
        let page = guest.get(&format!("/support/pages/help?lang={language}")).await;
        assert!(page.text().contains(title) && page.text().contains(text), "{language}: {}", page.text());
    }
}
