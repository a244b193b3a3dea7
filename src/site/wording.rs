//! What can be guessed from names: the words for a value of an enum, its tone, an object's icon, the
//! field that a row is called by. A wrong guess is a plainer page, never a wrong one.

use crate::model::{Field, FieldType, Words};

/// `waiting_for_customer` as `Waiting for customer`; what has capitals of its own keeps them.
pub fn humanise(value: &str) -> String {
    let words = value.replace(['_', '-'], " ");
    let words = words.trim();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => value.to_owned(),
    }
}

/// A label in the middle of a sentence, with the capitals that its language gives it there.
pub fn in_sentence(label: &Words) -> String {
    label.in_sentence()
}

/// What a value of an enum is called: as its label says, or else by the words that it is made of.
pub fn choice(field: &Field, value: &str) -> String {
    field.value_labels.get(value).map_or_else(|| humanise(value), ToString::to_string)
}

/// What the words of an enum usually mean.
const TONES: &[(&str, &str)] = &[
    (
        "good",
        "accepted active approved available cleared closed complete completed confirmed delivered done \
         enabled fulfilled paid passed published ready resolved settled shipped solved success valid verified \
         won",
    ),
    (
        "info",
        "in_progress in_review invoiced new open opened processing propose proposed proposal qualified \
         qualify registered review running scheduled sent submitted negotiation working",
    ),
    (
        "wait",
        "awaiting backorder backordered due hold medium on_hold partial paused pending picking reserved \
         snoozed trial waiting warning",
    ),
    (
        "bad",
        "blocked bounced cancelled canceled critical declined denied disabled error expired failed high \
         invalid lost overdue rejected returned suspended terminated unpaid urgent void",
    ),
];

/// The tone of an enum's value, by the whole of it, its first or its last word.
pub fn tone(value: &str) -> &'static str {
    let word = value.to_ascii_lowercase().replace([' ', '-'], "_");
    let (first, last) = (word.split('_').next().unwrap_or_default(), word.rsplit('_').next().unwrap_or_default());
    let means = |words: &str| words.split(' ').any(|known| [word.as_str(), first, last].contains(&known));
    TONES.iter().find(|(_, words)| means(words)).map_or("", |(tone, _)| tone)
}

/// The icon beside an object's name.
pub fn icon(object: &str) -> &'static str {
    const KNOWN: &[(&str, &[&str])] = &[
        ("machine", &["machine", "asset", "device", "equipment", "installation"]),
        ("alert", &["bulletin", "alert", "notice", "recall", "announcement"]),
        ("case", &["case", "ticket", "incident", "issue", "request", "claim"]),
        ("message", &["comment", "message", "note", "thread", "feedback"]),
        ("order", &["order", "shipment", "delivery", "parcel", "return", "stock"]),
        ("receipt", &["invoice", "payment", "receipt", "bill", "statement", "quote"]),
        ("people", &["contact", "person", "people", "user", "member", "employee", "team", "customer"]),
        (
            "building",
            &["account", "company", "organisation", "organization", "supplier", "partner", "site", "location"],
        ),
        ("book", &["article", "knowledge", "guide", "course", "faq", "lesson"]),
        ("tag", &["product", "item", "price", "catalogue", "part", "offer", "line"]),
        ("chart", &["opportunity", "opportunities", "lead", "report", "forecast", "commission", "campaign"]),
        ("handshake", &["deal", "contract", "agreement", "referral"]),
        ("calendar", &["event", "appointment", "booking", "visit", "task", "milestone"]),
        ("folder", &["document", "file", "resource", "folder", "project"]),
    ];
    // The last word says what it is, the ones before it whose: an order line is a line.
    let words: Vec<&str> = object.split(['_', '-']).collect();
    let singular = |word: &str, known: &str| word == known || word.strip_suffix('s') == Some(known);
    words
        .iter()
        .rev()
        .find_map(|word| KNOWN.iter().find(|(_, names)| names.iter().any(|known| singular(word, known))))
        .map_or("records", |(icon, _)| icon)
}

/// The date that says since when a row is there, among dates that every row has: `created_at` and its
/// like, or else the first that is no deadline and no last change.
pub fn beginning<'a>(dates: &[&'a Field]) -> Option<&'a Field> {
    const BEGINS: &str =
        "created opened ordered placed issued registered submitted published posted sent received added";
    const ENDS: &str =
        "until due expires expiry expected delivery valid updated modified changed closed end ends to birth";
    let begins = dates.iter().find(|field| has(field, BEGINS));
    begins.or_else(|| dates.iter().find(|field| !has(field, ENDS))).copied()
}

/// Whether a part of the field's name is one of the words.
fn has(field: &Field, words: &str) -> bool {
    field.name.as_str().split('_').any(|part| words.split(' ').any(|word| word == part))
}

/// Whether the value is short for something that people would not say: beside a name it tells them nothing.
pub fn is_code(field: &Field) -> bool {
    has(field, "slug locale language currency unit tier country")
}

/// Whether it is said about a row, and is not what the row is.
fn is_aside(field: &Field) -> bool {
    has(field, "note notes remark remarks currency locale")
}

/// Whether the fields say what a row is, or only who or which: a comment's author is not its title.
pub fn names_itself(title: &[&Field]) -> bool {
    title.iter().any(|field| {
        let name = field.name.as_str();
        ["title", "name", "subject", "number", "code", "label", "headline", "summary", "reference", "sku", "no"]
            .iter()
            .any(|word| name == *word || name.rsplit('_').next() == Some(word))
    })
}

/// The fields that a row is called by: the first of `title`, `name`, `subject` and their like among
/// the text fields; first and last name together where there is neither; else a number or code; else
/// a name or title of something (`customer_name`), an e-mail address, the first text field; else none.
pub fn title<'a>(fields: &[&'a Field]) -> Vec<&'a Field> {
    const NAMES: &[&str] = &[
        "title",
        "name",
        "subject",
        "headline",
        "display_name",
        "full_name",
        "label",
        "company_name",
        "legal_name",
        "summary",
    ];
    const NUMBERS: &[&str] = &["number", "code", "reference", "sku"];
    const FIRST: &[&str] = &["first_name", "firstname", "given_name"];
    const LAST: &[&str] = &["last_name", "lastname", "family_name", "surname"];
    let text = |field: &&&Field| matches!(field.field_type, FieldType::Text | FieldType::Email);
    let named = |names: &[&str]| {
        names.iter().find_map(|name| fields.iter().filter(text).find(|field| field.name.as_str() == *name)).copied()
    };
    if let Some(field) = named(NAMES) {
        return vec![field];
    }
    if let Some(last) = named(LAST) {
        return named(FIRST).into_iter().chain([last]).collect();
    }
    let called = |field: &&&Field| ["_name", "_title"].iter().any(|end| field.name.as_str().ends_with(end));
    let numbered = |field: &&&Field| ["_no", "_number", "_code"].iter().any(|end| field.name.as_str().ends_with(end));
    named(NUMBERS)
        .or_else(|| fields.iter().filter(text).find(numbered).copied())
        .or_else(|| fields.iter().filter(text).find(called).copied())
        .or_else(|| named(&["email"]))
        .or_else(|| fields.iter().filter(text).find(|field| !is_aside(field)).copied())
        .into_iter()
        .collect()
}

/// One or two letters for a mark or an avatar.
pub fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let mut words = name.split([' ', '.', '_', '-']).filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// One letter for a brand.
pub fn monogram(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enum_values_become_words_with_a_tone() {
        assert_eq!(humanise("waiting_for_customer"), "Waiting for customer");
        assert_eq!(humanise("EU"), "EU");
        assert_eq!(
            (tone("waiting_for_customer"), tone("On hold"), tone("won"), tone("gold")),
            ("wait", "wait", "good", "")
        );
    }

    #[test]
    fn the_last_word_chooses_the_icon() {
        assert_eq!((icon("order"), icon("order_line"), icon("case_comment")), ("order", "tag", "message"));
        assert_eq!((icon("knowledge_base"), icon("zzz"), icon("contacts")), ("book", "records", "people"));
    }

    #[test]
    fn people_and_brands_have_initials() {
        assert_eq!(initials("Ann Maria Becker"), "AB");
        assert_eq!(initials("ann.becker@globex.example"), "AB");
        assert_eq!(initials("Ünal"), "Ü");
        assert_eq!((initials(""), monogram("« Acme »")), (String::new(), "A".to_owned()));
    }
}
