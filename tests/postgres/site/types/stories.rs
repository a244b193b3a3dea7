//! What each type is for, done through its pages: as people read them, by the words on links, labels and buttons.

use super::Typed;
use super::told::Story;

pub async fn check(typed: &Typed) {
    let mut story = Story::of(typed).await;
    match typed.name {
        "client" => client(&mut story).await,
        "customer" => customer(&mut story).await,
        "distributor" => distributor(&mut story).await,
        "employee" => employee(&mut story).await,
        "franchise" => franchise(&mut story).await,
        "investor" => investor(&mut story).await,
        "member" => member(&mut story).await,
        "partner" => partner(&mut story).await,
        "patient" => patient(&mut story).await,
        "reseller" => reseller(&mut story).await,
        "self-service" => self_service(&mut story).await,
        "vendor" => vendor(&mut story).await,
        other => panic!("{other} has no story"),
    }
}

/// A client's approver says yes to what was delivered.
async fn client(story: &mut Story<'_>) {
    story.be("amir@north").await;
    story.open("deliverable", "Label layouts").await;
    story.press("Approve").await;
    story.sees(&["Approved", "Amir Haddad"]).await;
    story.be("pia").await;
    story.sees(&["Approved", "Amir Haddad"]).await;
    story.press("Mark as accepted").await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// A customer asks, the desk answers.
async fn customer(story: &mut Story<'_>) {
    story.be("ann@north").await;
    story
        .create(
            "case",
            &[("Subject", "Labels are smeared"), ("Description", "Since this morning."), ("Priority", "High")],
        )
        .await;
    story.sees(&["Labels are smeared", "New", "Ann Berg"]).await;
    story.be("sam").await;
    story.sees(&["Northfield Packaging", "Ann Berg", "Labels are smeared"]).await;
    story.press("Open").await;
    story.add("case_comment", &[("Body", "Please clean the head and print again."), ("Visibility", "Public")]).await;
    story.be("ann@north").await;
    story.sees(&["Please clean the head"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// A buyer fills a basket and sends it; the desk finds it.
async fn distributor(story: &mut Story<'_>) {
    story.be("ann@north").await;
    story.create("cart", &[("What it is for", "Stock for May")]).await;
    story.add("cart_line", &[("Product", "ScaleOne 60"), ("Quantity", "4")]).await;
    story.sees(&["Stock for May", "4"]).await;
    story.press("Submit").await;
    story.sees(&["Submitted"]).await;
    story.be("sam").await;
    story.sees(&["Stock for May", "Northfield Grosshandel", "Ann Berg", "Submitted"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// An employee asks for leave, and whoever they report to agrees.
async fn employee(story: &mut Story<'_>) {
    story.be("ann/employee").await;
    story
        .create(
            "leave_request",
            &[
                ("Employee", "Ann Berg"),
                ("Kind", "Holiday"),
                ("First day", "2026-09-07"),
                ("Last day", "2026-09-11"),
                ("Working days", "5"),
            ],
        )
        .await;
    story.press("Submit").await;
    story.be("mia/manager").await;
    story.edit(&[("Answer", "Enjoy it.")]).await;
    story.press("Approve").await;
    story.be("ann/employee").await;
    story.sees(&["Approved", "Enjoy it.", "Mia Torres"]).await;
    story.be("bea").await;
    story.finds_nothing().await;
}

/// A franchisee reports a month's sales.
async fn franchise(story: &mut Story<'_>) {
    story.be("amir@north").await;
    story.open("location", "Bahnhofsplatz").await;
    story.add("location_metric", &[("Month", "2026-03-01"), ("Sales", "91250.40"), ("Visitors", "7100")]).await;
    story.sees(&["1 Mar 2026", "7100"]).await;
    story.be("sam").await;
    story.sees(&["7100", "Northfield Retail"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// A notice is released by another than who prepared it, and an investor acknowledges it.
async fn investor(story: &mut Story<'_>) {
    story.be("edda").await;
    story.open("vault_document", "Notice of Call 4").await;
    story.press("Release").await;
    story.be("amir@north/investor_admin").await;
    story.sees(&["Notice of Call 4"]).await;
    story.create("vault_acknowledgement", &[("Document", "Notice of Call 4")]).await;
    story.sees(&["Notice of Call 4", "Amir Haddad"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// A member books a place.
async fn member(story: &mut Story<'_>) {
    story.be("ann@north").await;
    story.create("booking", &[("Event", "Evening on membranes"), ("Guests you bring", "1")]).await;
    story.sees(&["Evening on membranes", "Reserved"]).await;
    story.be("edda").await;
    story.sees(&["Ann Berg", "Northfield Waterworks"]).await;
    story.press("Confirm").await;
    story.be("ann@north").await;
    story.sees(&["Confirmed"]).await;
    story.press("Cancel").await;
    story.sees(&["Cancelled"]).await;
}

/// A partner registers a deal, the channel manager protects it.
async fn partner(story: &mut Story<'_>) {
    deal(story, "ann@north", "mia").await;
}

/// A reseller does the same.
async fn reseller(story: &mut Story<'_>) {
    deal(story, "bea@south", "mia").await;
}

async fn deal(story: &mut Story<'_>, seller: &str, manager: &str) {
    story.be(seller).await;
    let deal = [
        ("Customer", "Ostsee Molkerei"),
        ("Product family", "Scales"),
        ("Amount", "40500"),
        ("Expected close", "2026-11-30"),
    ];
    story.create("deal_registration", &deal).await;
    story.press("Submit").await;
    story.be(manager).await;
    story.press("Mark as under review").await;
    story.edit(&[("Protected until", "2027-01-31"), ("Our answer", "Yours until the end of January.")]).await;
    story.press("Approve").await;
    story.be(seller).await;
    story.sees(&["Approved", "Yours until the end of January.", "31 Jan 2027"]).await;
    story.be(if seller == "ann@north" { "bea@south" } else { "ann@north" }).await;
    story.finds_nothing().await;
}

/// A patient asks for a time and takes it back.
async fn patient(story: &mut Story<'_>) {
    story.be("ann@north/patient").await;
    story.open("patient", "Ann Berg").await;
    story.add("appointment", &[("Service", "Consultation"), ("Reason", "Headaches again")]).await;
    story.open("appointment", "Consultation").await;
    story.be("dora").await;
    story.sees(&["Headaches"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}

/// Somebody says whether an article helped; a request for an account is put to a company and verified.
async fn self_service(story: &mut Story<'_>) {
    story.be("ann@north").await;
    story
        .create(
            "kb_feedback",
            &[("Article", "Clean the print head"), ("What was missing", "Where the reset button is.")],
        )
        .await;
    story.sees(&["Where the reset button is."]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
    story.be("sam").await;
    story.open("registration", "Maurer Backwaren").await;
    story.edit(&[("Company it is put to", "Northfield Packaging"), ("Note", "Called back.")]).await;
    story.press("Verify").await;
    story.sees(&["Northfield Packaging", "Sam Okafor", "Verified"]).await;
}

/// A vendor sends an invoice in; it is compared and approved by others.
async fn vendor(story: &mut Story<'_>) {
    story.be("ann@north").await;
    let invoice = [
        ("Your invoice number", "NG-26-0500"),
        ("Issued on", "2026-05-04"),
        ("Total with tax", "1190"),
        ("Tax", "190"),
    ];
    story.create("vendor_invoice", &invoice).await;
    story.add("vendor_invoice_line", &[("Description", "Rework"), ("Quantity", "1"), ("Net amount", "1000")]).await;
    story.press("Submit").await;
    story.be("otto").await;
    story.press("Mark as matched").await;
    story.be("mia").await;
    story.press("Approve").await;
    story.be("ann@north").await;
    story.sees(&["NG-26-0500", "Approved", "Rework"]).await;
    story.be("bea@south").await;
    story.finds_nothing().await;
}
