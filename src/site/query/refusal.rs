use super::QueryError;

/// Why the database did not do what it was told, as far as a person may hear of it.
#[derive(Debug)]
pub enum Refusal {
    /// It would have, were something else written: what a page can say in words.
    Said(Said),
    /// It does not answer, or something is wrong with us.
    Failed(QueryError),
}

/// What the server said. The texts name tables, and are for whoever turns them into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub kind: Kind,
    pub message: String,
    pub table: Option<(String, String)>,
    pub column: Option<String>,
    pub constraint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 42501: not granted, by a row policy or by a trigger of ours.
    Forbidden,
    /// 23502.
    Missing,
    /// 23503.
    Reference,
    /// 23505 and exclusion.
    Taken,
    /// 23514, of a constraint or a domain.
    Check,
    /// 22xxx.
    Value,
    /// P0001: a trigger of the business's own says why.
    Raised,
    /// 40001, 40P01: somebody else was changing the same.
    Collision,
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        let said = error.as_database_error().and_then(|refusal| {
            let refusal = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?;
            let text = |text: Option<&str>| text.map(str::to_owned);
            Some(Said {
                kind: kind(refusal.code())?,
                message: refusal.message().to_owned(),
                table: refusal.schema().zip(refusal.table()).map(|(schema, table)| (schema.into(), table.into())),
                column: text(refusal.column()),
                constraint: text(refusal.constraint()),
            })
        });
        said.map_or_else(|| Self::Failed(error.into()), Self::Said)
    }
}

fn kind(code: &str) -> Option<Kind> {
    Some(match code {
        "42501" => Kind::Forbidden,
        "23502" => Kind::Missing,
        "23503" | "23001" => Kind::Reference,
        "23505" | "23P01" => Kind::Taken,
        "23514" => Kind::Check,
        "P0001" => Kind::Raised,
        "40001" | "40P01" => Kind::Collision,
        _ if code.starts_with("22") => Kind::Value,
        _ => return None,
    })
}
