//! SQL that finds the account of a user.

use crate::db::{DbError, Read, sql};
use crate::kernel::ids::{AccountId, ProgramCode, UserId};

const ACCOUNT_OF: &str = "SELECT account_id FROM users WHERE program_code = $1 AND user_id = $2";

pub(super) async fn account_of(
    read: &mut impl Read,
    program: &ProgramCode,
    user: UserId,
) -> Result<Option<AccountId>, DbError> {
    let row: Option<(String,)> = read.first(sql(ACCOUNT_OF).bind(program).bind(user)).await?;
    let unreadable = |problem| DbError::Unreadable(format!("users.account_id: {problem}"));
    row.map(|(id,)| id.parse::<AccountId>().map_err(unreadable)).transpose()
}
