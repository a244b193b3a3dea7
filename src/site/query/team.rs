use super::QueryError;
use super::begin::{Reading, Writing};
use super::refusal::Refusal;
use super::sql::Sql;
use crate::names::{Ident, RoleName, SchemaName};
use sqlx::Row as _;

/// What functions of the database tell and do of the people of one's own tenant.
#[derive(Debug, Clone, Copy)]
pub struct Team<'a> {
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
}

/// Somebody's place in one's tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `None`: it lies in a table of the business.
    pub id: Option<String>,
    pub email: String,
    pub person: Option<String>,
    pub audience: String,
    /// `active`, `disabled` by the tenant, `barred` by the operator.
    pub state: String,
    /// Why it is not this person's to change; empty: it is.
    pub fixed: String,
}

/// What became of something that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamAnswer {
    Done,
    /// It was so already.
    Same,
    /// Somebody of the team has this place already.
    Known,
    /// No such audience to be granted.
    Audience,
    /// The address cannot be one.
    Email,
    Title,
    /// Not this person's to change.
    Fixed,
    /// No such place.
    Gone,
}

const ANSWERS: &[(&str, TeamAnswer)] = &[
    ("done", TeamAnswer::Done),
    ("same", TeamAnswer::Same),
    ("known", TeamAnswer::Known),
    ("audience", TeamAnswer::Audience),
    ("email", TeamAnswer::Email),
    ("title", TeamAnswer::Title),
    ("fixed", TeamAnswer::Fixed),
    ("gone", TeamAnswer::Gone),
];

impl Team<'_> {
    /// At most so many by name, after the first `skipped`.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn members(&self, skipped: u32, most: u32, reading: &mut Reading) -> Result<Vec<Member>, QueryError> {
        self.ask(&format!("team(NULL) AS t LIMIT {most} OFFSET {skipped}"), Sql::default(), reading).await
    }

    /// The one of that id, where it is of one's tenant.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn member(&self, id: &str, reading: &mut Reading) -> Result<Option<Member>, QueryError> {
        let mut sql = Sql::default();
        let id = sql.bind(id);
        Ok(self.ask(&format!("team({id}) AS t"), sql, reading).await?.into_iter().next())
    }

    async fn ask(&self, call: &str, mut sql: Sql, reading: &mut Reading) -> Result<Vec<Member>, QueryError> {
        reading.act_as(self.role).await?;
        let control = Ident::new(self.control.as_str());
        sql.text = format!("SELECT t.member, t.email, t.person, t.audience, t.state, t.fixed FROM {control}.{call}");
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        let member = |row: &sqlx::postgres::PgRow| {
            Ok(Member {
                id: row.try_get(0)?,
                email: row.try_get(1)?,
                person: row.try_get(2)?,
                audience: row.try_get(3)?,
                state: row.try_get(4)?,
                fixed: row.try_get(5)?,
            })
        };
        found.iter().map(member).collect::<Result<_, sqlx::Error>>().map_err(QueryError::from)
    }

    /// Gives somebody a place.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn invite(
        &self,
        (email, title, audience): (&str, &str, &str),
        writing: &mut Writing,
    ) -> Result<TeamAnswer, Refusal> {
        let mut sql = Sql::default();
        let (email, title, audience) = (sql.bind(email), sql.bind(title), sql.bind(audience));
        self.act(&format!("team_invite({email}, {title}, {audience})"), sql, writing).await
    }

    /// Moves a place to another audience.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn grant(&self, id: &str, audience: &str, writing: &mut Writing) -> Result<TeamAnswer, Refusal> {
        let mut sql = Sql::default();
        let (id, audience) = (sql.bind(id), sql.bind(audience));
        self.act(&format!("team_grant({id}, {audience})"), sql, writing).await
    }

    /// Disables a place, or enables it again.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn disable(&self, id: &str, disabled: bool, writing: &mut Writing) -> Result<TeamAnswer, Refusal> {
        let mut sql = Sql::default();
        let id = sql.bind(id);
        self.act(&format!("team_disable({id}, {disabled})"), sql, writing).await
    }

    async fn act(&self, call: &str, mut sql: Sql, writing: &mut Writing) -> Result<TeamAnswer, Refusal> {
        writing.reading.act_as(self.role).await?;
        sql.text = format!("SELECT {}.{call}", Ident::new(self.control.as_str()));
        let answer: String = sql.query().fetch_one(&mut *writing.reading.connection).await?.try_get(0)?;
        let known = ANSWERS.iter().find(|(word, _)| *word == answer).map(|(_, answer)| *answer);
        known.ok_or_else(|| Refusal::Failed(QueryError::Failed(format!("`{answer}` is no answer"))))
    }
}
