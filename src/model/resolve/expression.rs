//! What a generated field is computed from: fields, numbers, quoted text, `+ - * / ||`, parentheses and a few
//! functions. Nothing of what is written reaches the database but as a name, a number or a text.

use crate::model::{Expression, FieldType, Function, Operator};
use crate::names::{ColumnName, FieldName};

/// What an expression yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Yields {
    Number,
    Text,
}

/// How a field is called in the table, and what it holds; the error where it may not be named.
pub(super) type FieldOf<'a> = dyn Fn(&FieldName) -> Result<(ColumnName, Yields), String> + 'a;

/// Deeper nesting is nobody's formula.
const DEEPEST: usize = 40;
const LONGEST: usize = 2_000;

pub(super) fn yields(field_type: &FieldType) -> Option<Yields> {
    Some(match field_type {
        FieldType::Integer | FieldType::Decimal | FieldType::Money => Yields::Number,
        FieldType::Text
        | FieldType::LongText
        | FieldType::Email
        | FieldType::Url
        | FieldType::Phone
        | FieldType::Enum(_)
        | FieldType::User
        | FieldType::Tenant => Yields::Text,
        FieldType::Boolean
        | FieldType::Date
        | FieldType::Timestamp
        | FieldType::Uuid
        | FieldType::Reference(_)
        | FieldType::File
        | FieldType::Json => return None,
    })
}

/// Reads `text` as an expression over fields.
///
/// # Errors
/// What is wrong with it, in words that follow the text.
pub(super) fn parse(text: &str, field: &FieldOf<'_>) -> Result<(Expression, Yields), String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} characters"));
    }
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, field };
    let read = reader.behind()?;
    match reader.peek() {
        None => Ok(read),
        Some(more) => Err(format!("nothing is expected at {}", more.shown())),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Number(String),
    Text(String),
    Sign(&'static str),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) => format!("`{text}`"),
            Self::Text(text) => format!("`'{text}'`"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

const SIGNS: [&str; 8] = ["||", "+", "-", "*", "/", "(", ")", ","];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length;
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            length = sign.len();
            tokens.push(Token::Sign(sign));
        } else if first == '\'' {
            let (quoted, used) = quoted(rest)?;
            length = used;
            tokens.push(Token::Text(quoted));
        } else if first.is_ascii_digit() {
            length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            let number = &rest[..length];
            if number.ends_with('.') || number.matches('.').count() > 1 || number.len() > 40 {
                return Err(format!("`{number}` is no number"));
            }
            tokens.push(Token::Number(number.to_owned()));
        } else if first.is_ascii_lowercase() {
            length =
                rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
        } else {
            return Err(format!("`{first}` has no meaning there"));
        }
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// The text between quotes, a doubled quote being one, and how long it is as written.
fn quoted(text: &str) -> Result<(String, usize), String> {
    let mut quoted = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                quoted.push('\'');
            }
            '\'' => return Ok((quoted, at + 1)),
            c if c.is_control() => return Err("a quoted text holds a control character".to_owned()),
            c => quoted.push(c),
        }
    }
    Err("a quoted text does not end".to_owned())
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    field: &'a FieldOf<'a>,
}

type Read = Result<(Expression, Yields), String>;

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn expects(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(token) => format!("`{sign}` is expected at {}", token.shown()),
            None => format!("`{sign}` is missing at the end"),
        })
    }

    /// `a || b`, which binds least.
    fn behind(&mut self) -> Read {
        let mut left = self.sum()?;
        while self.takes("||") {
            let right = self.sum()?;
            left = (joined(Operator::Behind, as_text(left), as_text(right)), Yields::Text);
        }
        Ok(left)
    }

    fn sum(&mut self) -> Read {
        let mut left = self.product()?;
        loop {
            let operator = match () {
                () if self.takes("+") => Operator::Plus,
                () if self.takes("-") => Operator::Minus,
                () => return Ok(left),
            };
            let right = self.product()?;
            left = numbers(operator, left, right)?;
        }
    }

    fn product(&mut self) -> Read {
        let mut left = self.one()?;
        loop {
            let operator = match () {
                () if self.takes("*") => Operator::Times,
                () if self.takes("/") => Operator::Over,
                () => return Ok(left),
            };
            let right = self.one()?;
            left = numbers(operator, left, right)?;
        }
    }

    fn one(&mut self) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it nests too deeply".to_owned());
        }
        let read = self.within();
        self.depth -= 1;
        read
    }

    fn within(&mut self) -> Read {
        if self.takes("-") {
            return match self.one()? {
                (one, Yields::Number) => Ok((Expression::Negative(Box::new(one)), Yields::Number)),
                (_, Yields::Text) => Err("a text has no sign".to_owned()),
            };
        }
        if self.takes("(") {
            let inner = self.behind()?;
            self.expects(")")?;
            return Ok(inner);
        }
        let Some(token) = self.peek().cloned() else { return Err("something is missing at the end".to_owned()) };
        self.at += 1;
        match token {
            Token::Number(number) => Ok((Expression::Number(number), Yields::Number)),
            Token::Text(text) => Ok((Expression::Text(text), Yields::Text)),
            Token::Word(word) if matches!(self.peek(), Some(Token::Sign("("))) => self.called(&word),
            Token::Word(word) => {
                let (column, yields) = (self.field)(&FieldName::new(word))?;
                Ok((Expression::Column(column), yields))
            }
            Token::Sign(sign) => Err(format!("a value is expected at `{sign}`")),
        }
    }

    fn called(&mut self, word: &str) -> Read {
        let Some(function) = Function::ALL.into_iter().find(|function| function.word() == word) else {
            let known: Vec<&str> = Function::ALL.into_iter().map(Function::word).collect();
            return Err(format!("there is no function `{word}`; there are {}", known.join(", ")));
        };
        self.expects("(")?;
        let mut arguments = vec![self.behind()?];
        while self.takes(",") {
            arguments.push(self.behind()?);
        }
        self.expects(")")?;
        let yields = check_call(function, &arguments)?;
        Ok((Expression::Called(function, arguments.into_iter().map(|(argument, _)| argument).collect()), yields))
    }
}

fn check_call(function: Function, arguments: &[(Expression, Yields)]) -> Result<Yields, String> {
    let word = function.word();
    match (function, arguments) {
        (Function::Lower | Function::Upper, [(_, Yields::Text)]) => Ok(Yields::Text),
        (Function::Lower | Function::Upper, _) => Err(format!("`{word}` takes one text")),
        (Function::Round, [(_, Yields::Number)]) => Ok(Yields::Number),
        (Function::Round, [(_, Yields::Number), (Expression::Number(places), _)])
            if places.parse::<u8>().is_ok_and(|places| places <= 20) =>
        {
            Ok(Yields::Number)
        }
        (Function::Round, _) => {
            Err("`round` takes a number, and how many places it keeps: `round(price, 2)`".to_owned())
        }
        (Function::Coalesce, [(_, first), .., (_, last)]) if arguments.iter().all(|(_, one)| one == first) => Ok(*last),
        (Function::Coalesce, _) => Err("`coalesce` takes several numbers, or several texts".to_owned()),
    }
}

fn joined(operator: Operator, left: Expression, right: Expression) -> Expression {
    Expression::Joined(operator, Box::new(left), Box::new(right))
}

fn numbers(operator: Operator, left: (Expression, Yields), right: (Expression, Yields)) -> Read {
    match (left, right) {
        ((left, Yields::Number), (right, Yields::Number)) => Ok((joined(operator, left, right), Yields::Number)),
        _ => Err("`+`, `-`, `*` and `/` are for numbers; texts are put together by `||`".to_owned()),
    }
}

fn as_text((expression, yields): (Expression, Yields)) -> Expression {
    match yields {
        Yields::Text => expression,
        Yields::Number => Expression::AsText(Box::new(expression)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Expression, Yields), String> {
        parse(text, &|name| match name.as_str() {
            "qty" | "price" => Ok((ColumnName::new(name.as_str()), Yields::Number)),
            "name" => Ok((ColumnName::new("full_name"), Yields::Text)),
            other => Err(format!("there is no field `{other}`")),
        })
    }

    #[test]
    fn formulas_are_read_with_the_usual_precedence() {
        let (sum, yields) = read("qty + price * 2").unwrap();
        let Expression::Joined(Operator::Plus, _, product) = sum else { panic!("{sum:?}") };
        assert!(matches!(*product, Expression::Joined(Operator::Times, ..)));
        assert_eq!(yields, Yields::Number);
        assert_eq!(read("upper(name) || ' x' || qty").unwrap().1, Yields::Text);
        assert_eq!(read("round(coalesce(price, 0) / -qty, 2)").unwrap().1, Yields::Number);
        assert_eq!(read("'it''s'").unwrap().0, Expression::Text("it's".to_owned()));
    }

    #[test]
    fn whatever_is_no_formula_is_refused() {
        for hostile in [
            "",
            "qty; drop table x",
            "(select 1)",
            "pg_sleep(10)",
            "qty::text",
            "name || current_user",
            "'open",
            "\"qty\"",
            "qty -- x",
            "qty /* x */",
            "1.2.3",
            "round(name)",
            "lower(qty)",
            "coalesce(qty)",
            "coalesce(qty, name)",
            "round(qty, price)",
            "name + 1",
            "qty qty",
            "E'\\\\x'",
            "$1",
        ] {
            assert!(read(hostile).is_err(), "{hostile} was taken");
        }
        assert!(read(&"(".repeat(3000)).is_err());
        assert!(read(&format!("{}1", "-".repeat(500))).is_err());
    }
}
