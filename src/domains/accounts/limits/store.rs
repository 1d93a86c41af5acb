//! SQL that counts the accounts of a person.

use sqlx::FromRow;

use super::{Places, Whose};
use crate::db::{DbError, Read, sql};
use crate::kernel::ids::{AccountId, ProgramCode};

/// Whether an account takes a place: it is in use, or a cure is open. Says in SQL what
/// `Position::is_active` says; a scenario holds the two together.
macro_rules! takes_a_place {
    () => {
        "a.first_active_at IS NOT NULL AND (a.status = 'normal' OR u.kyc_pending_gate IS NULL \
         OR u.kyc_pending_gate <> 'none')"
    };
}

/// Accounts of a condition on their primary holder, as rows of two: taken now, taken ever.
macro_rules! taken_by {
    ($whose:literal, $now:literal, $ever:literal) => {
        concat!(
            "SELECT CASE WHEN ",
            takes_a_place!(),
            " THEN 1 END AS ",
            $now,
            ", a.first_active_at AS ",
            $ever,
            " FROM users u JOIN accounts a ON a.program_code = u.program_code \
                AND a.account_id = u.account_id \
             WHERE u.program_code = $1 AND u.is_primary = $6 AND a.account_type = $4 \
             AND a.account_id <> $5 AND ",
            $whose
        )
    };
}

/// Each half goes by an index of its own: neither engine finds its way through an `OR` of both.
/// With a birth date, only the identities of who was born then count. A scenario holds it to the
/// indexes.
pub const PLACES: &str = concat!(
    "SELECT COUNT(identity_now) AS identity_active, COUNT(identity_ever) AS identity_lifetime, \
     COUNT(phone_now) AS phone_active, COUNT(phone_ever) AS phone_lifetime FROM ( \
     SELECT identity_now, identity_ever, CAST(NULL AS BIGINT) AS phone_now, \
        CAST(NULL AS BIGINT) AS phone_ever FROM (",
    taken_by!(
        "u.identity_hash = $2 AND (CAST($7 AS TEXT) IS NULL OR u.date_of_birth = $7)",
        "identity_now",
        "identity_ever"
    ),
    ") i UNION ALL SELECT CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), phone_now, phone_ever FROM (",
    taken_by!("u.default_phone_hash = $3", "phone_now", "phone_ever"),
    ") p) taken"
);

#[derive(Debug, FromRow)]
struct PlacesRow {
    identity_active: i64,
    identity_lifetime: i64,
    phone_active: i64,
    phone_lifetime: i64,
}

/// The places that accounts of an identity and of a default phone take: one trip.
pub(super) async fn places(
    read: &mut impl Read,
    program: &ProgramCode,
    whose: &Whose<'_>,
) -> Result<Places, DbError> {
    let query = sql(PLACES)
        .bind(program)
        .bind(whose.identity_hash)
        .bind(whose.phone_hash)
        .bind(whose.account_type.as_str())
        .bind(whose.beside.map(|account| account.to_string()).unwrap_or_default())
        .bind(true)
        .bind(whose.born);
    let row: Option<PlacesRow> = read.first(query).await?;
    Ok(row.map_or_else(Places::default, |row| Places {
        identity_active: row.identity_active,
        identity_lifetime: row.identity_lifetime,
        phone_active: row.phone_active,
        phone_lifetime: row.phone_lifetime,
    }))
}

const LATEST_ACTIVE: &str = concat!(
    "SELECT a.account_id, u.date_of_birth FROM users u JOIN accounts a \
        ON a.program_code = u.program_code AND a.account_id = u.account_id \
     WHERE u.program_code = $1 AND u.identity_hash = $2 AND u.is_primary = $4 \
     AND (CAST($5 AS TEXT) IS NULL OR u.date_of_birth = $5) AND a.account_type = $3 AND ",
    takes_a_place!(),
    " ORDER BY a.created_at DESC, a.account_id LIMIT 1"
);

/// The newest account that takes a place of an identity, with its holder's date of birth.
pub(super) async fn latest_active(
    read: &mut impl Read,
    program: &ProgramCode,
    whose: &Whose<'_>,
) -> Result<Option<(AccountId, Option<String>)>, DbError> {
    let query = sql(LATEST_ACTIVE).bind(program).bind(whose.identity_hash);
    let query = query.bind(whose.account_type.as_str()).bind(true).bind(whose.born);
    let row: Option<(String, Option<String>)> = read.first(query).await?;
    let Some((id, born)) = row else { return Ok(None) };
    let id = id.parse::<AccountId>();
    let id =
        id.map_err(|problem| DbError::Unreadable(format!("accounts.account_id: {problem}")))?;
    Ok(Some((id, born)))
}
