//! Generated columns as SQL. Names, numbers and texts are written here, each in its own form, and nothing else is.

use crate::model::{Expression, Operator};
use crate::names::Ident;

pub(super) fn sql(expression: &Expression) -> String {
    match expression {
        Expression::Column(column) => Ident::new(column.as_str()).to_string(),
        Expression::Number(number) => number.clone(),
        Expression::Text(text) => format!("{}::text", Ident::literal(text)),
        Expression::Negative(one) => format!("(- {})", sql(one)),
        // Whole numbers would be cut, and nothing can be divided by zero.
        Expression::Joined(Operator::Over, left, right) => {
            format!("(({})::numeric / NULLIF({}, 0))", sql(left), sql(right))
        }
        Expression::Joined(operator, left, right) => format!("({} {} {})", sql(left), word(*operator), sql(right)),
        Expression::Called(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(sql).collect();
            format!("{}({})", function.word(), arguments.join(", "))
        }
        Expression::AsText(one) => format!("({})::text", sql(one)),
    }
}

fn word(operator: Operator) -> &'static str {
    match operator {
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Over => "/",
        Operator::Behind => "||",
    }
}
