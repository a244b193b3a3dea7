//! What a column is about, as far as its name, its type and a sample of its values tell.

use super::answers::Sampled;
use super::found::FoundColumn;
use crate::spec::document::FieldClass;

/// Where a guess comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    Name,
    Type,
    Sample,
}

impl Ground {
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "the name",
            Self::Type => "the type",
            Self::Sample => "a sample",
        }
    }
}

/// A value with what it was guessed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess<T> {
    pub value: T,
    pub ground: Ground,
}

const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "salt",
    "otp",
    "totp",
    "pin",
    "token",
    "apikey",
    "api_key",
    "private_key",
    "access_key",
    "credential",
    "credentials",
    "password_hash",
];
const HEALTH: &[&str] = &[
    "diagnosis",
    "diagnoses",
    "icd",
    "icd10",
    "blood",
    "allergy",
    "allergies",
    "medication",
    "medications",
    "prescription",
    "treatment",
    "symptom",
    "symptoms",
    "disease",
    "disability",
    "patient",
    "medical",
    "health",
];
const FINANCIAL: &[&str] = &[
    "iban",
    "bic",
    "swift",
    "salary",
    "wage",
    "bonus",
    "payroll",
    "card_number",
    "credit_card",
    "cvv",
    "cvc",
    "credit_limit",
    "bank",
    "bank_account",
    "account_number",
    "sort_code",
    "routing_number",
    "tax_rate",
    "commission",
];
const PERSONAL: &[&str] = &[
    "email",
    "mail",
    "e_mail",
    "phone",
    "telephone",
    "mobile",
    "cell",
    "fax",
    "first_name",
    "firstname",
    "last_name",
    "lastname",
    "surname",
    "given_name",
    "family_name",
    "middle_name",
    "full_name",
    "fullname",
    "contact_name",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "gender",
    "sex",
    "ssn",
    "passport",
    "nationality",
    "religion",
    "ethnicity",
    "marital",
    "ip_address",
    "linkedin",
    "photo",
    "portrait",
    "national_id",
    "home_phone",
    "insurance_no",
    "insurance_number",
    "insurance_id",
];
/// About a person only where the table is of people.
const OF_PEOPLE: &[&str] = &[
    "name",
    "title",
    "address",
    "street",
    "city",
    "zip",
    "postal_code",
    "postcode",
    "region",
    "state",
    "country",
    "notes",
    "extension",
];
const INTERNAL: &[&str] = &["cost", "margin", "internal", "memo", "risk", "score", "rating"];

/// Whether the words of `name` hold one of these, which may be several words.
fn names(name: &str, words: &[&str]) -> bool {
    let padded = format!("_{name}_");
    words.iter().any(|word| padded.contains(&format!("_{word}_")))
}

/// What of a snake-case `name` is about people, money, health or secrets. The strictest that fits.
pub fn class(name: &str, of_people: bool, column: &FoundColumn, sample: Option<&Sampled>) -> Option<Guess<FieldClass>> {
    let by_name = |value| Some(Guess { value, ground: Ground::Name });
    let is_amount = matches!(column.category, 'N' | 'S');
    if names(name, SECRET) && column.category != 'B' && column.category != 'D' {
        return by_name(FieldClass::Secret);
    }
    if sample.is_some_and(|sample| sample.mostly(sample.digests)) {
        return Some(Guess { value: FieldClass::Secret, ground: Ground::Sample });
    }
    if names(name, HEALTH) && !names(name, &["id"]) {
        return by_name(FieldClass::Health);
    }
    if names(name, FINANCIAL) && is_amount {
        return by_name(FieldClass::Financial);
    }
    if sample.is_some_and(|sample| sample.mostly(sample.accounts)) {
        return Some(Guess { value: FieldClass::Financial, ground: Ground::Sample });
    }
    if names(name, PERSONAL) || of_people && names(name, OF_PEOPLE) {
        return by_name(FieldClass::Personal);
    }
    if matches!(column.base_type.as_str(), "inet" | "cidr" | "macaddr") {
        return Some(Guess { value: FieldClass::Personal, ground: Ground::Type });
    }
    if sample.is_some_and(|sample| sample.mostly(sample.emails)) {
        return Some(Guess { value: FieldClass::Personal, ground: Ground::Sample });
    }
    if names(name, INTERNAL) {
        return by_name(FieldClass::Internal);
    }
    None
}

/// Whether a number of that name is an amount of money.
pub fn is_amount(name: &str) -> bool {
    const WORDS: &[&str] =
        &["amount", "price", "total", "subtotal", "fee", "cost", "balance", "limit", "net", "gross", "value"];
    names(name, WORDS)
}

/// Which kind of text it is; `None`: text.
pub fn text_type(name: &str, column: &FoundColumn, sample: Option<&Sampled>) -> Option<Guess<&'static str>> {
    let by_name = |value| Some(Guess { value, ground: Ground::Name });
    let by_sample = |value| Some(Guess { value, ground: Ground::Sample });
    let contradicted =
        |of: fn(&Sampled) -> u64| sample.is_some_and(|sample| sample.filled > 0 && !sample.mostly(of(sample)));
    if names(name, &["email", "mail", "e_mail"]) && !contradicted(|sample| sample.emails) {
        return by_name("email");
    }
    if sample.is_some_and(|sample| sample.mostly(sample.emails)) {
        return by_sample("email");
    }
    if sample.is_some_and(|sample| sample.mostly(sample.urls)) {
        return by_sample("url");
    }
    if names(name, &["url", "website", "homepage", "link"]) && !contradicted(|sample| sample.urls) {
        return by_name("url");
    }
    if names(name, &["phone", "telephone", "mobile", "cell", "fax"]) {
        return by_name("phone");
    }
    if sample.is_some_and(|sample| sample.long > 0) {
        return by_sample("long_text");
    }
    let unbounded =
        matches!(column.base_type.as_str(), "text" | "citext") || column.base_display == "character varying";
    let is_prose =
        names(name, &["description", "notes", "note", "body", "comment", "comments", "remarks", "bio", "message"]);
    if unbounded && is_prose { by_name("long_text") } else { None }
}

/// Whether a table is one of people who could sign in: what it is called, and that it says how to reach them.
pub fn is_of_people(object: &str, columns: &[&str]) -> bool {
    const PEOPLE: &[&str] = &[
        "employee",
        "staff",
        "user",
        "person",
        "people",
        "contact",
        "agent",
        "rep",
        "representative",
        "member",
        "worker",
        "consultant",
        "operator",
        "teacher",
        "student",
        "patient",
        "doctor",
        "driver",
        "technician",
        "author",
        "account_manager",
    ];
    let last = object.rsplit('_').next().unwrap_or(object);
    let has = |words: &[&str]| columns.iter().any(|column| names(column, words));
    let is_reachable = has(&["email", "mail", "e_mail", "login", "username"]);
    let is_named = has(&["first_name", "firstname", "last_name", "lastname", "surname", "full_name", "fullname"]);
    PEOPLE.contains(&last) && (is_reachable || is_named)
}

/// How good a column is for calling a row by.
pub fn title_rank(name: &str) -> Option<usize> {
    const TITLES: &[&str] = &[
        "name",
        "title",
        "company_name",
        "company",
        "legal_name",
        "full_name",
        "display_name",
        "label",
        "contact_name",
        "last_name",
        "subject",
        "number",
        "code",
        "email",
    ];
    TITLES.iter().position(|title| *title == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, base_type: &str, category: char) -> FoundColumn {
        FoundColumn {
            name: name.into(),
            display_type: base_type.to_owned(),
            base_type: base_type.to_owned(),
            base_display: base_type.to_owned(),
            category,
            is_domain: false,
            labels: Vec::new(),
            checks: Vec::new(),
            not_null: false,
            has_default: false,
            computed: None,
            identity: false,
            comment: None,
        }
    }

    fn of(name: &str, of_people: bool, sample: Option<&Sampled>) -> Option<FieldClass> {
        class(name, of_people, &column(name, "text", 'S'), sample).map(|guess| guess.value)
    }

    #[test]
    fn the_strictest_class_that_a_name_has() {
        for (name, expected) in [
            ("password_hash", Some(FieldClass::Secret)),
            ("reset_token", Some(FieldClass::Secret)),
            ("diagnosis_code", Some(FieldClass::Health)),
            ("iban", Some(FieldClass::Financial)),
            ("contact_email", Some(FieldClass::Personal)),
            ("first_name", Some(FieldClass::Personal)),
            ("unit_cost", Some(FieldClass::Internal)),
            ("quantity", None),
            ("shipping", None),
            ("mailing", None),
        ] {
            assert_eq!(of(name, false, None), expected, "{name}");
        }
        assert_eq!((of("city", true, None), of("city", false, None)), (Some(FieldClass::Personal), None));
        let when = column("password_changed_at", "timestamptz", 'D');
        assert_eq!(class("password_changed_at", false, &when, None).map(|guess| guess.value), None);
    }

    #[test]
    fn values_tell_what_a_name_hides() {
        let emails = Sampled { filled: 10, emails: 9, ..Sampled::default() };
        let guess = class("reach_at", false, &column("reach_at", "text", 'S'), Some(&emails)).unwrap();
        assert_eq!((guess.value, guess.ground), (FieldClass::Personal, Ground::Sample));
        let few = Sampled { filled: 10, emails: 5, ..Sampled::default() };
        assert_eq!(of("reach_at", false, Some(&few)), None);
        let none = Sampled { filled: 10, ..Sampled::default() };
        assert_eq!(
            text_type("mail", &column("mail", "text", 'S'), Some(&none)),
            None,
            "the values say that it is none"
        );
        assert_eq!(text_type("mail", &column("mail", "text", 'S'), None).unwrap().value, "email");
    }
}
