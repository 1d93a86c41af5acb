//! SQL that reads the persons of an account.

use sqlx::FromRow;

use super::FoundPeople;
use crate::db::{DbError, Read, sql};
use crate::domains::accounts::store::HolderRow;
use crate::domains::users::model::Person;
use crate::domains::users::ops::read_profile;
use crate::kernel::ids::{AccountId, ProgramCode};

/// One row for each holder; one without holder if there are none, one without account if that is
/// not there.
const LIST: &str = "SELECT p.version AS world_version, a.account_id, \
    u.user_id, u.account_holder_id, u.is_primary, u.first_name, u.last_name, u.dob_status, \
    u.identity_type, u.last4_identity, u.transfer_acceptance, u.ofac_status, u.kyc_status, \
    u.kyc_pending_gate, u.profile, u.date_of_birth \
    FROM programs p \
    LEFT JOIN accounts a ON a.program_code = p.program_code AND a.account_id = $2 \
    LEFT JOIN users u ON u.program_code = a.program_code AND u.account_id = a.account_id \
    WHERE p.program_code = $1 \
    ORDER BY u.is_primary DESC, u.created_at, u.user_id";

#[derive(Debug, FromRow)]
struct PersonRow {
    world_version: i64,
    account_id: Option<String>,
    #[sqlx(flatten)]
    holder: HolderRow,
    profile: Option<String>,
    date_of_birth: Option<String>,
}

pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    id: AccountId,
) -> Result<FoundPeople, DbError> {
    let rows: Vec<PersonRow> = read.all(sql(LIST).bind(program).bind(id)).await?;
    let world_version = rows.first().map_or(0, |row| row.world_version);
    if rows.first().is_none_or(|row| row.account_id.is_none()) {
        return Ok(FoundPeople { world_version, people: None });
    }
    let mut people = Vec::new();
    for PersonRow { holder, profile, date_of_birth, .. } in rows {
        if let (Some(holder), Some(profile)) = (holder.read()?, profile) {
            people.push(Person { holder, date_of_birth, profile: read_profile(&profile)? });
        }
    }
    Ok(FoundPeople { world_version, people: Some(people) })
}
