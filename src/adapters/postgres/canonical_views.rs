//! Views in PostgreSQL's own words: as the texts of row policies, read back from temporary twins.

use super::PgError;
use super::canonical::each_by_itself;
use crate::names::Ident;
use crate::plan::{Change, ChangeKind, sql};
use crate::state::{DatabaseState, Marker};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::collections::{BTreeSet, HashMap};

/// Queries as they were written, and what the server makes of them.
#[derive(Debug, Default)]
pub(super) struct CanonicalViews(HashMap<String, String>);

impl CanonicalViews {
    /// As for row policies: those whose name exists in `live`, where the text is not the same already.
    pub(super) async fn bring(
        &mut self,
        connection: &mut PgConnection,
        live: &DatabaseState,
        desired: &mut DatabaseState,
        marker: &Marker,
    ) -> Result<(), PgError> {
        let ours = desired.views.iter().filter(|(_, view)| view.marker.as_ref() == Some(marker));
        let differing =
            ours.filter(|(name, view)| live.views.get(*name).is_some_and(|before| before.query != view.query));
        let texts: BTreeSet<String> =
            differing.map(|(_, view)| view.query.clone()).filter(|text| !self.0.contains_key(text)).collect();
        if !texts.is_empty() {
            self.read(connection, &texts).await?;
        }
        for view in desired.views.values_mut() {
            if let Some(own) = self.0.get(&view.query) {
                view.query.clone_from(own);
            }
        }
        Ok(())
    }

    /// Views that were just created show in `after` what the server made of them.
    pub(super) fn learn(&mut self, created: &[Change], after: &DatabaseState) {
        for change in created {
            if let ChangeKind::CreateView { name, view, .. } = &change.kind
                && let Some(now) = after.views.get(name)
            {
                self.0.insert(view.query.clone(), now.query.clone());
            }
        }
    }

    /// A text that the server refuses stays as it is.
    async fn read(&mut self, connection: &mut PgConnection, texts: &BTreeSet<String>) -> Result<(), PgError> {
        let attempts: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| Ident::literal(&format!("CREATE TEMPORARY VIEW \"{at}\" AS {text}")))
            .collect();
        let body = each_by_itself(&attempts);
        let script = format!(
            "SAVEPOINT portalctl_twin;\nDO {};
         SELECT c.relname::text, pg_get_viewdef(c.oid) FROM pg_class AS c
           WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'v';
         ROLLBACK TO SAVEPOINT portalctl_twin; RELEASE SAVEPOINT portalctl_twin",
            sql::dollar_quoted(&body)
        );
        let doing = "compare views through temporary copies";
        let rows = sqlx::raw_sql(AssertSqlSafe(script)).fetch_all(connection).await.map_err(PgError::query(doing))?;
        for row in rows {
            let field = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
            let (number, own) = (field(0)?, field(1)?);
            let text = number.parse().ok().and_then(|at: usize| texts.iter().nth(at));
            self.0.extend(text.map(|text| (text.clone(), own)));
        }
        Ok(())
    }
}
