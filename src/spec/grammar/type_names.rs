//! Types as they are called elsewhere.

/// What databases, programming languages and other tools call a type, and what it is called here.
pub(super) fn spell_type(text: &str) -> Option<String> {
    const OTHERS: &[(&str, &[&str])] = &[
        ("text", &["string", "str", "varchar", "char", "character varying", "bpchar", "nvarchar", "citext", "name"]),
        ("long_text", &["longtext", "textarea", "markdown", "html", "clob", "multiline"]),
        ("integer", &["int", "int2", "int4", "int8", "bigint", "smallint", "long", "serial", "bigserial", "counter"]),
        ("decimal", &["number", "numeric", "float", "double", "double precision", "real", "float4", "float8"]),
        ("money", &["currency", "amount", "price"]),
        ("boolean", &["bool", "bit", "flag", "checkbox", "yesno"]),
        ("timestamp", &["datetime", "timestamptz", "timestamp with time zone", "time", "instant"]),
        ("uuid", &["guid"]),
        ("json", &["jsonb", "object", "map"]),
        ("phone", &["tel", "telephone"]),
        ("url", &["uri", "link", "website"]),
        ("email", &["mail", "e-mail"]),
        ("file", &["blob", "bytea", "binary", "attachment", "image"]),
        ("reference(object)", &["reference", "ref", "foreign_key", "fk", "relation", "lookup"]),
    ];
    let lower = text.to_ascii_lowercase();
    // `varchar(50)` says how long; here `max_length` does.
    let (bare, size) = lower.split_once('(').map_or((lower.as_str(), None), |(bare, size)| (bare, Some(size)));
    let (ours, _) = OTHERS.iter().find(|(_, names)| names.contains(&bare.trim()))?;
    let length = size.and_then(|size| size.strip_suffix(')')).filter(|size| size.parse::<u32>().is_ok());
    match length.filter(|_| *ours == "text") {
        Some(length) => Some(format!("{{type: text, max_length: {length}}}")),
        None => Some((*ours).to_owned()),
    }
}
