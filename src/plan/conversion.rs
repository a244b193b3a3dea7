//! Which types may become which.

/// Whether what a column holds can be of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conversion {
    /// Every value fits.
    Fits,
    /// Values for which this holds do not fit.
    Unless(String),
    Never,
}

/// `column` is quoted.
pub fn conversion(from: &str, to: &str, column: &str) -> Conversion {
    let longest = |of: &str| of.strip_prefix("character varying(")?.strip_suffix(')')?.parse::<u32>().ok();
    match (from, to) {
        (from, "text") if longest(from).is_some() => Conversion::Fits,
        ("text", to) if longest(to).is_some() => longer(column, longest(to)),
        ("bigint" | "numeric(14,2)", "numeric") => Conversion::Fits,
        ("bigint", "numeric(14,2)") => Conversion::Unless(format!("abs({column}) >= 1000000000000")),
        ("numeric", "numeric(14,2)") => {
            Conversion::Unless(format!("abs({column}) >= 1000000000000 OR {column} <> round({column}, 2)"))
        }
        ("numeric" | "numeric(14,2)", "bigint") => {
            Conversion::Unless(format!("abs({column}) >= 9223372036854775807 OR {column} <> trunc({column})"))
        }
        (from, to) => match (longest(from), longest(to)) {
            (Some(before), Some(after)) if before <= after => Conversion::Fits,
            (Some(_), after @ Some(_)) => longer(column, after),
            _ => Conversion::Never,
        },
    }
}

fn longer(column: &str, most: Option<u32>) -> Conversion {
    Conversion::Unless(format!("length({column}) > {}", most.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_every_value_goes_unasked() {
        assert_eq!(conversion("character varying(20)", "character varying(40)", "c"), Conversion::Fits);
        assert_eq!(conversion("character varying(20)", "text", "c"), Conversion::Fits);
        let unless = Conversion::Unless("length(c) > 10".to_owned());
        assert_eq!(conversion("character varying(20)", "character varying(10)", "c"), unless);
        assert_eq!(conversion("bigint", "numeric", "c"), Conversion::Fits);
        assert_eq!(conversion("text", "uuid", "c"), Conversion::Never);
        assert_eq!(conversion("date", "timestamp with time zone", "c"), Conversion::Never);
    }
}
