//! Tables that portalctl creates and migrates: what each column holds, and how it is filled.

use super::{Field, FieldType, Numbering, Value};
use crate::diagnostic::Span;
use crate::names::{ColumnName, ObjectName, TableName};
use indexmap::IndexMap;

/// The table of a managed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// In the order in which a new table has them: the key, what says whose a row is, the fields.
    pub columns: IndexMap<ColumnName, ManagedColumn>,
    /// Columns that are unique together; where rows have a tenant, its column is among them.
    pub unique: Vec<Vec<ColumnName>>,
    /// Columns of further indexes, and whether each runs downwards.
    pub indexes: Vec<Vec<(ColumnName, bool)>>,
    /// What the table was called before.
    pub was: Option<TableName>,
    /// What the object was called then.
    pub called: Option<ObjectName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedColumn {
    pub holds: Holds,
    pub not_null: bool,
    /// What a new row has where nothing is given.
    pub filled: Option<Filling>,
    /// Whether every change sets it to the time.
    pub set_at_change: bool,
    /// What the column was called before.
    pub was: Option<ColumnName>,
    /// Of the field; of the object where no field shows the column.
    pub span: Span,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// At most so many characters.
    Text(Option<u32>),
    Integer,
    Decimal,
    Money,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Json,
    /// One of these.
    Enum(Vec<String>),
    /// A column of another object's key, by its place there.
    KeyOf(ObjectName, usize),
}

impl Holds {
    /// What the column of a field holds.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        match &field.field_type {
            FieldType::Text | FieldType::LongText | FieldType::Email | FieldType::Url | FieldType::Phone => {
                Self::Text(field.max_length)
            }
            FieldType::User | FieldType::Tenant | FieldType::File => Self::Text(None),
            FieldType::Integer => Self::Integer,
            FieldType::Decimal => Self::Decimal,
            FieldType::Money => Self::Money,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Timestamp => Self::Timestamp,
            FieldType::Uuid => Self::Uuid,
            FieldType::Json => Self::Json,
            FieldType::Enum(values) => Self::Enum(values.clone()),
            FieldType::Reference(object) => Self::KeyOf(object.clone(), 0),
        }
    }
}

/// What gives a column its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    Default(Value),
    NewUuid,
    /// The next number, which a new row may also bring itself.
    Counted,
    /// Computed from other columns, at all times.
    Generated(Expression),
    /// The next number of the table's, in writing.
    Numbered(Numbering),
}

/// What a generated column is computed from: a closed language, never SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    Column(ColumnName),
    /// As written: digits with an optional fraction.
    Number(String),
    Text(String),
    Negative(Box<Expression>),
    Joined(Operator, Box<Expression>, Box<Expression>),
    Called(Function, Vec<Expression>),
    /// A number as text.
    AsText(Box<Expression>),
}

impl Expression {
    /// The columns that it reads, each as often as it is named.
    pub fn columns(&self) -> Box<dyn Iterator<Item = &ColumnName> + '_> {
        match self {
            Self::Column(column) => Box::new(std::iter::once(column)),
            Self::Number(_) | Self::Text(_) => Box::new(std::iter::empty()),
            Self::Negative(one) | Self::AsText(one) => one.columns(),
            Self::Joined(_, left, right) => Box::new(left.columns().chain(right.columns())),
            Self::Called(_, arguments) => Box::new(arguments.iter().flat_map(Self::columns)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    /// `||`
    Behind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Coalesce,
    Lower,
    Upper,
    Round,
}

impl Function {
    pub const ALL: [Self; 4] = [Self::Coalesce, Self::Lower, Self::Upper, Self::Round];

    /// What the language calls it, and SQL as well.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Coalesce => "coalesce",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Round => "round",
        }
    }
}
