//! A database with everything that an import stumbles over.

use super::{Ran, Workplace};
use crate::provisioned::{Asker, Provisioned, folder, rows, run};
use portalctl_test_support::TestDatabase;

const PARTIES: &[&str] = &["--tenant", "parties"];

async fn business() -> TestDatabase {
    let db = TestDatabase::from_template("harbour", async |template| {
        template.load(&folder("postgres/import/harbour.sql"));
    });
    db.await
}

fn decide(place: &Workplace) {
    place.replace("objects/freight_shipment.yaml", "owners:\n", "tenant: shipper_id\nowners:\n");
    place.replace("objects/booking.yaml", "fields:\n", "tenant: party_id\nfields:\n");
    let through = "tenant: {via: [booking_party, booking_seq], object: booking}\nfields:\n";
    place.replace("objects/booking_line.yaml", "fields:\n", through);
    place.replace("objects/event.yaml", "fields:\n", "tenant: {via: shipment_id, object: freight_shipment}\nfields:\n");
}

#[track_caller]
fn says(ran: &Ran, wanted: &[&str]) {
    for wanted in wanted {
        assert!(ran.stderr.contains(wanted), "`{wanted}` is not said:\n{}", ran.stderr);
    }
}

#[tokio::test]
async fn nothing_that_is_there_is_passed_over_in_silence() {
    let db = business().await;
    let place = Workplace::new(&db);
    let said = place.import(PARTIES);
    says(
        &said,
        &[
            "`freight.Ladung.Alt` was left out: its name holds a dot",
            "`freight.evil\\nkind: project` was left out: its name holds a character that cannot be seen",
            "`freight.log` was left out: it has no key",
            "`freight.shapes` was left out: it has no key",
            "`freight.remote_rates` was left out: nothing tells its rows apart, and they were not looked at: \
             foreign-data wrapper \"nowhere\" has no handler",
            "left out: `freight.blobs.content`: no type of field holds `bytea`",
            "left out: `freight.shipments.pickup`: no type of field holds `tstzrange`",
            "left out: `freight.hostile.a\\nkind: portal # \"`: its name holds a character that cannot be seen",
            "left out: `freight.hostile.\\u{1b}[2J\\u{1b}[31mred`: its name holds a character that cannot be seen",
            "passed over, a partition of freight.events: `freight.events_2025`, `freight.events_2026`",
            "`booking_line`: booking_party, booking_seq refer to freight.bookings together",
            "`invoice`: party_number refers to freight.parties by a column that is not its key",
        ],
    );
    assert!(!said.stderr.contains('\u{1b}') && !said.stderr.contains('\u{202e}'));
    // What a comment, a name or a policy holds begins no line and no document.
    for (path, bytes) in place.files() {
        let text = String::from_utf8(bytes).unwrap();
        let is_forged = |line: &str| line.starts_with("kind: p") && !path.ends_with("portalctl.yaml");
        assert!(!text.lines().any(|line| is_forged(line) || line == "---"), "{}:\n{text}", path.display());
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{}", path.display());
    }
    let document = place.read("objects/document.yaml");
    assert!(document.contains("#   PUBLIC may SELECT, UPDATE (title)\n"), "{document}");
    assert!(document.contains("to PUBLIC: USING (((party_id)::text = current_setting('app.party'::text, true)))\n"));
}

#[tokio::test]
async fn types_keys_and_guesses_are_those_of_the_tables() {
    let db = business().await;
    let place = Workplace::new(&db);
    place.import(PARTIES);
    let laid_out = place.run(&["fmt", "--check"]);
    assert_eq!(laid_out.code, 0, "{}", laid_out.stdout);
    for (file, wanted) in [
        (
            "freight_shipment",
            "  mode: {type: enum, values: [sea, air, road, it's complicated, \"no\"], required: true}\n",
        ),
        ("freight_shipment", "  incoterm: [EXW, FOB, CIF]   # domain freight.incoterm\n"),
        ("freight_shipment", "  status: [open, closed]\n"),
        ("freight_shipment", "  weight_t: decimal   # computed by the database: (weight_kg / (1000)::numeric)\n"),
        (
            "freight_shipment",
            "  notify: {type: email, class: personal, required: true, max_length: 200}   # type and class guessed from a sample",
        ),
        ("freight_shipment", "  approved_by: {column: approved_by, key: staff}   # guessed"),
        ("booking", "key: [party_id, seq]\n# To decide: which way"),
        ("booking_line", "# To decide at `booking` first: how that one comes to its tenant; then write here:\n"),
        ("booking_line", "#   tenant: {via: [booking_party, booking_seq], object: booking}   # "),
        (
            "booking_line",
            "  amount: {type: money, currency: currency, required: true}   # type guessed from the name; check\n",
        ),
        ("event", "# A table of 2 partitions.\nkind: object\n"),
        ("customs_document", "# Its rows are rows of freight.documents as well, by inheritance.\n"),
        ("party", "# Who we work for.\\nkind: portal\\nname: evil\nkind: object\n"),
        ("party", "  parent: {type: reference(party), column: parent_id}\n"),
        ("order", "key: select\ntenant: user\n"),
        ("order", "  column_all: {type: text, column: all}\n  groesse: {type: text, column: größe}\n"),
        ("group", "  x: text\n  x_2: {type: text, column: X}\n"),
        ("open_shipment", "key: shipment_id   # guessed: no two rows have the same; check\n"),
        ("party_total", "# A materialised view: read only, as old as its last refresh.\n"),
        ("staff", "  password_hash: {type: text, class: secret}   # class guessed from the name; check\n"),
        ("invoice", "  contact: {type: email, class: personal}   # type and class guessed from a sample; check\n"),
    ] {
        let text = place.read(&format!("objects/{file}.yaml"));
        assert!(text.contains(wanted), "`{wanted}` is not in {file}.yaml:\n{text}");
    }
    // Values of rows are looked at, and written nowhere.
    let all: String = place.files().into_values().map(|bytes| String::from_utf8(bytes).unwrap()).collect();
    assert!(!all.contains("north.example") && !all.contains("DE89"), "{all}");
}

#[tokio::test]
async fn two_ways_to_a_tenant_are_for_somebody_to_decide() {
    let db = business().await;
    let place = Workplace::new(&db);
    let said = place.import(PARTIES);
    says(
        &said,
        &[
            "2 ways lead from `freight_shipment` to a tenant; in `objects/freight_shipment.yaml`:\n",
            "     tenant: shipper_id   # freight_shipment.shipper_id → party: reaches 3 of 3 rows\n",
            "     tenant: consignee_id   # freight_shipment.consignee_id → party: reaches 2 of 3 rows, NULL in 1, \
             another than by the shortest way in 2\n",
            // They agree, in fewer rows than would tell.
            "2 ways lead from `booking` to a tenant",
            // By the foreign key that was never there, of which one leads nowhere.
            "     tenant: party_id   # archive_shipment.party_id → party: reaches 1 of 2 rows, leads nowhere from 1\n",
            // Two ways that agree in every row need nobody.
            "  invoice.party_id → party: reaches 32 of 33 rows, NULL in 1, and so says ",
        ],
    );
    says(
        &said,
        &["`event` goes with `freight_shipment`, whose own way to a tenant is to be decided first; then write"],
    );
    let undecided = place.run(&["validate"]);
    assert_eq!(undecided.code, 0, "nothing hangs on what nobody has decided: {}", undecided.stdout);

    decide(&place);
    let valid = place.run(&["validate"]);
    assert_eq!(valid.code, 0, "{}", valid.stdout);
    place.changes_nothing(PARTIES);
}

/// The decisions made, each party sees what is theirs, on partitions, by keys of two columns and under hostile names.
#[tokio::test]
async fn with_the_decisions_made_everyone_sees_their_own() {
    let db = business().await;
    let place = Workplace::new(&db);
    place.import(PARTIES);
    decide(&place);
    place.add(
        "portalctl.yaml",
        "accept: [{check: nullable-tenant-path, object: invoice, reason: nobody's, until: 2099-12-31}]\n",
    );
    place.write(
        "portals/desk.yaml",
        "kind: portal\nname: desk\naudiences:\n  client:\n    grants:\n      freight_shipment: {read: [weight_kg, mode]}\n      \
         event: {read: [shipment, at, kind]}\n      booking_line: {read: [line_no, amount]}\n      invoice: {read: [contact]}\n",
    );
    let portal = Provisioned::new(db, place.path()).await;
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    for party in ["1", "2", "3"] {
        let asker = Asker::new("desk/client").of("", party);
        let token = portal.token(&asker, &gateway).await;
        for (columns, table, plain) in [
            ("weight_kg, mode", "shipments", "shipments t where t.shipper_id = {me}"),
            (
                "at, kind",
                "events",
                "events t join freight.shipments s on s.id = t.shipment_id where s.shipper_id = {me}",
            ),
            ("line_no, amount", "booking_lines", "booking_lines t where t.booking_party = {me}"),
            ("contact", "invoices", "invoices t where t.party_id = {me}"),
        ] {
            let query = format!("select {columns} from freight.{table}");
            let seen = gateway.read(portal.role("desk/client"), &token, &query).await.unwrap();
            let columns: Vec<String> = columns.split(", ").map(|column| format!("t.{column}")).collect();
            let joined = format!("select {} from freight.{}", columns.join(", "), plain.replace("{me}", party));
            assert_eq!(seen, rows(&mut admin, &joined).await.unwrap(), "{party}: {table}");
        }
    }
}

/// The database goes on, and so does what somebody has decided.
#[tokio::test]
async fn what_comes_later_is_added_and_what_goes_is_told() {
    let db = business().await;
    let place = Workplace::new(&db);
    let said = place.import(&[]);
    says(
        &said,
        &[
            "nobody has said what a tenant is",
            "  `freight.parties`, from 8 tables: `portalctl import --tenant freight.parties`\n",
        ],
    );
    assert!(!place.read("objects/document.yaml").contains("tenant"));
    place.changes_nothing(&[]);

    // What is written by hand stays: remarks, a field that nobody wants, a document that nobody wants.
    place.replace("objects/document.yaml", "  title: text\n", "");
    place.replace("objects/document.yaml", "kind: object\n", "# papers\nkind: object   # mine\n");
    std::fs::remove_file(place.path().join("objects/blob.yaml")).unwrap();
    place.changes_nothing(&[]);

    let before = place.read("objects/document.yaml");
    let said = place.import(PARTIES);
    says(
        &said,
        &[
            "`freight.log` was left out: it has no key",
            "added to `document` in `objects/document.yaml`: `tenant`\n",
            "left out as before: `freight.blobs`",
        ],
    );
    let after = place.read("objects/document.yaml");
    assert!(after.contains("\ntenant: party_id\n") && after.replace("tenant: party_id\n", "") == before, "{after}");
    place.changes_nothing(PARTIES);

    run(
        &mut db.admin().await,
        "alter table freight.documents add column \"Contact Email\" text, add column scan bytea;
         alter table freight.group drop column x; alter table freight.group alter column \"no\" type text;
         drop table freight.price_lists cascade; create table freight.quays (id int primary key, name text)",
    )
    .await;
    let document = place.read("objects/document.yaml");
    let said = place.import(PARTIES);
    says(
        &said,
        &[
            "added to `document` in `objects/document.yaml`: `contact_email`\n",
            "left out: `freight.documents.scan`: no type of field holds `bytea`\n",
            "changed: `freight.group.x`: there is no such column any more; field `x` of `objects/group.yaml` names it\n",
            "changed: `freight.group.no`: was `boolean` and is `text`\n",
            "changed: `freight.price_lists`: there is no such table any more; `objects/price_list.yaml` names it\n",
        ],
    );
    assert!(said.stdout.contains("objects/quay.yaml") && !said.stdout.contains("group"), "{}", said.stdout);
    let line = "  contact_email: {type: email, column: Contact Email, class: personal}   # type and class guessed from the name; check\n";
    let after = place.read("objects/document.yaml");
    assert!(after.contains(line) && after.replace(line, "") == document, "{after}");
    // The partial answer of a vanished table and column is repeated; nothing is written any more.
    place.changes_nothing(PARTIES);

    place.add("objects/group.yaml", "  y: [\n");
    let refused = place.run(&["import"]);
    assert_eq!(refused.code, 2, "what cannot be read could hold any table: {}", refused.stderr);
}

/// A role that may not see everything is told so, and a table that is larger than is counted too.
#[tokio::test]
async fn what_could_not_be_seen_is_said() {
    let db = business().await;
    let role = db.role("importer");
    run(
        &mut db.admin().await,
        &format!(
            "create role {role} login; grant usage on schema freight to {role}; grant select on freight.documents, freight.bookings, \
             freight.shipments, freight.parties to {role}; alter table freight.parties disable row level security;
             insert into freight.bookings (party_id, seq) select 1, n from generate_series(10, 200000) n; analyze freight.bookings"
        ),
    )
    .await;
    let mut place = Workplace::new(&db);
    place.url = db.url(&role);
    let said = place.import(&["--tenant", "freight.parties", "--schema", "freight"]);
    says(
        &said,
        &[
            "row security hides rows of `freight.documents` from you: what was counted may be a part\n",
            "document.party_id → party: reaches 0 of 0 rows\n",
            "not looked into: `freight.invoices`: it may not be read by whoever imports\n",
            "rows of a sample",
        ],
    );
}
