//! The server's own secret: what access tokens are signed with. Kept in the database, so that
//! tokens outlive a restart and every process on one database accepts them.

use super::error::DbError;
use super::keys::Key;
use super::value::sql;
use super::{Db, Scope};

const FIND: &str = "SELECT value FROM server_keys WHERE name = 'tokens'";
const INSERT: &str = "INSERT INTO server_keys (name, value) VALUES ('tokens', $1)";

impl Db {
    /// The stored secret; `fresh` becomes it if there is none yet.
    pub async fn token_key(&self, fresh: String) -> Result<String, DbError> {
        let mut unit = self.begin(Scope::keys(vec![Key::server()])).await?;
        if let Some((known,)) = unit.all::<(String,)>(sql(FIND)).await?.into_iter().next() {
            return unit.commit_then(|| known).await;
        }
        unit.write(sql(INSERT).bind(fresh.as_str()));
        unit.commit().await?;
        Ok(fresh)
    }
}
